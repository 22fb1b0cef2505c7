"""Reorder good prints, and the pictures of each, as chance could have produced them.

A few hours show few of the unlucky moments at which several bad pictures come together, and a few
prints few of those at which one follows upon others that look unlike it. The same pictures and prints
in another order show more of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from ..engine.replay import Sample
from .print_case import Case

COPIES = 6
BLOCK = 1800.0
"""Seconds within which pictures change places: slower changes of a print stay what they are."""


def rearranged(cases: Sequence[Case]) -> list[Case]:
    """Return made-up prints: each good one several times, with its pictures in another order.

    Each time they are another printer's, in another order. The same cases give the same prints.
    """
    good = [case for case in cases if case.label is not None and not case.label.failed and case.samples]
    made = []
    for copy in range(COPIES):
        Random(copy).shuffle(good)  # noqa: S311 - no secret
        made += [_rearranged(case, copy) for case in good]
    return made


def _rearranged(case: Case, copy: int) -> Case:
    random = Random(f"{case.print_id} {copy}")  # noqa: S311 - no secret
    began = case.samples[0].at - BLOCK * copy / COPIES
    blocks: dict[int, list[Sample]] = {}
    for sample in case.samples:
        blocks.setdefault(int((sample.at - began) // BLOCK), []).append(sample)
    samples: list[Sample] = []
    for block in blocks.values():
        seen = [sample.p for sample in block]
        random.shuffle(seen)
        samples += (Sample(sample.at, p) for sample, p in zip(block, seen, strict=True))
    printer_id, print_id = (f"{one} rearranged {copy}" for one in (case.printer_id, case.print_id))
    return replace(case, printer_id=printer_id, print_id=print_id, samples=tuple(samples))
