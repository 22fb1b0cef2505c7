"""HACARUS: CHECK v1 (2022), Saas web detection v1 (2020) and the Visual Inspection SDK's API (2019)."""

from __future__ import annotations

from .check import HacarusCheck
from .dialect import Dialect, Hacarus, connect
from .saas import HacarusSaas
from .sdk import HacarusSdk
from .types import (
    Algorithm,
    AlgorithmParameter,
    Annotation,
    Assessment,
    Image,
    Item,
    ItemPage,
    ItemType,
    Model,
    NewAnnotation,
    PredictCallback,
    Prediction,
    PredictParameters,
    Preprocessing,
    Target,
)

__all__ = [
    "Algorithm",
    "AlgorithmParameter",
    "Annotation",
    "Assessment",
    "Dialect",
    "Hacarus",
    "HacarusCheck",
    "HacarusSaas",
    "HacarusSdk",
    "Image",
    "Item",
    "ItemPage",
    "ItemType",
    "Model",
    "NewAnnotation",
    "PredictCallback",
    "PredictParameters",
    "Prediction",
    "Preprocessing",
    "Target",
    "connect",
]
