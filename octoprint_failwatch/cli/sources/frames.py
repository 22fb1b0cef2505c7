"""Frames of videos and streams, by PyAV."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from ...engine.errors import BadSetting

if TYPE_CHECKING:
    import av

INSTALL = "Videos and streams need PyAV: pip install 'OctoPrint-FailWatch[video]'"


def load() -> Any:
    """Return the library; raises BadSetting where it is not installed."""
    try:
        import av
    except ImportError as error:
        raise BadSetting(INSTALL) from error
    return av


def as_jpeg(frame: av.VideoFrame) -> bytes:
    """Return the frame as JPEG."""
    out = io.BytesIO()
    frame.to_image().save(out, "JPEG", quality=92)  # type: ignore[no-untyped-call]
    return out.getvalue()
