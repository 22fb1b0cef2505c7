"""The rule sets of the Super Detection API's documentation and of Obico's server."""

import math
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.errors import BadSetting
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.judge import Memory, judge
from octoprint_failwatch.engine.judging.published_rules import ObicoRules, SuperApiRules
from octoprint_failwatch.engine.judging.rules import RULE_SETS, RuleSet, create_rules
from octoprint_failwatch.engine.judging.trend import Trend
from octoprint_failwatch.engine.judging.verdict import Level, Rule, Verdict
from octoprint_failwatch.engine.models import Detection
from octoprint_failwatch.engine.statistics import TemporalStatistics, advance


def run(rules: RuleSet, ps: list[float], memory: Memory | None = None) -> list[Verdict]:
    """Judge a series at ten seconds."""
    memory = memory or Memory()
    verdicts = []
    for number, p in enumerate(ps):
        memory, verdict, *_ = judge(memory, rules, Detection(p), 10.0 * number)
        verdicts.append(verdict)
    return verdicts


def seasoned(frames: int, p: float) -> Memory:
    """Return the memory of a printer that has shown p for that many frames before this print."""
    statistics = TemporalStatistics()
    for _ in range(frames):
        statistics = advance(statistics, p)
    return Memory(statistics).for_new_print()


def levels_at(verdicts: list[Verdict], level: Level) -> list[int]:
    """Return the frames, counted from 1, that were judged so."""
    return [number for number, verdict in enumerate(verdicts, 1) if verdict.level is level]


def test_obico_never_alarms_on_a_printer_that_only_knows_failure() -> None:
    """Golden vectors V1 and V2: the baseline learns the failure as it happens."""
    for p in (0.5, 1.0):
        verdicts = run(ObicoRules(), [p] * 400)
        assert len(levels_at(verdicts, Level.NONE)) == 400
    assert levels_at(run(ObicoRules(), [1.0] * 400, seasoned(2000, 0.02)), Level.MAYBE)


def test_obico_warns_then_pauses_then_falls_back() -> None:
    """Golden vector V3: the pause is a pulse of one frame."""
    verdicts = run(ObicoRules(), [0.02] * 60 + [1.0] * 8, seasoned(2000, 0.02))
    assert levels_at(verdicts, Level.FAILURE) == [67]
    assert levels_at(verdicts, Level.MAYBE) == [63, 64, 65, 66, 68]


def test_summed_boxes_reach_failure() -> None:
    """Golden vector V4: with p of 2 the open server pauses from frame 63, the documentation's rules at 65."""
    series = [0.02] * 60 + [2.0] * 8
    assert levels_at(run(ObicoRules(), series, seasoned(2000, 0.02)), Level.FAILURE) == list(range(63, 69))
    verdicts = run(SuperApiRules(), series, seasoned(2000, 0.02))
    assert levels_at(verdicts, Level.FAILURE)[0] == 65


def test_obico_gets_used_to_a_moderate_failure() -> None:
    """Golden vector V5: the short mean adapts and the warning goes away."""
    verdicts = run(ObicoRules(), [0.02] * 40 + [0.6] * 300, seasoned(8000, 0.02))
    assert levels_at(verdicts, Level.MAYBE) == list(range(47, 53))
    assert not levels_at(verdicts, Level.FAILURE)


def test_sensitivity_multiplies_the_score() -> None:
    """A sensitivity of 1.2 lifts a score of 0.32 over a limit of 0.38."""
    statistics = TemporalStatistics(ewm_mean=0.32, prediction_num=40)
    assert ObicoRules().judge(statistics, Trend()).level is Level.NONE
    assert ObicoRules(sensitivity=1.2).judge(statistics, Trend()).level is Level.MAYBE


@pytest.mark.parametrize(
    ("score", "short", "level"),
    [
        (0.35, 0.0, Level.NONE),
        (0.36, 0.0, Level.MAYBE),
        (0.5, 0.2, Level.NONE),
        (0.78, 0.3, Level.NONE),
        (0.781, 0.3, Level.MAYBE),
        (0.99, 0.3, Level.MAYBE),
        (0.991, 0.3, Level.FAILURE),
    ],
)
def test_the_documented_clauses_at_their_limits(score: float, short: float, level: Level) -> None:
    """The clauses compare strictly, in order, and leave the rest at no failure."""
    statistics = TemporalStatistics(ewm_mean=score, rolling_mean_short=short)
    assert SuperApiRules().judge(statistics, Trend()).level is level


@given(
    st.sampled_from(list(RULE_SETS)),
    st.floats(0, 3),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 3),
    st.integers(0, 500),
)
def test_the_margin_tells_the_level(
    name: str, ewm: float, short: float, long: float, slow: float, number: int
) -> None:
    """A level that was reached has a margin of at least 0, and a reason with its numbers."""
    statistics = TemporalStatistics(ewm, short, long, number, number, number, number)
    verdict = create_rules(name).judge(statistics, Trend(slow_mean=slow, baseline=long))
    if verdict.level is not Level.NONE:
        assert verdict.margin >= -1e-12
    elif verdict.rule is Rule.QUIET:
        assert verdict.margin < 0
    assert math.isfinite(verdict.limit)
    mean = max(verdict.usual + verdict.score, 0.0)
    assert verdict.rule is Rule.WARM_UP or f"({mean:.2f}, normally {verdict.usual:.2f}" in verdict.reason


def test_numbers_can_be_changed_by_name() -> None:
    """Whole numbers stay whole."""
    assert create_rules("obico", {"low": 0.5, "safe_frames": 12.0}) == ObicoRules(low=0.5, safe_frames=12)
    assert create_rules("failwatch") == FailWatchRules()


@pytest.mark.parametrize(
    ("name", "thresholds", "said"),
    [
        ("obiko", {}, "failwatch, obico, super_api"),
        ("obico", {"lo": 1}, "low, high"),
        ("obico", {"low": -1}, "low must be"),
        ("obico", {"low": math.nan}, "low must be"),
        ("obico", {"low": "much"}, "low must be"),
        ("obico", {"low": 10**400}, "low must be"),
        ("obico", {"escalation": 0}, "escalation must be above 0"),
    ],
)
def test_a_wrong_number_is_named(name: str, thresholds: dict[str, float], said: str) -> None:
    """The error says what was wrong and what would do."""
    with pytest.raises(BadSetting, match=said):
        create_rules(name, thresholds)


@pytest.mark.parametrize(
    ("score", "says"),
    [
        (0.3, "looks a little worse than normal (0.35, normally 0.05, alarm at 0.41)"),
        (0.1, "looks normal (0.15, normally 0.05, alarm at 0.41)"),
        (-0.2, "looks normal (0.00, normally 0.05, alarm at 0.41)"),
    ],
)
def test_a_quiet_verdict_says_how_it_looks_before_the_numbers(score: float, says: str) -> None:
    assert Verdict(Level.NONE, Rule.QUIET, score, usual=0.05, limit=0.36).reason == says


@pytest.mark.parametrize(
    ("rules", "unreached"),
    [
        (FailWatchRules(), ()),
        (FailWatchRules(sure=1.0), ("sure",)),
        (FailWatchRules(failure=0.9, sensitivity=0.8), ("failure",)),
        (FailWatchRules(sensitivity=0.0), ("maybe", "failure", "sustained")),
        (ObicoRules(), ()),
        (ObicoRules(escalation=3.0), ("low x escalation",)),
        (SuperApiRules(), ()),
        (SuperApiRules(failure=1.2), ("failure",)),
    ],
)
def test_a_number_that_no_picture_reaches_is_named(rules: RuleSet, unreached: tuple[str, ...]) -> None:
    assert rules.out_of_reach() == unreached


@pytest.mark.parametrize(
    ("rules", "mean", "short", "level", "rule"),
    [
        (ObicoRules(low=0.25), 0.25, 0.0, Level.MAYBE, Rule.RISING),
        (ObicoRules(low=0.25), 0.2499, 0.0, Level.NONE, Rule.QUIET),
        (ObicoRules(high=0.75), 0.75, 1.0, Level.NONE, Rule.SETTLED),
        (ObicoRules(high=0.75), 0.7501, 1.0, Level.MAYBE, Rule.HIGH),
        (ObicoRules(high=0.75, escalation=2.0), 1.5, 1.0, Level.MAYBE, Rule.HIGH),
        (ObicoRules(high=0.75, escalation=2.0), 1.5001, 1.0, Level.FAILURE, Rule.HIGH),
        (ObicoRules(rising_multiple=4.0), 0.5, 0.125, Level.NONE, Rule.SETTLED),
        (ObicoRules(rising_multiple=4.0), 0.5001, 0.125, Level.MAYBE, Rule.RISING),
        (SuperApiRules(low=0.25), 0.25, 0.0, Level.MAYBE, Rule.RISING),
        (SuperApiRules(low=0.25), 0.2499, 0.0, Level.NONE, Rule.QUIET),
        (SuperApiRules(high=0.75), 0.75, 1.0, Level.NONE, Rule.SETTLED),
        (SuperApiRules(high=0.75), 0.7501, 1.0, Level.MAYBE, Rule.HIGH),
        (SuperApiRules(failure=1.0), 1.0, 1.0, Level.MAYBE, Rule.HIGH),
        (SuperApiRules(failure=1.0), 1.0001, 1.0, Level.FAILURE, Rule.HIGH),
        (SuperApiRules(rising_multiple=4.0), 0.5, 0.125, Level.NONE, Rule.SETTLED),
        (SuperApiRules(rising_multiple=4.0), 0.5001, 0.125, Level.MAYBE, Rule.RISING),
    ],
)
def test_a_limit_itself_is_what_the_others_make_of_it(
    rules: RuleSet, mean: float, short: float, level: Level, rule: Rule
) -> None:
    """The lower one is reached by what is as high, the others only by what is higher, as theirs are."""
    seen = TemporalStatistics(mean, short, 0.0, 100, 100, 100.0, 100.0)
    verdict = rules.judge(seen, Trend())
    assert (verdict.level, verdict.rule) == (level, rule)


@pytest.mark.parametrize(
    ("rules", "silent"), [(ObicoRules(), 30), (FailWatchRules(), 3), (FailWatchRules(warm_up_frames=7), 7)]
)
def test_the_first_frames_raise_nothing(rules: RuleSet, silent: int) -> None:
    for number in (silent - 1, silent):
        seen = TemporalStatistics(0.79, 0.0, 0.0, number, number, float(number), float(number))
        verdict = rules.judge(seen, Trend())
        assert (verdict.rule is Rule.WARM_UP) is (number < silent)
        assert (verdict.level is Level.NONE) is (number < silent)


def test_every_number_is_shipped_as_the_page_says() -> None:
    page = (Path(__file__).parents[3] / "docs" / "judgement.md").read_text("utf-8")
    for name, rules in RULE_SETS.items():
        (section,) = re.findall(rf"^### `{name}`.*?(?=^##)", page, re.MULTILINE | re.DOTALL)
        told = {
            number: float(value)
            for number, value in re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", section, re.MULTILINE)
        }
        shipped = {field.name: getattr(rules(), field.name) for field in fields(rules)}
        assert told == pytest.approx({number: shipped[number] for number in told}), name
        assert set(shipped) - set(told) <= {"sensitivity"}
