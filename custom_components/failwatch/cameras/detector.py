"""Create the detector of a detection service entry."""

import importlib
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.requirements import RequirementsNotFound, async_process_requirements

from ..const import CONF_KIND, DOMAIN, KIND_BUILT_IN
from ..engine.detectors import Detector, DetectorContext, create_detector
from ..engine.detectors.built_in import rename_camera
from ..engine.errors import ModelUnavailable
from .picture_urls import async_publisher

BUILT_IN_REQUIREMENTS = ["ncnn>=1.0.20250503"]
"""Asked for when the built-in detector is first used: who uses a service installs nothing."""


def detector_folder(hass: HomeAssistant, entry_id: str) -> Path:
    """Return where an entry's detector keeps what it has learned of the cameras."""
    return Path(hass.config.path(".storage", f"{DOMAIN}.{entry_id}.detector"))


async def async_remove_detector_folder(hass: HomeAssistant, entry_id: str) -> None:
    """Delete the folder."""
    folder = detector_folder(hass, entry_id)
    await hass.async_add_executor_job(partial(shutil.rmtree, folder, ignore_errors=True))


async def async_rename_in_folder(
    hass: HomeAssistant, entry_id: str, printer_id: str, old: str, new: str
) -> None:
    """Let what an entry's detector learned of a camera follow its new name, while that detector does not run."""
    folder = detector_folder(hass, entry_id)
    await hass.async_add_executor_job(rename_camera, folder, printer_id, old, new)


def detector_context(hass: HomeAssistant, folder: Path | None = None) -> DetectorContext:
    """Return what Home Assistant lends to a detector; one without a folder keeps nothing."""
    return DetectorContext(
        session=async_get_clientsession(hass),
        data_dir=folder,
        publish=async_publisher(hass),
    )


async def async_create_detector(
    hass: HomeAssistant, settings: Mapping[str, Any], folder: Path | None = None
) -> Detector:
    """Return the detector, with what it needs installed; raises BadSetting or ModelUnavailable."""
    if settings[CONF_KIND] == KIND_BUILT_IN:
        await async_require_built_in(hass)
    return await hass.async_add_executor_job(create_detector, settings, detector_context(hass, folder))


async def async_require_built_in(hass: HomeAssistant) -> None:
    """Install what the built-in detector runs on; raises ModelUnavailable where there is none."""
    try:
        await async_process_requirements(hass, DOMAIN, BUILT_IN_REQUIREMENTS)
        # The first import takes a while, and no import may block the loop.
        await hass.async_add_executor_job(importlib.import_module, "ncnn")
    except (RequirementsNotFound, ImportError) as error:
        raise ModelUnavailable(
            "The built-in detector cannot be installed on this machine; use a detection service instead."
        ) from error
