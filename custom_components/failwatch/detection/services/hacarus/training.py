"""What both kinds of client do alike: parameters, pictures, and waiting for a model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from ...errors import ServerFailed, TimedOut
from .types import Model


def overrides(parameters: Mapping[int, str] | None) -> list[dict[str, Any]]:
    """Return parameters as a request to train gives them."""
    return [
        {"algorithm_parameter_id": number, "value": value} for number, value in (parameters or {}).items()
    ]


def picture_type(name: str) -> str:
    """Return the media type that goes with a file's name."""
    ending = name.rpartition(".")[2].lower()
    return {"png": "image/png", "tif": "image/tiff", "tiff": "image/tiff"}.get(ending, "image/jpeg")


async def trained(
    look: Callable[[], Any], timeout: float, interval: float, progress: Callable[[Model], None] | None
) -> Model:
    """Ask for a model until it is no longer in the making."""
    loop = asyncio.get_running_loop()
    end = loop.time() + timeout
    while True:
        model: Model = await look()
        if progress:
            progress(model)
        if model.status == "failed":
            raise ServerFailed(f"Training {model.name!r} failed: {model.status_text or 'no reason given'}.")
        if model.status not in ("creating", ""):
            return model
        if loop.time() + interval > end:
            raise TimedOut(f"{model.name!r} was not trained within {timeout:.0f} seconds.")
        await asyncio.sleep(interval)
