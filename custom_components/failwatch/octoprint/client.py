"""A client for OctoPrint with the FailWatch plugin: application key, state, push socket, commands."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Literal

import aiohttp
from yarl import URL

from ..engine.history.records import PrintRecord
from .errors import (
    KeyDenied,
    KeyRefused,
    NotAllowed,
    NotOctoPrint,
    NotReachable,
    OctoPrintError,
    PluginMissing,
    TooManyRequests,
    UntrustedCertificate,
    WrongMoment,
)
from .messages import PLUGIN, Report, Update, prints_of, report_of, update_of

REQUEST_TIMEOUT = aiohttp.ClientTimeout(total=15)
HEARTBEAT = 30.0
"""Seconds between pings; a link that does not answer one is down."""
KEY_POLL_INTERVAL = 1.0
JSON = "application/json"
REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class OctoPrintClient:
    """One OctoPrint. Every method raises an OctoPrintError when it cannot do its work."""

    def __init__(self, session: aiohttp.ClientSession, url: URL, api_key: str | None = None) -> None:
        """Talk to the OctoPrint at that address."""
        self._session = session
        self._api_key = api_key
        self.url = url

    # The application key

    async def probe(self) -> None:
        """Return if an OctoPrint that hands out application keys answers."""
        async with self._request("GET", "plugin/appkeys/probe") as response:
            if response.status != HTTPStatus.NO_CONTENT:
                raise NotOctoPrint("What answers there is no OctoPrint that hands out application keys.")

    async def request_key(self, app: str, user: str | None) -> str:
        """Ask OctoPrint's user for an application key, and return where the answer will be found."""
        wanted = {"app": app, "user": user} if user else {"app": app}
        async with self._request("POST", "plugin/appkeys/request", json=wanted) as response:
            if response.status == HTTPStatus.TOO_MANY_REQUESTS:
                raise TooManyRequests("OctoPrint wants a pause before the next request.")
            if response.status != HTTPStatus.CREATED:
                raise NotOctoPrint("OctoPrint did not take the request for an application key.")
            token = (await response.json())["app_token"]
            return f"plugin/appkeys/request/{token}"

    async def decided_key(self, place: str) -> str:
        """Wait until OctoPrint's user has decided, and return the key."""
        while True:
            async with self._request("GET", place) as response:
                if response.status == HTTPStatus.OK:
                    key: str = (await response.json())["api_key"]
                    return key
                if response.status != HTTPStatus.ACCEPTED:
                    raise KeyDenied("The request was denied.")
            await asyncio.sleep(KEY_POLL_INTERVAL)

    # The plugin

    async def report(self) -> Report:
        """Return what the plugin tells of itself."""
        async with self._request("GET", f"api/plugin/{PLUGIN}") as response:
            _refuse(response)
            return report_of(await _json(response))

    async def command(self, command: str, **arguments: Any) -> None:
        """Hand a command to the plugin."""
        async with self._request(
            "POST", f"api/plugin/{PLUGIN}", json={"command": command, **arguments}
        ) as response:
            await self._refuse_order(response)

    async def job(self, command: Literal["pause", "resume", "cancel"]) -> None:
        """Pause, resume or cancel the print."""
        body = {"command": "cancel"} if command == "cancel" else {"command": "pause", "action": command}
        async with self._request("POST", "api/job", json=body) as response:
            if response.status == HTTPStatus.CONFLICT:
                raise WrongMoment("There is no print in a state that allows this.")
            await self._refuse_order(response)

    async def past_prints(self) -> list[PrintRecord]:
        """Return the last prints that the plugin recorded, newest first."""
        async with self._request("GET", f"plugin/{PLUGIN}/prints") as response:
            _refuse(response)
            return prints_of(await _json(response))

    async def tagged_picture(self) -> bytes:
        """Return the last judged picture with its boxes."""
        async with self._request("GET", f"plugin/{PLUGIN}/tagged.jpg") as response:
            _refuse(response)
            return await response.read()

    # The push socket

    @asynccontextmanager
    async def push(self) -> AsyncIterator[AsyncIterator[Update]]:
        """Open the push socket, and give the plugin's updates as they come.

        The updates end with NotReachable when the connection does.
        """
        async with self._request("POST", "api/login", json={"passive": True}) as response:
            if response.status == HTTPStatus.BAD_REQUEST:
                # Without a key that it knows, OctoPrint takes this for a request forged by a web page.
                raise KeyRefused("OctoPrint did not accept the application key.")
            _refuse(response)
            login = await _json(response)
        user, session = login.get("name"), login.get("session")
        if not user or not session:
            raise KeyRefused("OctoPrint did not accept the application key.")
        try:
            socket = await self._session.ws_connect(
                self._at("sockjs/websocket"), heartbeat=HEARTBEAT, max_msg_size=0
            )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NotReachable(_reason(error)) from error
        try:
            await socket.send_json({"subscribe": {"state": False, "plugins": [PLUGIN], "events": False}})
            await socket.send_json({"auth": f"{user}:{session}"})
            yield _updates(socket)
        except ConnectionError as error:
            raise NotReachable("connection lost") from error
        finally:
            await socket.close()

    async def _refuse_order(self, response: aiohttp.ClientResponse) -> None:
        if response.status in REFUSALS:
            # Only with a key that is not accepted at all does the report fail as well.
            await self.report()
            raise NotAllowed("The application key's user may not do this.")
        if response.status == HTTPStatus.BAD_REQUEST:
            problem = (await _json(response)).get("error", "") if response.content_type == JSON else ""
            # An order with a key that it does not know, too, OctoPrint takes for a forged one.
            await self.report()
            raise OctoPrintError(problem or f"status {response.status}")
        _refuse(response)

    def _at(self, path: str) -> URL:
        return self.url.joinpath(*path.split("/"))

    @asynccontextmanager
    async def _request(
        self, method: str, path: str, *, json: Any = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        headers = {"X-Api-Key": self._api_key} if self._api_key else {}
        try:
            async with self._session.request(
                method, self._at(path), json=json, headers=headers, timeout=REQUEST_TIMEOUT
            ) as response:
                if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise NotReachable(f"status {response.status}")
                yield response
        except (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch) as error:
            raise UntrustedCertificate(_reason(error)) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NotReachable(_reason(error)) from error


async def _updates(socket: aiohttp.ClientWebSocketResponse) -> AsyncIterator[Update]:
    async for message in socket:
        if message.type is aiohttp.WSMsgType.TEXT and (update := update_of(message.data)) is not None:
            yield update
    raise NotReachable("connection closed")


def _refuse(response: aiohttp.ClientResponse) -> None:
    if response.status in REFUSALS:
        raise KeyRefused("OctoPrint did not accept the application key.")
    if response.status == HTTPStatus.NOT_FOUND:
        raise PluginMissing("The FailWatch plugin does not answer in this OctoPrint.")
    if response.status >= HTTPStatus.BAD_REQUEST:
        raise OctoPrintError(f"status {response.status}")


async def _json(response: aiohttp.ClientResponse) -> Mapping[str, Any]:
    try:
        data = await response.json()
    except (aiohttp.ContentTypeError, ValueError) as error:
        raise NotOctoPrint("What answers there is no OctoPrint.") from error
    if not isinstance(data, Mapping):
        raise NotOctoPrint("What answers there is no OctoPrint.")
    return data


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__
