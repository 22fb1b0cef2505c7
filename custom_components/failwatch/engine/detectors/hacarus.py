"""Detect failures with HACARUS: add each frame, have a model judge it, delete it."""

from __future__ import annotations

import asyncio
import math
import uuid
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any, Self

from ..clients.hacarus import Assessment, Dialect, Hacarus, HacarusCheck, HacarusSaas, Item, connect
from ..clients.hacarus.client import ACTIVE
from ..clients.hacarus.connection import Connection
from ..clients.reading import web_address
from ..errors import BadAnswer, DetectionError, ServerFailed, TimedOut, Unavailable
from ..imaging.threads import in_thread
from ..models import Box, Detection, Frame
from .context import DetectorContext
from .hacarus_settings import hacarus_connection, hacarus_dialect, name_of, remark
from .pixel_boxes import picture_size, share
from .setting_fields import above_zero

ANSWER_WITHIN = 8.0
"""Seconds for one frame, upload and waiting together, unless set; below the ten between frames."""

THRESHOLD = 0.1
"""The default threshold of HACARUS' algorithms."""

BAD = frozenset({"ng", "bad"})
GOOD = frozenset({"ok", "good"})
FAILED = frozenset({"failed", "error"})

DONE_GRACE = 2.0
"""Seconds for the model's answer to appear in an item that is done."""


class HacarusDetector:
    """Adds each frame as an item, has a model judge it, and reads the answer by asking for the item.

    Anomaly scores have no upper limit, so p = s / (s + threshold): 0.5 at the threshold. Dialects
    without scores say good or bad, which is 0 or 1; an answer that says neither is no answer.

    The item of a frame is deleted when a newer one has been answered, so that its tagged picture can
    be shown until then, and when the detector is closed. Only CHECK can delete items.
    """

    returns_boxes = False
    combines_by_sum = False
    metered = True

    def __init__(
        self,
        connection: Connection,
        *,
        dialect: Dialect = Dialect.AUTO,
        model_id: str = ACTIVE,
        threshold: float = THRESHOLD,
        answer_within: float = ANSWER_WITHIN,
    ) -> None:
        """Ask that model; `threshold` is the score that counts as p = 0.5."""
        self._connection = connection
        self._dialect = dialect
        self._model_id = model_id
        self._threshold = threshold
        self._answer_within = answer_within
        self._client: Hacarus | None = None
        self._shown: tuple[str, ...] = ()
        self._deleting: set[asyncio.Task[None]] = set()

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any], host: DetectorContext) -> Self:
        """Use `url`, `client_id`, `client_secret`, `dialect`, `model_id`, `threshold` and
        `answer_within`; raises BadSetting.
        """
        return cls(
            hacarus_connection(settings, host),
            dialect=hacarus_dialect(settings),
            model_id=str(settings.get("model_id") or ACTIVE),
            threshold=above_zero(settings, "threshold", THRESHOLD),
            answer_within=above_zero(settings, "answer_within", ANSWER_WITHIN),
        )

    async def detect(self, frame: Frame) -> Detection:
        """Return the model's answer to a frame. Raises DetectionError."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._answer_within
        client = self._client = self._client or await self._connected()
        item_ids = await self._add(client, frame.jpeg)
        try:
            left = max(0.1, end - loop.time())
            await client.predict(self._model_id, item_ids, timeout=left)
            item, assessment = await self._assessed(client, item_ids[0], end)
            detection = await self._detection(item, assessment, frame)
        except BaseException:
            self._delete(item_ids)
            raise
        self._delete(self._shown)
        self._shown = item_ids
        return detection

    async def check(self) -> str:
        """Return a sentence on what answers there; raises DetectionError."""
        client = self._client = await self._connected()
        if self._model_id != ACTIVE:
            await client.check_model(self._model_id)
        return f"HACARUS {name_of(client)} at {client.where} accepts the credentials{remark(client)}."

    async def close(self) -> None:
        """Delete what is left of the frames."""
        self._delete(self._shown)
        self._shown = ()
        while self._deleting:
            await asyncio.gather(*self._deleting)

    async def _connected(self) -> Hacarus:
        try:
            async with asyncio.timeout(self._answer_within):
                return await connect(self._connection, self._dialect)
        except TimeoutError as error:
            raise TimedOut(f"{self._connection.where} did not answer in time.") from error

    async def _add(self, client: Hacarus, jpeg: bytes) -> tuple[str, ...]:
        """Add a picture. One that is given up meanwhile is deleted as soon as its number is known."""
        files = {f"failwatch-{uuid.uuid4().hex}.jpg": jpeg}
        adding = asyncio.ensure_future(client.add_items(files, training=False, timeout=self._answer_within))

        async def delete() -> None:
            with suppress(DetectionError):
                self._delete(await adding)

        try:
            item_ids = await asyncio.shield(adding)
        except asyncio.CancelledError:
            self._in_background(delete())
            raise
        if not item_ids:
            raise BadAnswer("HACARUS took the picture, but gave it no number.")
        return item_ids

    async def _assessed(self, client: Hacarus, item_id: str, end: float) -> tuple[Item, Assessment]:
        """Ask for the item until the model has judged it.

        Faults of the connection are sat out; a refusal or an answer that is none is told at once.
        """
        pause, done_at = 0.1, math.inf
        fault: Unavailable = TimedOut(
            f"HACARUS had not judged the picture after {self._answer_within:.0f} seconds."
        )
        # A request that is under way at the end says nothing of its own: it had no time to be answered.
        with suppress(TimeoutError):
            async with asyncio.timeout_at(end):
                while True:
                    try:
                        item = await _item(client, item_id, self._model_id)
                    except Unavailable as error:
                        fault = error
                    else:
                        if item.status.lower() in FAILED:
                            raise ServerFailed("HACARUS could not judge the picture.")
                        assessment = self._own(item) if item.status == "done" else None
                        if assessment is not None:
                            return item, assessment
                        now = asyncio.get_running_loop().time()
                        done_at = min(done_at, now) if item.status == "done" else math.inf
                        if now - done_at > DONE_GRACE:
                            raise BadAnswer(
                                "HACARUS is done with the picture, but has no answer of the model."
                            )
                    await asyncio.sleep(pause)
                    pause = min(1.0, pause * 1.5)
        raise fault

    def _own(self, item: Item) -> Assessment | None:
        """Return what the model asked said of an item; the last word, where the model has no name."""
        for assessment in reversed(item.assessments):
            if self._model_id == ACTIVE or assessment.model_id in (None, self._model_id):
                return assessment
        return None

    async def _detection(self, item: Item, assessment: Assessment, frame: Frame) -> Detection:
        p = p_of(assessment, self._threshold)
        width, height = (item.images[0].width, item.images[0].height) if item.images else (0, 0)
        if assessment.annotations and not (width and height):
            width, height = await in_thread(picture_size, frame.jpeg)
        tagged = assessment.images[0].url if assessment.images else ""
        return Detection(
            p=p,
            boxes=_boxes(assessment, width, height, p),
            tagged_image_url=web_address(tagged, self._connection.base),
            raw=item.raw,
        )

    def _delete(self, item_ids: tuple[str, ...]) -> None:
        """Delete items in the background; a failure is only logged."""
        client = self._client
        if not isinstance(client, HacarusCheck) or not item_ids:
            return

        async def delete() -> None:
            with suppress(DetectionError):
                await client.delete_items(item_ids)

        self._in_background(delete())

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._deleting.add(task)
        task.add_done_callback(self._deleting.discard)


def p_of(assessment: Assessment, threshold: float) -> float:
    """Return p, by the score where there is one, else by the words. Raises BadAnswer."""
    score = assessment.anomaly_score
    if score is not None:
        if score < 0:
            raise BadAnswer("HACARUS gave an anomaly score below 0.")
        return score / (score + threshold)
    words = {assessment.label.lower(), assessment.result.lower()}
    if words & BAD or (assessment.detected_objects or 0) > 0:
        return 1.0
    if words & GOOD or assessment.detected_objects == 0:
        return 0.0
    raise BadAnswer("HACARUS gave neither a score nor good or bad.")


async def _item(client: Hacarus, item_id: str, model_id: str) -> Item:
    if isinstance(client, HacarusSaas):
        return await client.item(item_id, model_id=None if model_id == ACTIVE else model_id)
    return await client.item(item_id)


def _boxes(assessment: Assessment, width: int, height: int, p: float) -> tuple[Box, ...]:
    """Return the places marked as shares of the picture; each has the whole picture's p."""
    boxes = []
    for place in assessment.annotations:
        if place.x_min is None or place.y_min is None or place.x_max is None or place.y_max is None:
            continue
        boxes.append(
            Box(
                x_min=share(place.x_min, width),
                y_min=share(place.y_min, height),
                x_max=share(place.x_max, width),
                y_max=share(place.y_max, height),
                score=p,
                label="anomaly",
            )
        )
    return tuple(boxes)
