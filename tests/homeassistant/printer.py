"""A printer in Home Assistant: what it does, a camera on it, buttons, and a detector that is told what to see."""

import io
import random
from dataclasses import dataclass, field
from typing import Any

from homeassistant.components.button import ButtonEntity
from homeassistant.components.camera import Camera
from homeassistant.components.image import ImageEntity
from homeassistant.components.light import ColorMode, LightEntity
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from PIL import Image, ImageDraw
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    setup_test_component_platform,
)

from custom_components.failwatch.engine.errors import FailWatchError
from custom_components.failwatch.engine.models import Box, Detection, Frame
from tests.patience import eventually

STATUS = "sensor.printer_status"
CAMERA = "camera.printer"
IMAGE = "image.printer"
PAUSE = "button.pause"
CANCEL = "button.cancel"
LIGHT = "light.printer"
JOB = "sensor.job"

SOURCES = {"picture_entity": CAMERA, "status_entity": STATUS}
STATES = {"printing_states": ["printing"], "paused_states": ["paused"]}
JUDGEMENT: dict[str, Any] = {
    "interval": 10,
    "rules": "failwatch",
    "actions": {"on_maybe": "notify", "on_failure": "notify", "veto": 0, "cancel_after": 0},
}
SETTINGS: dict[str, Any] = {
    **SOURCES,
    **STATES,
    "interval": 10,
    "rules": "failwatch",
    "on_maybe": "notify",
    "on_failure": "notify",
    "veto": 0,
    "cancel_after": 0,
}


def picture(brightness: int = 120, kind: str = "JPEG") -> bytes:
    """Return a picture that differs from every other."""
    image = Image.new("RGB", (160, 120), (brightness,) * 3)
    draw = ImageDraw.Draw(image)
    for _ in range(20):
        x, y = random.randrange(140), random.randrange(100)
        draw.rectangle((x, y, x + 20, y + 20), fill=(random.randrange(brightness + 1),) * 3)
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


@dataclass
class Told:
    """The detector."""

    p: float = 0.02
    error: FailWatchError | None = None
    frames: list[Frame] = field(default_factory=list)
    closed: int = 0
    returns_boxes: bool = True
    combines_by_sum: bool = False
    metered: bool = False

    async def detect(self, frame: Frame) -> Detection:
        self.frames.append(frame)
        if self.error is not None:
            raise self.error
        boxes = (Box(0.1, 0.1, 0.4, 0.4, self.p),) if self.p > 0.3 else ()
        return Detection(self.p, boxes)

    async def check(self) -> str:
        if self.error is not None:
            raise self.error
        return "Ready."

    async def close(self) -> None:
        self.closed += 1


class PrinterCamera(Camera):
    _attr_name = "Printer"
    brightness = 120
    kind = "JPEG"
    broken = False
    raw: bytes | None = None

    async def async_camera_image(self, width: int | None = None, height: int | None = None) -> bytes | None:
        if self.broken:
            raise HomeAssistantError("broken")
        return self.raw or picture(self.brightness, self.kind)


class PrinterImage(ImageEntity):
    _attr_name = "Printer"
    _attr_content_type = "image/png"

    async def async_image(self) -> bytes | None:
        return picture(kind="PNG")


class CountingButton(ButtonEntity):
    """A printer's button: it counts, and the printing entity says that the printer obeys."""

    def __init__(self, name: str, obeys: str) -> None:
        self._attr_name = name
        self.presses = 0
        self.jammed = False
        self.obeys = obeys

    async def async_press(self) -> None:
        if self.jammed:
            raise HomeAssistantError("jammed")
        self.presses += 1
        state = self.hass.states.get(STATUS)
        self.hass.states.async_set(STATUS, self.obeys, state.attributes if state else None)


class PrinterLight(LightEntity):
    _attr_unique_id = "light"
    _attr_name = "Printer"
    _attr_supported_color_modes = {ColorMode.ONOFF}  # noqa: RUF012
    _attr_color_mode = ColorMode.ONOFF
    _attr_is_on = False

    def __init__(self) -> None:
        self.switched: list[bool] = []

    async def async_turn_on(self, **kwargs: Any) -> None:
        self.switched.append(True)
        self._attr_is_on = True

    async def async_turn_off(self, **kwargs: Any) -> None:
        self.switched.append(False)
        self._attr_is_on = False


@dataclass
class Printer:
    """All of it."""

    hass: HomeAssistant
    detector: Told
    camera: PrinterCamera
    pause: CountingButton
    cancel: CountingButton
    light: PrinterLight
    told: dict[str, str] = field(default_factory=dict)

    async def tells(self, kind: str) -> None:
        """Wait until Home Assistant was told of an event; its detail is then in `told`."""
        await eventually(lambda: kind in self.told)

    async def says(self, state: str) -> None:
        """Let the printing entity say something else."""
        options = ["idle", "printing", "paused", "finished"]
        self.hass.states.async_set(STATUS, state, {"options": options})
        await self.hass.async_block_till_done()

    async def looks(self, count: int) -> None:
        """Wait for so many more looks."""
        wanted = len(self.detector.frames) + count
        await eventually(lambda: len(self.detector.frames) >= wanted)


async def install(hass: HomeAssistant, detector: Told) -> Printer:
    """Put the printer into Home Assistant."""
    camera, pause, cancel, light = (
        PrinterCamera(),
        CountingButton("Pause", "paused"),
        CountingButton("Cancel", "idle"),
        PrinterLight(),
    )
    setup_test_component_platform(hass, "camera", [camera])
    setup_test_component_platform(hass, "image", [PrinterImage(hass)])
    setup_test_component_platform(hass, "button", [pause, cancel])
    setup_test_component_platform(hass, "light", [light])
    for domain in ("camera", "image", "button", "light"):
        assert await async_setup_component(hass, domain, {domain: {"platform": "test"}})
    printer = Printer(hass, detector, camera, pause, cancel, light)

    @callback
    def hear(event: Event) -> None:
        printer.told[event.data["type"]] = event.data["detail"]

    hass.bus.async_listen("failwatch_event", hear)
    await printer.says("idle")
    return printer


def service_entry(**changes: Any) -> MockConfigEntry:
    """Return a detection service that watches the printer."""
    return MockConfigEntry(
        domain="failwatch",
        title="Detector",
        data={"kind": "super_api", "url": "http://detector.example", "token": "secret"},
        subentries_data=[
            ConfigSubentryData(
                data={**SETTINGS, **changes},
                subentry_id="camera1",
                subentry_type="camera",
                title="Voron",
                unique_id=f"{CAMERA}/{STATUS}",
            )
        ],
    )


async def watch(hass: HomeAssistant, **settings: Any) -> MockConfigEntry:
    """Set up a service that watches the printer."""
    entry = service_entry(**settings)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def until(hass: HomeAssistant, entity_id: str, wanted: object, attribute: str | None = None) -> None:
    """Wait until an entity says so."""

    def found() -> Any:
        state = hass.states.get(entity_id)
        if state is None:
            return None
        return state.attributes.get(attribute) if attribute else state.state

    try:
        await eventually(lambda: found() == wanted)
    except TimeoutError:
        raise AssertionError(f"{entity_id} is {found()!r}, not {wanted!r}") from None
