"""The server's log: one JSON object a line, on standard output, without any token."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.http_exceptions import HttpProcessingError

from .responses import FACTS
from .urls import Addresses

ACCESS = logging.getLogger("octoprint_failwatch.server.access")
MAX_PATH = 200


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON; a mapping as the message gives its own keys."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": moment, "level": record.levelname.lower()}
        if isinstance(record.msg, dict):
            line |= record.msg
        else:
            line |= {"logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def start_logging() -> None:
    """Send everything that is logged to standard output."""
    logging.getLogger("aiohttp.server").addFilter(_is_no_echo)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def access_log(addresses: Addresses) -> type[AbstractAccessLogger]:
    """Return an access log that takes clients' addresses from there."""

    class AccessLog(AbstractAccessLogger):
        """Writes one line for each request."""

        def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
            """Write the line. What was noted of the request goes over what it says itself."""
            line = {
                "client": addresses.client(request),
                "method": request.method,
                "path": request.path[:MAX_PATH],
                "status": response.status,
                "ms": round(time * 1000, 1),
                **request.get(FACTS, {}),
            }
            self.logger.info(line)

    return AccessLog


def _is_no_echo(record: logging.LogRecord) -> bool:
    """Return whether a record may be written: aiohttp repeats requests that are no HTTP, token and all.

    Their answer, status 400, is in the access log like any other.
    """
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)
