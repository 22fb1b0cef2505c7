"""Save pictures and run the user's commands for `failwatch watch`."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import click

from ...engine.errors import FailWatchError
from ...engine.imaging.annotation import tagged
from ...engine.judging.verdict import Level
from ...engine.models import Frame
from ...engine.watch.state import Event, EventKind, Look, WatchState

COMMAND_TIMEOUT = 300.0
STDERR = 2


class Reactions:
    """Runs each level's command when the level is reached, and saves pictures with their boxes."""

    def __init__(self, folder: Path | None, commands: Mapping[Level, str | None]) -> None:
        """Make the folder."""
        self._folder = folder
        self._commands = commands
        self._running: set[asyncio.Task[None]] = set()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def take(
        self, state: WatchState, events: Sequence[Event], frames: Mapping[str, Frame], *, looked: bool
    ) -> None:
        """React to a change, without making the watch wait."""
        look = state.look
        if look is None:
            return
        if looked and self._folder is not None:
            self._start(self._save(self._folder / f"{look.number:06d}.jpg", look, frames))
        for event in events:
            is_alarm = event.kind in (EventKind.MAYBE, EventKind.FAILURE)
            if is_alarm and (command := self._commands.get(event.level)):
                self._start(self._run(command, event, look, frames))

    async def finish(self) -> None:
        """Wait until everything is written and every command has ended."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self, reaction: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(reaction)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _save(self, path: Path, look: Look, frames: Mapping[str, Frame]) -> None:
        for view in look.views:
            if (frame := frames.get(view.camera)) is not None:
                try:
                    picture = await asyncio.to_thread(tagged, frame.jpeg, view.boxes)
                    await asyncio.to_thread(path.write_bytes, picture)
                except FailWatchError as error:
                    _complain(f"{path}: {error}")
                except OSError as error:
                    _complain(f"{path}: {error.strerror}")

    async def _run(self, command: str, event: Event, look: Look, frames: Mapping[str, Frame]) -> None:
        environment = {
            **os.environ,
            "FAILWATCH_EVENT": event.kind.value,
            "FAILWATCH_REASON": event.detail,
            "FAILWATCH_P": f"{look.p:.4f}",
            "FAILWATCH_PRINT_ID": event.print_id or "",
            "FAILWATCH_PICTURE": "",
        }
        with ExitStack() as stack:
            try:
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="failwatch-"))
            except OSError as error:  # on a full disk, the printer is to be paused all the same
                _complain(f"The command for {event.kind} gets no picture: {error.strerror}")
            else:
                picture = Path(folder, "picture.jpg")
                await self._save(picture, look, frames)
                environment["FAILWATCH_PICTURE"] = str(picture)
            # What programs read of a watch is its own lines; a closed standard error is some other file by now.
            out = None if sys.stderr is None else STDERR
            process = await asyncio.create_subprocess_shell(command, env=environment, stdout=out)
            try:
                code = await asyncio.wait_for(process.wait(), COMMAND_TIMEOUT)
            except TimeoutError:
                process.kill()
                code = await process.wait()
            if code:
                _complain(f"The command for {event.kind} ended with exit code {code}.")


def _complain(text: str) -> None:
    """Say something on the standard error, if there is one: nothing depends on it."""
    with suppress(OSError):
        click.echo(text, err=True)
