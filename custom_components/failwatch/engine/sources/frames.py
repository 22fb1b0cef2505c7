"""Frames of videos and streams, by PyAV."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

from ..errors import BadSetting


def load() -> Any:
    """Return the library; raises BadSetting if it is not installed."""
    try:
        return import_module("av")
    except ImportError as error:
        raise BadSetting("Videos and streams need PyAV: pip install 'OctoPrint-FailWatch[video]'") from error


def as_jpeg(frame: Any) -> bytes:
    """Return the frame as JPEG."""
    out = io.BytesIO()
    frame.to_image().save(out, "JPEG", quality=92)
    return out.getvalue()
