"""Keep the baselines of all cameras on disk. What may be learned is decided elsewhere: `judging/learning.py`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from ...storage import read_json, write_json
from .camera_baseline import CameraBaseline
from .heat_map import HeatMap
from .outline import Outline
from .surroundings import Surroundings

SAVE_EVERY = 60
"""Changes between two writings: about thirty looks."""
UNDO_PRINTS = 3
"""Latest prints whose learning can be taken back."""

Key: TypeAlias = tuple[str, str]
"""A printer's id and its camera's name."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One look as the baselines see it: whose it was, its heat map before anything was taken off, and p."""

    key: Key
    print_id: str
    heat: HeatMap
    p: float


class CameraBaselineStore:
    """Knows each camera's baseline. Not for several threads at once."""

    def __init__(self, file: Path | None) -> None:
        """Read what was learned before."""
        self._file = file
        self._known: dict[Key, CameraBaseline] = {}
        self._before: dict[Key, list[tuple[str, CameraBaseline]]] = {}
        self._surroundings: dict[Key, Surroundings] = {}
        if file is not None:
            self._read(file)
        self._unsaved = 0

    def all(self) -> dict[Key, CameraBaseline]:
        """Return what is known of each camera."""
        return dict(self._known)

    def of(self, key: Key, heat: HeatMap) -> CameraBaseline | None:
        """Return a camera's baseline if it has the shape of this heat map."""
        known = self._known.get(key)
        return known if known is not None and known.fits(heat) else None

    def was_moved(self, key: Key, picture: Outline, at: float) -> bool:
        """Learn what stands still in front of a camera; return whether the camera was moved.

        What was known of one that was moved is dropped at once, for good: it was known of other places.
        """
        surroundings = self._surroundings.get(key, Surroundings()).after(picture)
        if not surroundings.have_moved:
            self._surroundings[key] = surroundings
            self._changed()
            return False
        self._surroundings[key] = Surroundings().after(picture)
        known = self._known.get(key)
        if known is not None:
            self._known[key] = replace(known.begun_anew(), moved_at=at)
        self._before.pop(key, None)
        self._unsaved += 1
        self.save()
        return True

    def learn(self, evidence: Evidence) -> None:
        """Learn from a good look."""
        self._change(evidence, lambda known: known.learned(evidence.heat, evidence.print_id, evidence.p))

    def note_opening(self, evidence: Evidence) -> None:
        """Take note of one of the first looks of a print."""
        self._change(evidence, lambda known: known.with_opening(evidence.heat, evidence.print_id))

    def end_print(self, printer_id: str, print_id: str, *, good: bool) -> None:
        """Keep what a good print began with as how its cameras look."""
        if not good:
            return
        for key in self._of_printer(printer_id):
            self._known[key] = self._known[key].after_good_print(print_id)
            self._unsaved += 1
        self.save()

    def unlearn(self, printer_id: str, print_id: str) -> None:
        """Take back all that was learned in a print that failed, and since."""
        for key in self._of_printer(printer_id):
            prints = self._before.get(key, [])
            for position, (began, before) in enumerate(prints):
                if began == print_id:
                    self._known[key] = before
                    self._before[key] = prints[:position]
                    self._unsaved += 1
                    break
        self.save()

    def forget(self, printer_id: str, camera: str | None = None) -> None:
        """Forget what is known of a printer's camera, or of all of them."""
        for key in self._of_printer(printer_id):
            if camera in (None, key[1]):
                del self._known[key]
                self._before.pop(key, None)
                self._surroundings.pop(key, None)
        self._unsaved += 1
        self.save()

    def rename(self, printer_id: str, old: str, new: str) -> None:
        """Let what is known of a printer's camera follow its new name."""
        before, after = (printer_id, old), (printer_id, new)
        if before not in self._known:
            return
        self._known[after] = self._known.pop(before)
        self._before[after] = self._before.pop(before, [])
        self._surroundings.pop(after, None)
        if before in self._surroundings:
            self._surroundings[after] = self._surroundings.pop(before)
        self._unsaved += 1
        self.save()

    def save(self) -> None:
        """Write what was learned, if anything. A full disk is logged and does not stop the watch."""
        if self._file is None or not self._unsaved:
            return
        rows = [
            {
                "printer_id": key[0],
                "camera": key[1],
                **known.to_dict(),
                "before": [
                    {"print": began, **before.to_dict()} for began, before in self._before.get(key, ())
                ],
                **self._stored_surroundings(key),
            }
            for key, known in self._known.items()
        ]
        if write_json(self._file, rows):
            self._unsaved = 0

    def _change(self, evidence: Evidence, change: Callable[[CameraBaseline], CameraBaseline]) -> None:
        key, print_id = evidence.key, evidence.print_id
        known = self.of(key, evidence.heat) or CameraBaseline.unknown(evidence.heat)
        prints = self._before.setdefault(key, [])
        if not prints or prints[-1][0] != print_id:
            prints.append((print_id, known))
            del prints[:-UNDO_PRINTS]
        self._known[key] = change(known)
        self._changed()

    def _changed(self) -> None:
        self._unsaved += 1
        if self._unsaved >= SAVE_EVERY:
            self.save()

    def _stored_surroundings(self, key: Key) -> dict[str, object]:
        known = self._surroundings.get(key)
        return {} if known is None else {"surroundings": known.to_dict()}

    def _of_printer(self, printer_id: str) -> list[Key]:
        return [key for key in self._known if key[0] == printer_id]

    def _read(self, file: Path) -> None:
        """Read what was stored; what is damaged is as good as nothing."""
        with contextlib.suppress(ValueError, TypeError, KeyError):
            for row in read_json(file) or ():
                key = str(row["printer_id"]), str(row["camera"])
                self._known[key] = CameraBaseline.from_dict(row)
                self._before[key] = [
                    (str(before["print"]), CameraBaseline.from_dict(before))
                    for before in row.get("before", ())
                ]
                with contextlib.suppress(ValueError, TypeError, KeyError):  # 0.1.0 had none
                    self._surroundings[key] = Surroundings.from_dict(row["surroundings"])
