"""Receive an OctoPrint's news: by its push socket, or by polling where no websocket comes through."""

import asyncio
import time
from collections.abc import Callable

from .client import OctoPrintClient
from .errors import ConnectionLost, NoWebsocket
from .messages import Report, Update

ASK_EVERY = 10.0
"""Seconds between questions where no websocket comes through: as often as a camera is looked at."""
SOCKET_AGAIN = 300.0
"""Seconds after which the websocket is tried again."""


async def listen(
    client: OctoPrintClient,
    report: Callable[[Report], None],
    update: Callable[[Update], None],
    blocked: Callable[[NoWebsocket | None], None],
) -> None:
    """Hand on all news until the connection breaks, which raises OctoPrintError.

    `blocked` hears whether a websocket comes through. Returns when it is worth another try.
    """
    try:
        await _hear(client, report, update, blocked)
    except NoWebsocket as error:
        blocked(error)
        await _ask(client, report)


async def _hear(
    client: OctoPrintClient,
    report: Callable[[Report], None],
    update: Callable[[Update], None],
    blocked: Callable[[NoWebsocket | None], None],
) -> None:
    async with client.push() as updates:
        answer = await client.report()
        report(answer)
        blocked(None)
        async for news in updates:
            if news.instance != answer.instance:
                raise ConnectionLost("another OctoPrint answers")
            update(news)


async def _ask(client: OctoPrintClient, report: Callable[[Report], None]) -> None:
    ends = time.monotonic() + SOCKET_AGAIN
    while time.monotonic() < ends:
        report(await client.report())
        await asyncio.sleep(ASK_EVERY)
