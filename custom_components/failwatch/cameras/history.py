"""Record the prints of an entry's watched cameras in one file."""

import io
import logging
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import IO

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..engine.history import History, HistoryError, Label, PrintRecord, Retention
from ..engine.history.course import print_course, thinned
from ..engine.history.exchange import write_csv, write_zip
from ..engine.models import Box
from ..shared.recordings import Course, ExportFormat
from ..shared.trouble import async_begins, async_ends
from . import issues

_LOGGER = logging.getLogger(__name__)

RETENTION = Retention(days=365, megabytes=300)


def history_path(hass: HomeAssistant, entry_id: str) -> Path:
    """Return where an entry's history lies."""
    return Path(hass.config.path(".storage", f"{DOMAIN}.{entry_id}.history.db"))


async def async_open_history(hass: HomeAssistant, entry: ConfigEntry) -> History | None:
    """Open an entry's history until it is unloaded or Home Assistant stops.

    None, with a warning, where no file can be made; None also while Home Assistant is stopping. As long as
    nothing can be written, a repair issue says so.
    """
    path, trouble = history_path(hass, entry.entry_id), f"history_{entry.entry_id}"
    try:
        history = await hass.async_add_executor_job(History.of_host, path, RETENTION)
    except HistoryError as error:
        if async_begins(hass, trouble):
            _LOGGER.warning("Prints are watched, but not recorded: %s", error)
        issues.async_judge_recording(hass, entry, can_write=False)
        return None
    if async_ends(hass, trouble):
        _LOGGER.warning("Prints are recorded again")

    def judge(problem: Exception | None) -> None:
        hass.loop.call_soon_threadsafe(
            partial(issues.async_judge_recording, hass, entry, can_write=problem is None)
        )

    judge(history.problem)
    history.on_problem = judge

    async def close(_: Event | None = None) -> None:
        await hass.async_add_executor_job(history.close)

    if hass.is_stopping:
        # It was told so while the file was being opened, and nobody would close that any more.
        await close()
        return None
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, close))
    entry.async_on_unload(close)
    return history


class PrintHistory:
    """What is recorded of one watched camera, read and written in threads.

    Every method raises HomeAssistantError, with a translated text, where that cannot be done.
    """

    def __init__(self, hass: HomeAssistant, history: History | None, printer_id: str) -> None:
        """Read nothing yet; without a history nothing is recorded."""
        self._hass = hass
        self._history = history
        self._printer_id = printer_id
        self._is_unreadable = False

    async def async_prints(self, limit: int = -1, before: float | None = None) -> list[PrintRecord]:
        """Return so many prints that began before a time, newest first; all for -1."""

        def read(history: History) -> list[PrintRecord]:
            # What was just told, as the end of a print, may still be on its way to the disk.
            history.settle()
            return history.prints(printer_id=self._printer_id, before=before, limit=limit)

        return await self._do(read)

    async def async_label(self, print_id: str, label: Label | None) -> None:
        """Keep what a print really was, or take that back."""
        await self._do(lambda history: history.label(print_id, label))

    async def async_forget(self) -> None:
        """Drop all prints."""

        def forget(history: History) -> None:
            for record in history.prints(printer_id=self._printer_id):
                history.forget(record.print_id)

        await self._do(forget)

    async def async_last_picture(self) -> tuple[bytes, Sequence[Box]] | None:
        """Return the last picture that was kept of the last print as JPEG, with what was found in it."""

        def read(history: History) -> tuple[bytes, Sequence[Box]] | None:
            for record in history.prints(printer_id=self._printer_id, limit=1):
                kept = None
                for frame in history.frames(record.print_id):
                    kept = frame if frame.pictures else kept
                if kept is not None and (jpeg := history.picture(kept.id, kept.pictures[0])) is not None:
                    return jpeg, [box for view in kept.look.views for box in view.boxes]
            return None

        return await self._do(read)

    async def async_course(self, print_id: str, most: int) -> Course:
        """Return a print with about so many of its frames."""

        def read(history: History) -> Course:
            self._own(history, print_id)
            course = print_course(history, print_id)
            return Course(
                print=course["print"],
                frames=thinned(course["frames"], most),
                marks=course["marks"],
                rules=course["rules"],
            )

        return await self._do(read)

    async def async_picture(self, print_id: str, frame_id: int, camera: str) -> bytes | None:
        """Return the picture of a print's frame, if it was kept."""

        def read(history: History) -> bytes | None:
            self._own(history, print_id)
            return history.picture(frame_id, camera)

        return await self._do(read)

    async def async_export(self, print_id: str, kind: ExportFormat, file: IO[bytes]) -> None:
        """Write a print to a file, as CSV or as a zip with all that is kept of it."""

        def write(history: History) -> None:
            self._own(history, print_id)
            if kind == "zip":
                write_zip(history, [print_id], file)
                return
            table = io.TextIOWrapper(file, encoding="utf-8", newline="")
            write_csv(history, print_id, table)
            table.detach()

        await self._do(write)

    def _own(self, history: History, print_id: str) -> None:
        """Raise HistoryError for a print of another camera of the same service."""
        if history.print(print_id).printer_id != self._printer_id:
            raise HistoryError(f"There is no print {print_id!r} in the history.")

    async def _do[T](self, job: Callable[[History], T]) -> T:
        if self._history is None:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="not_recorded")
        try:
            done = await self._hass.async_add_executor_job(job, self._history)
        except (HistoryError, sqlite3.Error) as error:
            if not self._is_unreadable:
                _LOGGER.warning("The recorded prints cannot be read or written: %s", error)
            self._is_unreadable = True
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="past_unreadable") from error
        if self._is_unreadable:
            _LOGGER.warning("The recorded prints can be read and written again")
        self._is_unreadable = False
        return done


async def async_remove_history(hass: HomeAssistant, entry_id: str) -> None:
    """Delete the file."""
    path = history_path(hass, entry_id)
    for ending in ("", "-wal", "-shm"):
        await hass.async_add_executor_job(partial(path.with_name(path.name + ending).unlink, missing_ok=True))
