"""Whether a camera still sees: its picture opens, is not dark, and is not frozen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from .jpeg import decode

THUMBNAIL = 32


@dataclass(frozen=True, slots=True)
class Sight:
    """What tells one picture from another: a digest of its bytes, and a small grey copy."""

    digest: bytes
    thumbnail: bytes

    @property
    def brightness(self) -> float:
        """Mean brightness, 0 to 1."""
        return sum(self.thumbnail) / len(self.thumbnail) / 255

    @property
    def contrast(self) -> float:
        """Distance from the darkest to the brightest part, 0 to 1."""
        return (max(self.thumbnail) - min(self.thumbnail)) / 255


@dataclass(frozen=True, slots=True, kw_only=True)
class SightLimits:
    """When a picture counts as dark, and after how many equal ones the camera counts as frozen.

    `dark_below` is a mean brightness and `dark_contrast` the contrast that a dark picture must lack,
    both 0 to 1. `frozen_after` counts pictures with the very same bytes, `still_after` pictures that
    differ by no more than one grey level anywhere.
    """

    dark_below: float = 0.06
    dark_contrast: float = 0.25
    frozen_after: int = 4
    still_after: int = 18


@dataclass(frozen=True, slots=True)
class Stillness:
    """For how many pictures a camera has shown the same."""

    last: Sight | None = None
    same_bytes: int = 0
    same_picture: int = 0


def examine(picture: bytes) -> Sight:
    """Return the sight of a picture; raises BadPicture. Takes milliseconds: not for an event loop."""
    grey = decode(picture, max_side=THUMBNAIL * 4).convert("L").resize((THUMBNAIL, THUMBNAIL))
    return Sight(hashlib.sha256(picture).digest(), grey.tobytes())


def is_dark(sight: Sight, limits: SightLimits) -> bool:
    """Return whether nothing can be made out in the picture."""
    return sight.brightness < limits.dark_below and sight.contrast < limits.dark_contrast


def follow(stillness: Stillness, sight: Sight) -> Stillness:
    """Return the stillness after one more picture."""
    last = stillness.last
    if last is None:
        return Stillness(sight)
    same_bytes = stillness.same_bytes + 1 if sight.digest == last.digest else 0
    differs = any(abs(a - b) > 1 for a, b in zip(sight.thumbnail, last.thumbnail, strict=True))
    return Stillness(sight, same_bytes, 0 if differs else stillness.same_picture + 1)


def is_frozen(stillness: Stillness, limits: SightLimits) -> bool:
    """Return whether the camera repeats itself."""
    return stillness.same_bytes >= limits.frozen_after or stillness.same_picture >= limits.still_after
