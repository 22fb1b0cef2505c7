"""Messages that may not have arrived are sent again, and those that are over are taken back though nobody told so."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from homeassistant.components import persistent_notification
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.failwatch.engine.judging.verdict import Level
from custom_components.failwatch.engine.watch.policy import Action, Cause, Countdown, Intervention, Order
from custom_components.failwatch.engine.watch.state import Event, EventKind, Phase, WatchState
from custom_components.failwatch.notifications import sent
from custom_components.failwatch.octoprint.coordinator import LinkCoordinator
from tests.homeassistant import printer as printers
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import Linked, OctoPrintServer
from tests.homeassistant.phones import Phone, Phones
from tests.homeassistant.printer import until
from tests.patience import PATIENCE, eventually

FAILURE = states.watching(Level.FAILURE, p=0.9)
PAUSED = replace(FAILURE, phase=Phase.PAUSED)
JAMMED = Order(Action.PAUSE, Cause.FAILURE, problems=("jammed",))
MAIL = "notify.mail"
MOMENTS = count(states.AT)
AGAIN_AFTER = "custom_components.failwatch.notifications.messenger.AGAIN_AFTER"


@pytest.fixture
async def phone(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    phones: Phones,
    monkeypatch: pytest.MonkeyPatch,
) -> Phone:
    """Link a printer whose messages go to a phone, and to a notifier that is there later."""
    monkeypatch.setattr(AGAIN_AFTER, 0.05)
    phone = await phones.add(1)
    entry = await linked()
    hass.config_entries.async_update_entry(entry, options={"notify_devices": [phone.device]})
    return phone


async def happens(
    octoprint: OctoPrintServer, kind: EventKind, detail: str = "", state: WatchState = FAILURE
) -> None:
    event = Event(kind, next(MOMENTS), "print-1", detail, state.level)
    await octoprint.push(state=state, events=[event])


def shown(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return what Home Assistant itself shows."""
    return list(_async_get_or_create_notifications(hass).values())


async def forget(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Forget what is shown, and read again what was stored, as Home Assistant's restart does."""
    await hass.config_entries.async_unload(entry.entry_id)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=5))
    await hass.async_block_till_done()
    persistent_notification.async_dismiss_all(hass)
    del hass.data[sent.SENT]
    await sent.async_setup_sent(hass)


async def restart(hass: HomeAssistant, octoprint: OctoPrintServer, entry: MockConfigEntry) -> None:
    """Restart Home Assistant, as far as a link sees that."""
    await forget(hass, entry)
    await octoprint.drop()
    await hass.config_entries.async_setup(entry.entry_id)
    await octoprint.connected()


def again(phone: Phone) -> list[str]:
    """Return what was sent to the phone again."""
    return [one["message"] for one in phone.messages if one["data"].get("alert_once")]


async def test_an_alarm_that_got_lost_on_its_way_to_the_phone_arrives_later(
    octoprint: OctoPrintServer, phone: Phone, phones: Phones
) -> None:
    """The app's integration tells nobody that it could not send, as while the internet is down."""
    phones.refuses = True
    await happens(octoprint, EventKind.FAILURE)
    await eventually(lambda: phones.refused)
    assert not phone.messages
    phones.refuses = False
    message = await phone.got("is failing")
    assert message["data"]["alert_once"], "a phone that shows it already makes no sound"
    assert message["data"]["actions"]


@pytest.mark.parametrize(
    ("kind", "detail", "state"),
    [
        (EventKind.FAILURE, "", FAILURE),
        (EventKind.ACTION_FAILED, "jammed", FAILURE),
        (EventKind.ACTION_FAILED, "jammed", replace(FAILURE, phase=Phase.BLIND)),
        (EventKind.ACTION, "pause", PAUSED),
    ],
)
async def test_what_needs_somebody_is_sent_once_more(
    octoprint: OctoPrintServer, phone: Phone, kind: EventKind, detail: str, state: WatchState
) -> None:
    await happens(octoprint, kind, detail, state)
    await phone.got_many(2)
    first, second = phone.messages
    assert first["message"] == second["message"]
    assert first["data"]["tag"] == second["data"]["tag"], "it takes the other one's place"
    await happens(octoprint, EventKind.CLEARED)
    await happens(octoprint, EventKind.FAILURE)
    await eventually(lambda: len(again(phone)) >= 2)
    assert len(again(phone)) == 2, "no message comes a third time"


async def test_what_was_answered_is_not_sent_again(octoprint: OctoPrintServer, phone: Phone) -> None:
    await happens(octoprint, EventKind.FAILURE)
    message = await phone.got("is failing")
    await happens(octoprint, EventKind.ACKNOWLEDGED, "not_a_failure", states.watching())
    await phone.cleared(message)
    phone.messages.clear()
    await happens(octoprint, EventKind.ACTION_FAILED, "jammed")
    await eventually(lambda: again(phone))
    assert all("jammed" in text for text in again(phone))


@pytest.mark.parametrize(
    "state",
    [
        replace(FAILURE, snoozed_until=time.time() + 86400),
        replace(FAILURE, muted=True),
        PAUSED,
        states.idle(),
    ],
    ids=["snoozed", "muted", "paused by hand", "over"],
)
async def test_who_took_care_of_it_hears_it_once(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
    state: WatchState,
) -> None:
    monkeypatch.setattr(AGAIN_AFTER, 0.0)

    async def say(kind: str, detail: str = "") -> None:
        data = {"entity_id": "sensor.ender_3_watch", "kind": kind, "detail": detail}
        await hass.services.async_call("failwatch", "notify", data, blocking=True)

    await octoprint.push(state=state)
    await until(hass, "sensor.ender_3_watch", state.phase.value)
    await say("failure")
    await octoprint.push(state=replace(FAILURE, print_id="print-2"))
    await eventually(
        lambda: hass.states.get("sensor.ender_3_failure_state").attributes["print_id"] == "print-2"
    )
    await say("action_failed", "jammed")
    await eventually(lambda: any("jammed" in text for text in again(phone)))
    assert len(again(phone)) == 1


async def notify(hass: HomeAssistant, kind: str, *phones: Phone, **more: Any) -> None:
    """Send a message as an automation does."""
    devices = [phone.device for phone in phones]
    data = {"entity_id": "sensor.ender_3_watch", "kind": kind, "notify_devices": devices, **more}
    await hass.services.async_call("failwatch", "notify", data, blocking=True)


async def test_what_a_newer_message_took_the_place_of_is_not_sent_again(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    phone: Phone,
    phones: Phones,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither to the phone in the settings that an automation names, too; others have nothing newer."""
    monkeypatch.setattr(AGAIN_AFTER, 0.5)
    other = await phones.add(2)
    await octoprint.push(state=FAILURE)
    await until(hass, "sensor.ender_3_failure_state", "failure")
    await notify(hass, "failure", phone, other)
    await happens(octoprint, EventKind.ACTION_FAILED, "jammed")
    await eventually(lambda: any("jammed" in text for text in again(phone)) and again(other))
    told = [one["message"] for one in phone.messages]
    newer = next(index for index, text in enumerate(told) if "jammed" in text)
    assert all("jammed" in text for text in told[newer:])
    assert all("is failing" in text for text in again(other))


async def test_no_message_waits_for_one_that_is_sent_again(
    hass: HomeAssistant, octoprint: OctoPrintServer, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its picture may take half a minute, and a pause may be announced for less."""
    answers, asked = asyncio.Event(), []

    async def picture(link: LinkCoordinator) -> None:
        asked.append(link)
        if len(asked) == 2:
            await answers.wait()

    monkeypatch.setattr(LinkCoordinator, "async_picture", picture)
    monkeypatch.setattr("custom_components.failwatch.notifications.sending.SENT_WITHIN", PATIENCE)
    await happens(octoprint, EventKind.FAILURE)
    await eventually(lambda: len(asked) == 2)
    await notify(hass, "countdown", pauses_in=3600)
    await phone.got("will be paused")
    assert not any("is failing" in text for text in again(phone))
    answers.set()
    await eventually(lambda: any("is failing" in text for text in again(phone)))


@pytest.mark.parametrize(("pauses_in", "told"), [(3600, True), (0, False)])
async def test_a_pause_is_announced_again_only_before_it_comes(
    hass: HomeAssistant, octoprint: OctoPrintServer, phone: Phone, pauses_in: int, told: bool
) -> None:
    await octoprint.push(state=FAILURE)
    await until(hass, "sensor.ender_3_failure_state", "failure")
    await notify(hass, "countdown", pauses_in=pauses_in)
    await notify(hass, "failure")
    await eventually(lambda: any("is failing" in text for text in again(phone)))
    assert any("will be paused" in text for text in again(phone)) is told


async def test_a_notifier_that_is_away_gets_it_when_it_is_back(
    hass: HomeAssistant, octoprint: OctoPrintServer, phone: Phone
) -> None:
    """Home Assistant leaves it out without a word."""
    sent = async_mock_service(hass, "notify", "send_message")
    hass.states.async_set(MAIL, "unavailable")
    hass.states.async_set("notify.chat", "unknown")
    (entry,) = hass.config_entries.async_entries("failwatch")
    hass.config_entries.async_update_entry(
        entry, options={"notify_devices": [phone.device], "notify_entities": ["notify.chat", MAIL]}
    )
    await happens(octoprint, EventKind.FAILURE)
    await phone.got_many(2)
    assert len(sent) == 1
    hass.states.async_set(MAIL, "unknown")
    await eventually(lambda: MAIL in str(sent[-1].data))
    assert "is failing" in sent[-1].data["message"]
    assert len(sent) == 2, "the other one got it at once"
    assert len(phone.messages) == 2, "nobody else hears of that"


@pytest.mark.parametrize("recent", [[], [Event(EventKind.ENDED, states.AT, "print-1", "failed")]])
@pytest.mark.parametrize("later", [states.idle(), states.watching(print_id="print-2")])
async def test_an_alarm_goes_with_its_print_though_nobody_hears_of_the_end(
    hass: HomeAssistant, octoprint: OctoPrintServer, phone: Phone, later: WatchState, recent: list[Event]
) -> None:
    """As where OctoPrint's machine lost power, or was not heard for so long that the end is no news."""
    await happens(octoprint, EventKind.FAILURE)
    message = await phone.got("is failing")
    octoprint.state, octoprint.recent, octoprint.now = later, recent, states.AT + 3600
    await octoprint.drop()
    await phone.cleared(message)
    assert "is failing" not in phone.messages[-1]["message"]


@pytest.mark.parametrize("words", ["is failing.", "It will be paused at", "is paused.", "stopped: jammed"])
async def test_what_home_assistant_itself_showed_is_there_after_its_restart(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, words: str
) -> None:
    """Home Assistant forgets what it shows when it is restarted."""
    countdown = Countdown(Action.PAUSE, states.AT, states.AT + 60)
    octoprint.state = {
        "is failing.": FAILURE,
        "It will be paused at": replace(FAILURE, intervention=Intervention(countdown)),
        "is paused.": replace(PAUSED, intervention=Intervention(paused_at=states.AT, done=True)),
        "stopped: jammed": replace(FAILURE, intervention=Intervention(ordered=JAMMED)),
    }[words]
    entry = await linked()
    await happens(octoprint, EventKind.FAILURE, state=octoprint.state)
    await eventually(lambda: shown(hass))
    await restart(hass, octoprint, entry)
    await eventually(lambda: shown(hass))
    assert words in shown(hass)[0]["message"]
    await happens(octoprint, EventKind.ACKNOWLEDGED, "failure")
    await eventually(lambda: not shown(hass))


@pytest.mark.parametrize(
    "state",
    [
        states.watching(),
        states.watching(Level.MAYBE, p=0.5),
        replace(FAILURE, muted=True),
        replace(FAILURE, latch=replace(FAILURE.latch, confirmed=True)),
        PAUSED,
    ],
    ids=["good", "suspicious", "muted", "answered", "paused by hand"],
)
async def test_what_waits_for_no_answer_is_not_shown_again(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, state: WatchState
) -> None:
    octoprint.state = state
    entry = await linked()
    await happens(octoprint, EventKind.FAILURE)
    await eventually(lambda: shown(hass))
    octoprint.state = state
    await restart(hass, octoprint, entry)
    await hass.async_block_till_done()
    assert not shown(hass)
    await happens(octoprint, EventKind.FAILURE)
    await eventually(lambda: shown(hass))


@pytest.mark.parametrize("reloaded", [True, False])
async def test_what_waits_for_an_answer_is_sent_again_after_a_restart(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    phone: Phone,
    phones: Phones,
    monkeypatch: pytest.MonkeyPatch,
    reloaded: bool,
) -> None:
    """It may have got lost, and nothing is left of what was to be sent after five minutes."""
    monkeypatch.setattr(AGAIN_AFTER, 1e6)
    (entry,) = hass.config_entries.async_entries("failwatch")
    phones.refuses = True
    await happens(octoprint, EventKind.FAILURE)
    await eventually(lambda: phones.refused)
    phones.refuses = False
    if reloaded:
        await hass.config_entries.async_reload(entry.entry_id)
    else:
        await restart(hass, octoprint, entry)
    assert (await phone.got("is failing"))["data"]["alert_once"]
    await happens(octoprint, EventKind.ACTION_FAILED, "jammed")
    await phone.got("jammed")
    assert len(again(phone)) == 1
    assert not shown(hass)


async def test_no_notifier_is_looked_for_before_home_assistant_has_started(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    mails = async_mock_service(hass, "notify", "send_message")
    hass.states.async_set(MAIL, "unknown")
    octoprint.state = FAILURE
    entry = await linked()
    hass.config_entries.async_update_entry(entry, options={"notify_entities": [MAIL]})
    await happens(octoprint, EventKind.FAILURE)
    await eventually(lambda: mails)
    hass.states.async_remove(MAIL)
    hass.set_state(CoreState.starting)
    await restart(hass, octoprint, entry)
    await until(hass, "sensor.ender_3_failure_state", "failure")
    await hass.async_block_till_done(wait_background_tasks=False)
    assert not shown(hass)
    hass.states.async_set(MAIL, "unknown")
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await eventually(lambda: len(mails) == 2)
    assert not shown(hass)


async def test_a_failure_that_is_to_lead_to_nothing_is_not_told_after_a_restart(
    hass: HomeAssistant, printer: printers.Printer
) -> None:
    """Though something else was told before."""
    entry = await printers.watch(hass, on_maybe="nothing", on_failure="nothing")
    await printer.says("printing")
    await printer.looks(3)
    printer.detector.p = 0.95
    await until(hass, "sensor.voron_failure_state", "failure")
    say = {"entity_id": "sensor.voron_watch", "kind": "blind"}
    await hass.services.async_call("failwatch", "notify", say, blocking=True)
    assert len(shown(hass)) == 1
    await forget(hass, entry)
    await hass.config_entries.async_setup(entry.entry_id)
    await until(hass, "sensor.voron_failure_state", "failure")
    await printer.looks(1)
    assert not shown(hass)
    await hass.services.async_call("failwatch", "notify", say, blocking=True)
    assert len(shown(hass)) == 1, "of nothing else"
