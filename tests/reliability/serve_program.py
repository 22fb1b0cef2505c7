"""`failwatch serve` as a process, and printers that send it frames until each is answered."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from stack.processes import free_port
from tests.core.brightness import brightness_model, grey
from tests.patience import eventually
from tests.server.serving import PREDICT

from .bearing import statistics_are_right
from .program_faults import variables
from .world import TOKEN

PRINTERS = 4
PAUSE = 0.05
"""Seconds between two frames of a printer; a real one takes ten."""
REQUEST_TIMEOUT = 20.0


@dataclass
class Farm:
    """Printers whose clients repeat a frame until it is answered, and all that they heard."""

    data: Path
    port: int
    results: list[list[dict[str, Any]]] = field(default_factory=lambda: [[] for _ in range(PRINTERS)])
    refusals: list[tuple[float, str]] = field(default_factory=list)
    log: list[tuple[float, str]] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None
    _readers: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Start the server, anew on the same data where it was killed."""
        command = [sys.executable, "-m", "octoprint_failwatch", "serve", "--port", str(self.port)]
        model = brightness_model(self.data.parent / "model")
        self.process = await asyncio.create_subprocess_exec(
            *command,
            *("--data", str(self.data), "--model", str(model), "--token", TOKEN, "--workers", "2"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={
                **os.environ,
                **variables(self.data.parent / "faults.json", self.data.parent / "authority.pem"),
            },
        )
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            reading = asyncio.create_task(self._read(stream))
            self._readers.add(reading)
            reading.add_done_callback(self._readers.discard)

    async def kill(self) -> None:
        """End the server at once, if it runs."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        await asyncio.gather(*self._readers)

    def break_program(self, **faults: object) -> None:
        """Have the server's clock be wrong from now on."""
        (self.data.parent / "faults.json").write_text(json.dumps(faults))

    @property
    def answered(self) -> int:
        return sum(map(len, self.results))

    async def goes_on(self, frames: int = 3 * PRINTERS) -> None:
        """Wait until so many more frames are answered than by now."""
        wanted = self.answered + frames
        await self.until(lambda: self.answered >= wanted)

    async def until(self, fits: Callable[[], object]) -> None:
        """Wait for something."""
        await eventually(fits)

    def told_since(self, moment: float) -> tuple[str, float | None]:
        """Return the first that somebody was told after a moment, in the log or as an answer, and how soon."""
        said = [
            (at, str(line["message"]))
            for at, text in self.log
            if text.startswith("{") and "message" in (line := json.loads(text)) and line["level"] != "info"
        ]
        told = sorted(one for one in said + self.refusals if one[0] >= moment)
        return (told[0][1], told[0][0] - moment) if told else ("nothing: it goes on", None)

    def is_right(self) -> bool:
        """Return whether every frame of every printer was counted once, and in order."""
        return all(
            statistics_are_right(
                [{"p": one["p"], **one["temporal_stats"]} for one in results], [one["p"] for one in results]
            )
            for results in self.results
        )

    async def _read(self, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            self.log.append((time.monotonic(), line.decode().rstrip()))

    async def send(self, session: aiohttp.ClientSession, printer: int) -> None:
        """Send frame after frame of one printer."""
        for number in itertools.count():
            picture = grey((number * 37 + printer * 11) % 256) + b"%d %d" % (printer, number)
            while (result := await self._ask(session, printer, picture)) is None:
                await asyncio.sleep(PAUSE)
            self.results[printer].append(result)
            await asyncio.sleep(PAUSE)

    async def _ask(
        self, session: aiohttp.ClientSession, printer: int, picture: bytes
    ) -> dict[str, Any] | None:
        form = aiohttp.FormData({"printer_id": f"printer-{printer}", "print_id": "print"})
        form.add_field("img", picture, filename="a.jpg")
        headers = {"Authorization": f"Token {TOKEN}"}
        url = f"http://127.0.0.1:{self.port}{PREDICT}"
        try:
            async with session.post(url, data=form, headers=headers) as answer:
                body = await answer.json()
        except (aiohttp.ClientError, TimeoutError) as error:
            self.refusals.append((time.monotonic(), f"no answer ({type(error).__name__})"))
            return None
        if answer.status != 200:
            self.refusals.append((time.monotonic(), f"{answer.status}: {body['error']}"))
            return None
        return dict(body["result"])


@asynccontextmanager
async def farm(data: Path) -> AsyncIterator[Farm]:
    """Run the server with its data in a folder, and let all printers send."""
    served = Farm(data, free_port())
    timeout = aiohttp.ClientTimeout(total=REQUEST_TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        await served.start()
        sending = [asyncio.create_task(served.send(session, printer)) for printer in range(PRINTERS)]
        try:
            await served.goes_on()
            served.refusals.clear()  # it had to start
            yield served
        finally:
            for task in sending:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*sending)
            await served.kill()
