"""Draw pictures, or take them from a folder."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Protocol

from PIL import Image

PICTURES = {".jpg", ".jpeg", ".png", ".webp"}


class Frames(Protocol):
    """Gives the picture of a moment. May take some tens of milliseconds: not for an event loop."""

    def render(self, progress: float, number: int, /) -> bytes:
        """Return a JPEG for a progress of 0 to 1 and the snapshot's number."""


class RecordedFrames:
    """The pictures of a folder, sorted by name, spread over the print."""

    def __init__(self, folder: Path) -> None:
        """Read which pictures there are; raises FileNotFoundError if there is none."""
        self.files = sorted(file for file in folder.iterdir() if file.suffix.lower() in PICTURES)
        if not self.files:
            raise FileNotFoundError(f"{folder} holds no pictures ({', '.join(sorted(PICTURES))})")

    def render(self, progress: float, _number: int, /) -> bytes:
        """Return the picture at that share of the folder; what is no JPEG is made one."""
        # The small addition makes step 3 of 10 picture 3, whatever 3/10 is in floating point.
        file = self.files[min(int(progress * len(self.files) + 1e-6), len(self.files) - 1)]
        if file.suffix.lower() in {".jpg", ".jpeg"}:
            return file.read_bytes()
        buffer = io.BytesIO()
        with Image.open(file) as picture:
            picture.convert("RGB").save(buffer, "JPEG", quality=92)
        return buffer.getvalue()
