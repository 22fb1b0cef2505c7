"""The card's websocket commands; docs/card.md describes them for other cards and scripts."""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any, Final

import voluptuous as vol
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import Unauthorized

from ..const import DOMAIN, SNOOZE_SECONDS
from ..coordinator import PrinterCoordinator
from ..engine.history.records import Label
from ..engine.serialization import to_json
from ..shared.history_actions import MAX_PRINTS
from ..shared.targets import async_printer_of_device
from .access import async_require
from .answers import (
    BackgroundAnswer,
    ExportAnswer,
    PicturesAnswer,
    PrintsAnswer,
    RegionsAnswer,
    SubscribeAnswer,
)
from .orders import ORDERS
from .pictures import PRINT_ID, async_picture_path
from .subscription import API_VERSION, Subscription

MOST_FRAMES: Final = 2000
MOST_PICTURES: Final = 60
LONGEST_SNOOZE: Final = 24 * 60 * 60

type Command = Callable[
    [HomeAssistant, ActiveConnection, PrinterCoordinator, dict[str, Any]],
    Coroutine[Any, Any, Mapping[str, Any] | None],
]

_print_id = vol.All(str, vol.Match(f"^{PRINT_ID.pattern}$"))
_share = vol.All(vol.Coerce(float), vol.Range(min=0, max=1))
_polygon = vol.All([vol.All([_share], vol.Length(min=2, max=2))], vol.Length(min=3, max=100))


@callback
def async_register_commands(hass: HomeAssistant) -> None:
    """Register them."""
    websocket_api.async_register_command(hass, subscribe)
    for name, schema, policy, command in COMMANDS:
        checked = websocket_api.BASE_COMMAND_MESSAGE_SCHEMA.extend(
            {vol.Required("type"): f"{DOMAIN}/{name}", vol.Required(ATTR_DEVICE_ID): str, **schema}
        )
        websocket_api.async_register_command(hass, f"{DOMAIN}/{name}", _answering(command, policy), checked)


@websocket_api.websocket_command({"type": f"{DOMAIN}/subscribe", vol.Required(ATTR_DEVICE_ID): str})
@callback
def subscribe(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Push a printer's state, and what happens to it."""
    printer = async_printer_of_device(hass, msg[ATTR_DEVICE_ID])
    if printer is not None:
        async_require(hass, connection.user, printer, POLICY_READ)
    connection.send_result(msg["id"], SubscribeAnswer(version=API_VERSION))
    subscription = Subscription(hass, connection, msg["id"], msg[ATTR_DEVICE_ID])
    connection.subscriptions[msg["id"]] = subscription.async_start()


def _answering(command: Command, policy: str) -> websocket_api.const.WebSocketCommandHandler:
    """Return what answers a command about a printer that the user may see, or control, or set up."""

    @websocket_api.async_response
    async def answer(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
        printer = async_printer_of_device(hass, msg[ATTR_DEVICE_ID])
        if printer is None:
            connection.send_error(
                msg["id"],
                websocket_api.ERR_NOT_FOUND,
                "The printer is not set up.",
                translation_domain=DOMAIN,
                translation_key="not_set_up",
            )
            return
        if policy != ADMIN:
            async_require(hass, connection.user, printer, policy)
        elif not connection.user.is_admin:
            raise Unauthorized
        connection.send_result(msg["id"], await command(hass, connection, printer, msg))

    return answer


async def _order(
    _: HomeAssistant, __: ActiveConnection, printer: PrinterCoordinator, msg: dict[str, Any]
) -> None:
    await ORDERS[msg["order"]](printer, msg)


async def _prints(
    _: HomeAssistant, __: ActiveConnection, printer: PrinterCoordinator, msg: dict[str, Any]
) -> PrintsAnswer:
    limit = msg["limit"]
    # One more than asked for says whether there is a next page.
    records = await printer.recordings.async_prints(msg.get("before"), limit + 1)
    return PrintsAnswer(prints=[to_json(record) for record in records[:limit]], more=len(records) > limit)


async def _frames(
    _: HomeAssistant, __: ActiveConnection, printer: PrinterCoordinator, msg: dict[str, Any]
) -> Mapping[str, Any]:
    return await printer.recordings.async_course(msg["print_id"], msg["most"])


async def _pictures(
    hass: HomeAssistant, connection: ActiveConnection, printer: PrinterCoordinator, msg: dict[str, Any]
) -> PicturesAnswer:
    sign = partial(async_picture_path, hass, connection.refresh_token_id, msg[ATTR_DEVICE_ID])
    return PicturesAnswer(
        pictures=[sign(f"prints/{msg['print_id']}/{frame}", camera=camera) for frame, camera in msg["frames"]]
    )


async def _export(
    hass: HomeAssistant, connection: ActiveConnection, _: PrinterCoordinator, msg: dict[str, Any]
) -> ExportAnswer:
    what = f"prints/{msg['print_id']}/export.{msg['format']}"
    return ExportAnswer(path=async_picture_path(hass, connection.refresh_token_id, msg[ATTR_DEVICE_ID], what))


async def _label(
    _: HomeAssistant, __: ActiveConnection, printer: PrinterCoordinator, msg: dict[str, Any]
) -> None:
    failed = {"good": False, "failed": True}.get(msg["label"])
    label = None if failed is None else Label(failed, msg.get("failed_from") if failed else None)
    await printer.async_label(msg["print_id"], label)


async def _regions(
    hass: HomeAssistant, connection: ActiveConnection, printer: PrinterCoordinator, msg: dict[str, Any]
) -> RegionsAnswer:
    regions = await printer.recordings.async_regions()
    sign = partial(async_picture_path, hass, connection.refresh_token_id, msg[ATTR_DEVICE_ID], "snapshot")
    now, _ = printer.clock
    return RegionsAnswer(regions=regions, picture=sign(camera=msg["camera"], at=str(now)))


async def _save_regions(
    _: HomeAssistant, __: ActiveConnection, printer: PrinterCoordinator, msg: dict[str, Any]
) -> None:
    await printer.recordings.async_set_regions(msg["camera"], msg["polygons"])


async def _background(
    _: HomeAssistant, __: ActiveConnection, printer: PrinterCoordinator, msg: dict[str, Any]
) -> BackgroundAnswer:
    return BackgroundAnswer(cameras=await printer.recordings.async_background())


async def _forget_background(
    _: HomeAssistant, __: ActiveConnection, printer: PrinterCoordinator, msg: dict[str, Any]
) -> None:
    await printer.recordings.async_forget_background(msg["camera"])


ADMIN: Final = "admin"
"""Beside Home Assistant's own policies: for those who may change an integration's settings."""

COMMANDS: Final[tuple[tuple[str, dict[Any, Any], str, Command], ...]] = (
    (
        "order",
        {
            vol.Required("order"): vol.In(list(ORDERS)),
            vol.Optional("seconds", default=SNOOZE_SECONDS): vol.All(
                vol.Coerce(float), vol.Range(min=0, max=LONGEST_SNOOZE)
            ),
            vol.Optional("muted", default=True): bool,
            vol.Optional("watching", default=True): bool,
        },
        POLICY_CONTROL,
        _order,
    ),
    (
        "prints",
        {
            vol.Optional("before"): vol.Coerce(float),
            vol.Optional("limit", default=10): vol.All(int, vol.Range(min=1, max=MAX_PRINTS - 1)),
        },
        POLICY_READ,
        _prints,
    ),
    (
        "frames",
        {
            vol.Required("print_id"): _print_id,
            vol.Optional("most", default=400): vol.All(int, vol.Range(min=10, max=MOST_FRAMES)),
        },
        POLICY_READ,
        _frames,
    ),
    (
        "pictures",
        {
            vol.Required("print_id"): _print_id,
            vol.Required("frames"): vol.All(
                [vol.ExactSequence([vol.All(int, vol.Range(min=0)), str])], vol.Length(max=MOST_PICTURES)
            ),
        },
        POLICY_READ,
        _pictures,
    ),
    (
        "export",
        {vol.Required("print_id"): _print_id, vol.Required("format"): vol.In(["csv", "zip"])},
        POLICY_READ,
        _export,
    ),
    (
        "label",
        {
            vol.Required("print_id"): _print_id,
            vol.Required("label"): vol.In(["good", "failed", None]),
            vol.Optional("failed_from"): vol.Coerce(float),
        },
        POLICY_CONTROL,
        _label,
    ),
    ("regions", {vol.Optional("camera", default=""): str}, ADMIN, _regions),
    (
        "regions/save",
        {
            vol.Required("camera"): str,
            vol.Required("polygons"): vol.All([_polygon], vol.Length(max=50)),
        },
        ADMIN,
        _save_regions,
    ),
    ("background", {}, POLICY_READ, _background),
    ("background/forget", {vol.Required("camera"): str}, POLICY_CONTROL, _forget_background),
)
"""Each command's name, what it must be told, what the user must be allowed to do, and what answers it."""
