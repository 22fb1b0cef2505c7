"""Lights that are switched on for pictures."""

import asyncio
from typing import Any

import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.failwatch.cameras.lights import LightFailed
from custom_components.failwatch.cameras.snapshots import async_snapshot
from custom_components.failwatch.engine.errors import SnapshotError
from tests.homeassistant.printer import CAMERA, LIGHT, Printer, picture


class Shots:
    """Pictures of the camera that are taken when the test says so, each in its turn."""

    def __init__(self, hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
        self._hass = hass
        self._begun: asyncio.Queue[asyncio.Event] = asyncio.Queue()
        monkeypatch.setattr(printer.camera, "async_camera_image", self._image)

    async def _image(self, width: int | None = None, height: int | None = None) -> bytes:
        go_on = asyncio.Event()
        self._begun.put_nowait(go_on)
        await go_on.wait()
        return picture()

    async def begin(self) -> tuple[asyncio.Task[bytes], asyncio.Event]:
        """Begin to take a picture by the light; set the event to have it taken."""
        task = asyncio.create_task(async_snapshot(self._hass, CAMERA, LIGHT))
        return task, await self._begun.get()

    async def end(self, shot: tuple[asyncio.Task[bytes], asyncio.Event]) -> None:
        """Have the picture taken, and let follow what follows."""
        task, go_on = shot
        go_on.set()
        await task
        await self._hass.async_block_till_done()


@pytest.fixture
def shots(hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch) -> Shots:
    return Shots(hass, printer, monkeypatch)


def is_lit(hass: HomeAssistant) -> bool:
    return hass.states.get(LIGHT).state == "on"


async def order(hass: HomeAssistant, service: str, **target: Any) -> None:
    """Switch the light as a person does."""
    await hass.services.async_call("light", service, target or {"entity_id": LIGHT}, blocking=True)
    await hass.async_block_till_done()


async def test_a_light_stays_on_until_the_last_who_looks_by_it_is_done(
    hass: HomeAssistant, printer: Printer, shots: Shots
) -> None:
    one, other = await shots.begin(), await shots.begin()
    assert is_lit(hass)
    await shots.end(one)
    assert is_lit(hass)
    await shots.end(other)
    assert not is_lit(hass)
    assert printer.light.switched == [True, False]


async def test_a_look_that_is_dropped_leaves_no_light_on(
    hass: HomeAssistant, printer: Printer, shots: Shots
) -> None:
    task, _ = await shots.begin()
    task.cancel()
    with pytest.raises(SnapshotError):  # which is what a camera entity makes of it
        await task
    await hass.async_block_till_done()
    assert not is_lit(hass)


async def test_who_comes_while_the_light_goes_off_does_not_look_in_the_dark(
    hass: HomeAssistant, printer: Printer, shots: Shots, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, going_off = asyncio.Event(), asyncio.Event()
    switch_off = printer.light.async_turn_off

    async def turn_off(**kwargs: Any) -> None:
        going_off.set()
        await slow.wait()
        await switch_off(**kwargs)

    monkeypatch.setattr(printer.light, "async_turn_off", turn_off)
    task, go_on = await shots.begin()
    go_on.set()
    await task
    await going_off.wait()
    late = asyncio.create_task(shots.begin())
    await asyncio.sleep(0)
    slow.set()
    shot = await late
    assert is_lit(hass)
    await shots.end(shot)
    assert printer.light.switched == [True, False, True, False]


async def test_a_light_that_was_on_stays_on(hass: HomeAssistant, printer: Printer, shots: Shots) -> None:
    await order(hass, "turn_on")
    await shots.end(await shots.begin())
    assert printer.light.switched == [True]


@pytest.mark.parametrize("target", [{}, {"area_id": "workshop"}, {"entity_id": "all"}])
async def test_a_light_that_somebody_wants_on_meanwhile_stays_on(
    hass: HomeAssistant, printer: Printer, shots: Shots, target: dict[str, str]
) -> None:
    workshop = ar.async_get(hass).async_create("Workshop")
    er.async_get(hass).async_update_entity(LIGHT, area_id=workshop.id)
    shot = await shots.begin()
    await order(hass, "turn_on", **target)
    await shots.end(shot)
    assert is_lit(hass)


async def test_another_light_is_another_matter(hass: HomeAssistant, printer: Printer, shots: Shots) -> None:
    shot = await shots.begin()
    await order(hass, "turn_on", entity_id="light.kitchen")
    await hass.services.async_call("button", "press", {"entity_id": "button.pause"}, blocking=True)
    assert is_lit(hass)
    await shots.end(shot)
    assert not is_lit(hass)


async def test_a_light_that_is_switched_at_the_wall_is_left_as_it_is(
    hass: HomeAssistant, printer: Printer, shots: Shots
) -> None:
    shot = await shots.begin()
    for lit in (False, True):
        printer.light._attr_is_on = lit
        printer.light.async_write_ha_state()
        await hass.async_block_till_done()
    await shots.end(shot)
    assert is_lit(hass)


@pytest.mark.parametrize("at_the_wall", [False, True])
async def test_a_light_that_is_switched_off_meanwhile_stays_off_for_the_next_look(
    hass: HomeAssistant, printer: Printer, shots: Shots, at_the_wall: bool
) -> None:
    shot = await shots.begin()
    assert is_lit(hass)
    if at_the_wall:
        printer.light._attr_is_on = False
        printer.light.async_write_ha_state()
        await hass.async_block_till_done()
    else:
        await order(hass, "turn_off")
    await shots.end(shot)
    shot = await shots.begin()
    assert not is_lit(hass)
    await shots.end(shot)


async def test_a_service_of_something_else_that_names_the_light_does_not_switch_it(
    hass: HomeAssistant, printer: Printer, shots: Shots
) -> None:
    """Such as one that asks for its state."""
    asked = async_mock_service(hass, "lab", "inspect")
    shot = await shots.begin()
    await hass.services.async_call("lab", "inspect", {"entity_id": LIGHT}, blocking=True)
    assert asked
    await shots.end(shot)
    assert not is_lit(hass)


async def test_an_automation_that_answers_the_light_is_nobody(
    hass: HomeAssistant, printer: Printer, shots: Shots
) -> None:
    shot = await shots.begin()
    ours = hass.states.get(LIGHT).context
    await hass.services.async_call(
        "light", "turn_on", {"entity_id": LIGHT}, blocking=True, context=Context(parent_id=ours.id)
    )
    assert is_lit(hass)
    await shots.end(shot)
    assert not is_lit(hass)


async def test_a_light_that_fails(
    hass: HomeAssistant,
    printer: Printer,
    shots: Shots,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail(**_: Any) -> None:
        raise HomeAssistantError("bulb")

    with monkeypatch.context() as patched:
        patched.setattr(printer.light, "async_turn_on", fail)
        with pytest.raises(LightFailed, match=LIGHT):
            await async_snapshot(hass, CAMERA, LIGHT)
    await hass.async_block_till_done()
    shot = await shots.begin()
    monkeypatch.setattr(printer.light, "async_turn_off", fail)
    await shots.end(shot)
    assert f"{LIGHT} may stay on after a picture: bulb" in caplog.text


async def test_a_light_that_does_not_answer_keeps_nobody_waiting(
    hass: HomeAssistant,
    printer: Printer,
    shots: Shots,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def hang(**_: Any) -> None:
        await asyncio.Event().wait()

    at_once = ("custom_components.failwatch.cameras.lights.ORDER_TIMEOUT", 0.05)
    with monkeypatch.context() as patched:
        patched.setattr(*at_once)
        patched.setattr(printer.light, "async_turn_on", hang)
        with pytest.raises(LightFailed, match=LIGHT):
            await async_snapshot(hass, CAMERA, LIGHT)
        await hass.async_block_till_done()
    shot = await shots.begin()
    with monkeypatch.context() as patched:
        patched.setattr(*at_once)
        patched.setattr(printer.light, "async_turn_off", hang)
        await shots.end(shot)
    assert f"{LIGHT} may stay on after a picture: no answer" in caplog.text
    await shots.end(await shots.begin())
