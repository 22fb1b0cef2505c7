"""Read prints from a history as a series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..history.store import History
from ..models import MAX_P
from .series import Began, Sample, Step


def recorded(history: History, print_ids: Iterable[str]) -> Iterator[Step]:
    """Yield the prints' frames, with all that happened between them. Raises HistoryError.

    The prints should be one printer's and in order, if rules of one's own are to learn from them.
    """
    for print_id in print_ids:
        history.print(print_id)
        entries = iter(history.entries(print_id))
        entry = next(entries, None)
        yield Began(print_id)
        last = 0
        for frame in history.frames(print_id):
            while entry is not None and entry.after_frame <= last:
                yield entry
                entry = next(entries, None)
            look = frame.look
            p = look.p if look.raw_p is None else look.raw_p
            served = look.statistics if look.statistics_served else None
            yield Sample(look.at, min(p, MAX_P), served, look.explained, look.places)
            last = frame.id
        if entry is not None:
            yield entry
        yield from entries
