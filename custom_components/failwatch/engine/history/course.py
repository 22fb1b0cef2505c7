"""Write the course of a recorded print as JSON, for the pages of both hosts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from .. import serialization
from ..errors import BadSetting
from ..watch.messages import rules_json
from .records import Entry, EntryKind, FrameRecord, RecordedSettings
from .store import History

NO_MARKS = {EntryKind.SETTINGS.value, EntryKind.STANDING.value}

ID, AT, P, EWM_MEAN, LEVEL, PICTURES = range(6)
"""Positions in the short list that stands for a frame."""


def print_course(history: History, print_id: str) -> dict[str, Any]:
    """Return a print's frames as short lists, with what happened in between, and with the rules.

    A frame is its id, time, p, ewm_mean, level, the cameras whose picture was kept, the boxes in each
    of these, what was usual, and the limit. Rules were in force after the frame with the id `after_frame`.
    Raises HistoryError if the print is not known.
    """
    record = history.print(print_id)
    frames = [
        [
            frame.id,
            frame.look.at,
            round(frame.look.p, 4),
            round(frame.look.statistics.ewm_mean, 4),
            frame.level.value,
            list(frame.pictures),
            _boxes(frame),
            round(frame.look.verdict.usual, 4),
            round(frame.look.verdict.limit, 4),
        ]
        for frame in history.frames(print_id)
    ]
    entries = history.entries(print_id)
    return {
        "print": serialization.to_json(record),
        "frames": frames,
        "marks": [serialization.to_json(entry) for entry in entries if entry.kind not in NO_MARKS],
        "rules": _rules(entries),
    }


def thinned(frames: Sequence[Sequence[Any]], most: int) -> list[Sequence[Any]]:
    """Return about so many of a print's frames, spread evenly: what stands out is never left out.

    Of neighbours the one with the highest p stays, the one whose picture was kept, and every change of level.
    """
    if len(frames) <= most:
        return list(frames)
    step = -(-2 * len(frames) // most)  # two of each group may stay
    kept: set[int] = {0, len(frames) - 1}
    for start in range(0, len(frames), step):
        group = range(start, min(start + step, len(frames)))
        kept.add(max(group, key=lambda index: frames[index][P]))
        pictured = [index for index in group if frames[index][PICTURES]]
        if pictured:
            kept.add(max(pictured, key=lambda index: frames[index][P]))
    kept.update(index for index in range(1, len(frames)) if frames[index][LEVEL] != frames[index - 1][LEVEL])
    return [frames[index] for index in sorted(kept)]


def _boxes(frame: FrameRecord) -> Mapping[str, Any]:
    """Return the boxes in each picture that was kept, by camera."""
    return {
        view.camera: serialization.to_json(view.boxes)
        for view in frame.look.views
        if view.camera in frame.pictures
    }


def _rules(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return the rules that were in force, each with the frame that it came after."""
    rules = []
    for entry in entries:
        if entry.kind == EntryKind.SETTINGS:
            with suppress(ValueError, BadSetting):  # of a release that has other rules
                recorded = serialization.from_json(RecordedSettings, entry.data)
                rules.append({"after_frame": entry.after_frame, **rules_json(recorded.rule_set)})
    return rules
