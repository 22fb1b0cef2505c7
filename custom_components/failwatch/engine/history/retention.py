"""Limits of the history: what it keeps, and for how long."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

PAGES_AT_ONCE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How much of the past is kept.

    Numbers and pictures of prints older than `days` go, except of labelled prints. Above `megabytes`
    the oldest pictures go first, those away from changes before those near them and those of labelled
    prints last, then the oldest prints. Every picture within `near` seconds of a change is kept, else
    one every `picture_every` seconds; None keeps no pictures at all.
    """

    days: float = 365.0
    megabytes: float = 500.0
    picture_every: float | None = 120.0
    near: float = 60.0


def tidy(connection: sqlite3.Connection, retention: Retention, now: float) -> None:
    """Drop what the rule does not keep; prints that still run stay."""
    oldest = now - retention.days * 86400
    connection.execute(
        "DELETE FROM prints WHERE coalesce(ended_at, started_at) < ? AND id NOT IN (SELECT print FROM labels)"
        " AND id NOT IN (SELECT print FROM frames WHERE at >= ?)",
        (oldest, oldest),
    )
    limit = int(retention.megabytes * 1e6)
    while used_bytes(connection) > limit:
        if not (_drop_pictures(connection) or _drop_print(connection)):
            break
    connection.execute(f"PRAGMA incremental_vacuum({PAGES_AT_ONCE})").fetchall()


def used_bytes(connection: sqlite3.Connection) -> int:
    """Return how much of the file is in use."""
    pages, free, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def _drop_pictures(connection: sqlite3.Connection) -> bool:
    """Drop those pictures of the oldest prints that matter least; return whether there were any."""
    return bool(
        connection.execute(
            """
            DELETE FROM pictures WHERE rowid IN (
              SELECT pictures.rowid FROM pictures JOIN frames ON frames.id = pictures.frame
              LEFT JOIN labels ON labels.print = frames.print
              ORDER BY labels.print IS NOT NULL, pictures.near_change, pictures.frame LIMIT 50
            )
            """
        ).rowcount
    )


def _drop_print(connection: sqlite3.Connection) -> bool:
    """Drop the oldest print that has ended, unlabelled ones first."""
    return bool(
        connection.execute(
            """
            DELETE FROM prints WHERE id = (
              SELECT prints.id FROM prints LEFT JOIN labels ON labels.print = prints.id
              WHERE prints.ended_at IS NOT NULL
              ORDER BY labels.print IS NOT NULL, prints.started_at LIMIT 1
            )
            """
        ).rowcount
    )
