"""HTTP to an OctoPrint: one request, one whole answer, and every failure as a typed error."""

import json
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp
from yarl import URL

from .errors import (
    CannotConnect,
    NoAnswer,
    NoHttps,
    NotOctoPrint,
    NotReachable,
    OctoPrintError,
    ProxyLogin,
    Redirected,
    ServerFault,
    UnknownName,
    UntrustedCertificate,
)

REQUEST_TIMEOUT = 15.0
DOWNLOAD_TIMEOUT = aiohttp.ClientTimeout(sock_connect=15.0, sock_read=60.0)
PIECE = 64 * 1024
MAX_ANSWER = 16 * 2**20
"""Bytes of one answer, or of one message of the push socket: more than FailWatch ever sends."""
MAX_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
SAME_METHOD = (307, 308)

NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "UNKNOWN_PROTOCOL")
"""What OpenSSL says, by release, where the other side answers in plain text."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that arrived whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Mapping[str, Any]:
        """Return the JSON object in it; raises NotOctoPrint."""
        try:
            data = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise NotOctoPrint from error
        if not isinstance(data, Mapping):
            raise NotOctoPrint
        return data


@dataclass(frozen=True, slots=True)
class Connection:
    """An OctoPrint's address and the secrets to reach it, which are never sent to another origin."""

    session: aiohttp.ClientSession = field(repr=False)
    url: URL
    api_key: str | None = field(default=None, repr=False)
    login: tuple[str, str] | None = field(default=None, repr=False)
    """User and password for a proxy in front of OctoPrint."""

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        query: Mapping[str, str] | None = None,
        with_key: bool = True,
    ) -> Answer:
        """Return the answer to a request; raises OctoPrintError.

        Redirects are followed within the origin only. An answer of the status 500 or above is an error.
        """
        headers = self.proxy_headers()
        if with_key and self.api_key:
            headers["X-Api-Key"] = self.api_key
        url = self.at(path).with_query(query)
        for _ in range(MAX_REDIRECTS):
            with self.errors():
                async with self.session.request(
                    method,
                    url,
                    json=json,
                    headers=headers,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=REQUEST_TIMEOUT),
                ) as response:
                    target = response.headers.get("Location")
                    if response.status not in REDIRECTS or target is None:
                        self.raise_for_proxy(response.status, response.headers)
                        return Answer(response.status, response.headers.copy(), await _read(response))
                    onward = url.join(URL(target))
            self._stay(onward, path)
            if method != "GET" and response.status not in SAME_METHOD:
                raise Redirected(_shown(onward))
            url = onward
        raise Redirected(_shown(url))

    async def download(self, path: str, write: Callable[[bytes], Awaitable[None]]) -> Answer:
        """Hand over what is at a path piece by piece, however large; the answer that is returned is empty."""
        headers = self.proxy_headers() | ({"X-Api-Key": self.api_key} if self.api_key else {})
        with self.errors():
            async with self.session.get(
                self.at(path), headers=headers, allow_redirects=False, timeout=DOWNLOAD_TIMEOUT
            ) as response:
                self.raise_for_proxy(response.status, response.headers)
                if response.status in REDIRECTS:
                    raise Redirected(_shown(self.at(path)))
                if response.status == HTTPStatus.OK:
                    async for piece in response.content.iter_chunked(PIECE):
                        await write(piece)
                return Answer(response.status, response.headers.copy(), b"")

    def at(self, path: str) -> URL:
        """Return the address of a path below OctoPrint's."""
        return self.url.joinpath(*path.split("/")) if path else self.url

    def proxy_headers(self) -> dict[str, str]:
        """Return the headers that log in to a proxy in front of OctoPrint."""
        if self.login is None:
            return {}
        return {"Authorization": f"Basic {b64encode(':'.join(self.login).encode()).decode()}"}

    def raise_for_proxy(self, status: int, headers: Mapping[str, str]) -> None:
        """Raise ProxyLogin where a proxy wants a log-in, ServerFault for a status of 500 or above."""
        if status == HTTPStatus.UNAUTHORIZED and "basic" in headers.get("WWW-Authenticate", "").lower():
            raise ProxyLogin(self.where)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ServerFault(f"{self.where}, HTTP {status}")

    def without_secrets(self, text: str) -> str:
        """Return what OctoPrint says, should it repeat the key or the password."""
        for secret in (self.api_key, self.login and self.login[1]):
            text = text.replace(secret, "***") if secret else text
        return text

    @property
    def where(self) -> str:
        """The host, and its port where it is an unusual one."""
        return self.url.authority.rpartition("@")[2]

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn what aiohttp raises into typed errors; the order is from narrow to wide."""
        try:
            yield
        except OctoPrintError:
            raise
        except TimeoutError as error:
            raise NoAnswer(self.where) from error
        except aiohttp.ClientConnectorDNSError as error:
            raise UnknownName(self.url.host or "") from error
        except (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch) as error:
            if any(sign in str(error).upper() for sign in NO_TLS):
                raise NoHttps(self.where) from error
            raise UntrustedCertificate(self.where) from error
        except aiohttp.ClientConnectorError as error:
            raise CannotConnect(self.where) from error
        except aiohttp.ClientResponseError as error:
            raise NotOctoPrint(self.where) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # The key and the password stand in headers only, never in what aiohttp says of a failure.
            raise NotReachable(self.where) from error

    def _stay(self, onward: URL, path: str) -> None:
        """Raise Redirected for an address elsewhere, with what should be entered instead."""
        if onward.origin() == self.url.origin():
            return
        shown = _shown(onward)
        raise Redirected(shown.removesuffix(f"/{path}") if path else shown)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Return the body, unless it is larger than any answer ought to be."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(PIECE):
        body += chunk
        if len(body) > MAX_ANSWER:
            raise NotOctoPrint(f"> {MAX_ANSWER // 2**20} MB")
    return bytes(body)


def _shown(url: URL) -> str:
    return str(url.with_user(None).with_query(None).with_fragment(None))
