"""Pictures and exports for the card, at signed addresses that go with the user who asked for them."""

import asyncio
import re
import tempfile
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import IO, Any, Final, cast

from aiohttp import web
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.http import KEY_HASS, KEY_HASS_USER, HomeAssistantView
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from yarl import URL

from ..const import DOMAIN
from ..coordinator import PrinterCoordinator
from ..shared.recordings import ExportFormat
from ..shared.targets import async_printer_of_device
from .access import async_may

PATH: Final = f"/api/{DOMAIN}/card"
VALID_FOR: Final = timedelta(hours=1)
KEPT_PICTURE: Final = "private, max-age=86400"
IN_MEMORY: Final = 2_000_000
PIECE: Final = 256 * 1024
PRINT_ID: Final = re.compile(r"[\w-]{1,256}")


@callback
def async_picture_path(
    hass: HomeAssistant, refresh_token_id: str | None, device_id: str, what: str, **query: str
) -> str:
    """Return the address of a picture or an export, valid for an hour and for this user."""
    path = URL(f"{PATH}/{device_id}/{what}").with_query(query)
    return async_sign_path(hass, str(path), VALID_FOR, refresh_token_id=refresh_token_id)


@callback
def async_register_pictures(hass: HomeAssistant) -> None:
    """Serve what the card shows."""
    for view in (FrameView, SnapshotView, RecordedFrameView, ExportView):
        hass.http.register_view(view())


class _PrinterView(HomeAssistantView):
    """Something of one printer, for those who may see it."""

    requires_auth = True

    def _printer(self, request: web.Request, device_id: str) -> PrinterCoordinator:
        hass = request.app[KEY_HASS]
        printer = async_printer_of_device(hass, device_id)
        if printer is None:
            raise web.HTTPNotFound
        if not async_may(hass, request[KEY_HASS_USER], printer, POLICY_READ):
            raise web.HTTPForbidden
        return printer


class FrameView(_PrinterView):
    """The last judged picture of a camera, without boxes."""

    url = f"{PATH}/{{device_id}}/frame"
    name = f"api:{DOMAIN}:card:frame"

    async def get(self, request: web.Request, device_id: str) -> web.Response:
        """Return it; its address has the time of the look, so that it may be kept."""
        printer = self._printer(request, device_id)
        return await _picture(
            lambda: printer.recordings.async_frame(request.query.get("camera", "")), KEPT_PICTURE
        )


class SnapshotView(_PrinterView):
    """What a camera shows now, to draw on."""

    url = f"{PATH}/{{device_id}}/snapshot"
    name = f"api:{DOMAIN}:card:snapshot"

    async def get(self, request: web.Request, device_id: str) -> web.Response:
        """Return it."""
        printer = self._printer(request, device_id)
        if not request[KEY_HASS_USER].is_admin:
            raise web.HTTPForbidden
        return await _picture(
            lambda: printer.recordings.async_snapshot(request.query.get("camera", "")), "no-store"
        )


class RecordedFrameView(_PrinterView):
    """The picture of a recorded frame."""

    url = f"{PATH}/{{device_id}}/prints/{{print_id}}/{{frame_id:\\d{{1,18}}}}"
    name = f"api:{DOMAIN}:card:recorded_frame"

    async def get(self, request: web.Request, device_id: str, print_id: str, frame_id: str) -> web.Response:
        """Return it."""
        printer = self._printer(request, device_id)
        camera = request.query.get("camera", "")
        return await _picture(
            lambda: printer.recordings.async_frame_picture(_checked(print_id), int(frame_id), camera),
            KEPT_PICTURE,
        )


class ExportView(_PrinterView):
    """A recorded print as a table, or as an archive with its pictures."""

    url = f"{PATH}/{{device_id}}/prints/{{print_id}}/export.{{kind:csv|zip}}"
    name = f"api:{DOMAIN}:card:export"

    async def get(self, request: web.Request, device_id: str, print_id: str, kind: str) -> web.StreamResponse:
        """Return it, piece by piece: an archive may be large."""
        printer, loop = self._printer(request, device_id), asyncio.get_running_loop()
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            whole = cast(IO[bytes], file)
            try:
                await printer.recordings.async_export(_checked(print_id), cast(ExportFormat, kind), whole)
            except HomeAssistantError as error:
                return web.Response(status=HTTPStatus.BAD_GATEWAY, text=str(error))
            await loop.run_in_executor(None, file.seek, 0)
            response = web.StreamResponse(
                headers={
                    "Content-Type": "text/csv" if kind == "csv" else "application/zip",
                    "Content-Disposition": f'attachment; filename="{_checked(print_id)}.{kind}"',
                }
            )
            await response.prepare(request)
            while piece := await loop.run_in_executor(None, file.read, PIECE):
                await response.write(piece)
            await response.write_eof()
        return response


def _checked(print_id: str) -> str:
    """Return a print's id if it is fit to be part of another address."""
    if not PRINT_ID.fullmatch(print_id):
        raise web.HTTPNotFound
    return print_id


async def _picture(take: Callable[[], Any], cache: str) -> web.Response:
    try:
        jpeg: bytes | None = await take()
    except HomeAssistantError as error:
        return web.Response(status=HTTPStatus.BAD_GATEWAY, text=str(error))
    if jpeg is None:
        raise web.HTTPNotFound
    return web.Response(body=jpeg, content_type="image/jpeg", headers={"Cache-Control": cache})
