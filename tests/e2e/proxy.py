"""A server in front of OctoPrint, as homes have them: with a login, below a path, with or without websockets."""

import asyncio
import contextlib
from base64 import b64encode
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp
from aiohttp import web

HOP_BY_HOP = {"connection", "host", "transfer-encoding", "content-length", "content-encoding", "upgrade"}


@dataclass
class Proxy:
    """Passes on what it is asked, unless it must not."""

    session: aiohttp.ClientSession
    target: str
    path: str = ""
    login: tuple[str, str] | None = None
    passes_websockets: bool = True

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", f"{self.path}/{{rest:.*}}", self._pass_on)
        return app

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        if self.login is not None:
            wanted = f"Basic {b64encode(':'.join(self.login).encode()).decode()}"
            if request.headers.get("Authorization") != wanted:
                door = {"WWW-Authenticate": 'Basic realm="Workshop"'}
                return web.Response(status=HTTPStatus.UNAUTHORIZED, headers=door)
        headers = {key: value for key, value in request.headers.items() if key.lower() not in HOP_BY_HOP}
        headers.pop("Authorization", None)
        headers |= {"X-Script-Name": self.path, "X-Forwarded-Host": request.host, "X-Scheme": "http"}
        url = f"{self.target}/{request.match_info['rest']}"
        is_websocket = request.headers.get("Upgrade", "").lower() == "websocket"
        if is_websocket and self.passes_websockets:
            return await self._tunnel(request, url)
        async with self.session.request(
            request.method,
            url,
            params=request.query,
            headers=headers,
            data=await request.read(),
            allow_redirects=False,
        ) as answer:
            kept = {key: value for key, value in answer.headers.items() if key.lower() not in HOP_BY_HOP}
            return web.Response(status=answer.status, headers=kept, body=await answer.read())

    async def _tunnel(self, request: web.Request, url: str) -> web.WebSocketResponse:
        near = web.WebSocketResponse()
        await near.prepare(request)
        async with self.session.ws_connect(url, params=request.query) as far:
            pumps = [asyncio.create_task(_pump(near, far)), asyncio.create_task(_pump(far, near))]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
        return near


Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def _pump(source: Socket, sink: Socket) -> None:
    with contextlib.suppress(ConnectionError):
        async for message in source:
            await sink.send_str(message.data)
