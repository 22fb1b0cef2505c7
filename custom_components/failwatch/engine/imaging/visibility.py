"""Check that a camera can see: its picture opens, is not dark, and is not frozen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from .jpeg import decode

THUMBNAIL = 32
BLANK_CONTRAST = 0.02
"""Contrast below which a picture is of one colour, as the first ones of some streams are: grey, green or white."""


@dataclass(frozen=True, slots=True)
class PictureDigest:
    """A digest of a picture's bytes and a small grey copy, to compare pictures."""

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
class VisibilityLimits:
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
class FreezeCounter:
    """Counts how many pictures in a row are the same."""

    last: PictureDigest | None = None
    same_bytes: int = 0
    same_picture: int = 0


def examine(picture: bytes) -> PictureDigest:
    """Return the digest of a picture; raises BadPicture. Takes milliseconds: not for an event loop."""
    grey = decode(picture, max_side=THUMBNAIL * 4).convert("L").resize((THUMBNAIL, THUMBNAIL))
    return PictureDigest(hashlib.sha256(picture).digest(), grey.tobytes())


def is_dark(digest: PictureDigest, limits: VisibilityLimits) -> bool:
    """Return whether the picture is too dark to see anything."""
    return digest.brightness < limits.dark_below and digest.contrast < limits.dark_contrast


def shows_nothing(digest: PictureDigest, limits: VisibilityLimits) -> bool:
    """Return whether a stream's picture is dark or of one colour: its camera may only have begun."""
    return is_dark(digest, limits) or digest.contrast < BLANK_CONTRAST


def follow(frozen: FreezeCounter, digest: PictureDigest) -> FreezeCounter:
    """Return the count after one more picture."""
    last = frozen.last
    if last is None:
        return FreezeCounter(digest)
    same_bytes = frozen.same_bytes + 1 if digest.digest == last.digest else 0
    differs = any(abs(a - b) > 1 for a, b in zip(digest.thumbnail, last.thumbnail, strict=True))
    return FreezeCounter(digest, same_bytes, 0 if differs else frozen.same_picture + 1)


def is_frozen(frozen: FreezeCounter, limits: VisibilityLimits) -> bool:
    """Return whether the camera keeps giving the same picture."""
    return frozen.same_bytes >= limits.frozen_after or frozen.same_picture >= limits.still_after
