"""The page as other visitors find it: on a phone, without rights, and where a message would disturb, in a real browser on a real OctoPrint."""

import pytest
from playwright.async_api import Browser, Page, expect

from stack.browser import log_in_to_octoprint, new_page, open_octoprint
from tests.octoprint.browsing import TAB, open_tab
from tests.octoprint.lab import Lab
from tests.patience import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.one_octoprint
async def test_what_is_only_to_be_shown_opens_no_message(lab: Lab, page: Page) -> None:
    await lab.set(on_maybe="nothing", on_failure="nothing")
    try:
        await open_tab(page)
        await lab.print()
        await lab.looked()
        lab.scene.p = 0.9
        await expect(page.locator(f"{TAB} .failwatch-headline")).to_have_text("Failure")
        await expect(page.locator(".ui-pnotify", has_text="failing")).to_have_count(0)
    finally:
        await lab.set(on_maybe="notify", on_failure="pause")


@pytest.mark.one_octoprint
async def test_nothing_overflows_at_phone_width(lab: Lab, browser: Browser) -> None:
    # OctoPrint itself does not fold its columns that far; the tab has to when a theme does.
    page = await open_octoprint(browser, lab.octoprint.url)
    await lab.print()
    await lab.looked()
    await page.evaluate(f"$('a[href=\"{TAB}\"]').tab('show')")
    await expect(page.locator(f"{TAB} .failwatch-frame img").first).to_be_visible()
    await page.evaluate("selector => { document.querySelector(selector).style.width = '340px'; }", TAB)
    look = """selector => {
        const tab = document.querySelector(selector);
        const right = tab.getBoundingClientRect().right + 1;
        const shown = Array.from(tab.querySelectorAll(".failwatch *"))
            .filter(e => e.offsetParent && !e.closest(".failwatch-film"));
        const wide = shown.filter(e => e.getBoundingClientRect().right > right).map(e => e.className);
        return [tab.offsetWidth, shown.length > 20, wide];
    }"""
    # The graph is drawn anew a moment later.
    await eventually(lambda: page.evaluate(look, TAB), lambda seen: seen == [340, True, []])
    await page.context.close()


async def test_an_anonymous_visitor_only_gets_the_login(lab: Lab, browser: Browser) -> None:
    page = await new_page(browser)
    await page.goto(lab.octoprint.url)
    await expect(page.locator("#login-user")).to_be_visible()
    assert "failwatch" not in (await page.content()).lower()
    await page.context.close()


async def test_a_user_without_the_right_sees_neither_tab_nor_light(lab: Lab, browser: Browser) -> None:
    permissions = ["STATUS", "SETTINGS_READ", "CONNECTION"]
    account = {
        "name": "blindfolded",
        "password": "failwatch",
        "active": True,
        "groups": [],
        "permissions": permissions,
    }
    await lab.octoprint.post("/api/access/users", account)
    page = await new_page(browser)
    await log_in_to_octoprint(page, lab.octoprint.url, "blindfolded")
    for element in ("#navbar_plugin_failwatch", "#sidebar_plugin_failwatch_wrapper", f"{TAB}_link"):
        await expect(page.locator(element)).to_be_hidden()
    await page.context.close()
