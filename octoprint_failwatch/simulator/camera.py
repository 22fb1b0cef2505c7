"""Serve the simulated camera at the two addresses that webcam programs have."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import web

from .frames import Frames
from .position import Position

STREAM_INTERVAL = 0.5
"""Seconds between two pictures of a stream."""
BOUNDARY = "frame"


class Camera:
    """Takes pictures of a simulated print; only snapshots count, a stream shows without taking part."""

    def __init__(self, frames: Frames, position: Position) -> None:
        """Show these frames at the position that the print has."""
        self._frames = frames
        self._position = position
        self._number = 0

    def application(self) -> web.Application:
        """Return the server: `/snapshot.jpg` and `/stream.mjpg`."""
        application = web.Application()
        application.router.add_get("/snapshot.jpg", self._snapshot)
        application.router.add_get("/stream.mjpg", self._stream)
        return application

    async def _snapshot(self, _request: web.Request) -> web.Response:
        number = self._number
        self._number += 1
        return web.Response(
            body=await self._picture(number),
            content_type="image/jpeg",
            headers={"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"},
        )

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={
                "Content-Type": f"multipart/x-mixed-replace; boundary={BOUNDARY}",
                "Cache-Control": "no-store",
            }
        )
        await response.prepare(request)
        # A viewer who leaves is no error.
        with contextlib.suppress(ConnectionError):
            while True:
                picture = await self._picture(max(0, self._number - 1))
                header = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
                await response.write(header.encode() + picture + b"\r\n")
                await asyncio.sleep(STREAM_INTERVAL)
        return response

    async def _picture(self, number: int) -> bytes:
        progress = await self._position.progress(number)
        return await asyncio.to_thread(self._frames.render, progress, number)
