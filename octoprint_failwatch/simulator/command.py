"""The command `failwatch simulate`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import click
from aiohttp import web

from ..cli.shared.options import Finite
from .camera import Camera
from .frames import Frames, RecordedFrames
from .position import ByClock, ByPrint, BySnapshot, Position
from .renderer import Renderer
from .scene import Scene


@click.command("simulate")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8380,
    type=click.IntRange(0, 65535),
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--seed", default=1, show_default=True, help="Another seed is another printer and part.")
@click.option(
    "--layers", default=100, type=click.IntRange(min=1), show_default=True, help="Layers of the print."
)
@click.option("--fails-at", default=40, show_default=True, help="Layer from which on it fails; -1: never.")
@click.option(
    "--frames",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Replay the pictures of this folder, sorted by name, instead of drawing some.",
)
@click.option(
    "--follow",
    type=click.Choice(["clock", "snapshots", "print"]),
    default="clock",
    show_default=True,
    help="What takes the print further: time, each snapshot, or the job of a real OctoPrint.",
)
@click.option(
    "--seconds",
    default=600.0,
    type=Finite(min=0, min_open=True),
    show_default=True,
    help="Time that the print takes (--follow clock).",
)
@click.option(
    "--snapshots",
    type=click.IntRange(min=1),
    help="Snapshots that the print takes (--follow snapshots): layers, or pictures.",
)
@click.option("--octoprint", default="http://127.0.0.1:5000", show_default=True, help="For --follow print.")
@click.option("--key", envvar="OCTOPRINT_API_KEY", default="", help="Application key for --follow print.")
def command(
    host: str,
    port: int,
    seed: int,
    layers: int,
    fails_at: int,
    frames: Path | None,
    follow: str,
    seconds: float,
    snapshots: int | None,
    octoprint: str,
    key: str,
) -> None:
    """Be a camera that watches a simulated print, which fails if so wished.

    Give /snapshot.jpg and /stream.mjpg to whatever watches a camera.
    """
    scene = Scene(seed=seed, layers=layers, fails_at=None if fails_at < 0 else fails_at)
    try:
        source: Frames = RecordedFrames(frames) if frames else Renderer(scene)
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from error
    count = snapshots or (len(source.files) if isinstance(source, RecordedFrames) else layers)

    def position(session: aiohttp.ClientSession) -> Position:
        if follow == "print":
            return ByPrint(session, octoprint, key)
        if follow == "snapshots":
            return BySnapshot(count, repeats=frames is not None)
        return ByClock(seconds)

    async def serve() -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            runner = web.AppRunner(
                Camera(source, position(session)).application(), access_log=None, shutdown_timeout=1
            )
            await runner.setup()
            site = web.TCPSite(runner, host, port)
            try:
                await site.start()
            except OSError as error:
                raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from error
            listening = runner.addresses[0][1]
            click.echo(f"Camera: http://{host}:{listening}/snapshot.jpg and /stream.mjpg (Ctrl-C ends it)")
            try:
                await asyncio.Event().wait()
            finally:
                await runner.cleanup()

    try:
        asyncio.run(serve())
    except KeyboardInterrupt:
        click.echo("Camera stopped.")
