"""No detection holds numbers that would break a printer's means, whatever made it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.detectors import create_detector
from octoprint_failwatch.engine.detectors.built_in import BuiltInDetector
from octoprint_failwatch.engine.detectors.built_in.box_and_class_outputs import BoxOutput, ClassOutput
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.detectors.built_in.model_folder import ModelFolder
from octoprint_failwatch.engine.errors import BadAnswer, ModelUnavailable
from octoprint_failwatch.engine.models import MAX_P, Box, Detection
from octoprint_failwatch.engine.statistics import TemporalStatistics, advance
from tests.core.services.asking import frame, host
from tests.emulators.running import running

IMPOSSIBLE = [math.nan, math.inf, -math.inf, -0.01, 1e9]


@given(st.floats() | st.floats(0, MAX_P))
def test_every_detection_there_is_can_be_taken_into_the_means(p: float) -> None:
    try:
        detection = Detection(p)
    except BadAnswer:
        assert not 0 <= p <= MAX_P
        return
    assert math.isfinite(advance(TemporalStatistics(), detection.p).rolling_mean_long)


@pytest.mark.parametrize("value", IMPOSSIBLE)
def test_boxes_and_statistics_are_looked_at_too(value: float) -> None:
    with pytest.raises(BadAnswer):
        Detection(0.5, (Box(0, 0, 1, 1, value),))
    with pytest.raises(BadAnswer):
        Detection(0.5, (Box(0, 0, 1, value, 0.5),))
    with pytest.raises(BadAnswer):
        Detection(0.5, statistics=TemporalStatistics(rolling_mean_long=value))


ANSWERS: dict[str, dict[str, Any]] = {
    "p": {"p": 1e9},
    "negative": {"p": -1},
    "score": {"p": 0.5, "detections": [["failure", 1e9, [5, 5, 2, 2]]]},
    "place": {"p": 0.5, "detections": [["failure", 0.5, [1e9, 5, 2, 2]]]},
    "statistics": {
        "p": 0.5,
        "temporal_stats": dict.fromkeys(
            (
                "ewm_mean",
                "rolling_mean_short",
                "rolling_mean_long",
                "prediction_num",
                "prediction_num_lifetime",
            ),
            1e200,
        ),
    },
}


@pytest.mark.parametrize("what", ANSWERS)
async def test_a_service_that_answers_what_cannot_be_is_not_believed(what: str) -> None:
    async def predict(request: web.Request) -> web.Response:
        return web.json_response({"result": ANSWERS[what]})

    app = web.Application()
    app.router.add_post("/ent/partners/api/predict/", predict)
    async with running(app) as url, host() as lent:
        detector = create_detector({"kind": "super_api", "url": str(url), "token": "x"}, lent)
        with pytest.raises(BadAnswer):
            await detector.detect(frame())


def floats(*values: float) -> memoryview[float]:
    return memoryview(np.array(values, np.float32))


@pytest.mark.parametrize("values", [(3.0, -2.0), (math.nan, 0.5), (0.5, math.inf)])
def test_a_classifiers_logits_are_no_probabilities(values: tuple[float, ...]) -> None:
    with pytest.raises(ModelUnavailable):
        ClassOutput(0, softmax=False).detection([floats(*values)])


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=5))
def test_a_classifiers_logits_become_a_probability_where_they_are_named_so(logits: list[float]) -> None:
    assert 0 <= ClassOutput(0, softmax=True).detection([floats(*logits)]).p <= 1


def test_a_single_logit_stands_against_everything_else() -> None:
    assert ClassOutput(0, softmax=True).detection([floats(0.0)]).p == pytest.approx(0.5)
    assert ClassOutput(0, softmax=True).detection([floats(-3.0)]).p < 0.05


def test_a_class_that_the_net_does_not_have() -> None:
    with pytest.raises(ModelUnavailable, match="2 classes"):
        ClassOutput(2, softmax=True).detection([floats(1.0, 2.0)])


def test_a_net_that_gives_no_numbers() -> None:
    darknet = BoxOutput.read({"layout": "darknet"})
    edges, scores = np.zeros((1, 4)), np.ones((1, 1))
    for wrong in ((edges, scores * math.nan), (edges * math.nan, scores), (edges, scores * 7)):
        with pytest.raises(ModelUnavailable):
            darknet.detection([memoryview(part) for part in wrong], 10, 10)
    with pytest.raises(ModelUnavailable, match="no number"):
        HeatMap.of(memoryview(np.array([[0.5, math.nan]], np.float32)))


class _Logits:
    def run(self, picture: object) -> list[memoryview[float]]:
        """Answer logits to whatever picture."""
        return [floats(8.0, -4.0)]


async def test_a_classifier_of_logits_is_refused_when_it_is_chosen(tmp_path: Path) -> None:
    for name in ("model.ncnn.param", "model.ncnn.bin"):
        (tmp_path / name).touch()
    one = {"width": 8, "height": 8, "mean": [0, 0, 0], "scale": [1, 1, 1]}
    description = {"name": "Mine", "input": one, "output": {"kind": "class", "failure": 0}}
    (tmp_path / "model.json").write_text(json.dumps(description))
    detector = BuiltInDetector(ModelFolder.read(tmp_path))
    detector._net = _Logits()
    with pytest.raises(ModelUnavailable, match="set softmax"):
        await detector.check()
    await detector.close()
