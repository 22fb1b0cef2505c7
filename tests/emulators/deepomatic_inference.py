"""Inference at the Deepomatic emulator: what is sent, and what is answered."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
from aiohttp import web

from .judging import Sighting

THRESHOLD = 0.5


def flag(value: Any) -> bool:
    """Return whether a form or JSON says true."""
    return value is True or str(value).lower() in ("true", "1")


async def form_body(request: web.Request) -> dict[str, Any]:
    """Return a multipart body as what it stands for: `inputs[0]image.bbox.xmin` and the like."""
    body: dict[str, Any] = {}
    inputs: dict[int, dict[str, Any]] = {}
    for name, value in (await request.post()).items():
        content: Any = value.file.read() if isinstance(value, web.FileField) else value
        if isinstance(content, bytearray):
            content = content.decode() if not content.startswith(b"data:") else bytes(content)
        part = re.fullmatch(r"inputs\[(\d+)\]image\.(\w+)(?:\.(\w+))?", name)
        if part is None:
            body[name] = content
            continue
        image = inputs.setdefault(int(part[1]), {"image": {}})["image"]
        if part[3]:
            image.setdefault(part[2], {})[part[3]] = json.loads(content)
        else:
            image[part[2]] = content
    if inputs:
        body["inputs"] = [inputs[index] for index in sorted(inputs)]
    return body


async def picture(source: str | bytes) -> bytes:
    """Return the picture that a source stands for; raises ValueError."""
    if isinstance(source, bytes):
        return _after_comma(source) if source.startswith(b"data:") else source
    if source.startswith(("http:", "https:")):
        async with aiohttp.ClientSession() as session, session.get(source) as response:
            return await response.read()
    encoding, _, content = source.partition(",")
    if not re.fullmatch(r"data:image/[\w*]+;base64", encoding):
        raise ValueError("neither an address nor data")
    return base64.b64decode(content, validate=True)


def _after_comma(data: bytes) -> bytes:
    encoding, _, content = data.partition(b",")
    if not re.fullmatch(rb"data:image/[\w*]+;binary", encoding):
        raise ValueError("neither an address nor data")
    return content


def output(
    spec: Mapping[str, Any], seen: Sequence[Sighting], show_discarded: bool, limit: int
) -> dict[str, Any]:
    """Return an output's labels; the first label is what the judge sees."""
    labels = spec["outputs"][0]["labels"]
    first = labels["labels"][0]
    if labels["roi"] == "BBOX":
        found = [_label(first, one.score, _roi(number, one)) for number, one in enumerate(seen, 1)]
    else:
        score = max((one.score for one in seen), default=0.01)
        rest = (1 - score) / max(1, len(labels["labels"]) - 1)
        found = [_label(label, score if label is first else rest) for label in labels["labels"]]
    found.sort(key=lambda label: -label["score"])
    found = found[:limit]
    return {
        "labels": {
            "predicted": [label for label in found if label["score"] >= THRESHOLD],
            "discarded": [label for label in found if label["score"] < THRESHOLD] if show_discarded else [],
        }
    }


def _label(label: Mapping[str, Any], score: float, roi: Mapping[str, Any] | None = None) -> dict[str, Any]:
    answer = {"label_id": label["id"], "label_name": label["name"], "score": score, "threshold": THRESHOLD}
    return answer if roi is None else {**answer, "roi": roi}


def _roi(number: int, one: Sighting) -> dict[str, Any]:
    return {
        "region_id": number,
        "bbox": {
            "xmin": one.x_min / one.width,
            "ymin": one.y_min / one.height,
            "xmax": one.x_max / one.width,
            "ymax": one.y_max / one.height,
        },
    }
