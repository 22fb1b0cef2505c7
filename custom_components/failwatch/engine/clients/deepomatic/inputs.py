"""Encode pictures for Deepomatic: as JSON, or as a multipart form if one is a file."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from .types import Crop, Encoding, ImageInput


def needs_form(picture: ImageInput) -> bool:
    """Return whether a picture can only be sent in a multipart form."""
    return isinstance(picture.source, bytes) and picture.encoding is not Encoding.BASE64


def input_json(picture: ImageInput) -> dict[str, Any]:
    """Return a picture as JSON, its bytes as base64."""
    source = picture.source
    if isinstance(source, bytes):
        source = f"data:image/jpeg;base64,{base64.b64encode(source).decode()}"
    image: dict[str, Any] = {"source": source}
    if picture.bbox is not None:
        image["bbox"] = _edges(picture.bbox)
    return {"image": image}


def multipart(inputs: Sequence[ImageInput], options: Mapping[str, Any]) -> aiohttp.FormData:
    """Return a multipart form; fields of list members have no dot after the bracket."""
    form = aiohttp.FormData(quote_fields=False)
    for key, value in options.items():
        form.add_field(key, str(value))
    for index, picture in enumerate(inputs):
        name = f"inputs[{index}]image"
        source = picture.source
        if isinstance(source, str) or picture.encoding is Encoding.BASE64:
            form.add_field(f"{name}.source", input_json(picture)["image"]["source"])
        elif picture.encoding is Encoding.FILE:
            form.add_field(f"{name}.source", source, filename=f"{index}.jpg", content_type="image/jpeg")
        else:
            # As a payload, because aiohttp would send plain bytes as a file.
            data = b"data:image/jpeg;binary," + source
            kind = "application/octet-stream"
            form.add_field(f"{name}.source", aiohttp.BytesPayload(data), content_type=kind)
        if picture.bbox is not None:
            for edge, share in _edges(picture.bbox).items():
                form.add_field(f"{name}.bbox.{edge}", str(share))
    return form


def _edges(crop: Crop) -> dict[str, float]:
    return {"xmin": crop.xmin, "ymin": crop.ymin, "xmax": crop.xmax, "ymax": crop.ymax}
