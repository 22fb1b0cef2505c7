"""Orders to a linked printer: answers, pauses, checks."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from custom_components.failwatch.engine.judging.failwatch_rules import FailWatchRules
from tests.homeassistant.octoprint_server import Linked, OctoPrintServer
from tests.homeassistant.printer import until


@pytest.mark.parametrize(
    ("service", "entity", "data", "command"),
    [
        (
            "button.press",
            "button.ender_3_not_a_failure",
            {},
            {"command": "acknowledge", "answer": "not_a_failure"},
        ),
        ("button.press", "button.ender_3_it_failed", {}, {"command": "acknowledge", "answer": "failure"}),
        ("button.press", "button.ender_3_snooze_for_10_minutes", {}, {"command": "snooze", "seconds": 600}),
        ("button.press", "button.ender_3_check_now", {}, {"command": "check"}),
        ("switch.turn_off", "switch.ender_3_watching", {}, {"command": "watching", "enabled": False}),
        ("switch.turn_on", "switch.ender_3_mute_this_print", {}, {"command": "mute", "muted": True}),
        (
            "number.set_value",
            "number.ender_3_failing_above",
            {"value": 0.7},
            {"command": "rules", "numbers": {"failure": 0.7}},
        ),
        (
            "select.select_option",
            "select.ender_3_rule_set",
            {"option": "obico"},
            {"command": "rules", "name": "obico"},
        ),
    ],
)
async def test_what_the_user_asks_reaches_the_plugin(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    service: str,
    entity: str,
    data: dict[str, object],
    command: dict[str, object],
) -> None:
    await linked()
    domain, name = service.split(".")
    await hass.services.async_call(domain, name, {"entity_id": entity, **data}, blocking=True)
    assert octoprint.commands == [command]


async def test_what_the_keys_user_may_not_do_is_no_reason_for_another_key(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    await linked()
    octoprint.forbidden = ("rules",)
    with pytest.raises(HomeAssistantError) as raised:
        await hass.services.async_call(
            "number", "set_value", {"entity_id": "number.ender_3_failing_above", "value": 0.7}, blocking=True
        )
    assert raised.value.translation_key == "not_allowed"
    assert not hass.config_entries.flow.async_progress()


@pytest.mark.parametrize(
    ("button", "job"),
    [
        ("pause_print", {"command": "pause", "action": "pause"}),
        ("resume_print", {"command": "pause", "action": "resume"}),
        ("cancel_print", {"command": "cancel"}),
    ],
)
async def test_job_buttons(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, button: str, job: dict[str, str]
) -> None:
    await linked()
    await hass.services.async_call(
        "button", "press", {"entity_id": f"button.ender_3_{button}"}, blocking=True
    )
    assert octoprint.jobs == [job]


async def test_the_numbers_are_those_of_the_rule_set_in_force(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    await linked()
    assert float(hass.states.get("number.ender_3_failing_above").state) == FailWatchRules().failure
    assert hass.states.get("number.ender_3_escalation_factor") is None
    octoprint.rules = {"name": "obico", "numbers": {"escalation": 2.0}}
    await octoprint.push()
    await until(hass, "number.ender_3_escalation_factor", "2.0")
    assert hass.states.get("number.ender_3_failing_above") is None


@pytest.mark.parametrize(
    "rules", [{"name": "of_the_future", "numbers": {"x": 1}}, {"name": "obico", "numbers": {"low": "odd"}}]
)
async def test_rules_that_this_release_does_not_know(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, rules: dict[str, Any]
) -> None:
    await linked()
    octoprint.rules = rules
    await octoprint.push()
    await until(hass, "select.ender_3_rule_set", "unknown")
    assert hass.states.get("number.ender_3_failing_above") is None
