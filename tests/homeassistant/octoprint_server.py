"""An OctoPrint with the FailWatch plugin, as far as the network shows it."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.failwatch.engine.serialization import to_json
from custom_components.failwatch.engine.watch.state import Event, WatchState
from stack.processes import free_port
from tests.patience import PATIENCE

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
    regions: list[dict[str, Any]] = field(default_factory=list)
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
    instance: str = ""
    machine: str = ""
    recent: list[Event] = field(default_factory=list)
    version_text: str = "OctoPrint 1.11.8"
    page: str = "<html><head><title>OctoPrint</title></head></html>"
    door: tuple[str, str] | None = None  # user and password of a server in front of it
    path: str = ""
    redirects_to: str = ""
    seen_keys: list[str] = field(default_factory=list)
    app_keys: bool = True
    endless: bool = False
    silent: bool = False
    greets: bool = True
    sent: int = 0
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self._sockets: set[web.WebSocketResponse] = set()
        self._authorised = asyncio.Event()
        app = web.Application(middlewares=[self._at_the_door, self._headers])
        app.router.add_get("/", self._front_page)
        app.router.add_get("/api/version", self._version)
        app.router.add_get("/moved", self._moved)
        app.router.add_post("/moved", self._moved)
        app.router.add_get("/plugin/appkeys/probe", self._probe)
        app.router.add_post("/plugin/appkeys/request", self._request_key)
        app.router.add_get("/plugin/appkeys/request/{token}", self._decision)
        app.router.add_post("/api/login", self._login)
        app.router.add_get("/api/plugin/failwatch", self._report)
        app.router.add_post("/api/plugin/failwatch", self._command)
        app.router.add_post("/api/job", self._job)
        app.router.add_get("/plugin/failwatch/tagged.jpg", self._picture)
        app.router.add_get("/plugin/failwatch/frame.jpg", self._picture)
        app.router.add_get("/plugin/failwatch/prints", self._prints)
        app.router.add_get("/plugin/failwatch/prints/{print_id}", self._course)
        app.router.add_get("/plugin/failwatch/prints/{print_id}/{frame_id}.jpg", self._picture)
        app.router.add_get("/sockjs/websocket", self._socket)
        if self.path:
            outer = web.Application(middlewares=[self._at_the_door])
            outer.add_subapp(self.path, app)
            app = outer
        self.server = TestServer(app, host="127.0.0.1", port=self.port)

    @property
    def url(self) -> str:
        return str(self.server.make_url(self.path or "/"))

    async def start(self) -> None:
        await self.server.start_server()

    async def stop(self) -> None:
        await self.drop()
        await self.server.close()

    async def restart(self) -> None:
        """Come back at the same address."""
        self.__post_init__()
        await self.server.start_server()

    async def drop(self) -> None:
        """Close every push socket."""
        for socket in list(self._sockets):
            await socket.close()
        self._authorised.clear()

    async def connected(self) -> None:
        """Wait until somebody listens to the push socket."""
        async with asyncio.timeout(PATIENCE):
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
                **self._of_a_new_plugin(),
            }
        )

    async def send_plugin(self, data: Mapping[str, Any]) -> None:
        await self.send({"plugin": {"plugin": "failwatch", "data": data}})

    async def send(self, content: Any) -> None:
        for socket in list(self._sockets):
            await socket.send_str(content if isinstance(content, str) else json.dumps(content))

    @web.middleware
    async def _at_the_door(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """What a server in front of OctoPrint does."""
        self.seen_keys.append(request.headers.get("X-Api-Key", ""))
        if self.redirects_to:
            raise web.HTTPFound(self.redirects_to + request.path_qs)
        key = None if self.door is None else b64encode(":".join(self.door).encode()).decode()
        if key is not None and request.headers.get("Authorization") != f"Basic {key}":
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="door"'})
        response: web.StreamResponse = await handler(request)
        return response

    @web.middleware
    async def _headers(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.failing:
            return web.Response(status=self.failing, text="<html>")
        open_paths = tuple(self.path + one for one in ("/plugin/appkeys", "/sockjs"))
        is_open = request.path.startswith(open_paths) or request.path in ("/", self.path, f"{self.path}/")
        if not is_open and request.headers.get("X-Api-Key") != self.key:
            # A POST with an unknown key is taken for one that a web page forged.
            return web.Response(status=400 if request.method == "POST" else 403, text="<html>")
        if "failwatch" in request.path and not self.plugin:
            raise web.HTTPNotFound
        if "failwatch" in request.path and self.silent:
            await asyncio.sleep(3600)
        if "failwatch" in request.path and self.endless:
            return await self._without_end(request)
        response: web.StreamResponse = await handler(request)
        return response

    async def _front_page(self, request: web.Request) -> web.Response:
        return web.Response(text=self.page, content_type="text/html", headers={"Server": "TornadoServer"})

    async def _version(self, request: web.Request) -> web.Response:
        return web.json_response({"api": "0.1", "server": "1.11.8", "text": self.version_text})

    async def _moved(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/api/plugin/failwatch")

    async def _without_end(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        chunk = b" " * 2**20
        # Without waiting for the buffer inside of aiohttp: a wait that the client cuts off is reported as an error
        # of the test.
        transport = request.transport
        for _ in range(1024):
            while transport is not None and transport.get_write_buffer_size() > len(chunk):
                await asyncio.sleep(0.001)
            if transport is None or transport.is_closing():
                break
            transport.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            self.sent += len(chunk)
        return response

    async def _probe(self, request: web.Request) -> web.Response:
        return web.Response(status=204 if self.app_keys else 404)

    async def _request_key(self, request: web.Request) -> web.Response:
        assert (await request.json()) == {"app": "FailWatch"}
        if not self.app_keys:
            raise web.HTTPNotFound
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
                **self._of_a_new_plugin(events=to_json(self.recent), machine=self.machine),
            }
        )

    def _of_a_new_plugin(self, **told: Any) -> dict[str, Any]:
        return {"instance": self.instance, **told} if self.instance else {}

    async def _command(self, request: web.Request) -> web.Response:
        command = await request.json()
        if command.get("instance", self.instance) != self.instance:
            return web.json_response({"error": "for another"}, status=412)
        command.pop("instance", None)
        self.commands.append(command)
        if command["command"] == "job":
            return web.Response(status=self.job_status)
        if self.commands[-1]["command"] in self.forbidden:
            raise web.HTTPForbidden
        if self.complaint:
            return web.json_response({"error": self.complaint}, status=400)
        if answer := self._answer(self.commands[-1]):
            return web.json_response(answer)
        return web.Response(status=204)

    async def _job(self, request: web.Request) -> web.Response:
        self.jobs.append(await request.json())
        return web.Response(status=self.job_status)

    async def _prints(self, request: web.Request) -> web.Response:
        return web.json_response({"prints": self.prints, "bytes": 1000})

    async def _picture(self, request: web.Request) -> web.Response:
        self.pictures += 1
        return web.Response(body=JPEG, content_type="image/jpeg")

    def add_print(self, print_id: str, name: str) -> None:
        """Record a print of one frame."""
        self.prints.append(
            {
                "print_id": print_id,
                "printer_id": "printer-1",
                "printer_name": self.printer,
                "name": name,
                "source": "octoprint",
                "started_at": 990.0,
                "ended_at": None,
                "outcome": "",
                "level": "none",
                "frames": 1,
                "pictures": 1,
                "label": None,
            }
        )

    async def _course(self, request: web.Request) -> web.Response:
        print_id, _, ending = request.match_info["print_id"].partition(".")
        record = next((one for one in self.prints if one["print_id"] == print_id), None)
        if record is None:
            raise web.HTTPNotFound
        if ending:
            return web.Response(text="time,p\n")
        frame = [1, 1000.0, 0.1, 0.1, "none", [""], {"": []}, 0.02, 0.4]
        return web.json_response({"print": record, "frames": [frame], "marks": [], "rules": []})

    def _answer(self, command: dict[str, Any]) -> dict[str, Any] | None:
        if command["command"] == "regions":
            if "polygons" in command:
                self.regions = [{"camera": command["camera"], "polygons": command["polygons"]}]
            return {"regions": self.regions}
        if command["command"] in ("usual", "forget_usual"):
            known = {"name": "", "title": "Classic", "frames": 12, "hidden": 0.0}
            return {"cameras": [{**known, "columns": 1, "rows": 1, "cells": []}]}
        return None

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        if not self.answers_sockets:
            raise web.HTTPNotFound
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if not self.greets:
            await socket.close()
            return socket
        self._sockets.add(socket)
        try:
            if self.silent:
                await socket.receive()
                return socket
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
