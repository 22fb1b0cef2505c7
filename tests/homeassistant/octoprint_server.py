"""An OctoPrint with the FailWatch plugin, as far as the network shows it."""

import asyncio
import json
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.failwatch.engine.serialization import to_json
from custom_components.failwatch.engine.watch.state import Event, WatchState

UUID = "5b5d22e2-5d6f-4f8f-9c0e-1f0a7c1b2d3e"
KEY = "F3DE0B6E1A3A4F0F8B6F4D2B5F0E7A91"
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(64))

type Linked = Callable[[], Coroutine[Any, Any, MockConfigEntry]]
"""Sets a link to the server up, and returns its entry once it listens."""


@dataclass
class OctoPrintServer:
    """Answers as OctoPrint 1.11 does; what it was asked is kept for the test."""

    key: str = KEY
    uuid: str = UUID
    printer: str = "Ender 3"
    version: str = "0.1.0"
    plugin: bool = True
    decision: str = "pending"  # pending, allowed, denied
    requests_left: int = 3
    watching: bool = True
    rules: dict[str, Any] = field(default_factory=lambda: {"name": "failwatch", "numbers": {}})
    state: WatchState = field(default_factory=lambda: WatchState(printer_id="printer-1"))
    prints: list[dict[str, Any]] = field(default_factory=list)
    commands: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    job_status: int = 204
    complaint: str = ""
    now: float | None = None
    login_override: dict[str, Any] | None = None
    answers_sockets: bool = True
    forbidden: Collection[str] = ()
    failing: int = 0
    pictures: int = 0
    logins: int = 0
    subscriptions: list[Any] = field(default_factory=list)
    report_override: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        self._sockets: set[web.WebSocketResponse] = set()
        self._authorised = asyncio.Event()
        app = web.Application(middlewares=[self._headers])
        app.router.add_get("/plugin/appkeys/probe", self._probe)
        app.router.add_post("/plugin/appkeys/request", self._request_key)
        app.router.add_get("/plugin/appkeys/request/{token}", self._decision)
        app.router.add_post("/api/login", self._login)
        app.router.add_get("/api/plugin/failwatch", self._report)
        app.router.add_post("/api/plugin/failwatch", self._command)
        app.router.add_post("/api/job", self._job)
        app.router.add_get("/plugin/failwatch/tagged.jpg", self._picture)
        app.router.add_get("/plugin/failwatch/prints", self._prints)
        app.router.add_get("/sockjs/websocket", self._socket)
        self.server = TestServer(app, host="127.0.0.1")

    @property
    def url(self) -> str:
        return str(self.server.make_url("/"))

    async def start(self) -> None:
        await self.server.start_server()

    async def stop(self) -> None:
        await self.drop()
        await self.server.close()

    async def restart(self) -> None:
        """Come back at the same address."""
        port = self.server.port
        self.__post_init__()
        self.server = TestServer(self.server.app, host="127.0.0.1", port=port)
        await self.server.start_server()

    async def drop(self) -> None:
        """Close every push socket."""
        for socket in list(self._sockets):
            await socket.close()
        self._authorised.clear()

    async def connected(self) -> None:
        """Wait until somebody listens to the push socket."""
        async with asyncio.timeout(60):
            await self._authorised.wait()

    async def push(self, *, state: WatchState | None = None, events: Sequence[Event] = ()) -> None:
        """Tell the listeners."""
        if state is not None:
            self.state = state
        await self.send_plugin(
            {
                "type": "update",
                "watching": self.watching,
                "rules": self.rules,
                "state": to_json(self.state),
                "events": to_json(list(events)),
                **({} if self.now is None else {"now": self.now}),
            }
        )

    async def send_plugin(self, data: Mapping[str, Any]) -> None:
        await self.send({"plugin": {"plugin": "failwatch", "data": data}})

    async def send(self, content: Any) -> None:
        for socket in list(self._sockets):
            await socket.send_str(content if isinstance(content, str) else json.dumps(content))

    @web.middleware
    async def _headers(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.failing:
            return web.Response(status=self.failing, text="<html>")
        open_paths = ("/plugin/appkeys", "/sockjs")
        if not request.path.startswith(open_paths) and request.headers.get("X-Api-Key") != self.key:
            # A POST with an unknown key is taken for one that a web page forged.
            return web.Response(status=400 if request.method == "POST" else 403, text="<html>")
        if "failwatch" in request.path and not self.plugin:
            raise web.HTTPNotFound
        response: web.StreamResponse = await handler(request)
        return response

    async def _probe(self, request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def _request_key(self, request: web.Request) -> web.Response:
        assert (await request.json()) == {"app": "FailWatch"}
        if not self.requests_left:
            return web.Response(status=429)
        self.requests_left -= 1
        return web.json_response({"app_token": "APPTOKEN", "auth_dialog": "x"}, status=201)

    async def _decision(self, request: web.Request) -> web.Response:
        assert request.match_info["token"] == "APPTOKEN"
        if self.decision == "pending":
            return web.json_response({"message": "Awaiting decision"}, status=202)
        if self.decision == "allowed":
            return web.json_response({"api_key": self.key})
        raise web.HTTPNotFound

    async def _login(self, request: web.Request) -> web.Response:
        assert await request.json() == {"passive": True}
        self.logins += 1
        if self.login_override is not None:
            return web.json_response(self.login_override)
        return web.json_response({"name": "admin", "session": f"session{self.logins}"})

    async def _report(self, request: web.Request) -> web.Response:
        return web.json_response(
            self.report_override
            or {
                "version": self.version,
                "uuid": self.uuid,
                "printer": {"id": self.state.printer_id, "name": self.printer},
                "detector": {"kind": "built_in", "name": "Built-in detector"},
                "watching": self.watching,
                "rules": self.rules,
                "state": to_json(self.state),
                **({} if self.now is None else {"now": self.now}),
            }
        )

    async def _command(self, request: web.Request) -> web.Response:
        self.commands.append(await request.json())
        if self.commands[-1]["command"] in self.forbidden:
            raise web.HTTPForbidden
        if self.complaint:
            return web.json_response({"error": self.complaint}, status=400)
        return web.Response(status=204)

    async def _job(self, request: web.Request) -> web.Response:
        self.jobs.append(await request.json())
        return web.Response(status=self.job_status)

    async def _prints(self, request: web.Request) -> web.Response:
        return web.json_response({"prints": self.prints, "bytes": 1000})

    async def _picture(self, request: web.Request) -> web.Response:
        self.pictures += 1
        return web.Response(body=JPEG, content_type="image/jpeg")

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        if not self.answers_sockets:
            raise web.HTTPNotFound
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await socket.send_json({"connected": {"version": "1.11.8"}})
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
                content = json.loads(message.data)
                if "subscribe" in content:
                    self.subscriptions.append(content["subscribe"])
                if "auth" in content:
                    assert content["auth"] == f"admin:session{self.logins}"
                    self._authorised.set()
        finally:
            self._sockets.discard(socket)
        return socket
