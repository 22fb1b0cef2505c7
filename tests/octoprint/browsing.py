"""Common steps on OctoPrint's page."""

from playwright.async_api import Locator, Page, expect

TAB = "#tab_plugin_failwatch"
SETTINGS = "#settings_plugin_failwatch"
WIDER = f"""() => [...document.querySelectorAll("{TAB} *")].filter(
    one => one.offsetParent && one.getBoundingClientRect().width > innerWidth).map(one => one.className)"""
"""Returns the parts of the tab that are wider than the screen."""


async def open_tab(page: Page) -> None:
    await page.click(f"a[href='{TAB}']")


async def lead_back(page: Page) -> None:
    """Have a page after a print show what it shows when it is opened."""
    await expect(page.locator(f"{TAB} .failwatch-headline")).to_have_text("No print to watch")
    await page.evaluate("""() => {
        $(".modal.in").modal("hide");
        $("#tabs a[href='#temp']").tab("show");
        PNotify.removeAll();
        ko.dataFor(document.getElementById("tab_plugin_failwatch")).past.hide();
    }""")
    await expect(page.locator(".modal-backdrop, .ui-pnotify")).to_have_count(0)


async def open_settings(page: Page) -> None:
    await page.click("#navbar_show_settings")
    await page.click("#settings_plugin_failwatch_link a")
    await expect(page.locator(f"{SETTINGS} legend").first).to_be_visible()


async def save_settings(page: Page) -> None:
    await page.locator("#settings_dialog button.btn-primary:visible", has_text="Save").click()
    await expect(page.locator("#settings_dialog")).to_be_hidden()


TOO_NARROW = """form => [...form.querySelectorAll("select, input")].filter(one => one.offsetParent).flatMap(one => {
    const box = one.getBoundingClientRect(), style = one.getAttribute("style") || "";
    one.style.cssText = style + "; width: auto !important; max-width: none !important";
    const needed = one.tagName === "SELECT" ? one.getBoundingClientRect().width : 0;
    one.setAttribute("style", style);
    let end = innerWidth;
    for (let around = one.parentElement; around; around = around.parentElement) {
        if (getComputedStyle(around).overflowX !== "visible") {
            end = Math.min(end, around.getBoundingClientRect().left + around.clientWidth);
        }
    }
    return needed > box.width + 1 || box.right > end + 1 ? [one.id || one.getAttribute("aria-label")] : [];
})"""


async def fields_cut_off(form: Locator) -> list[str]:
    """Return the fields of a form that leave the screen, and the selects that show less than their longest choice."""
    found: list[str] = await form.evaluate(TOO_NARROW)
    return found
