"""Requests to the HACARUS emulator: read strictly, and refused as documented."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage

MAX_INT = 2**31 - 1


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, title: str, detail: str = "", **fields: str) -> None:
        """Keep what the answer says; `fields` are the parts of the request that are at fault."""
        super().__init__(title)
        self.status, self.title, self.detail, self.fields = status, title, detail, fields


def refusal(request: web.Request, refused: Refused) -> web.Response:
    """Return the answer to a request that is refused."""
    error: dict[str, Any] = {
        "status": refused.status,
        "title": refused.title,
        "detail": refused.detail,
        "source": {"pointer": request.path},
        "message": [{"key": key, "errors": [text]} for key, text in refused.fields.items()],
    }
    return web.json_response({"errors": error}, status=refused.status)


async def json_body(request: web.Request, status: int = 422, **types: Any) -> dict[str, Any]:
    """Return a JSON object whose known keys are of their types, `[str]` being a list of texts."""
    body = json.loads(await request.text())
    if not isinstance(body, dict):
        raise Refused(status, "Unprocessable Entity", "The body is no object.")
    for key, wanted in types.items():
        if key in body and not _is(body[key], wanted):
            raise Refused(status, "Unprocessable Entity", **{key: "Not a valid value."})
    return {key: body[key] for key in types if key in body}


def _is(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return isinstance(value, list) and all(isinstance(one, wanted[0]) for one in value)
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, wanted)


def is_int32(value: Any) -> bool:
    """Return whether a value is a whole number of 32 bits."""
    return type(value) is int and -MAX_INT - 1 <= value <= MAX_INT


async def form_body(request: web.Request) -> Any:
    """Return a multipart form."""
    if request.content_type != "multipart/form-data":
        raise Refused(422, "Unprocessable Entity", "A multipart form is needed.")
    try:
        return await request.post()
    except (ValueError, AssertionError, BadHttpMessage) as error:
        raise Refused(422, "Unprocessable Entity", "The form is broken.") from error


def number(text: str, key: str) -> int:
    """Return a whole number from 1 on."""
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= MAX_INT:
        raise Refused(422, "Unprocessable Entity", **{key: "Not a valid integer."})
    return int(text)
