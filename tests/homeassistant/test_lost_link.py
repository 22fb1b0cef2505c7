"""An OctoPrint that stops answering in the middle of a print: told once on the phone, and that it is back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.failwatch.engine.watch.state import Blind, Event, EventKind, Phase, WatchState
from custom_components.failwatch.octoprint.coordinator import LinkCoordinator
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import Linked, OctoPrintServer
from tests.homeassistant.phones import Phone, Phones
from tests.homeassistant.printer import until
from tests.patience import eventually

LOST, BACK = "can no longer be watched from here: OctoPrint does not answer", "can be watched again"
WATCH, SIGHT = "sensor.ender_3_watch", "binary_sensor.ender_3_sight"


@pytest.fixture(autouse=True)
def reconnects_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.failwatch.octoprint.coordinator.FIRST_WAIT", 0.05)


@pytest.fixture
async def phone(phones: Phones) -> Phone:
    return await phones.add(1)


async def begin(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phone: Phone, state: WatchState
) -> MockConfigEntry:
    """Link an OctoPrint, tell the phone, and lose the link."""
    octoprint.state = state
    entry = await linked()
    hass.config_entries.async_update_entry(entry, options={"notify_devices": [phone.device]})
    await lose(hass, octoprint)
    return entry


async def lose(hass: HomeAssistant, octoprint: OctoPrintServer) -> None:
    octoprint.plugin = False
    await octoprint.drop()
    await until(hass, SIGHT, "off")


async def find(hass: HomeAssistant, octoprint: OctoPrintServer) -> None:
    octoprint.plugin = True
    await eventually(lambda: hass.states.get(WATCH).state != "unavailable")


async def minutes_pass(hass: HomeAssistant, minutes: float) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=minutes))
    await hass.async_block_till_done()


async def lose_for_long(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phone: Phone
) -> dict[str, Any]:
    """Lose the link while a print is watched, until the phone is told; return that message."""
    await begin(hass, octoprint, linked, phone, states.watching())
    await minutes_pass(hass, 11)
    return await phone.got(LOST)


async def test_it_is_told_once_and_that_it_is_back(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phone: Phone
) -> None:
    await begin(hass, octoprint, linked, phone, states.watching())
    await minutes_pass(hass, 9)
    assert not phone.messages
    await minutes_pass(hass, 11)
    lost = await phone.got(LOST)
    assert hass.states.get(WATCH).state == "unavailable", "telling it brings no news"
    await minutes_pass(hass, 60)
    await find(hass, octoprint)
    back = await phone.got(BACK)
    assert back["data"]["tag"] == lost["data"]["tag"], "it takes the other one's place"
    await octoprint.push(state=states.watching(number=13))
    await lose(hass, octoprint)
    await minutes_pass(hass, 11)
    await eventually(lambda: len(phone.messages) == 3)
    assert [LOST in one["message"] for one in phone.messages] == [True, False, True]


@pytest.mark.parametrize(
    "state",
    [
        states.idle(),
        replace(states.watching(), phase=Phase.PAUSED),
        replace(states.watching(), muted=True),
    ],
    ids=["no print", "paused", "muted"],
)
async def test_where_nobody_waits_for_news_nothing_is_told(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phone: Phone, state: WatchState
) -> None:
    await begin(hass, octoprint, linked, phone, state)
    await minutes_pass(hass, 11)
    await find(hass, octoprint)
    await octoprint.push(state=states.watching(print_id="print-2"))
    await until(hass, WATCH, "watching")
    assert not phone.messages
    await lose(hass, octoprint)
    await minutes_pass(hass, 11)
    await phone.got(LOST)


async def test_a_print_that_is_over_when_octoprint_is_back_takes_the_message_with_it(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phone: Phone
) -> None:
    lost = await lose_for_long(hass, octoprint, linked, phone)
    octoprint.state = replace(states.watching(), phase=Phase.IDLE)
    await find(hass, octoprint)
    await octoprint.push(
        state=states.idle(), events=[Event(EventKind.ENDED, states.AT + 900, "print-1", "failed")]
    )
    await phone.cleared(lost)
    assert not [one for one in phone.messages if BACK in one["message"]]


@pytest.mark.parametrize(
    "later",
    [
        replace(states.watching(), phase=Phase.IDLE),
        states.idle(),
        states.watching(print_id="print-2"),
    ],
    ids=["at rest", "no print", "another print"],
)
async def test_a_print_of_whose_end_nobody_hears_takes_the_message_with_it(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phone: Phone, later: WatchState
) -> None:
    """As where its machine lost power: the plugin finds no job, and tells of no end."""
    lost = await lose_for_long(hass, octoprint, linked, phone)
    octoprint.state = later
    await find(hass, octoprint)
    await phone.cleared(lost)
    assert not [one for one in phone.messages if BACK in one["message"]]


async def test_a_camera_that_fails_when_octoprint_is_back_is_waited_for(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phone: Phone
) -> None:
    await lose_for_long(hass, octoprint, linked, phone)
    told = async_capture_events(hass, "failwatch_event")
    octoprint.state = replace(
        states.watching(), phase=Phase.BLIND, blind=Blind("camera", "no answer", states.AT)
    )
    await find(hass, octoprint)
    assert not told
    await octoprint.push(state=states.watching(number=13))
    await phone.got(BACK)
    assert [event.data["type"] for event in told] == ["seeing"]


async def test_of_a_print_that_is_told_to_have_ended_nothing_is_told_afterwards(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phone: Phone
) -> None:
    octoprint.instance = "instance"
    lost = await lose_for_long(hass, octoprint, linked, phone)
    told = async_capture_events(hass, "failwatch_event")
    octoprint.state, octoprint.now = states.idle(), states.AT + 905
    octoprint.recent = [Event(EventKind.ENDED, states.AT + 900, "print-1", "failed")]
    await find(hass, octoprint)
    await phone.cleared(lost)
    assert [event.data["type"] for event in told] == ["ended"]


async def test_an_end_that_is_too_old_to_be_told_takes_the_message_with_it(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phone: Phone
) -> None:
    octoprint.instance = "instance"
    lost = await lose_for_long(hass, octoprint, linked, phone)
    octoprint.state = states.idle()
    octoprint.recent = [Event(EventKind.ENDED, states.AT, "print-1", "failed")]
    octoprint.now = states.AT + 3600
    await find(hass, octoprint)
    await phone.cleared(lost)


async def test_who_asked_for_silence_is_told_when_that_ends(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = states.AT
    monkeypatch.setattr(LinkCoordinator, "clock", property(lambda _: (now, 1.0)))
    await begin(hass, octoprint, linked, phone, replace(states.watching(), snoozed_until=states.AT + 1800))
    await minutes_pass(hass, 11)
    await minutes_pass(hass, 29)
    assert not phone.messages
    now = states.AT + 1860
    await minutes_pass(hass, 31)
    await phone.got(LOST)


async def test_an_unloaded_link_tells_nothing(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phone: Phone
) -> None:
    entry = await begin(hass, octoprint, linked, phone, states.watching())
    await hass.config_entries.async_unload(entry.entry_id)
    await minutes_pass(hass, 11)
    assert not phone.messages
    octoprint.plugin = True
    await hass.config_entries.async_setup(entry.entry_id)
    await lose(hass, octoprint)
    await minutes_pass(hass, 11)
    await phone.got(LOST)
