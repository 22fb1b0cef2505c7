"""Find the class of a kind of detector, and import its module only when it is needed.

The services need aiohttp, which takes longer to import than all the rest of the core; who uses the
built-in detector never loads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ..errors import BadSetting
from .base import Detector
from .choices import ServiceInfo
from .context import DetectorContext


class DetectorType(Protocol):
    """Makes detectors of one kind."""

    def from_settings(self, settings: Mapping[str, Any], host: DetectorContext) -> Detector:
        """Return the detector that the settings describe; raises BadSetting."""


class ServiceQuery(Protocol):
    """Asks a service for what can be chosen there."""

    async def __call__(self, settings: Mapping[str, Any], host: DetectorContext, /) -> ServiceInfo:
        """Return a sentence and the choices; raises BadSetting or DetectionError."""


def detector_type(kind: str) -> DetectorType:
    """Return the class of a kind; raises BadSetting."""
    match kind:
        case "built_in":
            from .built_in import BuiltInDetector

            return BuiltInDetector
        case "super_api":
            from .super_api import SuperApiDetector

            return SuperApiDetector
        case "ml_api":
            from .ml_api import MlApiDetector

            return MlApiDetector
        case "obico_printer":
            from .obico_printer import ObicoPrinterDetector

            return ObicoPrinterDetector
        case "deepomatic":
            from .deepomatic import DeepomaticDetector

            return DeepomaticDetector
        case "hacarus":
            from .hacarus import HacarusDetector

            return HacarusDetector
    raise BadSetting("There is no detector %(kind)r.", kind=kind)


def query_of(kind: str) -> ServiceQuery:
    """Return what asks a service of that kind for its choices; raises BadSetting."""
    match kind:
        case "deepomatic":
            from .deepomatic import query_deepomatic

            return query_deepomatic
        case "hacarus":
            from .hacarus_settings import query_hacarus

            return query_hacarus
    return _nothing_to_choose


async def _nothing_to_choose(settings: Mapping[str, Any], host: DetectorContext) -> ServiceInfo:
    detector = detector_type(str(settings.get("kind"))).from_settings(settings, host)
    try:
        return ServiceInfo(await detector.check())
    finally:
        await detector.close()
