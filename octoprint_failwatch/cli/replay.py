"""`failwatch replay`: recorded prints or tables of p, judged again."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from ..chart.buckets import Buckets
from ..detection.history import History, Standing, exchange
from ..detection.judgement import Memory
from ..detection.replay import Judged, Step, at_cadence, read_csv, recorded, replay
from ..detection.rules import RULE_SETS, FailWatchRules, RuleSet, create_rules
from ..detection.statistics import TemporalStatistics
from ..detection.verdict import Level

ARCHIVE, TABLE = ".zip", ".csv"


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--rules",
    "name",
    type=click.Choice(list(RULE_SETS)),
    help="Judge by this rule set instead of the recorded one.",
)
@click.option(
    "--set", "numbers", multiple=True, metavar="NAME=VALUE", help="Change a number of the rule set."
)
@click.option("--every", type=click.FloatRange(min=0, min_open=True), help="Look only every so many seconds.")
@click.option("--print", "print_ids", multiple=True, metavar="ID", help="Only this print of a history.")
@click.option(
    "--long-mean", type=click.FloatRange(min=0), help="Begin with a printer of this lifetime mean …"
)
@click.option("--lifetime", type=click.IntRange(min=0), default=0, help="… of so many frames.")
@click.option("--title", default="", help="What is written above the picture.")
@click.option("--picture", type=click.Path(path_type=Path), help="Draw the series to an SVG or PNG file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per frame.")
def command(
    sources: tuple[Path, ...],
    name: str | None,
    numbers: tuple[str, ...],
    every: float | None,
    print_ids: tuple[str, ...],
    long_mean: float | None,
    lifetime: int,
    title: str,
    picture: Path | None,
    as_json: bool,
) -> None:
    """Judge recorded prints or tables of p again.

    SOURCES are histories, exported archives (.zip) or tables (.csv, or - for standard input) with the
    columns time, in seconds, and p; a print_id column divides the table into prints of one printer.
    Histories are judged by the rules that were in force, unless others are chosen.
    """
    rules = rules_from(name, numbers)
    standing = None if long_mean is None else _printer(long_mean, lifetime)
    with ExitStack() as stack:
        series = [part for source in sources for part in _open(source, print_ids, stack)]
        judged = _judge(series, rules, every, standing)
        failed_from = {print_id: at for part in series for print_id, at in part.failed_from.items()}
        _show(judged, rules or FailWatchRules(), picture, title, failed_from, as_json=as_json)


def rules_from(name: str | None, numbers: Iterable[str]) -> RuleSet | None:
    """Return the rule set that the options choose, None if they choose none. Raises BadSetting."""
    values: dict[str, float] = {}
    for pair in numbers:
        key, sign, value = pair.partition("=")
        if not sign:
            raise click.BadParameter(f"{pair!r} is not NAME=VALUE.", param_hint="--set")
        values[key.strip()] = value  # type: ignore[assignment]
    return create_rules(name or FailWatchRules.name, values) if name or values else None


@dataclass(frozen=True)
class _Series:
    """One printer's prints; `own_rules` says that rules were recorded with them.

    `failed_from` has the labels that say from when on a print failed.
    """

    steps: Iterable[Step]
    own_rules: bool
    failed_from: Mapping[str, float] = field(default_factory=dict)


def _open(source: Path, print_ids: tuple[str, ...], stack: ExitStack) -> Iterator[_Series]:
    if str(source) == "-":
        yield _Series(read_csv(sys.stdin), own_rules=False)
    elif source.suffix.lower() == TABLE:
        file = stack.enter_context(source.open(newline="", encoding="utf-8-sig"))
        yield _Series(read_csv(file), own_rules=False)
    elif not source.is_file():
        raise click.ClickException(f"There is no file {source}.")
    else:
        if source.suffix.lower() == ARCHIVE:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            history = History(folder / "history.db")
            stack.callback(history.close)
            with source.open("rb") as file_of_bytes:
                exchange.read_zip(history, file_of_bytes)
        else:
            history = History(source)
            stack.callback(history.close)
        records = [
            record for record in reversed(history.prints()) if not print_ids or record.print_id in print_ids
        ]
        for printer_id in dict.fromkeys(record.printer_id for record in records):
            prints = [record.print_id for record in records if record.printer_id == printer_id]
            failed_from = {
                record.print_id: record.label.failed_from
                for record in records
                if record.label is not None and record.label.failed_from is not None
            }
            yield _Series(recorded(history, prints), own_rules=True, failed_from=failed_from)


def _judge(
    series: Iterable[_Series], rules: RuleSet | None, every: float | None, standing: Standing | None
) -> Iterator[Judged]:
    for one in series:
        steps = one.steps if every is None else at_cadence(one.steps, every)
        yield from replay(steps, rules or (None if one.own_rules else FailWatchRules()), standing=standing)


def _show(
    judged: Iterable[Judged],
    rules: RuleSet,
    picture: Path | None,
    title: str,
    failed_from: Mapping[str, float],
    *,
    as_json: bool,
) -> None:
    buckets = Buckets() if picture is not None else None
    not_marked = dict(failed_from)
    summaries: list[_Summary] = []
    for one in judged:
        if as_json:
            sys.stdout.write(one.as_line() + "\n")
        elif not summaries or summaries[-1].print_id != one.print_id:
            summaries.append(_Summary(one.print_id, one.at))
        if not as_json:
            summaries[-1].add(one)
        if buckets is not None:
            buckets.add(one)
            if (at := not_marked.get(one.print_id)) is not None:
                buckets.mark(at)
                del not_marked[one.print_id]
    if picture is not None and buckets is not None:
        from ..chart.timeline import draw_timeline

        draw_timeline(picture, buckets, rules, title=title or f"Rules: {rules.name}")
    if not as_json:
        _print_summaries(summaries)


class _Summary:
    """What became of one print."""

    def __init__(self, print_id: str, began: float) -> None:
        self.print_id, self.began, self.ended = print_id, began, began
        self.frames = 0
        self.first: dict[Level, float] = {}

    def add(self, judged: Judged) -> None:
        self.frames += 1
        self.ended = judged.at
        if judged.level is not Level.NONE:
            self.first.setdefault(judged.level, judged.at)


def _print_summaries(summaries: list[_Summary]) -> None:
    table = Table("print", "frames", "minutes", "maybe after", "failure after", "highest level")
    for one in summaries:
        highest = max(one.first, key=lambda level: level.rank, default=Level.NONE)
        after = [
            f"{(one.first[level] - one.began) / 60:.1f} min" if level in one.first else "-"
            for level in (Level.MAYBE, Level.FAILURE)
        ]
        minutes = f"{(one.ended - one.began) / 60:.0f}"
        table.add_row(one.print_id or "-", str(one.frames), minutes, *after, highest.value)
    Console().print(table)


def _printer(long_mean: float, lifetime: int) -> Standing:
    known = TemporalStatistics(
        rolling_mean_long=long_mean, prediction_num_lifetime=lifetime, frames_lifetime=float(lifetime)
    )
    return Standing(replace(Memory(), statistics=known))
