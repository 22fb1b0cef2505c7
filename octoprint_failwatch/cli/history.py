"""The command `failwatch history`: recorded prints, their labels, export and import."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import click
from rich.table import Table

from ..engine import serialization
from ..engine.history import History, Label, PrintRecord, exchange
from ..engine.imaging.annotation import tagged
from ..tuning.regions import suggest_regions
from .shared.options import Finite, find_print, find_printer, history_option, open_history
from .shared.tables import console, json_option


@click.group("history")
def command() -> None:
    """Show, label, export, import and delete recorded prints.

    Name a print by its id or by the beginning of it, if no other begins alike.
    """


@command.command("list")
@history_option
@click.option("--printer", help="Only prints of this printer (id or name).")
@click.option("--limit", default=50, show_default=True, help="How many at most, newest first; -1 for all.")
@json_option
def list_prints(history: Path, printer: str | None, limit: int, as_json: bool) -> None:
    """List prints, newest first."""
    with _opened(history) as opened:
        printer_id = None if printer is None else find_printer(opened, printer)
        records = opened.prints(printer_id=printer_id, limit=limit)
    if as_json:
        for record in records:
            click.echo(json.dumps(serialization.to_json(record)))
        return
    table = Table("id", "started", "minutes", "name", "level", "ended", "label")
    for column in table.columns:
        column.overflow = "fold"
    for record in records:
        table.add_row(*_row(record))
    console().print(table)


@command.command("show")
@history_option
@click.argument("print_id")
@json_option
def show(history: Path, print_id: str, as_json: bool) -> None:
    """Show what happened during a print."""
    with _opened(history) as opened:
        record = find_print(opened, print_id)
        entries = opened.entries(record.print_id)
    if as_json:
        click.echo(
            json.dumps({"print": serialization.to_json(record), "entries": serialization.to_json(entries)})
        )
        return
    table = Table("minutes", "what", "detail")
    for entry in entries:
        detail = entry.data if isinstance(entry.data, str | int | float | bool) else ""
        if isinstance(entry.data, dict):
            detail = entry.data.get("detail") or entry.data.get("rules", "")
        table.add_row(f"{(entry.at - record.started_at) / 60:.1f}", entry.kind, str(detail))
    console().print(table)


@command.command("label")
@history_option
@click.argument("print_id")
@click.option("--failed", "verdict", flag_value="failed", help="It failed.")
@click.option("--good", "verdict", flag_value="good", help="It did not fail.")
@click.option("--none", "verdict", flag_value="none", help="Remove the label.")
@click.option("--from-minute", type=Finite(min=0), help="It failed from this minute of the print on.")
@click.option("--from-frame", type=int, help="It failed from this frame on.")
def label(
    history: Path, print_id: str, verdict: str | None, from_minute: float | None, from_frame: int | None
) -> None:
    """Label a print as --failed or --good, or remove its label with --none."""
    if verdict is None:
        raise click.UsageError("Give --failed, --good or --none.")
    if verdict != "failed" and (from_minute is not None or from_frame is not None):
        raise click.UsageError("--from-minute and --from-frame need --failed.")
    if from_minute is not None and from_frame is not None:
        raise click.UsageError("Give either --from-minute or --from-frame.")
    with _opened(history) as opened:
        record = find_print(opened, print_id)
        since = None if from_minute is None else record.started_at + 60 * from_minute
        if from_frame is not None:
            looks = (frame.look for frame in opened.frames(record.print_id))
            since = next((look.at for look in looks if look.number == from_frame), None)
            if since is None:
                raise click.UsageError(f"This print has no frame {from_frame}.")
        opened.label(record.print_id, None if verdict == "none" else Label(verdict == "failed", since))


@command.command("labels")
@history_option
@click.option(
    "--import",
    "table",
    type=click.File("r", encoding="utf-8-sig"),
    help="Import labels from a table instead.",
)
def labels(history: Path, table: TextIO | None) -> None:
    """Export all labels as a table (CSV), or import them."""
    with _opened(history) as opened:
        if table is None:
            exchange.write_labels(opened, sys.stdout)
        else:
            click.echo(f"{_prints(exchange.read_labels(opened, table))} labelled.")


@command.command("export")
@history_option
@click.argument("print_ids", nargs=-1)
@click.option(
    "--to", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .zip or .csv file."
)
def export(history: Path, print_ids: tuple[str, ...], to: Path) -> None:
    """Export prints to a zip, or the frames of one print to a table.

    Without PRINT_IDS all prints go into the zip.
    """
    with _opened(history) as opened:
        found = list(dict.fromkeys(find_print(opened, print_id).print_id for print_id in print_ids))
        if to.suffix.lower() == ".csv":
            if len(found) != 1:
                raise click.UsageError("A table holds one print: give its id.")
            with to.open("w", newline="", encoding="utf-8") as table:
                exchange.write_csv(opened, found[0], table)
            return
        with to.open("wb") as archive:
            count = exchange.write_zip(
                opened, found or [record.print_id for record in opened.prints()], archive
            )
    click.echo(f"{_prints(count)} written.")


@command.command("import")
@history_option
@click.argument("archive", type=click.File("rb"))
def import_prints(history: Path, archive: Any) -> None:
    """Add the prints of a zip that `export` wrote."""
    with _opened(history, must_exist=False) as opened:
        click.echo(f"{_prints(exchange.read_zip(opened, archive))} added.")


@command.command("picture")
@history_option
@click.argument("print_id")
@click.argument("frame", type=int)
@click.option("--camera", help="The camera, if there are several. [the first]")
@click.option("--boxes", is_flag=True, help="Draw the detector's boxes.")
@click.option(
    "--to", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)
def picture(history: Path, print_id: str, frame: int, camera: str | None, boxes: bool, to: Path) -> None:
    """Write the picture of a frame, if it was kept."""
    with _opened(history) as opened:
        record = find_print(opened, print_id)
        found = (known for known in opened.frames(record.print_id) if known.look.number == frame)
        for known in found:
            for view in known.look.views:
                if camera not in (None, view.camera):
                    continue
                jpeg = opened.picture(known.id, view.camera)
                if jpeg is not None:
                    to.write_bytes(tagged(jpeg, view.boxes) if boxes else jpeg)
                    return
    raise click.ClickException(f"There is no picture of frame {frame}.")


@command.command("regions")
@history_option
@click.option("--printer", help="Id or name of the printer, if the history has several.")
@json_option
def regions(history: Path, printer: str | None, as_json: bool) -> None:
    """Suggest regions to ignore: places where good prints show the same box again and again."""
    with _opened(history) as opened:
        found = suggest_regions(opened, find_printer(opened, printer))
    if as_json:
        click.echo(json.dumps(serialization.to_json(found)))
    elif not found:
        click.echo("No box recurs in the prints that are labelled good.")
    for camera, polygons in () if as_json else found.items():
        for polygon in polygons:
            corners = "  ".join(f"{x:.2f},{y:.2f}" for x, y in polygon)
            click.echo(f"{camera or 'camera'}: {corners}")


@command.command("forget")
@history_option
@click.argument("print_ids", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(history: Path, print_ids: tuple[str, ...], yes: bool) -> None:
    """Delete prints with all their frames and pictures."""
    with _opened(history) as opened:
        records = [find_print(opened, print_id) for print_id in print_ids]
        if not yes:
            click.confirm(f"Drop {_prints(len(records))} for good?", abort=True)
        for record in records:
            opened.forget(record.print_id)


@contextmanager
def _opened(path: Path, *, must_exist: bool = True) -> Iterator[History]:
    history = open_history(path, must_exist=must_exist)
    try:
        yield history
    finally:
        history.close()


def _prints(count: int) -> str:
    return "1 print" if count == 1 else f"{count} prints"


def _row(record: PrintRecord) -> tuple[str, ...]:
    label = "" if record.label is None else ("failed" if record.label.failed else "good")
    if record.label is not None and record.label.failed_from is not None:
        label += f" from minute {(record.label.failed_from - record.started_at) / 60:.0f}"
    started = datetime.fromtimestamp(record.started_at).astimezone()
    minutes = "" if record.ended_at is None else f"{(record.ended_at - record.started_at) / 60:.0f}"
    return (
        record.print_id[:8],
        f"{started:%Y-%m-%d %H:%M}",
        minutes,
        record.name,
        record.level.value,
        record.outcome or ("" if record.ended_at else "still printing"),
        label,
    )
