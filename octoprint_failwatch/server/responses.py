"""JSON responses: results, and errors with their HTTP status."""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from aiohttp import web

from ..engine.errors import (
    BadPicture,
    BadRequest,
    Busy,
    FailWatchError,
    NotAuthorised,
    NotFound,
    RateLimited,
)
from ..engine.models import Box

_LOGGER = logging.getLogger(__name__)

STATUSES: dict[type[FailWatchError], int] = {
    BadRequest: 400,
    BadPicture: 400,
    NotAuthorised: 401,
    NotFound: 404,
    RateLimited: 429,
    Busy: 503,
}

FACTS: Any = getattr(web, "RequestKey", web.AppKey)("facts", dict)
"""Where a request keeps what its line in the access log says; releases before 3.14 have one kind of key."""

UNKNOWN_PATH = "(unknown)"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error with `{"error": …}`."""
    note(request, path=path_of(request))
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        return _error(request, 415, "Send the form as it is, without Content-Encoding.")
    try:
        return await handler(request)
    except FailWatchError as error:
        if status_of(error) == web.HTTPInternalServerError.status_code:
            _LOGGER.exception("No answer")
        return refusal(request, error)
    except web.HTTPException as error:
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return _error(request, error.status, error.reason, headers)
    except Exception:
        _LOGGER.exception("A request failed")
        return _error(request, 500, "The server failed; its log says more.")


def _error(
    request: web.Request, status: int, reason: str, headers: Mapping[str, str] | None = None
) -> web.Response:
    note(request, error=reason)
    return web.json_response({"error": reason}, status=status, headers=headers)


def refusal(request: web.Request, error: FailWatchError, **body: Any) -> web.Response:
    """Return the response for an error."""
    note(request, error=str(error))
    body = body or {"error": str(error)}
    headers = {}
    if isinstance(error, NotAuthorised):
        body["is_authenticated"] = "False"
        headers["WWW-Authenticate"] = "Token"
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(retry_after)))
    return web.json_response(body, status=status_of(error), headers=headers)


def status_of(error: FailWatchError) -> int:
    """Return an error's HTTP status."""
    return STATUSES.get(type(error), web.HTTPInternalServerError.status_code)


def in_pixels(boxes: Iterable[Box], size: tuple[int, int]) -> list[tuple[float, list[float]]]:
    """Return each box as Obico writes it: score, and centre and size in pixels."""
    width, height = size
    return [
        (
            box.score,
            [
                (box.x_min + box.x_max) / 2 * width,
                (box.y_min + box.y_max) / 2 * height,
                (box.x_max - box.x_min) * width,
                (box.y_max - box.y_min) * height,
            ],
        )
        for box in boxes
    ]


def path_of(request: web.Request) -> str:
    """Return a request's path in the API.

    Never return the path itself: the name of a tagged picture is its key, even in a mistyped address.
    """
    resource = request.match_info.route.resource
    return UNKNOWN_PATH if resource is None else resource.canonical


def note(request: web.Request, **facts: Any) -> None:
    """Add facts about a request to its line of the access log."""
    request[FACTS] = {**request.get(FACTS, {}), **facts}
