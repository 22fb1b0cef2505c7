"""Learning from labelled prints on a real OctoPrint: settings found, used and undone; a model trained."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from octoprint_failwatch.cli.shared import octoprint_settings
from octoprint_failwatch.engine.errors import DetectionError
from octoprint_failwatch.engine.history import History
from stack.browser import open_octoprint
from tests.emulators import hacarus
from tests.emulators.hacarus_state import CLIENT_ID, CLIENT_SECRET, State
from tests.emulators.threaded import served
from tests.octoprint.lab import Lab
from tests.patience import eventually
from tests.tuning.test_tune import remember, seldom

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.one_octoprint]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def past(running_lab: Lab) -> None:
    """Put a dozen simulated prints into the plugin's own history, beside the running OctoPrint."""
    printer_id = (await running_lab.failwatch())["printer"]["id"]
    history = History(running_lab.octoprint.folder / "data" / "failwatch" / "history.db")
    for one in seldom("weak signs", 12, 4, 72):
        remember(history, replace(one, printer_id=printer_id))
    history.close()


async def rules(lab: Lab) -> dict[str, Any]:
    return dict((await lab.failwatch())["rules"])


async def test_nothing_is_tuned_from_nothing(lab: Lab) -> None:
    """What is missing is said in words; there is nothing to use or undo yet."""
    await lab.order("tuning", do="start")
    seen = await eventually(lambda: lab.order("tuning"), lambda one: not one["running"])
    assert "Too little is known" in seen["problem"]
    assert seen["undo"] is False


@pytest.mark.usefixtures("past")
async def test_settings_are_found_used_and_taken_back(lab: Lab, browser: Browser) -> None:
    """In the browser: the table, the advice, what would have happened, and both buttons."""
    before = await rules(lab)
    page = await open_octoprint(browser, lab.octoprint.url)
    await page.click("a[href='#tab_plugin_failwatch']")
    part = page.locator("#tab_plugin_failwatch .failwatch-improving")
    await part.get_by_role("button", name="Find settings").click()
    await expect(part.locator(".failwatch-found")).to_be_visible()
    await expect(part.locator("tbody tr").nth(2)).to_contain_text("expected")
    await part.locator("summary").click()
    await expect(part.locator("details tbody tr")).to_have_count(12)
    await part.get_by_role("button", name="Use these settings").click()
    await page.locator(".confirmation_dialog .btn-danger, .modal.in .btn-danger").first.click()
    await expect(part.get_by_role("button", name="Restore previous settings")).to_be_visible()
    found = (await lab.order("tuning"))["result"]
    now = await rules(lab)
    assert {"name": now["name"], **found["numbers"]}.items() <= now.items()
    await part.get_by_role("button", name="Restore previous settings").click()
    await expect(part.get_by_role("button", name="Restore previous settings")).to_be_hidden()
    assert await rules(lab) == before
    await page.context.close()


async def stored(lab: Lab, *keys: str) -> dict[str, Any]:
    settings = (await lab.octoprint.get("/api/settings"))["plugins"]["failwatch"]
    return {key: settings[key] for key in keys}


async def test_what_the_command_found_is_set_and_taken_back(lab: Lab) -> None:
    """All of it as by the button: rules, interval and regions beside those that were there."""
    url, key = lab.octoprint.url, lab.octoprint.key
    corners = [[0.6, 0.1], [0.8, 0.1], [0.8, 0.4]]
    await lab.set(regions=[{"camera": "", "polygons": [corners]}])
    before = await stored(lab, "rules", "interval", "regions")
    found = {"rules": {"name": "failwatch", "numbers": {"failure": 0.44}}, "interval": 30, "regions": {}}
    with pytest.raises(DetectionError, match="must say which rules"):
        await octoprint_settings.apply(url, key, {"interval": 30})
    await octoprint_settings.apply(url, key, {**found, "regions": {"": [corners[::-1]]}})
    assert (await octoprint_settings.rules_in_force(url, key))["failure"] == 0.44
    assert (await stored(lab, "interval"))["interval"] == 30
    assert [one["polygons"] for one in (await stored(lab, "regions"))["regions"]] == [
        [corners],
        [corners[::-1]],
    ]
    await octoprint_settings.undo(url, key)
    assert await stored(lab, "rules", "interval", "regions") == before
    with pytest.raises(DetectionError, match="nothing to undo"):
        await octoprint_settings.undo(url, key)
    await lab.set(regions=[])


async def test_hacarus_is_taught_and_used(lab: Lab) -> None:
    """Pictures of a print that was labelled good train a model, which the settings then name."""
    await lab.print("good.gcode")
    await lab.looked(3)
    await lab.idle()
    newest = (await lab.octoprint.get("/plugin/failwatch/prints"))["prints"]
    record = next(one for one in newest if one["name"] == "good.gcode")
    await lab.order("label", print_id=record["print_id"], failed=False)
    state = State(polls=1)
    with served(hacarus.Hacarus(state, check=True).application()) as url:
        settings = await lab.octoprint.get("/api/settings")
        detector = settings["plugins"]["failwatch"]["detector"]
        chosen = {"kind": "hacarus", "url": url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        await lab.set(detector={**detector, **chosen})
        await lab.order("learning", do="start", algorithm=hacarus.ALGORITHMS[0])
        seen = await eventually(lambda: lab.order("learning"), lambda one: not one["running"])
        assert not seen["problem"]
        settings = await lab.octoprint.get("/api/settings")
        assert settings["plugins"]["failwatch"]["detector"]["model_id"] == seen["result"]["model_id"]
        assert [item.good for item in state.items.values() if item.training] == [True] * len(
            [item for item in state.items.values() if item.training]
        )
        await lab.set(
            detector={**detector, "kind": "super_api", "url": lab.address, "token": "a-token-nobody-may-see"}
        )
