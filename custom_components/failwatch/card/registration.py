"""Bring the card's script into Home Assistant's pages."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components import frontend
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant
from homeassistant.helpers.start import async_at_started

from ..const import DOMAIN

SCRIPT: Final = Path(__file__).with_name("failwatch-card.js")
PATH: Final = f"/{DOMAIN}"


async def async_register_card(hass: HomeAssistant) -> None:
    """Serve the script, and have every page load it.

    Its address changes with its content, so that browsers may keep it and still take a new one at once.
    """
    version = await hass.async_add_executor_job(_version)
    address = f"{PATH}/{version}/{SCRIPT.name}"
    await hass.http.async_register_static_paths([StaticPathConfig(address, str(SCRIPT))])

    async def load(hass: HomeAssistant) -> None:
        # A Home Assistant may run without pages.
        if frontend.DOMAIN in hass.config.components:
            frontend.add_extra_js_url(hass, address)

    if frontend.DOMAIN in hass.config.components:
        await load(hass)
    else:
        async_at_started(hass, load)


def _version() -> str:
    return sha256(SCRIPT.read_bytes()).hexdigest()[:12]
