"""Explain connection errors in words."""

from __future__ import annotations

import os

import aiohttp


def why_unreachable(error: Exception) -> str:
    """Return why a request failed, without the address, which may contain a password."""
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name is not known in the network"
    if isinstance(error, aiohttp.ClientSSLError):
        return "there is no secure connection to it"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "it closes the connection without an answer"
    if isinstance(error, aiohttp.ClientResponseError):
        return "what answers there does not speak HTTP"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    return f"the connection fails ({type(error).__name__})"
