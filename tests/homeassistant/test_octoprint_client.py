"""The client against answers that are not what they should be."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from yarl import URL

from custom_components.failwatch.octoprint.client import OctoPrintClient, Update
from custom_components.failwatch.octoprint.errors import (
    KeyDenied,
    KeyRefused,
    NotOctoPrint,
    NotReachable,
    OctoPrintError,
    PluginMissing,
    PluginTooOld,
)
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import KEY, OctoPrintServer


@pytest.fixture
async def client(octoprint: OctoPrintServer) -> AsyncIterator[OctoPrintClient]:
    async with aiohttp.ClientSession() as session:
        yield OctoPrintClient(session, URL(octoprint.url), KEY)


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, NotReachable), (503, NotReachable), (404, PluginMissing), (418, OctoPrintError)],
)
async def test_a_report_that_does_not_come(
    octoprint: OctoPrintServer, client: OctoPrintClient, status: int, error: type[OctoPrintError]
) -> None:
    octoprint.failing = status
    with pytest.raises(error):
        await client.report()


@pytest.mark.parametrize("status", [200, 404])
async def test_something_that_is_no_octoprint(
    octoprint: OctoPrintServer, client: OctoPrintClient, status: int
) -> None:
    octoprint.failing = status
    with pytest.raises(NotOctoPrint):
        await client.probe()
    with pytest.raises(NotOctoPrint):
        await client.request_key("FailWatch", None)
    if status == 200:
        with pytest.raises(NotOctoPrint):
            await client.report()


@pytest.mark.parametrize("report", [{"version": "1"}, {"version": "1", "uuid": "u", "printer": None}])
async def test_a_report_of_another_release(
    octoprint: OctoPrintServer, client: OctoPrintClient, report: dict[str, Any]
) -> None:
    octoprint.report_override = report
    with pytest.raises(PluginTooOld):
        await client.report()


async def test_an_order_that_is_refused_says_why(octoprint: OctoPrintServer, client: OctoPrintClient) -> None:
    octoprint.complaint = "failure must be a number of at least 0."
    with pytest.raises(OctoPrintError, match="at least 0"):
        await client.command("rules", numbers={"failure": -1})


async def test_an_order_with_a_revoked_key(octoprint: OctoPrintServer, client: OctoPrintClient) -> None:
    octoprint.key = "another"
    with pytest.raises(KeyRefused):
        await client.command("check")
    with pytest.raises(KeyRefused):
        await client.job("pause")
    with pytest.raises(KeyRefused):
        async with client.push():
            pass


async def test_a_login_without_a_session(octoprint: OctoPrintServer, client: OctoPrintClient) -> None:
    octoprint.login_override = {"name": None}
    with pytest.raises(KeyRefused):
        async with client.push():
            pass


async def test_a_forgotten_request_for_a_key(octoprint: OctoPrintServer, client: OctoPrintClient) -> None:
    octoprint.decision = "denied"
    with pytest.raises(KeyDenied):
        await client.decided_key(await client.request_key("FailWatch", None))


async def next_update(updates: AsyncIterator[Update]) -> Update:
    async with asyncio.timeout(60):
        return await anext(updates)


async def test_what_is_not_ours_is_skipped(octoprint: OctoPrintServer, client: OctoPrintClient) -> None:
    async with client.push() as updates:
        await octoprint.connected()
        await octoprint.send("no json")
        await octoprint.send(["no", "message"])
        await octoprint.send({"current": {}})
        await octoprint.send({"plugin": {"plugin": "other", "data": {}}})
        await octoprint.send_plugin({"type": "progress"})
        await octoprint.push(state=states.watching(p=0.4))
        assert (await next_update(updates)).state.look.p == 0.4


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"reauthRequired": {"reason": "stale"}}, NotReachable),
        ({"plugin": {"plugin": "failwatch", "data": {"type": "update"}}}, PluginTooOld),
    ],
)
async def test_what_ends_the_link(
    octoprint: OctoPrintServer, client: OctoPrintClient, content: Any, error: type[OctoPrintError]
) -> None:
    async with client.push() as updates:
        await octoprint.connected()
        await octoprint.send(content)
        with pytest.raises(error):
            await next_update(updates)


async def test_a_proxy_that_lets_no_sockets_through(
    octoprint: OctoPrintServer, client: OctoPrintClient
) -> None:
    octoprint.answers_sockets = False
    with pytest.raises(NotReachable):
        async with client.push():
            pass


async def test_a_connection_that_is_reset(octoprint: OctoPrintServer, client: OctoPrintClient) -> None:
    with pytest.raises(NotReachable):
        async with client.push():
            raise ConnectionResetError


async def test_json_that_is_no_report(octoprint: OctoPrintServer, client: OctoPrintClient) -> None:
    octoprint.report_override = ["no", "report"]  # type: ignore[assignment]
    with pytest.raises(NotOctoPrint):
        await client.report()


async def test_nothing_there(octoprint: OctoPrintServer, client: OctoPrintClient) -> None:
    await octoprint.server.close()
    with pytest.raises(NotReachable):
        await client.report()
