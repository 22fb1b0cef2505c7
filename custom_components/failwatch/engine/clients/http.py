"""HTTP calls to the services, with every failure as a typed error."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from ..errors import (
    BadAnswer,
    BadRequest,
    BadSetting,
    Busy,
    CutShort,
    DetectionError,
    NotAuthorised,
    NotFound,
    NotPermitted,
    RateLimited,
    ServerFailed,
    TimedOut,
    Unavailable,
    UnknownHost,
    UntrustedServer,
    WrongAddress,
)
from . import refusals

REQUEST_TIMEOUT = 20.0
"""Seconds for one call, unless the caller says otherwise; below the watch's `look_timeout`."""

MAX_ANSWER = 16 * 2**20

TOLD_FROM = 60.0
"""Seconds that a service asks to wait from which on people are told until when."""

NO_TLS = ("wrong version number", "record layer failure", "packet length too long")
"""What OpenSSL says, by release, where the other side answers in plain text."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete and accepted answer."""

    status: int
    content_type: str
    body: bytes = field(repr=False)
    where: str

    def json(self) -> Any:
        """Return the body as JSON; raises BadAnswer, WrongAddress where it is a web page."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            pass
        if _is_html(self.content_type, self.body):
            raise WrongAddress(f"{self.where} answers with a web page, not as a detection service.")
        raise BadAnswer(f"{self.where} answers with something that is no JSON.")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service's address, and what is sent with every call.

    `secrets` must not appear in any message, even if the service echoes them.
    """

    session: aiohttp.ClientSession = field(repr=False)
    base: URL = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def where(self) -> str:
        """The service's host, with its port unless it is the standard one."""
        if self.base.is_default_port():
            return self.base.host or ""
        return f"{self.base.host}:{self.base.port}"

    async def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | list[tuple[str, str]] | None = None,
        json: Any = None,
        data: aiohttp.FormData | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = REQUEST_TIMEOUT,
        max_answer: int | None = MAX_ANSWER,
        accept: tuple[int, ...] = (),
    ) -> Reply:
        """Return the answer to one request. `path` is relative to the base; raises DetectionError.

        Statuses from 300 on are errors, except for those in `accept`. Redirects are not followed: a
        POST would become a GET, and secrets would be sent elsewhere.
        """
        url = self.base.with_path(f"{self.base.raw_path.rstrip('/')}/{path.lstrip('/')}", encoded=True)
        with self._errors(timeout):
            async with self.session.request(
                method,
                url,
                params=params,
                json=json,
                data=data,
                headers={**self.headers, **(headers or {})},
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=timeout),
            ) as response:
                body = await _read(response, max_answer, self.where)
                if response.status >= 300 and response.status not in accept:
                    raise self._refusal(response, body)
                return Reply(response.status, response.content_type, body, self.where)

    @contextmanager
    def _errors(self, timeout: float) -> Iterator[None]:
        """Convert aiohttp's exceptions to FailWatch's, specific ones first."""
        try:
            yield
        except TimeoutError as error:
            raise TimedOut(f"{self.where} did not answer within {timeout:.0f} seconds.") from error
        except (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch) as error:
            raise UntrustedServer(
                f"No secure connection to {self.where}: {self._clean(_tls_reason(error))}."
            ) from error
        except aiohttp.ClientConnectorDNSError as error:
            raise UnknownHost(f"The name {self.base.host} is not known in the network.") from error
        except aiohttp.ClientConnectorError as error:
            raise Unavailable(f"No connection to {self.where}: {_os_reason(error)}.") from error
        except aiohttp.ClientPayloadError as error:
            raise CutShort(f"The answer of {self.where} ended in the middle.") from error
        except aiohttp.ServerDisconnectedError as error:
            raise Unavailable(f"{self.where} closed the connection without an answer.") from error
        except aiohttp.ClientResponseError as error:
            raise WrongAddress(f"What answers at {self.where} does not speak HTTP.") from error
        except aiohttp.ClientOSError as error:
            raise Unavailable(f"{self.where} broke off the connection.") from error
        except aiohttp.ClientError as error:
            raise Unavailable(f"The connection to {self.where} failed ({type(error).__name__}).") from error

    def _refusal(self, response: aiohttp.ClientResponse, body: bytes) -> DetectionError:
        status, where = response.status, self.where
        if status < 400:
            target = response.headers.get("Location", "")
            return WrongAddress(
                f"{where} redirects to {self._clean(_without_query(target))}: enter that address."
            )
        said = self._clean(refusals.said(body))
        message = said or f"{where} answers with status {status} ({response.reason})."
        retry_after = refusals.retry_after(response.headers)
        if status == 401:
            return NotAuthorised(said or f"{where} refuses the credentials (status {status}).", said=said)
        if status == 403:
            return NotPermitted(said or f"{where} does not permit this (status {status}).", said=said)
        if status in (404, 405, 410):
            nothing = f"{where} knows nothing at {response.url.path}: is the address right?"
            return NotFound(said or nothing, said=said)
        if status == 429:
            return RateLimited(_with_wait(message, retry_after), retry_after=retry_after, said=said)
        if status in (408, 425) or (status == 503 and retry_after is not None):
            return Busy(_with_wait(message, retry_after), retry_after=retry_after, said=said)
        if status >= 500:
            failed = f"{where} failed (status {status})" + (f": {said}" if said else ".")
            return ServerFailed(failed, said=said)
        return BadRequest(message, said=said)

    def _clean(self, text: str) -> str:
        for secret in self.secrets:
            if secret:
                text = text.replace(secret, "***")
        return text


def base_url(settings: Mapping[str, Any], default: str | None = None) -> URL:
    """Return the setting `url`, checked and without query and user; raises BadSetting."""
    text = str(settings.get("url") or default or "").strip()
    if text and "://" not in text:
        text = f"http://{text}"
    try:
        url = URL(text)
        good = url.scheme in ("http", "https") and url.host and url.port is not None
    except ValueError:
        good = False
    if not good:
        raise BadSetting("The service's address must look like https://example.org.", key="url")
    return url.with_user(None).with_query(None).with_fragment(None)


async def _read(response: aiohttp.ClientResponse, limit: int | None, where: str) -> bytes:
    """Return the whole body, unless it is too large for an answer."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(65536):
        body += chunk
        if limit is not None and len(body) > limit:
            raise BadAnswer(f"The answer of {where} is too large ({limit // 2**20} MiB are accepted).")
    return bytes(body)


def _is_html(content_type: str, body: bytes) -> bool:
    return content_type in ("text/html", "application/xhtml+xml") or body.lstrip()[:1] == b"<"


def _tls_reason(error: aiohttp.ClientError) -> str:
    cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    reason = getattr(cause, "verify_message", "") or getattr(cause, "reason", "")
    reason = str(reason or "TLS failed").replace("_", " ").lower()
    if reason in NO_TLS:
        return "the server does not use TLS (should the address begin with http://?)"
    return reason


def _os_reason(error: aiohttp.ClientConnectorError) -> str:
    return os.strerror(error.os_error.errno).lower() if error.os_error.errno else "refused"


def _with_wait(message: str, retry_after: float | None) -> str:
    """Return a service's message, with the end of a long wait that it asks for."""
    if retry_after is None or retry_after < TOLD_FROM:
        return message
    until = time.strftime("%H:%M %Z", time.localtime(time.time() + retry_after))
    return f"{message} It asks to wait until {until}."


def _without_query(address: str) -> str:
    return address.partition("?")[0][: refusals.MAX_SAID] or "another address"
