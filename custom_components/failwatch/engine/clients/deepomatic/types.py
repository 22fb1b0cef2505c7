"""Deepomatic's types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

SpecId: TypeAlias = int | str
"""A number for one of the account's own specifications, a name for a public one."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label that a specification recognises."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a specification; `roi` is "BBOX" where things are located, else "NONE"."""

    labels: tuple[Label, ...]
    exclusive: bool
    roi: str


@dataclass(frozen=True, slots=True)
class Spec:
    """A recognition specification. Lists give no outputs, and public ones no version."""

    id: SpecId
    name: str
    description: str = ""
    update_date: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    current_version_id: int | None = None
    outputs: tuple[Output, ...] = ()
    task_id: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of specifications; `count` is how many there are in all."""

    count: int
    results: tuple[Spec, ...]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of a picture to look at, edges as shares of width and height."""

    xmin: float
    ymin: float
    xmax: float
    ymax: float


class Encoding(StrEnum):
    """How a picture's bytes are sent: as a file of a form, or as data with one of two encodings."""

    FILE = "file"
    BASE64 = "base64"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class ImageInput:
    """A picture to be recognised: an address that the service can reach, or the picture's bytes."""

    source: str | bytes = field(repr=False)
    bbox: Crop | None = None
    encoding: Encoding = Encoding.FILE


@dataclass(frozen=True, slots=True)
class Recognised:
    """One label with its score. `discarded` says that the score is below the label's threshold."""

    label_id: int
    label_name: str
    score: float
    threshold: float | None
    box: Crop | None
    discarded: bool


DONE = "success"


@dataclass(frozen=True, slots=True)
class Task:
    """A task: `status` is pending, success or error; other values count as pending."""

    id: str
    status: str
    error: str = ""
    data: Any = field(default=None, repr=False)
