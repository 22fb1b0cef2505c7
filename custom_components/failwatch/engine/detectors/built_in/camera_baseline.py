"""The baseline of a camera: its heat map while prints are good, and before a print begins."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .heat_map import HeatMap

QUIET = -3.0
"""Logit up to which a cell needs no excuse."""
PRIOR = 6
"""Good looks after which half of a cell's mean counts."""
MEMORY = 720
"""Good looks that are remembered: two hours at one every ten seconds."""
MEMORY_OF_PRINTS = 180
"""Good looks that a new print finds remembered at most: cables stay, the part is another."""
SPREAD = 1.5
"""Standard deviations above its mean up to which a cell is normal: what the head hides and bares comes and goes."""
SPREAD_OF_P = 2.5
"""Standard deviations above its mean up to which p is normal."""
EXPLAINED_AT_MOST = 0.35
"""How much of p what was learned in good looks explains at most: mess may have been learned with it."""
FIXTURE_MARGIN = 0.5
"""Logits by which a cell may exceed how the camera looks before there is a print."""
LARGEST = 8.0
"""Logit that a cell is learned with at most, either way."""
FULL = 6.0
"""Logits above a quiet cell that are shown as strongly as can be."""
_STEPS = 16
"""Steps per logit when stored."""


@dataclass(frozen=True, slots=True)
class CameraBaseline:
    """The mean logit of each cell over good looks and its variance, row by row; JSON can hold it.

    `frames` counts the looks learned from, `print_id` is the last print learned from. `opening` is the mean
    over the first looks of the print `opened`, when there was hardly anything to fail; `fixtures` that over
    the openings of earlier prints that turned out well, of which there were `fixture_prints`. `moved_at` is
    when (seconds) the camera was seen to have been moved, after which all of this began anew; None for never.

    `p` is the mean of p over `p_looks` good looks, and `p_variance` its variance; release 0.1.0 kept neither.
    """

    columns: int
    usual: tuple[float, ...] = field(repr=False)
    frames: int = 0
    print_id: str = ""
    spread: tuple[float, ...] = field(default=(), repr=False)
    opening: tuple[float, ...] = field(default=(), repr=False)
    opened: str = ""
    opening_looks: int = 0
    fixtures: tuple[float, ...] = field(default=(), repr=False)
    fixture_prints: int = 0
    moved_at: float | None = None
    p: float = 0.0
    p_variance: float = 0.0
    p_looks: int = 0

    @classmethod
    def unknown(cls, heat: HeatMap) -> CameraBaseline:
        """Return what is known of a camera at first: nothing."""
        return cls(heat.columns, (QUIET,) * len(heat.logits))

    def begun_anew(self) -> CameraBaseline:
        """Return what is known of the camera once it shows something else: its shape."""
        return CameraBaseline(self.columns, (QUIET,) * len(self.usual))

    def fits(self, heat: HeatMap) -> bool:
        """Return whether the heat map has this camera's shape."""
        return len(self.usual) == len(heat.logits) and self.columns == heat.columns

    @property
    def excess(self) -> tuple[float, ...]:
        """By how many logits each cell may stand above a quiet one as it did in good looks; 0 for most."""
        trust = self.frames / (self.frames + PRIOR)
        spread = self.spread or (0.0,) * len(self.usual)
        return tuple(
            max((mean - QUIET) * trust + SPREAD * math.sqrt(variance), 0.0)
            for mean, variance in zip(self.usual, spread, strict=True)
        )

    @property
    def explains_at_most(self) -> float:
        """How much of p is normal at most: not more than good looks usually showed, whatever their cells excuse.

        Grain in many cells is no reason to take a mess in all of them for good.
        """
        if not self.p_looks:
            return EXPLAINED_AT_MOST
        return min(self.p + SPREAD_OF_P * math.sqrt(self.p_variance), EXPLAINED_AT_MOST)

    @property
    def hidden(self) -> float:
        """The share of the picture that counts for less."""
        return sum(excess > 0 for excess in self.excess) / len(self.usual)

    def shown(self) -> dict[str, Any]:
        """Return what is hidden as JSON for a page; a cell is column, row and strength from 0 to 1."""
        return {
            "frames": self.frames,
            "hidden": self.hidden,
            "moved_at": self.moved_at,
            "columns": self.columns,
            "rows": len(self.usual) // self.columns,
            "cells": [
                [index % self.columns, index // self.columns, round(min(1.0, excess / FULL), 2)]
                for index, excess in enumerate(self.excess)
                if excess
            ],
        }

    def excuses(self) -> tuple[float, ...]:
        """Return how much of each cell's heat is normal in good looks."""
        return _shared(self.excess, self.columns)

    def fixture_excuses(self, print_id: str) -> tuple[float, ...]:
        """Return by how much each cell's heat was there before this print, and before earlier good ones."""
        if self.opened != print_id or not self.fixtures or not self.opening:
            return (0.0,) * len(self.usual)
        lower = (min(now, before) for now, before in zip(self.opening, self.fixtures, strict=True))
        known = tuple(max(logit + FIXTURE_MARGIN - QUIET, 0.0) if logit > QUIET else 0.0 for logit in lower)
        return _shared(known, self.columns)

    def learned(self, heat: HeatMap, print_id: str, p: float) -> CameraBaseline:
        """Return the baseline after one more good look of that shape, with its p before anything was taken off."""
        known = self.frames if print_id == self.print_id else min(self.frames, MEMORY_OF_PRINTS)
        weight = 1 / min(known + 1, MEMORY)
        spread = self.spread or (0.0,) * len(self.usual)
        usual, variances = [], []
        for mean, variance, logit in zip(self.usual, spread, heat.logits, strict=True):
            # How cold a quiet cell is depends on the light, and must not pass for heat that comes and goes.
            off = min(max(logit, QUIET), LARGEST) - mean
            usual.append(mean + off * weight)
            variances.append((1 - weight) * (variance + off * off * weight) if known else 0.0)
        p_looks = self.p_looks if print_id == self.print_id else min(self.p_looks, MEMORY_OF_PRINTS)
        p_weight, p_off = 1 / min(p_looks + 1, MEMORY), p - self.p
        return replace(
            self,
            usual=tuple(usual),
            spread=tuple(variances),
            frames=min(known + 1, MEMORY),
            print_id=print_id,
            p=self.p + p_off * p_weight,
            p_variance=(1 - p_weight) * (self.p_variance + p_off * p_off * p_weight) if p_looks else 0.0,
            p_looks=min(p_looks + 1, MEMORY),
        )

    def with_opening(self, heat: HeatMap, print_id: str) -> CameraBaseline:
        """Return the baseline after one of the first looks of a print."""
        looks = self.opening_looks if self.opened == print_id else 0
        before = self.opening if looks else heat.logits
        opening = tuple(
            mean + (min(max(logit, -LARGEST), LARGEST) - mean) / (looks + 1)
            for mean, logit in zip(before, heat.logits, strict=True)
        )
        return replace(self, opening=opening, opened=print_id, opening_looks=looks + 1)

    def after_good_print(self, print_id: str) -> CameraBaseline:
        """Return the baseline after a good print: its first looks show the camera's normal view."""
        if self.opened != print_id or not self.opening:
            return self
        count = min(self.fixture_prints, 4)
        before = self.fixtures if count else self.opening
        fixtures = tuple(
            mean + (logit - mean) / (count + 1) for mean, logit in zip(before, self.opening, strict=True)
        )
        return replace(self, fixtures=fixtures, fixture_prints=self.fixture_prints + 1)

    def to_dict(self) -> dict[str, Any]:
        """Return what `from_dict` reads."""
        return {
            "columns": self.columns,
            "usual": _steps(self.usual),
            "frames": self.frames,
            "print_id": self.print_id,
            "spread": _steps(self.spread),
            "opening": _steps(self.opening),
            "opened": self.opened,
            "opening_looks": self.opening_looks,
            "fixtures": _steps(self.fixtures),
            "fixture_prints": self.fixture_prints,
            "moved_at": self.moved_at,
            "p": round(self.p, 5),
            "p_variance": round(self.p_variance, 7),
            "p_looks": self.p_looks,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CameraBaseline:
        """Return a stored baseline, also one of release 0.1.0; raises KeyError, TypeError or ValueError."""
        usual = _logits(data["usual"])
        columns = int(data["columns"])
        if columns < 1 or not usual or len(usual) % columns:
            raise ValueError("the cells make no picture")
        maps = {name: _logits(data.get(name, ())) for name in ("spread", "opening", "fixtures")}
        if any(cells and len(cells) != len(usual) for cells in maps.values()):
            raise ValueError("the maps differ in shape")
        p, p_variance = float(data.get("p", 0.0)), float(data.get("p_variance", 0.0))
        if not 0 <= p <= 1 or not 0 <= p_variance <= 1:
            raise ValueError("p cannot be")
        moved_at = data.get("moved_at")
        return cls(
            columns,
            usual,
            int(data["frames"]),
            str(data["print_id"]),
            opened=str(data.get("opened", "")),
            opening_looks=int(data.get("opening_looks", 0)),
            fixture_prints=int(data.get("fixture_prints", 0)),
            moved_at=None if moved_at is None else float(moved_at),
            p=p,
            p_variance=p_variance,
            p_looks=int(data.get("p_looks", 0)),
            **{**maps, "spread": tuple(max(variance, 0.0) for variance in maps["spread"])},
        )


def _steps(logits: Sequence[float]) -> list[int]:
    return [round(logit * _STEPS) for logit in logits]


def _logits(steps: Sequence[Any]) -> tuple[float, ...]:
    logits = tuple(float(step) / _STEPS for step in steps)
    if not all(math.isfinite(logit) for logit in logits):
        raise ValueError("a cell is no number")
    return logits


def _shared(excess: tuple[float, ...], columns: int) -> tuple[float, ...]:
    """Return each cell's own excuse, or half of its neighbours': cameras shake a little."""
    across: list[float] = []
    for start in range(0, len(excess), columns):
        row = excess[start : start + columns]
        across += map(max, row, row[:1] + row, row[1:] + row[-1:])
    near = map(max, across, across[:columns] + across, across[columns:] + across[-columns:])
    return tuple(max(own, other / 2) for own, other in zip(excess, near, strict=True))
