"""FailWatch's own texts appear in Home Assistant's language; only a service's words stay as they are."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.failwatch.const import EVENT_FAILWATCH
from custom_components.failwatch.engine.errors import (
    BadRequest,
    BadSetting,
    FailWatchError,
    NotPermitted,
    TimedOut,
    Unavailable,
)
from custom_components.failwatch.engine.judging.verdict import Level
from custom_components.failwatch.engine.watch.policy import Action, Cause, Intervention, Order
from custom_components.failwatch.engine.watch.state import Blind, Event, EventKind, Phase
from custom_components.failwatch.shared.problems import SETTING_TEXTS, text_values
from custom_components.failwatch.shared.words import async_load_words
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import Linked, OctoPrintServer
from tests.homeassistant.printer import Printer, until, watch
from tests.homeassistant.test_card import open_page

HERE = Path(__file__).parents[2] / "custom_components" / "failwatch"
TEXTS = {path.stem: json.loads(path.read_text()) for path in (HERE / "translations").glob("*.json")}
NOT_IN_HOME_ASSISTANT = {
    "engine/detectors/built_in/model_folder.py": "only the command line and OctoPrint take a model of one's own",
    "engine/detectors/built_in/detector.py": "the same",
    "engine/detectors/context.py": "Home Assistant lends its network",
    "engine/detectors/ml_api.py": "Home Assistant serves the pictures",
    "engine/detectors/registry.py": "the kinds of detectors are a menu",
    "engine/sources": "Home Assistant has cameras of its own",
}


def of_settings() -> Iterator[tuple[str, str]]:
    """Yield where a setting is refused, and in which words."""
    for path in sorted(HERE.rglob("*.py")):
        place = str(path.relative_to(HERE))
        if any(place.startswith(elsewhere) for elsewhere in NOT_IN_HOME_ASSISTANT):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == BadSetting.__name__:
                assert isinstance(node.args[0], ast.Constant), f"{place}: the text cannot be translated"
                yield place, str(node.args[0].value)


def flat(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
        return
    for name, item in value.items():
        yield from flat(item, f"{place}/{name}")


def test_whatever_is_said_of_a_setting_can_be_translated() -> None:
    said = {text: place for place, text in of_settings()}
    assert said.keys() == SETTING_TEXTS.keys()
    english = TEXTS["en"]
    forms = [english["config"]["error"], english["config_subentries"]["camera"]["error"]]
    for text, key in SETTING_TEXTS.items():
        values = set(re.findall(r"%\((\w+)\)", text))
        message = english["exceptions"][key]["message"]
        assert set(re.findall(r"\{(\w+)\}", message)) <= values, key
        if said[text] not in ("engine/judging/rules.py", "cameras/settings.py"):
            assert all(key in form for form in forms), key


def test_german_is_as_informal_as_home_assistants_own() -> None:
    formal = re.compile(r"\b(Sie|Ihr|Ihre[mnrs]?|Ihnen)\b")
    texts = dict(flat(TEXTS["de"]))
    assert any(re.search(r"\b([Dd]u|[Dd]ein)\b", text) for text in texts.values())
    assert not {place: text for place, text in texts.items() if formal.search(text)}


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (BadRequest("No pictures at night.", said="No pictures at night."), "No pictures at night."),
        (BadRequest("detector.example:8 answers with status 418 (Teapot)."), "detector.example:8"),
        (NotPermitted("detector.example:8 does not permit this (status 403)."), "detector.example:8"),
        (Unavailable("detector.example:8 broke off the connection."), "detector.example:8"),
    ],
)
def test_a_sentence_is_completed_by_a_place_or_the_services_own_words(
    error: FailWatchError, says: str
) -> None:
    assert text_values(error, {"url": "http://detector.example:8"})["problem"] == says


async def speak_german(hass: HomeAssistant) -> None:
    """Change the language once the entities have their English names."""
    hass.config.language = "de"
    await async_load_words(hass)


async def test_why_nothing_can_be_checked(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    await linked()
    await speak_german(hass)
    seen = states.watching()
    for blind, says in (
        (Blind("dark", "It is dark.", states.AT), "Das Bild ist zu dunkel. Schalte ein Licht ein."),
        (Blind("bad_request", "No: pay first.", states.AT, said="Pay first."), "Pay first."),
        (Blind("of_a_later_release", "The moon.", states.AT), "The moon."),
    ):
        await octoprint.push(state=replace(seen, phase=Phase.BLIND, blind=blind))
        await until(hass, "sensor.ender_3_watch", "blind")
        assert hass.states.get("sensor.ender_3_watch").attributes["blind_detail"] == says
        await octoprint.push(state=seen)
        await until(hass, "sensor.ender_3_watch", "watching")


async def test_what_an_event_is_about(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    await linked()
    await speak_german(hass)
    heard = async_capture_events(hass, EVENT_FAILWATCH)
    failing = states.watching(Level.FAILURE, p=0.95)
    assert failing.look is not None
    for number, (kind, detail, says) in enumerate(
        (
            (
                EventKind.FAILURE,
                failing.look.verdict.reason,
                "Sieht viel schlechter aus als sonst (0,88, sonst 0,02, Alarm bei 0,38).",
            ),
            (EventKind.FAILURE, "looks bad", "Fehldruck"),
            (EventKind.ACTION_FAILED, "pause: the printer still prints", "Der Drucker druckt weiter."),
            (EventKind.BLIND, "dark", "dark"),
        )
    ):
        told = Event(kind, states.AT + number, "print-1", detail, Level.FAILURE)
        await octoprint.push(state=failing, events=[told])
        await until(hass, "event.ender_3_events", says, attribute="detail")
        assert heard[-1].data["detail"] == says


async def test_why_a_print_does_not_obey_is_told_on_the_card(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, hass_ws_client: WebSocketGenerator
) -> None:
    page = await open_page(hass, hass_ws_client, await linked())
    await speak_german(hass)
    await page.follow()
    order = Order(Action.PAUSE, Cause.FAILURE, 2, problems=("the printer still reports printing",))
    await octoprint.push(state=replace(states.watching(), intervention=Intervention(ordered=order)))
    told = await page.until(
        lambda told: told["type"] == "update" and told["state"]["intervention"]["ordered"]
    )
    assert told["state"]["intervention"]["ordered"]["problems"] == ["Der Drucker druckt weiter."]
    page.device_id = "nothing"
    assert (await page.ask("prints"))["error"]["translation_key"] == "not_set_up"


async def test_numbers_that_nothing_reaches_have_their_names(
    hass: HomeAssistant, printer: Printer, issue_registry: ir.IssueRegistry
) -> None:
    hass.config.language = "de"
    entry = await watch(hass, numbers={"failure": 5.0})
    (subentry_id,) = entry.subentries
    issue = issue_registry.async_get_issue("failwatch", f"rule_out_of_reach_{subentry_id}")
    assert issue is not None
    name = TEXTS["de"]["entity"]["number"]["failure"]["name"]
    assert (issue.translation_placeholders or {})["numbers"].startswith(name)


async def test_a_service_that_is_too_slow(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass)
    await speak_german(hass)
    await printer.says("printing")
    await printer.looks(1)
    printer.detector.error = TimedOut("detector.example did not answer within 20 seconds.")
    await until(hass, "sensor.voron_watch", "blind")
    assert (
        hass.states.get("sensor.voron_watch").attributes["blind_detail"].startswith("Der Detektor antwortet")
    )


def test_german_has_no_english_in_brackets() -> None:
    """A word is English that the English texts use, and the German ones nowhere else."""
    english = set(re.findall(r"[a-z]+", " ".join(text.lower() for _, text in flat(TEXTS["en"]))))
    german = " ".join(re.sub(r"\([^)]*\)", "", text.lower()) for _, text in flat(TEXTS["de"]))
    for place, text in flat(TEXTS["de"]):
        for inside in re.findall(r"\(([^)]*)\)", text):
            if inside.startswith("`") or inside.isupper():
                continue  # a name
            words = set(re.findall(r"[a-zäöüß]+", re.sub(r"\{.*?\}", "", inside.lower())))
            assert not (words & english) - set(re.findall(r"[a-zäöüß]+", german)), place
