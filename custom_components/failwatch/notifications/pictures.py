"""Serve the pictures of messages at addresses that nobody can guess."""

from secrets import token_urlsafe
from typing import Final

from aiohttp import web
from homeassistant.components.http import HomeAssistantView
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN

PATH: Final = f"/api/{DOMAIN}/message"
MAX_PICTURES: Final = 20
"""Pictures that are kept, each for a message that may still be looked at."""
PICTURES: HassKey[dict[str, bytes]] = HassKey(f"{DOMAIN}_message_pictures")


class MessagePictureView(HomeAssistantView):
    """Gives a message's picture to whoever has the message."""

    url = f"{PATH}/{{name}}.jpg"
    name = f"api:{DOMAIN}:message"
    requires_auth = False

    def __init__(self, pictures: dict[str, bytes]) -> None:
        """Serve these pictures."""
        self._pictures = pictures

    async def get(self, request: web.Request, name: str) -> web.Response:
        """Return the picture."""
        picture = self._pictures.get(name)
        if picture is None:
            raise web.HTTPNotFound
        return web.Response(body=picture, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


@callback
def async_setup_pictures(hass: HomeAssistant) -> None:
    """Serve the pictures."""
    hass.data[PICTURES] = {}
    hass.http.register_view(MessagePictureView(hass.data[PICTURES]))


@callback
def async_picture_path(hass: HomeAssistant, jpeg: bytes) -> str:
    """Keep a picture, and return its path."""
    pictures = hass.data[PICTURES]
    while len(pictures) >= MAX_PICTURES:
        del pictures[next(iter(pictures))]
    name = token_urlsafe(24)
    pictures[name] = jpeg
    return f"{PATH}/{name}.jpg"
