"""A printer whose OctoPrint runs the FailWatch plugin: Home Assistant listens and sends commands."""

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    CONF_API_KEY,
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.start import async_at_started
from yarl import URL

from ..const import CONF_MACHINE, CONF_UUID, DOMAIN
from ..coordinator import FailWatchConfigEntry, JobCommand, PrinterCoordinator
from ..engine.errors import BadSetting
from ..engine.history.records import Label, PrintRecord
from ..engine.judging.assessment import Answer
from ..engine.judging.rules import RULE_SETS, RuleSet, create_rules
from ..engine.serialization import to_json
from ..engine.watch.state import Event
from ..shared.trouble import async_begins, async_ends
from . import issues
from .client import OctoPrintClient
from .errors import KeyRefused, NoWebsocket, OctoPrintError
from .heard import Heard
from .http import Connection
from .listening import listen
from .lost_link import LostLink
from .messages import Report, Update
from .recordings import OctoPrintRecordings

_LOGGER = logging.getLogger(__package__)

CLOCK_TOLERANCE = 5.0
"""Seconds of difference that are not worth a correction, which would make every time jitter."""

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds between attempts to reach an OctoPrint that went away."""
STABLE_AFTER = 60.0
"""Seconds that a link must have held for its next interruption to be another trouble."""
TOLD_LATE = 900.0
"""Seconds by which an event that was missed may be told late."""


def octoprint_url(data: Mapping[str, Any]) -> URL:
    """Return the address of a link's OctoPrint."""
    return URL(data[CONF_URL])


def octoprint_client(
    hass: HomeAssistant, data: Mapping[str, Any], uuid: str | None = None
) -> OctoPrintClient:
    """Return a client for a link's settings, for the OctoPrint with that uuid alone if one is given."""
    session = async_get_clientsession(hass, verify_ssl=data[CONF_VERIFY_SSL])
    user = data.get(CONF_USERNAME)
    login = (user, data.get(CONF_PASSWORD, "")) if user else None
    connection = Connection(session, octoprint_url(data), data.get(CONF_API_KEY), login)
    return OctoPrintClient(connection, uuid, data.get(CONF_MACHINE, ""))


def linked_uuid(entry: ConfigEntry) -> str:
    """Return the uuid of the OctoPrint that a link is for: not the first one, where it got another."""
    return str(entry.data.get(CONF_UUID) or entry.unique_id)


class LinkCoordinator(PrinterCoordinator):
    """Keeps the news of one OctoPrint coming."""

    def __init__(self, hass: HomeAssistant, entry: FailWatchConfigEntry) -> None:
        """Know the address; nothing is asked yet."""
        assert entry.unique_id is not None
        super().__init__(hass, entry, key=entry.unique_id, title=entry.title)
        self.report: Report | None = None
        self._client = octoprint_client(hass, entry.data, linked_uuid(entry))
        self._picture: tuple[object, bytes] | None = None
        self._known_events: deque[Event] = deque(maxlen=100)
        self._heard = Heard(hass, entry.entry_id)
        self._lost_link = LostLink(self)
        self._missed: list[Event] = []
        self._answers_since = 0.0
        self.recordings = OctoPrintRecordings(hass, self._client, self._ask)
        self._clock = (0.0, 0.0, 1.0)
        """The watch's time when it last told it, this machine's then, and the speed of the watch's clock."""

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """The printer, below core's OctoPrint device when that is there."""
        return DeviceInfo(
            identifiers={(DOMAIN, self.key)},
            name=self.config_entry.title,
            manufacturer="FailWatch",
            model="OctoPrint",
            sw_version=self.report.version if self.report else None,
            configuration_url=str(self._client.connection.url),
        )

    @property
    @override
    def clock(self) -> tuple[float, float]:
        theirs, then, speed = self._clock
        return theirs + (time.monotonic() - then) * speed, speed

    @property
    @override
    def job_commands(self) -> frozenset[JobCommand]:
        return frozenset(("pause", "resume", "cancel"))

    @property
    @override
    def message_settings(self) -> Mapping[str, Any]:
        """The entry's options; what a level leads to is set in OctoPrint."""
        return self.config_entry.options

    async def async_start(self) -> None:
        """Read the state once, raising what Home Assistant shows of a failed set-up."""
        await self._heard.async_load()
        try:
            self._take_report(await self._client.report())
        except KeyRefused as error:
            raise ConfigEntryAuthFailed(translation_domain=DOMAIN, translation_key=error.kind) from error
        except OctoPrintError as error:
            issues.async_judge(self.hass, self.config_entry, self._client.connection.url, error)
            async_begins(self.hass, self._trouble)  # Home Assistant itself has a line for it
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key=error.kind,
                translation_placeholders={"problem": str(error)},
            ) from error
        self.config_entry.async_on_unload(self._heard.async_close)

    @callback
    def async_follow(self) -> None:
        """Listen from now on; what was missed is told once Home Assistant has started, and with it whoever is to hear it."""
        self.config_entry.async_on_unload(async_at_started(self.hass, self._tell_missed))
        self.config_entry.async_on_unload(self._lost_link.async_end)
        self.config_entry.async_create_background_task(
            self.hass, self._run(), f"FailWatch link {self.config_entry.title}"
        )

    @callback
    def _tell_missed(self, _: HomeAssistant) -> None:
        missed, self._missed = self._missed, []
        if missed:
            self.async_take(self.data, missed)

    async def _run(self) -> None:
        """Listen, and reconnect after every interruption."""
        wait = FIRST_WAIT
        while True:
            began = time.monotonic()
            try:
                await listen(self._client, self._take_report, self._take_update, self._blocked)
            except KeyRefused as error:
                self._lost(error)
                self.config_entry.async_start_reauth(self.hass)
                return
            except OctoPrintError as error:
                issues.async_judge(self.hass, self.config_entry, self._client.connection.url, error)
                self._lost(error)
            except Exception as error:
                # Whatever it is, old news must not go on looking like new ones.
                if self._shows_lost(error):
                    _LOGGER.exception("The link to %s broke off", self.config_entry.title)
            if time.monotonic() - began > STABLE_AFTER:
                wait = FIRST_WAIT
            await asyncio.sleep(wait * random.uniform(0.8, 1.2))  # noqa: S311 - spreads reconnects
            wait = min(wait * 2, LONGEST_WAIT)

    def _lost(self, error: OctoPrintError) -> None:
        if self._shows_lost(error):
            _LOGGER.warning("%s does not answer: %s", self.config_entry.title, error)

    def _shows_lost(self, error: Exception) -> bool:
        """Show that there is no news, and return whether the log is to tell it.

        A link that breaks again and again is one trouble, told once.
        """
        was_stable = self.last_update_success and time.monotonic() - self._answers_since >= STABLE_AFTER
        self.last_exception = error
        self.last_update_success = False
        self._lost_link.async_lose()
        self.async_update_listeners()
        return was_stable and async_begins(self.hass, self._trouble)

    @property
    def _trouble(self) -> str:
        """What the log tells once of a link that is down."""
        return f"link_{self.config_entry.entry_id}"

    @callback
    def _blocked(self, error: NoWebsocket | None) -> None:
        """Tell that no websocket comes through, or that one does."""
        issues.async_judge_websocket(self.hass, self.config_entry, self._client.connection.url, error)

    def _take_report(self, report: Report) -> None:
        if not self.last_update_success:
            self._answers_since = time.monotonic()
        if async_ends(self.hass, self._trouble):
            _LOGGER.warning("%s answers again", self.config_entry.title)
        issues.async_clear(self.hass, self.config_entry)
        first = self.report is None
        renewed = self.report is not None and self.report.version != report.version
        self.report = report
        self.watching = report.watching
        self._take_clock(report.now, report.clock_speed)
        self.rules = rules_in_force(report.rules)
        if renewed and (device := self.device):
            dr.async_get(self.hass).async_update_device(device.id, sw_version=report.version)
        # What happened before Home Assistant ever listened is no news; what happened in a gap is, a restart's too.
        since = self._heard.until
        missed = [event for event in self._news(report.events) if _is_fresh(event, report.now)]
        if first:
            self._missed = [event for event in missed if since is not None and event.at > since]
            missed = []
        if since is None:
            self._heard.async_hear(report.events, report.now)
        self.async_take(report.state, missed)
        self._lost_link.async_hear()

    def _take_clock(self, now: float | None, speed: float) -> None:
        self.clock_offset = _offset(now)
        self._clock = (time.time() if now is None else now, time.monotonic(), speed)

    def _take_update(self, update: Update) -> None:
        self.watching = update.watching
        self._take_clock(update.now, update.clock_speed)
        self.rules = rules_in_force(update.rules)
        self.async_take(update.state, self._news(update.events))
        self._lost_link.async_hear()

    def _news(self, events: Sequence[Event]) -> list[Event]:
        """Return those events that were not told yet."""
        news = [event for event in events if event not in self._known_events]
        self._known_events.extend(news)
        if news:
            self._heard.async_hear(news)
        return news

    @override
    async def async_answer(self, answer: Answer) -> None:
        await self._ask(self._client.command("acknowledge", answer=answer.value))

    @override
    async def async_snooze(self, seconds: float) -> None:
        await self._ask(self._client.command("snooze", seconds=seconds))

    @override
    async def async_mute(self, muted: bool) -> None:
        await self._ask(self._client.command("mute", muted=muted))

    @override
    async def async_check(self) -> None:
        await self._ask(self._client.command("check"))

    @override
    async def async_watch(self, enabled: bool) -> None:
        await self._ask(self._client.command("watching", enabled=enabled))

    @override
    async def async_set_rules(
        self, name: str | None = None, numbers: Mapping[str, float] | None = None
    ) -> None:
        arguments: dict[str, Any] = {}
        if name is not None:
            arguments["name"] = name
        if numbers is not None:
            arguments["numbers"] = dict(numbers)
        await self._ask(self._client.command("rules", **arguments))

    @override
    async def async_past_prints(self, limit: int) -> list[PrintRecord]:
        return (await self._ask(self._client.past_prints()))[:limit]

    @override
    async def async_label(self, print_id: str, label: Label | None) -> None:
        told = {"failed": None} if label is None else to_json(label)
        await self._ask(self._client.command("label", print_id=print_id, **told))

    @override
    async def async_job(self, command: JobCommand) -> None:
        await self._ask(self._client.job(command))

    @override
    async def async_picture(self) -> bytes | None:
        look = self.data.look
        if look is not None and (self._picture is None or self._picture[0] != look.at):
            # Where it cannot be had, the one before is still better than none.
            with suppress(HomeAssistantError):
                self._picture = (look.at, await self._ask(self._client.tagged_picture()))
        return self._picture[1] if self._picture else None

    async def _ask[T](self, request: Awaitable[T]) -> T:
        """Do a request, with its errors as Home Assistant's."""
        try:
            return await request
        except KeyRefused as error:
            self.config_entry.async_start_reauth(self.hass)
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key=error.kind) from error
        except OctoPrintError as error:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key=error.kind,
                translation_placeholders={"problem": str(error)},
            ) from error


def _offset(theirs: float | None) -> float:
    """Return what to add to OctoPrint's times, 0 where the clocks agree but for the way of the message."""
    offset = 0.0 if theirs is None else time.time() - theirs
    return offset if abs(offset) > CLOCK_TOLERANCE else 0.0


def _is_fresh(event: Event, now: float | None) -> bool:
    return now is None or now - event.at < TOLD_LATE


def rules_in_force(told: Mapping[str, Any]) -> RuleSet | None:
    """Return the rules in force, None if this integration does not know them."""
    name, numbers = told.get("name"), told.get("numbers", told)
    known = RULE_SETS.get(name) if isinstance(name, str) else None
    if known is None or not isinstance(numbers, Mapping):
        return None
    try:
        return create_rules(
            known.name, {key: numbers[key] for key in (f.name for f in fields(known)) if key in numbers}
        )
    except BadSetting:
        return None
