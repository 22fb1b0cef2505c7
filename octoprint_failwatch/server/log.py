"""The server's log: one JSON object a line, on standard output, without any token."""

from __future__ import annotations

import json
import logging
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from logging.handlers import QueueHandler
from typing import Any, TextIO

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.http_exceptions import HttpProcessingError

from .responses import FACTS, UNKNOWN_PATH
from .urls import Addresses

ACCESS = logging.getLogger("octoprint_failwatch.server.access")
TROUBLE_LINES = 100
"""Lines that refused requests, warnings and errors may fill at once."""

TROUBLE_LINES_PER_SECOND = 10.0
STOP_SECONDS = 5.0
"""How long the last lines may take to be written."""

MAX_QUEUED = 10_000
"""Lines that wait for a slow reader of the log; beyond it they are left out."""


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
        left_out = getattr(record, "left_out", 0)
        if left_out:
            line["left_out"] = left_out
        return json.dumps(line)


class TroubleLimit:
    """Limit the log lines about refused requests, which anybody can cause without a token.

    The next line that passes says how many were left out before it.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Start with the full allowance."""
        self._now = now
        self._room = float(TROUBLE_LINES)
        self._at = now()
        self._left_out = 0

    def __call__(self, record: logging.LogRecord) -> bool:
        """Return whether a record may be written."""
        trouble = record.levelno >= logging.WARNING
        if isinstance(record.msg, dict):
            trouble = record.msg.get("status", 0) >= web.HTTPBadRequest.status_code
        if trouble:
            now = self._now()
            self._room = min(TROUBLE_LINES, self._room + (now - self._at) * TROUBLE_LINES_PER_SECOND)
            self._at = now
            if self._room < 1:
                self._left_out += 1
                return False
            self._room -= 1
        record.left_out, self._left_out = self._left_out, 0
        return True


class _Queue(QueueHandler):
    """A queue of unformatted records; the writing thread formats them."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Return the record unchanged."""
        return record

    def enqueue(self, record: logging.LogRecord) -> None:
        """Drop the record if too many are waiting: a log that nobody reads must not stop the server."""
        try:
            super().enqueue(record)
        except queue.Full:
            return


@contextmanager
def logging_to(out: TextIO = sys.stdout) -> Iterator[None]:
    """Log to this stream from a thread, so that a slow reader cannot block the server."""
    logging.getLogger("aiohttp.server").addFilter(_is_no_echo)
    lines: queue.Queue[logging.LogRecord | None] = queue.Queue(MAX_QUEUED)
    writer = logging.StreamHandler(out)
    writer.setFormatter(JsonLines())

    def write() -> None:
        while (record := lines.get()) is not None:
            writer.handle(record)

    handler = _Queue(lines)
    handler.addFilter(TroubleLimit())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    thread = threading.Thread(target=write, name="log", daemon=True)
    thread.start()
    try:
        yield
    finally:
        with suppress(queue.Full):
            lines.put(None, timeout=STOP_SECONDS)
        thread.join(STOP_SECONDS)


def access_log(addresses: Addresses) -> type[AbstractAccessLogger]:
    """Return an access log that takes clients' addresses from there."""

    class AccessLog(AbstractAccessLogger):
        """Writes one line for each request."""

        def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
            """Write the line. Facts noted about the request override its own values."""
            line = {
                "client": addresses.client(request),
                "method": request.method,
                "path": UNKNOWN_PATH,
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
