"""Write the answers of the HACARUS emulator."""

from __future__ import annotations

from typing import Any

from .hacarus_state import AT, PARAMETERS
from .judging import Sighting


def annotation(number: int, one: Sighting) -> dict[str, Any]:
    """Return a place in a picture."""
    edges = {key: getattr(one, key) for key in ("x_min", "y_min", "x_max", "y_max")}
    return {**edges, "annotation_id": number, "label": None, "notes": None, "created_at": AT}


def target(number: int, name: str) -> dict[str, Any]:
    """Return a target."""
    step = {"name": "crop", "active": True, "config": None}
    return {"target_id": number, "name": name, "preprocessing": [step]}


def algorithm(name: str) -> dict[str, Any]:
    """Return an algorithm with its parameters."""
    return {
        "algorithm_id": name,
        "name": name,
        "type": "unsupervised",
        "version": "0.5.1",
        "file_name": f"{name}.py",
        "class_name": name,
        "attribute": "",
        "created_at": AT,
        "updated_at": AT,
        "parameters": [
            {
                "algorithm_parameter_id": number,
                "algorithm_id": name,
                "name": parameter,
                "display_name": None,
                "data_type": kind,
                "value": value,
                "range_lower": "0",
                "range_upper": None,
                "model_parameter": True,
                "created_at": AT,
                "updated_at": AT,
            }
            for number, parameter, kind, value in PARAMETERS
        ],
    }
