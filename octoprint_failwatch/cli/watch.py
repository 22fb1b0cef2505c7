"""The command `failwatch watch`: judge a folder, a video or a camera as a host would, without one."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from ..engine.clock import Clock
from ..engine.detectors import FIELDS, create_detector
from ..engine.errors import SnapshotError
from ..engine.judging.failwatch_rules import FailWatchRules
from ..engine.judging.rules import RULE_SETS, RuleSet
from ..engine.judging.verdict import Level
from ..engine.monitor import ActionFailed, Monitor, PrinterInfo, Setup
from ..engine.sources.address import host_of
from ..engine.sources.camera import is_camera
from ..engine.sources.opening import open_source
from ..engine.sources.source import ReadOptions, Source, SourceEnded
from ..engine.watch.cadence import Cadence
from ..engine.watch.look import Camera, SnapshotSource
from ..engine.watch.policy import Action
from ..engine.watch.settings import WatchSettings
from ..engine.watch.state import Event, WatchState, has_looked
from ..settings import default_rules
from .replay import rules_from, warn_of_numbers
from .shared.camera_options import camera_options
from .shared.detector_context import lending
from .shared.detector_options import FILE, URL_OPTION, gather
from .shared.options import Finite, history_option, open_history
from .shared.paced_clock import PacedClock
from .shared.watch_hooks import Reactions
from .shared.watch_output import JsonReport, Report, TableReport

EXIT_CODES = {Level.NONE: 0, Level.MAYBE: 3, Level.FAILURE: 4}
NOTHING_SEEN = 1


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the command line asks for."""

    place: str
    camera: ReadOptions
    detector: Mapping[str, Any]
    rules: RuleSet
    interval: float
    timelapse: bool
    printer: str
    name: str
    until: Level | None
    save: Path | None
    on_maybe: str | None
    on_failure: str | None
    history: Path | None


@click.command("watch")
@click.argument("source")
@click.option("--interval", default=10.0, type=Finite(min=0.1), help="Seconds between pictures. [10]")
@click.option("--timelapse", is_flag=True, help="The video is a time-lapse with one frame per interval.")
@click.option("--service", "kind", type=click.Choice(list(FIELDS)), help="The service to ask. [built_in]")
@FILE
@URL_OPTION
@click.option(
    "--rules",
    "rules_name",
    type=click.Choice(list(RULE_SETS)),
    help="The rule set. [failwatch; super_api at Obico's own service]",
)
@click.option(
    "--set", "numbers", multiple=True, metavar="NAME=VALUE", help="Change a number of the rule set."
)
@click.option(
    "--printer", default="camera", help="Name of the printer, whose normal level is learned. [camera]"
)
@click.option("--name", default="", help="Name of the print, for the history.")
@click.option(
    "--until", type=click.Choice(["maybe", "failure"]), help="Stop as soon as this level is reached."
)
@click.option(
    "--save", type=click.Path(file_okay=False, path_type=Path), help="Write pictures with boxes here."
)
@click.option("--on-maybe", metavar="COMMAND", help="Command to run when the print looks suspicious.")
@click.option(
    "--on-failure", metavar="COMMAND", help="Command to run at a failure, e.g. to pause the printer."
)
@camera_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per picture and event.")
@history_option
@click.option("--no-history", is_flag=True, help="Do not record the print.")
def command(
    source: str,
    kind: str | None,
    settings_file: Path | None,
    url: str | None,
    rules_name: str | None,
    numbers: tuple[str, ...],
    until: str | None,
    as_json: bool,
    history: Path,
    no_history: bool,
    **options: Any,
) -> None:
    """Watch a print.

    SOURCE is a folder of pictures, a video file, or an address: a snapshot or MJPEG stream
    (http, https), or a stream such as rtsp, rtmp, udp or HLS. Pictures that were taken before are
    judged as fast as they can be; a camera is watched until Ctrl-C.

    Commands get FAILWATCH_EVENT, FAILWATCH_REASON, FAILWATCH_P, FAILWATCH_PRINT_ID and
    FAILWATCH_PICTURE, a file with the boxes drawn in, in their environment.

    The exit code is 0 for no failure, 3 for maybe, 4 for a failure, and 1 if nothing could be judged.
    """
    detector = gather(kind, settings_file, url, ())
    name = rules_name or default_rules({"detector": detector})
    order = Order(
        place=source,
        detector=detector,
        rules=rules_from(name, numbers) or FailWatchRules(),
        until=Level(until) if until else None,
        history=None if no_history else history,
        **options,
    )
    sys.exit(asyncio.run(_watch(order, JsonReport() if as_json else TableReport())))


async def _watch(order: Order, report: Report) -> int:
    async with contextlib.AsyncExitStack() as stack:
        context = await stack.enter_async_context(lending(order.detector))
        source = open_source(
            order.place, interval=order.interval, timelapse=order.timelapse, options=order.camera
        )
        stack.push_async_callback(source.close)
        detector = create_detector(order.detector, context)
        stack.push_async_callback(detector.close)
        if not detector.combines_by_sum:
            warn_of_numbers(order.rules)
        history = None
        state = WatchState()
        if order.history is not None:
            history = open_history(order.history)
            stack.callback(history.close)
            kind = str(order.detector.get("kind"))
            known = await asyncio.to_thread(history.standing, order.printer, kind)
            state = replace(state, memory=known.memory) if known else state
        host = _CommandLine(order, report)
        setup = Setup(
            detector=detector,
            detector_kind=str(order.detector.get("kind")),
            cameras=(Camera(host.pictures_of(source)),),
            settings=_watch_settings(order, live=source.live),
        )
        host.monitor = Monitor(
            host,
            setup,
            printer=PrinterInfo(id=order.printer, name=order.printer, source="watch"),
            clock=Clock() if source.live else PacedClock(),
            state=state,
            history=history,
        )
        stack.enter_context(report)
        await _run(host.monitor, host.ending, order)
        await host.reactions.finish()
    if host.looks == 0:
        report.nothing_seen(host.problem)
        return NOTHING_SEEN
    return EXIT_CODES[host.highest]


def _watch_settings(order: Order, *, live: bool) -> WatchSettings:
    settings = WatchSettings(rules=order.rules, cadence=Cadence(interval=order.interval))
    # No answer is late for a picture that was taken before: a small computer may take minutes.
    return settings if live else replace(settings, look_timeout=None)


class _Ending:
    """Is reached once, with the outcome that the print is then recorded with."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.outcome = ""

    def reach(self, outcome: str) -> None:
        self.outcome = self.outcome or outcome
        self.reached.set()


async def _run(monitor: Monitor, ending: _Ending, order: Order) -> None:
    """Watch until the source has ended, the level is reached, or the user says stop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, RuntimeError):
            loop.add_signal_handler(number, ending.reach, "stopped")
    monitor.start(str(uuid.uuid4()), order.name or _name(order.place))
    running = asyncio.create_task(monitor.run())
    ended = asyncio.create_task(ending.reached.wait())
    await asyncio.wait([running, ended], return_when=asyncio.FIRST_COMPLETED)
    monitor.end(ending.outcome)
    for task in (running, ended):
        task.cancel()
    await asyncio.gather(running, ended, return_exceptions=True)


def _name(place: str) -> str:
    """Return what a print is called by its source: never with the log-in of an address."""
    return host_of(place) if is_camera(place) else Path(place).name


class _CommandLine:
    """The host of a watch: hands every change to the report and the reactions."""

    def __init__(self, order: Order, report: Report) -> None:
        self.monitor: Monitor | None = None
        self.ending = _Ending()
        self.reactions = Reactions(order.save, {Level.MAYBE: order.on_maybe, Level.FAILURE: order.on_failure})
        self.looks = 0
        self.highest = Level.NONE
        self.problem = ""
        self._order = order
        self._report = report
        self._last: WatchState | None = None

    def pictures_of(self, source: Source) -> SnapshotSource:
        """Return the source's pictures; their end ends the watch."""

        async def snapshot() -> bytes:
            try:
                return await source.snapshot()
            except SourceEnded:
                self.ending.reach("done")
                raise
            except SnapshotError as error:
                self._no_picture(str(error))
                raise

        return snapshot

    async def act(self, action: Action) -> None:
        """Nothing here can touch a print: that is what the reactions' commands are for."""
        raise ActionFailed("The command line cannot %(action)s a print.", action=action)

    def save(self, state: WatchState) -> None:
        """The history has all there is to store."""

    def report(self, state: WatchState, events: Sequence[Event]) -> None:
        """Show a change, run what reacts to it, and end where that was asked for."""
        looked = has_looked(state, self._last)
        self._last = state
        self.looks += looked
        if state.blind is not None:
            self.problem = state.blind.detail
        frames = self.monitor.frames if self.monitor is not None else {}
        self.reactions.take(state, events, frames, looked=looked)
        try:
            if looked:
                self._report.looked(state)
            for event in events:
                self._report.happened(event, state.blind.detail if state.blind is not None else "")
        except OSError as error:
            self._cannot_tell(error)
        if state.level.rank > self.highest.rank:
            self.highest = state.level
        until = self._order.until
        if until is not None and self.highest.rank >= until.rank:
            self.ending.reach("stopped")

    def _no_picture(self, problem: str) -> None:
        """Tell that there is none yet: only after several looks does a watch call itself blind."""
        if self.looks == 0 and not self.problem:
            click.echo(f"No picture yet: {problem}", err=True)
        self.problem = problem

    def _cannot_tell(self, error: OSError) -> None:
        """Go on in silence: the disk may be full that the output goes to, or whoever read it may have gone.

        In the latter case it is over, unless there are commands to run: they are what the print needs.
        """
        with contextlib.suppress(OSError):
            click.echo(f"What is seen can no longer be shown: {error.strerror}", err=True)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        has_commands = self._order.on_maybe or self._order.on_failure
        if error.errno == errno.EPIPE and not has_commands:
            self.ending.reach("stopped")
