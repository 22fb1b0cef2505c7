"""The demo: print, show every judged frame, and check that everything happened."""

import argparse
import asyncio
import contextlib
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import homeassistant, octoprint
from .processes import ProgramError
from .workshop import Plan, Workshop, open_workshop

FAST = 10.0
FRAME_SECONDS = 10.0
PICTURES = {".jpg", ".jpeg", ".png", ".webp"}
MOST_PICTURES = 600
COLOURS = {"none": "32", "maybe": "33", "failure": "31"}


@dataclass(frozen=True)
class Outcome:
    """What was seen at the end; the demo passed if nothing is missing."""

    missing: tuple[str, ...]
    seen: tuple[str, ...]


def main(arguments: list[str]) -> int:
    """Run the demo; returns the exit code."""
    options = _parser().parse_args(arguments)
    if options.frames and not any(_pictures(options.frames)):
        print(f"There are no pictures in {options.frames}.", file=sys.stderr)
        return 2
    try:
        return asyncio.run(_demonstrate(options))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("\nStopped.")
        return 130 if options.check else 0
    except ProgramError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/demo", description="A failing print is seen, paused and shown."
    )
    parser.add_argument(
        "--check", action="store_true", help="end by itself, with 0 only if all of it happened"
    )
    parser.add_argument(
        "--fast", action="store_true", help=f"let FailWatch's clock run {FAST:.0f} times as fast"
    )
    parser.add_argument(
        "--frames", type=Path, metavar="DIR", help="replay these pictures instead of drawing some"
    )
    return parser


async def _demonstrate(options: argparse.Namespace) -> int:
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with tempfile.TemporaryDirectory(prefix="failwatch-demo-", ignore_cleanup_errors=True) as folder:
        plan = _plan(options)
        async with open_workshop(
            Path(folder), plan, lambda line: print(f"==> {line}", flush=True)
        ) as workshop:
            print(f"==> printing; a frame every {FRAME_SECONDS / plan.clock_speed:g} s\n", flush=True)
            await _show_frames(workshop)
            outcome = await _look_around(workshop)
            _report(outcome, workshop)
            if not options.check:
                print("\nAll of it stays up until Ctrl-C.", flush=True)
                await asyncio.Event().wait()
    return 1 if outcome.missing else 0


def _plan(options: argparse.Namespace) -> Plan:
    speed = FAST if options.fast else 1.0
    if options.frames is None:
        return Plan(clock_speed=speed, usual_ports=True)
    count = min(len(list(_pictures(options.frames))), MOST_PICTURES)
    return Plan(
        seconds=(count + 40) * FRAME_SECONDS,
        clock_speed=speed,
        camera=("--frames", str(options.frames.resolve()), "--follow", "snapshots"),
        usual_ports=True,
    )


def _pictures(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if file.suffix.lower() in PICTURES] if folder.is_dir() else []


async def _show_frames(workshop: Workshop) -> None:
    """Start a print, and print a line for every frame until the print is paused, or over."""
    print(f"{'frame':>5}  {'p':>5}  {'ewm_mean':>8}  verdict", flush=True)
    plan = workshop.plan
    with contextlib.suppress(TimeoutError):
        async with (
            workshop.octoprint.listen() as states,
            asyncio.timeout(plan.seconds / plan.clock_speed + 90),
        ):
            await workshop.start_print()
            await _follow(states)


async def _follow(states: AsyncIterator[dict[str, Any]]) -> None:
    last, blind, started = 0, "", False
    async for state in states:
        look, phase = state["look"], state["phase"]
        if look and state["print_id"] and look["number"] != last:
            last = look["number"]
            print(_line(state), flush=True)
        detail = state["blind"]["detail"] if state["blind"] else ""
        if detail != blind:
            blind = detail
            print(f"{'':>5}  {f'blind: {blind}' if blind else 'sees again'}", flush=True)
        started = started or phase != "idle"
        if started and phase in ("paused", "idle"):
            return


def _line(state: dict[str, Any]) -> str:
    look, level = state["look"], state["latch"]["level"]
    verdict = _coloured(f"{level:<8}", COLOURS[level])
    ewm_mean, reason = look["statistics"]["ewm_mean"], look["verdict"]["reason"]
    return f"{look['number']:>5}  {look['p']:>5.2f}  {ewm_mean:>8.2f}  {verdict} {reason}"


async def _look_around(workshop: Workshop) -> Outcome:
    """Ask both hosts what they show, and give them a moment for it to arrive."""
    outcome = Outcome((), ())
    for _ in range(40):
        outcome = await _compare(workshop)
        if not outcome.missing:
            break
        await asyncio.sleep(0.5)
    return outcome


async def _compare(workshop: Workshop) -> Outcome:
    missing, seen = [], []
    failwatch = await workshop.octoprint.failwatch()
    state = failwatch["state"]
    if failwatch["detector"]["kind"] == "built_in" and state["latch"]["level"] == "failure":
        seen.append(f"the built-in detector saw the failure: {state['latch']['verdict']['reason']}")
    else:
        missing.append("the built-in detector did not see a failure")
    if await workshop.octoprint.flag("paused"):
        seen.append("OctoPrint has paused the print")
    else:
        missing.append("OctoPrint does not report the print as paused")
    entities, states = await workshop.home_assistant.entities(), await workshop.home_assistant.states()

    def shown(key: str) -> str:
        return str(states.get(entities.get(key, ""), {}).get("state", "missing"))

    if shown("failure_state") == "failure":
        seen.append(f"Home Assistant: {entities['failure_state']} is failure")
    else:
        missing.append(f"Home Assistant shows the failure state {shown('failure_state')}, not failure")
    for key in ("p", "ewm_mean"):
        value = shown(key)
        with contextlib.suppress(ValueError):
            if float(value) > 0:
                seen.append(f"Home Assistant: {entities[key]} is {float(value):.2f}")
                continue
        missing.append(f"Home Assistant shows no {key}: {value}")
    return Outcome(tuple(missing), tuple(seen))


def _report(outcome: Outcome, workshop: Workshop) -> None:
    print()
    for line in outcome.seen:
        print(f"  {_coloured('seen   ', '32')} {line}")
    for line in outcome.missing:
        print(f"  {_coloured('MISSING', '31')} {line}")
    print(f"""
  OctoPrint        {workshop.octoprint.url}   user {octoprint.USER}, password {octoprint.PASSWORD}
  Home Assistant   {workshop.home_assistant.url}   user {homeassistant.USER}, password {homeassistant.PASSWORD}
  Camera           {workshop.camera.stream_url}""")


def _coloured(text: str, colour: str) -> str:
    return f"\033[{colour}m{text}\033[0m" if sys.stdout.isatty() else text
