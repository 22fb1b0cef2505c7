"""Plan what happens in a time-lapse, look by look; all of it follows from the seed. Lengths are in centimetres."""

from __future__ import annotations

import colorsys
import math
import random
from dataclasses import dataclass
from typing import TypeAlias

from .shapes import Outline, outline

Point: TypeAlias = tuple[float, float, float]
Colour: TypeAlias = tuple[float, float, float]

LAYER = 0.12
"""Height of a layer that is drawn: three to six real ones, which no webcam tells apart."""
KINDS = ("nest", "drag", "loose")
"""A tangle at the part, a strand dragged across the bed, a part that came loose and fell over."""
LIGHTS = ("room", "window", "lamp", "dim")
FIRST_STRAND = 12.0
"""Filament that lies about at the look at which a print begins to fail."""
SHORTEST, LONGEST = 600.0, 2500.0
"""Filament that lies about in the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One print: `onset` is the first look that shows its failure, None for a print that goes well."""

    seed: int
    looks: int
    onset: int | None
    kind: str
    machine: str
    light: str
    bed: float
    outline: Outline
    height: float
    taper: float
    filament: Colour
    accent: Colour
    strand: float
    drift: float
    """By how much the light changes over the print, as a share of it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What one look shows: layers that stand, where the nozzle is, the light, and the filament that lies about."""

    layers: int
    nozzle: Point
    brightness: float
    strand: float


def plan(seed: int, looks: int) -> Plan:
    """Return what happens with a seed; every other seed is that of a print that fails."""
    chance = random.Random(f"time-lapse {seed}")
    fails = seed % 2 == 1
    onset = round(looks * chance.uniform(0.35, 0.65)) if fails else None
    grey = chance.random() < 0.35
    shade = chance.choice((0.02, 0.3, 0.8))
    colour = colorsys.hsv_to_rgb(chance.random(), chance.uniform(0.6, 0.95), chance.uniform(0.25, 0.85))
    return Plan(
        seed=seed,
        looks=looks,
        onset=onset,
        kind=KINDS[seed // 2 % len(KINDS)] if fails else "",
        machine=chance.choice(("slinger", "slinger", "cube")),
        light=LIGHTS[seed // 2 % len(LIGHTS)],
        bed=chance.uniform(18, 26),
        outline=outline(chance, chance.uniform(2.5, 5.5)),
        height=chance.uniform(3.0, 7.0),
        taper=chance.uniform(-0.1, 0.35),
        filament=(shade,) * 3 if grey else colour,
        accent=colorsys.hsv_to_rgb(chance.random(), 0.85, chance.uniform(0.3, 0.8)),
        strand=math.exp(chance.uniform(math.log(SHORTEST), math.log(LONGEST))),
        drift=chance.choice((0.05, 0.2, 0.4)),
    )


def moments(plan: Plan) -> tuple[Moment, ...]:
    """Return what each look of a time-lapse shows."""
    chance = random.Random(f"time-lapse {plan.seed} moments")
    layers = round(plan.height / LAYER)
    phase, found = chance.uniform(0, math.tau), []
    for look in range(plan.looks):
        nominal = 1 + round((layers - 1) * look / plan.looks)
        # A failing print leaves the head to go on in the air.
        failing = plan.onset is not None and look >= plan.onset
        standing = 1 + round((layers - 1) * (plan.onset or 0) / plan.looks) if failing else nominal
        cloud = 0.03 * chance.gauss(0, 1)
        brightness = 1 + plan.drift * math.sin(phase + 2.5 * look / plan.looks) + cloud
        found.append(
            Moment(standing, _nozzle(chance, plan, nominal), max(0.2, brightness), strand_at(plan, look))
        )
    return tuple(found)


def strand_at(plan: Plan, look: int) -> float:
    """Return how much filament lies about at a look: little at first, then more with every look."""
    if plan.onset is None or look < plan.onset:
        return 0.0
    share = (look - plan.onset) / max(1, plan.looks - 1 - plan.onset)
    return FIRST_STRAND + (plan.strand - FIRST_STRAND) * share**1.6


def _nozzle(chance: random.Random, plan: Plan, layer: int) -> Point:
    """Return where the nozzle is: mostly above the part's outline, sometimes on its way elsewhere."""
    if chance.random() < 0.06:
        x, y = (chance.uniform(-0.4, 0.4) * plan.bed for _ in "xy")
    else:
        x, y = chance.choice(plan.outline)
        inwards = chance.uniform(0.2, 1.0)
        x, y = x * inwards, y * inwards
    return x, y, layer * LAYER
