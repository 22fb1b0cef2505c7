"""`failwatch watch` as a process, with a camera and a detection service that break when they are told to."""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import os
import random
import signal
import ssl
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from aiohttp import web
from PIL import Image, ImageDraw

from tests.emulators.running import running
from tests.patience import PATIENCE

from .proxy import Certificates, FaultProxy, fault_proxy

PASSWORD, TOKEN = "a-password-nobody-may-see", "a-token-nobody-may-see"
INTERVAL = 10.0
HOOKS = Path(__file__).parent / "program_faults"


@dataclass
class World:
    """A camera and a service for which all is well: what is seen is never a failure."""

    seed: int
    answered: list[float] = field(default_factory=list)
    _numbers: Any = field(default_factory=itertools.count)

    def application(self) -> web.Application:
        app = web.Application(client_max_size=20_000_000)
        app.router.add_get("/snapshot.jpg", self._snapshot)
        app.router.add_post("/ent/partners/api/predict/", self._predict)
        return app

    async def _snapshot(self, _request: web.Request) -> web.Response:
        number = next(self._numbers)
        image = Image.new("RGB", (160, 120), (110,) * 3)
        ImageDraw.Draw(image).rectangle(
            (number * 7 % 140, 20, number * 7 % 140 + 18, 60), fill=(240, 160, 40)
        )
        out = io.BytesIO()
        image.save(out, "JPEG")
        return web.Response(body=out.getvalue(), content_type="image/jpeg")

    async def _predict(self, request: web.Request) -> web.Response:
        await request.post()
        p = random.Random(self.seed * 100_000 + len(self.answered)).uniform(0.0, 0.12)
        self.answered.append(p)
        return web.json_response({"result": {"p": p, "detections": []}})


@dataclass
class WatchProgram:
    """The running command: what it says, and when."""

    process: asyncio.subprocess.Process
    faults: Path
    proxies: Mapping[str, FaultProxy]
    said: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    errors: str = ""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, fits: Callable[[dict[str, Any]], bool], since: int = 0) -> float:
        """Return when it first said something that fits, after so many lines."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self._news.clear()
                for at, line in self.said[since:]:
                    if fits(line):
                        return at
                assert self.process.returncode is None, self.errors
                await self._news.wait()

    @property
    def looks(self) -> list[dict[str, Any]]:
        return [line for _, line in self.said if "p" in line]

    async def looked(self, number: int) -> None:
        """Wait for so many more pictures than were judged by now."""
        wanted = len(self.looks) + number
        async with asyncio.timeout(PATIENCE):
            while len(self.looks) < wanted:
                self._news.clear()
                assert self.process.returncode is None, self.errors
                await self._news.wait()

    def break_program(self, **faults: object) -> None:
        """Have its clock and names be wrong from now on; nothing given is all well."""
        new = self.faults.with_suffix(".new")
        new.write_text(json.dumps(faults))
        new.replace(self.faults)

    def most_memory(self) -> int:
        """Return the most bytes that it ever held."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))

    async def stop(self) -> int:
        """Interrupt it as Ctrl-C does, and return its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
        return await self.process.wait()

    async def listen(self) -> None:
        """Take down what it says until it ends."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None

        async def complain(stream: asyncio.StreamReader) -> None:
            async for line in stream:
                self.errors += line.decode()

        async with asyncio.TaskGroup() as group:
            group.create_task(complain(self.process.stderr))
            async for line in self.process.stdout:
                self.said.append((time.monotonic(), json.loads(line)))
                self._news.set()
        await self.process.wait()
        self._news.set()


@asynccontextmanager
async def watch_program(
    folder: Path, seed: int, speed: float, *arguments: str
) -> AsyncIterator[tuple[WatchProgram, World]]:
    """Run the command at its own interval, with a clock that is so many times faster."""
    world = World(seed)
    certificates = _certificates(folder)
    async with (
        running(world.application()) as url,
        fault_proxy(url, certificates) as camera,
        fault_proxy(url, certificates) as detector,
    ):
        settings = folder / "detector.json"
        settings.write_text(json.dumps({"kind": "super_api", "url": str(detector.url), "token": TOKEN}))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "octoprint_failwatch", "watch", str(camera.url / "snapshot.jpg")),
            *("--detector", str(settings), "--json", "--login", f"me:{PASSWORD}", "--rules", "super_api"),
            *("--interval", str(INTERVAL), "--on-failure", f"touch {folder / 'acted'}", *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={
                **os.environ,
                "FAILWATCH_HISTORY": str(folder / "history.db"),
                "FAILWATCH_CLOCK_SPEED": str(speed),
                "FAILWATCH_PROGRAM_FAULTS": str(folder / "faults.json"),
                "PYTHONPATH": str(HOOKS),
                "SSL_CERT_FILE": str(folder / "authority.pem"),
            },
        )
        program = WatchProgram(process, folder / "faults.json", {"camera": camera, "detector": detector})
        listening = asyncio.create_task(program.listen())
        try:
            yield program, world
        finally:
            if process.returncode is None:
                process.kill()
            await listening


def _certificates(folder: Path) -> Certificates:
    folder.mkdir()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    return Certificates(_context(authority), _context(trustme.CA()))


def _context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context
