"""Shared by the tests of what clients send: a service that notes requests, and what they are compared with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import aiohttp
from aiohttp import web
from yarl import URL

from octoprint_failwatch.engine.clients.hacarus import NewAnnotation

Call: TypeAlias = tuple[Callable[[Any], Awaitable[Any]], Any, tuple[Any, ...]]
"""What is called, the reply to it, and the request that it must be."""

MODEL = {"model_id": "7"}
PLACE = NewAnnotation(1, 2, 9, 8, label=1, notes="here")


@dataclass
class Service:
    """Notes each request and gives the next reply; the last one repeats."""

    replies: list[Any] = field(default_factory=lambda: [{}])
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer: with a status alone, with bytes, or with JSON."""
        asked: tuple[Any, ...] = (request.method, request.path_qs)
        if request.content_type == "multipart/form-data":
            asked = (*asked, [part async for part in self._parts(request)])
        elif request.content_type == "application/x-www-form-urlencoded":
            asked = (*asked, dict(await request.post()))
        elif request.can_read_body:
            asked = (*asked, await request.json())
        if request.path.endswith("/api/auth/token"):
            return web.json_response({"access_token": "token"})
        self.asked.append(asked)
        self.headers.append(request.headers)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, int):
            return web.Response(status=reply)
        return web.Response(body=reply) if isinstance(reply, bytes) else web.json_response(reply)

    async def _parts(self, request: web.Request) -> AsyncIterator[tuple[Any, ...]]:
        async for part in await request.multipart():
            assert isinstance(part, aiohttp.BodyPartReader)
            kind = part.headers.get("Content-Type", "").partition(";")[0]
            yield part.name, part.filename, kind, bytes(await part.read())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[tuple[aiohttp.ClientSession, URL]]:
        """Serve."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = URL.build(scheme="http", host="127.0.0.1", port=runner.addresses[0][1])
            async with aiohttp.ClientSession() as session:
                yield session, url
        finally:
            await runner.cleanup()


def form(*fields: tuple[str, str]) -> list[tuple[Any, ...]]:
    """Return the parts of a form that fields make."""
    return [(name, None, "text/plain", value.encode()) for name, value in fields]
