"""One snapshot on its way to a detector."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_ID_LENGTH = 256
"""Characters that `printer_id` and `print_id` may have (Super Detection API)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A snapshot as the camera gave it.

    `taken_at` is in seconds since the epoch. `known_good` says that the print was judged good up to
    here, so that a detector may learn from the frame how this camera normally looks.
    """

    jpeg: bytes = field(repr=False)
    taken_at: float
    printer_id: str
    print_id: str
    camera: str = ""
    known_good: bool = False
