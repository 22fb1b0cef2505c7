"""Teach HACARUS from examples: upload and mark pictures, train a model, wait for it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..engine.clients.hacarus import Hacarus, NewAnnotation
from ..engine.clients.hacarus.types import Model
from ..engine.detectors.pixel_boxes import picture_size
from ..engine.errors import BadSetting
from ..engine.history import History
from .examples import Example

NOTES = "failure seen by FailWatch"


@dataclass(frozen=True, slots=True)
class Progress:
    """The current step, "uploading" or "training", how far it is, of how much, and the service's words."""

    doing: str
    done: int
    of: int
    says: str = ""


async def teach(
    client: Hacarus,
    history: History,
    chosen: Sequence[Example],
    *,
    name: str,
    algorithm_id: str | None = None,
    timeout: float = 3600.0,
    interval: float = 5.0,
    told: Callable[[Progress], None] | None = None,
) -> Model:
    """Return a model trained with the good examples; the bad ones are uploaded and marked beside them.

    Without `algorithm_id` the service must offer one algorithm only. Raises BadSetting, DetectionError.
    """
    algorithm_id = algorithm_id or await only_algorithm(client)
    good = await upload(client, history, chosen, told)
    if not good:
        raise BadSetting("None of the good pictures is kept any more.")
    if told is not None:
        told(Progress("training", 0, 1))
    model = await client.train(algorithm_id, name, good)

    def looked(now: Model) -> None:
        if told is not None:
            told(Progress("training", 0, 1, now.status_text or now.status))

    return await client.wait_for_model(model.model_id, timeout=timeout, interval=interval, progress=looked)


async def upload(
    client: Hacarus,
    history: History,
    chosen: Sequence[Example],
    told: Callable[[Progress], None] | None = None,
) -> list[str]:
    """Upload examples, mark the failures in the bad ones, and return the items of the good ones."""
    good: list[str] = []
    for number, example in enumerate(chosen):
        if told is not None:
            told(Progress("uploading", number, len(chosen)))
        jpeg = await asyncio.to_thread(history.picture, example.frame_id, example.camera)
        if jpeg is None:
            continue
        kind = "good" if example.good else "bad"
        file = f"failwatch-{kind}-{uuid.uuid4().hex}.jpg"
        item_ids = await client.add_items({file: jpeg}, training=True, good=example.good)
        if example.good:
            good += item_ids
            continue
        marks = await asyncio.to_thread(_marks, example, jpeg)
        for item_id in item_ids if marks else ():
            await client.annotate_item(item_id, marks)
    return good


async def only_algorithm(client: Hacarus) -> str:
    """Return the algorithm, where the service has just one. Raises BadSetting."""
    offered = await client.algorithms()
    if len(offered) != 1:
        names = ", ".join(f"{one.algorithm_id} ({one.name})" for one in offered) or "none"
        raise BadSetting(f"Say which algorithm: {names}.")
    return offered[0].algorithm_id


def _marks(example: Example, jpeg: bytes) -> list[NewAnnotation]:
    width, height = picture_size(jpeg)
    return [
        NewAnnotation(
            round(box.x_min * width),
            round(box.y_min * height),
            round(box.x_max * width),
            round(box.y_max * height),
            notes=f"{NOTES}: {box.score:.0%}",
        )
        for box in example.boxes
    ]
