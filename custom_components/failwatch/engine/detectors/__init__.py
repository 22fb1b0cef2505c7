"""Make a detector from settings, and offer the choices for its forms.

Settings are a plain mapping with the key `kind` and the keys of that kind:

- `built_in`: `model` (optional: folder of an own model)
- `super_api`: `url`, `token` (Obico's Super Detection API, or a FailWatch server)
- `ml_api`: `url`, `token` (optional); fetches each picture itself, so the host must `publish`:
  it holds a `SingleUsePictures(address)` and answers requests for its names with `take(name)`
- `obico_printer`: `url`, `token` (OAuth), `printer` (id); Obico's API for its own printers
- `hacarus`: `url`, `client_id`, `client_secret`, `dialect` (auto, check, saas, sdk),
  `model_id` ("active" for the service's active one), `threshold` (the score that counts as p = 0.5),
  `answer_within` (seconds)
- `deepomatic`: `url`, `api_key`, `spec` (id), `labels` (list of the names that mean failure),
  `combine` (max or sum), `answer_within` (seconds)

A form shows `FIELDS[kind]` and nothing else. `await query_service(settings, host)` tries the address and
the credentials, and returns `ServiceInfo(says, choices)`: a sentence for the user, and for each field
with `offered` set the values to pick from. It needs only the fields before the first offered one;
a field that depends on a choice (`labels` on `spec`) is filled once that choice is in the settings.
It raises BadSetting or DetectionError: `kind` is the key to translate, the text says the rest.
A "Test" is `create_detector(settings, host).detect(frame)`, whose Detection has `raw`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import BadSetting
from .base import Detector
from .choices import Choice, ServiceInfo
from .context import DetectorContext, Publisher
from .registry import detector_type, query_of
from .setting_fields import FIELDS, Field, FieldType
from .single_use_pictures import Published, SingleUsePictures

__all__ = [
    "FIELDS",
    "Choice",
    "Detector",
    "DetectorContext",
    "Field",
    "FieldType",
    "Published",
    "Publisher",
    "ServiceInfo",
    "SingleUsePictures",
    "create_detector",
    "query_service",
    "same_service",
]


def create_detector(settings: Mapping[str, Any], host: DetectorContext) -> Detector:
    """Return the detector that the settings describe; raises BadSetting."""
    return detector_type(str(settings.get("kind"))).from_settings(settings, host)


async def query_service(settings: Mapping[str, Any], host: DetectorContext) -> ServiceInfo:
    """Return what the service offers to choose from; raises BadSetting or DetectionError."""
    return await query_of(str(settings.get("kind")))(settings, host)


def same_service(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two detectors' settings are of one service at one address, as it is used.

    Only then may a secret that is stored with the one go to the other.
    """
    kind = one.get("kind")
    if kind != other.get("kind"):
        return False
    address = next((field for field in FIELDS.get(str(kind), ()) if field.type is FieldType.URL), None)
    if address is None:
        return True
    from ..clients.http import base_url

    try:
        urls = [base_url(settings, address.default) for settings in (one, other)]
    except BadSetting:
        return False
    places = {(url.scheme, (url.host or "").lower(), url.port) for url in urls}
    return len(places) == 1
