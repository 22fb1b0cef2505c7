"""The interface of every detector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from ..imaging.regions import Polygon
from ..models import Detection, Frame

if TYPE_CHECKING:
    from .built_in import CameraBaseline


class Detector(Protocol):
    """Answers frames.

    `returns_boxes` says whether p can be recomputed from the boxes outside ignored regions; where it
    cannot, the regions are blacked out before the frame is handed over. `combines_by_sum` says how:
    p is the sum of the boxes' scores, or else their maximum. `metered` says that every call is counted
    against a budget.
    """

    @property
    def returns_boxes(self) -> bool:
        """Whether answers come with the boxes that p was made from."""

    @property
    def combines_by_sum(self) -> bool:
        """Whether p is the sum of the boxes' scores rather than the maximum."""

    @property
    def metered(self) -> bool:
        """Whether somebody counts the calls."""

    async def detect(self, frame: Frame) -> Detection:
        """Return the answer to a frame. Raises DetectionError; never blocks the event loop."""

    async def check(self) -> str:
        """Return a sentence on what answers there; raises DetectionError if nothing good does."""

    async def close(self) -> None:
        """Let go of everything held."""


@runtime_checkable
class MaskingDetector(Protocol):
    """A detector that can leave ignored regions out itself, where it sees more of the picture than boxes tell."""

    @property
    def masks_regions(self) -> bool:
        """Whether it does so with the model that it has."""

    async def detect_outside(self, frame: Frame, regions: Sequence[Polygon]) -> Detection:
        """Return the answer to what a frame shows outside the regions. Raises DetectionError."""


@runtime_checkable
class LearningDetector(Protocol):
    """A detector that learns what is normal for each camera, from what the watch hands back to it.

    The watch decides what may be learned (`judging/learning.py`). All but the first two return at once.
    """

    async def baselines(self) -> Mapping[tuple[str, str], CameraBaseline]:
        """Return the baseline of each camera, by printer id and camera name."""

    async def forget(self, printer_id: str, camera: str | None = None) -> None:
        """Delete the baseline of one of a printer's cameras, or of all."""

    def learn(self, evidence: Any) -> None:
        """Learn from the evidence of a look at a good print."""

    def note_opening(self, evidence: Any) -> None:
        """Take note of the evidence of one of the first looks of a print."""

    def end_print(self, printer_id: str, print_id: str, *, good: bool) -> None:
        """Keep what a good print began with as how its cameras look."""

    def rename(self, printer_id: str, old: str, new: str) -> None:
        """Let the baseline of one of a printer's cameras follow its new name."""

    def unlearn(self, printer_id: str, print_id: str) -> None:
        """Take back what was learned in a print that failed."""
