"""Phones with Home Assistant's app: the app's own integration, and the server that it hands messages to."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.patience import eventually


@dataclass
class Phone:
    """A phone, its device, and what was sent to it."""

    entry: MockConfigEntry
    device: str
    messages: list[dict[str, Any]] = field(default_factory=list)

    async def got(self, words: str) -> dict[str, Any]:
        """Return the last message with these words, once there is one."""
        return await eventually(
            lambda: next((one for one in reversed(self.messages) if words in one["message"]), None)
        )

    async def cleared(self, message: dict[str, Any]) -> None:
        """Wait until a message was taken from the phone."""
        tag = message["data"]["tag"]
        await eventually(
            lambda: any(
                one["message"] == "clear_notification" and one["data"]["tag"] == tag for one in self.messages
            )
        )

    async def got_many(self, count: int) -> None:
        """Wait until so many messages have come."""
        await eventually(lambda: len(self.messages) >= count)


@dataclass
class Phones:
    """All of them."""

    hass: HomeAssistant
    refuses: bool = False
    refused: int = 0
    found: dict[str, Phone] = field(default_factory=dict)

    def __post_init__(self) -> None:
        app = web.Application()
        app.router.add_post("/push", self._push)
        self.server = TestServer(app, host="127.0.0.1")

    async def start(self) -> None:
        await self.server.start_server()
        assert await async_setup_component(self.hass, "mobile_app", {})

    async def _push(self, request: web.Request) -> web.Response:
        if self.refuses:
            self.refused += 1
            return web.json_response({"message": "no"}, status=500)
        message = await request.json()
        self.found[message["registration_info"]["webhook_id"]].messages.append(message)
        return web.json_response({}, status=201)

    async def add(
        self, number: int, name: str = "Pixel", manufacturer: str = "Google", user_id: str = "1" * 32
    ) -> Phone:
        """Pair a phone."""
        entry = MockConfigEntry(
            domain="mobile_app",
            title=name,
            data={
                "app_data": {"push_token": f"token-{number}", "push_url": str(self.server.make_url("/push"))},
                "app_id": "io.homeassistant.mobile_app",
                "app_name": "Home Assistant",
                "app_version": "1",
                "device_id": f"device-{number}",
                "device_name": name,
                "manufacturer": manufacturer,
                "model": name,
                "os_name": "iOS" if manufacturer == "Apple" else "Android",
                "os_version": "16",
                "secret": "0" * 64,
                "supports_encryption": False,
                "user_id": user_id,
                "webhook_id": f"webhook-{number}",
            },
        )
        entry.add_to_hass(self.hass)
        assert await self.hass.config_entries.async_setup(entry.entry_id)
        await self.hass.async_block_till_done()
        registry = dr.async_get(self.hass)
        (device,) = dr.async_entries_for_config_entry(registry, entry.entry_id)
        self.found[f"webhook-{number}"] = phone = Phone(entry, device.id)
        return phone
