"""Pictures at single-use addresses, for a detection service that fetches them itself."""

from collections.abc import Iterator
from contextlib import contextmanager
import secrets

from aiohttp import web
from homeassistant.components.http import HomeAssistantView
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .detection.errors import BadSetting
from .detection.detectors import Publisher

PUBLISHED: HassKey[dict[str, bytes]] = HassKey(f"{DOMAIN}_published")


class PublishedPictureView(HomeAssistantView):
    """Gives a picture to whoever knows its name, which nobody can guess, as long as it is asked about."""

    url = f"/api/{DOMAIN}/picture/{{name}}.jpg"
    name = f"api:{DOMAIN}:picture"
    requires_auth = False

    def __init__(self, published: dict[str, bytes]) -> None:
        """Serve these pictures."""
        self._published = published

    async def get(self, request: web.Request, name: str) -> web.Response:
        """Return the picture."""
        picture = self._published.get(name)
        if picture is None:
            raise web.HTTPNotFound
        return web.Response(body=picture, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


def async_publisher(hass: HomeAssistant) -> Publisher:
    """Return what gives a picture an address within the user's network."""
    if PUBLISHED not in hass.data:
        hass.data[PUBLISHED] = {}
        hass.http.register_view(PublishedPictureView(hass.data[PUBLISHED]))
    published = hass.data[PUBLISHED]

    @contextmanager
    def publish(jpeg: bytes) -> Iterator[str]:
        try:
            base = get_url(hass, prefer_external=False)
        except NoURLAvailableError as error:
            raise BadSetting("Home Assistant does not know its own address; set it in the network settings.") from error
        name = secrets.token_urlsafe(24)
        published[name] = jpeg
        try:
            yield f"{base}/api/{DOMAIN}/picture/{name}.jpg"
        finally:
            del published[name]

    return publish
