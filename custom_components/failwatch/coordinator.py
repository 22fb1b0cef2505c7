"""A printer's watch as Home Assistant sees it, wherever the watching is done."""

import asyncio
import logging
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .const import DOMAIN, EVENT_FAILWATCH
from .engine.history.records import Label, PrintRecord
from .engine.judging.assessment import Answer
from .engine.judging.rules import RuleSet
from .engine.judging.verdict import Level
from .engine.replay.look_log import LookLog
from .engine.watch.state import (
    Event,
    EventKind,
    Look,
    Phase,
    WatchState,
    is_unanswered,
    present_level,
)
from .shared.details import event_detail
from .shared.problems import error_text
from .shared.recordings import Recordings

_LOGGER = logging.getLogger(__package__)

type JobCommand = Literal["pause", "resume", "cancel"]
type EventListener = Callable[[Event], None]


class PrinterCoordinator(DataUpdateCoordinator[WatchState]):
    """One printer: its state, what happens to it, and what a user may ask of it.

    The commands raise HomeAssistantError with a translated text.
    """

    config_entry: FailWatchConfigEntry
    learned_frames: int | None = None
    """Pictures that the detector has learned from how the printer's camera normally looks; None if it learns nothing."""
    status_problem: str | None = None
    """Why nothing is known of the print itself: a stable key; None while all is well."""
    recordings: Recordings
    """Pictures and past prints, and what is changed by looking at them."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: FailWatchConfigEntry,
        *,
        key: str,
        title: str,
        subentry_id: str | None = None,
    ) -> None:
        """Begin without news."""
        super().__init__(hass, _LOGGER, config_entry=entry, name=title, always_update=False)
        self.key = key
        self.subentry_id = subentry_id
        self.watching = True
        self.rules: RuleSet | None = None
        self.clock_offset = 0.0
        self.data = WatchState()
        self.course = LookLog()
        self.recent_events: deque[Event] = deque(maxlen=20)
        self.recent_looks: deque[Look] = deque(maxlen=20)
        self._event_listeners: list[EventListener] = []

    @property
    @abstractmethod
    def device_info(self) -> DeviceInfo:
        """The printer as a device."""

    @property
    def is_connected(self) -> bool:
        """Whether there is news from the printer at all."""
        return self.last_update_success

    @property
    def is_unsure(self) -> bool:
        """Whether a print is known, but not yet, as after a restart, whether it still runs."""
        return self.data.phase is Phase.IDLE and self.data.print_id is not None

    @property
    def is_blind(self) -> bool:
        """Whether the print cannot be checked, or its printing entity says nothing; a lost link is told by `is_connected`."""
        return self.status_problem is not None or self.data.phase is Phase.BLIND

    @property
    def known_level(self) -> Level | None:
        """The level that stands, None while that is not known: unseen is not "no failure"."""
        level = present_level(self.data)
        unheard = self.status_problem is not None and self.data.is_kept_from_looking
        unseen = level is Level.NONE and (unheard or is_unanswered(self.data))
        return None if unseen or self.is_unsure else level

    @property
    def last_problem(self) -> str | None:
        """Why there is no news, in words, if that is known."""
        if self.is_connected or self.last_exception is None:
            return None
        return error_text(self.hass, self.last_exception)

    @property
    @abstractmethod
    def clock(self) -> tuple[float, float]:
        """The watch's time, and how many of its seconds pass in one."""

    @property
    @abstractmethod
    def job_commands(self) -> frozenset[JobCommand]:
        """What can be done with the print."""

    @property
    @abstractmethod
    def message_settings(self) -> Mapping[str, Any]:
        """What is set about messages, and about what leads to them."""

    def local_time(self, at: float | None) -> datetime | None:
        """Return a time of the watch by this machine's clock: the other one may be wrong."""
        return None if at is None else datetime.fromtimestamp(at + self.clock_offset, UTC)

    @property
    def device(self) -> dr.DeviceEntry | None:
        """The printer's entry in the device registry."""
        registry = dr.async_get(self.hass)
        for device in dr.async_entries_for_config_entry(registry, self.config_entry.entry_id):
            if (DOMAIN, self.key) in device.identifiers:
                return device
        return None

    @property
    def shown_name(self) -> str:
        """The name that the user gave the printer's device, or else its own."""
        device = self.device
        return (device.name_by_user or device.name if device else None) or self.name

    # What a user may ask

    @abstractmethod
    async def async_answer(self, answer: Answer) -> None:
        """Take what the user says of the print."""

    async def async_acknowledge(self, *, failure: bool) -> None:
        """Take the user's answer: it is a failure, or it is none."""
        await self.async_answer(Answer.FAILURE if failure else Answer.NOT_A_FAILURE)

    async def async_resume_cleared(self) -> None:
        """Go on with a print that was put right: nothing is accepted, and what comes next is judged as ever."""
        await self.async_answer(Answer.CLEARED)
        await self.async_job("resume")

    @abstractmethod
    async def async_snooze(self, seconds: float) -> None:
        """Raise nothing for a while."""

    @abstractmethod
    async def async_mute(self, muted: bool) -> None:
        """Raise nothing until this print ends."""

    @abstractmethod
    async def async_check(self) -> None:
        """Look now."""

    @abstractmethod
    async def async_watch(self, enabled: bool) -> None:
        """Switch the watching of this printer on or off."""

    @abstractmethod
    async def async_set_rules(
        self, name: str | None = None, numbers: Mapping[str, float] | None = None
    ) -> None:
        """Change the rule set, or some of its numbers."""

    @abstractmethod
    async def async_picture(self) -> bytes | None:
        """Return the last judged picture with its boxes as JPEG, None if there is none yet."""

    @abstractmethod
    async def async_past_prints(self, limit: int) -> list[PrintRecord]:
        """Return so many recorded prints, newest first, with times by the watch's clock."""

    @abstractmethod
    async def async_label(self, print_id: str, label: Label | None) -> None:
        """Keep what a recorded print really was, or take that back."""

    async def async_refresh_baseline(self) -> None:
        """Bring `learned_frames` up to date."""

    async def async_reset_baseline(self) -> None:
        """Have the detector learn anew how the printer's camera normally looks, if it learns that at all."""

    @abstractmethod
    async def async_job(self, command: JobCommand) -> None:
        """Pause, resume or cancel the print."""

    # What happens

    @callback
    def async_listen(self, listener: EventListener) -> CALLBACK_TYPE:
        """Call the listener with every event, until the returned function is called."""
        self._event_listeners.append(listener)
        return lambda: self._event_listeners.remove(listener)

    @callback
    def async_take(self, state: WatchState, events: Sequence[Event]) -> None:
        """Take news: the new state, and the events that led to it."""
        self.course.follow(self.data, state)
        if state.look is not None and (not self.recent_looks or state.look.at != self.recent_looks[-1].at):
            self.recent_looks.append(state.look)
        self.async_set_updated_data(state)
        self.async_tell(events)

    @callback
    def async_tell(self, events: Sequence[Event]) -> None:
        """Tell everybody of events."""
        for event in events:
            self.recent_events.append(event)
            for listener in tuple(self._event_listeners):
                listener(event)
            self._async_fire(event)

    @callback
    def _async_fire(self, event: Event) -> None:
        """Tell automations, as device triggers hear it."""
        if (device := self.device) is None:
            return
        self.hass.bus.async_fire(
            EVENT_FAILWATCH,
            {
                ATTR_DEVICE_ID: device.id,
                "type": event_type(event),
                "print_id": event.print_id,
                "print_name": self.data.print_name,
                "detail": event_detail(self.hass, self.data, event),
                "camera": event.camera,
                "minor": event.minor,
            },
        )


def event_type(event: Event) -> str:
    """Return the name under which an event is told to people."""
    if event.kind is EventKind.ACTION:
        return {"pause": "paused", "cancel": "cancelled"}.get(event.detail, event.detail)
    return event.kind.value


@dataclass
class RuntimeData:
    """What a loaded entry holds: its printers, by subentry (None for an OctoPrint link)."""

    printers: dict[str | None, PrinterCoordinator]
    settings: Mapping[str, Any]
    """The entry's data that all of it was made from."""
    create: Callable[[ConfigSubentry], PrinterCoordinator] | None = None
    """What makes the printer of a subentry that comes later."""
    add_entities: list[Callable[[str | None, PrinterCoordinator], None]] = field(default_factory=list)
    """What each platform adds the entities of a printer by."""
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)


type FailWatchConfigEntry = ConfigEntry[RuntimeData]
