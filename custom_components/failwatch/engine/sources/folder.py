"""Pictures of a folder, in natural order: frame2 before frame10."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

from ..errors import BadSetting, SnapshotError
from .source import SourceEnded

SUFFIXES = {
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp"),
    *(".gif", ".tif", ".tiff", ".avif", ".heic", ".heif"),
}
"""What counts as a picture in a folder."""


class FolderSource:
    """Returns each picture once."""

    live = False

    def __init__(self, folder: Path) -> None:
        """Find the pictures; raises BadSetting if there are none."""
        try:
            pictures = sorted(filter(is_picture, folder.iterdir()), key=natural)
        except OSError as error:
            raise BadSetting(f"{folder} cannot be read: {error.strerror}.") from error
        if not pictures:
            raise BadSetting(f"There is no picture in {folder}.")
        self._pictures: Iterator[Path] = iter(pictures)

    async def snapshot(self) -> bytes:
        """Return the next picture."""
        path = next(self._pictures, None)
        if path is None:
            raise SourceEnded("That was the last picture.")
        try:
            return await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise SnapshotError(f"{path.name}: {error.strerror}") from error

    async def close(self) -> None:
        """Nothing to close."""


def is_picture(path: Path) -> bool:
    """Return whether a file's name is that of a picture; hidden files do not count."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def natural(path: Path) -> list[tuple[int, int, str]]:
    """Return what paths are sorted by: numbers in them count as numbers."""
    parts = re.split(r"(\d+)", str(path).casefold())
    return [(0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts]
