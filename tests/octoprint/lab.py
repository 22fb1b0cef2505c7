"""A real OctoPrint with the plugin, a camera and a detection service that do as the test says."""

from __future__ import annotations

import asyncio
import io
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from PIL import Image, ImageDraw

from environments import OCTOPRINT, OCTOPRINT_2
from stack.gcode import cylinder
from stack.octoprint import OctoPrint
from stack.processes import free_port
from tests.patience import eventually

TOKEN = "a-token-nobody-may-see"
SPEED = 20.0
"""How much faster the watch's clock runs: a look every half second."""


@dataclass
class Scene:
    """What the camera shows, and what the service says of it."""

    p: float = 0.02
    box: tuple[float, float, float, float] = (320, 240, 160, 120)
    answer_after: float = 0.0
    status: int = 200
    camera: str = "moving"
    picture: bytes = b""
    asked: list[dict[str, str]] = field(default_factory=list)
    hooked: list[dict[str, Any]] = field(default_factory=list)
    _number: Any = field(default_factory=itertools.count)

    def reset(self) -> None:
        """All is well again."""
        self.p, self.answer_after, self.status, self.camera = 0.02, 0.0, 200, "moving"

    def application(self) -> web.Application:
        """Return the server of both, and of a webhook."""
        app = web.Application(client_max_size=20_000_000)
        app.router.add_get("/snapshot.jpg", self._snapshot)
        app.router.add_post("/ent/partners/api/predict/", self._predict)
        app.router.add_post("/hook", self._hook)
        return app

    async def _snapshot(self, _request: web.Request) -> web.Response:
        if self.camera == "hanging":
            await asyncio.sleep(100_000)
        if self.camera == "broken":
            return web.Response(status=500)
        number = 0 if self.camera == "frozen" else next(self._number)
        shade = 2 if self.camera == "dark" else 110
        image = Image.new("RGB", (640, 480), (shade, shade, shade))
        draw = ImageDraw.Draw(image)
        if self.camera != "dark":
            draw.rectangle((80, 330, 560, 400), fill=(40, 40, 40))
            draw.rectangle((number * 37 % 500, 100, number * 37 % 500 + 60, 160), fill=(240, 160, 40))
        out = io.BytesIO()
        image.save(out, "JPEG")
        return web.Response(body=out.getvalue(), content_type="image/jpeg")

    async def _predict(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.asked.append({key: str(form.get(key)) for key in ("printer_id", "print_id")})
        if request.headers.get("Authorization") != f"Token {TOKEN}":
            body = {"error": "Invalid or Inactive Token", "is_authenticated": "False"}
            return web.json_response(body, status=401)
        picture = form.get("img")
        if not isinstance(picture, web.FileField):
            return web.json_response({"error": "img is missing"}, status=400)
        self.picture = picture.file.read()
        await asyncio.sleep(self.answer_after)
        if self.status != 200:
            return web.json_response({"error": "no"}, status=self.status, headers={"Retry-After": "30"})
        detections = [[self.p, list(self.box)]] if self.p > 0.1 else []
        return web.json_response({"result": {"p": self.p, "detections": detections}})

    async def _hook(self, request: web.Request) -> web.Response:
        self.hooked.append(await request.json())
        return web.Response()


@dataclass
class Lab:
    """All of it, running."""

    octoprint: OctoPrint
    scene: Scene
    address: str

    async def failwatch(self) -> dict[str, Any]:
        """Return what the plugin says of itself."""
        return dict(await self.octoprint.get("/api/plugin/failwatch"))

    async def state(self) -> dict[str, Any]:
        """Return the watch's state."""
        return dict((await self.failwatch())["state"])

    async def connect(self, port: str) -> None:
        """Connect a printer other than the virtual one."""
        request: dict[str, Any] = {"command": "connect", "port": port, "baudrate": 115200}
        if self.octoprint.is_version_2:
            parameters = {"port": port, "baudrate": 115200}
            request = {"command": "connect", "connector": "serial", "parameters": parameters}
        await self.octoprint.post("/api/connection", request)
        await self.until_printer("operational")

    async def set_connection(self, **settings: Any) -> None:
        """Change settings of the connection to printers."""
        if self.octoprint.is_version_2:
            await self.octoprint.post("/api/settings", {"plugins": {"serial_connector": settings}})
        else:
            await self.octoprint.post("/api/settings", {"serial": settings})

    async def set_scripts(self, **scripts: str) -> None:
        """Have OctoPrint send G-code of the user's own, by the script's name."""
        await self.octoprint.post("/api/settings", {"scripts": {"gcode": scripts}})

    async def order(self, command: str, **arguments: Any) -> Any:
        """Give the plugin a command."""
        return await self.octoprint.post("/api/plugin/failwatch", {"command": command, **arguments})

    async def set(self, **settings: Any) -> None:
        """Change settings as the settings page does."""
        await self.octoprint.post("/api/settings", {"plugins": {"failwatch": settings}})

    async def print(self, name: str = "long.gcode", gcode: str | None = None) -> None:
        """Print for ten minutes, or something else."""
        await self.octoprint.print_file(name, gcode or cylinder(600, 50))

    async def print_that_fails(self, name: str) -> None:
        """Have a print fail and be paused by FailWatch, and end it."""
        await self.print(name)
        await self.looked(2)
        self.scene.p = 0.9
        await self.until_printer("paused")
        await self.idle()

    async def until(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the state as soon as it fits."""
        return await eventually(self.state, fits)

    async def passes(self, seconds: float) -> None:
        """Let so much time pass on the watch's clock."""
        until = (await self.failwatch())["now"] + seconds
        await eventually(self.failwatch, lambda told: told["now"] >= until)

    async def phase(self, phase: str) -> dict[str, Any]:
        """Return the state as soon as it is in that phase."""
        return await self.until(lambda state: state["phase"] == phase)

    async def looked(self, number: int = 1) -> dict[str, Any]:
        """Return the state as soon as that many pictures of the running print were judged."""
        return await self.until(
            lambda state: (
                state["phase"] == "watching"
                and bool(state["look"])
                and state["look"]["number"] >= number
                and state["look"]["at"] >= state["started_at"]
            )
        )

    async def until_printer(self, flag: str) -> None:
        """Wait for a flag of the printer."""
        await eventually(lambda: self.octoprint.flag(flag), bool)

    async def idle(self) -> None:
        """End whatever is printed."""
        self.scene.reset()
        if await self.octoprint.flag("printing") or await self.octoprint.flag("paused"):
            await self.octoprint.job("cancel")
        await self.until_printer("ready")
        await self.phase("idle")


@asynccontextmanager
async def open_lab(
    folder: Path, *, port: str | None = None, wizards: bool = False, **settings: Any
) -> AsyncIterator[Lab]:
    """Start everything, ready to print on the virtual printer or on a port's; stop it at the end.

    `wizards` leaves the first-run dialogs for the test.
    """
    scene = Scene()
    runner = web.AppRunner(scene.application(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    failwatch = {
        "detector": {"kind": "super_api", "url": address, "token": TOKEN},
        "rules": {"name": "failwatch"},
        "on_failure": "pause",
        **settings,
    }
    async with aiohttp.ClientSession() as session:
        octoprint = OctoPrint(
            session,
            folder,
            free_port(),
            snapshot_url=f"{address}/snapshot.jpg",
            failwatch=failwatch,
            clock_speed=SPEED,
            environment=OCTOPRINT_2 if version("octoprint").startswith("2") else OCTOPRINT,
        )
        octoprint.create()
        try:
            await octoprint.start()
            lab = Lab(octoprint, scene, address)
            if not wizards:
                await octoprint.finish_wizards()
            if port is None:
                await octoprint.connect_printer()
            else:
                await lab.set_connection(additionalPorts=[port])
                await lab.connect(port)
            yield lab
        finally:
            await asyncio.to_thread(octoprint.program.stop)
            await runner.cleanup()
