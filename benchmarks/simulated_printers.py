"""Simulated printers of twenty-one kinds, with known truth: what the tuning is measured on.

A kind is a printer with a habit of its own: what its camera shows the detector while all is well, and
how its failures look. Every series is made from a seed, so that it is the same in every run.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from octoprint_failwatch.engine.history import Label
from octoprint_failwatch.engine.replay import Sample
from octoprint_failwatch.tuning.print_case import Case

HOUR = 3600.0
SHARE_FAILED = 0.45
AFTER_ONSET = HOUR
"""How long a failed print goes on before somebody would have seen it."""


@dataclass
class Scene:
    """One print as a kind sees it. Times are in seconds from its start."""

    random: Random
    number: int
    length: float
    onset: float
    memory: float = 0.0

    def slow(self, step: float, drag: float = 0.9) -> float:
        """Return noise that changes slowly from frame to frame."""
        self.memory = drag * self.memory + self.random.gauss(0, step)
        return self.memory

    def failing(self, at: float) -> float:
        """Return for how many seconds it has been failing, 0 for not yet."""
        return max(0.0, at - self.onset)


Level = Callable[[Scene, float], float]
Spacing = Callable[[Scene, float], float]


def _regular(scene: Scene, _: float) -> float:
    return 10 + scene.random.uniform(-0.3, 0.5)


@dataclass(frozen=True)
class Kind:
    """A kind of printer: p at a time of a print, and the seconds to the next frame."""

    name: str
    about: str
    p: Level
    spacing: Spacing = _regular
    new_printers: bool = False
    onset: tuple[float, float] = (0.15, 0.75)
    """Where in a print failures begin, as shares of its length."""


def simulate(kind: Kind, prints: int, seed: int) -> list[Case]:
    """Return prints of one printer, or of as many new ones if the kind is about those."""
    random = Random(f"{kind.name} {seed}")
    cases = []
    began = 1_750_000_000.0
    for number in range(prints):
        length = random.uniform(0.7, 3.0) * HOUR
        failed = (number * 0.618 + seed * 0.37) % 1 < SHARE_FAILED
        onset = length * random.uniform(*kind.onset) if failed else math.inf
        scene = Scene(random, number, length, onset)
        samples, at = [], 0.0
        while at < min(length, onset + AFTER_ONSET):
            samples.append(Sample(began + at, round(max(0.0, kind.p(scene, at)), 4)))
            at += kind.spacing(scene, at)
        printer = f"{kind.name} {seed}" + (f" {number}" if kind.new_printers else "")
        label = Label(failed, began + onset if failed else None)
        cases.append(Case(f"{kind.name} {seed}-{number}", printer, label, tuple(samples)))
        began += length + HOUR
    return cases


def _clean(scene: Scene) -> float:
    return min(0.15, scene.random.expovariate(45))


def _spaghetti(scene: Scene, at: float, rise: float, top: float, spread: float = 0.08) -> float:
    """Return p of a failure that takes `rise` seconds to grow to `top`."""
    since = scene.failing(at)
    if since <= 0:
        return 0.0
    share = 1 - math.exp(-3 * since / rise)
    return min(0.99, top * share + scene.random.gauss(0, spread))


def _worst(scene: Scene, at: float, usual: float, rise: float = 90, top: float = 0.85) -> float:
    return min(1.0, max(usual, _spaghetti(scene, at, rise, top)))


def _calm(scene: Scene, at: float) -> float:
    return _worst(scene, at, _clean(scene))


def _sudden(scene: Scene, at: float) -> float:
    return _worst(scene, at, _clean(scene), rise=25, top=0.95)


def _slow(scene: Scene, at: float) -> float:
    return _worst(scene, at, _clean(scene), rise=2400, top=0.7)


def _weak(scene: Scene, at: float) -> float:
    return max(_clean(scene), _spaghetti(scene, at, 300, 0.42, 0.12))


def _half_hidden(scene: Scene, at: float) -> float:
    hidden = scene.random.random() < 0.5
    return _clean(scene) if hidden else _worst(scene, at, _clean(scene), rise=120, top=0.8)


def _blob(scene: Scene, at: float) -> float:
    visible = scene.failing(at) > 0 and math.sin(at / 23) > 0.2
    return max(_clean(scene), 0.75 + scene.random.gauss(0, 0.08) if visible else 0.0)


def _steady_box(scene: Scene, at: float) -> float:
    return _worst(scene, at, 0.40 + scene.random.gauss(0, 0.05), top=0.92)


def _low_box(scene: Scene, at: float) -> float:
    return _worst(scene, at, 0.22 + scene.random.gauss(0, 0.05))


def _now_and_then_box(scene: Scene, at: float) -> float:
    shown = scene.random.random() < 0.3
    return _worst(scene, at, 0.45 + scene.random.gauss(0, 0.05) if shown else _clean(scene), top=0.9)


def _flicker(scene: Scene, at: float) -> float:
    if scene.memory <= 0 and scene.random.random() < 1 / 150:
        scene.memory = scene.random.randint(2, 5)
    scene.memory -= 1
    burst = 0.85 + scene.random.gauss(0, 0.06) if scene.memory > 0 else 0.0
    return _worst(scene, at, max(_clean(scene), burst), rise=60)


def _stringing(scene: Scene, at: float) -> float:
    return _worst(scene, at, 0.42 * at / scene.length + abs(scene.slow(0.015)), top=0.9)


def _ghost(scene: Scene, at: float) -> float:
    """A support or an infill pattern that looks bad for a quarter of an hour of every print."""
    middle = scene.length * (0.3 + 0.4 * ((scene.number * 0.37) % 1))
    bump = 0.50 * math.exp(-(((at - middle) / 450) ** 2))
    return _worst(scene, at, bump + _clean(scene), rise=80, top=0.92)


def _night(scene: Scene, at: float) -> float:
    dark = at > scene.length * 0.4 and scene.number % 2 == 0
    usual = 0.24 + scene.random.gauss(0, 0.05) if dark else _clean(scene)
    return _worst(scene, at, usual, rise=150, top=0.7 if dark else 0.85)


def _daylight(scene: Scene, at: float) -> float:
    sun = 0.14 * (1 + math.sin(at / 2400 + scene.number))
    return _worst(scene, at, sun + scene.random.gauss(0, 0.04))


def _two_filaments(scene: Scene, at: float) -> float:
    return _worst(
        scene, at, 0.30 + scene.random.gauss(0, 0.05) if scene.number % 2 else _clean(scene), top=0.9
    )


def _noisy(scene: Scene, at: float) -> float:
    return _worst(scene, at, abs(scene.random.gauss(0.05, 0.14)), rise=120, top=0.75)


def _summed(scene: Scene, at: float) -> float:
    boxes = 0.18 * scene.random.choice((0, 0, 0, 1, 1, 2))
    since = scene.failing(at)
    tangle = 1.9 * (1 - math.exp(-since / 60)) + scene.random.gauss(0, 0.3) if since > 0 else 0.0
    return max(boxes, tangle)


def _all_or_nothing(scene: Scene, at: float) -> float:
    seen = scene.random.random() < (0.75 if scene.failing(at) > 60 else 0.03)
    return 0.6 + scene.random.uniform(0, 0.3) if seen else 0.0


def _rate_limited(scene: Scene, at: float) -> float:
    return 10.0 if math.sin(at / 900 + scene.number) < 0.3 else 60.0 + 30 * scene.random.random()


def _paused(scene: Scene, _: float) -> float:
    return scene.random.uniform(600, 2400) if scene.random.random() < 1 / 200 else 10.2


KINDS = (
    Kind("calm", "a clean picture, ordinary failures", _calm),
    Kind("sudden spaghetti", "a failure that is plain within half a minute", _sudden),
    Kind("slow spaghetti", "a failure that takes most of an hour to show", _slow),
    Kind("weak signs", "failures that the detector is never sure of", _weak),
    Kind("half hidden", "the head hides the failure in every other picture", _half_hidden),
    Kind("blob on the nozzle", "a failure that comes into view and goes", _blob),
    Kind("steady false box", "a cable that looks like 0.40 all the time", _steady_box),
    Kind("low false box", "a logo that looks like 0.22 all the time", _low_box),
    Kind(
        "false box now and then",
        "something that is taken for a failure in every third picture",
        _now_and_then_box,
    ),
    Kind("brief flicker", "now and then a few pictures that look very bad", _flicker),
    Kind("creeping stringing", "good prints that look worse and worse", _stringing),
    Kind("ghost", "supports that look bad for a quarter of an hour", _ghost),
    Kind("light switched at night", "half of the prints go on in the dark", _night),
    Kind("daylight", "sun that wanders over the bed", _daylight),
    Kind("two filaments", "every other print in a colour that looks like 0.30", _two_filaments),
    Kind("noisy camera", "p that jumps about", _noisy),
    Kind("summed boxes", "a service whose p goes above 1", _summed),
    Kind("all or nothing", "a service that hides everything below its own threshold", _all_or_nothing),
    Kind("cadence changed by 429", "a service that lets nothing through for minutes", _calm, _rate_limited),
    Kind("pause gaps", "long pauses for colour changes", _calm, _paused),
    Kind("first print of a new printer", "nothing is known yet", _calm, new_printers=True, onset=(0.02, 0.4)),
)
