"""A real OctoPrint with its virtual printer, driven through its own API."""

import json
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import aiohttp

from environments import OCTOPRINT

from .gcode import NOZZLE
from .processes import Program, ProgramError

USER = "demo"
PASSWORD = "failwatch"
# These would ask the internet for news and updates; nothing here depends on them.
SILENCED = ["announcements", "softwareupdate", "tracking", "firmware_check", "pi_support"]


class Installed(Protocol):
    """An environment that OctoPrint is installed in."""

    @property
    def name(self) -> str:
        """What it is called."""

    def program(self, name: str) -> str:
        """Return the path of a program in it."""


class OctoPrint:
    """An OctoPrint in a folder of its own."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        folder: Path,
        port: int,
        *,
        snapshot_url: str = "",
        stream_url: str = "",
        failwatch: dict[str, Any] | None = None,
        clock_speed: float = 1.0,
        environment: Installed = OCTOPRINT,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare its paths and settings; nothing is written before `create`."""
        self.url = f"http://127.0.0.1:{port}"
        self.key = ""
        self.folder = folder
        self._session = session
        self._environment = environment
        self._config = _config(port, snapshot_url, stream_url, failwatch or {})
        # OctoPrint looks for plugins and writes caches below the home folder: keep that apart too.
        own = {"HOME": str(folder), "FAILWATCH_CLOCK_SPEED": str(clock_speed), **(variables or {})}
        self.program = Program(
            "OctoPrint", [*self._command(), "serve", "--iknowwhatimdoing"], folder / "console.log", own
        )

    def create(self) -> None:
        """Write the configuration and make the user that may do everything."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # JSON is YAML, and needs no library.
        (self.folder / "config.yaml").write_text(json.dumps(self._config, indent=1))
        (self.folder / "users.yaml").write_text(_users(self._environment.program("octoprint")))

    async def start(self) -> None:
        """Start it, wait until it answers, and take an application key."""
        self.program.start()
        await self.program.until(self._answers)
        if not self.key:
            self.key = await self.new_key("FailWatch demo")
        await self.program.until(self._watches)

    async def new_key(self, application: str) -> str:
        """Return a new application key, made as the user does in the settings."""
        async with self._logged_in() as session:
            request = {"command": "generate", "app": application}
            answer = await session.post(f"{self.url}/api/plugin/appkeys", json=request)
            return str((await answer.json())["api_key"])

    async def revoke_keys(self, application: str) -> None:
        """Withdraw an application's keys, as the user does in the settings."""
        async with self._logged_in() as session:
            request = {"command": "revoke", "app": application}
            await session.post(f"{self.url}/api/plugin/appkeys", json=request)

    @asynccontextmanager
    async def _logged_in(self) -> AsyncIterator[aiohttp.ClientSession]:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar, raise_for_status=True) as session:
            # The log-in page is what hands out the cookie that forged requests lack.
            await session.get(f"{self.url}/login/")
            token = next(cookie.value for cookie in jar if cookie.key.startswith("csrf_token"))
            session.headers["X-CSRF-Token"] = token
            login = {"user": USER, "pass": PASSWORD, "remember": False}
            await session.post(f"{self.url}/api/login", json=login)
            yield session

    async def get(self, path: str) -> Any:
        """Return the JSON answer of a path such as /api/job."""
        return await self._request("GET", path)

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send JSON to a path; returns the answer's JSON, None if it has none."""
        return await self._request("POST", path, json=body)

    async def failwatch(self) -> dict[str, Any]:
        """Return what the plugin says of itself and of its watch."""
        return dict(await self.get("/api/plugin/failwatch"))

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """Yield the watch's states as the plugin pushes them to browsers."""
        login = await self.post("/api/login", {"passive": True})
        async with self._session.ws_connect(f"{self.url}/sockjs/websocket") as socket:
            await socket.send_json({"auth": f"{login['name']}:{login['session']}"})
            yield self._states(socket)

    async def _states(self, socket: aiohttp.ClientWebSocketResponse) -> AsyncIterator[dict[str, Any]]:
        async for message in socket:
            sent = message.json().get("plugin")
            if sent and sent["plugin"] == "failwatch" and sent["data"].get("type") == "update":
                yield sent["data"]["state"]

    async def finish_wizards(self) -> None:
        """Mark the first-run dialogs as seen."""
        wizards = await self.get("/api/setup/wizard")
        await self.post("/api/setup/wizard", {"handled": list(wizards)})

    async def connect_printer(self) -> None:
        """Connect the virtual printer and heat it."""
        request: dict[str, Any] = {"command": "connect", "port": "VIRTUAL"}
        if self.is_version_2:
            parameters = {"port": "VIRTUAL", "baudrate": 115200}
            request = {"command": "connect", "connector": "serial", "parameters": parameters}
        await self.post("/api/connection", request)
        await self.program.until(lambda: self.flag("operational"))
        # A print must not wait for it later.
        await self.post("/api/printer/tool", {"command": "target", "targets": {"tool0": NOZZLE}})

    async def print_file(self, name: str, gcode: str) -> None:
        """Upload G-code and print it."""
        form = aiohttp.FormData()
        form.add_field("file", gcode.encode(), filename=name)
        form.add_field("select", "true")
        form.add_field("print", "true")
        await self._request("POST", "/api/files/local", data=form)

    async def job(self, command: str, action: str | None = None) -> None:
        """Start, pause, resume or cancel: pause takes the action pause, resume or toggle."""
        await self.post("/api/job", {"command": command, **({"action": action} if action else {})})

    async def flag(self, name: str) -> bool:
        """Return a flag of the printer's state, such as printing, paused or operational."""
        try:
            state = await self.get("/api/printer?exclude=temperature,sd")
        except aiohttp.ClientResponseError as error:
            if error.status == 409:  # no printer is connected
                return False
            raise
        return bool(state["state"]["flags"].get(name))

    @property
    def is_version_2(self) -> bool:
        """Whether this is OctoPrint 2, whose connections are made by connectors."""
        return self._environment.name == "octoprint2"

    async def _answers(self) -> bool:
        try:
            async with self._session.get(f"{self.url}/api/version") as answer:
                # Before it is ready it answers with an intermediary page.
                return answer.status in (200, 401, 403)
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _watches(self) -> bool:
        try:
            await self.failwatch()
        except aiohttp.ClientResponseError as error:
            if error.status == 503:  # plugins start after the pages are there
                return False
            raise
        return True

    async def _request(self, method: str, path: str, **arguments: Any) -> Any:
        headers = {"X-Api-Key": self.key}
        async with self._session.request(method, self.url + path, headers=headers, **arguments) as answer:
            if answer.status >= 400:
                raise aiohttp.ClientResponseError(
                    answer.request_info, (), status=answer.status, message=f"{path}: {await answer.text()}"
                )
            return await answer.json() if answer.content_type == "application/json" else None

    def _command(self) -> list[str]:
        return [self._environment.program("octoprint"), "--basedir", str(self.folder)]


@cache
def _users(program: str) -> str:
    """Return a file of users, made once for an environment and kept there: OctoPrint loads all its plugins for it."""
    kept = Path(program).parent.with_name(f"{USER}-{PASSWORD}-users.yaml")
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            added = subprocess.run(
                [program, "--basedir", folder, "user", "add", USER, "--password", PASSWORD, "--admin"],
                env={**os.environ, "HOME": folder},
                capture_output=True,
                text=True,
                check=False,
            )
            if added.returncode != 0:
                raise ProgramError(f"OctoPrint's user could not be made.\n{added.stderr}")
            Path(folder, "users.yaml").rename(kept)  # at once: another process may be doing the same
    return kept.read_text()


def _config(port: int, snapshot_url: str, stream_url: str, failwatch: dict[str, Any]) -> dict[str, Any]:
    return {
        "server": {
            "host": "127.0.0.1",
            "port": port,
            "firstRun": False,
            "onlineCheck": {"enabled": False},
            "pluginBlacklist": {"enabled": False},
        },
        "appearance": {"name": "Simulated printer"},
        "webcam": {"webcamEnabled": bool(snapshot_url), "timelapseEnabled": False},
        "plugins": {
            "_disabled": SILENCED,
            # Without a version it takes the addresses of before OctoPrint 1.9, and forgets these.
            "classicwebcam": {
                "_config_version": 1,
                "snapshot": snapshot_url,
                "stream": stream_url,
                "streamRatio": "4:3",
            },
            # It listens on loopback only, so announce it only there.
            "discovery": {"addresses": ["127.0.0.1"]},
            "failwatch": failwatch,
            "virtual_printer": {"enabled": True},
        },
    }
