"""FailWatch's messages to people, in the language that OctoPrint is set to."""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal

from ..engine.judging.verdict import Level, Rule, Verdict
from ..engine.sources.reasons import VARIABLE
from ..engine.watch.blindness import PASSING
from ..engine.watch.state import Blind, Event, EventKind, WatchState

TRANSLATIONS = Path(__file__).parents[1] / "translations"


class MessageTexts:
    """Words events and verdicts.

    `language` is a code such as "de"; unknown ones give English. `cameras` has the cameras' titles by name.
    """

    def __init__(self, language: str = "en", cameras: Mapping[str, str] | None = None) -> None:
        """Load the language."""
        self._cameras = cameras or {}
        self._ = gettext.translation("messages", TRANSLATIONS, [language], fallback=True).gettext
        self._locale = _locale(language)

    def event(self, event: Event, state: WatchState) -> str:
        """Return a sentence or two on an event."""
        _ = self._
        name = state.print_name
        why = self._why(event, state)
        if event.kind is EventKind.COUNTDOWN:
            seconds = (
                round(state.intervention.countdown.due_at - event.at) if state.intervention.countdown else 0
            )
            text = (
                _("%(name)s will be cancelled in %(seconds)d seconds unless you choose Keep printing.")
                if event.detail == "cancel"
                else _("%(name)s will be paused in %(seconds)d seconds unless you choose Keep printing.")
            )
            return f"{text % {'name': name, 'seconds': seconds}} {why}"
        if event.kind is EventKind.ACTION:
            text = (
                _("FailWatch cancelled %(name)s.")
                if event.detail == "cancel"
                else _("FailWatch paused %(name)s.")
            )
            return f"{text % {'name': name}} {why}"
        if event.kind is EventKind.BLIND:
            return _("FailWatch cannot check %(name)s: %(problem)s") % {
                "name": name,
                "problem": self.blind(state.blind) if state.blind else event.detail,
            }
        if event.kind is EventKind.CAMERA_BLIND:
            blind = next((one for one in state.blind_cameras if one.camera == event.camera), None)
            return _("The camera %(camera)s cannot see %(name)s: %(problem)s") % {
                "camera": self._cameras.get(event.camera, event.camera),
                "name": name,
                "problem": self.blind(blind) if blind else event.detail,
            }
        if event.kind is EventKind.CAMERA_SEEING:
            return _("The camera %(camera)s sees %(name)s again.") % {
                "camera": self._cameras.get(event.camera, event.camera),
                "name": name,
            }
        if event.kind is EventKind.CAMERA_MOVED:
            return _(
                "The camera %(camera)s at %(name)s was moved. FailWatch is learning the background of its picture"
                " again. Check the ignored regions, too."
            ) % {"camera": self._cameras.get(event.camera, event.camera), "name": name}
        texts = {
            EventKind.MAYBE: _("%(name)s looks suspicious."),
            EventKind.FAILURE: _("%(name)s is failing."),
            EventKind.SEEING: _("FailWatch can check %(name)s again."),
            EventKind.CALLED_OFF: _("%(name)s was paused, so FailWatch does not cancel it."),
            EventKind.ACTION_FAILED: _(
                "FailWatch could not stop %(name)s and keeps trying. Check the printer now! (%(detail)s)"
            ),
        }
        text = texts[event.kind] % {"name": name, "detail": event.detail}
        return f"{text} {why}" if event.kind in (EventKind.MAYBE, EventKind.FAILURE) else text

    def _why(self, event: Event, state: WatchState) -> str:
        """Return what led to an event: the blindness if nothing is suspected, else the verdict."""
        if state.blind is not None and event.level is Level.NONE:
            return self.blind(state.blind)
        verdict = state.latch.verdict or (state.look.verdict if state.look else None)
        return self.reason(verdict) if verdict else ""

    def blind(self, blind: Blind) -> str:
        """Return why FailWatch cannot check, and what the user can do."""
        _ = self._
        if blind.reason == "no_snapshot":
            return f"{_('The camera gives no picture.')} {self.detail(blind.detail)}"
        texts = {
            "dark": _("The picture is too dark. Switch a light on."),
            "frozen": _("The camera keeps giving the same picture. Restart the camera."),
            "bad_picture": _("What the camera gives is no picture. Check its snapshot address."),
            "model_unavailable": _(
                "The detector cannot run with these settings. Choose another one in FailWatch's settings."
            ),
            "bad_request": _("The detection service did not accept the picture. Check FailWatch's settings."),
            "not_authorised": _(
                "The detection service refused the token. Enter it again in FailWatch's settings."
            ),
            "not_permitted": _(
                "The detection service does not permit this account to do that. Check what the account may use."
            ),
            "not_found": _(
                "The detection service does not know what it was asked for. Check FailWatch's settings."
            ),
            "rate_limited": _("No more calls are allowed just now."),
            "busy": _("The detection service is busy."),
            "unavailable": _("The detection service does not answer."),
            "unknown_host": _(
                "The name of the detection service is not known. Check its address and the network."
            ),
            "untrusted_server": _(
                "No secure connection to the detection service. Check its address and certificate."
            ),
            "timed_out": _("The detector does not answer in time."),
            "server_failed": _("The detection service has a fault of its own."),
            "bad_answer": _("The detection service answers nonsense. Check its address."),
            "wrong_address": _(
                "Something else answers at that address. Check the detection service's address."
            ),
            "cut_short": _("The connection to the detection service broke."),
        }
        text = texts.get(blind.reason)
        if text is None:
            return blind.detail
        if blind.reason == "model_unavailable":
            return f"{text} ({blind.detail})"
        return f"{text} {_('FailWatch keeps trying.')}" if blind.reason in PASSING else text

    def detail(self, text: str) -> str:
        """Translate an error's English message, which may contain one number or name."""
        found = re.search(VARIABLE, text)
        if found is None or self._(text) != text:
            return self._(text)
        template = self._(text.replace(found[0], "%(what)s", 1))
        value = found[0]
        if "." in value and value.replace(".", "", 1).isdecimal():
            value = format_decimal(value, "0.######", self._locale)
        return template.replace("%(what)s", value)

    def reason(self, verdict: Verdict) -> str:
        """Return the reason of a verdict: its meaning first, then the numbers."""
        _ = self._
        text = {
            Rule.WARM_UP: _("Too early to tell: the print has just begun."),
            Rule.QUIET: _("Looks fine (%(mean)s, normally %(usual)s, alarm at %(alarm)s)."),
            Rule.SETTLED: _("Looks worse than normal, but no longer rising (%(mean)s, normally %(usual)s)."),
            Rule.RISING: _(
                "Looks worse than normal and rising (%(mean)s, normally %(usual)s, alarm at %(alarm)s)."
            ),
            Rule.HIGH: _("Looks much worse than normal (%(mean)s, normally %(usual)s, alarm at %(alarm)s)."),
            Rule.SUSTAINED: _(
                "Has looked worse than normal for minutes (%(mean)s, normally %(usual)s, alarm at %(alarm)s)."
            ),
            Rule.SURE: _(
                "Has looked like a failure in every picture for a while (%(mean)s, normally %(usual)s)."
            ),
            Rule.ACCEPTED: _(
                "You said that this is fine (%(mean)s, normally %(usual)s, alarm at %(alarm)s)."
            ),
        }[verdict.rule]
        if verdict.is_halfway:
            text = _("Looks worse than normal (%(mean)s, normally %(usual)s, alarm at %(alarm)s).")
        mean, usual = max(verdict.usual + verdict.score, 0.0), verdict.usual
        numbers = {"mean": mean, "usual": usual, "alarm": usual + verdict.limit}
        return text % {key: format_decimal(value, "0.00", self._locale) for key, value in numbers.items()}


def _locale(language: str) -> Locale:
    """Return how a language writes numbers; of an unknown one, as English does."""
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale("en")
