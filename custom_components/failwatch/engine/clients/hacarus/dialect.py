"""Detect which of HACARUS' three dialects a server speaks."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from .check import HacarusCheck
from .connection import Connection
from .saas import HacarusSaas
from .sdk import HacarusSdk

Hacarus: TypeAlias = HacarusCheck | HacarusSaas | HacarusSdk


class Dialect(StrEnum):
    """A dialect, or AUTO to find out."""

    AUTO = "auto"
    CHECK = "check"
    SAAS = "saas"
    SDK = "sdk"


async def connect(connection: Connection, dialect: Dialect = Dialect.AUTO) -> Hacarus:
    """Return a client for the server's dialect, logged in. Raises DetectionError."""
    wrapped = await connection.login()
    if dialect is Dialect.AUTO:
        dialect = Dialect.SDK if wrapped else await _web_dialect(connection)
    if dialect is Dialect.SDK:
        return HacarusSdk(connection)
    return HacarusCheck(connection) if dialect is Dialect.CHECK else HacarusSaas(connection)


async def _web_dialect(connection: Connection) -> Dialect:
    """Call an operation that only CHECK has, with a method that changes nothing.

    A server that has it refuses the method (405); any other does not know the address (404).
    """
    path = "/api/v1/models/active/update_predict_parameters"
    reply = await connection.call("GET", path, accept=(400, 404, 405, 422))
    return Dialect.SAAS if reply.status == 404 else Dialect.CHECK
