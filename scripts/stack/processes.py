"""Start, await and stop programs by their process group."""

import asyncio
import contextlib
import fcntl
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import IO

START_SECONDS = 240.0
"""How long a program may take to be ready: one that has ended or is stuck is told anyway."""
STOP_SECONDS = 60.0
PORTS = range(20_000, 32_000)
"""Below those that systems give to outgoing connections."""
_given: set[int] = set()
# On Linux a program also ends when its parent is killed.
LEASH = ("setpriv", "--pdeathsig", "TERM", "--") if shutil.which("setpriv") else ()


class ProgramError(RuntimeError):
    """A program did not start, or ended by itself; the message has the end of its log."""


class Program:
    """One program with a log file; stopping it stops all that it started."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Remember what to run; nothing runs before `start`."""
        self.name = name
        self.log = log
        self._command = [*LEASH, *map(str, command)]
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it; what it writes is added to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    async def until(self, ready: Callable[[], Awaitable[bool]]) -> None:
        """Wait until `ready` says so; raises ProgramError when the program ends or time is up."""
        ends = time.monotonic() + START_SECONDS
        while not await ready():
            if not self.is_running:
                raise ProgramError(f"{self.name} ended while it was starting.\n{self.last_lines()}")
            if time.monotonic() > ends:
                raise ProgramError(
                    f"{self.name} was not ready after {START_SECONDS:.0f} s.\n{self.last_lines()}"
                )
            await asyncio.sleep(0.2)

    def stop(self) -> None:
        """Terminate it, and kill it if it does not end."""
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._signal(signal.SIGKILL)  # whatever it left behind in its group

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def processes(self) -> list[int]:
        """Return the ids of all that runs of it."""
        if self._process is None:
            return []
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(ProcessLookupError):
                if os.getpgid(int(entry.name)) == self._process.pid:
                    found.append(int(entry.name))
        return found

    def last_lines(self, count: int = 25) -> str:
        """Return the end of the log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)


def free_port(preferred: int | None = None) -> int:
    """Return the preferred port if nothing listens there, else one that is free and given to nobody else.

    A program may take its time until it listens there: no connection takes the port meanwhile, and no call in
    this process or another returns it while this one runs.
    """
    if preferred is not None and _is_free(preferred):
        return preferred
    first = random.randrange(len(PORTS))
    for port in chain(PORTS[first:], PORTS[:first]):
        if _is_free(port) and _reserve(port):
            return port
    raise ProgramError("No port is free.")


def _reserve(port: int) -> bool:
    """Lock the port's byte of a file that all processes share; the lock ends with the process."""
    if port in _given:
        return False
    try:
        fcntl.lockf(_ports_file(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    _given.add(port)
    return True


@cache
def _ports_file() -> IO[bytes]:
    return Path(tempfile.gettempdir(), f"failwatch-ports-{os.getuid()}").open("ab")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
