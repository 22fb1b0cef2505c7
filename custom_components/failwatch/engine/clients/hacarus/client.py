"""What the three dialects share."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from ...errors import ServerFailed, TimedOut, Unavailable
from . import parsing
from .connection import Connection
from .types import Model, NewAnnotation

TRANSFER_TIMEOUT = 600.0
"""Seconds for models, logs and many pictures at once."""
ACTIVE = "active"
"""Stands for the model that is active at the time."""


class HacarusClient(ABC):
    """A client of any dialect. All methods raise DetectionError."""

    deletes_items: ClassVar[bool] = False
    """Whether a picture can be removed once it is no longer needed."""

    def __init__(self, connection: Connection) -> None:
        """Use that connection."""
        self._connection = connection

    @property
    def where(self) -> str:
        """The server's host."""
        return self._connection.where

    async def login(self) -> None:
        """Get a token. Other calls do this when needed."""
        await self._connection.login()

    @abstractmethod
    async def model(self, model_id: str) -> Model:
        """Return a model."""

    async def check_model(self, model_id: str) -> None:
        """Raise NotFound if the server does not know a model."""
        await self.model(model_id)

    @abstractmethod
    async def annotate_item(self, item_id: str, annotations: Sequence[NewAnnotation]) -> None:
        """Mark places in an item's picture."""

    async def wait_for_model(
        self,
        model_id: str,
        *,
        timeout: float,
        interval: float = 5.0,
        progress: Callable[[Model], None] | None = None,
    ) -> Model:
        """Return a model once it is trained. Raises ServerFailed if training failed, TimedOut.

        Connection errors are retried: an hour of training goes on at the server without one.
        """
        loop = asyncio.get_running_loop()
        end, name = loop.time() + timeout, model_id
        while True:
            fault: Unavailable | None = None
            try:
                model = await self.model(model_id)
            except Unavailable as error:
                fault = error
            else:
                name = model.name
                if progress:
                    progress(model)
                if model.status == "failed":
                    reason = model.status_text or "no reason given"
                    raise ServerFailed(f"Training {model.name!r} failed: {reason}.")
                if model.status not in ("creating", ""):
                    return model
            if loop.time() + interval > end:
                raise fault or TimedOut(f"{name!r} was not trained within {timeout:.0f} seconds.")
            await asyncio.sleep(interval)

    async def _data(self, method: str, path: str, **how: Any) -> Any:
        """Return the `data` of an answer."""
        return parsing.data((await self._connection.call(method, path, **how)).json())
