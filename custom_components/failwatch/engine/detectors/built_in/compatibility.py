"""Try a net in a child process, and explain in plain words why it cannot run here."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

from ...errors import ModelUnavailable
from .model_folder import ModelFolder, Runtime

TRIAL_RUN = Path(__file__).parent / "trial_run.py"
NO_WHEELS = frozenset({"armv6l", "ppc64le", "s390x"})
"""Processors that ncnn is not made for, so that an attempt would begin to compile it."""
TIMEOUT = 120.0
"""Seconds; on a slow card a first import can take long."""
INSTEAD = "Use a detection service instead: a FailWatch server on another machine, or Obico."


def probe(model: ModelFolder) -> None:
    """Return if the model runs on this machine; raises ModelUnavailable with what to do about it.

    A success is remembered for the life of the process, a failure is tried again. Takes a second or
    more: not for an event loop.
    """
    width, height = model.input.size or (64, 64)
    files = [str(path) for path in model.files]
    if sys.executable:
        _try(model.runtime, (*files, *model.names[:2], str(width), str(height)))


@cache
def _try(runtime: Runtime, arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-P", str(TRIAL_RUN), runtime.value, *arguments]
    try:
        ended = subprocess.run(  # noqa: S603 - our own script
            command,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelUnavailable(f"The built-in detector could not be tried: {error}. {INSTEAD}") from error
    if ended.returncode:
        raise ModelUnavailable(f"{_reason(runtime, ended.returncode, ended.stderr)} {INSTEAD}")


def _install(runtime: Runtime) -> str:
    """Return how to get a runtime. What ncnn asks for besides, FailWatch does not need."""
    if runtime is Runtime.ONNX:
        return "'pip install onnxruntime' adds it."
    machine = platform.machine().lower()
    if machine in NO_WHEELS or (sys.platform == "win32" and machine == "arm64"):
        return f"There is none for this processor ({machine})."
    return f"'{sys.executable} -m pip install --no-deps ncnn' adds it."


def _reason(runtime: Runtime, code: int, said: str) -> str:
    """Return why the child process failed."""
    if code < 0:
        try:
            what = signal.Signals(-code).name
        except ValueError:
            what = str(-code)
        if what == "SIGILL":
            return f"This machine's processor lacks instructions that {runtime} was built with."
        return f"{runtime} crashes on this machine ({what})."
    last = said.strip().splitlines()[-1] if said.strip() else f"exit code {code}"
    if "ModuleNotFoundError" in last:
        missing = last.rpartition("'")[0].rpartition("'")[2] or runtime.value
        return f"The package {missing} is not installed here. {_install(runtime)}"
    return f"The built-in detector does not run here: {last[:200]}."
