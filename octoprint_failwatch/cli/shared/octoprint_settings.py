"""Apply and undo tuned settings in the plugin over OctoPrint's API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from ...engine.errors import BadAnswer, DetectionError, NotAuthorised, NotFound, Unavailable
from .connection_errors import why_unreachable

PATH = "/api/plugin/failwatch"
TIMEOUT = aiohttp.ClientTimeout(total=20)


async def rules_in_force(url: str, key: str) -> dict[str, Any]:
    """Return the plugin's rule set with its numbers, and its name as "name"; raises DetectionError."""
    state = await _ask(url, key, None)
    rules = state.get("rules") if isinstance(state, dict) else None
    if not isinstance(rules, dict) or "name" not in rules:
        raise BadAnswer("The plugin did not say which rules it uses.")
    return rules


async def apply(url: str, key: str, settings: Mapping[str, Any]) -> None:
    """Apply the tuned settings as the plugin's own button does; raises DetectionError."""
    await _ask(url, key, {"command": "tuning", "do": "apply", "settings": dict(settings)})


async def undo(url: str, key: str) -> None:
    """Restore the settings from before; raises DetectionError, also where there is nothing to undo."""
    await _ask(url, key, {"command": "tuning", "do": "undo"})


async def _ask(url: str, key: str, order: Mapping[str, Any] | None) -> Any:
    headers = {"Authorization": f"Bearer {key}"}
    address = url.rstrip("/") + PATH
    method = "GET" if order is None else "POST"
    try:
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT) as session,
            session.request(method, address, headers=headers, json=order) as response,
        ):
            if response.status == 400:
                raise DetectionError(_problem(await response.json(content_type=None)))
            _check(response.status)
            return await response.json(content_type=None)
    except (aiohttp.ClientError, OSError) as error:
        raise Unavailable(f"OctoPrint cannot be reached: {why_unreachable(error)}.") from error
    except ValueError as error:
        raise BadAnswer("OctoPrint did not answer in JSON.") from error


def _problem(answer: Any) -> str:
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, str) else "OctoPrint answers 400."


def _check(status: int) -> None:
    if status in (401, 403):
        raise NotAuthorised("OctoPrint refuses the API key, or it may not configure FailWatch.")
    if status == 404:
        raise NotFound("There is no FailWatch plugin at this address.")
    if status >= 400:
        raise DetectionError(f"OctoPrint answers {status}.")
