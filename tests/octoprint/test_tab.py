"""The tab as people use it during a print, in a real browser on a real OctoPrint."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.octoprint.browsing import SETTINGS, TAB, open_settings, open_tab
from tests.octoprint.lab import Lab

pytestmark = pytest.mark.asyncio(loop_scope="module")


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


async def test_a_coming_pause_counts_down_in_a_message_that_takes_a_no(lab: Lab, page: Page) -> None:
    """Whoever looks at another tab sees the time run, and need not look for the button."""
    await lab.set(veto=1200)
    try:
        await lab.print()
        await lab.looked(2)
        lab.scene.p = 0.9
        message = page.locator(".ui-pnotify", has_text="FailWatch pauses the print in")
        told = await message.locator(".ui-pnotify-text").inner_text()
        await expect(message.locator(".ui-pnotify-text")).not_to_have_text(told)
        await expect(page.locator(".ui-pnotify", has_text="This may be failing")).to_have_count(0)
        await message.get_by_role("button", name="Keep printing").click()
        await expect(message).to_have_count(0)
        state = await lab.state()
        assert (state["phase"], state["intervention"]["countdown"]) == ("watching", None)
    finally:
        await lab.set(veto=0)


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
