"""Whole prints: p over time, judged by the core's own statistics, rules and latch."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from octoprint_failwatch.engine.detectors.built_in import BuiltInDetector
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.judge import Memory
from octoprint_failwatch.engine.judging.published_rules import ObicoRules, SuperApiRules
from octoprint_failwatch.engine.judging.rules import RuleSet
from octoprint_failwatch.simulator.renderer import Renderer
from octoprint_failwatch.simulator.scene import Scene

from ..recipe.pictures import HELD_OUT, by_group, series_of
from .eye import Camera, Eye
from .prints import CADENCE, Print, Values, follow, like
from .singles import Answered

HOURS = (1, 3, 10)
FRAME_MINUTES = 1.0
"""Minutes of a failing print that one frame of a time-lapse stands for (assumed: none carries a time)."""
RULES: tuple[RuleSet, ...] = (FailWatchRules(), ObicoRules(), SuperApiRules())
LIMITS = (0.28, 0.32, 0.36, 0.40, 0.44, 0.48, 0.52)
"""Limits for `maybe` among which the default of the rule set `failwatch` is chosen."""
LOOKS_A_FRAME = 6
"""Looks that learn from one frame of a good print: a minute."""
USED_PRINTS, USED_LOOKS = 4, 1800
"""Good prints that a printer in use has behind it, and looks of each: five hours."""
SIMULATED_LOOKS = 60
"""Pictures drawn per simulated print; each stands for the looks until the next one."""


@dataclass(frozen=True, slots=True)
class Learned:
    """The p of a good print, frame by frame while its camera is learned, and the camera in the end."""

    p: Values
    camera: Camera


def measured(
    answers: Sequence[Answered], learned: dict[str, Learned], eye: Eye, detector: BuiltInDetector
) -> dict[str, Any]:
    """Return delays and false alarms of each rule set, on a new printer and on one long in use."""
    replayed = list(_replayed(learned, _failures(answers, eye)))
    simulated = list(_simulated(detector))
    cameras = {name: one.p for name, one in learned.items()}
    return {
        "cadence": CADENCE,
        "prints": {
            "replayed from real frames": len(replayed),
            "simulated": len(simulated),
            "hours without failure": round(sum(one.hours for one in [*replayed, *simulated]), 1),
        },
        "replayed, new printer": {rules.name: _under(replayed, rules) for rules in RULES},
        "replayed, printer in use": {rules.name: _under(replayed, rules, used=cameras) for rules in RULES},
        "simulated, new printer": {rules.name: _under(simulated, rules) for rules in RULES},
        "limits, new printer": _limits(replayed),
    }


def _limits(prints: Sequence[Print]) -> list[dict[str, Any]]:
    """Return what comes of other limits than the default ones, the distance between the levels kept."""
    apart = FailWatchRules().failure - FailWatchRules().maybe
    found = []
    for limit in LIMITS:
        rules = FailWatchRules(maybe=limit, sustained=limit, failure=limit + apart)
        found.append({"limit": limit, **_under(prints, rules)})
    return found


def _cameras(answers: Sequence[Answered]) -> dict[str, Values]:
    """Return the p of each good print, frame by frame."""
    good = _good(answers)
    by_path = {one.picture.path: one.detection.p for one in good}
    groups = by_group([one.picture for one in good])
    return {
        name: [by_path[one.path] for one in sorted(group, key=lambda one: one.path)]
        for name, group in groups.items()
    }


def _failures(answers: Sequence[Answered], eye: Eye) -> dict[str, list[HeatMap]]:
    """Return the heat of each failing time-lapse, frame by frame."""
    frames = [one for one in answers if series_of(one.picture) in HELD_OUT]
    frames.sort(key=lambda one: one.picture.path.name.split("ecran_")[-1])
    return {
        name: [eye.heat(one.picture.path.read_bytes()) for one in frames if series_of(one.picture) == name]
        for name in HELD_OUT
    }


def _replayed(cameras: dict[str, Learned], failures: dict[str, list[HeatMap]]) -> Iterator[Print]:
    """Yield prints that look as real ones do: good for hours, and then, every other one, failing."""
    chance = random.Random("replayed")
    names = sorted(failures)
    for number, (name, learned) in enumerate(sorted(cameras.items())):
        for turn, hours in enumerate(HOURS):
            looks = int(hours * 3600 / CADENCE)
            yield Print(f"{name} {hours} h", tuple(like(chance, learned.p, looks)), None)
            failure = names[(number + turn) % len(names)]
            # What was learned of a camera takes off from a failure before it as well.
            bad = [learned.camera.p(heat) for heat in failures[failure]]
            before = like(chance, learned.p, looks // 2)
            after = like(chance, bad, int(len(bad) * FRAME_MINUTES * 60 / CADENCE), hold=True)
            # Within the picture of a good print, a failure shows no less than the print did.
            after = [max(p, before[-1]) for p in after]
            yield Print(f"{name} {hours} h, then {failure}", (*before, *after), len(before))


def _simulated(detector: BuiltInDetector) -> Iterator[Print]:
    """Yield prints of the simulated camera, as the detector sees them."""
    for seed, hours in enumerate((*HOURS, *HOURS), 1):
        layers = 100
        fails_at = None if seed > len(HOURS) else 40 + 10 * seed
        renderer = Renderer(Scene(seed=seed, layers=layers, fails_at=fails_at))
        drawn = [
            detector.answer(renderer.render(number / SIMULATED_LOOKS, number)).p
            for number in range(SIMULATED_LOOKS)
        ]
        looks = int(hours * 3600 / CADENCE)
        values = [drawn[number * SIMULATED_LOOKS // looks] for number in range(looks)]
        onset = None if fails_at is None else -(-looks * fails_at // layers)
        yield Print(f"simulated {seed}, {hours} h", tuple(values), onset)


def _under(prints: Sequence[Print], rules: RuleSet, used: dict[str, Values] | None = None) -> dict[str, Any]:
    """Return what happens in all prints under some rules."""
    memories: dict[str, Memory] = {}
    for camera, good in (used or {}).items():
        looks = like(random.Random(camera), good, USED_PRINTS * USED_LOOKS)
        memories[camera] = Memory()
        for first in range(0, len(looks), USED_LOOKS):
            one = Print(camera, tuple(looks[first : first + USED_LOOKS]), None)
            memories[camera] = follow(one, rules, memories[camera])[1]
    outcomes = [
        (one, follow(one, rules, memories.get(one.name.split(" ")[0], Memory()))[0]) for one in prints
    ]
    failing = [outcome for one, outcome in outcomes if one.onset is not None]
    hours = sum(one.hours for one, _ in outcomes)
    found: dict[str, Any] = {"failing prints": len(failing), "good hours": round(hours, 1)}
    for level in ("maybe", "failure"):
        delays = sorted(delay for outcome in failing if (delay := getattr(outcome, level)) is not None)
        raised = sum(getattr(outcome, f"false_{level}") for _, outcome in outcomes)
        found[level] = {
            "found": len(delays) / len(failing),
            "looks to it, median": float(np.median(delays)) if delays else None,
            "minutes to it, median": float(np.median(delays)) * CADENCE / 60 if delays else None,
            "minutes to it, 90th percentile": float(np.percentile(delays, 90)) * CADENCE / 60
            if delays
            else None,
            "false alarms in 100 hours": 100 * raised / hours,
        }
    return found


def learning(answers: Sequence[Answered], eye: Eye) -> dict[str, Learned]:
    """Return each good print while the detector learns how its camera looks.

    Each frame is learned for a minute of looks; p is that of its first look, when it is new.
    """
    found = {}
    for name, group in by_group([one.picture for one in _good(answers)]).items():
        heats = [eye.heat(one.path.read_bytes()) for one in sorted(group, key=lambda one: one.path)]
        camera, values = Camera(eye, heats[0]), []
        for heat in heats:
            values.append(camera.p(heat))
            for _ in range(LOOKS_A_FRAME):
                camera.learn(heat, name)
        found[name] = Learned(values, camera)
    return found


def normal_effect(answers: Sequence[Answered], learned: dict[str, Learned]) -> dict[str, float]:
    """Return p of good webcam frames alone, and after the first half of their print was learned."""
    halves = [
        np.concatenate([values[len(values) // 2 :] for values in prints.values()])
        for prints in (_cameras(answers), {name: one.p for name, one in learned.items()})
    ]
    return {
        f"{name} {when}": float(value)
        for when, p in zip(("before", "after"), halves, strict=True)
        for name, value in (("mean p", p.mean()), ("share in doubt", (p > FailWatchRules().maybe).mean()))
    }


def _good(answers: Sequence[Answered]) -> list[Answered]:
    return [one for one in answers if one.picture.source == "emptydeck_normal"]
