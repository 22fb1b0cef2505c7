"""Settings are read correctly, and secrets stay secret."""

import copy
import json
import math
from typing import Any

import pytest

from octoprint_failwatch.engine.errors import BadSetting
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.published_rules import SuperApiRules
from octoprint_failwatch.engine.judging.verdict import Level, Rule, Verdict
from octoprint_failwatch.engine.statistics import TemporalStatistics
from octoprint_failwatch.engine.watch.messages import state_json
from octoprint_failwatch.engine.watch.policy import Action
from octoprint_failwatch.engine.watch.state import CameraView, Look, WatchState
from octoprint_failwatch.printer.gentle_pause import GentlePause
from octoprint_failwatch.printer.start_conditions import StartConditions
from octoprint_failwatch.settings import (
    DEFAULTS,
    RESTRICTED_PATHS,
    SECRETS,
    detector_settings,
    keep_secrets,
    storable,
)
from octoprint_failwatch.watching.watch_settings import (
    cameras,
    gentle_pause,
    regions,
    retention,
    rules,
    validated,
    watch_settings,
    when,
)

pytestmark = pytest.mark.one_octoprint

STORED = {"kind": "super_api", "url": "https://one.example/api", "token": "sesame"}


def settings(**changes: Any) -> dict[str, Any]:
    merged = copy.deepcopy(DEFAULTS)
    for key, value in changes.items():
        merged[key] = {**merged[key], **value} if isinstance(merged[key], dict) else value
    return merged


def test_the_defaults_work_without_an_account() -> None:
    assert detector_settings(DEFAULTS) == {"kind": "built_in"}
    watch = watch_settings(DEFAULTS)
    assert watch.rules == FailWatchRules()
    assert watch.cadence.interval == 10
    assert watch.policy.on_failure is Action.NOTIFY
    assert cameras(DEFAULTS) == [""]


def test_every_secret_is_restricted_for_everybody() -> None:
    assert SECRETS == ["api_key", "client_secret", "token"]
    for secret in SECRETS:
        assert ["detector", secret] in RESTRICTED_PATHS["never"]
    assert ["notify", "urls"] in RESTRICTED_PATHS["never"]


@pytest.mark.parametrize("typed", [{}, {"token": None}, {"token": ""}])
def test_a_secret_that_is_not_typed_again_stays(typed: dict[str, Any]) -> None:
    new = {"detector": {"url": "https://one.example/other", **typed}}
    keep_secrets(settings(detector=STORED), new)
    assert new["detector"]["token"] == "sesame"


@pytest.mark.parametrize(
    "change",
    [
        {"url": "https://two.example/api"},
        {"url": "http://one.example/api"},
        {"url": "https://[one.example/api"},
        {"kind": "ml_api"},
        {"url": ""},
        {"url": ["https://one.example/api"]},
        {"url": "https://one.example@two.example"},
    ],
    ids=["another host", "without TLS", "no address", "another kind", "default", "odd", "user"],
)
def test_a_secret_never_goes_to_another_service(change: dict[str, Any]) -> None:
    new = {"detector": dict(change)}
    keep_secrets(settings(detector=STORED), new)
    assert new["detector"]["token"] is None
    same: dict[str, Any] = {"detector": {"url": STORED["url"]}}
    keep_secrets(settings(detector=STORED), same)
    assert same["detector"]["token"] == "sesame"


@pytest.mark.parametrize(
    ("stored", "typed", "same"),
    [
        ("10.0.0.5:8000", "10.0.0.6:8000", False),
        ("one.local", "two.local", False),
        ("one.local:8000", "two.local:8000", False),
        ("one.local", "http://one.local/", True),
        ("one.local", "https://one.local/", False),
        ("HTTP://One.local:80", "one.local/deeper", True),
        (None, "https://app.obico.io", True),
        ("", "https://app.obico.io.example", False),
    ],
)
def test_addresses_are_compared_as_they_are_used(stored: str | None, typed: str, same: bool) -> None:
    new = {"detector": {"url": typed}}
    keep_secrets(settings(detector={**STORED, "url": stored}), new)
    assert new["detector"]["token"] == ("sesame" if same else None)


@pytest.mark.parametrize(
    "odd",
    [
        {"detector": "built_in"},
        {"detector": {"threshold": math.inf}},
        {"rules": []},
        {"rules": {"numbers": {"failure": math.nan}}},
        {"regions": {"camera": ""}},
        {"interval": {"a": 1}},
        {"own_url": "http://\ud83d"},
        {"regions": [{"camera": "\ud83d", "polygons": []}]},
        {"notify": {"urls": "json://x"}},
        {"unheard_of": 1},
        [],
        None,
        "text",
    ],
)
def test_what_cannot_be_given_back_is_not_stored(odd: Any) -> None:
    kept = storable(odd)
    assert all(value == {} for value in kept.values()), kept
    assert json.dumps(kept, allow_nan=False, ensure_ascii=False).encode()


def test_what_the_settings_page_sends_back_is_stored_as_it_is() -> None:
    tuned = settings(before_tuning={"rules": {"name": "obico", "numbers": {"low": 0.4}}})
    assert storable(tuned) == tuned


def test_the_state_for_viewers_holds_no_link_that_opens_without_a_token() -> None:
    view = CameraView("", 0.9, (), "https://s.example/secret.jpg")
    verdict = Verdict(Level.NONE, Rule.QUIET, 0.0, 1.0, 0.0)
    state = WatchState("p", look=Look(1, 1.0, 0.9, (view,), TemporalStatistics(), verdict, 0.1))
    shown = state_json(state)
    assert shown["look"]["views"][0]["p"] == 0.9
    assert "secret" not in str(shown)


def test_a_typed_secret_replaces_the_stored_one() -> None:
    new = {"detector": {"url": "https://two.example", "token": "new"}}
    keep_secrets(settings(detector=STORED), new)
    assert new["detector"]["token"] == "new"


def test_only_the_fields_of_the_chosen_detector_reach_it() -> None:
    chosen = detector_settings(settings(detector={**STORED, "api_key": "k", "labels": []}))
    assert chosen == STORED


@pytest.mark.parametrize(
    ("detector", "expected"),
    [
        ({"kind": "super_api", "url": "https://app.obico.io/"}, SuperApiRules),
        ({"kind": "super_api"}, SuperApiRules),
        ({"kind": "super_api", "url": "app.obico.io"}, SuperApiRules),
        ({"kind": "super_api", "url": " HTTPS://App.Obico.io.:443 "}, SuperApiRules),
        ({"kind": "super_api", "url": "https://obico.io@two.example"}, FailWatchRules),
        ({"kind": "super_api", "url": "http://192.168.1.5:8000"}, FailWatchRules),
        ({"kind": "super_api", "url": "https://notobico.io"}, FailWatchRules),
        ({"kind": "super_api", "url": "http://[obico.io"}, FailWatchRules),
        ({"kind": "built_in"}, FailWatchRules),
    ],
)
def test_the_rule_set_suits_the_detector(detector: dict[str, Any], expected: type) -> None:
    assert isinstance(rules(settings(detector=detector)), expected)


def test_changed_numbers_count_and_emptied_ones_are_the_default() -> None:
    numbers = {"failure": "0.5", "maybe": "", "sensitivity": None, "of_another_rule_set": 3}
    assert rules(settings(rules={"numbers": numbers})) == FailWatchRules(failure=0.5)


@pytest.mark.parametrize(
    "changes",
    [
        {"interval": "soon"},
        {"veto": -1},
        {"on_failure": "explode"},
        {"rules": {"name": "none such"}},
        {"rules": {"numbers": {"failure": "high"}}},
    ],
)
def test_a_value_that_cannot_work_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadSetting):
        watch_settings(settings(**changes))


def test_minutes_become_seconds_and_nothing_means_never() -> None:
    policy = watch_settings(settings(cancel_after_minutes="30", pause_when_blind_minutes="")).policy
    assert (policy.cancel_after, policy.pause_when_blind_after) == (1800, None)


def test_regions_belong_to_a_camera_and_need_three_corners() -> None:
    triangle = [[0, 0], [1, 0], [0, 1]]
    changed = settings(regions=[{"camera": "left", "polygons": [triangle, [[0, 0], [1, 1]]]}])
    assert regions(changed, "left") == (((0, 0), (1, 0), (0, 1)),)
    assert regions(changed, "") == ()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"when": {"after_layer": "some"}}, "after_layer"),
        ({"when": {"after_minutes": -5}}, "after_minutes"),
        ({"history": {"days": -5}}, "days"),
        ({"shaping": {"retract": -3}}, "retract"),
        ({"shaping": {"park_x": "left"}}, "park_x"),
        ({"regions": [{"camera": "", "polygons": [[0.5]]}]}, "regions"),
        ({"rules": {"numbers": {"failure": "high"}}}, "failure"),
        ({"rules": {"numbers": "high"}}, "rules"),
        ({"rules": {"name": ["super_api"]}}, "rules"),
        ({"regions": [7]}, "regions"),
        ({"veto": -1}, "veto"),
    ],
)
def test_a_group_that_cannot_work_has_its_defaults_and_the_others_count(
    changes: dict[str, Any], says: str
) -> None:
    stored = settings(**{"on_failure": "pause", "interval": 20, **changes})
    going_by, problem = validated(stored)
    assert says in str(problem)
    watch = watch_settings(going_by)
    assert (when(going_by), regions(going_by, ""), gentle_pause(going_by)) == (StartConditions(), (), None)
    assert (retention(going_by).days, watch.rules) == (365, FailWatchRules())
    if "veto" not in changes:
        assert (watch.policy.on_failure, watch.cadence.interval) == (Action.PAUSE, 20)


@pytest.mark.parametrize("broken", [None, True, 7, "text"])
@pytest.mark.parametrize("key", ["detector", "rules", "when", "history", "shaping", "regions"])
def test_a_group_that_is_none_has_its_defaults(key: str, broken: object) -> None:
    """As somebody may leave it who edits the file by hand."""
    going_by, problem = validated({**settings(interval=20), key: broken})
    assert key in str(problem)
    assert going_by[key] == DEFAULTS[key]
    assert watch_settings(going_by).cadence.interval == 20


def test_a_kind_that_is_no_text_is_no_kind() -> None:
    going_by, _ = validated({**settings(interval=20), "detector": {"kind": {"a": 1}}})
    assert watch_settings(going_by).cadence.interval == 20


def test_a_number_that_is_larger_than_any_float_is_none() -> None:
    going_by, problem = validated(settings(veto=10**400))
    assert "veto" in str(problem)
    assert going_by["veto"] == DEFAULTS["veto"]


def test_settings_that_can_work_are_left_as_they_are() -> None:
    stored = settings(veto="30", when={"after_layer": "2.5"}, history={"days": ""})
    assert validated(stored) == (stored, None)
    assert when(stored).after_layer == 2


def test_a_head_can_be_parked_left_of_zero() -> None:
    chosen = settings(shaping={"enabled": True, "park": True, "park_x": "-4.5", "retract": ""})
    assert gentle_pause(chosen) == GentlePause(retract=0, lift=5, park=(-4.5, 0))
    assert gentle_pause(settings(shaping={"park": True})) is None
