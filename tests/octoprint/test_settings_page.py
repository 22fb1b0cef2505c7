"""The settings as people fill them in, in a real browser on a real OctoPrint."""

import io
import re
from http import HTTPStatus
from typing import Any

import aiohttp
import pytest
from PIL import Image
from playwright.async_api import Page, expect

from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from tests.octoprint.browsing import SETTINGS, fields_cut_off, open_settings, save_settings
from tests.octoprint.lab import TOKEN, Lab
from tests.patience import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_settings_are_tried_saved_and_never_show_the_token(lab: Lab, page: Page) -> None:
    lab.scene.p = 0.8
    await open_settings(page)
    form = page.locator(SETTINGS)
    await expect(form.get_by_label("Token")).to_have_value("")
    await expect(form.get_by_label("Token")).to_have_attribute("placeholder", "stored; type to replace it")
    await form.get_by_role("button", name="Check the connection").click()
    await expect(form.locator(".help-block[role=status]").first).to_contain_text("accepts the token")
    await form.get_by_role("button", name="Test now").click()
    await expect(form.locator(".failwatch-small rect")).to_have_count(1)
    await expect(form.get_by_text("p = 0.800")).to_be_visible()
    await form.get_by_label("Every", exact=True).fill("20")
    await form.get_by_role("button", name="All numbers").click()
    await form.get_by_label("Failure above normal by").fill("0.55")
    await save_settings(page)
    report = await lab.failwatch()
    assert report["rules"]["failure"] == 0.55
    stored = (await lab.octoprint.get("/api/settings"))["plugins"]["failwatch"]
    assert float(stored["interval"]) == 20
    assert TOKEN not in await page.content()
    assert (await lab.order("test"))["p"] == pytest.approx(0.8), "the token is still there"
    await open_settings(page)
    await form.get_by_label("Failure above normal by").fill("")
    await form.get_by_label("Every", exact=True).fill("10")
    await save_settings(page)
    assert (await lab.failwatch())["rules"]["failure"] == FailWatchRules().failure


@pytest.mark.one_octoprint
async def test_every_number_of_every_rule_set_is_named(lab: Lab, page: Page) -> None:
    await open_settings(page)
    form = page.locator(SETTINGS)
    for name, numbers in (await lab.order("describe"))["rule_sets"].items():
        await form.get_by_label("Rules", exact=True).select_option(name)
        shown = form.locator("input[id^=failwatch-number-]")
        await expect(shown).to_have_count(len(numbers))
        for number in await shown.all():
            key = str(await number.get_attribute("id")).removeprefix("failwatch-number-")
            assert float(str(await number.get_attribute("placeholder"))) == numbers[key]


@pytest.mark.one_octoprint
async def test_sensitivity_has_three_steps_and_numbers_are_folded_away(lab: Lab, page: Page) -> None:
    await open_settings(page)
    form = page.locator(SETTINGS)
    exact = form.get_by_label("Exact sensitivity")
    await expect(exact).to_be_hidden()
    slider = form.get_by_role("slider", name="Sensitivity")
    await expect(slider).to_have_attribute("aria-valuetext", re.compile("^Medium"))
    await slider.focus()
    await page.keyboard.press("ArrowRight")
    await expect(slider).to_have_attribute("aria-valuetext", re.compile("^High"))
    await form.get_by_label("Pauses per print").fill("2")
    await save_settings(page)
    assert (await lab.failwatch())["rules"]["sensitivity"] == 1.5
    await open_settings(page)
    await form.get_by_role("button", name="All numbers").click()
    await expect(exact).to_have_value("1.5")
    await exact.fill("")
    await exact.press("Tab")
    await expect(slider).to_have_attribute("aria-valuetext", re.compile("^Medium"))
    await form.get_by_label("Pauses per print").fill("")
    await save_settings(page)
    assert (await lab.failwatch())["rules"]["sensitivity"] == 1


async def test_escape_takes_a_corner_back_and_leaves_the_dialog_open(lab: Lab, page: Page) -> None:
    await open_settings(page)
    form = page.locator(SETTINGS)
    await form.get_by_role("button", name="Draw regions to ignore").click()
    editor = form.locator(".failwatch-editor")
    await expect(editor).to_be_visible()
    await editor.focus()
    await page.keyboard.press("Enter")
    await expect(form.locator(".failwatch-editor circle")).to_have_count(1)
    for _ in range(2):
        await page.keyboard.press("Escape")
        await expect(form.locator(".failwatch-editor circle")).to_have_count(0)
    await page.keyboard.press("Enter")
    await expect(form.locator(".failwatch-editor circle")).to_have_count(1)
    await expect(page.locator("#settings_dialog")).to_be_visible()


@pytest.mark.one_octoprint
async def test_messages_are_set_up_by_a_form_tried_and_changed(lab: Lab, page: Page) -> None:
    await open_settings(page)
    form = page.locator(SETTINGS)
    services = form.get_by_label("Send messages to")
    assert len(await services.locator("option").all()) == 12  # ten, any other, and the caption
    try:
        await services.select_option(label="ntfy")
        await expect(form.get_by_label("Server", exact=True)).to_have_value("https://ntfy.sh")
        await form.get_by_label("Server", exact=True).fill(lab.address)
        await form.get_by_role("button", name="Add", exact=True).click()
        said = form.locator("[role=status]", has_text="Topic")
        await expect(said).to_have_text('Fill in "Topic".')
        await form.get_by_label("Topic").fill("printer")
        await form.get_by_label("Access token (optional)").fill("tk_secret")
        await form.locator(".failwatch-target-form").get_by_role("button", name="Test").click()
        await expect(form.get_by_text("ntfy does not know this address or recipient (404).")).to_be_visible()
        await form.get_by_role("button", name="Add", exact=True).click()
        target = form.locator(".failwatch-targets li")
        await expect(target).to_contain_text("ntfy")
        await expect(target).to_contain_text("/printer")
        await target.get_by_role("button", name="Edit").click()
        token = form.get_by_label("Access token (optional)")
        await expect(token).to_have_value("")
        await expect(token).to_have_attribute("placeholder", "stored; type to replace it")
        await form.get_by_label("Topic").fill("other")
        await save_settings(page)  # with the form still open
        await eventually(
            lambda: lab.order("describe"),
            lambda known: [one["values"]["topic"] for one in known["target_forms"]] == ["other"],
        )
        assert "tk_secret" in (lab.octoprint.folder / "config.yaml").read_text()
        assert "tk_secret" not in await page.content()
        await open_settings(page)
        await target.get_by_role("button", name="Remove").click()
        await expect(target).to_have_count(0)
    finally:
        await lab.set(notify={"urls": []})


@pytest.mark.one_octoprint
async def test_another_detector_shows_its_own_fields(lab: Lab, page: Page) -> None:
    await open_settings(page)
    form = page.locator(SETTINGS)
    await form.get_by_label("Detector").select_option("built_in")
    await expect(form.get_by_label("Token")).to_have_count(0)
    await form.get_by_label("Detector").select_option("deepomatic")
    await expect(form.get_by_label("API key")).to_have_value("")
    await expect(form.get_by_label("API key")).to_have_attribute("type", "password")


@pytest.mark.one_octoprint
async def test_the_fields_of_a_detector_are_filled_in_one_after_another(lab: Lab, page: Page) -> None:
    await open_settings(page)
    form = page.locator(SETTINGS)
    address, token = form.get_by_label("Address", exact=True), form.get_by_label("Token")
    await address.fill(lab.address + "/")
    await page.keyboard.press("Tab")
    await expect(token).to_be_focused()
    await page.keyboard.type(TOKEN)
    await form.get_by_role("button", name="Test now").click()
    await expect(form.get_by_text("p = 0.020")).to_be_visible()
    await expect(token).to_have_value(TOKEN)


@pytest.mark.one_octoprint
async def test_a_region_drawn_by_keyboard_is_ignored(lab: Lab, page: Page) -> None:
    lab.scene.p = 0.8
    await open_settings(page)
    form = page.locator(SETTINGS)
    await form.get_by_role("button", name="Draw regions to ignore").click()
    editor = form.get_by_role("application")
    await expect(editor).to_be_visible()
    await editor.focus()
    for keys in (["ArrowLeft", "ArrowUp"], ["ArrowRight"] * 2, ["ArrowDown"] * 2, ["ArrowLeft"] * 2):
        for key in keys:
            for _ in range(12):
                await page.keyboard.press(key)
        await page.keyboard.press("Enter")
    await expect(form.get_by_role("button", name="Close the region")).to_be_enabled()
    await save_settings(page)  # which closes it
    try:
        await lab.order("test")
        sent = Image.open(io.BytesIO(lab.scene.picture)).convert("L")
        assert sent.getpixel((320, 300)) < 10
        assert sent.getpixel((20, 20)) > 90
    finally:
        await lab.set(regions=[])


@pytest.mark.one_octoprint
async def test_what_is_usual_for_a_camera_is_shown_and_forgotten(lab: Lab, page: Page) -> None:
    usual = page.locator(f"{SETTINGS} .control-group", has_text="Learned background")
    await open_settings(page)
    await expect(usual).to_be_hidden()
    await page.click("#settings_dialog button.close >> visible=true")
    await lab.set(detector={"kind": "built_in"})
    await lab.print()
    await eventually(
        lambda: _learned(lab),
        lambda cameras: any(one["frames"] > 2 for one in cameras),
    )
    await lab.idle()
    await open_settings(page)
    await expect(usual).to_contain_text("Good pictures it learned from")
    await expect(usual.locator("img")).to_be_visible()
    await usual.get_by_role("button", name="Reset learned background").click()
    await page.locator(".modal.in a.btn-danger", has_text="Reset").click()
    await expect(usual).to_be_hidden()
    await lab.set(detector={"kind": "super_api", "url": lab.address, "token": TOKEN})


async def test_cameras_stay_chosen_though_the_settings_are_saved_before_they_are_shown(
    lab: Lab, page: Page
) -> None:
    await lab.set(cameras=["classic"])
    try:
        await page.route("**/api/plugin/failwatch", lambda route: route.abort())
        await open_settings(page)
        await page.locator(SETTINGS).get_by_label("Delay before acting").fill("3")
        await save_settings(page)
        stored = (await lab.octoprint.get("/api/settings"))["plugins"]["failwatch"]
        assert (stored["cameras"], float(stored["veto"])) == (["classic"], 3)
    finally:
        await lab.set(cameras=[], veto=0)


@pytest.mark.one_octoprint
async def test_a_field_that_is_emptied_is_tried_out_empty(lab: Lab, page: Page) -> None:
    await lab.set(detector={"kind": "built_in", "model": "/nowhere"})
    try:
        await open_settings(page)
        form = page.locator(SETTINGS)
        await form.get_by_label("Folder of your own model").fill("")
        await form.get_by_role("button", name="Test now").click()
        await expect(form.get_by_text("p = 0.")).to_be_visible()
    finally:
        service = {"kind": "super_api", "url": lab.address, "token": TOKEN, "model": None}
        await lab.set(detector=service)


@pytest.mark.one_octoprint
async def test_the_slider_shows_what_each_step_would_have_told_of_the_last_prints(
    lab: Lab, page: Page
) -> None:
    await lab.set(on_failure="notify")
    await lab.print("mess.gcode")
    await lab.looked(2)
    lab.scene.p = 0.9
    await lab.until(lambda state: state["latch"]["level"] == "failure")
    await lab.idle()
    await lab.set(on_failure="pause")
    await open_settings(page)
    row = page.locator(f"{SETTINGS} .failwatch-preview tr", has_text="mess.gcode").last
    await expect(row.locator("td")).to_have_count(4)
    await expect(row.locator("td.failwatch-chosen")).to_contain_text("Failure after")
    rules = {"name": "failwatch", "numbers": {}}
    first = await lab.order("sensitivity", rules=rules)
    assert (first["running"], first["is_of_these"]) == (False, True), "found out once"


@pytest.mark.parametrize("language", ["en", "de"])
async def test_no_field_is_cut_off_on_a_phone(lab: Lab, page: Page, language: str) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(f"{lab.octoprint.url}/?l10n={language}")
    await expect(page.locator("#page-container-main")).to_be_visible()
    await page.evaluate("$('#navbar_show_settings').click()")  # OctoPrint's own bar is wider than a phone
    await page.evaluate("$('#settings_plugin_failwatch_link a').click()")
    form = page.locator(SETTINGS)
    detectors, services = form.locator("#failwatch-detector"), form.locator("#failwatch-service")
    await expect(detectors).to_be_visible()
    await expect(detectors.locator("option")).to_have_count(6)
    kinds = await detectors.locator("option").evaluate_all("all => all.map(one => one.value)")
    for kind in kinds:
        await detectors.select_option(kind)
        assert await fields_cut_off(form) == [], kind
    await services.select_option("email")
    await expect(form.locator("#failwatch-target-security")).to_be_visible()
    assert await fields_cut_off(form) == []


async def _learned(lab: Lab) -> list[dict[str, Any]]:
    """Return what the built-in detector learned of the cameras; on a busy machine it takes its time to start."""
    try:
        return list((await lab.order("usual"))["cameras"])
    except aiohttp.ClientResponseError as error:
        if error.status != HTTPStatus.SERVICE_UNAVAILABLE:
            raise
        return []
