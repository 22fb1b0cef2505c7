"""Run the server as a process: start, serve, and stop without losing an answer."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import cast

from aiohttp import web

from ..engine.detectors.built_in import BuiltInDetector
from ..engine.detectors.built_in.model_folder import BUILT_IN, ModelFolder
from ..engine.errors import BadSetting
from ..engine.models import Detection, Frame
from .application import RUNNER_OPTIONS, create_application
from .connections import Connections
from .detector_queue import Detector
from .log import ACCESS, access_log
from .settings import ServerSettings
from .storage import opened_storage
from .urls import Addresses

STOP_SECONDS = 10.0
"""How long requests that are under way may take when the server is told to stop."""

FILES = 64
"""File descriptors that are needed beside those of connections."""


M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
KEPT_FREE, OF_THE_SYSTEM = 16 * 2**20, 4 * 2**20
"""Bytes that a thread keeps free for its next picture, and from which on a piece is the system's own."""


@dataclass(frozen=True, slots=True)
class LonePictures:
    """The built-in detector, which judges every picture by itself.

    A watch lets it learn what stands before each camera. A server is not told how prints go; it would only
    take memory for every printer ever seen, and time for every frame.
    """

    detector: BuiltInDetector

    async def detect(self, frame: Frame) -> Detection:
        """Return the answer to a frame. Raises DetectionError."""
        return await self.detector.detect_alone(frame.jpeg)


async def serve(settings: ServerSettings, started: Callable[[str], None]) -> None:
    """Serve with the built-in detector until SIGINT or SIGTERM; `started` is told the address.

    Raises BadSetting if it cannot listen or use its data, DetectionError without a detector.
    """
    os.umask(0o077)
    async with AsyncExitStack() as stack:
        detectors = [await stack.enter_async_context(_detector(settings)) for _ in range(settings.workers)]
        await serve_with(settings, detectors, started)


async def serve_with(
    settings: ServerSettings, detectors: Sequence[Detector], started: Callable[[str], None]
) -> None:
    """Serve with these detectors until SIGINT or SIGTERM; raises BadSetting."""
    _keep_freed_memory()
    stop = _stop_signal()
    connections = Connections(
        _within_file_limit(settings.connections),
        # All connections through a proxy come from the same address.
        None if settings.behind_proxy else settings.connections_per_address,
    )
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(opened_storage(settings))
        runner = web.AppRunner(
            create_application(settings, detectors, connections, storage),
            access_log=ACCESS,
            access_log_class=access_log(Addresses(settings.public_url, settings.behind_proxy)),
            shutdown_timeout=STOP_SECONDS,
            **RUNNER_OPTIONS,
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        listener = await _listen(runner, connections, settings)
        stack.callback(listener.close)
        sweep = asyncio.create_task(connections.sweep())
        stack.callback(sweep.cancel)
        started(f"http://{_authority(settings.host, listener.sockets[0].getsockname()[1])}")
        await stop.wait()


@asynccontextmanager
async def _detector(settings: ServerSettings) -> AsyncIterator[Detector]:
    detector = BuiltInDetector(ModelFolder.read(settings.model or BUILT_IN))
    try:
        await detector.check()
        yield LonePictures(detector)
    finally:
        await detector.close()


def _stop_signal() -> asyncio.Event:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; Ctrl-C ends the loop there.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    return stop


async def _listen(
    runner: web.AppRunner, connections: Connections, settings: ServerSettings
) -> asyncio.Server:
    server = cast(web.Server, runner.server)  # there since `setup`
    try:
        return await asyncio.get_running_loop().create_server(
            lambda: connections.protocol(server), settings.host, settings.port, backlog=128
        )
    except OSError as error:
        where = _authority(settings.host, settings.port)
        raise BadSetting(f"Cannot listen on {where}: {error.strerror}.") from error


def _keep_freed_memory() -> None:
    """Keep what a picture needed for the next one.

    Where the end of its memory is free, glibc gives it back: 3 MiB a picture, which then cost 800 page faults and 2 ms
    of a core. Whether it does depends on what else lies there.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # other C libraries have no such setting
            set_option = ctypes.CDLL(None).mallopt
            set_option(M_TRIM_THRESHOLD, KEPT_FREE)
            set_option(M_MMAP_THRESHOLD, OF_THE_SYSTEM)


def _within_file_limit(connections: int) -> int:
    """Return how many connections the process may have open, after asking for as many as it may ask for."""
    if sys.platform == "win32":
        return connections
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return connections if soft == resource.RLIM_INFINITY else max(1, min(connections, soft - FILES))


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
