"""A real Home Assistant, set up and driven through its own API."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from environments import HOME_ASSISTANT, REPOSITORY, Environment

from .processes import Program, ProgramError

OTHER_PROGRAM = "FAILWATCH_HASS"
"""The variable with the path of another Home Assistant than that of the environment."""
USER = "demo"
PASSWORD = "failwatch"
CONFIGURATION = """
homeassistant:
  name: Workshop
  unit_system: metric
  time_zone: UTC
http:
  server_host: 127.0.0.1
  server_port: {port}
frontend:
config:
history:
logbook:
automation: !include automations.yaml
script: !include scripts.yaml
logger:
  default: warning
  logs:
    custom_components.failwatch: debug
"""


class HomeAssistant:
    """A Home Assistant in a folder of its own."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        folder: Path,
        port: int,
        *,
        clock_speed: float = 1.0,
        integration: Path = REPOSITORY / "custom_components" / "failwatch",
        more_configuration: str = "",
        environment: Environment = HOME_ASSISTANT,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare its paths and settings; nothing is written before `create`."""
        self.url = f"http://127.0.0.1:{port}"
        self.folder = folder
        self.token = ""
        self._session = session
        self._integration = integration
        self._configuration = CONFIGURATION.format(port=port) + more_configuration
        # Without the requirements check it would ask the package index at every start.
        program = os.environ.get(OTHER_PROGRAM, environment.program("hass"))
        command: list[str | Path] = [program, "--config", folder, "--skip-pip"]
        own = {"FAILWATCH_CLOCK_SPEED": str(clock_speed), **(variables or {})}
        self.program = Program("Home Assistant", command, folder / "console.log", own)

    def create(self) -> None:
        """Write the configuration and copy the integration in, as HACS would."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "configuration.yaml").write_text(self._configuration)
        (self.folder / "automations.yaml").write_text("[]\n")
        (self.folder / "scripts.yaml").write_text("{}\n")
        target = self.folder / "custom_components" / "failwatch"
        shutil.copytree(self._integration, target, ignore=shutil.ignore_patterns("__pycache__"))

    async def start(self) -> None:
        """Start it and wait until it is running."""
        self.program.start()
        await self.program.until(self._answers)
        if not self.token:
            self.token = await self._onboard()
        await self.program.until(self._is_running)

    async def states(self) -> dict[str, dict[str, Any]]:
        """Return all states by entity id."""
        return {state["entity_id"]: state for state in await self.get("/api/states")}

    async def get(self, path: str) -> Any:
        """Return the JSON answer of a path such as /api/states."""
        return await self._request("GET", path)

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send JSON to a path and return the answer's JSON."""
        return await self._request("POST", path, json=body)

    async def delete(self, path: str) -> Any:
        """Delete what is at a path, and return the answer's JSON."""
        return await self._request("DELETE", path)

    async def picture(self, path: str) -> bytes:
        """Return a picture that an entity offers."""
        async with self._session.get(self.url + path, headers=self._headers()) as answer:
            answer.raise_for_status()
            return await answer.read()

    async def command(self, kind: str, **arguments: Any) -> Any:
        """Send one command to the websocket and return its result."""
        async with self._session.ws_connect(f"{self.url}/api/websocket") as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self.token})
            if (await socket.receive_json())["type"] != "auth_ok":
                raise ProgramError("Home Assistant refused the token that it gave.")
            await socket.send_json({"id": 1, "type": kind, **arguments})
            answer = await socket.receive_json()
        if not answer["success"]:
            raise ProgramError(f"Home Assistant refused {kind}: {answer['error']}")
        return answer["result"]

    async def entities(self) -> dict[str, str]:
        """Return FailWatch's entities: from their key, such as p or failure_state, to the entity id."""
        known = await self.command("config/entity_registry/list")
        return {
            entry["translation_key"] or entry["entity_id"]: entry["entity_id"]
            for entry in known
            if entry["platform"] == "failwatch" and entry["disabled_by"] is None
        }

    async def device_page(self) -> str:
        """Return the address of FailWatch's device page."""
        devices = await self.command("config/device_registry/list")
        found = [
            device["id"]
            for device in devices
            if any(name == "failwatch" for name, *_ in device["identifiers"])
        ]
        if not found:
            raise ProgramError("Home Assistant has no FailWatch device.")
        return f"{self.url}/config/devices/device/{found[0]}"

    async def configure(
        self, *answers: dict[str, Any], handler: str | list[str] = "failwatch"
    ) -> dict[str, Any]:
        """Go through a set-up dialog with these answers; returns its last step.

        A handler of two parts is an entry and a kind of subentry to add to it.
        """
        place = "/api/config/config_entries/" + ("flow" if isinstance(handler, str) else "subentries/flow")
        flow = await self.post(place, {"handler": handler})
        for answer in answers:
            flow = await self.post(f"{place}/{flow['flow_id']}", answer)
        while flow["type"] in ("progress", "progress_done"):
            await asyncio.sleep(0.5)
            flow = await self.get(f"{place}/{flow['flow_id']}")
        return dict(flow)

    async def _onboard(self) -> str:
        """Go through the first-run dialog; returns a token that stays valid."""
        client = f"{self.url}/"
        owner = {
            "client_id": client,
            "name": "Demo",
            "username": USER,
            "password": PASSWORD,
            "language": "en",
        }
        code = (await self._request("POST", "/api/onboarding/users", json=owner, anonymous=True))["auth_code"]
        form = {"grant_type": "authorization_code", "code": code, "client_id": client}
        self.token = (await self._request("POST", "/auth/token", data=form, anonymous=True))["access_token"]
        for step in ("core_config", "analytics"):
            await self.post(f"/api/onboarding/{step}", {})
        await self.post("/api/onboarding/integration", {"client_id": client, "redirect_uri": client})
        # Newer releases fall back to their usual port unless somebody confirms the one in the configuration;
        # older ones do not know the question.
        with contextlib.suppress(ProgramError):
            await self.command("http/config/promote")
        lasting = await self.command(
            "auth/long_lived_access_token", client_name="FailWatch demo", lifespan=30
        )
        return str(lasting)

    async def _answers(self) -> bool:
        try:
            async with self._session.get(f"{self.url}/api/onboarding") as answer:
                return answer.status in (200, 401, 404)
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _is_running(self) -> bool:
        return bool((await self.get("/api/config"))["state"] == "RUNNING")

    async def _request(self, method: str, path: str, *, anonymous: bool = False, **arguments: Any) -> Any:
        headers = {} if anonymous else self._headers()
        async with self._session.request(method, self.url + path, headers=headers, **arguments) as answer:
            if answer.status >= 400:
                raise aiohttp.ClientResponseError(
                    answer.request_info, (), status=answer.status, message=f"{path}: {await answer.text()}"
                )
            return await answer.json()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}
