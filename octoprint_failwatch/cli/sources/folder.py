"""Pictures of a folder, in the order of their names."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from ...engine.errors import BadSetting, SnapshotError
from .source import SourceEnded

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}


class FolderSource:
    """Gives each picture once."""

    live = False

    def __init__(self, folder: Path) -> None:
        """Find the pictures; raises BadSetting if there is none."""
        pictures = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
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
        """Hold nothing."""
