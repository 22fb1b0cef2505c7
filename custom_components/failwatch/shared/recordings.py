"""Interface to a printer's pictures, recorded prints, ignored regions and learned background."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import IO, Any, Literal, NotRequired, TypedDict

from ..engine.history.records import PrintRecord

type ExportFormat = Literal["csv", "zip"]
type Corners = list[list[float]]


class CameraRegions(TypedDict):
    """The ignored regions of one camera: corners as shares of width and height."""

    camera: str
    polygons: list[Corners]


class CameraBackground(TypedDict):
    """What the detector has learned of one camera; a cell is column, row and strength from 0 to 1.

    `moved_at` is when (seconds) the camera was seen to have been moved, and all of this began anew.
    """

    name: str
    title: str
    frames: int
    hidden: float
    columns: int
    rows: int
    cells: list[list[float]]
    moved_at: NotRequired[float | None]


class Course(TypedDict):
    """A recorded print as `engine.history.course` tells it."""

    print: dict[str, Any]
    frames: Sequence[Sequence[Any]]
    marks: list[dict[str, Any]]
    rules: list[dict[str, Any]]


class Recordings(ABC):
    """Reads and changes them where the printer is watched. Raises HomeAssistantError with a translated text."""

    @abstractmethod
    async def async_frame(self, camera: str) -> bytes | None:
        """Return a camera's last judged picture as JPEG, without boxes, None if there is none."""

    @abstractmethod
    async def async_snapshot(self, camera: str) -> bytes | None:
        """Return what a camera shows now as JPEG, where that can be had; else its last judged picture."""

    @abstractmethod
    async def async_prints(self, before: float | None, limit: int) -> list[PrintRecord]:
        """Return so many recorded prints that began before a time, newest first."""

    @abstractmethod
    async def async_course(self, print_id: str, most: int) -> Course:
        """Return a recorded print with about so many of its frames."""

    @abstractmethod
    async def async_frame_picture(self, print_id: str, frame_id: int, camera: str) -> bytes | None:
        """Return the picture of a recorded frame as JPEG, None if it was not kept."""

    @abstractmethod
    async def async_export(self, print_id: str, kind: ExportFormat, file: IO[bytes]) -> None:
        """Write a recorded print to a file."""

    @abstractmethod
    async def async_regions(self) -> list[CameraRegions]:
        """Return the ignored regions of every camera that has some."""

    @abstractmethod
    async def async_set_regions(self, camera: str, polygons: list[Corners]) -> None:
        """Ignore these regions of a camera from now on."""

    @abstractmethod
    async def async_background(self) -> list[CameraBackground]:
        """Return what the detector has learned of each camera."""

    @abstractmethod
    async def async_forget_background(self, camera: str) -> None:
        """Have the detector learn a camera's background anew."""
