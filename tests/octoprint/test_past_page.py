"""The history of prints, in a real browser on a real OctoPrint."""

import asyncio
import re

import pytest
from playwright.async_api import Page, Route, expect

from tests.octoprint.browsing import TAB, open_tab
from tests.octoprint.lab import Lab

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.one_octoprint, pytest.mark.one_page]


async def test_a_past_print_can_be_scrubbed_through_by_keyboard(lab: Lab, page: Page) -> None:
    await lab.print_that_fails("scrubbed.gcode")
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
    captions = await tab.locator(".failwatch-film span").all_inner_texts()
    assert len(set(captions)) == len(captions) > 1
    await tab.get_by_role("button", name="FailWatch paused").click()
    await expect(tab.locator(".failwatch-past [role=status]")).to_contain_text("Failure")
    async with page.expect_download() as download:
        await tab.get_by_role("link", name="Table (CSV)").click()
    assert (await download.value).suggested_filename == "scrubbed.csv"


async def test_the_limits_of_a_past_print_are_those_of_the_moment_that_is_shown(lab: Lab, page: Page) -> None:
    """Rules that were changed during the print, and those of now, change nothing before."""
    await lab.print("limited.gcode")
    await lab.looked(3)
    await lab.order("rules", numbers={"failure": 0.7})
    try:
        seen = await lab.looked((await lab.state())["look"]["number"] + 2)
        await lab.idle()
    finally:
        await lab.order("rules", numbers={"failure": 0.6})
    await open_tab(page)
    await page.locator(TAB).get_by_role("button", name="limited.gcode").first.click()
    legend = page.locator(f"{TAB} .failwatch-past .failwatch-legend")
    await expect(legend).to_contain_text("failure 0.6")
    await expect(legend).to_contain_text("suspicious")
    await page.locator(TAB).get_by_role("slider", name="Moment of the print").press("End")
    limit = seen["look"]["verdict"]["usual"] + 0.7
    await expect(legend).to_contain_text(f"failure {limit:.2f}")
    drawn = "$('#failwatch-past-graph').data('plot').getData().map(series => series.data[0][1])"
    await page.wait_for_function(f"{drawn}.some(value => Math.abs(value - {limit}) < 0.01)")


VIEW_MODEL = "ko.dataFor(document.getElementById('tab_plugin_failwatch'))"
BREAKS = """selector => {
    const plot = $(selector).data("plot");
    return plot ? plot.getData().slice(0, 2).map(line => line.data.filter(point => point === null).length) : [];
}"""


async def test_the_lines_of_a_graph_break_where_nothing_was_looked_at(lab: Lab, page: Page) -> None:
    """Once for a pause and once for a camera that gave no picture; the same after reloading and in the past."""
    await open_tab(page)
    await lab.print("broken.gcode")
    await page.wait_for_selector("#failwatch-graph canvas")
    await lab.looked(3)
    await page.wait_for_function(
        f"""selector => String(({BREAKS})(selector)) === "0,0" """, arg="#failwatch-graph"
    )
    await lab.octoprint.job("pause", action="pause")
    paused = await lab.phase("paused")
    await lab.octoprint.job("pause", action="resume")
    await lab.looked(paused["look"]["number"] + 3)
    lab.scene.camera = "broken"
    blind = await lab.phase("blind")
    lab.scene.camera = "moving"
    await lab.looked(blind["look"]["number"] + 2)
    breaks = f"""selector => String(({BREAKS})(selector)) === "2,2" """
    await page.wait_for_function(breaks, arg="#failwatch-graph")
    await page.reload()
    await open_tab(page)
    await page.wait_for_function(breaks, arg="#failwatch-graph")
    await lab.idle()
    await page.locator(TAB).get_by_role("button", name="broken.gcode").first.click()
    await page.wait_for_function(breaks, arg="#failwatch-past-graph")


async def test_a_graph_has_what_went_on_while_the_page_was_not_connected(lab: Lab, page: Page) -> None:
    await open_tab(page)
    await lab.print("disconnected.gcode")
    await page.wait_for_selector("#failwatch-graph canvas")
    await lab.looked(3)
    await page.wait_for_function(
        f"""selector => String(({BREAKS})(selector)) === "0,0" """, arg="#failwatch-graph"
    )
    await page.evaluate("OctoPrint.socket.disconnect()")
    await lab.octoprint.job("pause", action="pause")
    await lab.phase("paused")
    await lab.octoprint.job("pause", action="resume")
    looked = await lab.looked((await lab.state())["look"]["number"] + 3)
    await page.evaluate("OctoPrint.socket.connect()")
    frames = f"""number => {{
        const breaks = ({BREAKS})("#failwatch-graph");
        const points = $("#failwatch-graph").data("plot").getData()[0].data.length - breaks[0];
        return String(breaks) === "1,1" && points >= number;
    }}"""
    await page.wait_for_function(frames, arg=looked["look"]["number"])


async def test_an_answer_that_is_late_does_not_take_back_what_was_pushed_meanwhile(
    lab: Lab, page: Page
) -> None:
    """The page asked while the print was paused, and heard after it went on."""
    await open_tab(page)
    await lab.print("late.gcode")
    await lab.looked(2)
    await lab.octoprint.job("pause", action="pause")
    await lab.phase("paused")
    asked, heard = asyncio.Event(), asyncio.Event()

    async def hold_back(route: Route) -> None:
        answer = await route.fetch()
        asked.set()
        await heard.wait()
        await route.fulfill(response=answer)

    await page.route("**/api/plugin/failwatch", hold_back)
    headline = page.locator(TAB).locator(".failwatch-headline")
    await expect(headline).to_contain_text("paused", ignore_case=True)
    await page.evaluate(f"{VIEW_MODEL}.refresh()")
    await asked.wait()
    await lab.octoprint.job("pause", action="resume")
    await lab.looked((await lab.state())["look"]["number"] + 2)
    await expect(headline).not_to_contain_text("paused", ignore_case=True)
    await page.evaluate(f"window.shown = []; {VIEW_MODEL}.live.phase.subscribe(phase => shown.push(phase))")
    async with page.expect_request(lambda request: request.url.endswith("failwatch/prints")):
        heard.set()
    assert "paused" not in await page.evaluate("shown")


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
    failed = tab.locator(".failwatch-past").get_by_role("button", name="It failed", exact=True)
    await expect(failed).to_have_attribute("aria-pressed", "true")
    await expect(failed).to_have_class(re.compile(r"\bactive\b"))
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
    await expect(failed).to_have_attribute("aria-pressed", "false")
    await expect(tab.locator(".failwatch-mark-failed-from")).to_have_count(0)


async def test_after_the_print_it_is_told_how_old_the_last_picture_is(lab: Lab, page: Page) -> None:
    await open_tab(page)
    await lab.print()
    await lab.looked()
    await lab.idle()
    age = page.locator(f"{TAB} .failwatch-numbers .muted")
    await expect(age).to_contain_text(re.compile(r"\d+ min ago"))


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
        "interrupted"
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
