"""Read the newest whole picture of a live stream (RTSP, RTMP, UDP, HLS) with PyAV."""

from __future__ import annotations

import asyncio
import errno
import threading
import time
from typing import Any, Final

from ..errors import SnapshotError, without_origin
from ..imaging.visibility import THUMBNAIL, PictureDigest, VisibilityLimits, is_dark
from . import reasons
from .address import with_quoted_login
from .frames import as_jpeg, load
from .key_frames import KeyFrames
from .newest import Newest
from .source import ReadOptions

AGAIN_AFTER = 5.0
READ_TIMEOUT = 10.0
DARK_AT_FIRST = 3.0
"""Seconds for which a stream may be dark after connecting."""
LIMITS: Final = VisibilityLimits()
SECURE = ("https", "rtsps", "rtmps")


class StreamSource:
    """Reads a stream on a thread of its own, keeps the decoder open, and keeps the newest whole picture.

    A broken stream is opened again.
    """

    live = True
    is_stream = True

    def __init__(self, url: str, options: ReadOptions | None = None) -> None:
        """Begin to read; raises BadSetting without PyAV."""
        self._av = load()
        self._options = options or ReadOptions()
        self._url = with_quoted_login(url, self._options.login)
        self._is_verified = self._url.lower().startswith(SECURE) and self._options.trust.verify
        self._changed = threading.Condition()
        self._newest: Newest | None = None
        self._key_frames = KeyFrames()
        self._problem: SnapshotError | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._read, name="failwatch-stream", daemon=True)
        self._thread.start()

    async def snapshot(self) -> bytes:
        """Return the newest picture, if it is recent."""
        return await asyncio.to_thread(self._take)

    async def close(self) -> None:
        """End the reading."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        await asyncio.to_thread(self._thread.join, READ_TIMEOUT + 1)

    def _take(self) -> bytes:
        silence = self._options.silence
        with self._changed:
            self._changed.wait_for(lambda: self._newest or self._problem or self._closing, silence)
            newest, problem = self._newest, self._problem
        if newest is None or newest.is_old(time.monotonic()):
            raise without_origin(problem) if problem else reasons.no_answer(silence)
        return as_jpeg(newest.frame)

    def _read(self) -> None:
        while not self._closing:
            try:
                if self._read_until_it_breaks():
                    continue
                problem = SnapshotError("The stream has ended.")
            except (self._av.FFmpegError, IndexError, ValueError) as error:
                problem = self._reason(error)
            with self._changed:
                self._problem = problem
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._closing, AGAIN_AFTER)

    def _read_until_it_breaks(self) -> bool:
        """Read until the stream breaks; return whether to open it again at once."""
        # TCP loses nothing; UDP is used for cameras without it.
        options = {"rtsp_flags": "prefer_tcp"} if self._url.lower().startswith("rtsp") else {}
        if self._url.lower().startswith(SECURE):
            options |= self._options.trust.ffmpeg_options()
        with self._av.open(self._url, options=options, timeout=READ_TIMEOUT) as container:
            stream = container.streams.video[0]
            stream.codec_context.flags |= self._av.codec.context.Flags.low_delay
            patience = time.monotonic() + DARK_AT_FIRST
            self._key_frames.begin()
            for packet in container.demux(stream):
                now = time.monotonic()
                if self._closing or self._key_frames.is_lost(now):
                    return not self._closing
                if not self._key_frames.needs(packet.is_keyframe, now):
                    continue
                for frame in self._decoded(packet):
                    if frame.is_corrupt or (time.monotonic() < patience and _looks_dark(frame)):
                        continue
                    patience = 0.0
                    self._keep(frame)
        return False

    def _decoded(self, packet: Any) -> list[Any]:
        """Return the frames of a packet, none if it is damaged."""
        try:
            return list(packet.decode())
        except self._av.InvalidDataError:
            return []

    def _keep(self, frame: Any) -> None:
        now = time.monotonic()
        with self._changed:
            self._newest = self._newest.followed_by(frame, now) if self._newest else Newest(frame, now)
            self._problem = None
            self._changed.notify_all()

    def _reason(self, error: Exception) -> SnapshotError:
        """Return why the stream broke. The error's own text may contain the address with a password."""
        av = self._av
        if isinstance(error, IndexError):
            return SnapshotError("The stream has no pictures.")
        if isinstance(error, av.HTTPUnauthorizedError):
            return reasons.of_status(401, with_login="@" in self._url)
        if isinstance(error, av.HTTPForbiddenError):
            return reasons.of_status(403, with_login=True)
        if isinstance(error, av.HTTPNotFoundError):
            return reasons.of_status(404, with_login=True)
        if isinstance(error, av.HTTPServerError):
            return reasons.of_status(500, with_login=True)
        if isinstance(error, av.ProtocolNotFoundError):
            return SnapshotError("Streams of this kind cannot be read here.")
        if isinstance(error, (av.InvalidDataError, ValueError)):
            return SnapshotError("What answers at the camera's address is no stream.")
        if isinstance(error, OSError) and error.errno == errno.EIO and self._is_verified:
            return SnapshotError("The certificate is not trusted, or there is no secure connection.")
        if isinstance(error, OSError) and error.errno:
            return reasons.of_error(OSError(error.errno, ""), READ_TIMEOUT)
        return SnapshotError("The stream broke off.")


def _looks_dark(frame: Any) -> bool:
    small = frame.reformat(width=THUMBNAIL, height=THUMBNAIL, format="gray").to_image()
    return is_dark(PictureDigest(b"", small.tobytes()), LIMITS)
