"""The plugin's rules, read and set over OctoPrint's API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from ..detection.errors import BadAnswer, DetectionError, NotAuthorised, NotFound, Unavailable

PATH = "/api/plugin/failwatch"
TIMEOUT = aiohttp.ClientTimeout(total=20)


async def get_rules(url: str, key: str) -> dict[str, Any]:
    """Return the rule set in force as {"name", "numbers"}; raises DetectionError."""
    state = await _ask(url, key, None)
    rules = state.get("rules") if isinstance(state, dict) else None
    if not isinstance(rules, dict) or "name" not in rules:
        raise BadAnswer("The plugin did not say which rules it uses.")
    numbers = rules.get("numbers", {name: value for name, value in rules.items() if name != "name"})
    return {"name": rules["name"], "numbers": numbers}


async def set_rules(url: str, key: str, rules: Mapping[str, Any]) -> None:
    """Set the rule set and its numbers; raises DetectionError."""
    await _ask(url, key, {"command": "rules", "name": rules["name"], "numbers": dict(rules["numbers"])})


async def _ask(url: str, key: str, order: Mapping[str, Any] | None) -> Any:
    headers = {"Authorization": f"Bearer {key}"}
    address = url.rstrip("/") + PATH
    method = "GET" if order is None else "POST"
    try:
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT) as session,
            session.request(method, address, headers=headers, json=order) as response,
        ):
            _check(response.status)
            return await response.json(content_type=None) if response.status == 200 else None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unavailable(f"OctoPrint cannot be reached ({type(error).__name__}).") from error
    except ValueError as error:
        raise BadAnswer("OctoPrint did not answer in JSON.") from error


def _check(status: int) -> None:
    if status in (401, 403):
        raise NotAuthorised("OctoPrint refuses the API key, or it may not configure FailWatch.")
    if status == 404:
        raise NotFound("There is no FailWatch plugin at this address.")
    if status >= 400:
        raise DetectionError(f"OctoPrint answers {status}.")
