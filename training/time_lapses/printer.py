"""The printer and the room that it stands in, and what moves from look to look."""

from __future__ import annotations

import colorsys
import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import blender
from .blender import Material, Object
from .plan import LAYER, Colour, Moment, Plan, Point
from .shapes import infill, rings

WHITE: Colour = (1.0, 1.0, 1.0)
AMBIENT = {"room": 0.5, "window": 0.25, "lamp": 0.08, "dim": 0.03}


@dataclass(frozen=True)
class Materials:
    """What the printer is made of."""

    black: Material
    steel: Material
    grey: Material
    accent: Material
    filament: Material
    mess: Material

    @classmethod
    def of(cls, plan: Plan) -> Materials:
        """Return the materials of a print; the mess looks as the filament does, but is told apart."""
        return cls(
            black=blender.material((0.02, 0.02, 0.02), 0.45),
            steel=blender.material((0.6, 0.6, 0.62), 0.2, metallic=1.0),
            grey=blender.material((0.2, 0.2, 0.2), 0.5),
            accent=blender.material(plan.accent, 0.4),
            filament=blender.material(plan.filament, 0.4),
            mess=blender.material(plan.filament, 0.4, mess=1.0),
        )


class Printer:
    """A printer in its room."""

    def __init__(self, plan: Plan, strand: NDArray[np.float32]) -> None:
        """Build all that is there from the first look on."""
        self._plan, self._strand = plan, strand
        chance = random.Random(f"time-lapse {plan.seed} printer")
        self._made_of = Materials.of(plan)
        self._bed = blender.empty()
        self._gantry = blender.empty()
        self._head = blender.empty()
        self._changing: list[Object] = []
        _bed(chance, plan, self._bed)
        _head(chance, self._made_of, self._head)
        _frame(plan, self._made_of, self._gantry)
        _room(chance, plan, self._made_of)
        self._lamps = _lights(chance, plan)
        self._powers = [one.data.energy for one in self._lamps]
        _camera(chance, plan)

    def show(self, moment: Moment) -> None:
        """Move and grow what a moment wants otherwise than the last one did."""
        for one in self._changing:
            blender.remove(one)
        self._changing = [*self._part(moment), *self._mess(moment)]
        x, y, z = moment.nozzle
        slinger = self._plan.machine == "slinger"
        # The bed of a bed slinger goes to and fro below a head that only goes across.
        self._bed.location = (0, -y if slinger else 0, 0)
        self._head.location = (x, 0 if slinger else y, z)
        self._gantry.location = (0, 0 if slinger else y, z)
        for one, power in zip(self._lamps, self._powers, strict=True):
            one.data.energy = power * moment.brightness

    def _part(self, moment: Moment) -> list[Object]:
        plan, made_of = self._plan, self._made_of
        layers = rings(plan.outline, moment.layers, LAYER, plan.taper, round(plan.height / LAYER))
        top = layers[-1]
        shrunk = tuple((float(x), float(y)) for x, y, _ in top * (0.95, 0.95, 1))
        fill = infill(shrunk, float(top[0, 2]), 0.35, across=moment.layers % 2 == 0)
        lower = [(x, y, float(top[0, 2]) - 1.5 * LAYER) for x, y in shrunk]
        # A part that came loose is seen as mess: the strand and the fallen part are one failure.
        fallen = plan.kind == "loose" and moment.strand > 0
        stuff = made_of.mess if fallen else made_of.filament
        found = [
            blender.tubes(layers, 0.55 * LAYER, stuff, closed=True, parent=self._bed),
            blender.tubes(fill, 0.45 * LAYER, stuff, parent=self._bed),
            blender.face([(x, y, max(0.02, z)) for x, y, z in lower], stuff, parent=self._bed),
        ]
        if fallen:
            width = max(abs(x) for x, _ in plan.outline)
            for one in found:
                one.rotation_euler, one.location = (0, 1.35, 0.4), (0.8 * width, 0.5, 0.8 * width)
        return found

    def _mess(self, moment: Moment) -> list[Object]:
        if moment.strand <= 0:
            return []
        share = moment.strand / self._plan.strand
        shown = self._strand[: max(2, round(share * len(self._strand)))]
        found = [blender.tubes([shown], 0.05, self._made_of.mess, parent=self._bed)]
        if self._plan.kind != "loose":
            # The strand still hangs on the nozzle, which the bed has moved away from.
            x, y, z = moment.nozzle
            end = shown[-1]
            middle = (0.5 * (end[0] + x), 0.5 * (end[1] + y), 0.3 * end[2] + 0.7 * z)
            hanging = np.array([end, middle, (x, y, z + 0.05)], np.float32)
            found.append(blender.tubes([_smooth(hanging)], 0.05, self._made_of.mess, parent=self._bed))
        return found


def _smooth(corners: NDArray[np.float32], count: int = 24) -> NDArray[np.float32]:
    """Return the curve that three corners pull (Bézier's)."""
    share = np.linspace(0, 1, count, dtype=np.float32)[:, None]
    first, middle, last = corners
    curve: NDArray[np.float32] = (1 - share) ** 2 * first + 2 * share * (1 - share) * middle + share**2 * last
    return curve


def _bed(chance: random.Random, plan: Plan, parent: Object) -> None:
    """Lay the bed."""
    kind = chance.choice(("matte", "glass", "sheet"))
    if kind == "matte":
        surface = blender.material((0.03, 0.03, 0.03), 0.55, spots=((0.05, 0.05, 0.05), 12))
    elif kind == "glass":
        surface = blender.material((0.02, 0.025, 0.03), 0.1, spots=((0.05, 0.05, 0.06), 0.6))
    else:
        tone = colorsys.hsv_to_rgb(chance.random(), chance.choice((0.1, 0.6)), chance.uniform(0.1, 0.5))
        surface = blender.material(tone, 0.6, spots=(tuple(0.8 * part for part in tone), 2))
    blender.box((plan.bed, plan.bed, 0.4), (0, 0, -0.2), surface, parent=parent)
    plain = blender.material((0.15, 0.15, 0.15), 0.4, metallic=0.6)
    blender.box((0.9 * plan.bed, 0.9 * plan.bed, 0.6), (0, 0, -1.4), plain, parent=parent)


def _head(chance: random.Random, made_of: Materials, parent: Object) -> None:
    """Build the head above its nozzle, with a fan and a bundle of wires."""
    blender.cylinder(0.06, 0.4, (0, 0, 0.2), made_of.steel, top=0.35, parent=parent)
    blender.box((2, 1.8, 1.1), (0, 0, 0.95), made_of.steel, parent=parent)
    width, height = chance.uniform(3.5, 5.5), chance.uniform(4, 6)
    body = chance.choice((made_of.black, made_of.black, made_of.accent, made_of.grey))
    blender.box((width, 4, height), (0, 0.4, 1.7 + height / 2), body, parent=parent)
    upright = (math.pi / 2, 0, 0)
    blender.cylinder(1.7, 0.3, (0, -1.7, 1.7 + height / 2), made_of.grey, turn=upright, parent=parent)
    blender.cylinder(0.5, 0.5, (0, -1.8, 1.7 + height / 2), made_of.black, turn=upright, parent=parent)
    side = chance.choice((-1, 1))
    for _ in range(chance.randint(3, 7)):
        colour = colorsys.hsv_to_rgb(chance.random(), chance.choice((0.0, 0.9)), chance.uniform(0.02, 0.6))
        corners = [
            (0, 1.2, 1.5 + height),
            (side * chance.uniform(1, 4), chance.uniform(1, 3), height + chance.uniform(9, 15)),
            (side * chance.uniform(9, 15), chance.uniform(3, 6), height + chance.uniform(1, 5)),
        ]
        line = _smooth(np.array(corners, np.float32), 40)
        blender.tubes([line], 0.12, blender.material(colour, 0.4), parent=parent)


def _frame(plan: Plan, made_of: Materials, gantry: Object) -> None:
    """Build the frame, and the beam that rises with the head."""
    wide, back = plan.bed / 2 + 5, 3.2
    blender.box((2 * wide, 2, 2), (0, back, 4), made_of.black, parent=gantry)
    blender.box((2 * wide, 0.1, 0.6), (0, back - 1.2, 5.2), made_of.grey, parent=gantry)
    if plan.machine == "slinger":
        for side in (-1, 1):
            blender.box((2, 2.2, 44), (side * wide, back + 2, 12), made_of.black)
            blender.rod(
                (side * (wide - 2), back + 2, -8), (side * (wide - 2), back + 2, 34), 0.4, made_of.steel
            )
        blender.box((2 * wide + 2, 2, 2), (0, back + 2, 35), made_of.black)
        blender.box((4, 1.8 * plan.bed, 2), (0, 0, -4), made_of.grey)
        return
    deep = plan.bed / 2 + 6
    for x in (-wide, wide):
        for y in (-deep, deep):
            blender.box((2, 2, 52), (x, y, 4), made_of.grey)
        blender.box((2, 2 * deep, 2), (x, 0, 29), made_of.grey)
    for y in (-deep, deep):
        blender.box((2 * wide, 2, 2), (0, y, 29), made_of.grey)
    blender.box((2 * wide, 0.5, 52), (0, deep + 1, 4), made_of.black)


def _room(chance: random.Random, plan: Plan, made_of: Materials) -> None:
    """Put a wall, a table and clutter behind the printer."""
    wall = colorsys.hsv_to_rgb(chance.random(), chance.uniform(0, 0.3), chance.uniform(0.15, 0.75))
    far = plan.bed / 2 + chance.uniform(25, 60)
    blender.box((300, 2, 200), (0, far, 40), blender.material(wall, 0.9, spots=(wall, 0.05)))
    table = colorsys.hsv_to_rgb(chance.uniform(0.03, 0.12), chance.uniform(0, 0.6), chance.uniform(0.05, 0.5))
    dark: Colour = (0.6 * table[0], 0.6 * table[1], 0.6 * table[2])
    blender.box((300, 300, 2), (0, 0, -11), blender.material(table, 0.5, spots=(dark, 0.4)))
    things: tuple[Callable[[random.Random, Point, Materials], None], ...] = (
        _crate,
        _crate,
        _spool,
        _cable,
        _bag,
    )
    for _ in range(chance.randint(4, 10)):
        place = (chance.uniform(-45, 45), chance.uniform(plan.bed / 2 + 9, far - 4), -10.0)
        chance.choice(things)(chance, place, made_of)


def _crate(chance: random.Random, place: Point, _: Materials) -> None:
    x, y, z = place
    size = (chance.uniform(2, 14), chance.uniform(2, 9), chance.uniform(3, 26))
    colour = colorsys.hsv_to_rgb(chance.random(), chance.choice((0, 0.3, 0.8)), chance.uniform(0.03, 0.7))
    turn = (0.0, 0.0, chance.uniform(0, 3))
    blender.box(size, (x, y, z + size[2] / 2), blender.material(colour, 0.5), turn=turn)


def _spool(chance: random.Random, place: Point, made_of: Materials) -> None:
    x, y, z = place
    upright, middle = (math.pi / 2, 0.0, 0.0), (x, y, z + 10)
    colour = colorsys.hsv_to_rgb(chance.random(), chance.uniform(0, 0.9), chance.uniform(0.03, 0.8))
    blender.cylinder(8, 5, middle, blender.material(colour, 0.35), turn=upright)
    for side in (-3, 3):
        blender.cylinder(10, 0.3, (x, y + side, z + 10), made_of.black, turn=upright)


def _cable(chance: random.Random, place: Point, made_of: Materials) -> None:
    corners = np.array([place] * 9, np.float32)
    for number in range(1, 9):
        step = (chance.uniform(-9, 9), chance.uniform(-4, 4), chance.uniform(0, 12))
        corners[number] = corners[0] + number * np.array(step, np.float32) / 3
    lines = [_smooth(corners[start : start + 3]) for start in (0, 2, 4, 6)]
    blender.tubes([np.concatenate(lines)], chance.uniform(0.15, 0.4), made_of.black)


def _bag(chance: random.Random, place: Point, _: Materials) -> None:
    x, y, z = place
    generator = np.random.default_rng(chance.getrandbits(32))
    heights = np.zeros((33, 33), np.float32)
    grid = np.linspace(0, 1, 33)
    for octave in (3, 6, 12, 24):
        coarse = generator.standard_normal((octave + 1, octave + 1))
        at = grid * octave
        rows = np.stack([np.interp(at, np.arange(octave + 1), row) for row in coarse])
        heights += 6 / octave * np.abs(np.stack([np.interp(at, np.arange(octave + 1), c) for c in rows.T]).T)
    foil = blender.material((0.8, 0.82, 0.85), 0.12, metallic=0.4, clear=0.5)
    turn = (chance.uniform(0.3, 1.4), chance.uniform(-0.3, 0.3), chance.uniform(0, 6))
    blender.sheet(heights, chance.uniform(10, 22), (x, y, z + 6), turn, foil)


def _lights(chance: random.Random, plan: Plan) -> list[Object]:
    """Light the room; returns the lamps, whose brightness changes over the print."""
    warm: Colour = (1, chance.uniform(0.8, 1), chance.uniform(0.6, 0.95))
    blender.ambient(warm, AMBIENT[plan.light])
    target: Point = (0, 0, 2)
    if plan.light == "room":
        return [blender.lamp((chance.uniform(-50, 50), -20, 90), 40, 6e4, warm, target)]
    if plan.light == "window":
        side = chance.choice((-1, 1))
        return [blender.lamp((side * 80, chance.uniform(-40, 20), 35), 60, 1e5, (0.9, 0.95, 1), target)]
    if plan.light == "lamp":
        strip = blender.lamp((0, -plan.bed / 2 - 2, 22), 16, 5e3, WHITE, target)
        return [strip, blender.lamp((40, -30, 80), 30, 4e3, warm, target)]
    return [blender.lamp((chance.uniform(-40, 40), -40, 60), 20, 5e3, warm, target)]


def _camera(chance: random.Random, plan: Plan) -> None:
    """Put the camera before the printer, as people do: low, from the side, or from above."""
    around = math.radians(-90 + chance.gauss(0, 28))
    above = math.radians(
        chance.choice((chance.uniform(6, 16), chance.uniform(16, 38), chance.uniform(38, 58)))
    )
    away = chance.uniform(18, 34)
    target: Point = (chance.uniform(-2, 2), 0, 0.4 * plan.height)
    place = (
        target[0] + away * math.cos(around) * math.cos(above),
        target[1] + away * math.sin(around) * math.cos(above),
        target[2] + away * math.sin(above),
    )
    blender.look_from(place, target, chance.uniform(26, 48))
