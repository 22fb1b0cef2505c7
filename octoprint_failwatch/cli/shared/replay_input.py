"""Read the input of `failwatch replay`: tables of p, histories, and archives of prints."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import click

from ...engine.history import History, HistoryError, PrintRecord, exchange
from ...engine.replay import Step, read_csv, recorded
from .options import named

DATABASE = b"SQLite format 3\0"
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06")
"""How the files of a history, of an archive and of an empty one begin; all else is read as a table."""


@dataclass(frozen=True)
class Series:
    """One printer's prints; `own_rules` says that rules were recorded with them.

    `failed_from` has the labels that say from when on a print failed.
    """

    steps: Iterable[Step]
    own_rules: bool
    failed_from: Mapping[str, float] = field(default_factory=dict)


def open_series(sources: Iterable[Path], print_ids: Sequence[str], stack: ExitStack) -> list[Series]:
    """Return the series of all sources; of histories only the named prints, if any are named.

    Files to close later are put on the stack. Raises HistoryError or OSError.
    """
    missing = set(print_ids)
    series: list[Series] = []
    for source in sources:
        beginning = _beginning(source)
        archived = beginning.startswith(ARCHIVES)
        if not archived and beginning != DATABASE:
            series.append(Series(read_csv(_table(source, stack), source.name), own_rules=False))
            continue
        history = _history(source, stack, archived=archived)
        records = history.prints()
        if print_ids:
            found = {print_id: named(records, print_id) for print_id in print_ids}
            missing -= {print_id for print_id, record in found.items() if record is not None}
            records = [record for record in records if record in found.values()]
        series += _by_printer(history, records)
    if missing:
        raise HistoryError(f"There is no print {', '.join(sorted(map(repr, missing)))}.")
    return series


def _beginning(source: Path) -> bytes:
    """Return the first bytes of a file, none of a stream that can be read only once."""
    if str(source) == "-" or source.is_fifo():
        return b""
    if source.is_dir():
        raise click.ClickException(f"{source} is a folder, and neither a table nor a history.")
    with source.open("rb") as file:
        return file.read(len(DATABASE))


def _table(source: Path, stack: ExitStack) -> Iterable[str]:
    if str(source) == "-":
        return sys.stdin
    return stack.enter_context(source.open(newline="", encoding="utf-8-sig"))


def _history(source: Path, stack: ExitStack, *, archived: bool) -> History:
    if not archived:
        history = History(source)
        stack.callback(history.close)
        return history
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    history = History(folder / "history.db")
    stack.callback(history.close)
    with source.open("rb") as file:
        exchange.read_zip(history, file)
    return history


def _by_printer(history: History, records: Sequence[PrintRecord]) -> Iterator[Series]:
    failed_from = {
        record.print_id: record.label.failed_from
        for record in records
        if record.label is not None and record.label.failed_from is not None
    }
    oldest_first = records[::-1]
    for printer_id in dict.fromkeys(record.printer_id for record in oldest_first):
        prints = [record.print_id for record in oldest_first if record.printer_id == printer_id]
        yield Series(recorded(history, prints), own_rules=True, failed_from=failed_from)
