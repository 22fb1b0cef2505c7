"""Find out where a print's label came from: set by hand, from an answer, or from nobody."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from ..engine.history import Entry, EntryKind, History, Label, PrintRecord
from ..engine.judging.verdict import Level
from ..engine.watch.state import EventKind

SAME_MOMENT = 2.0  # seconds between a resume and the answer that version 0.1.0 took it for


class Origin(StrEnum):
    """The origin of a print's label."""

    BY_HAND = "by_hand"
    ANSWERED = "answered"
    RESUMED = "resumed"


def given_label(history: History, record: PrintRecord) -> Label | None:
    """Return a print's label if somebody gave it."""
    if record.label is None or label_origin(record.label, history.entries(record.print_id)) is Origin.RESUMED:
        return None
    return record.label


def label_origin(label: Label, entries: Sequence[Entry]) -> Origin:
    """Return where a label came from, by what the print's entries say.

    Version 0.1.0 labelled a print good when it was resumed after an alarm. Such a label counts as nobody's,
    unless the same was answered at another time too.
    """
    said = "failure" if label.failed else "not_a_failure"
    answers = [
        entry.at
        for entry in entries
        if entry.kind == EventKind.ACKNOWLEDGED
        and entry.data["detail"] == said
        and (label.failed or entry.data["level"] != Level.NONE)
    ]
    resumes = [entry.at for entry in entries if entry.kind == EntryKind.RESUMED]
    if not answers:
        return Origin.BY_HAND
    if all(any(abs(at - resumed) <= SAME_MOMENT for resumed in resumes) for at in answers):
        return Origin.RESUMED
    return Origin.ANSWERED
