"""The command `failwatch tune`: find rules, thresholds, cadence and ignored regions from labelled prints."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ..engine import serialization
from ..engine.judging.verdict import Level
from ..tuning.candidates import defaults
from ..tuning.evaluation import Outcome
from ..tuning.inputs import Aim
from ..tuning.label_origin import Origin
from ..tuning.printer import as_settings, tune_printer
from ..tuning.tune import Finding
from .replay import warn_of_numbers
from .shared.options import Finite, find_printer, history_option, open_history
from .shared.tables import console, picture_option


@click.command("tune")
@history_option
@click.option("--printer", help="Id or name of the printer, if the history has several.")
@click.option(
    "--limit", default=2.0, show_default=True, type=Finite(min=0), help="False alarms in 100 hours."
)
@click.option(
    "--level",
    type=click.Choice(["maybe", "failure"]),
    default="failure",
    show_default=True,
    help="What counts as an alarm.",
)
@click.option("--slowest", type=Finite(min=10), help="Also try intervals up to this many seconds.")
@click.option(
    "--trials", default=120, show_default=True, type=click.IntRange(min=10), help="Trials per search."
)
@picture_option("Draw the curve (SVG or PNG).")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Write the result as JSON.")
@click.option("--apply", "plugin", metavar="URL", help="Offer to apply it to the plugin in this OctoPrint.")
@click.option(
    "--key-file", type=click.File("r"), help="File with OctoPrint's API key; else FAILWATCH_OCTOPRINT_KEY."
)
@click.option("--undo", is_flag=True, help="With --apply: restore the settings from before the last --apply.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    history: Path,
    printer: str | None,
    limit: float,
    level: str,
    slowest: float | None,
    trials: int,
    picture: Path | None,
    write: Path | None,
    plugin: str | None,
    key_file: Any,
    undo: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Choose the settings that would have been right for your labelled prints.

    Label prints by `failwatch history label`, in the plugin or in Home Assistant: which failed and from
    when on, which were good. What to expect of prints to come is measured on prints that were left out
    of the choice.
    """
    if undo:
        _undo(plugin, key_file)
        return
    there = None if plugin is None else _There.asked(plugin, key_file)
    opened = open_history(history, must_exist=True)
    try:
        printer_id = find_printer(opened, printer)
        aim = Aim(false_alarms=limit, level=Level(level), longest=slowest, trials=trials)
        with _Bar(quiet=as_json) as told:
            finding = tune_printer(opened, printer_id, aim, told)
        names = {
            record.print_id: record.name or record.print_id for record in opened.prints(printer_id=printer_id)
        }
    finally:
        opened.close()
    if not finding.by_sum:
        warn_of_numbers(finding.present.rule_set, "Now: ")
        warn_of_numbers(finding.choice.rule_set, "Found: ")
    settings = as_settings(finding)
    if write is not None:
        write.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    if picture is not None:
        from .chart.curve import draw_curve

        summaries = finding.summaries()
        draw_curve(picture, finding.curve, summaries["before"], summaries["after"])
    if as_json:
        click.echo(json.dumps(serialization.to_json(finding) | {"settings": settings}))
    else:
        _show(finding, aim, names)
    if there is not None and (finding.worth_it or yes or click.confirm("Set it all the same?", err=True)):
        _apply(there, settings, yes=yes)


class _Bar:
    """A bar for people, nothing for machines."""

    def __init__(self, *, quiet: bool) -> None:
        console = Console(stderr=True)
        self._bar = Progress(console=console, transient=True, disable=quiet or not console.is_terminal)

    def __enter__(self) -> Callable[[float], None]:
        self._bar.start()
        task = self._bar.add_task("Trying", total=1.0)
        return lambda share: self._bar.update(task, completed=share)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def _show(finding: Finding, aim: Aim, names: Mapping[str, str]) -> None:
    out = console()
    numbers = Table(
        "number", "now", "found", title=f"Rules: {finding.present.rules} → {finding.choice.rules}"
    )
    present = defaults(finding.present.rules) | dict(finding.present.numbers)
    for name, value in finding.choice.numbers.items():
        now = f"{present[name]:g}" if finding.present.rules == finding.choice.rules else ""
        numbers.add_row(name, now, f"{value:g}")
    if finding.choice.every is not None:
        numbers.add_row("seconds between looks", "", f"{finding.choice.every:g}")
    if finding.choice.ignore_regions:
        numbers.add_row("ignored regions", "", str(sum(map(len, finding.regions.values()))))
    out.print(numbers)
    sums = Table(
        "", "failures missed", "minutes until told", "false alarms in 100 h", "minutes lost in 100 h"
    )
    for name, summary in finding.summaries().items():
        title = {"before": "now", "after": "with these", "unseen": "expected"}[name]
        sums.add_row(
            title,
            f"{summary.missed} of {summary.failures}",
            f"{summary.delay:.1f}" if summary.missed < summary.failures else "-",
            f"{summary.false_alarm_rate:.1f}",
            f"{summary.lost:.0f}",
        )
    out.print(sums)
    prints = Table("print", "truth", "now", "with these")
    for before, after in zip(finding.before, finding.after, strict=True):
        truth = "failed" if before.failed else "good"
        prints.add_row(names.get(before.print_id, before.print_id), truth, told(before), told(after))
    out.print(prints)
    count = {origin: finding.labels.get(origin, 0) for origin in Origin}
    out.print(
        f"Labels given by hand: {count[Origin.BY_HAND]}; by an answer during the print:"
        f" {count[Origin.ANSWERED]}. Left out, as nobody set them: {count[Origin.RESUMED]}.",
        highlight=False,
    )
    rate = "more false alarms than can be said" if finding.at_most > 1000 else f"{finding.at_most:.1f}"
    out.print(f"False alarms in 100 hours are at most {rate}, with 95 % confidence.", highlight=False)
    if finding.worth_it:
        out.print("Prints that were not used for the choice went better with it.", style="green")
    else:
        out.print(
            "Prints that were not used for the choice did not go better with it"
            f" within {aim.false_alarms:g} false alarms in 100 hours: keep what you have.",
            style="yellow",
        )


def told(outcome: Outcome) -> str:
    """Return an outcome in words."""
    words = []
    if outcome.false_alarms:
        words.append(f"{outcome.false_alarms} false alarm{'s' if outcome.false_alarms > 1 else ''}")
    if outcome.failed:
        words.append("missed" if outcome.alarm is None else f"told after {outcome.alarm / 60:.1f} min")
    return ", ".join(words) or "quiet"


@dataclass(frozen=True)
class _There:
    """The plugin of an OctoPrint, and the rules that it uses now."""

    url: str
    key: str
    rules: Mapping[str, Any]

    @classmethod
    def asked(cls, url: str, key_file: Any) -> Self:
        """Ask it before the search: what is wrong with address or key need not wait for minutes."""
        from .shared.octoprint_settings import rules_in_force

        key = _key(key_file)
        return cls(url, key, asyncio.run(rules_in_force(url, key)))


def _apply(there: _There, settings: Mapping[str, Any], *, yes: bool) -> None:
    from .shared.octoprint_settings import apply

    click.echo(f"There now: {json.dumps(there.rules)}", err=True)
    if not yes:
        click.confirm(f"Set {json.dumps(settings)}?", abort=True, err=True)
    asyncio.run(apply(there.url, there.key, settings))
    click.echo("Applied. `failwatch tune --undo --apply URL` restores the earlier settings.", err=True)


def _undo(plugin: str | None, key_file: Any) -> None:
    from .shared.octoprint_settings import undo

    if plugin is None:
        raise click.UsageError("Name the OctoPrint with --apply.")
    asyncio.run(undo(plugin, _key(key_file)))
    click.echo("The earlier settings are restored.")


def _key(file: Any) -> str:
    key = file.read().strip() if file is not None else os.environ.get("FAILWATCH_OCTOPRINT_KEY", "")
    if not key:
        raise click.UsageError("OctoPrint's API key is needed: --key-file or FAILWATCH_OCTOPRINT_KEY.")
    return str(key)
