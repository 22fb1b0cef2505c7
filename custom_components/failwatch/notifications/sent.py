"""Remember over restarts what was sent of which print, and to whom, so that it can be taken back."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..engine.serialization import from_json, to_json
from ..shared.stored import async_load_stored
from .messages import TOPICS
from .sending import async_clear
from .settings import Recipients

VERSION: Final = 1
SAVE_DELAY: Final = 1.0  # seconds
SENT: HassKey[SentStore] = HassKey(f"{DOMAIN}_sent")


@dataclass(frozen=True, slots=True)
class Sent:
    """The print that messages were last sent about, and who got some beside those in the settings."""

    print_id: str = ""
    others: Recipients = field(default_factory=Recipients)


class SentStore:
    """One file for all printers, by their keys; it is there only while there is something to remember."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Read nothing yet."""
        self._store: Store[dict[str, Any]] = Store(hass, VERSION, f"{DOMAIN}.messages")
        self._hass = hass
        self._sent: dict[str, Sent] = {}
        self._from_before: set[str] = set()

    async def async_load(self) -> None:
        """Read the file; leave out what cannot be understood."""
        for key, stored in (await async_load_stored(self._store)).items():
            try:
                self._sent[key] = from_json(Sent, stored)
                self._from_before.add(key)
            except KeyError, ValueError, TypeError:
                continue

    def of(self, key: str) -> Sent | None:
        """Return what was sent about a printer, None if nothing is left of it."""
        return self._sent.get(key)

    @callback
    def await_set_up(self, key: str) -> None:
        """Have the printer's next set-up count as a restart: a message of now may have got lost."""
        self._from_before.add(key)

    def take_restart(self, key: str) -> bool:
        """Return, the first time, whether something was sent about a printer before Home Assistant was restarted."""
        was_sent = key in self._from_before and key in self._sent
        self._from_before.discard(key)
        return was_sent

    @callback
    def remember(self, key: str, sent: Sent) -> None:
        """Store what was sent about a printer."""
        if self._sent.get(key) != sent:
            self._sent[key] = sent
            self._store.async_delay_save(self._data, SAVE_DELAY)

    @callback
    def forget(self, keys: Iterable[str]) -> None:
        """Delete what was stored about printers."""
        if not [key for key in keys if self._sent.pop(key, None) is not None]:
            return
        if self._sent:
            self._store.async_delay_save(self._data, SAVE_DELAY)
        else:
            self._hass.async_create_task(self._store.async_remove())

    def _data(self) -> dict[str, Any]:
        return {key: to_json(sent) for key, sent in self._sent.items()}


async def async_setup_sent(hass: HomeAssistant) -> None:
    """Read what was sent before the restart, unless that was done."""
    if SENT not in hass.data:
        hass.data[SENT] = SentStore(hass)
        await hass.data[SENT].async_load()


@callback
def async_take_back(hass: HomeAssistant, key: str, settings: Mapping[str, Any]) -> None:
    """Take the messages about a removed printer back, and forget them: their buttons would lead nowhere."""
    sent = hass.data[SENT].of(key)
    if sent is not None:
        recipients = sent.others.and_also(Recipients.of(settings))
        hass.data[SENT].forget([key])
        hass.async_create_background_task(
            _clear(hass, key, recipients), f"FailWatch takes messages back {key}"
        )


async def _clear(hass: HomeAssistant, key: str, recipients: Recipients) -> None:
    await asyncio.gather(*(async_clear(hass, key, recipients, topic) for topic in TOPICS))
