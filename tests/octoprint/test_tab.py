"""The tab as people use it during a print, in a real browser on a real OctoPrint."""

import re

import aiohttp
import pytest
from playwright.async_api import Page, Route, expect

from tests.octoprint.browsing import SETTINGS, TAB, WIDER, open_settings, open_tab
from tests.octoprint.lab import Lab
from tests.reliability.machine import full_disk

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.one_page]


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
    await expect(tab.get_by_role("button", name="Not a failure")).to_be_hidden()
    lab.scene.p = 0.9
    await expect(tab.locator(".failwatch-paused")).to_contain_text("FailWatch paused this print")
    await expect(tab.locator(".failwatch-headline")).to_have_text("Failure (paused)")
    await expect(tab.locator(".failwatch-why > span")).to_contain_text("Looks much worse than normal")
    await expect(tab.locator(".failwatch-why small")).to_contain_text("alarm at")
    await expect(tab.get_by_role("status").first).to_have_text("Failure (paused)")  # read out once
    await expect(tab.locator(".failwatch-boxes text").first).to_have_text("90 %")
    message = page.locator(".ui-pnotify", has_text="FailWatch paused the print")
    await expect(message.locator("img")).to_be_visible()
    await expect(message.get_by_role("button", name="Resume, I cleared it")).to_be_visible()
    await expect(message.get_by_role("button", name="Cancel print")).to_be_visible()
    await expect(page.locator("#navbar_plugin_failwatch")).to_contain_text("Failure")
    await message.get_by_role("button", name="Resume, this is fine").click()
    await expect(message).to_have_count(0)
    await expect(tab.locator(".failwatch-paused")).to_be_hidden()
    await lab.until_printer("printing")
    await expect(tab.locator(".failwatch-accepted")).to_contain_text(
        re.compile(r"Accepted until you are asked again in \d+ min.*above 0\.\d\d")
    )
    await expect(tab.locator(".failwatch-headline")).to_have_text("You said it is fine")
    assert (await lab.state())["latch"]["level"] == "none"
    await expect(tab.locator(".failwatch-log li", has_text="FailWatch paused")).to_have_count(1)
    await tab.locator(".failwatch-now").get_by_role("button", name="Undo").click()
    await expect(tab.locator(".failwatch-accepted")).to_be_hidden()
    await lab.until(lambda state: state["latch"]["level"] == "failure")


async def test_what_was_cleared_away_is_watched_as_before(lab: Lab, page: Page) -> None:
    tab = page.locator(TAB)
    await open_tab(page)
    await lab.print()
    await lab.looked(2)
    lab.scene.p = 0.9
    await lab.until_printer("paused")
    lab.scene.p = 0.02
    await tab.get_by_role("button", name="Resume, I cleared it").click()
    await lab.until_printer("printing")
    state = await lab.phase("watching")
    assert (state["memory"]["acceptance"], state["latch"]["level"]) == (None, "none")
    await expect(tab.locator(".failwatch-accepted")).to_be_hidden()


TELL_EARLY = """events => {
    const model = ko.dataFor(document.querySelector("#tab_plugin_failwatch"));
    const live = model.live;
    model.onDataUpdaterPluginMessage("failwatch", {
        type: "update", now: live.now(), clock_speed: 1, watching: true, rules: live.rules(),
        pictures: live.pictures(), state: live.state(), events: events
    });
}"""


async def test_a_pause_that_is_told_before_the_page_hears_of_it_asks_how_to_go_on(
    lab: Lab, page: Page
) -> None:
    await open_tab(page)
    await lab.print()
    await lab.looked(1)
    await expect(page.locator(f"{TAB} .failwatch-p")).to_have_text("0.02")
    told = {"kind": "action", "at": 0, "print_id": "", "detail": "pause", "level": "failure", "minor": False}
    await page.evaluate(TELL_EARLY, [told])
    message = page.locator(".ui-pnotify", has_text="FailWatch paused the print")
    for answer in ("Resume, this is fine", "Resume, I cleared it", "Cancel print"):
        await expect(message.get_by_role("button", name=answer)).to_be_visible()
    await lab.looked(2)
    await expect(message).to_be_visible()
    await page.evaluate(TELL_EARLY, [told | {"kind": "acknowledged", "detail": "not_a_failure"}])
    await expect(message).to_have_count(0)


@pytest.mark.one_octoprint
async def test_over_a_failure_a_silence_never_says_that_all_is_well(lab: Lab, page: Page) -> None:
    tab = page.locator(TAB)
    await open_tab(page)
    await lab.print()
    await lab.looked(2)
    await lab.order("snooze", seconds=7200)
    headline = tab.locator(".failwatch-headline")
    await expect(headline).to_have_text(re.compile(r"^No failure \(snoozed, \d+ min left\)$"))
    lab.scene.p = 0.9
    await expect(headline).to_have_text(re.compile(r"^Failure \(snoozed, \d+ min left\)$"))
    for place in ("#sidebar_plugin_failwatch_wrapper", "#navbar_plugin_failwatch"):
        await expect(page.locator(place)).to_contain_text(re.compile(r"Failure \(snoozed, \d+ min left\)"))
    await lab.order("snooze", seconds=0)
    await lab.order("mute", muted=True)
    await expect(headline).to_have_text(re.compile(r"^Failure \((muted|paused|muted; paused)\)$"))


@pytest.mark.one_octoprint
async def test_which_half_fails_is_named_and_what_is_shown_is_dated(lab: Lab, page: Page) -> None:
    tab = page.locator(TAB)
    headline, old = tab.locator(".failwatch-headline"), tab.locator(".failwatch-stale-text")
    await open_tab(page)
    await lab.print()
    await expect(headline).to_have_text("No failure")
    await expect(old).to_be_hidden()
    lab.scene.camera = "broken"
    await expect(old).to_contain_text("old")
    await expect(headline).to_have_text("Cannot check: camera problem")
    lab.scene.camera = "moving"
    await expect(headline).to_have_text("No failure")
    lab.scene.status = 503
    await expect(headline).to_have_text("Cannot check: detector problem")
    await expect(tab.locator(".failwatch-blind-text")).to_contain_text("Not checked for")
    await expect(page.locator("#navbar_plugin_failwatch")).to_contain_text("Cannot check: detector problem")


@pytest.mark.one_octoprint
async def test_one_unanswered_look_is_enough_to_date_the_picture(lab: Lab, page: Page) -> None:
    tab = page.locator(TAB)
    await open_tab(page)
    await lab.print()
    await lab.looked(2)
    lab.scene.answer_after = 8
    await expect(tab.locator(".failwatch-headline")).to_have_text("Waiting for a new picture")
    await expect(tab.locator(".failwatch-stale-text")).to_contain_text("old")
    lab.scene.answer_after = 0


async def test_without_a_print_a_picture_can_be_checked_and_watching_stops_only_when_confirmed(
    lab: Lab, page: Page
) -> None:
    tab = page.locator(TAB)
    await open_tab(page)
    lab.scene.p = 0.4
    await tab.get_by_role("button", name="Check now").click()
    await expect(tab.locator(".failwatch-caption")).to_contain_text("failure score (p) 0.40")
    await expect(tab.locator(".failwatch-frame img").first).to_be_visible()
    await tab.get_by_role("button", name="Stop watching").click()
    dialog = page.locator(".modal.in")
    await dialog.get_by_text("Keep watching").click()
    await expect(dialog).to_have_count(0)
    assert (await lab.failwatch())["watching"]
    await tab.get_by_role("button", name="Stop watching").click()
    await dialog.get_by_text("Stop watching", exact=True).click()
    await expect(tab.locator(".failwatch-headline")).to_have_text("Switched off")
    await tab.get_by_role("button", name="Watch prints").click()
    await expect(tab.locator(".failwatch-headline")).to_have_text("No print to watch")


@pytest.mark.one_octoprint
async def test_what_is_suspicious_is_called_so_everywhere(lab: Lab, page: Page) -> None:
    tab = page.locator(TAB)
    await open_tab(page)
    await lab.print()
    await lab.looked(2)
    lab.scene.p = 0.5
    await expect(tab.locator(".failwatch-headline")).to_have_text("Suspicious")
    await expect(page.locator("#navbar_plugin_failwatch")).to_contain_text("Suspicious")
    await expect(page.locator("#sidebar_plugin_failwatch_wrapper")).to_contain_text("Suspicious")
    await expect(page.locator(".ui-pnotify", has_text="The print looks suspicious")).to_be_visible()
    now = tab.locator(".failwatch-now")
    await expect(now.get_by_role("button", name="Not a failure")).to_be_visible()
    await expect(now.get_by_role("button", name="Pause print")).to_be_visible()


UNDELIVERED = {"target": "ntfys://ntfy.sh/printer", "at": 0, "problem": "ntfy does not answer."}


@pytest.mark.one_octoprint
async def test_messages_that_do_not_get_through_are_told_until_one_does(lab: Lab, page: Page) -> None:
    """An hour is too long for a test: what the server says then is given to the page."""
    told = [UNDELIVERED]

    async def answer(route: Route) -> None:
        response = await route.fetch()
        await route.fulfill(response=response, json={**(await response.json()), "undelivered": told})

    await page.route("**/api/plugin/failwatch", answer)
    await open_tab(page)
    alert = page.locator(f"{TAB} .failwatch-undelivered")
    await expect(alert).to_have_count(0)
    tell = """() => ko.dataFor(document.querySelector("#tab_plugin_failwatch"))
        .onDataUpdaterPluginMessage("failwatch", {type: "undelivered"})"""
    await page.evaluate(tell)
    await expect(alert).to_contain_text("did not reach ntfys://ntfy.sh/printer. ntfy does not answer.")
    message = page.locator(".ui-pnotify", has_text="Messages are not arriving")
    await expect(message).to_be_visible()
    told.clear()
    await page.evaluate(tell)
    await expect(alert).to_have_count(0)
    await expect(message).to_have_count(0)


@pytest.mark.one_octoprint
async def test_no_request_of_the_page_goes_astray(lab: Lab, page: Page) -> None:
    missed: list[str] = []
    page.on("response", lambda answer: missed.append(answer.url) if answer.status == 404 else None)
    await page.reload()
    await expect(page.locator("#page-container-main")).to_be_visible()
    await open_tab(page)
    await lab.print("logged.gcode")
    await lab.looked(2)
    lab.scene.p = 0.9
    await lab.until_printer("paused")
    await lab.idle()
    await expect(page.locator(f"{TAB} .failwatch-headline")).to_have_text("No print to watch")
    assert missed == []


@pytest.mark.one_octoprint
async def test_who_says_that_it_failed_is_offered_a_pause_and_nothing_is_paused_unasked(
    lab: Lab, page: Page
) -> None:
    tab = page.locator(TAB)
    await open_tab(page)
    await lab.print()
    await expect(tab.locator(".failwatch-headline")).to_have_text("No failure")
    pause = tab.get_by_role("button", name="Pause print")
    await tab.get_by_role("button", name="It failed", exact=True).click()
    await expect(tab.locator(".failwatch-why")).to_have_text("You said that it failed.")
    await expect(tab.locator(".failwatch-goes-on")).to_contain_text("The print goes on.")
    await expect(tab.get_by_role("button", name="It failed", exact=True)).to_be_hidden()
    number = (await lab.state())["look"]["number"]
    await lab.until(lambda state: state["look"]["number"] > number + 3)
    assert await lab.octoprint.flag("printing")
    await pause.focus()
    await page.keyboard.press("Enter")
    await lab.until_printer("paused")
    await expect(pause).to_be_hidden()
    assert (await lab.phase("paused"))["latch"]["confirmed"]
    await tab.get_by_role("button", name="Undo").first.click()
    assert not (await lab.until(lambda state: not state["latch"]["confirmed"]))["latch"]["confirmed"]


async def test_a_coming_pause_counts_down_in_a_message_that_takes_a_no(lab: Lab, page: Page) -> None:
    """Whoever looks at another tab sees the time run, and need not look for the button."""
    await lab.set(veto=6000)
    try:
        await lab.print()
        await lab.looked(2)
        lab.scene.p = 0.9
        message = page.locator(".ui-pnotify", has_text="FailWatch pauses the print in")
        told = await message.locator(".ui-pnotify-text").inner_text()
        await expect(message.locator(".ui-pnotify-text")).not_to_have_text(told)
        await expect(page.locator(".ui-pnotify", has_text="The print looks suspicious")).to_have_count(0)
        await message.get_by_role("button", name="Keep printing").click()
        await expect(message).to_have_count(0)
        state = await lab.state()
        assert (state["phase"], state["intervention"]["countdown"]) == ("watching", None)
    finally:
        await lab.set(veto=0)


@pytest.mark.one_octoprint
async def test_while_a_pause_is_coming_the_tab_counts_down_and_takes_a_no(lab: Lab, page: Page) -> None:
    await lab.set(veto=5000)
    try:
        tab = page.locator(TAB)
        await open_tab(page)
        await lab.print()
        await lab.looked(2)
        lab.scene.p = 0.9
        countdown = tab.locator(".failwatch-countdown")
        await expect(countdown).to_contain_text(
            re.compile(r"^FailWatch pauses the print in \d+ (s|min) unless you choose Keep printing\.$")
        )
        told = await countdown.inner_text()
        await expect(countdown).not_to_have_text(told)
        await expect(tab.locator(".failwatch-headline")).to_have_text("Failure")
        now = tab.locator(".failwatch-now")
        await expect(now.get_by_role("button", name="Pause print")).to_be_visible()
        sidebar = page.locator("#sidebar_plugin_failwatch_wrapper")
        await expect(sidebar.get_by_role("button", name="Keep printing")).to_be_visible()
        await now.get_by_role("button", name="Keep printing").click()
        await expect(countdown).to_be_hidden()
        assert (await lab.state())["phase"] == "watching"
        assert await lab.octoprint.flag("printing")
    finally:
        await lab.set(veto=0)


@pytest.mark.one_octoprint
async def test_a_full_disk_is_told_until_there_is_room_and_the_print_is_watched(lab: Lab, page: Page) -> None:
    tab = page.locator(TAB)
    alert, headline = tab.locator(".failwatch-unsaved"), tab.locator(".failwatch-headline")
    log = lab.octoprint.folder / "logs" / "octoprint.log"
    await open_tab(page)
    await lab.print()
    await lab.looked(2)
    await expect(alert).to_be_hidden()
    with full_disk(lab.octoprint.program):
        await expect(alert).to_contain_text("FailWatch goes on watching, but records nothing until")
        number = (await lab.state())["look"]["number"]
        await lab.until(lambda state: state["look"]["number"] > number + 2)
        with pytest.raises(aiohttp.ClientResponseError) as caught:
            await lab.order("rules", numbers={"failure": 0.61})
        assert caught.value.status == 507
        assert "holds until OctoPrint is restarted" in caught.value.message
    await expect(alert).to_be_hidden()
    await expect(headline).to_have_text("No failure")
    assert log.read_text().count("The history is written again.") == 1
    with full_disk(lab.octoprint.program):
        await expect(alert).to_be_visible()
        await lab.octoprint.job("cancel")
        await expect(headline).to_have_text("No print to watch")
    await expect(alert).to_be_visible()  # nothing is stored without a print that would tell
    await page.click("a[href='#temp']")
    await open_tab(page)
    await expect(alert).to_be_hidden()


async def test_the_tab_fits_a_phone(lab: Lab, page: Page) -> None:
    """OctoPrint's own page keeps its width there."""
    await open_tab(page)
    await page.set_viewport_size({"width": 390, "height": 844})
    await lab.print()
    await expect(page.locator(f"{TAB} .failwatch-p")).to_have_text("0.02")
    await expect(page.locator("#failwatch-graph canvas").first).to_be_visible()
    assert await page.evaluate(WIDER) == []


@pytest.mark.one_octoprint
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
        says = form.locator(".help-block[role=status]").first
        await expect(says).to_contain_text("Enter it again")
        await form.get_by_label("Address", exact=True).fill(lab.address)
        await form.get_by_label("Token", exact=True).focus()
        await expect(says).to_have_text("")  # that was another address
    finally:
        await lab.set(calls_per_hour=None)


@pytest.mark.one_octoprint
async def test_a_print_that_cannot_be_seen_is_paused_and_that_is_the_reason_given(
    lab: Lab, page: Page
) -> None:
    await open_tab(page)
    await lab.print()
    await lab.looked()
    lab.scene.camera = "dark"
    tab = page.locator(TAB)
    await expect(tab.get_by_text("Next try in")).to_contain_text("too dark")
    await expect(tab.locator(".failwatch-why")).to_be_hidden()
    await lab.set(pause_when_blind_minutes=1)
    try:
        await lab.until_printer("paused")
        message = page.locator(".ui-pnotify", has_text="FailWatch paused the print")
        await expect(message).to_contain_text("too dark")
        await expect(message).not_to_contain_text("worse")
        await expect(tab.locator(".failwatch-paused")).to_contain_text("because it could not check it")
    finally:
        await lab.set(pause_when_blind_minutes=None)


@pytest.mark.one_octoprint
async def test_the_limits_are_in_the_graph_however_high_they_are(lab: Lab, page: Page) -> None:
    await open_tab(page)
    await lab.order("rules", numbers={"failure": 1.3, "sure": 1.3})
    try:
        await lab.print()
        await lab.looked(2)
        await page.wait_for_function("$('#failwatch-graph').data('plot')?.getAxes().yaxis.max >= 1.2")
        # A recent mean as high as p of a sure failure is enough.
        await lab.order("rules", numbers={"failure": 1.3, "sure": 0.8})
        await expect(page.locator(f"{TAB} .failwatch-legend").first).to_contain_text("failure 0.80")
    finally:
        await lab.order("rules", numbers={"failure": 0.6, "sure": 0.8})
