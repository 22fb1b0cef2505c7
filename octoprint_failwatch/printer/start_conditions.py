"""When a print is far enough along to be looked at, as its user wants it."""

from __future__ import annotations

from dataclasses import dataclass

from .progress import Progress


@dataclass(frozen=True, slots=True)
class StartConditions:
    """`heating` says to look while the printer heats too; all of the rest must be over before the first look."""

    heating: bool = False
    after_layer: int = 0
    after_minutes: float = 0.0
    after_percent: float = 0.0

    def is_too_early(self, progress: Progress, age: float, layer_at: int | None) -> bool:
        """Return whether the print, `age` seconds old, is not that far; its layer begins at byte `layer_at`."""
        return (
            age < self.after_minutes * 60
            or progress.percent < self.after_percent
            or (layer_at is not None and progress.position < layer_at)
        )
