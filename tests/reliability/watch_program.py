"""`failwatch watch` as a process, with a camera and a detection service that break when they are told to."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE

from .bearing import INTERVAL
from .program_faults import variables
from .proxy import FaultProxy
from .world import PASSWORD, TOKEN, World, breakable


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
    await asyncio.to_thread(folder.mkdir)
    async with breakable(world, folder) as proxies:
        settings = folder / "detector.json"
        settings.write_text(
            json.dumps({"kind": "super_api", "url": str(proxies["detector"].url), "token": TOKEN})
        )
        process = await asyncio.create_subprocess_exec(
            *(
                sys.executable,
                "-m",
                "octoprint_failwatch",
                "watch",
                str(proxies["camera"].url / "snapshot.jpg"),
            ),
            *("--detector", str(settings), "--json", "--login", f"me:{PASSWORD}", "--rules", "super_api"),
            *("--interval", str(INTERVAL), "--on-failure", f"touch {folder / 'acted'}", *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={
                **os.environ,
                "FAILWATCH_HISTORY": str(folder / "history.db"),
                "FAILWATCH_CLOCK_SPEED": str(speed),
                **variables(folder / "faults.json", folder / "authority.pem"),
            },
        )
        program = WatchProgram(process, folder / "faults.json", proxies)
        listening = asyncio.create_task(program.listen())
        try:
            yield program, world
        finally:
            if process.returncode is None:
                process.kill()
            await listening
