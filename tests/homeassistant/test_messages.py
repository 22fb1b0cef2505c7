"""Messages about a printer, on phones with the app and elsewhere, and what their buttons do."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.auth.models import User
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import Event as BusEvent
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.failwatch import logbook
from custom_components.failwatch.engine.judging.assessment import Answer
from custom_components.failwatch.engine.judging.verdict import Level
from custom_components.failwatch.engine.watch.policy import Action, Countdown, Intervention
from custom_components.failwatch.engine.watch.state import Blind, Event, EventKind, Phase, WatchState
from custom_components.failwatch.notifications import sent
from custom_components.failwatch.notifications.messages import CALM, DONE, IMPORTANCE, KNOWN_REASONS
from tests.homeassistant import printer as printers
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import JPEG, Linked, OctoPrintServer
from tests.homeassistant.phones import Phone, Phones
from tests.patience import eventually

FOLDER = Path(logbook.__file__).parent
FAILURE = states.watching(Level.FAILURE, p=0.9)
PAUSED = replace(FAILURE, phase=Phase.PAUSED)
GO_ON = ["Resume, this is fine", "Resume, I cleared it", "Cancel print"]


def shown(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return what Home Assistant itself shows."""
    return list(_async_get_or_create_notifications(hass).values())


async def happens(
    octoprint: OctoPrintServer,
    *kinds: EventKind | tuple[EventKind, str],
    state: WatchState = FAILURE,
    **more: Any,
) -> None:
    """Let OctoPrint tell of events that happen at once."""
    told = [kind if isinstance(kind, tuple) else (kind, "") for kind in kinds]
    events = [Event(kind, states.AT, "print-1", detail, state.level, **more) for kind, detail in told]
    await octoprint.push(state=state, events=events)


def press(hass: HomeAssistant, message: dict[str, Any], title: str) -> None:
    """Press a button of a message, as the app does."""
    action = next(one["action"] for one in message["data"]["actions"] if one["title"] == title)
    hass.bus.async_fire("mobile_app_notification_action", {"action": action})


def titles(message: dict[str, Any]) -> list[str]:
    return [one["title"] for one in message["data"]["actions"]]


async def linked_to(
    hass: HomeAssistant, linked: Linked, *phones: Phone, entities: list[str] | None = None, **options: Any
) -> MockConfigEntry:
    entry = await linked()
    devices = [phone.device for phone in phones]
    settings = {"tell": "messages", "notify_devices": devices, "notify_entities": entities or [], **options}
    hass.config_entries.async_update_entry(entry, options=settings)
    await hass.async_block_till_done()
    return entry


async def test_a_failing_print_on_the_phone(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones, hass_client: Any
) -> None:
    phone = await phones.add(1)
    await linked_to(hass, linked, phone)
    await happens(octoprint, EventKind.MAYBE, EventKind.FAILURE)
    message = await phone.got("benchy.gcode is failing.")
    assert message["title"] == "Ender 3"
    assert titles(message) == ["Not a failure", "Pause", "Cancel print"], "an Android phone shows three"
    data = message["data"]
    assert data["clickAction"].startswith("/config/devices/device/")
    assert (data["channel"], data["priority"], data["ttl"]) == ("FailWatch", "high", 0)
    client = await hass_client()
    picture = await client.get(data["image"])
    assert await picture.read() == JPEG
    assert not shown(hass)
    assert len(phone.messages) == 1, "what happens at once is one message"


async def test_a_tap_leads_where_its_user_may_go(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    phones: Phones,
    hass_admin_user: User,
    hass_read_only_user: User,
) -> None:
    """Whoever is no administrator is sent from the printer's page to the overview, without a word."""
    admins = await phones.add(1, user_id=hass_admin_user.id)
    others = await phones.add(2, user_id=hass_read_only_user.id)
    await linked_to(hass, linked, admins, others)
    await happens(octoprint, EventKind.FAILURE)
    assert (await admins.got("is failing"))["data"]["url"].startswith("/config/devices/device/")
    page = (await others.got("is failing"))["data"]["url"]
    assert page == "/?more-info-entity-id=image.ender_3_last_look"


async def test_an_iphone_shows_more_and_a_critical_alert(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    apple, android = await phones.add(1, "iPhone", "Apple"), await phones.add(2)
    await linked_to(hass, linked, apple, android, critical=True)
    await happens(octoprint, EventKind.FAILURE)
    message = await apple.got("is failing")
    assert titles(message) == ["Not a failure", "Pause", "Cancel print", "It failed"]
    assert message["data"]["push"]["interruption-level"] == "critical"
    assert message["data"]["push"]["sound"]["critical"] == 1
    assert (await android.got("is failing"))["data"]["channel"] == "alarm_stream"
    await happens(octoprint, EventKind.MAYBE, state=states.watching(Level.MAYBE, p=0.5))
    assert (await apple.got("suspicious"))["data"]["push"]["interruption-level"] == "time-sensitive"


@pytest.mark.parametrize(
    ("title", "commands", "jobs"),
    [
        ("Not a failure", [{"command": "acknowledge", "answer": "not_a_failure"}], []),
        ("It failed", [{"command": "acknowledge", "answer": "failure"}], []),
        ("Pause", [], [{"command": "pause", "action": "pause"}]),
    ],
)
async def test_an_answer_does_what_it_says_and_clears_the_message(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    phones: Phones,
    title: str,
    commands: list[Any],
    jobs: list[Any],
) -> None:
    phone = await phones.add(1, "iPhone", "Apple")
    await linked_to(hass, linked, phone)
    await happens(octoprint, EventKind.FAILURE)
    message = await phone.got("is failing")
    press(hass, message, title)
    await phone.cleared(message)
    assert octoprint.commands == commands
    assert octoprint.jobs == jobs


async def test_cancel_asks_once_more(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    phone = await phones.add(1)
    await linked_to(hass, linked, phone)
    await happens(octoprint, EventKind.FAILURE)
    press(hass, await phone.got("is failing"), "Cancel print")
    question = await phone.got("Cancel benchy.gcode for good?")
    assert not octoprint.jobs
    press(hass, question, "No")
    await phone.got("clear_notification")
    assert not octoprint.jobs
    press(hass, question, "Yes, cancel")
    await eventually(lambda: octoprint.jobs)
    assert octoprint.jobs == [{"command": "cancel"}]


@pytest.mark.parametrize(
    ("event_type", "key"),
    [
        ("ios.notification_action_fired", "actionName"),
        ("html5_notification.clicked", "action"),
        ("telegram_callback", "data"),
    ],
)
async def test_buttons_of_other_notifiers(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones, event_type: str, key: str
) -> None:
    phone = await phones.add(1)
    await linked_to(hass, linked, phone)
    await happens(octoprint, EventKind.FAILURE)
    action = (await phone.got("is failing"))["data"]["actions"][0]["action"]
    assert len(action) <= 64, "a notifier allows no more"
    hass.bus.async_fire(event_type, {key: "something else"})
    hass.bus.async_fire(event_type, {key: action})
    await eventually(lambda: octoprint.commands)
    assert octoprint.commands == [{"command": "acknowledge", "answer": "not_a_failure"}]


async def test_a_button_pressed_after_its_print_does_nothing_and_says_so(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    phone = await phones.add(1)
    await linked_to(hass, linked, phone)
    await happens(octoprint, EventKind.FAILURE)
    message = await phone.got("is failing")
    await happens(octoprint, EventKind.ENDED, state=states.idle())
    await phone.got("clear_notification")
    press(hass, message, "Pause")
    await phone.got("Too late")
    await happens(octoprint, EventKind.STARTED, state=states.watching(print_id="print-2"))
    await eventually(lambda: hass.states.get("sensor.ender_3_watch").state == "watching")
    phone.messages.clear()
    press(hass, message, "Pause")
    await phone.got("Too late")
    assert not octoprint.jobs


async def test_a_button_works_after_a_restart_even_before_the_print_is_known(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    phone = await phones.add(1)
    entry = await linked_to(hass, linked, phone)
    await happens(octoprint, EventKind.FAILURE)
    message = await phone.got("is failing")
    octoprint.state = replace(FAILURE, phase=Phase.IDLE)
    assert await hass.config_entries.async_reload(entry.entry_id)
    press(hass, message, "Pause")
    await octoprint.connected()
    assert not octoprint.jobs
    await octoprint.push(state=FAILURE)
    await eventually(lambda: octoprint.jobs)


async def test_a_button_pressed_while_the_print_is_not_known_does_not_say_that_it_is_over(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    phones: Phones,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.failwatch.notifications.answers.KNOWN_WITHIN", 0.05)
    phone = await phones.add(1)
    await linked_to(hass, linked, phone)
    await happens(octoprint, EventKind.FAILURE)
    message = await phone.got("is failing")
    await octoprint.push(state=replace(FAILURE, phase=Phase.IDLE))
    await eventually(lambda: hass.states.get("sensor.ender_3_watch").state == "unknown")
    press(hass, message, "Pause")
    again = await phone.got("Nothing was done")
    assert titles(again) == titles(message)
    assert not octoprint.jobs
    await octoprint.push(state=FAILURE)
    await eventually(lambda: hass.states.get("sensor.ender_3_watch").state == "watching")
    press(hass, message, "Pause")
    await eventually(lambda: octoprint.jobs)


@pytest.mark.parametrize(
    ("began", "over", "words"),
    [
        (EventKind.FAILURE, (EventKind.ACKNOWLEDGED, "not_a_failure"), "is failing"),
        (EventKind.BLIND, EventKind.SEEING, "can no longer be watched"),
    ],
)
async def test_what_is_over_by_the_time_it_is_heard_of_is_not_told(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    phones: Phones,
    began: EventKind,
    over: EventKind | tuple[EventKind, str],
    words: str,
) -> None:
    """As after a gap of the link, in which somebody answered in OctoPrint."""
    phone = await phones.add(1)
    await linked_to(hass, linked, phone)
    await happens(octoprint, began, over)
    await phone.got_many(1)
    await happens(octoprint, EventKind.MAYBE)
    await phone.got("looks suspicious")
    assert not [one for one in phone.messages if words in one["message"]]
    await octoprint.push(state=FAILURE, events=[Event(began, states.AT + 1, "print-1", "", Level.FAILURE)])
    await phone.got(words)


async def _restart(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Unload all, and read again what was stored, as Home Assistant's restart does."""
    await hass.config_entries.async_unload(entry.entry_id)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=5))
    await hass.async_block_till_done()
    await sent.async_setup_sent(hass)
    await hass.config_entries.async_setup(entry.entry_id)


async def test_a_message_of_an_automation_is_taken_back_after_a_restart(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    phones: Phones,
    hass_storage: dict[str, Any],
) -> None:
    phone = await phones.add(1)
    entry = await linked_to(hass, linked)
    await octoprint.push(state=FAILURE)
    data = {"entity_id": "sensor.ender_3_watch", "kind": "failure", "notify_devices": [phone.device]}
    await hass.services.async_call("failwatch", "notify", data, blocking=True)
    message = await phone.got("is failing")
    await _restart(hass, entry)
    await octoprint.connected()
    await octoprint.push(state=WatchState(), events=[Event(EventKind.ENDED, states.AT, "print-1", "done")])
    await phone.cleared(message)
    await eventually(lambda: "failwatch.messages" not in hass_storage)


async def test_a_message_of_an_automation_that_names_nobody_goes_to_those_in_the_settings(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    phone = await phones.add(1)
    await linked_to(hass, linked, phone)
    data = {"entity_id": "sensor.ender_3_watch", "kind": "failure", "critical": True}
    await hass.services.async_call("failwatch", "notify", data, blocking=True)
    message = await phone.got("is failing")
    assert message["data"]["channel"] == "alarm_stream"
    assert not shown(hass)


BLIND = replace(states.watching(), phase=Phase.BLIND, blind=Blind("dark", "too dark", states.AT))


@pytest.mark.parametrize(
    ("state", "words", "buttons"),
    [
        (states.watching(), "benchy.gcode shows no failure.", 0),
        (replace(states.watching(), phase=Phase.PAUSED), "benchy.gcode shows no failure.", 0),
        (states.watching(Level.MAYBE, p=0.5), "benchy.gcode looks suspicious.", 3),
        (BLIND, "benchy.gcode can no longer be watched: it is too dark.", 0),
        (replace(FAILURE, phase=Phase.BLIND, blind=BLIND.blind), "benchy.gcode is failing.", 3),
        (replace(states.watching(), failed_looks=1), "It is not known just now how benchy.gcode looks.", 0),
        (replace(states.watching(), phase=Phase.IDLE), "It is not known just now how benchy", 0),
        (states.idle(), "Nothing is being printed.", 0),
    ],
)
async def test_a_message_without_a_kind_says_how_things_stand(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    phones: Phones,
    state: WatchState,
    words: str,
    buttons: int,
) -> None:
    phone = await phones.add(1)
    octoprint.state = state
    await linked_to(hass, linked, phone)
    await hass.services.async_call(
        "failwatch", "notify", {"entity_id": "sensor.ender_3_watch"}, blocking=True
    )
    assert len(titles(await phone.got(words))) == buttons


async def test_a_message_about_a_print_nobody_hears_of_says_so(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    phone = await phones.add(1)
    octoprint.state = states.watching()
    await linked_to(hass, linked, phone)
    octoprint.plugin = False
    await octoprint.drop()
    await printers.until(hass, "binary_sensor.ender_3_sight", "off")
    await hass.services.async_call(
        "failwatch", "notify", {"entity_id": "sensor.ender_3_watch"}, blocking=True
    )
    await phone.got_many(1)
    assert "OctoPrint does not answer" in phone.messages[0]["message"]


async def test_a_message_about_a_print_that_ended_meanwhile_is_taken_back_at_the_start(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    phone = await phones.add(1)
    entry = await linked_to(hass, linked, phone)
    await happens(octoprint, EventKind.FAILURE)
    message = await phone.got("is failing")
    octoprint.state = WatchState()
    await _restart(hass, entry)
    await phone.cleared(message)


async def test_messages_that_cannot_be_remembered_keep_nobody_from_hearing(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    phones: Phones,
    hass_storage: dict[str, Any],
) -> None:
    stored = {"other": {"print_id": 4}, "print-1": []}
    hass_storage["failwatch.messages"] = {"version": 1, "key": "failwatch.messages", "data": stored}
    phone = await phones.add(1)
    await linked_to(hass, linked, phone)
    await happens(octoprint, EventKind.FAILURE)
    await phone.got("is failing")


async def test_a_button_of_a_removed_printer_says_so(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    phone = await phones.add(1)
    entry = await linked_to(hass, linked, phone)
    await happens(octoprint, EventKind.FAILURE)
    message = await phone.got("is failing")
    await hass.config_entries.async_remove(entry.entry_id)
    await phone.cleared(message)
    press(hass, message, "Pause")
    await eventually(lambda: shown(hass))
    assert "removed" in shown(hass)[0]["message"]


@pytest.mark.parametrize(
    ("told", "state", "title", "buttons"),
    [
        (EventKind.FAILURE, FAILURE, "Pause", ["Not a failure", "Pause", "Cancel print"]),
        (
            EventKind.COUNTDOWN,
            replace(FAILURE, intervention=Intervention(Countdown(Action.PAUSE, states.AT, states.AT + 60))),
            "Pause",
            ["Keep printing", "Pause", "Cancel print"],
        ),
        ((EventKind.ACTION, "pause"), PAUSED, "Resume, this is fine", GO_ON),
    ],
)
async def test_an_order_that_fails_is_told_and_can_be_given_again(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    phones: Phones,
    told: EventKind | tuple[EventKind, str],
    state: WatchState,
    title: str,
    buttons: list[str],
) -> None:
    phone = await phones.add(1)
    await linked_to(hass, linked, phone)
    await happens(octoprint, told, state=state)
    octoprint.job_status = 409
    message = await phone.got("benchy.gcode")
    press(hass, message, title)
    again = await phone.got("did not work")
    assert "no print in a state that allows this" in again["message"]
    assert again["data"]["tag"] == message["data"]["tag"]
    assert "image" in again["data"]
    assert titles(again) == titles(message) == buttons
    octoprint.job_status = 204
    tries = len(octoprint.jobs)
    press(hass, again, title)
    await eventually(lambda: len(octoprint.jobs) > tries)


async def test_a_button_of_a_print_before_leaves_the_alarm_of_this_one_alone(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    phone = await phones.add(1)
    await linked_to(hass, linked, phone)
    await happens(octoprint, EventKind.FAILURE)
    old = await phone.got("is failing")
    press(hass, old, "Cancel print")
    question = await phone.got("for good?")
    now = states.watching(Level.FAILURE, p=0.9, print_id="print-2")
    ended, failing = (
        Event(kind, states.AT + 1, print_id, "", Level.FAILURE)
        for kind, print_id in ((EventKind.ENDED, "print-1"), (EventKind.FAILURE, "print-2"))
    )
    await octoprint.push(state=states.idle(), events=[ended])
    await phone.cleared(old)
    phone.messages.clear()
    await octoprint.push(state=now, events=[failing])
    alarm = await phone.got("is failing")
    press(hass, question, "No")
    press(hass, old, "Pause")
    late = await phone.got("Too late")
    assert late["data"]["tag"] != alarm["data"]["tag"]
    taken_back = [one["data"]["tag"] for one in phone.messages if one["message"] == "clear_notification"]
    assert alarm["data"]["tag"] not in taken_back


@pytest.mark.parametrize(
    ("kind", "detail", "state", "words", "buttons"),
    [
        (EventKind.ACTION, "pause", PAUSED, "is paused", GO_ON),
        (
            EventKind.CALLED_OFF,
            "cancel",
            PAUSED,
            "does not cancel it",
            GO_ON,
        ),
        (EventKind.ACTION, "cancel", replace(FAILURE, phase=Phase.IDLE), "failing and is cancelled", []),
        (EventKind.ACTION, "cancel", states.idle(), "was cancelled by FailWatch", []),
        (
            EventKind.ACTION,
            "pause",
            replace(states.watching(), phase=Phase.PAUSED),
            "was paused by FailWatch",
            GO_ON,
        ),
        (
            EventKind.ACTION_FAILED,
            "jammed",
            FAILURE,
            "could not be stopped: jammed",
            ["Not a failure", "Pause", "Cancel print"],
        ),
        (EventKind.BLIND, "dark", FAILURE, "too dark", []),
        (EventKind.BLIND, "server_failed", FAILURE, "gives no answer", []),
        (EventKind.CAMERA_BLIND, "dark", FAILURE, "One of the cameras", []),
    ],
)
async def test_what_else_is_told(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    phones: Phones,
    kind: EventKind,
    detail: str,
    state: WatchState,
    words: str,
    buttons: list[str],
) -> None:
    phone = await phones.add(1)
    await linked_to(hass, linked, phone)
    await happens(octoprint, (kind, detail), state=state)
    assert titles(await phone.got(words)) == buttons


@pytest.mark.parametrize(
    ("title", "commands"),
    [
        ("Resume, this is fine", []),
        ("Resume, I cleared it", [{"command": "acknowledge", "answer": "cleared"}]),
    ],
)
async def test_a_message_of_a_pause_offers_two_ways_on(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    phones: Phones,
    title: str,
    commands: list[Any],
) -> None:
    phone = await phones.add(1, "iPhone", "Apple")
    await linked_to(hass, linked, phone)
    await happens(octoprint, (EventKind.ACTION, "pause"), state=PAUSED)
    message = await phone.got("is paused")
    assert titles(message) == [*GO_ON, "It failed"]
    press(hass, message, title)
    await phone.cleared(message)
    assert octoprint.commands == commands
    assert octoprint.jobs == [{"command": "pause", "action": "resume"}]


async def test_a_countdown_says_when(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    await hass.config.async_set_time_zone("UTC")
    phone = await phones.add(1)
    await linked_to(hass, linked, phone)
    countdown = Countdown(Action.CANCEL, states.AT, states.AT + 60)
    state = replace(FAILURE, intervention=Intervention(countdown))
    await happens(octoprint, EventKind.FAILURE, EventKind.COUNTDOWN, state=state)
    message = await phone.got("will be cancelled at")
    assert titles(message) == ["Keep printing", "Pause", "Cancel print"]
    press(hass, message, "Keep printing")
    await eventually(lambda: octoprint.commands)
    assert octoprint.commands == [{"command": "acknowledge", "answer": "not_a_failure"}]


async def test_what_is_minor_is_not_told(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    phone = await phones.add(1)
    await linked_to(hass, linked, phone)
    await happens(octoprint, (EventKind.BLIND, "dark"), minor=True)
    await happens(octoprint, EventKind.FAILURE)
    await phone.got("is failing")
    assert len(phone.messages) == 1


async def test_two_phones_of_one_name_both_get_it(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    first, second, third = await phones.add(1), await phones.add(2), await phones.add(3)
    await linked_to(hass, linked, first, second)
    await happens(octoprint, EventKind.FAILURE)
    await first.got("is failing")
    await second.got("is failing")
    assert not third.messages


async def test_a_deleted_phone_keeps_nobody_from_hearing(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    gone, there = await phones.add(1), await phones.add(2)
    await linked_to(hass, linked, gone, there)
    await hass.config_entries.async_remove(gone.entry.entry_id)
    await happens(octoprint, EventKind.FAILURE)
    await there.got("is failing")
    await hass.config_entries.async_remove(there.entry.entry_id)
    await happens(octoprint, EventKind.MAYBE)
    await eventually(lambda: shown(hass))
    assert "looks suspicious" in shown(hass)[0]["message"], "where nobody is left, Home Assistant shows it"


async def test_without_anybody_named_home_assistant_shows_it(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    await linked()
    await happens(octoprint, EventKind.FAILURE)
    await eventually(lambda: shown(hass))
    (note,) = shown(hass)
    assert note["title"] == "Ender 3"
    assert "benchy.gcode is failing." in note["message"]
    assert "![](/api/failwatch/message/" in note["message"]
    assert "/config/devices/device/" in note["message"]
    await happens(octoprint, (EventKind.ACKNOWLEDGED, "not_a_failure"), state=states.watching())
    await eventually(lambda: not shown(hass))


async def test_a_notifier_by_its_entity_and_a_phone_by_its_own(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones, entity_registry: Any
) -> None:
    phone = await phones.add(1)
    sent = async_mock_service(hass, "notify", "send_message")
    hass.states.async_set("notify.mail", "unknown")
    own = entity_registry.async_get_or_create(
        "notify", "mobile_app", "own", device_id=phone.device, config_entry=phone.entry
    )
    await linked_to(hass, linked, phone, entities=["notify.mail", "notify.gone", own.entity_id])
    await happens(octoprint, EventKind.FAILURE)
    await phone.got("is failing")
    await eventually(lambda: sent)
    assert [call.data["entity_id"] for call in sent] == [["notify.mail"]] or [
        call.data["entity_id"] for call in sent
    ] == ["notify.mail"]
    assert len(phone.messages) == 1
    assert not shown(hass)


async def test_events_only_sends_nothing(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    phone = await phones.add(1)
    entry = await linked_to(hass, linked, phone, tell="events_only")
    await happens(octoprint, EventKind.FAILURE)
    await printers.until(hass, "sensor.ender_3_failure_state", "failure")
    hass.config_entries.async_update_entry(entry, options={**entry.options, "tell": "messages"})
    await happens(octoprint, EventKind.MAYBE)
    await phone.got("suspicious")
    assert len(phone.messages) == 1


async def test_the_options_of_a_link_are_kept_without_a_new_set_up(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    phone = await phones.add(1)
    entry = await linked()
    link = entry.runtime_data.printers[None]
    page = await hass.config_entries.options.async_init(entry.entry_id)
    assert page["step_id"] == "init"
    settings = {"tell": "messages", "notify_devices": [phone.device], "critical": True}
    await hass.config_entries.options.async_configure(page["flow_id"], settings)
    await hass.async_block_till_done()
    assert entry.options == settings
    assert entry.runtime_data.printers[None] is link
    await happens(octoprint, EventKind.FAILURE)
    await phone.got("is failing")


async def test_a_watched_printer_tells_only_what_was_chosen_and_has_buttons_for_what_works(
    hass: HomeAssistant, printer: printers.Printer, phones: Phones
) -> None:
    phone = await phones.add(1, "iPhone", "Apple")
    await printers.watch(hass, on_maybe="nothing", pause_with=printers.PAUSE, notify_devices=[phone.device])
    await printer.says("printing")
    await printer.looks(3)
    printer.detector.p = 0.9
    message = await phone.got("is failing")
    assert message["message"] == "The print is failing."
    assert titles(message) == ["Not a failure", "Pause", "It failed"]
    assert len(phone.messages) == 1, "a suspicion was to lead to nothing"
    press(hass, message, "Pause")
    await eventually(lambda: printer.pause.presses)
    await printer.says("idle")
    await phone.got("clear_notification")


@pytest.mark.parametrize("removed", ["printer", "entry", "disabled entry"])
async def test_a_removed_printer_takes_its_messages_with_it(
    hass: HomeAssistant,
    printer: printers.Printer,
    phones: Phones,
    hass_storage: dict[str, Any],
    removed: str,
) -> None:
    """Its buttons would lead nowhere."""
    phone = await phones.add(1)
    entry = await printers.watch(hass, notify_devices=[phone.device])
    await printer.says("printing")
    await printer.looks(3)
    printer.detector.p = 0.9
    message = await phone.got("is failing")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=5))
    await eventually(lambda: "failwatch.messages" in hass_storage)
    if removed == "printer":
        hass.config_entries.async_remove_subentry(entry, "camera1")
    else:
        if removed == "disabled entry":
            await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
        await hass.config_entries.async_remove(entry.entry_id)
    await phone.cleared(message)
    await eventually(lambda: "failwatch.messages" not in hass_storage)


async def test_messages_speak_home_assistants_language(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    hass.config.language = "de"
    phone = await phones.add(1)
    await linked_to(hass, linked, phone)
    await happens(octoprint, EventKind.FAILURE)
    assert titles(await phone.got("benchy.gcode misslingt."))[0] == "Kein Fehldruck"


@pytest.mark.parametrize(
    ("detail", "text"),
    [
        ("pause: the printer still reports printing", "Der Drucker druckt weiter."),
        ("cancel: OctoPrint does not take the order", "OctoPrint nimmt den Befehl nicht an."),
        ("cancel: the print was paused", "Der Druck wurde angehalten."),
        ("cancel: the print was resumed", "Der Druck wurde fortgesetzt."),
        ("pause: Klipper: shut down", "Klipper: shut down"),
    ],
)
async def test_why_a_print_could_not_be_stopped_is_told_in_home_assistants_language(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    phones: Phones,
    detail: str,
    text: str,
) -> None:
    hass.config.language = "de"
    phone = await phones.add(1)
    await linked_to(hass, linked, phone)
    await happens(octoprint, (EventKind.ACTION_FAILED, detail))
    message = await phone.got("ließ sich")
    assert message["message"].endswith(f": {text}")


async def test_an_order_that_fails_is_told_in_home_assistants_language(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones
) -> None:
    hass.config.language = "de"
    phone = await phones.add(1)
    entry = await linked_to(hass, linked, phone)
    await happens(octoprint, EventKind.FAILURE)
    message = await phone.got("misslingt")
    await octoprint.stop()
    press(hass, message, "Anhalten")
    told = await phone.got("hat nicht geklappt")
    assert "antwortet nichts" in told["message"]
    printer = entry.runtime_data.printers[None]
    await eventually(lambda: printer.last_problem)
    assert not re.search(r"[Cc]onnection|reached|[Nn]othing", printer.last_problem)


async def test_the_logbook_says_it_in_words(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    described: dict[str, Any] = {}
    entry = await linked()
    await happens(octoprint, EventKind.FAILURE)
    await eventually(lambda: shown(hass))
    logbook.async_describe_events(hass, lambda domain, event, describe: described.update({event: describe}))
    device = entry.runtime_data.printers[None].device.id

    def said(**data: Any) -> str:
        told = {"device_id": device, "print_name": "benchy", "detail": "", **data}
        words = described["failwatch_event"](BusEvent("failwatch_event", told))
        assert words["name"] == "Ender 3"
        return words["message"]

    kinds = [kind.value for kind in EventKind if kind not in (EventKind.ACTION, EventKind.ACKNOWLEDGED)]
    for kind in (*kinds, "paused", "cancelled"):
        assert not said(type=kind, camera="left").startswith("log_"), kind
    for answer in Answer:
        assert not said(type="acknowledged", detail=answer.value).startswith("log_"), answer
    assert said(type="started", print_name="") == "is now watched", "it has no name"
    assert said(type="action_failed") == "could not be paused or cancelled: benchy"
    assert said(type="acknowledged", detail="failure") == "was said to have failed: benchy"
    assert said(type="acknowledged", detail="not_a_failure") == "was said not to be failing: benchy"


async def test_every_message_and_button_has_words(hass: HomeAssistant) -> None:
    """In both languages, with what is put into them."""
    texts = [
        json.loads((FOLDER / "translations" / f"{language}.json").read_text())["common"]
        for language in ("en", "de")
    ]
    sources = "".join(path.read_text() for path in (FOLDER / "notifications").glob("*.py"))
    for key in re.findall(r'"((?:message|button)_[a-z_]+)"', sources):
        assert key in texts[0] or f"{key}_" in "".join(texts[0]), key
    kinds = [
        *IMPORTANCE,
        *CALM,
        *(f"{kind}_plain" for kind in DONE),
        "countdown_pause_plain",
        "countdown_cancel_plain",
    ]
    told = {f"message_{kind}" for kind in kinds if kind not in ("blind", "countdown", "countdown_plain")}
    told |= {f"message_blind_{reason}" for reason in (*KNOWN_REASONS, "other")}
    assert told <= texts[0].keys()
    assert texts[0].keys() == texts[1].keys()
    for key, text in texts[0].items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", texts[1][key])), key
