"""Options that several commands share, and how to find prints and printers by name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ...engine.history import History, HistoryError, PrintRecord

DEFAULT_HISTORY = Path(click.get_app_dir("failwatch")) / "history.db"

history_option = click.option(
    "--history",
    type=click.Path(dir_okay=False, path_type=Path),
    default=DEFAULT_HISTORY,
    envvar="FAILWATCH_HISTORY",
    help="File of the history; also from FAILWATCH_HISTORY.",
)


class Finite(click.FloatRange):
    """A number within bounds, if any are given; `nan` and `inf`, which pass every bound, are refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; raises BadParameter."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a number that can be worked with.", param, ctx)
        return number


def open_history(path: Path, *, must_exist: bool = False) -> History:
    """Return the history at a path; raises HistoryError, or a usage error if it must be there."""
    if must_exist and not path.is_file():
        raise click.ClickException(f"There is no history {path}: name one with --history.")
    return History(path)


def named(records: Sequence[PrintRecord], beginning: str) -> PrintRecord | None:
    """Return the print whose id is or begins with this, if there is one; raises HistoryError for several."""
    found = [record for record in records if record.print_id == beginning] or [
        record for record in records if record.print_id.startswith(beginning)
    ]
    if len(found) > 1:
        raise HistoryError(f"{len(found)} prints begin with {beginning!r}.")
    return found[0] if found else None


def find_print(history: History, beginning: str) -> PrintRecord:
    """Return the print whose id is or begins with this; raises HistoryError."""
    record = named(history.prints(), beginning)
    if record is None:
        raise HistoryError(f"There is no print {beginning!r}.")
    return record


def find_printer(history: History, wanted: str | None) -> str:
    """Return the id of the printer of this id or name, None being the only one; raises HistoryError."""
    printers: dict[str, str] = {}
    for record in history.prints():
        printers.setdefault(record.printer_id, record.printer_name)
    found = (
        [wanted] if wanted in printers else [key for key, name in printers.items() if wanted in (None, name)]
    )
    if len(found) == 1:
        return found[0]
    if not printers:
        raise HistoryError("The history is empty.")
    known = ", ".join(sorted(f"{name} ({key})" if name else key for key, name in printers.items()))
    raise HistoryError(f"Say which printer by --printer: {known}.")
