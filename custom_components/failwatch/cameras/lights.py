"""Switch lights on for prints and pictures: each is lent to all who need it, and goes off after the last."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any

from homeassistant.components import light
from homeassistant.const import (
    ATTR_DOMAIN,
    ATTR_ENTITY_ID,
    ATTR_SERVICE,
    ATTR_SERVICE_DATA,
    ENTITY_MATCH_ALL,
    EVENT_CALL_SERVICE,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    Context,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..engine.errors import SnapshotError
from ..shared.problems import foreign_text

_LOGGER = logging.getLogger(__package__)

LIGHT_SETTLES = 2.0
"""Seconds that a light needs to do as it is told, and a camera to see by it."""
ORDER_TIMEOUT = 10.0
"""Seconds after which a light that does not answer is given up: whoever looks next must not wait for it."""


class LightFailed(SnapshotError):
    """The light for the picture could not be switched on."""

    kind = "light_failed"


class LightMode(StrEnum):
    """When a light is switched on for the pictures."""

    PRINTING = "printing"
    LOOK = "look"
    NEVER = "never"


class Lamp:
    """One light, switched on for whoever borrows it first and off after whoever gives it back last.

    A light that is on already is left alone, and so is one that somebody else switches meanwhile.
    """

    def __init__(self, hass: HomeAssistant, entity_id: str) -> None:
        """Switch nothing yet."""
        self._hass = hass
        self._entity_id = entity_id
        self._borrowers = 0
        self._switching = asyncio.Lock()
        self._lit_by: Context | None = None
        """What the light was switched on with, None while it is not for us to switch it off."""
        self.has_failed = False
        """Whether it did not come on when it was switched on last."""
        self._is_left_off = False
        """Whether somebody switched it off meanwhile, and does not want it on."""
        self._stop_heeding: list[CALLBACK_TYPE] = []

    @property
    def is_ours(self) -> bool:
        """Whether the light is on because it was borrowed, so that it goes off again."""
        return self._lit_by is not None

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[None]:
        """Have the light on meanwhile; raises LightFailed."""
        try:
            await self.async_borrow()
            yield
        finally:
            self.async_give_back()

    async def async_borrow(self, *, was_ours: bool = False) -> None:
        """Have the light on until it is given back; raises LightFailed, and then has to be given back too.

        Where it is on already it stays on afterwards, unless it `was_ours` before a restart.
        """
        self._borrowers += 1
        async with self._switching:
            lamp = self._hass.states.get(self._entity_id)
            if was_ours and lamp is not None and lamp.state == STATE_ON and self._lit_by is None:
                self._lit_by = Context()
                self._heed_others()
            await self._switch_on()

    @callback
    def async_give_back(self) -> None:
        """Switch the light off soon, if nobody else has borrowed it."""
        self._borrowers -= 1
        if not self._borrowers and self._lit_by is not None:
            # Whoever looked has a picture now and need not wait; whoever looks next must.
            self._hass.async_create_task(self._switch_off(), f"FailWatch switches {self._entity_id} off")

    @callback
    def async_abandon(self) -> None:
        """Give the light back as it is: it will be borrowed again after a restart."""
        self._borrowers -= 1
        if not self._borrowers:
            self._leave()

    @callback
    def async_forget_others(self) -> None:
        """Switch the light on again although somebody switched it off: that was for another print."""
        self._is_left_off = False

    async def async_settled(self) -> None:
        """Wait until the light is not being switched."""
        async with self._switching:
            return

    async def async_try_again(self) -> None:
        """Switch a borrowed light on that failed to come on; raises LightFailed."""
        async with self._switching:
            if self._borrowers:
                await self._switch_on()

    async def _switch_on(self) -> None:
        lamp = self._hass.states.get(self._entity_id)
        if lamp is None or lamp.state != STATE_OFF or self._is_left_off:
            return
        self._lit_by = self._lit_by or Context()
        self._heed_others()
        try:
            await self._order(SERVICE_TURN_ON, self._lit_by)
        except (HomeAssistantError, TimeoutError) as error:
            self.has_failed = True
            raise LightFailed(f"{self._entity_id} could not be switched on.") from error
        self.has_failed = False
        await asyncio.sleep(LIGHT_SETTLES)

    async def _switch_off(self) -> None:
        async with self._switching:
            if self._borrowers or self._lit_by is None:
                return
            context = self._lit_by
            self._leave()
            try:
                await self._order(SERVICE_TURN_OFF, context)
            except (HomeAssistantError, TimeoutError) as error:
                problem = foreign_text(error) if str(error) else "no answer"
                _LOGGER.warning("%s may stay on after a picture: %s", self._entity_id, problem)
            await asyncio.sleep(LIGHT_SETTLES)

    async def _order(self, service: str, context: Context) -> None:
        target = {ATTR_ENTITY_ID: self._entity_id}
        async with asyncio.timeout(ORDER_TIMEOUT):
            await self._hass.services.async_call(
                light.DOMAIN, service, target, blocking=True, context=context
            )

    # What others do with it

    def _heed_others(self) -> None:
        if not self._stop_heeding:
            self._stop_heeding = [
                self._hass.bus.async_listen(EVENT_CALL_SERVICE, self._handle_order),
                async_track_state_change_event(self._hass, self._entity_id, self._handle_state),
            ]

    @callback
    def _leave(self) -> None:
        """Leave the light as it is."""
        self._lit_by = None
        while self._stop_heeding:
            self._stop_heeding.pop()()

    @callback
    def _handle_order(self, event: Event[Any]) -> None:
        """Leave the light to somebody else who switches it, also where it is on already and nothing changes."""
        ours = self._lit_by
        if event.data[ATTR_DOMAIN] != light.DOMAIN or ours is None:
            return
        if ours.id in (event.context.id, event.context.parent_id):
            return
        if self._is_meant(event.data[ATTR_SERVICE_DATA]):
            self._is_left_off = event.data[ATTR_SERVICE] == SERVICE_TURN_OFF
            self._leave()

    def _is_meant(self, target: dict[str, Any]) -> bool:
        if target.get(ATTR_ENTITY_ID) in (ENTITY_MATCH_ALL, [ENTITY_MATCH_ALL]):
            return True
        meant = async_extract_referenced_entity_ids(self._hass, TargetSelection(target))
        return self._entity_id in meant.referenced | meant.indirectly_referenced

    @callback
    def _handle_state(self, event: Event[EventStateChangedData]) -> None:
        """Leave a light that goes off while it is lent: there is a switch on the wall, too."""
        before, now = event.data["old_state"], event.data["new_state"]
        if before is not None and before.state == STATE_ON and now is not None and now.state == STATE_OFF:
            self._is_left_off = True
            self._leave()


LAMPS: HassKey[dict[str, Lamp]] = HassKey(f"{DOMAIN}_lamps")


@callback
def async_lamp(hass: HomeAssistant, entity_id: str) -> Lamp:
    """Return a light, the same one to all who ask for it."""
    return hass.data.setdefault(LAMPS, {}).setdefault(entity_id, Lamp(hass, entity_id))


class PrintLight:
    """The light of one watched printer: on from a print's beginning to its end, switched once for it."""

    def __init__(self, hass: HomeAssistant, lamp: Lamp | None, *, was_ours: bool = False) -> None:
        """Switch nothing yet. `was_ours` says that it was switched on for a print before a restart."""
        self._hass = hass
        self._lamp = lamp
        self._was_ours = was_ours
        self._is_wanted = False

    @property
    def is_ours(self) -> bool:
        """Whether the light is to be switched off after the print."""
        return self._was_ours or (self._is_wanted and self._lamp is not None and self._lamp.is_ours)

    @callback
    def async_want(self, wanted: bool) -> None:
        """Have the light on from now on, or no longer. Said twice it changes nothing."""
        if self._lamp is None or (wanted == self._is_wanted and not self._was_ours):
            return
        was_ours, self._was_ours = self._was_ours, False
        before, self._is_wanted = self._is_wanted, wanted
        if not was_ours and wanted:
            self._lamp.async_forget_others()
        self._hass.async_create_task(
            self._switch(self._lamp, borrow=not before, was_ours=was_ours, give_back=not wanted),
            "FailWatch switches the light for a print",
        )

    @callback
    def async_stop(self) -> None:
        """Leave the light on: the print goes on, and so does its watch before long."""
        if self._lamp is not None and self._is_wanted:
            self._was_ours = self._lamp.is_ours
            self._is_wanted = False
            self._lamp.async_abandon()

    async def _switch(self, lamp: Lamp, *, borrow: bool, was_ours: bool, give_back: bool) -> None:
        try:
            if borrow:
                await lamp.async_borrow(was_ours=was_ours)
        except LightFailed as error:
            # The looks try it again where they need it, and tell of it.
            _LOGGER.debug("The light for a print failed: %s", error)
        finally:
            if give_back:
                lamp.async_give_back()
