"""Several cameras, of another plugin's making, on a real OctoPrint."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from stack.browser import open_browser, open_octoprint
from tests.octoprint.browsing import SETTINGS, TAB, open_settings, open_tab
from tests.octoprint.lab import Lab, open_lab

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROVIDER = '''
import itertools, io
import octoprint.plugin
from octoprint.schema.webcam import Webcam
from octoprint.webcams import WebcamNotAbleToTakeSnapshotException
from PIL import Image, ImageDraw

class Cameras(octoprint.plugin.WebcamProviderPlugin):
    """Two cameras that work, one behind a broken provider, and one that only streams."""

    number = itertools.count()

    def get_webcam_configurations(self):
        return [
            Webcam(name=name, displayName=name.title(), canSnapshot=name != "stream", snapshotDisplay="")
            for name in ("left", "right", "broken", "stream")
        ]

    def take_webcam_snapshot(self, name):
        if name == "stream":
            raise WebcamNotAbleToTakeSnapshotException(name)
        if name == "broken":
            raise RuntimeError("http://user:very-secret@camera")
        image = Image.new("RGB", (320, 240), (120, 120, 120) if name == "left" else (90, 140, 90))
        x = next(self.number) * 17 % 280
        ImageDraw.Draw(image).rectangle((x, 100, x + 30, 140), fill=(250, 200, 0))
        out = io.BytesIO()
        image.save(out, "JPEG")
        return iter([out.getvalue()])

__plugin_name__ = "Cameras"
__plugin_pythoncompat__ = ">=3.9,<4"
__plugin_implementation__ = Cameras()
'''


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_lab(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    folder: Path = tmp_path_factory.mktemp("octoprint")
    (folder / "plugins").mkdir()
    (folder / "plugins" / "cameras.py").write_text(PROVIDER)
    async with open_lab(folder, cameras=["left", "right", "broken"]) as lab:
        yield lab


async def test_all_chosen_cameras_are_asked_and_a_broken_one_is_named(lab: Lab) -> None:
    await lab.print()
    state = await lab.looked(2)
    views = {view["camera"]: view for view in state["look"]["views"]}
    assert set(views) == {"left", "right", "broken"}
    assert views["left"]["problem"] == views["right"]["problem"] == ""
    assert views["broken"]["problem"] == "The camera's plugin fails: RuntimeError."
    assert "very-secret" not in views["broken"]["problem"]


@pytest.mark.one_octoprint
async def test_of_the_one_that_gives_no_picture_it_is_said_why_there_is_none(lab: Lab, page: Page) -> None:
    await lab.print()
    await lab.looked()
    await open_tab(page)
    tab = page.locator(TAB)
    await tab.get_by_role("button", name="Broken").click()
    await expect(tab.locator(".failwatch-nothing")).to_contain_text("gives no picture")
    right = tab.get_by_role("button", name="Right")
    await right.click()
    await expect(tab.locator(".failwatch-picture img")).to_be_visible()
    await lab.looked((await lab.state())["look"]["number"] + 2)
    await expect(right).to_be_focused()


@pytest.mark.one_octoprint
async def test_the_one_that_gives_no_picture_is_told_once(lab: Lab, page: Page) -> None:
    async with lab.octoprint.listen() as states:
        await lab.print()
        async for state in states:
            if state["blind_cameras"] and state["blind_cameras"][0]["told"]:
                break
    assert (state["phase"], state["blind_cameras"][0]["camera"]) == ("watching", "broken")
    message = page.locator(".ui-pnotify", has_text="Broken sees nothing")
    await expect(message).to_contain_text("plugin fails: RuntimeError")
    seen = await lab.looked(state["look"]["number"] + 3)
    assert seen["blind_cameras"][0]["told"] == ["no_snapshot"]
    record = (await lab.octoprint.get("/plugin/failwatch/prints"))["prints"][0]
    marks = (await lab.octoprint.get(f"/plugin/failwatch/prints/{record['print_id']}"))["marks"]
    assert [mark["kind"] for mark in marks].count("camera_blind") == 1
    await expect(page.locator(f"{TAB} .failwatch-log")).to_contain_text("Broken sees nothing")
    sidebar = page.locator("#sidebar_plugin_failwatch")
    await expect(sidebar).to_contain_text("Broken: The camera gives no picture.")
    navbar = page.locator("#navbar_plugin_failwatch")
    await expect(navbar).to_contain_text("No failure, one camera sees nothing")
    await lab.idle()
    await expect(sidebar).not_to_contain_text("Broken")


@pytest.mark.one_octoprint
async def test_a_past_print_shows_the_pictures_of_each_camera(lab: Lab, page: Page) -> None:
    await lab.print_that_fails("both.gcode")
    await open_tab(page)
    past = page.locator(f"{TAB} .failwatch-past")
    await page.locator(TAB).get_by_role("button", name="both.gcode").first.click()
    await past.get_by_role("slider").press("End")
    picture = past.locator(".failwatch-still img")
    await expect(past.get_by_role("button", name="Left")).to_have_class(re.compile("active"))
    await expect(picture).to_have_attribute("src", re.compile("camera=left"))
    await past.get_by_role("button", name="Right").click()
    await expect(picture).to_have_attribute("src", re.compile("camera=right"))
    await expect(past.locator(".failwatch-still rect")).to_have_count(1)
    await expect(past.locator(".failwatch-film img").first).to_have_attribute(
        "src", re.compile("camera=right")
    )
    await expect(past.get_by_role("button", name="Broken")).to_have_count(0)


@pytest.mark.one_octoprint
async def test_regions_are_never_drawn_on_another_cameras_picture(lab: Lab, page: Page) -> None:
    """A camera that answers late does not take the place of the one that was chosen meanwhile."""
    answers = asyncio.Event()

    async def late(route: Route) -> None:
        await answers.wait()
        await route.continue_()

    await page.route("**/snapshot.jpg*camera=left", late)
    await open_settings(page)
    form = page.locator(SETTINGS)
    editor = form.locator(".failwatch-editor img")
    async with page.expect_response("**/snapshot.jpg*camera=right"):
        await form.get_by_role("button", name="Draw regions to ignore").click()
        await form.get_by_label("Camera to draw on").select_option("right")
    await expect(editor).to_have_attribute("src", re.compile("camera=right"))
    async with page.expect_response("**/snapshot.jpg*camera=left") as response:
        answers.set()
    await (await response.value).finished()
    await page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    await expect(editor).to_have_attribute("src", re.compile("camera=right"))
    await form.get_by_label("Camera to draw on").select_option("broken")
    await expect(form.get_by_text("The camera gives no picture.")).to_be_visible()
    await expect(form.locator(".failwatch-editor")).to_be_hidden()


async def test_every_provider_is_offered_with_what_it_can(lab: Lab) -> None:
    offered = {camera["name"]: camera["can_snapshot"] for camera in (await lab.order("describe"))["cameras"]}
    assert offered == {"classic": True, "left": True, "right": True, "broken": True, "stream": False}


async def test_each_camera_has_its_picture(lab: Lab) -> None:
    await lab.print()
    await lab.looked()
    headers = {"X-Api-Key": lab.octoprint.key}
    for camera, expected in (("left", 200), ("right", 200), ("broken", 404), ("nonsense", 404)):
        url = f"{lab.octoprint.url}/plugin/failwatch/frame.jpg?camera={camera}"
        async with lab.octoprint._session.get(url, headers=headers) as answer:
            assert answer.status == expected


async def test_a_change_of_settings_in_mid_print_keeps_the_print(lab: Lab) -> None:
    await lab.print()
    before = await lab.looked(3)
    await lab.set(cameras=["left"], quorum=1)
    try:
        after = await lab.until(lambda state: [view["camera"] for view in state["look"]["views"]] == ["left"])
        assert after["print_id"] == before["print_id"]
        assert after["look"]["number"] > before["look"]["number"]
    finally:
        await lab.set(cameras=["left", "right", "broken"])


async def test_regions_are_drawn_on_the_camera_of_choice_and_a_broken_one_is_explained(lab: Lab) -> None:
    async with open_browser() as browser:
        page = await open_octoprint(browser, lab.octoprint.url)
        await page.click("#navbar_show_settings")
        await page.click("#settings_plugin_failwatch_link a")
        form = page.locator("#settings_plugin_failwatch")
        await form.get_by_role("button", name="Draw regions to ignore").click()
        await form.get_by_label("Camera to draw on").select_option("right")
        editor = form.get_by_role("application")
        for x, y in ((10, 10), (90, 10), (90, 90)):
            await editor.click(position={"x": x, "y": y})
        await page.locator("#settings_dialog button.btn-primary:visible", has_text="Save").click()
        await expect(page.locator("#settings_dialog")).to_be_hidden()
        try:
            stored = (await lab.octoprint.get("/api/settings"))["plugins"]["failwatch"]["regions"]
            assert [(one["camera"], len(one["polygons"][0])) for one in stored] == [("right", 3)]
        finally:
            await lab.set(regions=[])
        await page.click("a[href='#tab_plugin_failwatch']")
        await lab.print()
        problem = page.locator("#tab_plugin_failwatch .text-warning li")
        await expect(problem).to_have_text(
            re.compile("Broken: The camera gives no picture. The camera's plugin fails")
        )
