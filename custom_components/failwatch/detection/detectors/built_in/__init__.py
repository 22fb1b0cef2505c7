"""FailWatch's own detector: a small net that says, cell by cell, whether a picture shows a mess.

It runs on the processor of the machine that watches, in one thread of its own at the lowest priority.
"""

from .detector import BuiltInDetector
from .model_folder import ModelFolder

__all__ = ["BuiltInDetector", "ModelFolder"]
