"""The core's watch of a camera entity, and the recorder of what it sees."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant

from .camera_settings import ignored_regions, watch_settings
from .const import CONF_IGNORE, CONF_LIGHT, CONF_PICTURE_ENTITY
from .engine.clock import Clock
from .engine.detectors.base import Detector
from .engine.history import History, RecordedSettings, Recorder
from .engine.watch.look import Camera
from .engine.watch.state import WatchState
from .engine.watch.watch import Sink, Watch
from .snapshots import async_snapshot


def create_camera(hass: HomeAssistant, settings: Mapping[str, Any]) -> Camera:
    """Return the camera that a subentry's settings name; raises BadSetting."""
    picture_id, light_id = settings[CONF_PICTURE_ENTITY], settings.get(CONF_LIGHT)
    regions = ignored_regions(settings.get(CONF_IGNORE, ""))
    return Camera(lambda: async_snapshot(hass, picture_id, light_id), picture_id, regions)


def create_watch(
    hass: HomeAssistant,
    settings: Mapping[str, Any],
    *,
    detector: Detector,
    sink: Sink,
    clock: Clock,
    state: WatchState,
) -> Watch:
    """Return a watch by a subentry's settings; raises BadSetting."""
    return Watch(
        detector=detector,
        cameras=[create_camera(hass, settings)],
        sink=sink,
        settings=watch_settings(settings),
        clock=clock,
        state=state,
    )


def create_recorder(
    history: History,
    settings: Mapping[str, Any],
    *,
    kind: str,
    detector: Detector,
    clock: Clock,
    state: WatchState,
    printer_name: str,
) -> Recorder:
    """Return the recorder for such a watch by a detector of that kind; raises BadSetting."""
    recorded = RecordedSettings.of(
        watch_settings(settings),
        kind,
        by_sum=detector.combines_by_sum,
        regions={settings[CONF_PICTURE_ENTITY]: ignored_regions(settings.get(CONF_IGNORE, ""))},
    )
    return Recorder(history, state, recorded, source="homeassistant", clock=clock, printer_name=printer_name)
