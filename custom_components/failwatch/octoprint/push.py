"""OctoPrint's push socket: the plugin's updates as they come."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import aiohttp
from yarl import URL

from .errors import ConnectionLost, NoWebsocket, Redirected
from .http import MAX_ANSWER, REQUEST_TIMEOUT, Connection
from .identify import refused_key
from .messages import PLUGIN, Update, update_of

HEARTBEAT = 20.0
"""Seconds between pings; a link that does not answer one within half of that is down."""
REFUSALS = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


@asynccontextmanager
async def push_socket(connection: Connection) -> AsyncIterator[AsyncIterator[Update]]:
    """Open the push socket, and give the updates; they end with ConnectionLost when the connection does.

    Raises NoWebsocket where OctoPrint answers, but something in front of it passes no websocket.
    """
    user, session = await _log_in(connection)
    socket = await _connect(connection)
    try:
        await socket.send_json({"subscribe": {"state": False, "plugins": [PLUGIN], "events": False}})
        await socket.send_json({"auth": f"{user}:{session}"})
        yield _updates(socket)
    except ConnectionError as error:
        raise ConnectionLost("connection lost") from error
    finally:
        await socket.close()


async def check_socket(connection: Connection) -> None:
    """Return if the push socket opens."""
    await (await _connect(connection)).close()


async def _log_in(connection: Connection) -> tuple[str, str]:
    names = await _session(connection)
    if names is None:
        # What stands in front of OctoPrint, or in its place for a while, may answer the same, and refuses no key.
        error = await refused_key(connection)
        names = await _session(connection)
        if names is None:
            raise error
    return names


async def _session(connection: Connection) -> tuple[str, str] | None:
    """Return the names of a user and a session, None where the key is not accepted."""
    answer = await connection.call("POST", "api/login", json={"passive": True})
    # Without a key that it knows, OctoPrint takes this for a request forged by a web page.
    login = {} if answer.status in REFUSALS else answer.json()
    user, session = login.get("name"), login.get("session")
    return (str(user), str(session)) if user and session else None


async def _connect(connection: Connection) -> aiohttp.ClientWebSocketResponse:
    address = connection.at("sockjs/websocket")
    with connection.errors():
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT):
                socket = await connection.session.ws_connect(
                    address,
                    headers=connection.proxy_headers(),
                    heartbeat=HEARTBEAT,
                    max_msg_size=MAX_ANSWER,
                )
        except aiohttp.WSServerHandshakeError as error:
            connection.raise_for_proxy(error.status, error.headers or {})
            raise NoWebsocket(f"{connection.where}, HTTP {error.status}") from error
    try:
        await _greeted(socket, address, connection.where)
    except BaseException:
        await socket.close()
        raise
    return socket


async def _greeted(socket: aiohttp.ClientWebSocketResponse, address: URL, where: str) -> None:
    """Return once OctoPrint greets, which it does at once; some proxies open the socket and pass nothing."""
    # What the session's name opens must go nowhere else; aiohttp follows redirects by itself.
    reached = socket._response.url
    if (reached.host, reached.port) != (address.host, address.port):
        raise Redirected(str(reached.origin()))
    try:
        async with asyncio.timeout(REQUEST_TIMEOUT):
            greeting = await socket.receive()
    except TimeoutError as error:
        raise NoWebsocket(where) from error
    if greeting.type is not aiohttp.WSMsgType.TEXT:
        raise NoWebsocket(where)


async def _updates(socket: aiohttp.ClientWebSocketResponse) -> AsyncIterator[Update]:
    async for message in socket:
        if message.type is aiohttp.WSMsgType.TEXT and (update := update_of(message.data)) is not None:
            yield update
    raise ConnectionLost("connection closed")
