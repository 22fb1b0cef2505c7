"""The command `failwatch replay`: judge recorded prints or tables of p again."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click
from rich.table import Table

from ..engine.judging.assessment import Assessment
from ..engine.judging.failwatch_rules import FailWatchRules
from ..engine.judging.judge import Memory
from ..engine.judging.rules import RULE_SETS, RuleSet, create_rules
from ..engine.judging.verdict import Level
from ..engine.replay import Judged, at_cadence, replay
from ..engine.statistics import TemporalStatistics
from .chart.buckets import Buckets
from .shared.options import Finite
from .shared.replay_input import Series, open_series
from .shared.tables import console, picture_option


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
@click.option("--every", type=Finite(min=0, min_open=True), help="Use only one look per this many seconds.")
@click.option(
    "--print", "print_ids", multiple=True, metavar="ID", help="Only this print, by the beginning of its id."
)
@click.option("--long-mean", type=Finite(min=0), help="Start with a printer of this lifetime mean …")
@click.option("--lifetime", type=click.IntRange(min=0), default=0, help="… of so many frames.")
@click.option("--title", default="", help="Title of the chart.")
@picture_option("Draw the series to an SVG or PNG file.")
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

    SOURCES are histories, exported archives, or tables (CSV, - for standard input) with the columns
    time, in seconds, and p; a print_id column divides the table into prints of one printer. Frames
    are taken in the order of the lines. Histories are judged by the rules that were in force, unless
    others are chosen.
    """
    rules = rules_from(name, numbers)
    if rules is not None:
        warn_of_numbers(rules)
    standing = None if long_mean is None else _printer(long_mean, lifetime)
    with ExitStack() as stack:
        series = open_series(sources, print_ids, stack)
        judged = ((one, _judge(one, rules, every, standing)) for one in series)
        buckets = Buckets() if picture is not None else None
        if not _show(judged, buckets, as_json=as_json):
            click.echo("There was nothing to judge.", err=True)
        elif picture is not None and buckets is not None:
            from .chart.timeline import draw_timeline

            draw_timeline(picture, buckets, title=title)


def rules_from(name: str | None, numbers: Iterable[str]) -> RuleSet | None:
    """Return the rule set that the options choose, None if they choose none. Raises BadSetting."""
    values: dict[str, float] = {}
    for pair in numbers:
        key, sign, value = pair.partition("=")
        if not sign:
            raise click.BadParameter(f"{pair!r} is not NAME=VALUE.", param_hint="--set")
        values[key.strip()] = value  # type: ignore[assignment]
    return create_rules(name or FailWatchRules.name, values) if name or values else None


def warn_of_numbers(rules: RuleSet, whose: str = "") -> None:
    """Say on standard error which numbers are so high that pictures never reach them, and whose they are."""
    if rules.out_of_reach():
        names = ", ".join(rules.out_of_reach())
        click.echo(f"{whose}Never reached by p of less than 1, so they raise no alarm: {names}.", err=True)


def _judge(
    series: Series, rules: RuleSet | None, every: float | None, standing: Assessment | None
) -> Iterator[Judged]:
    steps = series.steps if every is None else at_cadence(series.steps, every)
    return replay(steps, rules or (None if series.own_rules else FailWatchRules()), standing=standing)


def _show(
    judged: Iterable[tuple[Series, Iterable[Judged]]], buckets: Buckets | None, *, as_json: bool
) -> bool:
    """Print each look, collect it for the chart, and return whether there was any.

    Prints of different series are different even if they share an id.
    """
    shown = False
    summaries: list[_Summary] = []
    for series, of_series in judged:
        summary: _Summary | None = None
        if buckets is not None:
            buckets.begin_series(series.failed_from)
        for one in of_series:
            shown = True
            if as_json:
                sys.stdout.write(one.as_line() + "\n")
            else:
                if summary is None or summary.print_id != one.print_id:
                    summary = _Summary(one.print_id, one.at)
                    summaries.append(summary)
                summary.add(one)
            if buckets is not None:
                buckets.add(one)
    if summaries:
        _print_summaries(summaries)
    return shown


class _Summary:
    """The summary of one print."""

    def __init__(self, print_id: str, began: float) -> None:
        self.print_id, self.began, self.ended = print_id, began, began
        self.frames = 0
        self.first: dict[Level, float] = {}

    def add(self, judged: Judged) -> None:
        self.frames += 1
        self.ended = max(self.ended, judged.at)
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
    console().print(table)


def _printer(long_mean: float, lifetime: int) -> Assessment:
    known = TemporalStatistics(
        rolling_mean_long=long_mean, prediction_num_lifetime=lifetime, frames_lifetime=float(lifetime)
    )
    return Assessment(replace(Memory(), statistics=known))
