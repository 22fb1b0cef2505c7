"""Which packets of a stream have to be decoded to have a picture that is always new."""

from __future__ import annotations

NEAR = 4.0
"""Seconds between key frames up to which they are enough; decoding only them costs next to nothing."""


class KeyFrames:
    """Leaves out what lies between key frames that are near each other, and nothing where they are far apart."""

    def __init__(self) -> None:
        """Know of no key frame yet."""
        self._last: float | None = None
        self._gap: float | None = None
        self._left_out = False

    def needs(self, is_key: bool, now: float) -> bool:
        """Return whether a packet that came at that moment is to be decoded."""
        if is_key:
            if self._last is not None:
                self._gap = now - self._last
            self._last, self._left_out = now, False
            return True
        if self._left_out:
            # What follows cannot be decoded without it; the next key frame begins anew.
            if self._last is not None and now - self._last > NEAR:
                self._gap = None
            return False
        self._left_out = self._gap is not None and self._gap <= NEAR
        return not self._left_out
