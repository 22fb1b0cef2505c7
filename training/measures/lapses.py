"""Rendered time-lapses: looks from the onset of a failure to each level, and alarms while nothing had failed yet.

Each is a print on a new printer, seen by a new camera, one look every ten seconds, which learns as the watch does.
"""

from __future__ import annotations

import csv
import json
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from octoprint_failwatch.engine.detectors.built_in.camera_baseline_store import CameraBaselineStore, Evidence
from octoprint_failwatch.engine.detectors.built_in.explanation import explained
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.judging.assessment import Assessment, assess
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.learning import DELAY
from octoprint_failwatch.engine.judging.published_rules import ObicoRules, SuperApiRules
from octoprint_failwatch.engine.judging.rules import RuleSet
from octoprint_failwatch.engine.judging.trend import OPENING
from octoprint_failwatch.engine.judging.verdict import Level

from . import figures
from .eye import Eye
from .prints import CADENCE, TIMES
from .room import SIZES

INDEX, PLAN = "looks.csv", "plan.json"
RULES: tuple[RuleSet, ...] = (FailWatchRules(), ObicoRules(), SuperApiRules())
LEVELS = (Level.MAYBE, Level.FAILURE)


@dataclass(frozen=True, slots=True)
class Lapse:
    """A print's heat maps, the share of each picture that is mess, and the first look that shows the failure."""

    name: str
    heats: tuple[HeatMap, ...]
    shares: tuple[float, ...]
    onset: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """When each level first stood after the onset (looks later), and how often it was raised before."""

    first: dict[Level, int]
    false: dict[Level, int]


def lapses(eye: Eye, folder: Path) -> list[Lapse]:
    """Return the time-lapses that are rendered whole; none where the folder is missing."""
    return [_read(eye, index.parent) for index in sorted(folder.glob(f"*/{INDEX}"))]


def _read(eye: Eye, folder: Path) -> Lapse:
    with (folder / INDEX).open(newline="") as file:
        rows = list(csv.DictReader(file))
    heats = tuple(eye.heat((folder / f"{int(row['look']):03}.jpg").read_bytes()) for row in rows)
    planned = json.loads((folder / PLAN).read_text("utf-8"))
    return Lapse(folder.name, heats, tuple(float(row["share"]) for row in rows), planned["onset"])


def follow(one: Lapse, eye: Eye, rules: RuleSet) -> Outcome:
    """Return how a print goes on a new printer; the camera is learned by the gate and with the delay of the watch."""
    now, store, untaught = Assessment(), CameraBaselineStore(None), deque[Evidence]()
    outcome = Outcome({}, dict.fromkeys(LEVELS, 0))
    for number, heat in enumerate(one.heats):
        key = ("", "")
        baseline = store.of(key, heat)
        detection = (
            eye.output.detection(heat)
            if baseline is None
            else explained(eye.output, heat, baseline, one.name)
        )
        evidence = Evidence(key, one.name, heat, detection.p)
        before = now.latch.level
        step = assess(now, rules, TIMES, detection, number * CADENCE, gap=float("inf"))
        now = step.assessment
        _note(outcome, before, now.latch.level, number, one.onset)
        if now.memory.statistics.prediction_num <= OPENING:
            store.note_opening(evidence)
        if not step.teaches:
            untaught.clear()
            continue
        untaught.append(evidence)
        if len(untaught) > DELAY:
            store.learn(untaught.popleft())
    return outcome


def _note(outcome: Outcome, before: Level, level: Level, number: int, onset: int | None) -> None:
    for one in LEVELS:
        if onset is None or number < onset:
            outcome.false[one] += level.rank >= one.rank > before.rank
        elif level.rank >= one.rank:
            outcome.first.setdefault(one, number - onset)


def measured(found: Sequence[Lapse], eye: Eye) -> dict[str, Any]:
    """Return delays and false alarms under each rule set, and how well single looks tell mess by its size."""
    if not found:
        return {"time-lapses": 0}
    good = [len(one.heats) if one.onset is None else one.onset for one in found]
    return {
        "time-lapses": len(found),
        "failing": sum(one.onset is not None for one in found),
        "looks": sum(len(one.heats) for one in found),
        "hours without failure": sum(good) * CADENCE / 3600,
        "rules": {rules.name: _under(found, eye, rules) for rules in RULES},
        "single looks": _by_size(found, eye),
    }


def _under(found: Sequence[Lapse], eye: Eye, rules: RuleSet) -> dict[str, Any]:
    outcomes = [(one, follow(one, eye, rules)) for one in found]
    failing = [(one, outcome) for one, outcome in outcomes if one.onset is not None]
    levels = {}
    for level in LEVELS:
        delays = [outcome.first[level] for _, outcome in failing if level in outcome.first]
        shares = [
            one.shares[(one.onset or 0) + outcome.first[level]]
            for one, outcome in failing
            if level in outcome.first
        ]
        levels[level.value] = {
            "found": len(delays),
            "looks from onset, median": _middle(delays),
            "looks from onset, longest": max(delays, default=None),
            "share of the picture then, median": _middle(shares),
            "false alarms": sum(outcome.false[level] for _, outcome in outcomes),
            "prints with a false alarm": sum(outcome.false[level] > 0 for _, outcome in outcomes),
        }
    return levels


def _by_size(found: Sequence[Lapse], eye: Eye) -> dict[str, Any]:
    """Return how single looks that show mess are told from all looks that show none."""
    shown = [
        (eye.score(heat), share)
        for one in found
        for number, (heat, share) in enumerate(zip(one.heats, one.shares, strict=True))
        if one.onset is None or number < one.onset or share > 0
    ]
    good = [score for score, share in shown if share == 0]
    told = {}
    for low, high in zip((0.0, *SIZES), SIZES, strict=False):
        bad = [score for score, share in shown if low < share <= high]
        if bad:
            scores = np.array([*good, *bad])
            failed = np.arange(len(scores)) >= len(good)
            told[f"{low:.1%} to {high:.1%} of the picture"] = {
                "looks": len(bad),
                "AUROC": figures.auroc(scores, failed),
            }
    return told


def _middle(values: Iterable[float]) -> float | None:
    known = list(values)
    return float(np.median(known)) if known else None
