"""What the card's websocket commands answer with; docs/card.md describes it for other cards and scripts."""

from typing import Any, TypedDict

from ..shared.recordings import CameraBackground, CameraRegions


class SubscribeAnswer(TypedDict):
    """The version of the interface; what is asked for is pushed from then on."""

    version: int


class PrintsAnswer(TypedDict):
    """A page of recorded prints, newest first, and whether there are older ones."""

    prints: list[dict[str, Any]]
    more: bool


class PicturesAnswer(TypedDict):
    """A signed address for each picture that was asked for, in the same order."""

    pictures: list[str]


class ExportAnswer(TypedDict):
    """The signed address of a file."""

    path: str


class RegionsAnswer(TypedDict):
    """The ignored regions of all cameras, and the signed address of a picture to draw on."""

    regions: list[CameraRegions]
    picture: str


class BackgroundAnswer(TypedDict):
    """What the detector has learned of each camera."""

    cameras: list[CameraBackground]
