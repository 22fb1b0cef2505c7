"""Which class answers for a kind of detector. Its module is imported when it is asked for, and not before.

The services need aiohttp, which takes longer to import than all the rest of the core; who uses the
built-in detector never loads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ..errors import BadSetting
from .base import Detector
from .choices import Offers
from .context import DetectorHost


class DetectorType(Protocol):
    """Makes detectors of one kind."""

    def from_settings(self, settings: Mapping[str, Any], host: DetectorHost) -> Detector:
        """Return the detector that the settings describe; raises BadSetting."""


class OffersOf(Protocol):
    """Asks a service for what can be chosen there."""

    async def __call__(self, settings: Mapping[str, Any], host: DetectorHost, /) -> Offers:
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


def offers_of(kind: str) -> OffersOf:
    """Return what asks a service of that kind for its choices; raises BadSetting."""
    match kind:
        case "deepomatic":
            from .deepomatic import deepomatic_offers

            return deepomatic_offers
        case "hacarus":
            from .hacarus_settings import hacarus_offers

            return hacarus_offers
    return _nothing_to_choose


async def _nothing_to_choose(settings: Mapping[str, Any], host: DetectorHost) -> Offers:
    detector = detector_type(str(settings.get("kind"))).from_settings(settings, host)
    try:
        return Offers(await detector.check())
    finally:
        await detector.close()
