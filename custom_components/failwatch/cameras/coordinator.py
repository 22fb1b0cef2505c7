"""A printer that Home Assistant itself watches, through a camera entity."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.device_registry import DeviceInfo

from ..const import CONF_KIND, CONF_LIGHT, CONF_WATCHING, DOMAIN
from ..coordinator import FailWatchConfigEntry, JobCommand, PrinterCoordinator
from ..engine.clock import Clock
from ..engine.detectors.base import Detector, LearningDetector
from ..engine.errors import NotAuthorised
from ..engine.history import History, Label, PrintRecord
from ..engine.judging.assessment import Answer
from ..engine.models import Frame
from ..engine.monitor import ActionFailed, Monitor, PrinterInfo, Setup
from ..engine.watch.policy import Action
from ..engine.watch.state import Event, EventKind, Phase, WatchState
from ..notifications.messenger import Messenger
from ..notifications.sent import async_take_back
from ..shared.needs import PrintNeeds
from ..shared.problems import error_text
from . import issues
from .history import PrintHistory
from .lights import LightMode, PrintLight, async_lamp
from .print_control import COMMANDS, async_order
from .print_status import ENDED_OFF, HOLD_SILENT, UNSEEN_ENDS, Command, Order, Reading, tell
from .print_status_listener import PrintStatusListener, times_of
from .recordings import CameraRecordings
from .settings import changed_rules, light_mode, needs_set_up, rules_of, watch_settings
from .sight_log import async_forget_sight, async_log_sight
from .silence import SilenceNews
from .snapshots import create_cameras
from .state_store import StateStore

OBEYS_WITHIN: Final = 10.0  # seconds by the real clock


class WatchedCamera(PrinterCoordinator):
    """Runs the core's watch in Home Assistant's loop."""

    recordings: CameraRecordings

    def __init__(
        self,
        hass: HomeAssistant,
        entry: FailWatchConfigEntry,
        subentry: ConfigSubentry,
        detector: Detector,
        memory: StateStore,
        history: History | None = None,
    ) -> None:
        """Remember what is known of the printer; nothing runs yet. Raises BadSetting."""
        super().__init__(
            hass, entry, key=subentry.subentry_id, title=subentry.title, subentry_id=subentry.subentry_id
        )
        self.settings = subentry.data
        self.watching = subentry.data.get(CONF_WATCHING, True)
        self.rules = rules_of(subentry.data)
        self.learned_frames = 0 if isinstance(detector, LearningDetector) else None
        self._detector = detector
        self._memory = memory
        self._past = PrintHistory(hass, history, self.key)
        self.recordings = CameraRecordings(self, self._past, detector)
        self._clock = Clock()
        self._monitor = Monitor(
            self,
            self._set_up(),
            printer=PrinterInfo(id=self.key, name=self.name, source="homeassistant"),
            clock=self._clock,
            state=memory.recall(self.key),
            history=history,
        )
        self.data = self._monitor.state
        self._task: asyncio.Task[None] | None = None
        self._ends: list[Callable[[], None]] = []
        self._status = PrintStatusListener(
            hass,
            self.settings,
            self._clock,
            status=memory.recall_print(self.key),
            tell=self._tell,
            heard=self._hear,
        )
        self._silence = SilenceNews(self._monitor, self._status)
        self._light = self._create_light(was_ours=memory.recall_light(self.key))
        memory.async_keep(self.key, lambda: (self.data, self._status.kept, self._light.is_ours))

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """The printer."""
        return DeviceInfo(
            identifiers={(DOMAIN, self.key)},
            name=self.name,
            manufacturer="FailWatch",
            model=self.config_entry.title,
        )

    @property
    def frames(self) -> Mapping[str, Frame]:
        """The last judged frame of each camera."""
        return self._monitor.frames

    @property
    @override
    def clock(self) -> tuple[float, float]:
        return self._clock.now(), self._clock.speed

    @property
    @override
    def job_commands(self) -> frozenset[JobCommand]:
        return frozenset(command for command, setting in COMMANDS.items() if self.settings.get(setting))

    @property
    @override
    def message_settings(self) -> Mapping[str, Any]:
        """The settings of the watched printer."""
        return self.settings

    @callback
    def async_start(self, later: float = 0.0) -> None:
        """Follow the printing entity from now on; a print that already runs is taken up so many seconds later.

        The cameras of a service begin one after another, so that they do not all look at the same moment.
        """
        self._run()
        self._ends += (
            self.async_stop,
            # What is wrong with a camera that nobody watches any more needs no repair.
            partial(issues.async_clear, self.hass, self.key),
            self._light.async_stop,
            self._status.async_stop,
            Messenger(self.hass, self).async_start(),
            PrintNeeds(self.hass, self, partial(issues.missing, self.hass, self.settings)).async_start(),
        )
        self.config_entry.async_on_unload(self.async_end)
        if self.watching:
            self._status.async_start(later / self._clock.speed)

    @callback
    def async_end(self) -> None:
        """Leave the printer alone: its entry is unloaded, or it is set up anew or removed."""
        while self._ends:
            self._ends.pop(0)()

    async def async_let_go(self, *, forget: bool) -> None:
        """Keep what is known for the next set-up of this printer, or forget all of a removed one."""
        self.async_end()
        self._memory.async_let_go(self.key, forget=forget)
        if forget:
            async_take_back(self.hass, self.key, self.settings)
            async_forget_sight(self.hass, self.key)
            await self.async_reset_baseline()
            await self._past.async_forget()

    @callback
    def async_stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    @callback
    def async_apply(self, subentry: ConfigSubentry) -> bool:
        """Take changed settings; return False if they need the camera to be set up anew."""
        if subentry.title != self.name or needs_set_up(self.settings, subentry.data):
            return False
        if self.settings != subentry.data:
            self.settings = subentry.data
            self.watching = subentry.data.get(CONF_WATCHING, True)
            self.rules = rules_of(subentry.data)
            self.config_entry.async_create_task(self.hass, self._monitor.replace(self._set_up()))
            self._status.async_stop()
            if self.watching:
                self._status.async_start(0.0)
            else:
                self._status.async_forget()
                self.status_problem = None
                issues.async_forget_status(self.hass, self.key)
                self._tell((Command(Order.END, ENDED_OFF),))
            self.async_update_listeners()
        return True

    def _set_up(self) -> Setup:
        kind, settings = self.config_entry.data[CONF_KIND], watch_settings(self.settings)
        unreached = () if self._detector.combines_by_sum else settings.rules.out_of_reach()
        issues.async_judge_rules(self.hass, self.key, self.name, unreached)
        cameras = tuple(create_cameras(self.hass, self.settings))
        return Setup(detector=self._detector, detector_kind=kind, cameras=cameras, settings=settings)

    def _run(self) -> None:
        self._task = self.config_entry.async_create_background_task(
            self.hass, self._monitor.run(), f"FailWatch watch {self.name}"
        )

    @callback
    def _tell(self, commands: Sequence[Command]) -> None:
        """Tell the watch what became of the print. One that is seen to end while it is to be cancelled obeys."""
        if any(command.order is Order.END and command.detail not in UNSEEN_ENDS for command in commands):
            self._monitor.acted(Action.CANCEL)
        tell(self._monitor, commands)
        self._light.async_want(
            self._status.status.print_id is not None and HOLD_SILENT not in self._monitor.state.holds
        )

    @callback
    def _hear(self, reading: Reading, silent_for: float) -> None:
        """Tell the user where the printing entity says nothing, or what nobody understands."""
        subentry = self.config_entry.subentries.get(self.key)
        if subentry is None:
            return
        before = self.status_problem
        self.status_problem = issues.async_judge_status(
            self.hass,
            self.config_entry,
            subentry,
            reading,
            silent_for=silent_for,
            is_printing=self._status.status.print_id is not None,
        )
        if self.status_problem != before:
            self.async_update_listeners()
        self._silence.async_hear(reading, silent_for, times_of(self.hass, self.settings).silence)

    def _create_light(self, *, was_ours: bool) -> PrintLight:
        light_id = self.settings.get(CONF_LIGHT)
        lamp = None
        if light_id and light_mode(self.settings) is LightMode.PRINTING:
            lamp = async_lamp(self.hass, light_id)
        return PrintLight(self.hass, lamp, was_ours=was_ours)

    # What the monitor asks of its host

    async def act(self, action: Action) -> None:
        """Pause or cancel the print, and return once its entity says so; raises ActionFailed."""
        try:
            await async_order(self.hass, self.settings, "cancel" if action is Action.CANCEL else "pause")
        except HomeAssistantError as error:
            raise ActionFailed(error_text(self.hass, error)) from error
        if not await self._status.async_obeys(action, within=OBEYS_WITHIN):
            raise ActionFailed("the printer still says that it prints")

    def save(self, state: WatchState) -> None:
        """Store the state soon."""
        self._memory.async_changed()

    @callback
    def report(self, state: WatchState, events: Sequence[Event]) -> None:
        """Show the state and tell automations."""
        last = self.data
        self.async_take(state, events)
        if events:
            self._memory.async_changed(soon=True)
        subentry = self.config_entry.subentries.get(self.key)
        if subentry is not None:
            issues.async_judge_sight(self.hass, self.config_entry, subentry, state.blind, self._clock.now())
        async_log_sight(self.hass, self.key, self.name, last, state, events)
        refused = (EventKind.BLIND, NotAuthorised.kind, False)
        if any((event.kind, event.detail, event.minor) == refused for event in events):
            self.config_entry.async_start_reauth(self.hass)
        self._silence.async_judge()

    @override
    async def async_job(self, command: JobCommand) -> None:
        before = self._status.status
        await async_order(self.hass, self.settings, command)
        if command != "resume":
            await self._status.async_reacts(Action(command), before, within=OBEYS_WITHIN)

    @override
    async def async_answer(self, answer: Answer) -> None:
        self._monitor.answer(answer)

    @override
    async def async_snooze(self, seconds: float) -> None:
        self._monitor.snooze(seconds)

    @override
    async def async_mute(self, muted: bool) -> None:
        self._monitor.mute(muted)

    @override
    async def async_check(self) -> None:
        if self.data.phase not in (Phase.WATCHING, Phase.BLIND):
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_watching")
        self._monitor.check_now()

    @override
    async def async_watch(self, enabled: bool) -> None:
        self.async_change_settings({CONF_WATCHING: enabled})

    @override
    async def async_set_rules(
        self, name: str | None = None, numbers: Mapping[str, float] | None = None
    ) -> None:
        self.async_change_settings(changed_rules(self.settings, name, numbers))

    @callback
    def async_rename_camera(self, old: str, new: str) -> None:
        """Let what was accepted and learned of a camera follow its new name."""
        self._monitor.rename_camera(old, new)
        if isinstance(self._detector, LearningDetector):
            self._detector.rename(self.key, old, new)

    @callback
    def async_change_settings(self, changes: Mapping[str, Any]) -> None:
        """Put changed settings in force, and where the user finds them."""
        subentry = self.config_entry.subentries[self.key]
        self.hass.config_entries.async_update_subentry(
            self.config_entry, subentry, data={**subentry.data, **changes}
        )
        self.async_apply(self.config_entry.subentries[self.key])

    @override
    async def async_refresh_baseline(self) -> None:
        if isinstance(self._detector, LearningDetector):
            baselines = await self._detector.baselines()
            self.learned_frames = sum(
                baseline.frames for (printer, _), baseline in baselines.items() if printer == self.key
            )

    @override
    async def async_reset_baseline(self) -> None:
        if isinstance(self._detector, LearningDetector):
            await self._detector.forget(self.key)
            self.learned_frames = 0
            self.async_update_listeners()

    @override
    async def async_past_prints(self, limit: int) -> list[PrintRecord]:
        return await self._past.async_prints(limit)

    @override
    async def async_label(self, print_id: str, label: Label | None) -> None:
        await self._past.async_label(print_id, label)
        if label is not None and label.failed and isinstance(self._detector, LearningDetector):
            self._detector.unlearn(self.key, print_id)

    @override
    async def async_picture(self) -> bytes | None:
        return await self.recordings.async_tagged()
