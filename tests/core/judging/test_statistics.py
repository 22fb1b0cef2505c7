"""The temporal statistics equal the Super Detection API's."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.judging.published_rules import ObicoRules
from octoprint_failwatch.engine.judging.trend import Trend
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.statistics import (
    LONG_WINDOW,
    SHORT_WINDOW,
    TemporalStatistics,
    advance,
    for_new_print,
)

VECTORS = Path(__file__).parents[2] / "data" / "temporal-vectors.json"
series = st.lists(st.floats(0, 3), min_size=1, max_size=60)


def test_every_step_of_the_reference_series() -> None:
    """330 frames of a printer that has seen 7200 frames at 0.02, failing from frame 61 on."""
    statistics = TemporalStatistics(
        rolling_mean_long=0.02, prediction_num_lifetime=LONG_WINDOW, frames_lifetime=LONG_WINDOW
    )
    for frame, p, ewm, short, long, alert, pause in json.loads(VECTORS.read_text()):
        statistics = advance(statistics, p)
        assert statistics.prediction_num == frame
        assert statistics.ewm_mean == pytest.approx(ewm, abs=1e-12)
        assert statistics.rolling_mean_short == pytest.approx(short, abs=1e-12)
        assert statistics.rolling_mean_long == pytest.approx(long, abs=1e-12)
        level = ObicoRules().judge(statistics, Trend()).level
        assert (level is Level.FAILURE) == pause
        assert (level is not Level.NONE) == alert


@given(series)
def test_ewm_is_the_recursive_mean_from_zero(ps: list[float]) -> None:
    """A span of 12, started at 0 and without bias correction: pandas' `ewm(span=12, adjust=False)`."""
    statistics = TemporalStatistics()
    for count, p in enumerate(ps, 1):
        statistics = advance(statistics, p)
        weighted = math.fsum(
            2 / 13 * (11 / 13) ** (count - 1 - n) * seen for n, seen in enumerate(ps[:count])
        )
        assert statistics.ewm_mean == pytest.approx(weighted, abs=1e-12)


@given(series)
def test_rolling_means_start_as_the_mean_with_one_zero_more(ps: list[float]) -> None:
    """Before their windows are full, both rolling means count a phantom first sample of 0."""
    statistics = TemporalStatistics()
    for count, p in enumerate(ps, 1):
        statistics = advance(statistics, p)
        mean = math.fsum(ps[:count]) / (count + 1)
        assert statistics.rolling_mean_short == pytest.approx(mean, abs=1e-12)
        assert statistics.rolling_mean_long == pytest.approx(mean, abs=1e-12)


def test_a_full_window_becomes_an_exponential_mean() -> None:
    """From frame 310 on the short mean moves by a 310th of the distance."""
    statistics = TemporalStatistics()
    for _ in range(SHORT_WINDOW):
        statistics = advance(statistics, 0.5)
    before = statistics.rolling_mean_short
    after = advance(statistics, 1.0).rolling_mean_short
    assert after - before == pytest.approx((1.0 - before) / SHORT_WINDOW)


def test_a_new_print_keeps_only_the_printer() -> None:
    """The long mean and the lifetime count belong to the printer, the rest to the print."""
    statistics = TemporalStatistics()
    for _ in range(5):
        statistics = advance(statistics, 0.4)
    fresh = for_new_print(statistics)
    assert fresh == TemporalStatistics(
        rolling_mean_long=statistics.rolling_mean_long, prediction_num_lifetime=5, frames_lifetime=5.0
    )


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 6))
def test_a_weight_of_n_equals_n_equal_frames(start: float, p: float, n: int) -> None:
    """A frame that stands for a minute moves the recent mean as six ten-second frames do."""
    begun = TemporalStatistics(ewm_mean=start)
    stepwise = begun
    for _ in range(n):
        stepwise = advance(stepwise, p)
    at_once = advance(begun, p, weight=float(n))
    assert at_once.ewm_mean == pytest.approx(stepwise.ewm_mean, abs=1e-12)
    assert at_once.frames == stepwise.frames
    assert at_once.prediction_num == 1


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 6))
def test_in_a_full_window_a_weight_of_n_equals_n_equal_frames(start: float, p: float, n: int) -> None:
    stepwise = begun = TemporalStatistics(0.0, start, start, frames=SHORT_WINDOW, frames_lifetime=LONG_WINDOW)
    for _ in range(n):
        stepwise = advance(stepwise, p)
    at_once = advance(begun, p, weight=float(n))
    assert at_once.rolling_mean_short == pytest.approx(stepwise.rolling_mean_short, abs=1e-12)
    assert at_once.rolling_mean_long == pytest.approx(stepwise.rolling_mean_long, abs=1e-12)


def test_in_a_window_that_is_not_full_a_frame_counts_for_its_time_as_well() -> None:
    """Nearly: what it stands for was not seen."""
    stepwise = begun = TemporalStatistics(0.0, 0.2, 0.2, frames=40.0, frames_lifetime=40.0)
    for _ in range(3):
        stepwise = advance(stepwise, 1.0)
    at_once = advance(begun, 1.0, weight=3.0)
    moved = stepwise.rolling_mean_short - 0.2
    assert at_once.rolling_mean_short - 0.2 == pytest.approx(moved, rel=0.05)
    assert at_once.rolling_mean_long == at_once.rolling_mean_short
