"""Say in Home Assistant's language what lies behind an event or a blindness, and why a print does not obey."""

from collections.abc import Mapping
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..engine.judging.verdict import Rule, Verdict
from ..engine.watch.policy import Action
from ..engine.watch.state import Blind, Event, EventKind, WatchState
from .words import CARD, async_number, async_text, async_word

JUDGED: Final = (EventKind.MAYBE, EventKind.FAILURE, EventKind.CLEARED)
"""What a verdict leads to."""
WHY_NOT: Final[Mapping[str, str]] = {
    "the printer still ": "problem_still_prints",
    "OctoPrint does not take the order": "problem_not_taken",
    "the print was paused": "problem_was_paused",
    "the print was resumed": "problem_was_resumed",
}
"""What FailWatch itself says of a print that does not obey, by how that begins; the rest is said by others."""


@callback
def event_detail(hass: HomeAssistant, state: WatchState, event: Event) -> str:
    """Return an event's detail: a key where there is one, else words. `state` is the one that it led to."""
    if event.kind is EventKind.ACTION_FAILED:
        return why_not(hass, event.detail)
    if event.kind not in JUDGED:
        return event.detail
    verdict = state.latch.verdict or (state.look.verdict if state.look else None)
    if verdict is None or event.level is not state.level or event.detail != verdict.reason:
        # It was told late, and what has been judged since says nothing of it.
        return async_text(hass, CARD, f"event.{event.kind}") or event.detail
    return _reason(hass, verdict) or event.detail


@callback
def blind_detail(hass: HomeAssistant, blind: Blind) -> str:
    """Return what the service itself said, or else what is wrong and what to do about it."""
    return blind.said or async_text(hass, CARD, f"blind.{blind.reason}") or blind.detail


@callback
def why_not(hass: HomeAssistant, detail: str) -> str:
    """Return why a print could not be stopped, of a detail such as "pause: the printer still reports printing"."""
    action, _, problem = detail.partition(": ")
    problem = problem if action in set(Action) else detail
    word = next((word for words, word in WHY_NOT.items() if problem.startswith(words)), None)
    return problem if word is None else async_word(hass, word)


def _reason(hass: HomeAssistant, verdict: Verdict) -> str | None:
    is_below = verdict.rule is Rule.QUIET and round(verdict.score, 2) < 0
    values = {
        "now": async_number(hass, verdict.usual + verdict.score),
        "usual": async_number(hass, verdict.usual),
        "limit": async_number(hass, verdict.usual + verdict.limit),
    }
    return async_text(hass, CARD, f"reason.{'below' if is_below else verdict.rule}", values)
