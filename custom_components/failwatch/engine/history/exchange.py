"""Export and import prints: CSV for tables, a zip with everything for another history."""

from __future__ import annotations

import csv
import json
import math
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import IO, Any, TextIO

from .. import serialization
from .records import Entry, FrameRecord, Label, PrintRecord
from .rows import add_entry, add_frame, add_picture, print_key
from .store import History, HistoryError

CSV_COLUMNS = (
    "time",
    "p",
    "print_id",
    "ewm_mean",
    "rolling_mean_short",
    "rolling_mean_long",
    "prediction_num",
    "prediction_num_lifetime",
    "verdict",
    "rule",
    "score",
    "usual",
    "limit",
    "level",
    "latency",
)
LABEL_COLUMNS = ("print_id", "failed", "failed_from", "name")
MAX_TEXT = 500_000_000  # bytes of a print's frames, which are read one by one
MAX_FRAME = 1_000_000  # bytes of one of them
MAX_ABOUT = 8_000_000  # bytes of the rest, whose values can take twenty times as much memory
MAX_PICTURE = 30_000_000
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    OverflowError,  # a number of more digits than the database takes
    NotImplementedError,  # a compression that zipfile does not know
    RecursionError,
    RuntimeError,  # encrypted
)
"""What reading an archive that no history wrote may end with."""
_YES, _NO = ("1", "yes", "true", "failed"), ("0", "no", "false", "good")


def write_csv(history: History, print_id: str, file: TextIO) -> int:
    """Write a print's frames as a table that `replay` reads; return how many."""
    table = csv.writer(file, lineterminator="\n")
    table.writerow(CSV_COLUMNS)
    count = 0
    for record in history.frames(print_id):
        look = record.look
        statistics, verdict = look.statistics, look.verdict
        table.writerow(
            [
                look.at,
                look.p,
                print_id,
                statistics.ewm_mean,
                statistics.rolling_mean_short,
                statistics.rolling_mean_long,
                statistics.prediction_num,
                statistics.prediction_num_lifetime,
                verdict.level.value,
                verdict.rule.value,
                verdict.score,
                verdict.usual,
                verdict.limit,
                record.level.value,
                look.latency,
            ]
        )
        count += 1
    return count


def write_zip(history: History, print_ids: Iterable[str], file: IO[bytes]) -> int:
    """Write prints with their frames, entries, labels and pictures; return how many."""
    count = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for count, print_id in enumerate(print_ids, 1):
            _write_print(history, print_id, f"{count:05d}", archive)
    return count


def read_zip(history: History, file: IO[bytes]) -> int:
    """Add the prints of a zip; return how many were not known before. Raises HistoryError, adding none."""
    added: list[str] = []
    try:
        with zipfile.ZipFile(file) as archive:
            for folder in sorted({PurePosixPath(name).parts[0] for name in archive.namelist()}):
                _read_print(history, folder, archive, added)
    except (HistoryError, *UNREADABLE) as error:
        for print_id in added:
            history.forget(print_id)
        if isinstance(error, HistoryError):
            raise
        raise HistoryError(f"This is no archive of prints: {error}") from error
    return len(added)


def write_labels(history: History, file: TextIO) -> int:
    """Write the labels of all prints as a table; return how many."""
    table = csv.writer(file, lineterminator="\n")
    table.writerow(LABEL_COLUMNS)
    labelled = [(record, record.label) for record in history.prints() if record.label is not None]
    for record, label in labelled:
        since = "" if label.failed_from is None else label.failed_from
        table.writerow([record.print_id, "yes" if label.failed else "no", since, record.name])
    return len(labelled)


def read_labels(history: History, file: TextIO) -> int:
    """Label the prints that a table names; return how many. Raises HistoryError, changing nothing."""
    try:
        table = csv.DictReader(file)
        if not {"print_id", "failed"} <= set(table.fieldnames or ()):
            raise HistoryError("The first line must name the columns print_id and failed.")
        labels = [_label(row, table.line_num) for row in table]
    except (csv.Error, UnicodeDecodeError) as error:
        raise HistoryError(f"This is no table of labels: {error}.") from error
    for print_id, _ in labels:
        history.print(print_id)
    for print_id, label in labels:
        history.label(print_id, label)
    return len(labels)


def _label(row: Mapping[str, str | None], line: int) -> tuple[str, Label]:
    """Return what a line of the table says; raises HistoryError."""
    print_id, failed, since = (
        (row.get(name) or "").strip() for name in ("print_id", "failed", "failed_from")
    )
    if not print_id or failed.lower() not in _YES + _NO:
        raise HistoryError(f"Line {line}: needs a print_id, and yes or no under failed.")
    if not since:
        return print_id, Label(failed.lower() in _YES)
    if failed.lower() in _NO:
        raise HistoryError(f"Line {line}: a print that did not fail has no failed_from.")
    try:
        at = float(since)
    except ValueError:
        at = math.nan
    if not math.isfinite(at):
        raise HistoryError(f"Line {line}: failed_from is no time in seconds: {since!r}.")
    return print_id, Label(failed=True, failed_from=at)


def _write_print(history: History, print_id: str, folder: str, archive: zipfile.ZipFile) -> None:
    record = history.print(print_id)
    about = {
        "print": serialization.to_json(record),
        "entries": serialization.to_json(history.entries(print_id)),
    }
    archive.writestr(f"{folder}/print.json", json.dumps(about, indent=1))
    pictured: list[FrameRecord] = []
    with archive.open(f"{folder}/frames.jsonl", "w") as lines:
        for frame in history.frames(print_id):
            lines.write(json.dumps(serialization.to_json(frame), separators=(",", ":")).encode() + b"\n")
            if frame.pictures:
                pictured.append(frame)
    for frame in pictured:
        for number, camera in enumerate(frame.pictures):
            jpeg = history.picture(frame.id, camera)
            if jpeg is not None:
                name = f"{folder}/pictures/{frame.look.number:06d}-{frame.id}-{number}.jpg"
                archive.writestr(name, jpeg, zipfile.ZIP_STORED)


def _read_print(history: History, folder: str, archive: zipfile.ZipFile, added: list[str]) -> None:
    """Add a print, and its id to those that were added, unless it was known before."""
    about = json.loads(_read(archive, f"{folder}/print.json", MAX_ABOUT))
    record = serialization.from_json(PrintRecord, about["print"])
    entries = [serialization.from_json(Entry, entry) for entry in about["entries"]]
    with suppress(HistoryError):
        history.print(record.print_id)
        return
    pictures = {
        (int(match[1]), int(match[2])): name
        for name in archive.namelist()
        if (match := re.fullmatch(rf"{re.escape(folder)}/pictures/\d+-(\d+)-(\d+)\.jpg", name))
    }

    def write(connection: sqlite3.Connection) -> None:
        key = _add_print(connection, record)
        ids = {0: 0}
        for frame in _read_frames(archive, f"{folder}/frames.jsonl"):
            ids[frame.id] = add_frame(connection, key, frame.look, frame.level)
            for number, camera in enumerate(frame.pictures):
                if (name := pictures.get((frame.id, number))) is not None:
                    jpeg = _read(archive, name, MAX_PICTURE)
                    add_picture(connection, ids[frame.id], camera, jpeg, near_change=True)
        for entry in entries:
            after = ids[entry.after_frame]
            add_entry(connection, key, Entry(after, entry.at, entry.kind, entry.data))

    history.change(write)
    added.append(record.print_id)
    if record.label is not None:
        history.label(record.print_id, record.label)


def _add_print(connection: sqlite3.Connection, record: PrintRecord) -> int:
    values = asdict(record)
    connection.execute(
        "INSERT INTO prints (print_id, printer_id, printer_name, name, source, started_at, ended_at, outcome)"
        " VALUES (:print_id, :printer_id, :printer_name, :name, :source, :started_at, :ended_at, :outcome)",
        values,
    )
    return print_key(connection, record.print_id) or 0


def _read_frames(archive: zipfile.ZipFile, name: str) -> Iterator[FrameRecord]:
    if archive.getinfo(name).file_size > MAX_TEXT:
        raise ValueError(f"{name} is too large")
    with archive.open(name) as lines:
        while line := lines.readline(MAX_FRAME + 1):
            if len(line) > MAX_FRAME:
                raise ValueError(f"{name} has a frame that is too large")
            yield serialization.from_json(FrameRecord, json.loads(line))


def _read(archive: zipfile.ZipFile, name: str, limit: int) -> Any:
    if archive.getinfo(name).file_size > limit:
        raise ValueError(f"{name} is too large")
    return archive.read(name)
