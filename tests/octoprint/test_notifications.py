"""Which messages are sent, to whom, and when."""

import io
import json
import re
import threading
from dataclasses import replace
from datetime import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract

import octoprint_failwatch
from octoprint_failwatch import engine
from octoprint_failwatch.engine.errors import BadSetting, DetectionError, FailWatchError, SnapshotError
from octoprint_failwatch.engine.judging.latch import Latch
from octoprint_failwatch.engine.judging.verdict import Level, Rule, Verdict
from octoprint_failwatch.engine.models import Frame
from octoprint_failwatch.engine.sources.reasons import VARIABLE
from octoprint_failwatch.engine.statistics import TemporalStatistics
from octoprint_failwatch.engine.watch.blindness import PASSING
from octoprint_failwatch.engine.watch.policy import Countdown, Intervention
from octoprint_failwatch.engine.watch.state import (
    Blind,
    CameraView,
    Event,
    EventKind,
    Look,
    Phase,
    WatchState,
)
from octoprint_failwatch.notify import notifications
from octoprint_failwatch.notify.bus_events import custom_events, event_name, payload
from octoprint_failwatch.notify.notifications import is_quiet, is_wanted, still_holds
from octoprint_failwatch.notify.sending import Message, NotSent, shown, understood
from octoprint_failwatch.notify.texts import MessageTexts
from tests.core.watching import picture
from tests.patience import PATIENCE

pytestmark = pytest.mark.one_octoprint

VERDICT = Verdict(Level.FAILURE, Rule.HIGH, 0.71, 0.02, 0.6)
STATE = WatchState("printer", print_id="print", print_name="cube", latch=Latch(Level.FAILURE, 1.0, VERDICT))
SETTINGS = {"on_failure": "notify", "on_maybe": "nothing"}


def event(kind: EventKind, detail: str = "") -> Event:
    return Event(kind, 100.0, "print", detail, Level.FAILURE)


@pytest.mark.parametrize(
    ("begins", "ends", "now", "expected"),
    [
        ("22:00", "07:00", time(23), True),
        ("22:00", "07:00", time(6, 59), True),
        ("22:00", "07:00", time(7), False),
        ("22:00", "07:00", time(12), False),
        ("12:00", "14:00", time(13), True),
        ("12:00", "14:00", time(14), False),
        ("", "", time(3), False),
        ("22:00", "", time(23), False),
        ("late", "early", time(23), False),
    ],
)
def test_quiet_hours(begins: str, ends: str, now: time, expected: bool) -> None:
    assert is_quiet({"quiet_from": begins, "quiet_until": ends}, now) is expected


@pytest.mark.parametrize(
    ("kind", "settings", "expected"),
    [
        (EventKind.FAILURE, SETTINGS, True),
        (EventKind.FAILURE, {**SETTINGS, "on_failure": "nothing"}, False),
        (EventKind.MAYBE, SETTINGS, False),
        (EventKind.MAYBE, {**SETTINGS, "on_maybe": "notify"}, True),
        (EventKind.BLIND, SETTINGS, True),
        (EventKind.ACTION, SETTINGS, True),
        (EventKind.CALLED_OFF, SETTINGS, True),
        (EventKind.ACTION_FAILED, SETTINGS, True),
        (EventKind.STARTED, SETTINGS, False),
        (EventKind.CLEARED, SETTINGS, False),
    ],
)
def test_what_is_told(kind: EventKind, settings: dict[str, Any], expected: bool) -> None:
    assert is_wanted(event(kind), STATE, settings) is expected


def test_a_failure_that_leads_to_a_pause_is_told_once() -> None:
    state = replace(STATE, intervention=Intervention(Countdown("pause", 100.0, 130.0)))
    assert not is_wanted(event(EventKind.FAILURE), state, {**SETTINGS, "on_failure": "pause"})
    assert is_wanted(event(EventKind.COUNTDOWN, "pause"), state, SETTINGS)


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ([event(EventKind.ENDED, "disconnected")], ["cube is failing."]),
        ([event(EventKind.ENDED, "done")], ["cube is failing."]),
        (
            [replace(event(EventKind.BLIND), minor=True), event(EventKind.ENDED, "disconnected")],
            ["cube is failing."],
        ),
        ([event(EventKind.ENDED, "cancelled")], []),
        ([event(EventKind.ACKNOWLEDGED), event(EventKind.ENDED, "done")], []),
        ([event(EventKind.ACTION, "pause"), event(EventKind.ENDED, "done")], ["FailWatch paused cube."]),
    ],
    ids=["disconnected", "done", "unseen", "cancelled", "answered", "paused"],
)
def test_a_failure_whose_print_ends_before_it_is_paused_is_told(
    monkeypatch: pytest.MonkeyPatch, then: list[Event], told: list[str]
) -> None:
    """The message of the pause would have said it."""
    sent: list[str] = []
    tried: list[Message] = []

    def send(_: str, message: Message) -> None:
        tried.append(message)
        if len(tried) == 1 and told == ["cube is failing."]:
            raise NotSent("No route to host")
        sent.append(message.text)

    monkeypatch.setattr(notifications, "send", send)
    settings = {
        **SETTINGS,
        "on_failure": "pause",
        "notify": {"urls": ["one"], "quiet_from": "", "quiet_until": "", "picture": False},
    }
    watcher: Any = SimpleNamespace(
        host=SimpleNamespace(settings=lambda: settings), profile=SimpleNamespace(name="Printer"), frames={}
    )
    teller = notifications.Notifications(watcher, lambda: MessageTexts("en"), lambda: None)
    monkeypatch.setattr(teller, "_wake", lambda: None)
    counting = replace(STATE, intervention=Intervention(Countdown("pause", 100.0, 100.0)))
    teller.tell(counting, [event(EventKind.MAYBE), event(EventKind.FAILURE)])
    look = Look(9, 99.0, 0.9, (), TemporalStatistics(), VERDICT, 0.1)
    ended = WatchState("printer", print_name="cube", look=look)
    for one in then:
        teller.tell(ended if one.kind is EventKind.ENDED else STATE, [one])
    for later in (1, 60):
        teller._outbox.try_due(notifications.clock.monotonic() + later)
    assert [text.split(" Looks")[0] for text in sent] == told


def test_a_muted_print_is_not_told_blind() -> None:
    assert is_wanted(event(EventKind.BLIND), STATE, SETTINGS)
    assert not is_wanted(event(EventKind.BLIND), replace(STATE, muted=True), SETTINGS)


def test_another_reason_that_nobody_can_mend_is_not_told() -> None:
    assert is_wanted(event(EventKind.BLIND), STATE, SETTINGS)
    assert not is_wanted(replace(event(EventKind.BLIND), minor=True), STATE, SETTINGS)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", [EventKind.CAMERA_BLIND, EventKind.CAMERA_SEEING, EventKind.CAMERA_MOVED])
def test_messages_name_the_one_camera(kind: EventKind, language: str) -> None:
    state = replace(STATE, blind_cameras=(Blind("no_snapshot", "unplugged", 1.0, "side"),))
    assert is_wanted(event(kind), state, SETTINGS)
    assert not is_wanted(event(kind), replace(state, snoozed_until=200.0), SETTINGS)
    told = replace(event(kind, "no_snapshot"), camera="side")
    text = MessageTexts(language, {"side": "Camera at the side"}).event(told, state)
    assert "Camera at the side" in text
    if kind is EventKind.CAMERA_BLIND:
        assert MessageTexts(language).blind(state.blind_cameras[0]) in text


@pytest.mark.parametrize("language", ["en", "de", "xx"])
@pytest.mark.parametrize(
    "kind", [kind for kind in EventKind if is_wanted(event(kind), STATE, {**SETTINGS, "on_maybe": "notify"})]
)
def test_every_message_names_the_print(kind: EventKind, language: str) -> None:
    state = replace(STATE, blind=Blind("dark", "It is dark.", 1.0))
    text = MessageTexts(language).event(event(kind, "pause"), state)
    assert "cube" in text
    assert "%" not in text


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_has_words(rule: Rule, language: str) -> None:
    text = MessageTexts(language).reason(replace(VERDICT, rule=rule))
    assert text
    decimals = ("0,73", "0,02") if language == "de" else ("0.73", "0.02")
    assert rule is Rule.WARM_UP or all(number in text for number in decimals)


@pytest.mark.parametrize(
    ("language", "says"), [("en", "Looks fine (0.00, "), ("de", "Sieht gut aus (0,00, ")]
)
def test_what_looks_better_than_normal_looks_fine(language: str, says: str) -> None:
    text = MessageTexts(language).reason(replace(VERDICT, rule=Rule.QUIET, score=-0.02))
    assert text.startswith(says)


def kinds(error: type[FailWatchError]) -> set[str]:
    return {error.kind}.union(*(kinds(one) for one in error.__subclasses__()))


BLIND_FOR = (kinds(SnapshotError) | kinds(DetectionError)) - {
    DetectionError.kind,
    SnapshotError.kind,
    "ended",
}
SCRIPT = Path(octoprint_failwatch.__file__).parent / "static" / "js" / "failwatch_words.js"


@pytest.mark.parametrize("reason", sorted(BLIND_FOR))
def test_every_reason_for_being_blind_has_words_in_messages_and_on_the_page(reason: str) -> None:
    blind = Blind(reason, "for engineers", 1.0)
    english, german = MessageTexts("en").blind(blind), MessageTexts("de").blind(blind)
    # What to install is said where nothing else helps.
    assert ("for engineers" in english + german) is (reason == "model_unavailable")
    assert english != german
    english = english.removesuffix(" FailWatch keeps trying.").removesuffix(" (for engineers)")
    assert f'{reason}: gettext("{english}")' in SCRIPT.read_text()


@pytest.mark.parametrize(
    ("detail", "german"),
    [
        ("401: the camera wants a log-in.", "401: Die Kamera verlangt eine Anmeldung."),
        (
            "404: the camera has no picture at this address.",
            "404: Unter dieser Adresse hat die Kamera kein Bild.",
        ),
        (
            "The camera did not answer within 2.5 seconds.",
            "Die Kamera hat nicht innerhalb von 2,5 Sekunden geantwortet.",
        ),
        (
            "The address answers with application/json, not with a picture.",
            "Unter der Adresse antwortet application/json, kein Bild.",
        ),
        ("The camera's plugin fails: RuntimeError.", "Das Plugin der Kamera hat einen Fehler: RuntimeError."),
        ("Another plugin's own 5 words", "Another plugin's own 5 words"),
    ],
)
def test_why_there_is_no_picture_is_told_in_the_language(detail: str, german: str) -> None:
    blind = Blind("no_snapshot", detail, 1.0)
    assert MessageTexts("en").blind(blind) == f"The camera gives no picture. {detail}"
    assert MessageTexts("de").blind(blind) == f"Die Kamera gibt kein Bild. {german}"


def test_every_reason_of_a_camera_can_be_found_again() -> None:
    """What stands for a value in it is the only thing of its kind."""
    catalog = Catalog()
    keywords: dict[str, Any] = {"SnapshotError": None, "WebPage": None}
    for file in (Path(engine.__file__).parent / "sources").glob("*.py"):
        for _, text, _, _ in extract("python", io.BytesIO(file.read_bytes()), keywords=keywords):
            catalog.add(text)
    assert len(catalog) > 30
    for message in catalog:
        for value in ("404", "2.5", "text/plain", "RuntimeError") if "%(what)s" in message.id else ():
            said = message.id % {"what": value}
            assert re.search(VARIABLE, said)[0] == value  # type: ignore[index]


def test_the_page_says_of_the_same_reasons_that_failwatch_goes_on_trying() -> None:
    assert f"var PASSING = {json.dumps(sorted(PASSING))};" in SCRIPT.read_text()
    assert MessageTexts().blind(Blind("busy", "", 1.0)).endswith("FailWatch keeps trying.")
    assert "trying" not in MessageTexts().blind(Blind("dark", "", 1.0))


def test_a_cancel_that_is_called_off_is_put_down_to_the_pause() -> None:
    text = MessageTexts().event(event(EventKind.CALLED_OFF, "cancel"), replace(STATE, phase=Phase.PAUSED))
    assert text.endswith("was paused, so FailWatch does not cancel it.")


@pytest.mark.parametrize("kind", [EventKind.COUNTDOWN, EventKind.ACTION])
def test_a_pause_because_of_blindness_is_not_put_down_to_the_verdict(kind: EventKind) -> None:
    state = replace(STATE, latch=Latch(), blind=Blind("dark", "", 1.0))
    why = MessageTexts().event(Event(kind, 100.0, "print", "pause", Level.NONE), state)
    assert "too dark" in why
    assert "above" not in why


@pytest.mark.parametrize(
    ("kind", "level", "blind", "attached"),
    [
        (EventKind.FAILURE, Level.FAILURE, None, True),
        (EventKind.SEEING, Level.NONE, None, True),
        (EventKind.BLIND, Level.NONE, Blind("no_snapshot", "", 1.0), False),
        (EventKind.ACTION, Level.NONE, Blind("no_snapshot", "", 1.0), False),
        (EventKind.ACTION, Level.FAILURE, Blind("no_snapshot", "", 1.0), True),
        (EventKind.CAMERA_BLIND, Level.NONE, None, False),
    ],
)
def test_no_old_picture_is_sent_where_none_is_seen(
    monkeypatch: pytest.MonkeyPatch, kind: EventKind, level: Level, blind: Blind | None, attached: bool
) -> None:
    sent: list[bytes | None] = []

    taken = threading.Event()

    def send(_url: str, message: Message) -> None:
        sent.append(message.picture)
        taken.set()

    monkeypatch.setattr(notifications, "send", send)
    settings = SETTINGS | {"notify": {"urls": ["json://here"], "picture": True}}
    watcher: Any = SimpleNamespace(
        host=SimpleNamespace(settings=lambda: settings),
        profile=SimpleNamespace(name="Printer"),
        frames={"": Frame(picture(1), 1.0, "printer", "print")},
    )
    verdict = Verdict(Level.NONE, Rule.QUIET, 0.0, 0.02, 0.6)
    look = Look(1, 1.0, 0.9, (CameraView("", 0.9),), TemporalStatistics(), verdict, 0.1)
    telling = notifications.Notifications(watcher, MessageTexts, lambda: None)
    telling.tell(replace(STATE, look=look, blind=blind), [replace(event(kind, "no_snapshot"), level=level)])
    assert taken.wait(PATIENCE)
    telling.close()
    assert [one is not None for one in sent] == [attached]


def test_addresses_are_shown_without_their_secrets() -> None:
    address = shown("mailto://somebody:very-secret@example.com")
    assert "example.com" in address
    assert "very-secret" not in address


def test_what_is_no_address_is_refused_without_repeating_it() -> None:
    with pytest.raises(BadSetting) as caught:
        understood("nonsense://very-secret")
    assert "very-secret" not in str(caught.value)


PRINTING = replace(STATE, phase=Phase.WATCHING)
COUNTING = replace(PRINTING, intervention=Intervention(Countdown("pause", 100.0, 130.0)))


@pytest.mark.parametrize(
    ("kind", "detail", "state", "holds"),
    [
        (EventKind.FAILURE, "", PRINTING, True),
        (EventKind.FAILURE, "", replace(PRINTING, latch=Latch()), False),
        (EventKind.FAILURE, "", replace(PRINTING, phase=Phase.IDLE), False),
        (EventKind.FAILURE, "", replace(PRINTING, print_id="another"), False),
        (EventKind.COUNTDOWN, "pause", COUNTING, True),
        (EventKind.COUNTDOWN, "pause", PRINTING, False),
        (EventKind.ACTION, "pause", replace(PRINTING, phase=Phase.PAUSED), True),
        (EventKind.ACTION, "pause", PRINTING, False),
        (EventKind.CALLED_OFF, "cancel", replace(PRINTING, phase=Phase.PAUSED), True),
        (EventKind.CALLED_OFF, "cancel", PRINTING, False),
        (EventKind.ACTION, "cancel", replace(PRINTING, phase=Phase.IDLE), True),
        (EventKind.ACTION, "cancel", replace(PRINTING, print_id="another"), False),
        (EventKind.BLIND, "dark", replace(PRINTING, blind=Blind("dark", "", 1.0)), True),
        (EventKind.BLIND, "dark", PRINTING, False),
        (EventKind.SEEING, "", PRINTING, True),
    ],
)
def test_what_is_told_late_still_holds(kind: EventKind, detail: str, state: WatchState, holds: bool) -> None:
    assert still_holds(event(kind, detail), state) is holds


def test_every_kind_of_event_is_registered_with_octoprint() -> None:
    assert {event_name(kind) for kind in EventKind} == {
        f"plugin_failwatch_{name}" for name in custom_events()
    }


def test_a_payload_is_plain_and_the_same_for_every_kind() -> None:
    keys = {
        "print_id",
        "print_name",
        "level",
        "reason",
        "p",
        "ewm_mean",
        "score",
        "usual",
        "limit",
        "at",
        "detail",
        "camera",
        "minor",
    }
    for kind in EventKind:
        told = payload(event(kind, "pause"), STATE)
        assert set(told) == keys
        assert all(value is None or type(value) in (str, float, int, bool) for value in told.values())
