"""Common steps on OctoPrint's page."""

from playwright.async_api import Page, expect

TAB = "#tab_plugin_failwatch"
SETTINGS = "#settings_plugin_failwatch"


async def open_tab(page: Page) -> None:
    await page.click(f"a[href='{TAB}']")


async def open_settings(page: Page) -> None:
    await page.click("#navbar_show_settings")
    await page.click("#settings_plugin_failwatch_link a")
    await expect(page.locator(f"{SETTINGS} legend").first).to_be_visible()


async def save_settings(page: Page) -> None:
    await page.locator("#settings_dialog button.btn-primary:visible", has_text="Save").click()
    await expect(page.locator("#settings_dialog")).to_be_hidden()
