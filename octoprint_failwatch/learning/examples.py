"""Choose examples for a service that learns: stored pictures of labelled prints, good or bad."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..engine.errors import FailWatchError
from ..engine.history import History, Label, PrintRecord
from ..engine.models import Box

DOUBTFUL = 120.0
"""Seconds on either side of the beginning of a failure of which no picture is taken: nobody knows."""
FROM_SCORE = 0.2


class NoExamples(FailWatchError):
    """There are no labelled pictures to learn from."""

    kind = "no_examples"


@dataclass(frozen=True, slots=True)
class Example:
    """A kept picture, by its frame in the history, and where in it the failure is seen."""

    print_id: str
    frame_id: int
    camera: str
    good: bool
    boxes: tuple[Box, ...] = ()


def examples(history: History, *, printer_id: str | None = None, most: int = 100) -> list[Example]:
    """Return at most so many good and so many bad examples, spread evenly over prints and times.

    Raises NoExamples if there is no good one: services learn what is right.
    """
    good: list[list[Example]] = []
    bad: list[list[Example]] = []
    for record in history.prints(printer_id=printer_id):
        if record.label is not None and record.pictures:
            found = list(_of_print(history, record, record.label))
            good.append([example for example in found if example.good])
            bad.append([example for example in found if not example.good])
    chosen = _spread(good, most)
    if not chosen:
        raise NoExamples("There is no picture of a print that is labelled good: label some prints first.")
    return chosen + _spread(bad, most)


def _of_print(history: History, record: PrintRecord, label: Label) -> Iterator[Example]:
    for frame in history.frames(record.print_id):
        good = _is_good(label, frame.look.at)
        if good is None:
            continue
        for view in frame.look.views:
            if view.camera in frame.pictures:
                boxes = tuple(box for box in view.boxes if box.score >= FROM_SCORE)
                yield Example(record.print_id, frame.id, view.camera, good, () if good else boxes)


def _is_good(label: Label, at: float) -> bool | None:
    if not label.failed:
        return True
    if label.failed_from is None or abs(at - label.failed_from) < DOUBTFUL:
        return None
    return at < label.failed_from


def _spread(prints: Sequence[list[Example]], most: int) -> list[Example]:
    """Return up to so many examples, the same number from each print if possible, evenly over its time."""
    remaining = sorted((one for one in prints if one), key=len)
    chosen: list[Example] = []
    for place, one in enumerate(remaining):
        share = min(len(one), (most - len(chosen)) // (len(remaining) - place))
        chosen += [one[index * len(one) // share] for index in range(share)]
    return chosen
