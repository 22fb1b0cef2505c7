"""Parts of a training request that all dialects share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def overrides(parameters: Mapping[int, str] | None) -> list[dict[str, Any]]:
    """Return parameters as a request to train gives them."""
    return [
        {"algorithm_parameter_id": number, "value": value} for number, value in (parameters or {}).items()
    ]


def picture_type(name: str) -> str:
    """Return the media type that goes with a file's name."""
    ending = name.rpartition(".")[2].lower()
    return {"png": "image/png", "tif": "image/tiff", "tiff": "image/tiff"}.get(ending, "image/jpeg")
