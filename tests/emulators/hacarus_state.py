"""The state of an emulated HACARUS server, the same for every dialect."""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from .judging import Judge, Sighting, by_colour

CLIENT_ID = "client-41"
CLIENT_SECRET = "secret-41"
THRESHOLD = 0.1
AT = "2022-03-03T06:48:30Z"
GOOD_NAME = re.compile(r"[A-Za-z0-9_-]+\.(jpe?g|png|tiff?)", re.IGNORECASE)
PARAMETERS = ((252, "threshold", "float", "0.1"), (249, "min_inspection_size", "tuple", "(8, 8)"))


@dataclass
class ItemRecord:
    """A picture that was added, and what each model saw in it."""

    name: str
    picture: bytes
    training: bool
    good: bool | None
    image_id: int
    polls: int = 0
    seen: dict[str, Sequence[Sighting]] = field(default_factory=dict)
    annotations: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class ModelRecord:
    """A model; it is in the making for as many polls as `polls` says."""

    model_id: str
    number: int
    name: str
    algorithm_id: str
    item_ids: list[str]
    polls: int
    fails: bool = False
    threshold: float = THRESHOLD
    ignore_outer: str = "(0, 0)"
    min_detected_area: float = 0.0
    callback_url: str | None = None
    callback_method: str = "post"

    def status(self) -> str:
        """Return how far the model is."""
        return "creating" if self.polls > 0 else "failed" if self.fails else "active"


@dataclass
class State:
    """All that the server knows. Items are pending, and models in the making, for `polls` questions."""

    judge: Judge = by_colour
    polls: int = 1
    busy: bool = False
    training_fails: bool = False
    tokens: set[str] = field(default_factory=set)
    items: dict[str, ItemRecord] = field(default_factory=dict)
    models: dict[str, ModelRecord] = field(default_factory=dict)
    targets: dict[int, str] = field(default_factory=lambda: {1: "Printer", 2: "Bed"})
    default_target: int = 1
    license: bytes | None = None
    of_others: set[str] = field(default_factory=set)
    """Items that belong to another account."""
    logins: int = 0
    deleted: list[str] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1000))
    _reports: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Begin with one trained model."""
        self.add_model("Webcam", "Reconstructor", [], polls=0)

    def log_in(self, client_id: Any, client_secret: Any) -> str | None:
        """Return a token, None where the credentials are wrong."""
        if (client_id, client_secret) != (CLIENT_ID, CLIENT_SECRET):
            return None
        self.logins += 1
        token = secrets.token_hex(8)
        self.tokens.add(token)
        return token

    def add_model(self, name: str, algorithm_id: str, item_ids: list[str], *, polls: int) -> ModelRecord:
        """Begin a model."""
        number = next(self.numbers)
        model = ModelRecord(f"model-{number}", number, name, algorithm_id, item_ids, polls)
        model.fails = self.training_fails
        self.models[model.model_id] = model
        return model

    def active_model(self) -> ModelRecord | None:
        """Return the newest model that is trained."""
        trained = [model for model in self.models.values() if model.status() == "active"]
        return trained[-1] if trained else None

    def add_item(self, filename: str, picture: bytes, *, training: bool, good: bool | None) -> str:
        """Add a picture, and return its item's identifier; ValueError where its name will not do."""
        if not GOOD_NAME.fullmatch(filename):
            raise ValueError(f"Invalid filename {filename}")
        stem = filename.rpartition(".")[0]
        item_id = stem if stem not in self.items else f"{stem}_{next(self.numbers)}"
        self.items[item_id] = ItemRecord(filename, picture, training, good, next(self.numbers))
        return item_id

    async def predict(self, model: ModelRecord, item_ids: Sequence[str]) -> None:
        """Judge items; the answers show after some polls, and are reported if that was asked for."""
        for item_id in item_ids:
            item = self.items[item_id]
            try:
                item.seen[model.model_id] = await self.judge(item.picture)
            except ValueError:
                item.seen[model.model_id] = ()
            item.polls = self.polls
        if model.callback_url:
            report = asyncio.create_task(self._report(model, item_ids))
            self._reports.add(report)
            report.add_done_callback(self._reports.discard)

    async def _report(self, model: ModelRecord, item_ids: Sequence[str]) -> None:
        body = {"data": {"items": [{"item_id": item_id, "status": "done"} for item_id in item_ids]}}
        timeout = aiohttp.ClientTimeout(total=2)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.request(model.callback_method, str(model.callback_url), json=body),
            ):
                self.reported.extend(item_ids)
        except (aiohttp.ClientError, ValueError, TimeoutError):
            return


def anomaly_score(seen: Sequence[Sighting]) -> float:
    """Return a score without a limit that is at the threshold for a sighting of 0.5."""
    score = min(0.999, max((one.score for one in seen), default=0.0))
    return THRESHOLD * score / (1 - score)
