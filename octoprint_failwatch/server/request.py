"""What a client submits for detection: two ids and a picture, as a form."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from ..engine.errors import BadRequest
from ..engine.imaging.jpeg import is_jpeg
from ..engine.models import MAX_ID_LENGTH

IDS = ("printer_id", "print_id")
MAX_PARTS = 32
MAX_FIELD = 4 * MAX_ID_LENGTH
"""Bytes of a text field: an id's characters may take four each."""

READ_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Submission:
    """A client's picture, and the ids that it gave."""

    printer_id: str
    print_id: str
    jpeg: bytes = field(repr=False)


async def read_submission(request: web.Request, max_picture: int) -> Submission:
    """Return what the request's form holds. Raises BadRequest, naming what is wrong.

    The documentation heads the fields "Query parameters", so an id that the form lacks may stand in
    the query string.
    """
    if request.content_type != "multipart/form-data":
        raise BadRequest("Send a form (multipart/form-data) with printer_id, print_id and img.")
    try:
        async with asyncio.timeout(READ_SECONDS):
            parts = await _read_parts(request, max_picture)
    except TimeoutError as error:
        raise BadRequest(f"The request did not arrive within {READ_SECONDS:.0f} seconds.") from error
    ids = [_id(name, parts, request.query) for name in IDS]
    jpeg = parts.get("img")
    if not jpeg:
        raise BadRequest("img is missing: a snapshot in JPEG format.")
    if not is_jpeg(jpeg):
        raise BadRequest("img is not a JPEG.")
    return Submission(ids[0], ids[1], jpeg)


async def _read_parts(request: web.Request, max_picture: int) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    try:
        reader = await request.multipart()
        for _ in range(MAX_PARTS):
            part = await reader.next()
            if part is None:
                return parts
            if not isinstance(part, BodyPartReader):
                raise BadRequest("The form has a part that is a form itself.")
            name = part.name or ""
            if name in parts:
                raise BadRequest(f"{name} is given twice.")
            content = await _read_part(part, name, max_picture)
            if name in IDS or name == "img":
                parts[name] = content
    except (ValueError, AssertionError, HttpProcessingError, web.HTTPException) as error:
        raise BadRequest("The form cannot be read.") from error
    raise BadRequest(f"The form has more than {MAX_PARTS} parts.")


async def _read_part(part: BodyPartReader, name: str, max_picture: int) -> bytes:
    limit = MAX_FIELD if name in IDS else max_picture
    content = bytearray()
    while chunk := await part.read_chunk(65536):
        content += chunk
        if len(content) > limit:
            if name in IDS:
                raise _too_long(name)
            raise BadRequest(f"{name or 'A part'} is too large: {limit // 2**20} MiB are accepted.")
    return bytes(content)


def _id(name: str, parts: Mapping[str, bytes], query: Mapping[str, str]) -> str:
    try:
        value = parts[name].decode() if name in parts else query.get(name, "")
    except UnicodeDecodeError as error:
        raise BadRequest(f"{name} is not UTF-8.") from error
    if not value:
        raise BadRequest(f"{name} is missing.")
    if len(value) > MAX_ID_LENGTH:
        raise _too_long(name)
    return value


def _too_long(name: str) -> BadRequest:
    return BadRequest(f"{name} is too long: at most {MAX_ID_LENGTH} characters are accepted.")
