"""Pictures of a video file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from ..errors import BadSetting, SnapshotError
from .frames import as_jpeg, load
from .source import SourceEnded

ROUNDING = 1e-6
"""What makes 0.3 seconds three times 0.1, whatever they are in floating point."""


class VideoSource:
    """Gives a frame for every `interval` seconds of the film, or every frame if that is 0."""

    live = False

    def __init__(self, path: Path, interval: float) -> None:
        """Open the file; raises BadSetting."""
        self._av = load()
        try:
            self._container = self._av.open(str(path))
            self._stream = self._container.streams.video[0]
        except (self._av.FFmpegError, IndexError) as error:
            raise BadSetting(f"{path.name} is no video that can be read.") from error
        self._stream.thread_type = "AUTO"
        self._pictures = self._decode(interval)

    async def snapshot(self) -> bytes:
        """Return the next picture."""
        try:
            picture = await asyncio.to_thread(next, self._pictures, None)
        except self._av.FFmpegError as error:
            raise SnapshotError(f"The video cannot be read on: {error.strerror}") from error
        if picture is None:
            raise SourceEnded("The video is over.")
        return picture

    async def close(self) -> None:
        """Close the file."""
        self._container.close()

    def _decode(self, interval: float) -> Iterator[bytes]:
        first: float | None = None
        due = 0
        for frame in self._container.decode(self._stream):
            at = frame.time or 0.0
            first = at if first is None else first  # a film that was cut out of a longer one begins later
            number = int((at - first) / interval + ROUNDING) if interval else due
            if number >= due:
                due = number + 1
                yield as_jpeg(frame)
