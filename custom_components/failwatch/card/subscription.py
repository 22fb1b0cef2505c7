"""A printer's state, pushed to a page for as long as it is open: over reloads, and while it is not there."""

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any, Final, Literal, TypedDict

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.components.websocket_api.messages import event_message
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.core import Event as HomeAssistantEvent
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_device_registry_updated_event

from ..const import DOMAIN
from ..coordinator import JobCommand, PrinterCoordinator
from ..engine.judging.rules import RuleSet
from ..engine.serialization import to_json
from ..engine.watch.messages import rules_json, state_json
from ..engine.watch.state import Event, WatchState
from ..shared.details import why_not
from ..shared.targets import async_printer_of_device
from .access import async_may, async_may_control
from .pictures import VALID_FOR, async_picture_path

API_VERSION: Final = 1
"""Raised when an older card would misunderstand what it is told."""


class Permissions(TypedDict):
    """What the user may do with the printer."""

    control: bool
    configure: bool


class Update(TypedDict):
    """What the card is told. Times are by the watch's clock, which is at `now` and runs at `clock_speed`."""

    type: Literal["update"]
    version: int
    name: str
    connected: bool
    problem: str | None
    status_problem: str | None
    watching: bool
    rules: dict[str, Any]
    state: dict[str, Any]
    now: float
    clock_speed: float
    pictures: dict[str, str]
    may: Permissions
    commands: list[JobCommand]


class Happened(TypedDict):
    """Something that happened, in the order of the updates."""

    type: Literal["event"]
    version: int
    event: dict[str, Any]


class Gone(TypedDict):
    """Told while the printer is not set up: it is reloading, disabled, removed, or waits for its OctoPrint."""

    type: Literal["gone"]
    version: int


class Subscription:
    """One page that follows one printer."""

    def __init__(
        self, hass: HomeAssistant, connection: ActiveConnection, message_id: int, device_id: str
    ) -> None:
        """Tell nothing yet."""
        self._hass = hass
        self._connection = connection
        self._message_id = message_id
        self._device_id = device_id
        self._printer: PrinterCoordinator | None = None
        self._stop_listening: list[CALLBACK_TYPE] = []
        self._pictures: tuple[tuple[float, int] | None, dict[str, str]] = (None, {})

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Tell how things are, and from now on every change; returns what ends that."""
        stop_following = async_dispatcher_connect(
            self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
        )
        self._attach()

        @callback
        def stop() -> None:
            stop_following()
            self._detach()

        return stop

    @callback
    def _entry_changed(self, _: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Follow the printer of a reloaded entry: it is another object than before."""
        if (
            entry.domain == DOMAIN
            and async_printer_of_device(self._hass, self._device_id) is not self._printer
        ):
            self._attach()

    @callback
    def _attach(self) -> None:
        self._detach()
        printer = async_printer_of_device(self._hass, self._device_id)
        if printer is None or not async_may(self._hass, self._connection.user, printer, POLICY_READ):
            self._send(Gone(type="gone", version=API_VERSION))
            return
        self._printer = printer
        self._stop_listening = [
            printer.async_add_listener(partial(self._tell, printer)),
            printer.async_listen(self._tell_event),
            async_track_device_registry_updated_event(self._hass, self._device_id, self._renamed),
        ]
        self._tell(printer)

    @callback
    def _detach(self) -> None:
        for stop in self._stop_listening:
            stop()
        self._stop_listening = []
        self._printer = None

    @callback
    def _renamed(self, event: HomeAssistantEvent[dr.EventDeviceRegistryUpdatedData]) -> None:
        if self._printer is not None and event.data["action"] == "update":
            self._tell(self._printer)

    @callback
    def _tell_event(self, event: Event) -> None:
        self._send(Happened(type="event", version=API_VERSION, event=to_json(event)))

    @callback
    def _tell(self, printer: PrinterCoordinator) -> None:
        now, speed = printer.clock
        user = self._connection.user
        self._send(
            Update(
                type="update",
                version=API_VERSION,
                name=printer.shown_name,
                connected=printer.is_connected,
                problem=printer.last_problem,
                status_problem=printer.status_problem,
                watching=printer.watching,
                rules=_rules_json(printer.rules),
                state=_state_json(self._hass, printer.data),
                now=now,
                clock_speed=speed,
                pictures=self._picture_paths(printer),
                may=Permissions(
                    control=async_may_control(self._hass, user, printer), configure=user.is_admin
                ),
                commands=sorted(printer.job_commands),
            )
        )

    def _picture_paths(self, printer: PrinterCoordinator) -> dict[str, str]:
        """Return the signed addresses of the last look's pictures, by camera."""
        look = printer.data.look
        if look is None:
            return {}
        # A page that is open for long gets new addresses before those that it has are no longer valid.
        signed_for = (look.at, int(monotonic() / (VALID_FOR.total_seconds() / 2)))
        if self._pictures[0] != signed_for:
            sign: Callable[..., str] = partial(
                async_picture_path, self._hass, self._connection.refresh_token_id, self._device_id, "frame"
            )
            paths = {
                view.camera: sign(camera=view.camera, at=str(look.at))
                for view in look.views
                if not view.problem
            }
            self._pictures = (signed_for, paths)
        return self._pictures[1]

    def _send(self, told: Update | Happened | Gone) -> None:
        self._connection.send_message(event_message(self._message_id, told))


def _state_json(hass: HomeAssistant, state: WatchState) -> dict[str, Any]:
    """Return a state with the reasons why a print does not obey in Home Assistant's language."""
    told = state_json(state)
    if order := told["intervention"]["ordered"]:
        order["problems"] = [why_not(hass, problem) for problem in order["problems"]]
    return told


def _rules_json(rules: RuleSet | None) -> dict[str, Any]:
    return {} if rules is None else rules_json(rules)
