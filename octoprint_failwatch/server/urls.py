"""The server's address as clients see it, and the clients' addresses."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from yarl import URL

from ..engine.errors import BadRequest

MAX_AUTHORITY = 300
"""Characters of a host's name and port; a name has 253 at most."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Reads addresses from a request; a proxy's headers count only with `behind_proxy`."""

    public_url: URL | None = None
    behind_proxy: bool = False

    def base(self, request: web.Request) -> URL:
        """Return the address under which this client reaches the server, without a slash at the end."""
        if self.public_url is not None:
            return self.public_url
        scheme, authority, prefix = request.scheme, request.host, ""
        if self.behind_proxy:
            scheme = _first(request, "X-Forwarded-Proto") or scheme
            authority = _first(request, "X-Forwarded-Host") or authority
            prefix = _first(request, "X-Forwarded-Prefix").rstrip("/")
        if not is_short_ascii(authority):
            raise BadRequest("The Host header is no address.")
        try:
            return URL.build(scheme=scheme, authority=authority, path=prefix)
        except ValueError as error:
            raise BadRequest("The Host header is no address.") from error

    def client(self, request: web.BaseRequest) -> str:
        """Return the client's address."""
        if not self.behind_proxy:
            return request.remote or ""
        # Only the last address was added by the proxy; clients can forge those before it.
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or request.remote or ""


def is_short_ascii(authority: str) -> bool:
    """Return whether a host's name may be read on the event loop: thousands of foreign letters take 50 ms to convert."""
    return len(authority) <= MAX_AUTHORITY and authority.isascii()


def _first(request: web.Request, header: str) -> str:
    """Return a header's first value, which the proxy nearest to the client set."""
    return request.headers.get(header, "").partition(",")[0].strip()
