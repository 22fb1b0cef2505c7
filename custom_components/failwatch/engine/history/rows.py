"""Convert frames, entries, pictures and prints to rows of the tables, and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from .. import serialization
from ..judging.assessment import Assessment, moved, shifted
from ..judging.verdict import Level, Rule, Verdict
from ..models import Box
from ..statistics import TemporalStatistics
from ..watch.state import CameraView, Look
from .records import Alarm, Entry, EntryKind, FrameRecord, Label, PrintRecord

PRINTS = """
SELECT prints.*, failed, failed_from,
  (SELECT count(*) FROM pictures JOIN frames ON frames.id = pictures.frame WHERE frames.print = prints.id) AS pictures,
  (SELECT json_group_array(json_array(at, kind)) FROM entries
    WHERE print = prints.id AND kind IN ('maybe', 'failure')) AS alarms
FROM prints LEFT JOIN labels ON labels.print = prints.id
"""
FRAMES = """
SELECT frames.*, (SELECT json_group_array(camera) FROM pictures WHERE frame = frames.id) AS cameras
FROM frames JOIN prints ON prints.id = frames.print
"""
TABLES = ("prints", "frames", "entries")


def add_frame(connection: sqlite3.Connection, print_key: int, look: Look, level: Level) -> int:
    """Write a frame and return its id."""
    statistics, verdict = look.statistics, look.verdict
    # The address of a tagged picture opens it without a token: it does not get into exports.
    views = [
        [view.camera, view.p, [[*_box(box)] for box in view.boxes], None, view.problem] for view in look.views
    ]
    values = (
        print_key,
        look.at,
        look.p,
        statistics.ewm_mean,
        statistics.rolling_mean_short,
        statistics.rolling_mean_long,
        statistics.prediction_num,
        statistics.prediction_num_lifetime,
        statistics.frames,
        statistics.frames_lifetime,
        look.statistics_served,
        verdict.level.value,
        verdict.rule.value,
        verdict.score,
        verdict.usual,
        verdict.limit,
        level.value,
        look.latency,
        look.spacing,
        json.dumps(views, separators=(",", ":")),
        look.raw_p,
        look.explained,
    )
    connection.execute(
        "UPDATE prints SET frames = frames + 1, level = CASE"
        " WHEN ?1 = 'failure' OR (?1 = 'maybe' AND level = 'none') THEN ?1 ELSE level END WHERE id = ?2",
        (level.value, print_key),
    )
    places = ", ".join("?" * len(values))
    added = connection.execute(f"INSERT INTO frames VALUES (NULL, {places})", values)  # noqa: S608 - only ?s
    return int(added.lastrowid or 0)


def add_entry(connection: sqlite3.Connection, print_key: int, entry: Entry) -> None:
    """Write an entry."""
    connection.execute(
        "INSERT INTO entries (print, after_frame, at, kind, data) VALUES (?, ?, ?, ?, ?)",
        (print_key, entry.after_frame, entry.at, entry.kind, json.dumps(serialization.to_json(entry.data))),
    )


def add_picture(
    connection: sqlite3.Connection, frame: int, camera: str, jpeg: bytes, *, near_change: bool
) -> None:
    """Write a frame's picture."""
    connection.execute(
        "INSERT OR REPLACE INTO pictures VALUES (?, ?, ?, ?)", (frame, camera, near_change, jpeg)
    )


def newest_ids(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the id of each table's newest row, 0 where it has none."""
    newest = "SELECT coalesce(max(id), 0) FROM"
    return {table: connection.execute(f"{newest} {table}").fetchone()[0] for table in TABLES}


def move_print(
    connection: sqlite3.Connection, print_id: str, seconds: float, after: Mapping[str, int]
) -> None:
    """Move all times of a print by so many seconds, but for rows up to the ids of `after`, by table."""
    key = print_key(connection, print_id)
    for table, change in (
        ("prints", "UPDATE prints SET started_at = started_at + ? WHERE id = ? AND id > ?"),
        ("frames", "UPDATE frames SET at = at + ? WHERE print = ? AND id > ?"),
        ("entries", "UPDATE entries SET at = at + ? WHERE print = ? AND id > ?"),
    ):
        connection.execute(change, (seconds, key, after[table]))
    connection.execute("UPDATE labels SET failed_from = failed_from + ? WHERE print = ?", (seconds, key))
    rows = connection.execute(
        "SELECT id, kind, data FROM entries WHERE print = ? AND id > ? AND kind IN (?, ?)",
        (key, after["entries"], EntryKind.STANDING, EntryKind.SNOOZED),
    )
    for entry, kind, text in rows.fetchall():
        data = json.loads(text)
        if kind == EntryKind.STANDING:
            data = serialization.to_json(shifted(serialization.from_json(Assessment, data), seconds))
        else:
            data = moved(data, seconds)
        connection.execute("UPDATE entries SET data = ? WHERE id = ?", (json.dumps(data), entry))


def last_entry(connection: sqlite3.Connection, printer_id: str, kind: str) -> Any:
    """Return the data of a printer's last entry of a kind, None if it has none."""
    row = connection.execute(
        "SELECT data FROM entries JOIN prints ON prints.id = entries.print"
        " WHERE printer_id = ? AND kind = ? ORDER BY entries.id DESC LIMIT 1",
        (printer_id, kind),
    ).fetchone()
    return None if row is None else json.loads(row["data"])


def print_key(connection: sqlite3.Connection, print_id: str) -> int | None:
    """Return the key of a print, if it is known."""
    row = connection.execute("SELECT id FROM prints WHERE print_id = ?", (print_id,)).fetchone()
    return None if row is None else int(row[0])


def as_print(row: sqlite3.Row) -> PrintRecord:
    """Return a row of PRINTS as a print."""
    return PrintRecord(
        print_id=row["print_id"],
        printer_id=row["printer_id"],
        printer_name=row["printer_name"],
        name=row["name"],
        source=row["source"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        outcome=row["outcome"],
        level=Level(row["level"]),
        frames=row["frames"],
        pictures=row["pictures"],
        label=None if row["failed"] is None else Label(bool(row["failed"]), row["failed_from"]),
        alarms=tuple(Alarm(at, Level(kind)) for at, kind in sorted(json.loads(row["alarms"]))),
    )


def as_frame(row: sqlite3.Row) -> FrameRecord:
    """Return a row of FRAMES as a frame."""
    statistics = TemporalStatistics(
        row["ewm_mean"],
        row["rolling_mean_short"],
        row["rolling_mean_long"],
        row["prediction_num"],
        row["prediction_num_lifetime"],
        row["frames"],
        row["frames_lifetime"],
    )
    look = Look(
        number=row["prediction_num"],
        at=row["at"],
        p=row["p"],
        views=tuple(
            CameraView(camera, p, tuple(Box(*box) for box in boxes), None, problem)
            for camera, p, boxes, _, problem in json.loads(row["views"])
        ),
        statistics=statistics,
        verdict=Verdict(
            Level(row["verdict"]), Rule(row["rule"]), row["score"], row["usual"], row["margin_limit"]
        ),
        latency=row["latency"],
        spacing=row["spacing"],
        statistics_served=bool(row["served"]),
        raw_p=row["raw_p"],
        explained=row["explained"],
    )
    return FrameRecord(row["id"], look, Level(row["level"]), tuple(json.loads(row["cameras"])))


def _box(box: Box) -> tuple[Any, ...]:
    return (box.x_min, box.y_min, box.x_max, box.y_max, box.score, box.label)
