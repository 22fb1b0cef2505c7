"""FailWatch's messages to people, in the language that OctoPrint is set to."""

from __future__ import annotations

import gettext
from pathlib import Path

from .detection.state import Event, EventKind, WatchState
from .detection.verdict import Rule, Verdict

TRANSLATIONS = Path(__file__).parent / "translations"


class Wording:
    """Words events and verdicts. `language` is a code such as "de"; unknown ones give English."""

    def __init__(self, language: str = "en") -> None:
        """Load the language."""
        self._ = gettext.translation("messages", TRANSLATIONS, [language], fallback=True).gettext

    def event(self, event: Event, state: WatchState) -> str:
        """Return a sentence or two on an event."""
        _ = self._
        name = state.print_name
        verdict = state.latch.verdict or (state.look.verdict if state.look else None)
        why = self.reason(verdict) if verdict else ""
        if event.kind is EventKind.COUNTDOWN:
            seconds = (
                round(state.intervention.countdown.due_at - event.at) if state.intervention.countdown else 0
            )
            text = (
                _("%(name)s will be cancelled in %(seconds)d seconds unless you say no.")
                if event.detail == "cancel"
                else _("%(name)s will be paused in %(seconds)d seconds unless you say no.")
            )
            return f"{text % {'name': name, 'seconds': seconds}} {why}"
        if event.kind is EventKind.ACTION:
            text = (
                _("FailWatch cancels %(name)s.")
                if event.detail == "cancel"
                else _("FailWatch pauses %(name)s.")
            )
            return f"{text % {'name': name}} {why}"
        if event.kind is EventKind.BLIND:
            return _("FailWatch cannot see %(name)s: %(problem)s") % {
                "name": name,
                "problem": state.blind.detail if state.blind else event.detail,
            }
        texts = {
            EventKind.MAYBE: _("%(name)s may be failing."),
            EventKind.FAILURE: _("%(name)s is failing."),
            EventKind.SEEING: _("FailWatch sees %(name)s again."),
            EventKind.ACTION_FAILED: _("FailWatch could not stop %(name)s. Look after it now!"),
        }
        text = texts[event.kind] % {"name": name}
        return f"{text} {why}" if event.kind in (EventKind.MAYBE, EventKind.FAILURE) else text

    def reason(self, verdict: Verdict) -> str:
        """Return why a verdict is what it is."""
        _ = self._
        text = {
            Rule.WARM_UP: _("Too early to tell: still getting to know this print."),
            Rule.QUIET: _("%(score)s above this printer's usual %(usual)s; the limit is %(limit)s."),
            Rule.SETTLED: _(
                "%(score)s above this printer's usual %(usual)s, but no longer rising; the limit is %(limit)s."
            ),
            Rule.RISING: _(
                "%(score)s above this printer's usual %(usual)s and rising; the limit is %(limit)s."
            ),
            Rule.HIGH: _("%(score)s above this printer's usual %(usual)s; the limit is %(limit)s."),
            Rule.SUSTAINED: _(
                "For minutes %(score)s above this printer's usual %(usual)s; the limit is %(limit)s."
            ),
        }[verdict.rule]
        if verdict.is_below_usual:
            text = _("%(score)s below this printer's usual %(usual)s; the limit is %(limit)s.")
        numbers = {"score": abs(verdict.score), "usual": verdict.usual, "limit": verdict.limit}
        return text % {key: f"{value:.2f}" for key, value in numbers.items()}
