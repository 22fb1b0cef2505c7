"""Read labelled prints from a history, as they were and with regions left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ..engine import serialization
from ..engine.history import EntryKind, History, PrintRecord, RecordedSettings
from ..engine.imaging.regions import Polygon, without_ignored
from ..engine.models import Detection
from ..engine.replay import Sample
from ..engine.watch.state import Look
from .label_origin import Origin, given_label, label_origin
from .print_case import Case


def recorded_cases(
    history: History, printer_id: str, regions: Mapping[str, tuple[Polygon, ...]] | None = None
) -> list[Case]:
    """Return a printer's prints in order, without the boxes in the regions.

    A service's own statistics are left out: other rules are to be tried on p alone. Unlabelled prints
    are among them, as the printer's past; so are those whose label nobody gave.
    """
    records = sorted(history.prints(printer_id=printer_id), key=lambda record: record.started_at)
    return [_case(history, record, regions or {}) for record in records]


def label_origins(history: History, printer_id: str) -> Mapping[Origin, int]:
    """Count a printer's labels by origin."""
    return Counter(
        label_origin(record.label, history.entries(record.print_id))
        for record in history.prints(printer_id=printer_id)
        if record.label is not None
    )


def settings_of(history: History, printer_id: str) -> RecordedSettings | None:
    """Return the settings that were last in force for a printer, if there are any."""
    for record in history.prints(printer_id=printer_id, limit=5):
        entries = [entry for entry in history.entries(record.print_id) if entry.kind == EntryKind.SETTINGS]
        if entries:
            return serialization.from_json(RecordedSettings, entries[-1].data)
    return None


def _case(history: History, record: PrintRecord, regions: Mapping[str, tuple[Polygon, ...]]) -> Case:
    settings = RecordedSettings(rules="failwatch")
    for entry in history.entries(record.print_id):
        if entry.kind == EntryKind.SETTINGS:
            settings = serialization.from_json(RecordedSettings, entry.data)
    looks: Iterable[Look] = (frame.look for frame in history.frames(record.print_id))
    samples = tuple(Sample(look.at, _p(look, settings, regions) if regions else look.p) for look in looks)
    return Case(record.print_id, record.printer_id, given_label(history, record), samples, record.name)


def _p(look: Look, settings: RecordedSettings, regions: Mapping[str, tuple[Polygon, ...]]) -> float:
    """Return p as it would have been without the boxes in the regions, combined as it was then."""
    left = [
        without_ignored(Detection(view.p, view.boxes), regions.get(view.camera, ()), by_sum=settings.by_sum).p
        for view in look.views
        if not view.problem
    ]
    ranked = sorted(left, reverse=True)
    return ranked[min(settings.quorum, len(ranked)) - 1] if ranked else look.p
