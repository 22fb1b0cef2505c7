"""The pages as people use them, in a real browser on a real OctoPrint."""

import io
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Page, Route, expect

from octoprint_failwatch.detection.rules import FailWatchRules
from stack.browser import open_browser, open_octoprint
from tests.octoprint.lab import TOKEN, Lab
from tests.patience import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")
TAB = "#tab_plugin_failwatch"
SETTINGS = "#settings_plugin_failwatch"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def page(lab: Lab, browser: Browser) -> AsyncIterator[Page]:
    page = await open_octoprint(browser, lab.octoprint.url)
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    yield page
    await page.context.close()
    assert not mistakes


async def open_tab(page: Page) -> None:
    await page.click(f"a[href='{TAB}']")


async def open_settings(page: Page) -> None:
    await page.click("#navbar_show_settings")
    await page.click("#settings_plugin_failwatch_link a")
    await expect(page.locator(f"{SETTINGS} legend").first).to_be_visible()


async def save_settings(page: Page) -> None:
    await page.locator("#settings_dialog button.btn-primary:visible", has_text="Save").click()
    await expect(page.locator("#settings_dialog")).to_be_hidden()


async def test_a_failing_print_from_first_picture_to_false_alarm(lab: Lab, page: Page) -> None:
    tab = page.locator(TAB)
    await open_tab(page)
    await expect(tab.locator(".failwatch-headline")).to_have_text("No print to watch")
    await lab.print()
    await expect(tab.locator(".failwatch-headline")).to_have_text("No failure")
    await expect(tab.locator(".failwatch-p")).to_have_text("0.02")
    await expect(tab.locator(".failwatch-frame img").first).to_be_visible()
    await expect(tab.locator("#failwatch-graph canvas").first).to_be_visible()
    lines = await tab.locator(".failwatch-dashes").all()
    styles = [str(await line.get_attribute("style")) for line in lines]
    assert [re.findall(r" (\d+)px", style)[1] for style in styles] == ["2", "6", "12"], "as in the graph"
    await expect(tab.get_by_role("button", name="Not a failure")).to_be_disabled()
    lab.scene.p = 0.9
    await expect(tab.locator(".failwatch-paused")).to_contain_text("FailWatch paused this print")
    await expect(tab.locator(".failwatch-headline")).to_have_text("Failure")
    await expect(tab.locator(".failwatch-why")).to_contain_text("above this printer's usual")
    await expect(tab.get_by_role("status").first).to_have_text("Failure")  # read out once, not every second
    await expect(tab.locator(".failwatch-boxes text").first).to_have_text("90 %")
    await expect(page.locator(".ui-pnotify-title", has_text="FailWatch paused the print")).to_be_visible()
    await expect(page.locator("#navbar_plugin_failwatch")).to_contain_text("Failure")
    await tab.get_by_role("button", name="Not a failure").click()
    await expect(tab.locator(".failwatch-paused")).to_be_hidden()
    await expect(page.locator(".ui-pnotify-title", has_text="FailWatch paused the print")).to_be_hidden()
    assert (await lab.state())["latch"]["level"] == "none"


async def test_what_looks_better_than_usual_is_said_to_be_below_it(lab: Lab, page: Page) -> None:
    lab.scene.p = 0.0
    await open_tab(page)
    await lab.print()
    why = page.locator(f"{TAB} .failwatch-why")
    await expect(why).to_contain_text("below this printer's usual")
    await expect(why).not_to_contain_text("-")


async def test_who_says_that_it_failed_is_offered_a_pause_and_nothing_is_paused_unasked(
    lab: Lab, page: Page
) -> None:
    tab = page.locator(TAB)
    await open_tab(page)
    await lab.print()
    await expect(tab.locator(".failwatch-headline")).to_have_text("No failure")
    pause = tab.get_by_role("button", name="Pause the print")
    await expect(pause).to_be_hidden()
    await tab.get_by_role("button", name="It failed", exact=True).click()
    await expect(tab.locator(".failwatch-why")).to_have_text("You said that it failed.")
    await expect(tab.locator(".failwatch-goes-on")).to_contain_text("The print goes on.")
    await expect(tab.get_by_role("button", name="It failed", exact=True)).to_be_disabled()
    number = (await lab.state())["look"]["number"]
    await lab.until(lambda state: state["look"]["number"] > number + 3)
    assert await lab.octoprint.flag("printing")
    await pause.focus()
    await page.keyboard.press("Enter")
    await lab.until_printer("paused")
    await expect(pause).to_be_hidden()
    assert (await lab.phase("paused"))["latch"]["confirmed"]


async def test_a_past_print_can_be_scrubbed_through_by_keyboard(lab: Lab, page: Page) -> None:
    await lab.print("scrubbed.gcode")
    await lab.looked(2)
    lab.scene.p = 0.9
    await lab.until_printer("paused")
    await lab.idle()
    tab = page.locator(TAB)
    await open_tab(page)
    await tab.get_by_role("button", name="scrubbed.gcode").first.click()
    slider = tab.get_by_role("slider", name="Moment of the print")
    await slider.focus()
    before = await slider.get_attribute("aria-valuetext")
    for _ in range(6):
        await page.keyboard.press("ArrowRight")
    assert await slider.get_attribute("aria-valuetext") != before
    await expect(tab.locator(".failwatch-still img")).to_be_visible()
    await tab.get_by_role("button", name="FailWatch paused").click()
    await expect(tab.locator(".failwatch-past [role=status]")).to_contain_text("Failure")
    async with page.expect_download() as download:
        await tab.get_by_role("link", name="Table (CSV)").click()
    assert (await download.value).suggested_filename == "scrubbed.csv"


async def test_a_past_print_failed_from_the_moment_that_is_shown(lab: Lab, page: Page) -> None:
    """The filmstrip's button labels that frame's time, which is then marked, and stays shown."""
    await lab.print("labelled.gcode")
    await lab.looked(8)
    await lab.idle()
    tab = page.locator(TAB)
    await open_tab(page)
    await tab.get_by_role("button", name="labelled.gcode").first.click()
    slider = tab.get_by_role("slider", name="Moment of the print")
    await slider.focus()
    for _ in range(5):
        await page.keyboard.press("ArrowRight")
    shown = await slider.get_attribute("aria-valuetext")
    await tab.get_by_role("button", name="It failed from here on", exact=True).last.click()
    await expect(tab.locator(".failwatch-said")).to_contain_text("you said: failed")
    await expect(tab.locator(".failwatch-mark-failed-from")).to_have_count(1)
    assert await slider.get_attribute("aria-valuetext") == shown
    record = (await lab.octoprint.get("/plugin/failwatch/prints"))["prints"][0]
    frames = (await lab.octoprint.get(f"/plugin/failwatch/prints/{record['print_id']}"))["frames"]
    assert record["label"] == {"failed": True, "failed_from": frames[5][1]}
    await page.keyboard.press("Home")
    await tab.locator(".failwatch-mark-failed-from").click()
    assert await slider.get_attribute("aria-valuetext") == shown
    await tab.get_by_role("button", name="It was no failure").click()
    await expect(tab.locator(".failwatch-said")).to_contain_text("no failure")
    await expect(tab.locator(".failwatch-mark-failed-from")).to_have_count(0)


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
    await form.get_by_label("Limit for a failure").fill("0.55")
    await save_settings(page)
    report = await lab.failwatch()
    assert report["rules"]["failure"] == 0.55
    stored = (await lab.octoprint.get("/api/settings"))["plugins"]["failwatch"]
    assert float(stored["interval"]) == 20
    assert TOKEN not in await page.content()
    assert (await lab.order("test"))["p"] == pytest.approx(0.8), "the token is still there"
    await open_settings(page)
    await form.get_by_label("Limit for a failure").fill("")
    await form.get_by_label("Every", exact=True).fill("10")
    await save_settings(page)
    assert (await lab.failwatch())["rules"]["failure"] == FailWatchRules().failure


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


async def test_another_detector_shows_its_own_fields(lab: Lab, page: Page) -> None:
    await open_settings(page)
    form = page.locator(SETTINGS)
    await form.get_by_label("Detector").select_option("built_in")
    await expect(form.get_by_label("Token")).to_have_count(0)
    await form.get_by_label("Detector").select_option("deepomatic")
    await expect(form.get_by_label("API key")).to_have_value("")
    await expect(form.get_by_label("API key")).to_have_attribute("type", "password")


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


async def test_what_is_usual_for_a_camera_is_shown_and_forgotten(lab: Lab, page: Page) -> None:
    usual = page.locator(f"{SETTINGS} .control-group", has_text="Usual for the camera")
    await open_settings(page)
    await expect(usual).to_be_hidden()
    await page.click("#settings_dialog button.close >> visible=true")
    await lab.set(detector={"kind": "built_in"})
    await lab.print()
    await eventually(
        lambda: lab.order("usual"),
        lambda known: any(one["frames"] > 2 for one in known["cameras"]),
    )
    await lab.idle()
    await open_settings(page)
    await expect(usual).to_contain_text("Good pictures it learned from")
    await expect(usual.locator("img")).to_be_visible()
    await usual.get_by_role("button", name="Forget what is usual for this camera").click()
    await page.locator(".modal.in .btn-danger", has_text="Forget").click()
    await expect(usual).to_be_hidden()
    await lab.set(detector={"kind": "super_api", "url": lab.address, "token": TOKEN})


async def test_cameras_stay_chosen_though_the_settings_are_saved_before_they_are_shown(
    lab: Lab, page: Page
) -> None:
    await lab.set(cameras=["classic"])
    try:
        await page.route("**/api/plugin/failwatch", lambda route: route.abort())
        await open_settings(page)
        await page.locator(SETTINGS).get_by_label("Time to say no").fill("3")
        await save_settings(page)
        stored = (await lab.octoprint.get("/api/settings"))["plugins"]["failwatch"]
        assert (stored["cameras"], float(stored["veto"])) == (["classic"], 3)
    finally:
        await lab.set(cameras=[], veto=0)


async def test_a_field_that_is_emptied_is_tried_out_empty(lab: Lab, page: Page) -> None:
    await lab.set(detector={"kind": "built_in", "model": "/nowhere"})
    try:
        await open_settings(page)
        form = page.locator(SETTINGS)
        await form.get_by_label("Folder of an own model").fill("")
        await form.get_by_role("button", name="Test now").click()
        await expect(form.get_by_text("p = 0.")).to_be_visible()
    finally:
        service = {"kind": "super_api", "url": lab.address, "token": TOKEN, "model": None}
        await lab.set(detector=service)


async def test_a_service_that_refuses_is_explained_and_its_calls_are_counted(lab: Lab, page: Page) -> None:
    await lab.set(calls_per_hour=100_000)
    try:
        await open_settings(page)
        form = page.locator(SETTINGS)
        calls = form.locator(".help-block", has_text="This hour:")
        await expect(calls).to_contain_text(
            re.compile(r"This hour: \d+ used, \d+ left. This month: \d+ used\.")
        )
        await form.get_by_label("Address", exact=True).fill(lab.address.replace("127.0.0.1", "localhost"))
        await form.get_by_role("button", name="Check the connection").click()
        await expect(form.locator(".help-block[role=status]").first).to_contain_text("Enter it again")
    finally:
        await lab.set(calls_per_hour=None)


async def test_a_print_that_cannot_be_seen_is_paused_and_that_is_the_reason_given(
    lab: Lab, page: Page
) -> None:
    await lab.set(pause_when_blind_minutes=1)
    try:
        await open_tab(page)
        await lab.print()
        await lab.looked()
        lab.scene.camera = "dark"
        tab = page.locator(TAB)
        await expect(tab.get_by_text("Next try in")).to_contain_text("too dark")
        await expect(tab.locator(".failwatch-why")).to_be_hidden()
        await lab.until_printer("paused")
        message = page.locator(".ui-pnotify", has_text="FailWatch paused the print")
        await expect(message).to_contain_text("too dark")
        await expect(message).not_to_contain_text("above")
        await expect(tab.locator(".failwatch-paused")).to_contain_text("because it could not see it")
    finally:
        await lab.set(pause_when_blind_minutes=None)


async def test_the_limits_are_in_the_graph_however_high_they_are(lab: Lab, page: Page) -> None:
    await open_tab(page)
    await lab.print()
    await lab.looked()
    lab.scene.p = 0.95
    await lab.until_printer("paused")
    await lab.octoprint.job("pause", "resume")
    state = await lab.phase("watching")
    seen = await lab.looked(state["look"]["number"] + 1)
    limit = seen["look"]["verdict"]["usual"] + (await lab.failwatch())["rules"]["failure"]
    assert limit > 1, "what looks like this is accepted, so the limit is above all that p can be"
    await page.wait_for_function(f"$('#failwatch-graph').data('plot').getAxes().yaxis.max >= {limit - 0.1}")


async def test_after_the_print_it_is_told_how_old_the_last_picture_is(lab: Lab, page: Page) -> None:
    await open_tab(page)
    await lab.print()
    await lab.looked()
    await lab.idle()
    age = page.locator(f"{TAB} .failwatch-numbers .muted")
    await expect(age).to_contain_text(re.compile(r"\d+ min ago"))


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


async def test_a_print_whose_end_nobody_told_is_not_said_to_run(lab: Lab, page: Page) -> None:
    await lab.print("cut.gcode")
    await lab.looked()
    await lab.idle()

    async def cut(route: Route) -> None:
        answer = await route.fetch()
        prints = await answer.json()
        prints["prints"][0] |= {"ended_at": None, "outcome": ""}
        await route.fulfill(response=answer, json=prints)

    await page.route("**/plugin/failwatch/prints", cut)
    await open_tab(page)
    await expect(page.locator(f"{TAB} .failwatch-list li", has_text="cut.gcode")).to_contain_text(
        "broken off"
    )


async def test_a_picture_that_is_gone_leaves_no_broken_frame(lab: Lab, page: Page) -> None:
    await lab.print()
    await lab.looked()
    await lab.octoprint.job("pause", "pause")
    await lab.phase("paused")
    await page.route("**/plugin/failwatch/frame.jpg*", lambda route: route.fulfill(status=404))
    await page.reload()
    await expect(page.locator("#page-container-main")).to_be_visible()
    await open_tab(page)
    await expect(page.locator(f"{TAB} .failwatch-nothing")).to_be_visible()


async def test_nothing_overflows_at_phone_width(lab: Lab, browser: Browser) -> None:
    # OctoPrint itself does not fold its columns that far; the tab has to when a theme does.
    page = await open_octoprint(browser, lab.octoprint.url)
    await lab.print()
    await lab.looked()
    await page.evaluate(f"$('a[href=\"{TAB}\"]').tab('show')")
    await expect(page.locator(f"{TAB} .failwatch-frame img").first).to_be_visible()
    too_wide = await page.evaluate(
        """async selector => {
            const tab = document.querySelector(selector);
            tab.style.width = "340px";
            await new Promise(resolve => setTimeout(resolve, 500));
            const right = tab.getBoundingClientRect().right + 1;
            return Array.from(tab.querySelectorAll(".failwatch *"))
                .filter(e => e.offsetParent && !e.closest(".failwatch-film") && e.getBoundingClientRect().right > right)
                .map(e => e.className);
        }""",
        TAB,
    )
    assert too_wide == []
    await page.context.close()


async def test_an_anonymous_visitor_only_gets_the_login(lab: Lab, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(lab.octoprint.url)
    await expect(page.locator("#login-user")).to_be_visible()
    assert "failwatch" not in (await page.content()).lower()
    await page.close()


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
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(lab.octoprint.url)
    await page.fill("#login-user", "blindfolded")
    await page.fill("#login-password", "failwatch")
    await page.click("#login-button")
    await expect(page.locator("#page-container-main")).to_be_visible()
    for element in ("#navbar_plugin_failwatch", "#sidebar_plugin_failwatch_wrapper", f"{TAB}_link"):
        await expect(page.locator(element)).to_be_hidden()
    await context.close()
