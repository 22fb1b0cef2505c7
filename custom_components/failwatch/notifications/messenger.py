"""Send a printer's messages as things happen, and take them back when they are answered or over."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, NamedTuple

from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..coordinator import PrinterCoordinator
from ..engine.watch.state import Event, EventKind, has_looked
from .messages import ALARM, SIGHT, TOPICS, Message, compose, settled, unanswered
from .sending import async_clear, async_reaches_nobody, async_send, async_without
from .sent import SENT, Sent
from .settings import Recipients

MESSENGERS: HassKey[dict[str, Messenger]] = HassKey(f"{DOMAIN}_messengers")
"""Every printer's messenger, by the printer's key."""
AGAIN_AFTER: Final = 300.0
"""Seconds after which a message that nobody has answered is sent again to those who may not have got it."""


class Repeat(NamedTuple):
    """A message that is sent again to those who may not have got it, at a time of the event loop."""

    message: Message
    missed: Recipients
    at: float


class Messenger:
    """Tells people of one printer, one message after the other."""

    def __init__(self, hass: HomeAssistant, printer: PrinterCoordinator) -> None:
        """Tell nothing before it is started."""
        self._hass = hass
        self._printer = printer
        self._pending: list[Event] = []
        self._order = asyncio.Lock()
        # What was sent before Home Assistant was restarted may still be on a phone.
        self._cleared: set[str] = set()
        self._sight_from_before = True
        self._repeats: dict[asyncio.Task[None], Repeat] = {}
        self._sent = hass.data[SENT]

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Listen to the watch, until the returned function is called."""
        messengers = self._hass.data.setdefault(MESSENGERS, {})
        messengers[self._printer.key] = self
        ends = [
            self._printer.async_listen(self._hear),
            self._printer.async_add_listener(self._look_back),
            async_at_started(self._hass, self._look_back),
        ]
        if self._sent.of(self._printer.key) is not None:
            ends.append(self._take_back_sight())

        @callback
        def end() -> None:
            for stop in ends:
                stop()
            if self._repeats or self._order.locked():
                self._sent.await_set_up(self._printer.key)
            for topic in TOPICS:
                self._stop_repeating(topic)
            if messengers.get(self._printer.key) is self:
                del messengers[self._printer.key]

        return end

    @property
    def _is_left_over(self) -> bool:
        """Whether what was sent is about a print that is over."""
        sent = self._sent.of(self._printer.key)
        return sent is not None and sent.print_id != (self._printer.data.print_id or "")

    @callback
    def _look_back(self, _hass: HomeAssistant | None = None) -> None:
        """See whether a print ended of which messages were sent: while nobody listened, no event may tell of it.

        If it goes on after a restart, Home Assistant has forgotten what it showed, and what was to be sent again. Before
        it has started, a notifier may not be there yet.
        """
        if self._is_left_over:
            self._create_task(self._clear_left_over())
        elif self._hass.state is not CoreState.running or self._printer.is_unsure:
            return
        elif self._sent.take_restart(self._printer.key):
            self._create_task(self._show_again())

    async def _show_again(self) -> None:
        recipients, message = self._recipients(), unanswered(self._printer)
        if recipients is not None and message is not None:
            reaches_somebody = not async_reaches_nobody(self._hass, recipients)
            await self._send(recipients, message, again=reaches_somebody)

    async def _clear_left_over(self) -> None:
        if any(event.kind is EventKind.ENDED for event in self._pending):
            return
        async with self._order:
            if self._is_left_over:
                await self._clear_all()

    def _take_back_sight(self) -> CALLBACK_TYPE:
        """Take back that a print cannot be watched, told before the start, once it can: no event tells of that."""
        at_first = self._printer.data

        @callback
        def look() -> None:
            seen = has_looked(self._printer.data, at_first) and not self._printer.is_blind
            if seen and self._sight_from_before:
                self._sight_from_before = False
                self._create_task(self.async_clear(SIGHT))

        return self._printer.async_add_listener(look)

    async def async_say(self, message: Message, others: Recipients) -> None:
        """Send a message now, to others than those in the settings if there are any."""
        recipients = others
        if others.is_nobody:
            recipients = (self._recipients() or Recipients()).and_also(others)
        await self._send(recipients, message, others)

    async def async_reply(self, message: Message) -> None:
        """Answer a button, to everybody who may have got the message with it."""
        self._stop_repeating(message.topic)
        await self._send(self._reached(), message)

    async def async_clear(self, topic: str) -> None:
        """Take a topic's message back."""
        async with self._order:
            await self._clear(topic)

    async def _clear(self, topic: str) -> None:
        self._cleared.add(topic)
        self._stop_repeating(topic)
        self._sight_from_before = self._sight_from_before and topic != SIGHT
        await async_clear(self._hass, self._printer.key, self._reached(), topic)

    def _recipients(self) -> Recipients | None:
        return Recipients.of(self._printer.message_settings)

    def _reached(self) -> Recipients:
        """Return everybody to whom something of this print was sent."""
        sent = self._sent.of(self._printer.key) or Sent()
        return sent.others.and_also(self._recipients())

    @callback
    def _hear(self, event: Event) -> None:
        """Send one message about all that happens at once, in a task, after the watch has acted."""
        self._pending.append(event)
        if len(self._pending) == 1:
            self._create_task(self._tell(self._recipients()))

    def _create_task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self._printer.config_entry.async_create_background_task(
            self._hass, work, f"FailWatch message {self._printer.name}", eager_start=False
        )

    async def _tell(self, recipients: Recipients | None) -> None:
        events, self._pending = self._pending, []
        message = None if recipients is None else compose(self._printer, events)
        for topic in sorted(settled(events) - self._cleared):
            if message is None or topic != message.topic:
                await self.async_clear(topic)
        if any(event.kind is EventKind.ENDED for event in events):
            self._sent.forget([self._printer.key])
        if recipients is not None and message is not None:
            await self._send(recipients, message)

    async def _clear_all(self) -> None:
        for topic in TOPICS:
            if topic not in self._cleared:
                await self._clear(topic)
        self._sent.forget([self._printer.key])

    async def _send(
        self,
        recipients: Recipients,
        message: Message,
        others: Recipients | None = None,
        *,
        again: bool = False,
    ) -> None:
        async with self._order:
            if message.topic == ALARM and others is None:
                self._sent.take_restart(self._printer.key)  # nothing older takes its place
            self._cleared.discard(message.topic)
            self._sight_from_before = self._sight_from_before and message.topic != SIGHT
            before = self._sent.of(self._printer.key) or Sent()
            sent = Sent(self._printer.data.print_id or "", before.others.and_also(others))
            self._sent.remember(self._printer.key, sent)
            self._stop_repeating(message.topic, recipients)
            missed = await async_send(self._hass, self._printer, recipients, message, again=again)
            self._repeat_later(Repeat(message, missed, self._hass.loop.time() + AGAIN_AFTER))

    @callback
    def _repeat_later(self, repeat: Repeat) -> None:
        if repeat.message.repeated_in and not repeat.missed.is_nobody:
            task = self._create_task(self._repeat(repeat))
            self._repeats[task] = repeat
            task.add_done_callback(lambda done: self._repeats.pop(done, None))

    async def _repeat(self, repeat: Repeat) -> None:
        """Send a message again if it stands: to phones once more, to others until they get it.

        No other message waits for that: one that takes this one's place ends the task first.
        """
        message = repeat.message
        await asyncio.sleep(repeat.at - self._hass.loop.time())
        state, (now, _speed) = self._printer.data, self._printer.clock
        is_late = message.due is not None and message.due <= dt_util.utcnow()
        if is_late or state.phase not in message.repeated_in or state.is_silent(now):
            return
        missed = await async_send(self._hass, self._printer, repeat.missed, message, again=True)
        self._repeat_later(Repeat(message, missed, self._hass.loop.time() + AGAIN_AFTER))

    @callback
    def _stop_repeating(self, topic: str, recipients: Recipients | None = None) -> None:
        """Send a topic's messages no more, to these recipients or to all."""
        for task, repeat in tuple(self._repeats.items()):
            if repeat.message.topic != topic:
                continue
            others = Recipients()
            if recipients is not None:
                others = async_without(self._hass, repeat.missed, recipients)
            if others != repeat.missed:
                task.cancel()
                del self._repeats[task]
                self._repeat_later(repeat._replace(missed=others))
