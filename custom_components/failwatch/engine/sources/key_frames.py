"""Choose which packets of a stream to decode for an always current picture."""

from __future__ import annotations

NEAR = 4.0
"""Seconds between key frames up to which they are enough; decoding only them costs next to nothing."""
ENOUGH = 3
"""Key frames that have to be near each other before what lies between them is left out."""
LOST = 8.0
"""Seconds without a key frame after which what was left out is missed."""


class KeyFrames:
    """Skips packets between key frames that are close together; otherwise skips nothing.

    Some cameras send key frames irregularly. Once two were far apart, everything is decoded.
    """

    def __init__(self) -> None:
        """Start without a key frame."""
        self._last: float | None = None
        self._near = 0
        self._were_far_apart = False
        self._leaves_out = False

    def begin(self) -> None:
        """Start with a new connection; what is known of the stream's key frames is kept."""
        self._last, self._near, self._leaves_out = None, 0, False

    def needs(self, is_key: bool, now: float) -> bool:
        """Return whether a packet that came at that moment is to be decoded."""
        if is_key:
            if self._last is not None:
                self._near += now - self._last <= NEAR
                self._were_far_apart |= now - self._last > NEAR
            self._last, self._leaves_out = now, False
            return True
        # What follows a packet that was left out cannot be decoded, until the next key frame.
        self._leaves_out |= self._near >= ENOUGH and not self._were_far_apart
        return not self._leaves_out

    def is_lost(self, now: float) -> bool:
        """Return whether only a new connection will bring a picture soon."""
        is_lost = self._leaves_out and self._last is not None and now - self._last > LOST
        self._were_far_apart |= is_lost
        return is_lost
