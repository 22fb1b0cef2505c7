"""Read refusals of a service: its message, and when to retry."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

MAX_RETRY_AFTER = 3600.0
MAX_SAID = 300


def said(body: bytes) -> str:
    """Return the service's own error message, "" if it has none.

    Known shapes: `{"error": …}` (Obico, Deepomatic), `{"detail": …}` (Django REST framework),
    `{"message": …}` (Obico's ml_api), and HACARUS' `{"errors": {"title", "detail", "message"}}`,
    where `detail` may be a list and `message` names the fields at fault.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return ": ".join(dict.fromkeys(_words(answer)))[:MAX_SAID]


def _words(answer: Any) -> Iterator[str]:
    match answer:
        case str():
            if answer.strip():
                yield answer.strip()
        case list():
            for item in answer:
                yield from _words(item)
        case {"key": key, "errors": errors}:
            yield from (f"{key}: {word}" for word in _words(errors))
        case dict():
            known = [
                answer[key] for key in ("error", "errors", "title", "detail", "message") if key in answer
            ]
            if known:
                for value in known:
                    yield from _words(value)
                return
            for key, value in answer.items():
                if isinstance(value, list | dict):
                    yield from (f"{key}: {word}" for word in _words(value))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a Retry-After header asks for, as a number or a date.

    A date is compared with the service's own clock where it tells it (RFC 9110, 10.2.3).
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        return min(float(value), MAX_RETRY_AFTER)
    moment, now = _date(value), _date(headers.get("Date", "")) or datetime.now(UTC)
    return None if moment is None else min(max(0.0, (moment - now).total_seconds()), MAX_RETRY_AFTER)


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # the second for numbers that no calendar has
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
