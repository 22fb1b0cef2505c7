"""Get the current picture from an http(s) address, with redirects and log-ins as browsers and curl do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field

from ..errors import BadSetting, SnapshotError
from . import reasons
from .address import Address, parse
from .authentication import Authenticator
from .body_picture import BodyPicture
from .connection import Connection, connect
from .response import MAX_HEAD, Head, read_body, read_head
from .source import ReadOptions

MAX_REQUESTS = 12
AFTER_LENGTH = 2.0
"""Seconds for which more may come than was announced."""
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass
class _Answer:
    """A response's head, and the connection with its body."""

    head: Head
    begun: bytes
    connection: Connection
    problem: Exception | None = None

    def body(self) -> AsyncGenerator[bytes, None]:
        """Yield the body's pieces; if the connection breaks, those so far may be enough."""
        return read_body(self.head, self.begun, self._receive)

    async def is_reusable(self) -> bool:
        """Read a refusal to its end; return whether the next request may go over the same connection."""
        head, came = self.head, len(self.begun)
        if "close" in head.first("connection").lower():
            return False
        if head.is_chunked:
            async for piece in self.body():
                came += len(piece)
                if came > MAX_HEAD:
                    return False
            return self.problem is None
        if head.length is None or head.length > MAX_HEAD:
            return False
        while came < head.length:
            piece = await self._receive()
            if not piece:
                return False
            came += len(piece)
        return True

    async def _receive(self) -> bytes:
        try:
            return await self.connection.receive()
        except OSError as error:  # also a time-out
            self.problem = error
            return b""


@dataclass
class _Journey:
    """The state of the requests for one picture."""

    at: Address
    redirects: int = 0
    refusals: int = 0
    cookies: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    """Names and values by host, whose ports and schemes share them (RFC 6265, 8.5)."""
    guest: tuple[Address, Authenticator] | None = None
    """The log-in that a redirect brought with it, and where to."""


class HttpSource:
    """Gets one picture at a time. The address is never shown."""

    live = True

    def __init__(self, address: str, options: ReadOptions | None = None) -> None:
        """Send no request yet; raises BadSetting."""
        self._options = options or ReadOptions()
        self._address, login = parse(address)
        login = self._options.login or login
        self._authenticator = Authenticator(login) if login else None
        self.is_stream = False

    async def snapshot(self) -> bytes:
        """Return the camera's current picture; raises SnapshotError."""
        options = self._options
        try:
            async with asyncio.timeout(options.total):
                return await self._fetch()
        except TimeoutError as error:
            raise reasons.not_whole(options.total) from error

    async def close(self) -> None:
        """Nothing to close."""

    async def _fetch(self) -> bytes:
        options, journey = self._options, _Journey(self._address)
        if self._authenticator is not None:
            self._authenticator.begin()
        for _ in range(MAX_REQUESTS):
            try:
                async with connect(journey.at, options.trust, options.silence) as connection:
                    picture = await self._converse(journey, connection)
            except OSError as error:
                raise reasons.of_error(error, options.silence) from error
            if picture is not None:
                return picture
        raise SnapshotError("The camera sends on from address to address, and never gives a picture.")

    async def _converse(self, journey: _Journey, connection: Connection) -> bytes | None:
        """Return the picture, None if another connection has to be made for it; raises SnapshotError.

        Some cameras accept a log-in only on the connection over which they asked for it.
        """
        is_reused = False
        while True:
            try:
                connection.send(self._request(journey))
                answer = _Answer(*await read_head(connection.receive), connection)
            except (OSError, SnapshotError):
                if is_reused:  # the camera closed it after all
                    return None
                raise
            if not self._leads_on(journey, answer.head):
                return await self._taken(journey, answer)
            if answer.head.status != 401 or not await answer.is_reusable():
                return None
            is_reused = True

    async def _taken(self, journey: _Journey, answer: _Answer) -> bytes | None:
        """Return an answer's picture, None to start again with the log-in; raises SnapshotError."""
        head, authenticator = answer.head, self._login_at(journey)
        if not 200 <= head.status < 300 or head.status in (204, 205):
            raise reasons.of_status(head.status, with_login=authenticator is not None)
        try:
            picture = await self._picture(answer)
        except reasons.WebPage:
            if not self._may_send_unasked(journey):
                raise
            return None
        if authenticator is not None:
            authenticator.accepted(head.first("authentication-info"))
        return picture

    def _request(self, journey: _Journey) -> bytes:
        at = journey.at
        headers = {
            "Host": at.authority,
            "User-Agent": "Mozilla/5.0 (compatible; FailWatch)",
            "Accept": "image/*, multipart/x-mixed-replace, */*;q=0.5",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        cookies = journey.cookies.get(at.host)
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        if self._is_own(at) and self._options.bearer:
            headers["Authorization"] = f"Bearer {self._options.bearer}"
        authenticator = self._login_at(journey)
        if authenticator is not None:
            headers["Connection"] = "keep-alive"  # for the log-in, should the camera ask for it
            login = authenticator.header("GET", at.target)
            if login:
                headers.setdefault("Authorization", login)
        lines = [f"GET {at.target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")

    def _is_own(self, at: Address) -> bool:
        """Return whether the camera itself is asked, which alone gets the log-in."""
        own = self._address
        is_plain = (own.scheme, own.port) == ("http", 80)
        return at.origin == own.origin or (is_plain and at.origin == ("https", own.host, 443))

    def _login_at(self, journey: _Journey) -> Authenticator | None:
        """Return the log-in that goes to where the journey is."""
        if journey.guest is not None and journey.at.origin == journey.guest[0].origin:
            return journey.guest[1]
        return self._authenticator if self._is_own(journey.at) else None

    def _leads_on(self, journey: _Journey, head: Head) -> bool:
        """Handle a redirect or refusal; return whether to try again."""
        for cookie in head.all("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            journey.cookies.setdefault(journey.at.host, {})[name.strip()] = value.strip()
        if head.status in REDIRECTS and head.first("location"):
            journey.redirects += 1
            journey.refusals = 0
            if journey.redirects > self._options.redirects:
                raise SnapshotError("%(what)s: the camera sends on to another address.", what=head.status)
            try:
                journey.at, login = journey.at.resolve(head.first("location"))
            except (BadSetting, ValueError):
                raise SnapshotError("The camera sends on to something that is no address.") from None
            if login is not None and self._login_at(journey) is None:
                journey.guest = (journey.at, Authenticator(login))
            return True
        authenticator = self._login_at(journey)
        if head.status == 401 and authenticator is not None:
            journey.refusals += 1
            is_new = authenticator.challenge(head.all("www-authenticate"))
            return is_new and journey.refusals <= (2 if authenticator.is_stale else 1)
        return head.status == 403 and self._may_send_unasked(journey)

    def _may_send_unasked(self, journey: _Journey) -> bool:
        """Return whether to start again with the log-in sent unasked."""
        if self._authenticator is None or not self._authenticator.use_basic():
            return False
        journey.at = self._address
        return True

    async def _picture(self, answer: _Answer) -> bytes:
        """Return the body's picture; raises SnapshotError."""
        head = answer.head
        length = None if head.first("content-encoding") else head.length
        body = BodyPicture(head.first("content-type"), length, max_bytes=self._options.max_bytes)
        came = 0
        async with aclosing(answer.body()) as pieces:
            while piece := await _next(pieces, body.deadline):
                came += len(piece)
                picture = await asyncio.to_thread(body.take, piece)
                self.is_stream = body.is_stream
                if picture is not None:
                    return picture
                if body.has_all:
                    break
                if length is not None and came >= length:
                    answer.connection.silence = min(answer.connection.silence, AFTER_LENGTH)
        try:
            return await asyncio.to_thread(body.finish)
        except SnapshotError:
            if answer.problem is None or came == length:
                raise
            if not came:
                raise reasons.of_error(answer.problem, self._options.silence) from None
            if isinstance(answer.problem, TimeoutError):
                raise reasons.not_whole(answer.connection.silence) from None
            raise


async def _next(pieces: AsyncIterator[bytes], deadline: float | None) -> bytes:
    """Return more of a body, b"" at its end or at the deadline (of the monotonic clock)."""
    try:
        async with asyncio.timeout_at(deadline):
            return await anext(pieces, b"")
    except TimeoutError:
        return b""
