"""Pictures at single-use addresses, for a detection service that fetches them itself."""

from aiohttp import web
from homeassistant.components.http import HomeAssistantView
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..engine.detectors import Publisher
from ..engine.detectors.single_use_pictures import SingleUsePictures
from ..engine.errors import BadSetting

PICTURES: HassKey[SingleUsePictures] = HassKey(f"{DOMAIN}_pictures")
PATH = f"/api/{DOMAIN}/picture"


class SingleUsePictureView(HomeAssistantView):
    """Gives a picture, once, to whoever knows its name, which nobody can guess."""

    url = f"{PATH}/{{name}}"
    name = f"api:{DOMAIN}:picture"
    requires_auth = False

    def __init__(self, pictures: SingleUsePictures) -> None:
        """Serve these pictures."""
        self._pictures = pictures

    async def get(self, request: web.Request, name: str) -> web.Response:
        """Return the picture."""
        picture = self._pictures.take(name)
        if picture is None:
            raise web.HTTPNotFound
        return web.Response(body=picture, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


def async_publisher(hass: HomeAssistant) -> Publisher:
    """Return what gives a picture an address within the user's network."""
    if PICTURES not in hass.data:

        def address(name: str) -> str:
            try:
                return f"{get_url(hass, prefer_external=False)}{PATH}/{name}"
            except NoURLAvailableError as error:
                raise BadSetting(
                    "Home Assistant does not know its own address; set it in Settings, System, Network."
                ) from error

        hass.data[PICTURES] = SingleUsePictures(address)
        hass.http.register_view(SingleUsePictureView(hass.data[PICTURES]))
    return hass.data[PICTURES].publish
