"""The whole installation: a camera, an OctoPrint, and a Home Assistant linked to it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from environments import HOME_ASSISTANT, OCTOPRINT, REPOSITORY, Environment

from .camera import SimulatedCamera
from .gcode import cylinder
from .homeassistant import HomeAssistant
from .octoprint import OctoPrint
from .processes import START_SECONDS, ProgramError, free_port

LAYERS = 100
PORTS = {"OctoPrint": 5000, "Home Assistant": 8123, "camera": 8380}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The plan of a run. `seconds` is how long the print takes by FailWatch's clock, run at `clock_speed`."""

    seconds: float = 600.0
    lingers_from: int | None = None
    clock_speed: float = 1.0
    camera: tuple[str, ...] = ("--follow", "print", "--layers", str(LAYERS), "--fails-at", "30")
    failwatch: dict[str, Any] = field(default_factory=lambda: {"on_failure": "pause"})
    usual_ports: bool = False
    octoprint_environment: Environment = OCTOPRINT
    home_assistant_environment: Environment = HOME_ASSISTANT
    integration: Path = REPOSITORY / "custom_components" / "failwatch"
    more_configuration: str = ""


@dataclass(frozen=True)
class Workshop:
    """All of it, running."""

    plan: Plan
    session: aiohttp.ClientSession
    camera: SimulatedCamera
    octoprint: OctoPrint
    home_assistant: HomeAssistant

    async def start_print(self, name: str = "cylinder.gcode") -> None:
        """Start a print that takes the plan's time."""
        seconds = self.plan.seconds / self.plan.clock_speed
        await self.octoprint.print_file(name, cylinder(seconds, LAYERS, self.plan.lingers_from))

    async def until_paused(self) -> None:
        """Wait until the print is paused; raises TimeoutError when it could be over."""
        could_be_over = self.plan.seconds / self.plan.clock_speed + START_SECONDS
        async with self.octoprint.listen() as states, asyncio.timeout(could_be_over):
            async for state in states:
                if state["phase"] == "paused":
                    return

    async def link(self) -> None:
        """Set the integration up with this OctoPrint, as a user does who pastes an application key."""
        key = await self.octoprint.new_key("Home Assistant")
        end = await self.home_assistant.configure(
            {"next_step_id": "octoprint"},
            {"url": self.octoprint.url, "api_key": key},
        )
        if end["type"] != "create_entry":
            raise ProgramError(f"Home Assistant could not be linked to OctoPrint: {end}")


@asynccontextmanager
async def open_workshop(
    folder: Path, plan: Plan, say: Callable[[str], None] = lambda _: None
) -> AsyncIterator[Workshop]:
    """Start everything, linked and ready to print; stop it all at the end."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=START_SECONDS)) as session:
        workshop = _build(session, folder, plan, say)
        octoprint, home_assistant, camera = workshop.octoprint, workshop.home_assistant, workshop.camera
        try:
            started = time.monotonic()
            await asyncio.gather(
                asyncio.to_thread(octoprint.create), asyncio.to_thread(home_assistant.create)
            )
            say("starting OctoPrint and Home Assistant")
            await asyncio.gather(octoprint.start(), home_assistant.start())
            await octoprint.finish_wizards()
            camera.key = octoprint.key
            await camera.start()
            say("connecting the virtual printer, linking Home Assistant to OctoPrint")
            await asyncio.gather(octoprint.connect_printer(), workshop.link())
            say(f"ready after {time.monotonic() - started:.0f} s")
            yield workshop
        finally:
            for program in (home_assistant.program, octoprint.program, camera.program):
                await asyncio.to_thread(program.stop)


def _build(session: aiohttp.ClientSession, folder: Path, plan: Plan, say: Callable[[str], None]) -> Workshop:
    ports = {}
    for name, usual in PORTS.items():
        ports[name] = free_port(usual if plan.usual_ports else None)
        if plan.usual_ports and ports[name] != usual:
            say(f"port {usual} is in use: {name} takes {ports[name]}")
    octoprint_url = f"http://127.0.0.1:{ports['OctoPrint']}"
    camera = SimulatedCamera(session, folder, ports["camera"], [*plan.camera, "--octoprint", octoprint_url])
    octoprint = OctoPrint(
        session,
        folder / "octoprint",
        ports["OctoPrint"],
        snapshot_url=camera.snapshot_url,
        stream_url=camera.stream_url,
        failwatch=plan.failwatch,
        clock_speed=plan.clock_speed,
        environment=plan.octoprint_environment,
    )
    home_assistant = HomeAssistant(
        session,
        folder / "homeassistant",
        ports["Home Assistant"],
        clock_speed=plan.clock_speed,
        integration=plan.integration,
        more_configuration=plan.more_configuration,
        environment=plan.home_assistant_environment,
    )
    return Workshop(plan, session, camera, octoprint, home_assistant)
