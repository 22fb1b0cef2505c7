"""`failwatch` as a process of its own, begun by a copy of an interpreter that has loaded all modules already.

Loading them takes longer than most of what is tested. That `python -m octoprint_failwatch` starts from nothing
is tested where the way it starts is (`test_cli.py`, `test_cli_detect.py`, `test_service_commands.py`).
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import IO

PRELOADED = [
    "octoprint_failwatch.cli",
    "octoprint_failwatch.cli.serve",
    "octoprint_failwatch.cli.watch",
    "octoprint_failwatch.engine.history",
    "octoprint_failwatch.engine.sources",
    "octoprint_failwatch.engine.detectors.built_in",
    "ncnn",
    "tests.programs",
]
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(PRELOADED)


class Program:
    """A running `failwatch`: what `subprocess.Popen` offers, as far as tests need it."""

    def __init__(
        self, *arguments: object, environment: Mapping[str, str] | None = None, stdout: int | None = None
    ) -> None:
        """Start it. What it writes can be read from `stdout`, unless it goes to a file of the test's."""
        self.stdout, out = _pipe() if stdout is None else (None, Connection(os.dup(stdout), readable=False))
        self.stderr, errors = _pipe()
        self._process = _FORKS.Process(
            target=_run, args=([*map(str, arguments)], dict(environment or {}), out, errors), daemon=True
        )
        self._process.start()
        out.close()
        errors.close()

    @property
    def returncode(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._process.exitcode

    def wait(self, seconds: float | None = None) -> int:
        """Return its exit code once it has ended."""
        self._process.join(seconds)
        code = self._process.exitcode
        assert code is not None, f"it still runs after {seconds} s"
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self._process.exitcode is None and self._process.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def _pipe() -> tuple[IO[str], Connection]:
    reader, writer = _FORKS.Pipe(duplex=False)
    return os.fdopen(os.dup(reader.fileno()), encoding="utf-8"), writer


def _run(arguments: list[str], environment: Mapping[str, str], out: Connection, errors: Connection) -> None:
    """Be `python -m octoprint_failwatch` with these arguments."""
    os.dup2(out.fileno(), 1)
    os.dup2(errors.fileno(), 2)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - it lasts as long as the process
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
    out.close()
    errors.close()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.update(environment)
    sys.argv = ["failwatch", *arguments]
    runpy.run_module("octoprint_failwatch", run_name="__main__", alter_sys=True)
