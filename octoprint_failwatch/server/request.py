"""Read a client's form: two ids and a picture."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiohttp import web

from ..engine.errors import BadRequest, Busy
from ..engine.imaging.jpeg import is_jpeg
from ..engine.models import MAX_ID_LENGTH
from .form import boundary_of, parse_form

IDS = ("printer_id", "print_id")
MAX_FIELD = 4 * MAX_ID_LENGTH
"""Bytes of a text field: an id's characters may take four each."""

MAX_KEY = 256
REPEATED_PICTURE_SECONDS = 60.0
REPEATED_KEY_SECONDS = 600.0
"""For how long a request counts as a repetition: by the same bytes, or by its Idempotency-Key."""

READ_SECONDS = 30.0
BESIDE_THE_PICTURE = 64 * 2**10
"""Bytes that a form may have beside the picture: ids, headers, fields that the server does not know."""

INLINE = 160 * 2**10
INLINE_QUERY = 1024
"""Bytes of a form, and characters of a query, that take less than a millisecond at their worst. What is longer is
read on a thread."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A client's picture, and the ids that it gave.

    `key` is the same for a request that the client repeats within `repeated_for` seconds, and for no other.
    """

    printer_id: str
    print_id: str
    key: str
    repeated_for: float
    jpeg: bytes = field(repr=False)


class Intake:
    """Limits the memory of forms from their first byte to their answer."""

    def __init__(self, max_picture: int, max_bytes: int) -> None:
        """Let forms take `max_bytes` together, half of them one owner's, and one form always."""
        self.max_picture = max_picture
        self._max_bytes = max(max_bytes, 2 * self.max_form)
        self._held: Counter[str] = Counter()

    @property
    def max_form(self) -> int:
        """Return the bytes that a form may have."""
        return self.max_picture + BESIDE_THE_PICTURE

    @contextmanager
    def hold(self, owner: str, request: web.Request) -> Iterator[None]:
        """Reserve memory for a request's form. Raises Busy if none is left, BadRequest for too much."""
        if (request.content_length or 0) > self.max_form:
            raise _too_large("img", self.max_picture)
        size = self.max_form if request.content_length is None else request.content_length
        held = self._held[owner] + size
        if self._held.total() + size > self._max_bytes or held > self._max_bytes // 2:
            raise Busy("The server has more pictures in hand than it can keep.", retry_after=5.0)
        self._held[owner] = held
        try:
            yield
        finally:
            self._held[owner] -= size
            if not self._held[owner]:
                del self._held[owner]


async def read_submission(request: web.Request, intake: Intake) -> Submission:
    """Return what the request's form holds. Raises BadRequest, naming what is wrong.

    The documentation heads the fields "Query parameters", so an id that the form lacks may stand in
    the query string.
    """
    content_type = request.headers.get("Content-Type", "")
    if content_type.partition(";")[0].strip().lower() != "multipart/form-data":
        raise BadRequest("Send a form (multipart/form-data) with printer_id, print_id and img.")
    boundary = boundary_of(content_type)
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > MAX_KEY:
        raise BadRequest(f"Idempotency-Key is too long: at most {MAX_KEY} characters are accepted.")
    chunks = await _read(request, intake)

    def submission() -> Submission:
        return _submission(parse_form(b"".join(chunks), boundary), request.query, key, intake.max_picture)

    if sum(map(len, chunks)) <= INLINE and len(request.path_qs) <= INLINE_QUERY:
        return submission()
    return await asyncio.to_thread(submission)


async def _read(request: web.Request, intake: Intake) -> list[bytes]:
    """Return the whole body, if it comes in time and is no larger than accepted."""
    chunks: list[bytes] = []
    remaining = intake.max_form
    try:
        async with asyncio.timeout(READ_SECONDS):
            while chunk := await request.content.readany():
                chunks.append(chunk)
                remaining -= len(chunk)
                if remaining < 0:
                    raise _too_large("img", intake.max_picture)
    except TimeoutError as error:
        raise BadRequest(f"The request did not arrive within {READ_SECONDS:.0f} seconds.") from error
    except web.RequestPayloadError as error:
        raise BadRequest("The request's body is damaged or cut off.") from error
    return chunks


def _submission(
    parts: Mapping[str, bytes], query: Mapping[str, str], idempotency_key: str, max_picture: int
) -> Submission:
    printer_id, print_id = (_id(name, parts, query) for name in IDS)
    jpeg = parts.get("img")
    if not jpeg:
        raise BadRequest("img is missing: a snapshot in JPEG format.")
    if len(jpeg) > max_picture:
        raise _too_large("img", max_picture)
    if not is_jpeg(jpeg):
        raise BadRequest("img is not a JPEG.")
    digest = hashlib.sha256(print_id.encode(errors="surrogatepass"))  # processors have instructions for it
    if idempotency_key:
        digest.update(b"\0key\0" + idempotency_key.encode(errors="surrogateescape"))
    else:
        digest.update(b"\0img\0")
        digest.update(jpeg)
    repeated_for = REPEATED_KEY_SECONDS if idempotency_key else REPEATED_PICTURE_SECONDS
    return Submission(printer_id, print_id, digest.hexdigest()[:32], repeated_for, jpeg)


def _id(name: str, parts: Mapping[str, bytes], query: Mapping[str, str]) -> str:
    try:
        content = parts[name] if name in parts else query.get(name, "").encode()
        value = content[: MAX_FIELD + 1].decode() if len(content) <= MAX_FIELD else None
    except UnicodeError as error:
        raise BadRequest(f"{name} is not UTF-8.") from error
    if value == "":
        raise BadRequest(f"{name} is missing.")
    if value is None or len(value) > MAX_ID_LENGTH:
        raise BadRequest(f"{name} is too long: at most {MAX_ID_LENGTH} characters are accepted.")
    return value


def _too_large(name: str, limit: int) -> BadRequest:
    return BadRequest(f"{name} is too large: {limit // 2**20} MiB are accepted.")
