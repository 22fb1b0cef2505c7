"""The dashboard card in a real browser on a real Home Assistant, from the card picker to a restart."""

import json
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, ViewportSize, WebSocket, expect

from environments import REPOSITORY
from stack import homeassistant
from stack.browser import log_context_in_to_home_assistant, new_context, new_page
from tests.e2e.dashboard import PLACE, Dashboard, answer, card_of, offered, says
from tests.e2e.house import open_house
from tests.patience import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

READER = "reader"
FOCUSED_DIALOG = """() => {
    let found = document.activeElement;
    while (found.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
    for (let at = found; at; at = at.assignedSlot || at.parentNode || at.host) {
        if (at.localName === "dialog") return at.getAttribute("aria-label");
    }
    return found.tagName;
}"""
"""The dialog that has the focus, or else the element that has it."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def dashboard(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> AsyncIterator[Dashboard]:
    async with open_house(tmp_path_factory.mktemp("card")) as house:
        await house.home_assistant.command(
            "lovelace/dashboards/create", url_path=PLACE, title="Printers", mode="storage"
        )
        # What a worker of the page fetches, no test could hold up.
        size: ViewportSize = {"width": 1280, "height": 1000}
        signed_in = await new_context(browser, viewport=size, locale="en", service_workers="block")
        await log_context_in_to_home_assistant(signed_in, house.home_assistant.url)
        dashboard = Dashboard(house, signed_in)
        await dashboard.save()
        yield dashboard
        await signed_in.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(dashboard: Dashboard) -> AsyncIterator[Page]:
    """A page with the card, while a print goes well."""
    await dashboard.show_card()
    await dashboard.house.forgets()
    await dashboard.house.prints_well()
    page = await dashboard.open()
    yield page
    await page.evaluate("localStorage.clear()")
    await page.close()


async def test_it_is_added_from_the_card_picker(dashboard: Dashboard) -> None:
    """With a preview of the printer there is, a form in plain words, and no resource to add by hand."""
    page = await dashboard.open(query="?edit=1")
    await page.locator("hui-grid-section .add").first.click()
    by_card = page.get_by_text("By card", exact=True)
    await by_card.click()
    preview = page.locator("hui-card-picker failwatch-card")

    async def found() -> bool:
        """Type it once more where the picker was not ready for it."""
        await page.locator("hui-card-picker input").first.fill("failwatch")
        return await preview.count() == 1

    await eventually(found)
    await expect(preview.locator("h2")).to_have_text(re.compile("Room"))
    await page.locator("hui-card-picker .card", has_text="FailWatch").first.click(position={"x": 40, "y": 20})
    editor = page.locator("hui-dialog-edit-card")
    for label in ("Printer", "Name", "Size", "Parts to show"):
        await expect(editor).to_contain_text(label)
    await editor.get_by_role("checkbox", name="Course of the failure probability").press("Space")
    await expect(editor.locator("failwatch-card section[aria-label='Failure probability']")).to_have_count(0)
    await editor.get_by_text("Save", exact=True).click()

    async def kept() -> bool:
        config = await dashboard.house.home_assistant.command("lovelace/config", url_path=PLACE)
        cards = config["views"][0]["sections"][0]["cards"]
        shown = [card["show"] for card in cards if card["device_id"] == dashboard.house.printer]
        return len(shown) == 1 and "course" not in shown[0]

    await eventually(kept)
    await expect(page.locator("hui-sections-view failwatch-card h2").first).to_have_text("Room")
    await page.close()


async def test_a_preview_whose_words_come_last_is_drawn(dashboard: Dashboard, page: Page) -> None:
    """On a busy machine the card picker's preview has its news before its words, and is not yet in sight."""
    await says(page, "No failure")
    await page.evaluate(
        """async (device_id) => {
            const {hass} = document.querySelector("home-assistant");
            const preview = document.createElement("failwatch-card");
            preview.style.cssText = "position: fixed; left: -5000px";
            preview.setConfig({type: "custom:failwatch-card", device_id});
            const words = new Promise((resolve) => (window.giveWords = () => resolve(hass.localize)));
            const news = new Promise((resolve) => {
                const connection = Object.create(hass.connection);
                connection.subscribeMessage = (take, ...asked) => hass.connection.subscribeMessage((message) => {
                    take(message);
                    resolve();
                }, ...asked);
                preview.hass = {...hass, locale: {...hass.locale}, connection, loadBackendTranslation: () => words};
            });
            document.body.append(preview);
            await news;
            await new Promise((resolve) => new IntersectionObserver(resolve).observe(preview));
            await preview.updateComplete;
            window.giveWords();
        }""",
        dashboard.house.printer,
    )
    await expect(page.locator("body > failwatch-card h2")).to_have_text("Room")


async def test_a_card_that_is_loaded_before_home_assistant_is_known_to_it(
    dashboard: Dashboard, page: Page
) -> None:
    """Both are fetched at the same time. What was defined before Home Assistant's program, that does not know."""

    async def after_the_card(route: Route) -> None:
        await page.wait_for_function("window.customCards?.some((card) => card.type === 'failwatch-card')")
        await route.continue_()

    await page.route("**/frontend_latest/app.*.js", after_the_card)
    await page.reload()
    await says(page, "No failure")


async def test_a_card_that_was_out_of_sight_shows_its_picture_where_it_is_put(
    dashboard: Dashboard, page: Page
) -> None:
    """As the card picker does with its preview."""
    await says(page, "No failure")
    await page.evaluate(
        """(device_id) => {
            const preview = document.createElement("failwatch-card");
            preview.style.cssText = "position: fixed; left: -5000px";
            preview.setConfig({type: "custom:failwatch-card", device_id});
            const {hass} = document.querySelector("home-assistant");
            const connection = Object.create(hass.connection);
            connection.subscribeMessage = async (...asked) => {
                await unseen;
                return hass.connection.subscribeMessage(...asked);
            };
            const unseen = new Promise((resolve) => new IntersectionObserver(resolve).observe(preview));
            preview.hass = {...hass, connection};
            document.body.append(preview);
        }""",
        dashboard.house.printer,
    )
    preview = page.locator("body > failwatch-card")
    await expect(preview.locator("h2")).to_have_text("Room")
    await preview.evaluate(
        """(preview) => {
            preview.remove();
            preview.style.cssText = "position: fixed; left: 0; top: 0; width: 400px";
            document.body.append(preview);
        }"""
    )
    await expect(preview.locator(".picture img")).to_be_visible()


async def test_texts_that_could_not_be_loaded_are_asked_for_again(dashboard: Dashboard, page: Page) -> None:
    """A preview is handed nothing more of Home Assistant that would begin another try."""
    await says(page, "No failure")
    await page.evaluate(
        """(device_id) => {
            const {hass} = document.querySelector("home-assistant");
            const preview = document.createElement("failwatch-card");
            preview.setConfig({type: "custom:failwatch-card", device_id});
            window.tries = 0;
            const loadBackendTranslation = async () => {
                window.tries += 1;
                if (window.tries === 1) throw new Error("away");
                return hass.localize;
            };
            preview.hass = {...hass, locale: {...hass.locale}, loadBackendTranslation};
            document.body.append(preview);
        }""",
        dashboard.house.printer,
    )
    await expect(page.locator("body > failwatch-card h2")).to_have_text("Room")
    assert await page.evaluate("window.tries") == 2


async def test_a_print_that_goes_well(dashboard: Dashboard, page: Page) -> None:
    """The picture, its age, why there is no failure, the course, and what there is to press."""
    await says(page, "No failure")
    card = card_of(page)
    picture = card.locator(".picture img")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    await expect(card.locator(".age")).to_have_text(re.compile(r"\d+ (s|min) ago"))
    await expect(card.locator(".why")).to_have_text(re.compile("normal|know this print"))
    await expect(card.locator("path.mean")).to_have_attribute("d", re.compile(r"\d"))
    assert await offered(page) == ["it_failed", "check", "snooze", "mute", "cancel"]


async def test_a_screen_reader_is_told_all_of_it(dashboard: Dashboard, page: Page) -> None:
    """The level is announced as it changes; what changes by the second is not."""
    await says(page, "No failure")
    await expect(card_of(page)).to_match_aria_snapshot(
        """
        - heading "Room" [level=2]
        - status: No failure
        - paragraph: /Looks (normal|better)/
        - img /Last picture of Room/
        - button "It failed"
        - button "Check now"
        - button "Snooze 10 min"
        - button "Mute this print"
        - region "Failure probability"
        - list
        - button "History"
        - button "Ignored regions"
        """
    )
    dashboard.house.room.fails = True
    await expect(card_of(page).get_by_role("alert").first).to_have_text("FailWatch is about to act")
    await expect(card_of(page).get_by_role("status")).to_have_text("Failure")


async def test_nothing_is_asked_again_and_again(dashboard: Dashboard, page: Page) -> None:
    """Looks come by push: a page asks for its printer and its course once, and then no more."""
    asked: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: asked.extend(re.findall(r'"(failwatch/\w+)"', str(frame))))

    page.on("websocket", listen)
    await page.reload()
    await says(page, "No failure")
    before = sum(await course_strokes(page))

    async def several_looks() -> bool:
        return sum(await course_strokes(page)) >= before + 5

    await eventually(several_looks)
    assert asked == ["failwatch/subscribe", "failwatch/frames"]
    await answer(page, "check").click()

    async def ordered() -> bool:
        return asked[2:] == ["failwatch/order"]

    await eventually(ordered)
    await expect(card_of(page).locator("ha-alert")).to_have_count(0)


async def course_strokes(page: Page) -> list[int]:
    """Return of how many looks each unbroken piece of the course is."""
    drawn = str(await card_of(page).locator("path.mean").get_attribute("d"))
    return [1 + piece.count("L") for piece in drawn.split("M")[1:]]


async def test_the_course_is_broken_where_nothing_was_looked_at(dashboard: Dashboard, page: Page) -> None:
    """Also on a page that was opened later, and in the history."""
    await says(page, "No failure")

    async def drawn(pieces: int) -> bool:
        strokes = await course_strokes(page)
        return len(strokes) == pieces and strokes[-1] >= 3

    await eventually(lambda: drawn(1))
    await dashboard.house.printer_is("paused")
    await says(page, "The print is paused")
    await dashboard.house.printer_is("printing")
    await eventually(lambda: drawn(2))
    await page.reload()
    await says(page, "No failure")
    await eventually(lambda: drawn(2))
    await card_of(page).locator("[data-open=past]").click()
    past = page.locator("failwatch-past-prints")
    await past.locator(".print").first.click()
    await expect(past.locator("path.mean")).to_have_attribute("d", re.compile(r"^M[^M]+M[^M]+$"))
    await page.keyboard.press("Escape")


async def test_a_failing_print_counts_down_and_goes_on_if_told_so(dashboard: Dashboard, page: Page) -> None:
    house = dashboard.house
    house.room.fails = True
    await says(page, "Failure")
    card = card_of(page)
    await expect(card.locator(".countdown")).to_contain_text("Pauses the print in")
    await expect(card.locator("rect.box").first).to_be_attached()
    await expect(card.locator("line.rise.failure").first).to_be_attached()
    await expect(card.locator(".events")).to_contain_text("FailWatch is about to act")
    house.room.fails = False
    await answer(page, "keep_printing").click()
    await says(page, "No failure")
    await expect(card.locator(".countdown")).to_have_count(0)


async def test_a_failing_print_is_paused_and_answered(dashboard: Dashboard, page: Page) -> None:
    house = dashboard.house
    house.room.fails = True
    await says(page, "Failure")
    pressed = await house.state("input_button.pause_printer")

    async def paused() -> bool:
        return await house.state("input_button.pause_printer") != pressed

    await eventually(paused)
    await house.printer_is("paused")
    await says(page, "Failure · The print is paused")
    card = card_of(page)
    await expect(card.locator(".events")).to_contain_text("FailWatch paused the print")
    await expect(answer(page, "keep_printing")).to_have_text(re.compile("This is fine"))
    house.room.fails = False
    await answer(page, "keep_printing").click()
    await says(page, "The print is paused")
    await house.printer_is("printing")
    await says(page, "No failure")


async def test_it_failed_is_told_and_silence_is_shown(dashboard: Dashboard, page: Page) -> None:
    await answer(page, "snooze").click()
    await says(page, re.compile("No failure · Snoozed, .* left"))
    await answer(page, "snooze").click()
    await says(page, "No failure")
    await answer(page, "mute").click()
    await says(page, "No failure · Muted until this print ends")
    dashboard.house.room.fails = True
    await says(page, "Failure · Muted until this print ends")
    await expect(card_of(page).locator(".countdown")).to_have_count(0)
    dashboard.house.room.fails = False
    await says(page, "No failure · Muted until this print ends")
    await answer(page, "mute").click()
    await says(page, "No failure")
    await answer(page, "it_failed").click()
    await says(page, "Failure")
    await expect(card_of(page)).to_contain_text("You said that it failed.")
    await expect(answer(page, "pause")).to_be_visible()


async def test_being_blind_says_what_to_do(dashboard: Dashboard, page: Page) -> None:
    dashboard.house.room.night = True
    await says(page, "Cannot check")
    await expect(card_of(page).locator("ha-alert.blind")).to_contain_text("Switch a light on")
    dashboard.house.room.night = False
    await says(page, "No failure")


async def test_past_prints_are_scrubbed_labelled_and_downloaded(dashboard: Dashboard, page: Page) -> None:
    house = dashboard.house
    house.room.fails = True
    await says(page, "Failure")
    await house.printer_is("idle")
    await says(page, "No print to watch")
    house.room.fails = False
    await card_of(page).locator("[data-open=past]").click()
    past = page.locator("failwatch-past-prints")
    await past.locator(".print.failure").first.click()
    await expect(past.locator(".picture img")).to_be_visible()
    await expect(past.locator(".thumb img").first).to_be_attached()
    shown = await past.locator(".position").text_content()
    await past.locator("input[type=range]").press("Home")
    await expect(past.locator(".position")).not_to_have_text(str(shown))
    await past.locator("ha-button[data-label=from]").click()
    await expect(past.locator(".said")).to_have_text("You said: failed")
    await past.locator("ha-button[data-label=none]").click()
    await expect(past.locator(".said")).to_have_count(0)
    async with page.expect_download() as download:
        await past.get_by_text("Table (CSV)").click()
    assert (await (await download.value).path()).read_text().startswith("time,p,print_id")
    await page.keyboard.press("Escape")
    await expect(past).to_have_count(0)


async def test_regions_are_drawn_with_the_pointer_and_with_the_keyboard(
    dashboard: Dashboard, page: Page
) -> None:
    await card_of(page).locator("[data-open=regions]").click()
    regions = page.locator("failwatch-regions")
    area = regions.locator(".area")
    await expect(area.locator("img")).to_be_visible()
    for x, y in ((0.1, 0.1), (0.4, 0.1), (0.4, 0.5)):
        box = await area.bounding_box()
        assert box is not None
        await area.click(position={"x": box["width"] * x, "y": box["height"] * y})
    await regions.locator("[data-do=close]").click()
    await expect(regions).to_contain_text("Regions: 1.")
    await expect(regions).to_contain_text("Saved.")
    await area.focus()
    for key in ("Enter", "ArrowRight", "ArrowRight", "Enter", "ArrowDown", "ArrowDown", "Enter"):
        await page.keyboard.press(key)
    await expect(regions).to_contain_text("Corners of the new one: 3.")
    await regions.locator("[data-do=undo]").click()
    await expect(regions).to_contain_text("Corners of the new one: 2.")
    await regions.locator("[data-do=clear]").click()
    await expect(regions).to_contain_text("Regions: 0.")
    await regions.locator("[data-do=undo]").click()
    await expect(regions).to_contain_text("Regions: 1.")
    await regions.locator("[data-do=clear]").click()
    await expect(regions).to_contain_text("Regions: 0.")
    await expect(regions).to_contain_text("Saved.")

    async def learned() -> bool:
        """Show it, and hide it again while nothing has been learned yet: that takes some looks."""
        await regions.locator("[data-do=learned]").click()
        await expect(regions).to_contain_text(re.compile("good pictures|Nothing has been learned"))
        if await regions.get_by_text("good pictures").count():
            return True
        await regions.locator("[data-do=learned]").click()
        return False

    await eventually(learned)
    await expect(area.locator("rect.cell").first).to_be_attached()
    await regions.locator("[data-do=forget]").click()
    await regions.get_by_role("alertdialog").get_by_text("Back", exact=True).click()
    await expect(regions).to_contain_text("good pictures")
    await regions.locator("[data-do=forget]").click()
    await regions.get_by_role("alertdialog").get_by_text("Reset", exact=True).click()
    await expect(regions).to_contain_text("Nothing has been learned")


async def test_regions_are_drawn_by_touch_on_a_phone(dashboard: Dashboard, browser: Browser) -> None:
    """A finger that drags makes a rectangle, which is in force at once and stands in the form's setting."""
    await dashboard.show_card()
    await dashboard.house.prints_well()
    page = await new_page(browser, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    await log_context_in_to_home_assistant(page.context, dashboard.house.home_assistant.url)
    await page.goto(dashboard.url)
    await says(page, "No failure")
    assert await page.evaluate("document.scrollingElement.scrollWidth") <= 360
    await card_of(page).locator("[data-open=regions]").tap()
    area = page.locator("failwatch-regions .area")
    await expect(area.locator("img")).to_be_visible()
    box = await area.bounding_box()
    assert box is not None
    finger = await page.context.new_cdp_session(page)

    async def touch(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": box["x"] + box["width"] * x, "y": box["y"] + box["height"] * y} for x, y in at]
        await finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    await touch("touchStart", (0.2, 0.2))
    for step in (0.3, 0.4, 0.6):
        await touch("touchMove", (step, step))
    await touch("touchEnd")
    await expect(page.locator("failwatch-regions")).to_contain_text("Regions: 1.")
    await expect(page.locator("failwatch-regions")).to_contain_text("Saved.")
    stored = (dashboard.house.home_assistant.folder / ".storage" / "core.config_entries").read_text

    async def kept() -> bool:
        return '"ignore":"' in stored().replace('": "', '":"')

    await eventually(kept)
    clear = page.locator("failwatch-regions [data-do=clear]")

    async def cleared() -> bool:
        """Tap again where Chromium took the first tap for the end of the gesture before."""
        if await clear.evaluate("button => button.disabled"):
            return True
        await clear.tap()
        return False

    await eventually(cleared)
    await expect(page.locator("failwatch-regions")).to_contain_text("Regions: 0.")
    await page.context.close()


async def test_who_may_not_control_sees_and_cannot_press(dashboard: Dashboard, browser: Browser) -> None:
    home_assistant = dashboard.house.home_assistant
    made = await home_assistant.command("config/auth/create", name="Reader", group_ids=["system-read-only"])
    await home_assistant.command(
        "config/auth_provider/homeassistant/create",
        user_id=made["user"]["id"],
        username=READER,
        password=homeassistant.PASSWORD,
    )
    await dashboard.show_card()
    await dashboard.house.prints_well()
    page = await new_page(browser, viewport={"width": 1280, "height": 1000})
    await log_context_in_to_home_assistant(page.context, home_assistant.url, READER)
    await page.goto(dashboard.url)
    await says(page, "No failure")
    await expect(card_of(page).locator(".picture img")).to_be_visible()
    await expect(card_of(page)).to_contain_text("You can look, but not press anything here.")
    await expect(card_of(page).locator("[data-open=regions]")).to_have_count(0)
    for order in await offered(page):
        await expect(answer(page, order)).to_have_js_property("disabled", True)
    await page.context.close()


async def test_the_small_tile_opens_everything_by_keyboard(dashboard: Dashboard, page: Page) -> None:
    await dashboard.show_card(layout="tile")
    await page.reload()
    tile = card_of(page).locator("button.tile")
    await expect(tile).to_have_accessible_name(re.compile("^Room No failure Show everything$"))
    await tile.focus()
    await page.keyboard.press("Enter")
    await expect(card_of(page).locator("dialog .picture img")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(card_of(page).locator("dialog")).to_have_count(0)


async def test_everything_is_reached_with_the_keyboard(dashboard: Dashboard, page: Page) -> None:
    """In the order in which it is read, and back where one was when a dialog is closed."""
    await says(page, "No failure")
    card = card_of(page)
    await card.locator("ha-button[data-order=it_failed]").focus()
    focused = """() => {
        let found = document.activeElement;
        while (found.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
        const button = found.closest("ha-button") || found.getRootNode().host?.closest("ha-button") || found;
        return (button.getAttribute("data-order") || button.getAttribute("data-open") || button.className || "");
    }"""
    reached = []
    for _ in range(6):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate(focused))
    assert reached == ["check", "snooze", "mute", "cancel", "past", "regions"]
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    past = page.locator("failwatch-past-prints")
    await expect(past.get_by_role("dialog")).to_be_visible()
    assert await page.evaluate(focused) == "round"
    first = past.locator(".print").first
    await expect(first).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(first).to_be_focused()
    await page.keyboard.press("Enter")
    slider = past.get_by_role("slider")
    await expect(slider).to_be_visible()
    await slider.press("Home")
    await expect(past.locator(".position")).to_contain_text("0 s after the start")
    await page.keyboard.press("Escape")
    await expect(past).to_have_count(0)
    assert await page.evaluate(focused) == "past"
    await answer(page, "snooze").focus()
    await page.keyboard.press("Space")
    await says(page, re.compile("Snoozed"))
    await page.keyboard.press("Space")
    await says(page, "No failure")


async def test_cancelling_asks_first(dashboard: Dashboard, page: Page) -> None:
    """Escape is a no, and leads back to where one was."""
    await says(page, "No failure")
    button = "input_button.cancel_printer"
    before = await dashboard.house.state(button)
    await answer(page, "cancel").click()
    question = page.get_by_role("alertdialog")
    await expect(question).to_match_aria_snapshot(
        """
        - alertdialog /Cancel .*This cannot be undone/:
          - paragraph: /Cancel .*This cannot be undone/
          - button "Cancel print"
          - button "Keep printing"
        """
    )
    await page.keyboard.press("Escape")
    await expect(question).to_have_count(0)
    assert await dashboard.house.state(button) == before
    await answer(page, "cancel").click()
    await question.get_by_text("Cancel print", exact=True).click()

    async def pressed() -> bool:
        return await dashboard.house.state(button) != before

    await eventually(pressed)


async def test_dialogs_are_told_to_a_screen_reader_and_keep_the_focus(
    dashboard: Dashboard, page: Page
) -> None:
    await says(page, "No failure")
    card, past = card_of(page), page.locator("failwatch-past-prints")
    await card.locator("[data-open=past]").click()
    await expect(past).to_match_aria_snapshot(
        """
        - dialog "History":
          - heading "History" [level=2]
          - button "Close"
          - list:
            - listitem:
              - button
        """
    )
    await past.locator(".print").first.click()
    await expect(past).to_match_aria_snapshot(
        """
        - dialog:
          - heading [level=2]
          - button "Close"
          - button "All prints"
          - img /Picture .* after the start/
          - paragraph: /after the start/
          - slider "Position in the print"
          - button /Picture .* after the start/
          - img /Failure probability over/
          - heading "What was it really?" [level=3]
          - button "It was good"
          - button "It failed"
          - button "It failed from here on"
          - heading "Download" [level=3]
          - button "Table (CSV)"
          - button "Everything (ZIP)"
        """
    )
    await page.keyboard.press("Escape")
    await card.locator("[data-open=regions]").click()
    regions = page.locator("failwatch-regions")
    await expect(regions).to_match_aria_snapshot(
        """
        - dialog "Ignored regions":
          - heading "Ignored regions" [level=2]
          - button "Close"
          - paragraph: /Tap the corners/
          - application "Picture to draw on"
          - paragraph: /Regions/
          - button "Close region" [disabled]
          - button "Undo" [disabled]
          - button "Clear all"
          - button "Show the learned background"
        """
    )
    reached = set()
    for _ in range(12):
        await page.keyboard.press("Tab")
        reached.add(await page.evaluate(FOCUSED_DIALOG))
    # The page's own body is the browser's way out of a dialog; whatever else lies behind it is out of reach.
    assert reached <= {"Ignored regions", "BODY"}, reached
    assert "Ignored regions" in reached


async def test_it_is_seen_in_chosen_colours_and_from_right_to_left(dashboard: Dashboard, page: Page) -> None:
    """What is told by colours keeps them, and time runs from left to right with its labels."""
    await says(page, "No failure")
    await page.emulate_media(forced_colors="active")
    card, past = card_of(page), page.locator("failwatch-past-prints")
    await card.locator("[data-open=past]").click()
    await past.locator(".print").first.click()
    for shown in ("input[type=range]", ".thumb"):
        await expect(past.locator(shown).first).to_have_css("forced-color-adjust", "none")
    await page.keyboard.press("Escape")
    await page.emulate_media(forced_colors="none")
    await page.evaluate("document.querySelector('home-assistant').style.direction = 'rtl'")
    await expect(card.locator(".content")).to_have_css("direction", "rtl")
    chart = card.locator(".chart")
    await expect(chart).to_have_css("direction", "ltr")
    whole, end = await chart.bounding_box(), await chart.locator(".axis.end").bounding_box()
    assert whole is not None
    assert end is not None
    assert end["x"] > whole["x"] + whole["width"] / 2, "the end of the time is where the curve ends"
    await page.set_viewport_size({"width": 360, "height": 900})
    assert await page.evaluate("document.scrollingElement.scrollWidth") <= 360


async def test_german_on_the_narrowest_screen(dashboard: Dashboard, page: Page) -> None:
    """No word of English is left, and nothing is wider than 300 pixels: the card, its small version, an example."""
    cards = [
        {"device_id": dashboard.house.printer},
        {"device_id": dashboard.house.printer, "layout": "tile"},
        {},
    ]
    await dashboard.save(*({"type": "custom:failwatch-card", **card} for card in cards))
    await page.evaluate("localStorage.setItem('selectedLanguage', '\"de\"')")
    await page.set_viewport_size({"width": 300, "height": 1600})
    await page.reload()
    await says(page, "Kein Fehldruck")
    await expect(page.locator("failwatch-card")).to_have_count(3)
    await expect(page.locator("failwatch-card h2").last).to_have_text("Beispiel")
    assert await page.evaluate("document.scrollingElement.scrollWidth") <= 300
    for card in await page.locator("failwatch-card ha-card").all():
        assert await card.evaluate("card => card.scrollWidth <= card.clientWidth + 1")
    await card_of(page).locator("[data-open=regions]").click()
    await expect(page.locator("failwatch-regions h2")).to_have_text("Ignorierte Bereiche")
    shown = " ".join(await page.locator("failwatch-card, failwatch-regions").all_inner_texts())
    translations = REPOSITORY / "custom_components" / "failwatch" / "translations"
    english = json.loads((translations / "en.json").read_text())["config_panel"]
    german = json.loads((translations / "de.json").read_text())["config_panel"]
    texts = [
        text
        for group, known in english.items()
        for key, text in known.items()
        if "{" not in text and text != german[group][key] and len(text) > 5
    ]
    assert not [text for text in texts if re.search(rf"\b{re.escape(text)}(?!\w)", shown)]


async def test_it_follows_the_theme(dashboard: Dashboard, page: Page) -> None:
    async def brightness() -> int:
        colour = (
            await card_of(page).locator("ha-card").evaluate("card => getComputedStyle(card).backgroundColor")
        )
        return max(int(part) for part in re.findall(r"\d+", colour)[:3])

    await says(page, "No failure")
    await page.emulate_media(color_scheme="dark")

    async def dark() -> bool:
        return await brightness() < 80

    await eventually(dark)
    await page.emulate_media(color_scheme="light")

    async def light() -> bool:
        return await brightness() > 200

    await eventually(light)


async def test_the_card_goes_on_after_a_reload_and_after_a_restart(dashboard: Dashboard, page: Page) -> None:
    """With the page open all the while."""
    house = dashboard.house
    await says(page, "No failure")
    entries = await house.home_assistant.get("/api/config/config_entries/entry")
    (entry,) = [entry["entry_id"] for entry in entries if entry["domain"] == "failwatch"]
    await house.home_assistant.post(f"/api/config/config_entries/entry/{entry}/reload", {})
    await house.printer_is("idle")
    await says(page, "No print to watch")
    house.home_assistant.program.stop()
    await house.home_assistant.start()
    await house.prints_well()
    await says(page, "No failure")
    await answer(page, "mute").click()
    await says(page, "No failure · Muted until this print ends")
