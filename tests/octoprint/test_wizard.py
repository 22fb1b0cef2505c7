"""The first minutes of a new user, in a real browser."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from stack.browser import open_browser, open_octoprint
from tests.octoprint.browsing import fields_cut_off
from tests.octoprint.lab import Lab, open_lab
from tests.patience import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_lab(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    async with open_lab(tmp_path_factory.mktemp("octoprint"), wizards=True, on_failure="notify") as lab:
        yield lab


async def test_the_wizard_asks_tries_and_is_not_shown_again(lab: Lab) -> None:
    async with open_browser() as browser:
        page = await open_octoprint(browser, lab.octoprint.url)
        form = page.locator("#wizard_plugin_failwatch_form")
        await expect(page.locator("#wizard_dialog")).to_be_visible()
        await expect(form).to_be_visible()
        await expect(form.get_by_label("Address", exact=True)).to_have_value(lab.address)
        await page.set_viewport_size({"width": 390, "height": 844})
        assert await fields_cut_off(form) == []
        await page.set_viewport_size({"width": 1280, "height": 900})
        await form.get_by_role("button", name="Test now").click()
        await expect(form.locator(".failwatch-small img")).to_be_visible()
        await form.get_by_label("On a failure").select_option("pause")
        await form.get_by_label("Send messages to").select_option(label="Gotify")
        await page.locator("#wizard_dialog .button-finish").click()
        await expect(form.get_by_text("Add this service first, or choose Cancel.")).to_be_visible()
        await form.get_by_label("Server", exact=True).fill("http://gotify.local:8080")
        await form.get_by_label("Token of the application").fill("A.secret")
        await form.get_by_role("button", name="Add", exact=True).click()
        await expect(form.locator(".failwatch-targets li")).to_contain_text("gotify.local")
        await page.locator("#wizard_dialog .button-finish").click()
        await expect(page.locator("#wizard_dialog")).to_be_hidden()

        async def stored() -> dict[str, object]:
            return dict((await lab.octoprint.get("/api/settings"))["plugins"]["failwatch"])

        settings = await eventually(stored, lambda settings: settings["set_up"] is True)
        assert settings["on_failure"] == "pause"
        assert (await lab.order("describe"))["target_forms"] == [
            {"service": "gotify", "values": {"server": "http://gotify.local:8080"}, "secrets": ["token"]}
        ]
        assert not (await lab.octoprint.get("/api/setup/wizard"))["failwatch"]["required"]
        await page.reload()
        await expect(page.locator("#page-container-main")).to_be_visible()
        await expect(page.locator("#wizard_dialog")).to_be_hidden()
