"""The newest picture of a live stream such as RTSP."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

from ...engine.errors import SnapshotError
from .frames import as_jpeg, load

FIRST_FRAME = 20.0
AGAIN_AFTER = 5.0
STALE_AFTER = 30.0
READ_TIMEOUT = 10.0


class StreamSource:
    """Reads a stream on a thread of its own and keeps the newest key frame.

    Only key frames are decoded, which costs next to nothing. A stream that breaks is opened again.
    """

    live = True

    def __init__(self, url: str) -> None:
        """Begin to read; raises BadSetting without PyAV."""
        self._av = load()
        self._url = url
        self._changed = threading.Condition()
        self._newest: tuple[Any, float] | None = None
        self._problem = ""
        self._closing = False
        self._thread = threading.Thread(target=self._read, name="failwatch-stream", daemon=True)
        self._thread.start()

    async def snapshot(self) -> bytes:
        """Return the newest picture, if it is of now."""
        return await asyncio.to_thread(self._take)

    async def close(self) -> None:
        """End the reading."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        await asyncio.to_thread(self._thread.join, READ_TIMEOUT + 1)

    def _take(self) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._newest or self._problem or self._closing, FIRST_FRAME)
            newest, problem = self._newest, self._problem
        if newest is None or time.monotonic() - newest[1] > STALE_AFTER:
            raise SnapshotError(f"The stream gives no picture: {problem or 'none has come yet'}.")
        return as_jpeg(newest[0])

    def _read(self) -> None:
        while not self._closing:
            try:
                self._read_until_it_breaks()
                problem = "it has ended"
            except (self._av.FFmpegError, IndexError) as error:
                # The error's text may hold the address, and the address a password.
                problem = getattr(error, "strerror", None) or "it has no pictures"
            with self._changed:
                self._problem = problem
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._closing, AGAIN_AFTER)

    def _read_until_it_breaks(self) -> None:
        options = {"rtsp_transport": "tcp"} if self._url.lower().startswith("rtsp") else {}
        with self._av.open(self._url, options=options, timeout=READ_TIMEOUT) as container:
            stream = container.streams.video[0]
            stream.codec_context.skip_frame = "NONKEY"
            for frame in container.decode(stream):
                with self._changed:
                    self._newest = (frame, time.monotonic())
                    self._changed.notify_all()
                if self._closing:
                    return
