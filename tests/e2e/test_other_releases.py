"""The main job between the coming OctoPrint and the oldest Home Assistant, with the built-in detector."""

import pytest
from playwright.async_api import Browser, expect

from environments import HOME_ASSISTANT_FLOOR, OCTOPRINT_2
from stack.browser import open_octoprint
from stack.workshop import Plan, open_workshop
from tests.patience import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_failing_print_is_paused_and_shown(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> None:
    plan = Plan(
        seconds=300,
        lingers_from=60,
        clock_speed=10,
        octoprint_environment=OCTOPRINT_2,
        home_assistant_environment=HOME_ASSISTANT_FLOOR,
    )
    async with open_workshop(tmp_path_factory.mktemp("workshop"), plan) as workshop:
        assert (await workshop.octoprint.get("/api/version"))["server"].startswith("2.")
        assert (await workshop.home_assistant.get("/api/config"))["version"].startswith("2026.3.")
        await workshop.start_print()
        await workshop.until_paused()
        assert (await workshop.octoprint.failwatch())["state"]["latch"]["level"] == "failure"
        entities = await workshop.home_assistant.entities()

        async def shown() -> bool:
            return (await workshop.home_assistant.states())[entities["failure_state"]]["state"] == "failure"

        await eventually(shown)
        page = await open_octoprint(browser, workshop.octoprint.url)
        await page.click("a[href='#tab_plugin_failwatch']")
        tab = page.locator("#tab_plugin_failwatch")
        await expect(tab.locator(".failwatch-headline")).to_contain_text("failure", ignore_case=True)
        await expect(tab.locator(".failwatch-paused")).to_be_visible()
