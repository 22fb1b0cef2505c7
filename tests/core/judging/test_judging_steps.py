"""The small steps of judging, each at its limits: what teaches, what counts, what is held, and what is quiet."""

import pytest

from octoprint_failwatch.engine.judging.acceptance import Acceptance
from octoprint_failwatch.engine.judging.assessment import Answer, Assessment, answered, assess
from octoprint_failwatch.engine.judging.failwatch_rules import CALM, CALM_LASTING, FailWatchRules
from octoprint_failwatch.engine.judging.judge import Memory, judge, weight_of
from octoprint_failwatch.engine.judging.latch import Latch, LatchTimes, confirm, follow
from octoprint_failwatch.engine.judging.learning import hidden, opening_teaches, teaches
from octoprint_failwatch.engine.judging.published_rules import ObicoRules, SuperApiRules
from octoprint_failwatch.engine.judging.rules import RuleSet, create_rules
from octoprint_failwatch.engine.judging.trend import NEW_SWING, Trend, advance
from octoprint_failwatch.engine.judging.verdict import Level, Rule, Verdict
from octoprint_failwatch.engine.models import Detection
from octoprint_failwatch.engine.statistics import TemporalStatistics
from tests.core.limits import below

RULES, TIMES = FailWatchRules(), LatchTimes()


# What teaches


@pytest.mark.parametrize(
    ("verdict", "standing", "seen", "accepted", "does"),
    [
        (Verdict(score=below(0.2)), Level.NONE, 0.0, False, True),
        (Verdict(score=0.2), Level.NONE, 0.0, False, False),
        (Verdict(score=0.0), Level.NONE, below(0.2), False, True),
        (Verdict(score=0.0), Level.NONE, 0.2, False, False),
        (Verdict(score=0.0, usual=0.25), Level.NONE, 0.44, False, True),
        (Verdict(score=0.0, usual=0.25), Level.NONE, 0.46, False, False),
        (Verdict(score=0.0), Level.NONE, 0.0, True, False),
        (Verdict(score=0.0), Level.MAYBE, 0.0, False, False),
        (Verdict(Level.MAYBE, Rule.HIGH, score=0.0), Level.NONE, 0.0, False, False),
    ],
)
def test_a_look_teaches_where_neither_it_nor_the_recent_mean_is_far_above_normal(
    verdict: Verdict, standing: Level, seen: float, accepted: bool, does: bool
) -> None:
    """And where nothing stands, and nothing was accepted."""
    assert teaches(verdict, Latch(standing), RULES, seen=seen, accepted=accepted) is does


@pytest.mark.parametrize(
    ("level", "looks", "does"),
    [
        (Level.NONE, 30, True),
        (Level.NONE, 29, False),
        (Level.MAYBE, 30, False),
        (Level.FAILURE, 30, False),
    ],
)
def test_the_beginning_of_a_print_teaches_where_it_went_well_for_five_minutes(
    level: Level, looks: int, does: bool
) -> None:
    assert opening_teaches(Latch(level), looks) is does


@pytest.mark.parametrize(
    ("p", "explained", "hideable", "ignored"),
    [(0.5, 0.2, 0.3, 0.2), (0.5, 0.4, 0.3, 0.3), (0.1, 0.4, 0.3, 0.1)],
)
def test_no_more_of_p_is_ignored_than_there_is_than_is_explained_and_than_may_be(
    p: float, explained: float, hideable: float, ignored: float
) -> None:
    assert hidden(p, explained, hideable) == ignored


def test_of_a_print_that_ended_well_its_beginning_is_known_to_the_next() -> None:
    trend = Trend(opening=0.3, opening_looks=6, fixture=0.1, fixture_prints=1)
    ended = Assessment(Memory(TemporalStatistics(prediction_num=30), trend), muted=True, snoozed_until=5.0)
    begun = ended.for_new_print()
    assert begun.memory.trend == Trend(fixture=0.2, fixture_prints=2)
    assert (begun.muted, begun.snoozed_until, begun.latch) == (False, None, Latch())
    cut_short = Assessment(Memory(TemporalStatistics(prediction_num=29), trend))
    assert cut_short.for_new_print().memory.trend == Trend(fixture=0.1, fixture_prints=1)
    hardly_begun = Assessment(
        Memory(TemporalStatistics(prediction_num=30), Trend(opening=0.3, opening_looks=5, fixture=0.1))
    )
    assert hardly_begun.for_new_print().memory.trend == Trend(fixture=0.1)


def test_only_so_many_earlier_prints_count_for_how_a_printer_looks_at_first() -> None:
    """Of many, the last one counts for a fifth."""
    trend = Trend(opening=0.6, opening_looks=6, fixture=0.1, fixture_prints=40)
    ended = Assessment(Memory(TemporalStatistics(prediction_num=30), trend))
    assert ended.for_new_print().memory.trend.fixture == pytest.approx(0.2)


@pytest.mark.parametrize("switched_off", [False, True])
def test_a_print_whose_file_switches_failwatch_off_teaches_nothing(switched_off: bool) -> None:
    before = Assessment(switched_off=switched_off)
    after = assess(before, RULES, TIMES, Detection(0.1), 0.0, gap=60.0)
    assert after.teaches is not switched_off
    assert (after.assessment.memory.trend.learned > 0) is not switched_off
    assert after.assessment.switched_off is switched_off


# What counts


@pytest.mark.parametrize(
    ("rules", "before", "at", "weight"),
    [
        (RULES, None, 5.0, 1.0),
        (RULES, 100.0, 100.0, 0.05),
        (RULES, 100.0, 100.5, 0.05),
        (RULES, 100.0, 101.0, 0.1),
        (RULES, 100.0, 110.0, 1.0),
        (RULES, 100.0, 130.0, 3.0),
        (RULES, 100.0, 134.0, 3.0),
        (RULES, 100.0, 9000.0, 3.0),
        (ObicoRules(), 100.0, 130.0, 1.0),
        (SuperApiRules(), 100.0, 101.0, 1.0),
    ],
)
def test_a_look_counts_for_the_time_since_the_one_before_within_bounds(
    rules: RuleSet, before: float | None, at: float, weight: float
) -> None:
    """Published rules count looks."""
    assert weight_of(rules, before, at) == pytest.approx(weight)


@pytest.mark.parametrize(("height", "alarm"), [(0.5, 0.7), (0.96, 1.0)])
def test_what_was_accepted_is_quiet_and_says_from_where_on_it_alarms(height: float, alarm: float) -> None:
    memory = Memory(
        TemporalStatistics(ewm_mean=0.6, prediction_num=50, frames=50.0),
        Trend(baseline=0.1, learned=500.0),
        judged_at=990.0,
        acceptance=Acceptance(at=0.0, until=None, height=height),
    )
    verdict = judge(memory, RULES, Detection(0.6), 1000.0).verdict
    assert (verdict.level, verdict.rule) == (Level.NONE, Rule.ACCEPTED)
    assert verdict.usual + verdict.limit == pytest.approx(alarm)
    assert (verdict.usual, verdict.score) == (0.1, pytest.approx(0.5))


def test_taking_an_acceptance_back_takes_the_answer_back_as_well() -> None:
    """One that has ended by itself was an answer all the same."""
    accepted = Acceptance(at=0.0, until=None, height=0.5)
    standing = Memory(acceptance=accepted, answers=2).withdrawn()
    assert (standing.acceptance, standing.answers) == (None, 1)
    assert Memory(answers=2).withdrawn().answers == 2


# What is held


@pytest.mark.parametrize(("level", "clears"), [(Level.MAYBE, 120.0), (Level.FAILURE, 600.0)])
def test_a_doubt_clears_after_two_quiet_minutes_and_a_failure_after_ten(level: Level, clears: float) -> None:
    latch = follow(Latch(), Verdict(level, Rule.HIGH), 0.0, TIMES)
    latch = follow(latch, Verdict(), 10.0, TIMES)
    assert follow(latch, Verdict(), below(10.0 + clears), TIMES).level is level
    assert follow(latch, Verdict(), 10.0 + clears, TIMES).level is Level.NONE


def test_a_failure_that_looks_like_a_doubt_for_ten_minutes_becomes_one() -> None:
    doubt = Verdict(Level.MAYBE, Rule.HIGH)
    latch = follow(Latch(), Verdict(Level.FAILURE, Rule.HIGH), 0.0, TIMES)
    latch = follow(latch, doubt, 10.0, TIMES)
    latch = follow(latch, Verdict(), 300.0, TIMES)
    after = follow(latch, doubt, 610.0, TIMES)
    assert (after.level, after.since, after.verdict) == (Level.MAYBE, 610.0, doubt)


@pytest.mark.parametrize(
    ("at", "rule", "raised"),
    [(189.0, Rule.HIGH, False), (190.0, Rule.HIGH, True), (101.0, Rule.SURE, True)],
)
def test_after_a_denial_nothing_is_raised_for_a_minute_and_a_half_but_a_sure_failure(
    at: float, rule: Rule, raised: bool
) -> None:
    standing = Assessment(latch=Latch(Level.FAILURE, 50.0))
    denied = answered(standing, Answer.NOT_A_FAILURE, 100.0, TIMES, p=0.7).latch
    after = follow(denied, Verdict(Level.FAILURE, rule), at, TIMES)
    assert (after.level is Level.FAILURE) is raised


def test_a_failure_that_people_see_has_begun_when_it_was_raised_or_else_when_they_said_so() -> None:
    raised = Latch(Level.MAYBE, 20.0, Verdict(Level.MAYBE))
    assert confirm(raised, 50.0) == Latch(Level.FAILURE, 20.0, Verdict(Level.MAYBE), confirmed=True)
    assert confirm(Latch(), 50.0) == Latch(Level.FAILURE, 50.0, confirmed=True)
    assert follow(confirm(Latch(), 50.0), Verdict(), 51.0, TIMES).quiet_since is None


def test_denying_what_does_not_stand_changes_nothing() -> None:
    """Whoever denies that FailWatch is blind has not accepted what the print looks like."""
    assert answered(Assessment(), Answer.NOT_A_FAILURE, 5.0, TIMES, p=0.3) == Assessment()
    standing = Assessment(latch=Latch(Level.MAYBE, 1.0))
    assert answered(standing, Answer.NOT_A_FAILURE, 5.0, TIMES, p=0.3).memory.acceptance is not None


def test_what_gets_worse_than_was_accepted_is_raised_although_the_silence_is_not_over() -> None:
    """While it stays as it was accepted, the silence stays."""
    times, now, at = LatchTimes(cooldown=3600.0), Assessment(), 0.0

    def looks(p: float, count: int) -> None:
        nonlocal now, at
        for _ in range(count):
            at += 10.0
            now = assess(now, RULES, times, Detection(p), at, gap=60.0).assessment

    looks(0.02, 20)
    looks(0.5, 60)
    assert now.latch.level is Level.FAILURE
    now = answered(now, Answer.NOT_A_FAILURE, at, times, p=0.5)
    until = now.latch.silent_until
    looks(0.5, 30)
    assert now.memory.acceptance is not None
    assert (now.latch.level, now.latch.silent_until) == (Level.NONE, until)
    looks(0.79, 20)
    assert now.memory.acceptance is None
    assert now.latch.level is Level.FAILURE
    assert at < (until or 0.0)


# What is quiet

HALF = FailWatchRules(maybe=0.5, failure=0.75, sustained=0.5)


@pytest.mark.parametrize(
    ("rules", "mean", "slow", "usual"),
    [
        (HALF, CALM * 0.5, 0.0, 0.0),
        (HALF, CALM * 0.5 + 0.25, 0.0, 0.25),
        (HALF, 0.0, CALM_LASTING * 0.5, 0.0),
        (HALF, 0.0, CALM_LASTING * 0.5 + 0.25, 0.25),
        (FailWatchRules(maybe=0.5, failure=0.25, sustained=0.5), 0.25, 0.0, 0.0),
        (FailWatchRules(maybe=0.5, failure=0.5, sustained=0.5, sensitivity=2.0), CALM * 0.25, 0.0, 0.0),
        (
            FailWatchRules(maybe=0.5, failure=0.5, sustained=0.5, sensitivity=2.0),
            0.0,
            CALM_LASTING * 0.25,
            0.0,
        ),
        (ObicoRules(low=0.5), 0.5, 9.0, 0.0),
        (ObicoRules(low=0.5), 0.75, 9.0, 0.25),
        (ObicoRules(low=0.5, sensitivity=2.0), 0.25, 9.0, 0.0),
        (ObicoRules(low=0.5, escalation=0.5), 0.25, 9.0, 0.0),
        (SuperApiRules(low=0.5), 0.5, 9.0, 0.0),
        (SuperApiRules(low=0.5), 0.75, 9.0, 0.25),
    ],
)
def test_what_is_below_every_limit_is_quiet_and_what_reaches_one_is_not(
    rules: RuleSet, mean: float, slow: float, usual: float
) -> None:
    """By published rules the slow mean raises nothing. Limits are those of the calmest printer here."""
    assert not rules.is_quiet(mean, slow, usual)
    assert rules.is_quiet(below(mean) if mean else mean, below(slow) if slow else slow, usual)


@pytest.mark.parametrize(
    ("looks", "frames", "sure"),
    [(10, 5.0, True), (9, 50.0, False), (10, below(5.0), False), (50, 2.0, False)],
)
def test_ten_sure_looks_of_at_least_fifty_seconds_are_a_sure_failure(
    looks: int, frames: float, sure: bool
) -> None:
    trend, statistics = Trend(sure_looks=looks, sure_frames=frames), TemporalStatistics(prediction_num=100)
    assert RULES.is_sure_failure(trend) is sure
    verdict = RULES.judge(statistics, trend)
    assert (verdict.level is Level.FAILURE) is sure
    assert (verdict.rule is Rule.SURE) is sure
    assert not ObicoRules().is_sure_failure(trend)
    assert not SuperApiRules().is_sure_failure(trend)


@pytest.mark.parametrize(("p", "sure"), [(0.8, True), (below(0.8), False)])
def test_a_look_is_sure_from_0_8_on(p: float, sure: bool) -> None:
    after = judge(Memory(), RULES, Detection(p, explained=0.3), 0.0).memory.trend
    assert (after.sure_looks, after.sure_frames) == ((1, 1.0) if sure else (0, 0.0))
    assert judge(Memory(), ObicoRules(), Detection(p), 0.0).memory.trend.sure_looks == 0


@pytest.mark.parametrize(
    ("mean", "slow", "level", "rule", "limit"),
    [
        (0.75, 0.4375, Level.MAYBE, Rule.HIGH, 0.5),
        (below(0.75), 0.4375, Level.NONE, Rule.QUIET, 0.5),
        (0.75, below(0.4375), Level.NONE, Rule.QUIET, 0.5625),
        (below(0.75), 0.0, Level.NONE, Rule.QUIET, 0.5),
        (0.8125, 0.0, Level.MAYBE, Rule.HIGH, 0.5625),
        (below(0.8125), 0.0, Level.NONE, Rule.QUIET, 0.5625),
        (1.0, 0.0, Level.FAILURE, Rule.HIGH, 0.75),
        (below(1.0), 0.0, Level.MAYBE, Rule.HIGH, 0.5625),
        (0.25, 0.75, Level.FAILURE, Rule.SUSTAINED, 0.5),
        (0.25, below(0.75), Level.NONE, Rule.QUIET, 0.5),
        (0.75, below(0.75), Level.MAYBE, Rule.HIGH, 0.5),
    ],
)
@pytest.mark.parametrize("sensitivity", [1.0, 2.0])
def test_each_limit_above_the_normal_level_is_reached_by_what_is_as_high(
    mean: float, slow: float, level: Level, rule: Rule, limit: float, sensitivity: float
) -> None:
    """With twice the sensitivity twice as much is asked for, to come to the same."""
    rules = FailWatchRules(
        maybe=0.5 * sensitivity,
        failure=0.75 * sensitivity,
        sustained=0.5 * sensitivity,
        sensitivity=sensitivity,
        sure=2.0,
    )
    statistics = TemporalStatistics(ewm_mean=mean, prediction_num=10)
    verdict = rules.judge(statistics, Trend(baseline=0.25, slow_mean=slow))
    assert (verdict.level, verdict.rule, verdict.limit) == (level, rule, limit * sensitivity)
    reached = slow if rule is Rule.SUSTAINED else mean
    assert (verdict.score, verdict.usual) == ((reached - 0.25) * sensitivity, 0.25)


@pytest.mark.parametrize(
    ("trend", "usual"),
    [
        (Trend(), 0.02),
        (Trend(baseline=0.1), 0.1),
        (Trend(baseline=0.0), 0.0),
        (Trend(baseline=0.1, opening=0.3, fixture=0.2), 0.2),
        (Trend(baseline=0.1, opening=0.2, fixture=0.3), 0.2),
        (Trend(baseline=0.1, opening=0.9, fixture=0.9), 0.35),
        (Trend(baseline=0.1, opening=0.05, fixture=0.3), 0.1),
    ],
)
def test_normal_is_what_was_learned_or_what_was_there_at_first_now_and_before(
    trend: Trend, usual: float
) -> None:
    """Of what was there at first no more counts than may be learned; and what is normal leaves less to hide."""
    assert RULES.usual(trend) == usual
    assert RULES.hideable(trend) == pytest.approx(0.35 - usual)
    assert RULES.hideable(Trend(baseline=0.5)) == 0.0


def test_where_much_is_normal_a_mean_as_high_as_a_sure_look_is_a_failure() -> None:
    """But never one that is no doubt."""
    seen = TemporalStatistics(ewm_mean=0.8, prediction_num=10)
    assert RULES.judge(seen, Trend(baseline=0.25)).limit == pytest.approx(0.55)
    assert RULES.judge(seen, Trend(baseline=0.1)).limit == 0.6
    assert FailWatchRules(maybe=0.5, sure=0.5).limits(0.25)[1][2] == 0.5


def test_the_slow_level_sees_bad_looks_that_alternate_with_good_ones() -> None:
    assert Trend(slow_mean=0.3, slow_square=0.09).slow_level == 0.3
    assert Trend(slow_mean=0.3, slow_square=0.1936).slow_level == pytest.approx(0.4)


def test_a_warm_up_says_the_lowest_limit() -> None:
    early = RULES.judge(TemporalStatistics(ewm_mean=0.9, prediction_num=2), Trend())
    assert (early.rule, early.limit) == (Rule.WARM_UP, RULES.maybe)
    assert ObicoRules().judge(TemporalStatistics(ewm_mean=0.9, prediction_num=2), Trend()).limit == 0.38


def test_a_sure_failure_has_reached_its_limit_however_low_the_mean_is() -> None:
    """A mean that is not high yet is told as it is."""
    trend = Trend(baseline=0.25, sure_looks=10, sure_frames=10.0)
    low = RULES.judge(TemporalStatistics(ewm_mean=0.5, prediction_num=10), trend)
    high = RULES.judge(TemporalStatistics(ewm_mean=0.95, prediction_num=10), trend)
    assert (low.limit, low.margin) == (0.25, 0.0)
    assert high.limit == RULES.failure
    assert high.margin == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("rules", "mean", "short", "level", "rule", "limit"),
    [
        (ObicoRules(low=0.5, high=0.75, escalation=2.0), 2.0, 9.0, Level.FAILURE, Rule.HIGH, 1.5),
        (ObicoRules(low=0.5, high=0.75, escalation=2.0), 1.125, 9.0, Level.MAYBE, Rule.HIGH, 0.75),
        (
            ObicoRules(low=0.5, escalation=2.0, rising_multiple=4.0),
            1.375,
            0.25,
            Level.FAILURE,
            Rule.RISING,
            1.0,
        ),
        (ObicoRules(low=0.5, rising_multiple=4.0), 0.875, 0.375, Level.MAYBE, Rule.RISING, 0.5),
        (ObicoRules(low=0.25, rising_multiple=4.0), 0.875, 0.375, Level.MAYBE, Rule.RISING, 0.5),
        (ObicoRules(low=0.5, high=0.75), 0.75, 0.5, Level.NONE, Rule.SETTLED, 0.75),
        (ObicoRules(low=0.5, high=2.0, rising_multiple=4.0), 0.75, 0.5, Level.NONE, Rule.SETTLED, 1.0),
        (SuperApiRules(low=0.5), 0.5, 0.25, Level.NONE, Rule.QUIET, 0.5),
        (SuperApiRules(low=0.5, rising_multiple=2.0), 0.875, 0.5, Level.MAYBE, Rule.RISING, 0.5),
        (SuperApiRules(low=0.25, rising_multiple=4.0), 1.0, 0.4375, Level.MAYBE, Rule.RISING, 0.5),
        (SuperApiRules(low=0.5, rising_multiple=2.0), 0.875, 0.75, Level.NONE, Rule.SETTLED, 0.75),
        (SuperApiRules(low=0.25, high=2.0, rising_multiple=2.0), 0.875, 0.75, Level.NONE, Rule.SETTLED, 0.75),
        (SuperApiRules(high=0.5, failure=0.75), 0.875, 9.0, Level.MAYBE, Rule.HIGH, 0.5),
        (SuperApiRules(high=0.5, failure=0.75), 1.25, 9.0, Level.FAILURE, Rule.HIGH, 0.75),
    ],
)
def test_published_rules_say_which_limit_decided(
    rules: RuleSet, mean: float, short: float, level: Level, rule: Rule, limit: float
) -> None:
    """All of it above the lifetime mean, of a quarter here."""
    verdict = rules.judge(TemporalStatistics(mean, short, 0.25, prediction_num=100), Trend())
    assert (verdict.level, verdict.rule, verdict.score) == (level, rule, mean - 0.25)
    assert verdict.limit == limit
    assert verdict.usual == 0.25


def test_what_reaches_the_lowest_limit_and_rises_no_more_is_settled() -> None:
    at_limit = TemporalStatistics(0.5, 1.0, 0.0, prediction_num=100)
    assert ObicoRules(low=0.5).judge(at_limit, Trend()).rule is Rule.SETTLED
    assert SuperApiRules(low=0.5).judge(at_limit, Trend()).rule is Rule.SETTLED


def test_numbers_may_be_0_but_for_divisors_and_whole_ones_stay_whole() -> None:
    rules = create_rules("obico", {"low": 0, "escalation": 0.5, "safe_frames": 12.0})
    assert rules == ObicoRules(low=0.0, escalation=0.5, safe_frames=12)
    assert {type(getattr(rules, name)) for name in ("low", "escalation")} == {float}
    assert isinstance(rules, ObicoRules)
    assert type(rules.safe_frames) is int, "it is shown as it is"


@pytest.mark.parametrize(("score", "halfway"), [(0.25, True), (below(0.25), False)])
def test_a_print_looks_a_little_worse_from_half_of_the_limit_on(score: float, halfway: bool) -> None:
    assert Verdict(score=score, limit=0.5).is_halfway is halfway
    assert not Verdict(Level.MAYBE, Rule.HIGH, score=0.5, limit=0.5).is_halfway


# The slow means


def test_after_ten_minutes_the_slow_mean_has_come_most_of_the_way() -> None:
    """At a steady p the square tells nothing else."""
    trend = Trend()
    for _ in range(60):
        trend = advance(trend, 0.5, 1.0, is_sure=False)
    at_once = advance(Trend(), 0.5, 60.0, is_sure=False)
    assert trend.slow_mean == pytest.approx(0.5 * 0.865, abs=0.001)
    assert trend.slow_square == pytest.approx(0.25 * 0.865, abs=0.001)
    assert (at_once.slow_mean, at_once.slow_square) == pytest.approx((trend.slow_mean, trend.slow_square))


def test_the_opening_is_the_mean_of_the_first_six_looks() -> None:
    trend = Trend()
    for p in (0.1, 0.2, 0.3, 0.4, 0.6, 0.8):
        assert trend.is_open
        trend = advance(trend, p, 3.0, is_sure=False)
    assert not trend.is_open
    assert (trend.opening, trend.opening_looks) == (pytest.approx(0.4), 6)
    later = advance(trend, 1.0, 1.0, is_sure=False)
    assert (later.opening, later.opening_looks) == (trend.opening, 6)


def test_a_run_of_sure_looks_ends_with_one_that_is_not() -> None:
    trend = Trend(baseline=0.1, learned=5.0, fixture=0.2, fixture_prints=3)
    for weight in (1.0, 0.5):
        trend = advance(trend, 0.9, weight, is_sure=True)
    assert (trend.sure_looks, trend.sure_frames) == (2, 1.5)
    ended = advance(trend, 0.9, 1.0, is_sure=False)
    assert (ended.sure_looks, ended.sure_frames) == (0, 0.0)
    kept = (ended.baseline, ended.learned, ended.fixture, ended.fixture_prints)
    assert kept == (0.1, 5.0, 0.2, 3)


def test_what_was_learned_fades_as_the_lifetime_mean_does() -> None:
    """After twenty hours no look counts for less than one in 7200."""
    known = Trend(baseline=0.1, learned=100_000.0)
    taught = RULES.taught(known, 0.3, 0.2, 2.0)
    assert taught.baseline == pytest.approx(0.1 + 0.2 * 2 / 7200)
    assert taught.unrest == pytest.approx(NEW_SWING**3 + (0.2**3 - NEW_SWING**3) * 2 / 7200)
    assert RULES.taught(known, 0.9, 0.2, 2.0).baseline == pytest.approx(0.1 + 0.25 * 2 / 7200)
