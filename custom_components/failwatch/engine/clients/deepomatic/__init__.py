"""Deepomatic's API v0.7: recognition specifications, inference, and the tasks that carry it out."""

from __future__ import annotations

from .client import TASK_TIMEOUT, Deepomatic
from .parsing import recognised
from .types import Crop, Encoding, ImageInput, Label, Output, Page, Recognised, Spec, SpecId, Task

__all__ = [
    "TASK_TIMEOUT",
    "Crop",
    "Deepomatic",
    "Encoding",
    "ImageInput",
    "Label",
    "Output",
    "Page",
    "Recognised",
    "Spec",
    "SpecId",
    "Task",
    "recognised",
]
