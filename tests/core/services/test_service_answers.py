"""Whatever a service answers, its detector gives a p that can be judged, or one of FailWatch's own errors."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.clients.http import Endpoint, Reply
from octoprint_failwatch.engine.clients.reading import score
from octoprint_failwatch.engine.detectors import DetectorContext, Published, create_detector
from octoprint_failwatch.engine.errors import BadAnswer, FailWatchError
from tests.core.services.asking import frame

KINDS: dict[str, dict[str, Any]] = {
    "super_api": {"token": "t"},
    "ml_api": {"token": "t"},
    "obico_printer": {"token": "t", "printer": "7"},
    "deepomatic": {"api_key": "k", "spec": "prints-v1", "labels": ["spaghetti"], "answer_within": 0.01},
    "hacarus": {"client_id": "me", "client_secret": "s", "answer_within": 0.01, "model_id": "m"},
}
FRAME = frame()


@pytest.mark.parametrize("value", [-0.01, "-1", -5])
def test_a_score_below_0_is_no_score(value: object) -> None:
    assert score(0, "p") == 0
    with pytest.raises(BadAnswer, match="below 0"):
        score(value, "p")


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.floats()
    | st.sampled_from(
        ["", "1", "done", "active", "success", "spaghetti", "NG", "OK", "BBOX", "m", "http://[", "nan"]
    )
)
KEYS = [
    "result",
    "p",
    "temporal_stats",
    "ewm_mean",
    "rolling_mean_short",
    "rolling_mean_long",
    "prediction_num",
    "prediction_num_lifetime",
    "tagged_img_url",
    "detections",
    "id",
    "name",
    "outputs",
    "labels",
    "roi",
    "exclusive",
    "task_id",
    "status",
    "data",
    "predicted",
    "discarded",
    "label_id",
    "label_name",
    "score",
    "bbox",
    "xmin",
    "ymin",
    "xmax",
    "ymax",
    "access_token",
    "item_ids",
    "item_id",
    "images",
    "assessments",
    "annotations",
    "x_min",
    "y_min",
    "x_max",
    "y_max",
    "model_id",
    "anomaly_score",
    "label",
    "width",
    "height",
    "url",
    "computed_assessment",
    "good",
    "detected_objects",
]
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=25,
)
BOX = st.fixed_dictionaries(dict.fromkeys(("xmin", "ymin", "xmax", "ymax"), LEAVES))
LABEL = st.fixed_dictionaries(
    {
        "label_id": LEAVES,
        "label_name": st.just("spaghetti"),
        "score": LEAVES,
        "roi": st.fixed_dictionaries({"bbox": BOX}),
    }
)
PLACE = st.fixed_dictionaries(dict.fromkeys(("x_min", "y_min", "x_max", "y_max"), LEAVES))
NUMBERS = st.integers(0, 9).flatmap(lambda dice: st.floats(-0.5, 2) if dice else LEAVES)
"""Mostly numbers."""
SCORED = st.tuples(NUMBERS, st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS).map(list)).map(list)
OBICO = st.fixed_dictionaries(
    {"p": NUMBERS},
    optional={
        "detections": st.lists(SCORED, max_size=2),
        "tagged_img_url": LEAVES,
        "temporal_stats": ANYTHING,
    },
).map(lambda result: {"result": result})
SPECS = [{"labels": {"roi": roi, "labels": [{"id": 1, "name": "spaghetti"}]}} for roi in ("BBOX", "NONE")]
BOX = st.fixed_dictionaries(dict.fromkeys(("xmin", "ymin", "xmax", "ymax"), NUMBERS))
LABEL = st.fixed_dictionaries(
    {
        "label_id": st.just(1),
        "label_name": st.just("spaghetti"),
        "score": NUMBERS,
        "roi": st.fixed_dictionaries({"bbox": BOX}),
    }
)
PLACE = st.fixed_dictionaries(dict.fromkeys(("x_min", "y_min", "x_max", "y_max"), NUMBERS))
IMAGE = st.fixed_dictionaries({"url": LEAVES, "width": NUMBERS, "height": NUMBERS})
NEARLY = {
    "super_api": OBICO,
    "obico_printer": OBICO,
    "ml_api": st.lists(SCORED, max_size=2).map(lambda found: {"detections": found}),
    "deepomatic": st.fixed_dictionaries(
        {
            "id": st.just("1"),
            "name": st.just("prints"),
            "task_id": st.just("1"),
            "status": st.just("success"),
            "outputs": st.sampled_from(SPECS).map(lambda spec: [spec]),
            "data": st.lists(LABEL, max_size=2).map(
                lambda found: {"outputs": [{"labels": {"predicted": found}}]}
            ),
        }
    ),
    "hacarus": st.fixed_dictionaries(
        {
            "access_token": st.just("token"),
            "item_ids": st.just(["i"]),
            "item_id": st.just("i"),
            "status": st.just("done"),
            "images": st.lists(IMAGE, max_size=1),
            "assessments": st.fixed_dictionaries(
                {
                    "model_id": st.sampled_from([None, "m"]),
                    "anomaly_score": NUMBERS,
                    "label": LEAVES,
                    "annotations": st.lists(PLACE, max_size=2),
                    "images": st.lists(IMAGE, max_size=1),
                }
            ).map(lambda found: [found]),
        }
    ),
}
"""For each kind what is nearly an answer: it finds more than what is nothing at all."""


class Fetched:
    """Says that every picture was fetched."""

    def __call__(self, jpeg: bytes) -> Fetched:
        return self

    def __enter__(self) -> Published:
        return Published("http://here/once.jpg", b"", math.inf, fetched=True)

    def __exit__(self, *_: object) -> None:
        """Nothing is left."""


async def outcome(kind: str, replies: list[Any]) -> Any:
    """Return what a detector makes of a service that answers like this, over and over."""
    asked = iter(range(1000))

    async def call(self: Endpoint, *_: Any, **__: Any) -> Reply:
        body = json.dumps(replies[next(asked) % len(replies)]).encode()
        return Reply(200, "application/json", body, "service")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Endpoint, "call", call)
        host = DetectorContext(object(), publish=Fetched())  # type: ignore[arg-type] # never used
        detector = create_detector({"kind": kind, "url": "http://service", **KINDS[kind]}, host)
        try:
            return await detector.detect(FRAME)
        except FailWatchError as error:
            return error
        finally:
            await detector.close()


def is_a_p_or_an_error(kind: str, replies: list[Any]) -> None:
    found = asyncio.run(outcome(kind, replies))
    if isinstance(found, FailWatchError):
        assert str(found)
        return
    assert math.isfinite(found.p)
    assert found.p >= 0
    for box in found.boxes:
        edges = (box.x_min, box.y_min, box.x_max, box.y_max)
        assert all(0 <= edge <= 1 for edge in edges), edges
    assert found.tagged_image_url is None or found.tagged_image_url.startswith(("http://", "https://"))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_what_is_nearly_an_answer(kind: str, data: st.DataObject) -> None:
    is_a_p_or_an_error(kind, [data.draw(NEARLY[kind])])


@pytest.mark.parametrize("kind", KINDS)
@given(replies=st.lists(ANYTHING, min_size=1, max_size=4))
def test_what_is_no_answer_at_all(kind: str, replies: list[Any]) -> None:
    is_a_p_or_an_error(kind, replies)
