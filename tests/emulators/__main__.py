"""Run an emulator until Ctrl-C: python -m tests.emulators SERVICE [--port PORT] [--colour]."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp

from octoprint_failwatch.engine.detectors import DetectorContext, create_detector
from octoprint_failwatch.engine.models import Frame

from . import deepomatic, hacarus, hacarus_sdk, hacarus_state, obico
from .judging import Judge, by_colour, by_detector
from .running import running

SERVICES: dict[str, Callable[[Judge], Any]] = {
    "obico": lambda judge: obico.Obico(judge, printers={"1": obico.PrinterRecord()}),
    "deepomatic": deepomatic.Deepomatic,
    "hacarus-check": lambda judge: hacarus.Hacarus(hacarus_state.State(judge)),
    "hacarus-saas": lambda judge: hacarus.Hacarus(hacarus_state.State(judge), check=False),
    "hacarus-sdk": lambda judge: hacarus_sdk.HacarusSdk(hacarus_state.State(judge)),
}
CREDENTIALS = {
    "obico": f"token {obico.TOKEN}, printer 1",
    "deepomatic": f"api_key {deepomatic.KEY}, path /v0.7",
}


async def serve(service: str, port: int, colour: bool) -> None:
    """Run the emulator, which sees with the built-in detector, or by colour."""
    async with aiohttp.ClientSession() as session:
        judge: Judge = by_colour
        if not colour:
            detector = create_detector({"kind": "built_in"}, DetectorContext(session))
            judge = by_detector(detector, lambda jpeg: Frame(jpeg, 0.0, "emulator", "emulator"))
        async with running(SERVICES[service](judge).application(), port=port) as url:
            hacarus_credentials = f"client_id {hacarus_state.CLIENT_ID}, secret {hacarus_state.CLIENT_SECRET}"
            print(f"{service}: {url}  ({CREDENTIALS.get(service, hacarus_credentials)})", flush=True)
            await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.emulators")
    parser.add_argument("service", choices=SERVICES)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--colour", action="store_true", help="see failures where the picture is red")
    arguments = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(arguments.service, arguments.port, arguments.colour))
