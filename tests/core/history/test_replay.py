"""A table is replayed as it was written, at any cadence, and tells what other rules would have said."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.judging.assessment import Assessment
from octoprint_failwatch.engine.judging.judge import Memory
from octoprint_failwatch.engine.judging.published_rules import ObicoRules
from octoprint_failwatch.engine.judging.rules import RULE_SETS, create_rules
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.replay import (
    BadSeries,
    Began,
    Sample,
    at_cadence,
    read_csv,
    replay,
)
from octoprint_failwatch.engine.statistics import TemporalStatistics

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "temporal-vectors.json").read_text())


def test_obico_on_the_vectors() -> None:
    """The columns of the vectors, to 1e-12: frame, p, ewm, short, long, alert, pause."""
    lifetime = TemporalStatistics(rolling_mean_long=0.02, prediction_num_lifetime=7200, frames_lifetime=7200)
    steps = [Began(""), *(Sample(10.0 * row[0], row[1]) for row in VECTORS)]
    judged = list(replay(steps, ObicoRules(), standing=Assessment(Memory(lifetime))))
    assert len(judged) == len(VECTORS)
    for one, (frame, p, ewm, short, long, alert, pause) in zip(judged, VECTORS, strict=True):
        assert (one.statistics.prediction_num, one.p) == (frame, p)
        assert one.statistics.ewm_mean == pytest.approx(ewm, abs=1e-12)
        assert one.statistics.rolling_mean_short == pytest.approx(short, abs=1e-12)
        assert one.statistics.rolling_mean_long == pytest.approx(long, abs=1e-12)
        assert (one.verdict.level is not Level.NONE, one.verdict.level is Level.FAILURE) == (alert, pause)


@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0.1, 100), st.booleans()), max_size=60))
def test_a_table_gives_back_what_was_written(rows: list[tuple[float, float, bool]]) -> None:
    """Numbers survive exactly; another print_id is another print."""
    at, number = 0.0, 0
    lines = ["p,note, time ,print_id"]
    expected: list[object] = []
    for p, spacing, new in rows:
        at += spacing
        number += new
        if new or not expected:
            expected.append(Began(f"print {number}"))
        expected.append(Sample(at, p))
        lines.append(f"{p!r},x,{at!r},print {number}")
    assert list(read_csv(io.StringIO("\n".join(lines) + "\n"))) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a,b\n1,2\n",
        "time,p\n1\n",
        "time,p\n1,x\n",
        "time,p\n1,nan\n",
        "time,p\n1,-0.1\n",
        "time,p\ninf,0\n",
        "time;p\n1;0\n",
        'time,p\n1,"' + 200_000 * "x" + "\n",
    ],
)
def test_a_table_that_is_no_series_is_refused(text: str) -> None:
    """The error names the line."""
    with pytest.raises(BadSeries, match=r"[Ll]ine"):
        list(read_csv(io.StringIO(text)))


def test_a_table_in_another_encoding_is_refused() -> None:
    """A spreadsheet's own, say."""
    file = io.TextIOWrapper(io.BytesIO(b"time,p,note\n1,0,gr\xfc\xdfe\n"), encoding="utf-8")
    with pytest.raises(BadSeries, match="no table"):
        list(read_csv(file))


def test_times_that_go_back_are_told_once_and_taken(caplog: pytest.LogCaptureFixture) -> None:
    """A clock may have been set; another print may begin at 0 again."""
    table = "time,p,print_id\n10,0,a\n20,0,a\n0,0,b\n5,0,b\n4,0,b\n3,0,b\n"
    steps = list(read_csv(io.StringIO(table)))
    assert [step.at for step in steps if isinstance(step, Sample)] == [10, 20, 0, 5, 4, 3]
    assert [record.getMessage()[:24] for record in caplog.records] == ["Line 6: the time goes ba"]


def test_a_new_print_keeps_the_printer_and_forgets_the_print() -> None:
    """Long mean and lifetime go on, the rest starts again."""
    table = "time,p,print_id\n" + "".join(
        f"{10 * n},{0.5 if n < 50 else 0.0},{n // 50}\n" for n in range(100)
    )
    judged = list(replay(read_csv(io.StringIO(table)), ObicoRules()))
    last, first = judged[49].statistics, judged[50].statistics
    assert (first.prediction_num, first.prediction_num_lifetime) == (1, 51)
    assert first.ewm_mean == 0
    assert first.rolling_mean_short == 0
    assert first.rolling_mean_long == last.rolling_mean_long * (1 - 1 / 52)
    assert [one.print_id for one in judged[48:52]] == ["0", "0", "1", "1"]


def test_another_cadence_takes_the_frames_that_would_have_been_taken() -> None:
    """Jitter does not make it skip; a new print is looked at at once."""
    steps = [Began("a"), *(Sample(10.1 * n, 0.0) for n in range(13)), Began("b"), Sample(125.0, 0.0)]
    kept = [step.at for step in at_cadence(steps, 30) if isinstance(step, Sample)]
    assert kept == pytest.approx([0, 30.3, 60.6, 90.9, 121.2, 125.0])


def test_the_json_of_a_frame() -> None:
    """One object with these keys, in this order."""
    (judged,) = replay([Began("x"), Sample(5.0, 0.65)], ObicoRules())
    assert list(judged.as_json()) == [
        "time",
        "p",
        "ewm_mean",
        "rolling_mean_short",
        "rolling_mean_long",
        "prediction_num",
        "prediction_num_lifetime",
        "verdict",
        "rule",
        "margin",
    ]
    assert judged.level is Level.NONE
    assert judged.as_json()["verdict"] == "none"


@given(st.floats(0, 1e6), st.floats(0, 3), st.sampled_from(list(RULE_SETS)))
def test_the_fast_line_is_the_json(at: float, p: float, name: str) -> None:
    """It only saves time."""
    for judged in replay([Began("x"), Sample(at, p), Sample(at + 10, p)], create_rules(name)):
        assert judged.as_line() == json.dumps(judged.as_json())
