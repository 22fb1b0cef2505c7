"""The card has a text for every state of a watch, in each language."""

import json
from typing import Any

import pytest

from custom_components.failwatch.cameras.print_status import HOLDS
from custom_components.failwatch.card import registration
from custom_components.failwatch.engine import errors
from custom_components.failwatch.engine.judging.verdict import Level, Rule
from custom_components.failwatch.engine.watch.policy import Action
from custom_components.failwatch.engine.watch.state import EventKind

TRANSLATIONS = registration.SCRIPT.parent.parent / "translations"


def texts(language: str) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((TRANSLATIONS / f"{language}.json").read_text())
    return known


def kinds() -> set[str]:
    """Return the key of every error that can make a watch blind."""
    found, left = set(), [errors.DetectionError, errors.SnapshotError]
    while left:
        error = left.pop()
        found.add(error.kind)
        left += error.__subclasses__()
    return found


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_card_says_everything_in_words(language: str) -> None:
    """What is new in the engine, or named by the watch's sensor, must not appear as a bare key."""
    known = texts(language)
    card = known["config_panel"]
    named = known["entity"]["sensor"]["watch_state"]["state_attributes"]
    reasons = set(named["blind_reason"]["state"]) - set(card["status"])
    assert set(Rule) <= set(card["reason"])
    assert set(Level) <= set(card["condition"])
    assert kinds() | reasons <= set(card["blind"])
    assert {*HOLDS, *named["on_hold"]["state"]} <= set(card["hold"])
    events = {kind.value for kind in EventKind} - {EventKind.ACTION}
    assert events | {f"action_{action}" for action in (Action.PAUSE, Action.CANCEL)} <= set(card["event"])


def test_german_says_all_that_english_says() -> None:
    english, german = texts("en")["config_panel"], texts("de")["config_panel"]
    assert {group: set(found) for group, found in german.items()} == {
        group: set(found) for group, found in english.items()
    }
