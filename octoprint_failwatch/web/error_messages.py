"""Translate errors, which are raised in English as templates, into the language of the request."""

from __future__ import annotations

import math
from collections.abc import Mapping

from flask_babel import format_decimal, gettext

from ..engine.errors import FailWatchError
from .notification_words import field_labels


def translate_error(error: Exception) -> str:
    """Return an error's message; FailWatch's own are translated into the user's language."""
    if isinstance(error, FailWatchError) and error.template:
        values = dict(error.values)
        if title := (_titles() | field_labels()).get(str(values.get("key"))):
            values["key"] = f'"{title}"'
        return _with_decimals(str(gettext(error.template, **values)), values)
    return str(error)


def _with_decimals(text: str, values: Mapping[str, object]) -> str:
    """Return the text with its numbers as the asker's language writes them."""
    for value in values.values():
        if isinstance(value, float) and math.isfinite(value):
            text = text.replace(repr(value), format_decimal(value, "0.######"))
    return text


def _titles() -> dict[str, str]:
    """Return the titles of numbers in the settings, by key."""
    return {
        "interval": gettext("Every"),
        "calm_interval": gettext("While all is well, every"),
        "calls_per_hour": gettext("Calls per hour"),
        "calls_per_month": gettext("Calls per month"),
        "on_maybe": gettext("When suspicious"),
        "on_failure": gettext("On a failure"),
        "veto": gettext("Delay before acting"),
        "cooldown": gettext('Quiet after "Not a failure"'),
        "cancel_after_minutes": gettext("Cancel an unanswered pause"),
        "pause_when_blind_minutes": gettext("Pause when blind"),
        "max_pauses": gettext("Pauses per print"),
        "quorum": gettext("Agreement"),
        "after_layer": gettext("Layers"),
        "after_minutes": gettext("Minutes"),
        "after_percent": gettext("Percent"),
        "retract": gettext("Retract"),
        "lift": gettext("Lift"),
        "days": gettext("Days"),
        "megabytes": gettext("Megabytes"),
        "picture_every": gettext("Seconds between kept pictures"),
        "threshold": gettext("Score that counts as one half"),
        "answer_within": gettext("Seconds to wait for an answer"),
        "sensitivity": gettext("Sensitivity"),
        "maybe": gettext("Suspicious above normal by"),
        "failure": gettext("Failure above normal by"),
        "sustained": gettext("Slow-failure threshold"),
        "low": gettext("Lower limit"),
        "high": gettext("Upper limit"),
    }
