"""Errors in the language of whoever asks: raised in English, as templates, they are translated in the request."""

from __future__ import annotations

from flask_babel import gettext

from .detection.errors import FailWatchError


def worded(error: Exception) -> str:
    """Return what an error says; ours in the language that OctoPrint shows the asker."""
    if isinstance(error, FailWatchError) and error.template:
        return str(gettext(error.template, **error.values))
    return str(error)
