"""Decide what may be learned as normal; nothing else decides it.

Three numbers know what is normal, each with one job. `rolling_mean_long` is the Super Detection API's
statistic and learns from every frame. The printer's baseline (one number, `trend.py`) and the camera's
baseline (one value for each cell of the built-in detector's heat map) share the gate and the budget here.
"""

from __future__ import annotations

from .latch import Latch
from .rules import RuleSet
from .verdict import Level, Verdict

DELAY = 6
"""Looks that must teach after a look before a camera's baseline learns from it: mess is weak before it is told."""
OPENING_LOOKS = 30
"""Looks that a print must have before its beginning may be taken for how the camera always looks."""
SEEN_AT_MOST = 0.20
"""How far p, with nothing learned taken off, may lie above normal in a look that teaches.

What was learned would otherwise keep its own gate open: it hides a failure that grows slowly, whose looks
then teach to hide more of it.
"""


def teaches(verdict: Verdict, latch: Latch, rules: RuleSet, *, seen: float, accepted: bool) -> bool:
    """Return whether a look shows a good print for sure, so that normal may be learned from it.

    `seen` is p before anything that was learned during prints is taken off.
    """
    return (
        verdict.level is Level.NONE
        and latch.level is Level.NONE
        and is_good(verdict.score, seen, verdict.usual, rules)
        and not accepted
    )


def is_good(score: float, seen: float, usual: float, rules: RuleSet) -> bool:
    """Return whether neither the score nor `seen` (see `teaches`) is too high above normal to teach."""
    return score < rules.learn_below and seen - usual < SEEN_AT_MOST


def opening_teaches(latch: Latch, looks: int) -> bool:
    """Return whether the first looks of an ended print show the camera's normal view, before anything could fail.

    A print over which an alarm stands may have begun on the mess of the one before. Whoever denied that
    alarm has said that what was there at the beginning belongs there.
    """
    return latch.level is Level.NONE and looks >= OPENING_LOOKS


def hidden(p: float, explained: float, hideable: float) -> float:
    """Return how much of p to ignore because it was learned as normal."""
    return min(explained, hideable, p)
