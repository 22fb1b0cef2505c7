"""Follow a printer's entities, and tell the watch what becomes of its prints."""

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfPower
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import async_update_entity
from homeassistant.helpers.event import async_call_later, async_track_state_change_event
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import PowerConverter

from ..const import (
    CONF_ENDED_STATES,
    CONF_JOB_ENTITY,
    CONF_PAUSED_STATES,
    CONF_POWER_ABOVE,
    CONF_POWER_CUT,
    CONF_PREPARING_STATES,
    CONF_PRINTING_STATES,
    CONF_PROGRESS_ENTITY,
    CONF_SETTLING,
    CONF_START_ENTITY,
    CONF_STATUS_ENTITY,
    DEFAULT_POWER_CUT,
    DOMAIN,
)
from ..engine.clock import Clock
from ..engine.watch.policy import Action
from .print_status import SILENT_STATES, Command, Job, PrintStatus, Reading, Times, Words, follow
from .printers import Meaning, preset_of

JOB_NAME_DELAY: Final = 2.0  # seconds
ASK_EVERY: Final = 3.0
"""Seconds by the real clock after which an entity that does not say that its printer obeys is brought up to date."""


def is_power(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity tells a power."""
    state = hass.states.get(entity_id)
    return state is not None and _power_unit(state) is not None


def watts(hass: HomeAssistant, entity_id: str) -> float | None:
    """Return the power that an entity tells, in whatever unit its user wants to read it."""
    state, power = hass.states.get(entity_id), _number(_word(hass, entity_id))
    unit = None if state is None else _power_unit(state)
    return power if power is None or unit is None else PowerConverter.convert(power, unit, UnitOfPower.WATT)


def words_of(hass: HomeAssistant, settings: Mapping[str, Any]) -> Words:
    """Return what the words of a printing entity mean, by its settings and its integration."""
    registered = er.async_get(hass).async_get(settings[CONF_STATUS_ENTITY])
    return Words(
        settings.get(CONF_PRINTING_STATES, ()),
        settings.get(CONF_PAUSED_STATES, ()),
        settings.get(CONF_PREPARING_STATES, ()),
        settings.get(CONF_ENDED_STATES, ()),
        preset_of(registered.platform if registered else None),
    )


def times_of(hass: HomeAssistant, settings: Mapping[str, Any]) -> Times:
    """Return how long news must last, by the settings."""
    registered = er.async_get(hass).async_get(settings[CONF_STATUS_ENTITY])
    power = settings.get(CONF_POWER_ABOVE) is not None
    preset = preset_of(registered.platform if registered else None, is_power=power)
    return Times(
        settling=float(settings.get(CONF_SETTLING, preset.settling)),
        naming=JOB_NAME_DELAY if settings.get(CONF_JOB_ENTITY) else 0.0,
        power_cut=3600.0 * float(settings.get(CONF_POWER_CUT, DEFAULT_POWER_CUT)),
    )


def read(hass: HomeAssistant, settings: Mapping[str, Any]) -> Reading:
    """Return what the entities say now."""
    word = _word(hass, settings[CONF_STATUS_ENTITY])
    job = Job(
        _word(hass, settings.get(CONF_JOB_ENTITY)),
        _number(_word(hass, settings.get(CONF_PROGRESS_ENTITY))),
        _time(_word(hass, settings.get(CONF_START_ENTITY))),
    )
    above = settings.get(CONF_POWER_ABOVE)
    if above is None:
        return Reading(words_of(hass, settings).meaning(word), word, job)
    power = watts(hass, settings[CONF_STATUS_ENTITY])
    if power is None:
        return Reading(Meaning.SILENT, word, job)
    return Reading(Meaning.PRINTING if power > float(above) else Meaning.ENDED, word, job)


def tells_pauses(hass: HomeAssistant, settings: Mapping[str, Any]) -> bool:
    """Return whether the printing entity can say that the print is paused; a plug that measures power cannot."""
    return settings.get(CONF_POWER_ABOVE) is None and words_of(hass, settings).tell_pauses


def _word(hass: HomeAssistant, entity_id: str | None) -> str:
    state = hass.states.get(entity_id) if entity_id else None
    return "" if state is None or state.state in SILENT_STATES else state.state


def _power_unit(state: State) -> str | None:
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    return unit if unit in PowerConverter.VALID_UNITS else None


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


def _time(word: str) -> float | None:
    time = dt_util.parse_datetime(word)
    return None if time is None else dt_util.as_utc(time).timestamp()


class PrintStatusListener:
    """Follows the entities from `async_start` on, and calls `tell` with what the watch has to be told."""

    def __init__(
        self,
        hass: HomeAssistant,
        settings: Mapping[str, Any],
        clock: Clock,
        *,
        status: PrintStatus,
        tell: Callable[[Sequence[Command]], None],
        heard: Callable[[Reading, float], None],
    ) -> None:
        """Begin with what was known before the start.

        `heard` is called with every reading, and with the seconds for which nothing was heard.
        """
        self.status = replace(status, meaning=None)
        self.settings = settings
        self._hass = hass
        self._clock = clock
        self._tell = tell
        self._heard = heard
        self._ends: list[CALLBACK_TYPE] = []
        self._planned: CALLBACK_TYPE | None = None
        self._silent_since: float | None = None
        self._news = asyncio.Event()

    @property
    def kept(self) -> PrintStatus:
        """What must be known after a restart, before which nothing was heard from now on."""
        if self.status.print_id is None or self.status.silent_since is not None:
            return self.status
        return replace(self.status, silent_since=self._clock.now())

    @callback
    def async_start(self, later: float) -> None:
        """Read the entities for the first time so many seconds later, and then whenever one of them changes.

        Nothing begins before Home Assistant has started: until then entities are missing, or say what is not so.
        """

        @callback
        def begin(_: HomeAssistant) -> None:
            entities = [
                self.settings[key]
                for key in (CONF_STATUS_ENTITY, CONF_JOB_ENTITY, CONF_PROGRESS_ENTITY, CONF_START_ENTITY)
                if self.settings.get(key)
            ]
            self._ends.append(async_track_state_change_event(self._hass, entities, self._handle_change))
            if later:
                self._plan(later)
            else:
                self.async_follow()

        self._ends.append(async_at_started(self._hass, begin))

    @callback
    def async_follow(self) -> None:
        """Read the entities, and tell the watch what follows."""
        self._forget_plan()
        now = self._clock.now()
        reading = read(self._hass, self.settings)
        times = times_of(self._hass, self.settings)
        followed = follow(self.status, reading, now, times, uuid.uuid4().hex)
        self.status = followed.status
        self._news.set()
        again = [] if followed.again_at is None else [followed.again_at]
        if reading.meaning is not Meaning.SILENT:
            self._silent_since = None
        else:
            if self._silent_since is None:
                self._silent_since = now
            # Since when the printer was silent before a restart says nothing of what was heard since.
            moments = (self._silent_since + seconds for seconds in (times.settling, times.silence))
            again += [moment for moment in moments if now < moment]
        self._tell(followed.commands)
        self._heard(reading, 0.0 if self._silent_since is None else now - self._silent_since)
        if again:
            self._plan(max(0.0, min(again) - now) / self._clock.speed)

    @callback
    def async_note_silence(self, *, told: bool) -> None:
        """Remember, also over a restart, whether people know that the printer says nothing."""
        self.status = replace(self.status, silence_told=told)

    @callback
    def async_forget(self) -> None:
        """Forget the print: nothing is watched."""
        self.status = PrintStatus()
        self._news.set()

    async def async_obeys(self, action: Action, *, within: float) -> bool:
        """Wait until the print is paused or over; return False if it still runs after so many seconds.

        A word that says it is over has to last here as everywhere: until that is sure, no time counts.
        """
        if action is Action.PAUSE and not tells_pauses(self._hass, self.settings):
            return True
        print_id = self.status.print_id

        def obeys() -> bool:
            paused = action is Action.PAUSE and self.status.meaning is Meaning.PAUSED
            return paused or self.status.print_id != print_id

        return await self._until(obeys, within)

    async def async_reacts(self, action: Action, before: PrintStatus, *, within: float) -> None:
        """Wait for the printer to do anything about an order; raises HomeAssistantError if it goes on as before.

        "Pausing" is enough, and so is a word that says it is over, before that has lasted.
        """
        tells = action is Action.CANCEL or tells_pauses(self._hass, self.settings)
        if before.print_id is None or not tells or (action, before.meaning) == (Action.PAUSE, Meaning.PAUSED):
            return

        def reacts() -> bool:
            now = self.status
            return now.doubt is not None or (now.print_id, now.meaning) != (before.print_id, before.meaning)

        if not await self._until(reacts, within):
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_effect")

    async def _until(self, done: Callable[[], bool], within: float) -> bool:
        until = self._hass.loop.time() + within
        while not done():
            left = None if self.status.doubt else until - self._hass.loop.time()
            if left is not None and left <= 0:
                return False
            self._news.clear()
            try:
                async with asyncio.timeout(None if left is None else min(left, ASK_EVERY)):
                    await self._news.wait()
            except TimeoutError:
                self._ask_again()
        return True

    def _ask_again(self) -> None:
        """Have the printing entity brought up to date: many integrations ask their printer only every half minute."""
        entity_id = self.settings[CONF_STATUS_ENTITY]
        if _word(self._hass, entity_id) and er.async_get(self._hass).async_get(entity_id) is not None:
            self._hass.async_create_task(async_update_entity(self._hass, entity_id))

    @callback
    def async_stop(self) -> None:
        """Listen no longer."""
        self._forget_plan()
        while self._ends:
            self._ends.pop()()

    @callback
    def _handle_change(self, event: Event[EventStateChangedData]) -> None:
        before, now = event.data["old_state"], event.data["new_state"]
        if before is not None and now is not None and before.state == now.state:
            # Only what else the entity tells has changed: that may come often.
            return
        self.async_follow()

    def _plan(self, seconds: float) -> None:
        @callback
        def call(_: datetime) -> None:
            self._planned = None
            self.async_follow()

        self._planned = async_call_later(self._hass, seconds, call)

    def _forget_plan(self) -> None:
        if self._planned is not None:
            self._planned()
            self._planned = None
