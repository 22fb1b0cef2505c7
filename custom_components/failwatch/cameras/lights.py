"""Lights that are switched on for a picture: each is lent to all who look by it, and goes off after the last."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.components import light
from homeassistant.const import (
    ATTR_DOMAIN,
    ATTR_ENTITY_ID,
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

_LOGGER = logging.getLogger(__package__)

LIGHT_SETTLES = 2.0
"""Seconds that a light needs to do as it is told, and a camera to see by it."""
ORDER_TIMEOUT = 10.0
"""Seconds after which a light that does not answer is given up: whoever looks next must not wait for it."""


class LightFailed(SnapshotError):
    """The light for the picture could not be switched on."""

    kind = "light_failed"


class Lamp:
    """One light, switched on for whoever looks first and off after whoever looks last.

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
        self._stop_heeding: list[CALLBACK_TYPE] = []

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[None]:
        """Have the light on meanwhile; raises LightFailed."""
        self._borrowers += 1
        try:
            async with self._switching:
                await self._switch_on()
            yield
        finally:
            self._borrowers -= 1
            if not self._borrowers and self._lit_by is not None:
                # Whoever looked has a picture now and need not wait; whoever looks next must.
                self._hass.async_create_task(self._switch_off(), f"FailWatch switches {self._entity_id} off")

    async def _switch_on(self) -> None:
        lamp = self._hass.states.get(self._entity_id)
        if lamp is None or lamp.state != STATE_OFF:
            return
        self._lit_by = self._lit_by or Context()
        self._heed_others()
        try:
            await self._order(SERVICE_TURN_ON, self._lit_by)
        except (HomeAssistantError, TimeoutError) as error:
            raise LightFailed(f"{self._entity_id} could not be switched on.") from error
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
                problem = str(error) or "no answer"
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
            self._leave()


LAMPS: HassKey[dict[str, Lamp]] = HassKey(f"{DOMAIN}_lamps")


@callback
def async_lamp(hass: HomeAssistant, entity_id: str) -> Lamp:
    """Return a light, the same one to all who ask for it."""
    return hass.data.setdefault(LAMPS, {}).setdefault(entity_id, Lamp(hass, entity_id))
