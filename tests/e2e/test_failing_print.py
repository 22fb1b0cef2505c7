"""The main job with every part real: a print fails; it is seen by the server, paused, and shown in both hosts."""

import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Locator, expect

from stack.browser import open_home_assistant, open_octoprint
from stack.server import Server
from stack.workshop import Plan, Workshop, open_workshop
from tests.e2e.conftest import TOKEN
from tests.patience import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPEED = 10.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workshop(tmp_path_factory: pytest.TempPathFactory, server: Server) -> AsyncIterator[Workshop]:
    detector = {"kind": "super_api", "url": server.url, "token": TOKEN}
    plan = Plan(clock_speed=SPEED, lingers_from=60, failwatch={"detector": detector, "on_failure": "pause"})
    async with open_workshop(tmp_path_factory.mktemp("workshop"), plan) as workshop:
        await workshop.start_print()
        yield workshop


async def test_octoprint_is_paused_by_the_failure(workshop: Workshop) -> None:
    async def paused() -> bool:
        return await workshop.octoprint.flag("paused")

    async def watch_state() -> dict[str, Any]:
        return dict((await workshop.octoprint.failwatch())["state"])

    await eventually(paused)
    state = await eventually(watch_state, lambda state: state["phase"] == "paused")
    assert state["latch"]["level"] == "failure"
    assert state["intervention"]["paused_at"] is not None
    verdict = state["latch"]["verdict"]
    assert verdict["score"] >= verdict["limit"]
    assert state["look"]["views"][0]["boxes"]


async def test_the_failure_was_seen_after_it_began_and_before_the_print_was_over(workshop: Workshop) -> None:
    progress = (await workshop.octoprint.get("/api/job"))["progress"]["completion"]
    assert 30 < progress < 70


async def test_home_assistant_shows_the_same(workshop: Workshop) -> None:
    look = (await workshop.octoprint.failwatch())["state"]["look"]
    entities = await workshop.home_assistant.entities()

    def shows_the_same(states: dict[str, dict[str, Any]]) -> bool:
        # A change too small to matter is not written into Home Assistant's recorder.
        p, ewm_mean, level = (states[entities[key]]["state"] for key in ("p", "ewm_mean", "failure_state"))
        return (
            level == "failure"
            and float(p) == pytest.approx(look["p"], abs=0.05)
            and float(ewm_mean) == pytest.approx(look["statistics"]["ewm_mean"], abs=0.02)
        )

    states = await eventually(workshop.home_assistant.states, shows_the_same)
    assert states[entities["problem"]]["state"] == "on"
    assert states[entities["connectivity"]]["state"] == "on"
    why = states[entities["failure_state"]]["attributes"]
    assert why["rule"] in ("high", "sustained")
    assert why["score"] >= why["limit"]


async def test_home_assistant_has_the_picture(workshop: Workshop) -> None:
    entities, states = await workshop.home_assistant.entities(), await workshop.home_assistant.states()
    picture = await workshop.home_assistant.picture(
        states[entities["tagged_picture"]]["attributes"]["entity_picture"]
    )
    assert Image.open(io.BytesIO(picture)).size == (640, 480)


async def test_the_tab_says_why_the_print_is_paused(workshop: Workshop, browser: Browser) -> None:
    page = await open_octoprint(browser, workshop.octoprint.url)
    await page.click("a[href='#tab_plugin_failwatch']")
    tab = page.locator("#tab_plugin_failwatch")
    await expect(tab.locator(".failwatch-headline")).to_contain_text("failure", ignore_case=True)
    await expect(tab.locator(".failwatch-why")).to_contain_text("normal")
    await expect(tab.locator(".failwatch-paused")).to_be_visible()
    await expect(tab.locator(".failwatch-boxes rect").first).to_be_visible()
    loaded = "picture => picture.complete && picture.naturalWidth"
    assert await tab.locator(".failwatch-frame img").evaluate(loaded) == 640
    await page.context.close()


async def test_the_device_page_shows_the_failure(workshop: Workshop, browser: Browser) -> None:
    address = await workshop.home_assistant.device_page()
    page = await open_home_assistant(browser, workshop.home_assistant.url, address)
    await expect(page.get_by_text("Failure", exact=True).first).to_be_visible()
    await page.context.close()


async def test_the_token_is_nowhere_to_be_read(workshop: Workshop, server: Server) -> None:
    assert server.program.log.stat().st_size > 0
    logs = [server.program.log, workshop.octoprint.program.log, workshop.home_assistant.program.log]
    assert not [log for log in logs if TOKEN in log.read_text(errors="replace")]
    settings = await workshop.octoprint.get("/api/settings")
    assert TOKEN not in str(settings)


async def test_the_card_of_a_linked_printer_answers_and_cancels(workshop: Workshop, browser: Browser) -> None:
    """What the tab shows, on a dashboard of Home Assistant: both ways to resume, and a question before the end."""
    home_assistant = workshop.home_assistant
    address = await home_assistant.device_page()
    place = {"url_path": "the-printer", "title": "Printer", "mode": "storage"}
    await home_assistant.command("lovelace/dashboards/create", **place)
    card_config = {"type": "custom:failwatch-card", "device_id": address.rpartition("/")[2]}
    view = {"title": "Printer", "type": "sections", "sections": [{"type": "grid", "cards": [card_config]}]}
    await home_assistant.command("lovelace/config/save", url_path="the-printer", config={"views": [view]})
    page = await open_home_assistant(browser, home_assistant.url, f"{home_assistant.url}/the-printer/0")
    card = page.locator("failwatch-card")
    level = card.locator(".level")
    await expect(level).to_have_text("Failure · The print is paused")
    await expect(card.locator(".picture img")).to_be_visible()
    await expect(card.locator("rect.box").first).to_be_attached()
    await expect(card.locator("line.rise.failure").first).to_be_attached()
    await expect(card.locator(".events")).to_contain_text("FailWatch paused the print")
    assert "cylinder.gcode" in str(await card.locator(".name").text_content())

    async def phase() -> str:
        return str((await workshop.octoprint.failwatch())["state"]["phase"])

    async def watches() -> bool:
        return await phase() == "watching"

    async def rests() -> bool:
        return await phase() == "paused"

    def answer(order: str) -> Locator:
        return card.locator(f"ha-button[data-order={order}]")

    await answer("resume_fine").click()
    await eventually(watches)
    await expect(card.locator(".events")).to_contain_text("You resumed the print")
    await expect(answer("ask_again")).to_be_visible()
    await workshop.octoprint.job("pause", "pause")
    await eventually(rests)
    await answer("resume_cleared").click()
    await eventually(watches)
    await expect(card.locator(".events")).to_contain_text("You cleared it and resumed")

    await workshop.octoprint.job("pause", "pause")
    await eventually(rests)
    question = card.get_by_role("alertdialog")
    await answer("cancel").click()
    await expect(question).to_contain_text("Cancel cylinder.gcode? This cannot be undone.")
    await question.get_by_text("Keep printing", exact=True).click()
    await expect(question).to_have_count(0)
    assert await phase() == "paused"
    await answer("cancel").click()
    await question.get_by_text("Cancel print", exact=True).click()
    await expect(level).to_have_text("No print to watch")

    async def still_paused() -> bool:
        return await workshop.octoprint.flag("paused")

    await eventually(still_paused, lambda paused: not paused)
    await card.locator("[data-open=past]").click()
    await expect(page.locator("failwatch-past-prints .print").first).to_contain_text("cancelled")
    await page.context.close()
