"""A server's life as a process: start, serve, and stop without losing an answer."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress

import aiohttp
from aiohttp import web

from ..engine.detectors import DetectorHost, create_detector
from ..engine.errors import BadSetting
from .application import create_application
from .log import ACCESS, access_log
from .settings import ServerSettings
from .urls import Addresses

STOP_SECONDS = 10.0
"""How long requests that are under way may take when the server is told to stop."""


async def serve(settings: ServerSettings, started: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `started` is told the address.

    Raises BadSetting where it cannot listen or cannot use its data, DetectionError without detector.
    """
    stop = _stop_signal()
    async with aiohttp.ClientSession() as session:
        model = {"model": str(settings.model)} if settings.model else {}
        detector = create_detector({"kind": "built_in", **model}, DetectorHost(session, settings.data_dir))
        try:
            await detector.check()
            runner = web.AppRunner(
                create_application(settings, detector, session),
                access_log=ACCESS,
                access_log_class=access_log(Addresses(settings.public_url, settings.behind_proxy)),
                handler_cancellation=True,
                shutdown_timeout=STOP_SECONDS,
            )
            await runner.setup()
            try:
                await _listen(runner, settings)
                started(f"http://{_authority(settings.host, runner.addresses[0][1])}")
                await stop.wait()
            finally:
                await runner.cleanup()
        finally:
            await detector.close()


def _stop_signal() -> asyncio.Event:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; there Ctrl-C ends the loop itself.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    return stop


async def _listen(runner: web.AppRunner, settings: ServerSettings) -> None:
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        where = _authority(settings.host, settings.port)
        raise BadSetting(f"Cannot listen on {where}: {error.strerror}.") from error


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
