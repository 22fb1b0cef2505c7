"""The detectors, and how to make one from settings.

Settings are a plain mapping with the key `kind` and the keys of that kind:

- `built_in`: `model` (optional: folder of an own model)
- `super_api`: `url`, `token` (Obico's Super Detection API, or a FailWatch server)
- `ml_api`: `url`, `token` (optional)
- `hacarus`: `url`, `client_id`, `client_secret`, `dialect`, `model_id`, …
- `deepomatic`: `url`, `api_key`, `spec`, `labels`, …
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp

from ..errors import BadSetting
from .detector import Detector

Publisher: TypeAlias = Callable[[bytes], AbstractContextManager[str]]
"""Gives a JPEG a single-use address that the detection service can fetch, for as long as it is open."""


@dataclass(frozen=True, slots=True)
class DetectorHost:
    """What a host lends to its detectors.

    `data_dir` is where a detector may keep files of its own. `publish` is needed by `ml_api` alone.
    """

    session: aiohttp.ClientSession
    data_dir: Path | None = None
    publish: Publisher | None = None


def create_detector(settings: Mapping[str, Any], host: DetectorHost) -> Detector:
    """Return the detector that the settings describe; raises BadSetting."""
    kind = settings.get("kind")
    if kind == "built_in":
        from .built_in import BuiltInDetector

        return BuiltInDetector.from_settings(settings, host)
    if kind == "super_api":
        from .super_api import SuperApiDetector

        return SuperApiDetector.from_settings(settings, host)
    raise BadSetting(f"There is no detector {kind!r}.")
