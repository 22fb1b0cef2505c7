"""The client against answers that are not what they should be."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import MagicMock, patch

import aiohttp
import pytest
from yarl import URL

from benchmarks.fuzzing.link import PARSERS, PUSHED
from benchmarks.fuzzing.nearly import nearly
from custom_components.failwatch.engine.serialization import to_json
from custom_components.failwatch.engine.watch.state import Event, EventKind
from custom_components.failwatch.octoprint.client import OctoPrintClient
from custom_components.failwatch.octoprint.coordinator import rules_in_force
from custom_components.failwatch.octoprint.errors import (
    KeyDenied,
    KeyRefused,
    NoAnswer,
    NoAppKeys,
    NotOctoPrint,
    NotReachable,
    NoWebsocket,
    OctoPrintError,
    OtherOctoPrint,
    PluginMissing,
    PluginTooOld,
    Redirected,
    UnknownName,
    WrongMoment,
)
from custom_components.failwatch.octoprint.http import MAX_ANSWER, Connection
from custom_components.failwatch.octoprint.messages import Update, update_of
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import KEY, OctoPrintServer
from tests.patience import PATIENCE


@pytest.fixture
async def client(octoprint: OctoPrintServer) -> AsyncIterator[OctoPrintClient]:
    async with aiohttp.ClientSession() as session:
        yield OctoPrintClient(Connection(session, URL(octoprint.url), KEY))


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, NotReachable), (503, NotReachable), (404, NotOctoPrint), (418, OctoPrintError)],
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
    async with asyncio.timeout(PATIENCE):
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


async def test_of_a_later_plugin_the_events_that_are_known_are_told(
    octoprint: OctoPrintServer, client: OctoPrintClient
) -> None:
    failure = to_json(Event(EventKind.FAILURE, 1.0, "one"))
    async with client.push() as updates:
        await octoprint.connected()
        content = {"watching": True, "rules": {}, "state": to_json(states.watching(p=0.9))}
        events = [{**failure, "kind": "smoke"}, failure]
        await octoprint.send_plugin({"type": "update", **content, "events": events})
        assert [event.kind for event in (await next_update(updates)).events] == [EventKind.FAILURE]


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
    with pytest.raises(NoWebsocket):
        async with client.push():
            pass
    with pytest.raises(NoWebsocket):
        await client.check_push()


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


async def test_the_plugin_is_missing_only_where_octoprint_answers(
    octoprint: OctoPrintServer, client: OctoPrintClient
) -> None:
    octoprint.plugin = False
    with pytest.raises(PluginMissing):
        await client.report()
    octoprint.version_text = "OctoPrint (Moonraker v0.3.1)"
    with pytest.raises(NotOctoPrint, match="Moonraker"):
        await client.report()
    octoprint.version_text, octoprint.page = "1.0", "<title>\n Mainsail </title>"
    with pytest.raises(NotOctoPrint, match='"Mainsail", TornadoServer'):
        await client.report()


async def test_a_key_is_refused_only_where_octoprint_answers(
    octoprint: OctoPrintServer, client: OctoPrintClient
) -> None:
    octoprint.key = "another"
    with pytest.raises(KeyRefused):
        await client.report()
    octoprint.failing = 403
    with pytest.raises(NotOctoPrint):
        await client.report()


async def test_octoprint_that_hands_out_no_keys(octoprint: OctoPrintServer, client: OctoPrintClient) -> None:
    octoprint.app_keys = False
    with pytest.raises(NoAppKeys):
        await client.probe()
    octoprint.page = "<title>Router</title>"
    with pytest.raises(NotOctoPrint, match="Router"):
        await client.request_key("FailWatch", None)


async def test_no_key_goes_to_another_address(octoprint: OctoPrintServer, client: OctoPrintClient) -> None:
    elsewhere = OctoPrintServer()
    await elsewhere.start()
    octoprint.redirects_to = elsewhere.url.rstrip("/")
    try:
        for ask in (client.report, lambda: client.command("check"), client.check_push):
            with pytest.raises(Redirected, match=elsewhere.url.rstrip("/")):
                await ask()
        assert KEY in octoprint.seen_keys
        assert not any(elsewhere.seen_keys)
        assert not elsewhere.commands
    finally:
        await elsewhere.stop()


async def test_a_redirect_within_the_address_is_followed(
    octoprint: OctoPrintServer, client: OctoPrintClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.failwatch.octoprint.client.REPORT", "moved")
    assert (await client.report()).version == "0.1.0"
    with pytest.raises(Redirected):
        await client.command("check")


@pytest.mark.parametrize("way", ["report", "picture", "socket"])
async def test_an_answer_without_end_is_cut_off(
    octoprint: OctoPrintServer, client: OctoPrintClient, way: str
) -> None:
    octoprint.endless = True
    if way == "socket":
        async with client.push() as updates:
            await octoprint.connected()
            await octoprint.send("x" * (MAX_ANSWER + 1))
            with pytest.raises(NotReachable):
                await next_update(updates)
        return
    with pytest.raises(NotOctoPrint, match="16 MB"):
        await (client.report() if way == "report" else client.tagged_picture())
    assert octoprint.sent < 3 * MAX_ANSWER


async def test_an_answer_that_does_not_come(
    octoprint: OctoPrintServer, client: OctoPrintClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.failwatch.octoprint.http.REQUEST_TIMEOUT", 0.5)
    monkeypatch.setattr("custom_components.failwatch.octoprint.push.REQUEST_TIMEOUT", 0.5)
    octoprint.silent = True
    with pytest.raises(NoAnswer, match=r"127\.0\.0\.1"):
        await client.report()
    with pytest.raises(NoWebsocket, match=r"127\.0\.0\.1"):
        await client.check_push()


async def test_a_socket_that_closes_instead_of_greeting(
    octoprint: OctoPrintServer, client: OctoPrintClient
) -> None:
    octoprint.greets = False
    with pytest.raises(NoWebsocket, match=r"127\.0\.0\.1"):
        await client.check_push()


async def test_a_name_that_no_machine_has() -> None:
    async with aiohttp.ClientSession() as session:
        error = aiohttp.ClientConnectorDNSError(MagicMock(), OSError(-2, "unknown"))
        with patch.object(session, "request", side_effect=error), pytest.raises(UnknownName, match="octopi"):
            await OctoPrintClient(Connection(session, URL("http://octopi.local"), KEY)).report()


async def test_an_order_for_another_run_is_given_again_to_the_same_octoprint(
    octoprint: OctoPrintServer, client: OctoPrintClient
) -> None:
    octoprint.instance = "run-1"
    await client.report()
    octoprint.instance = "run-2"
    await client.command("check")
    await client.job("pause")
    assert octoprint.commands == [{"command": "check"}, {"command": "job", "action": "pause"}]
    octoprint.job_status = 409
    with pytest.raises(WrongMoment):
        await client.job("resume")


@pytest.mark.parametrize("order", ["command", "job"])
@pytest.mark.parametrize("instances", [("", ""), ("run-1", "run-of-the-other")])
async def test_no_order_goes_to_another_octoprint(
    octoprint: OctoPrintServer, order: str, instances: tuple[str, str]
) -> None:
    before, after = instances
    octoprint.instance = before
    async with aiohttp.ClientSession() as session:
        client = OctoPrintClient(Connection(session, URL(octoprint.url), KEY), uuid=octoprint.uuid)
        await client.report()
        octoprint.uuid, octoprint.instance = "another", after
        if order == "command" and not after:
            return  # an older plugin cannot be asked to look at whom a command is for
        with pytest.raises(OtherOctoPrint):
            await (client.command("check") if order == "command" else client.job("cancel"))
    assert not octoprint.commands
    assert not octoprint.jobs


async def test_one_uuid_on_another_machine_is_another_octoprint(octoprint: OctoPrintServer) -> None:
    octoprint.instance, octoprint.machine = "run-1", "board-1"
    async with aiohttp.ClientSession() as session:
        connection = Connection(session, URL(octoprint.url), KEY)
        await OctoPrintClient(connection, octoprint.uuid, "board-1").report()
        with pytest.raises(OtherOctoPrint):
            await OctoPrintClient(connection, octoprint.uuid, "board-2").report()


@pytest.mark.parametrize("name", PARSERS)
def test_whatever_a_plugin_tells_is_read_or_refused(name: str) -> None:
    """A thousand of the cases that benchmarks/fuzz makes without end."""
    drawn = random.Random(name)
    for data in (*PARSERS[name].seeds, *(drawn.randbytes(drawn.randrange(12)) for _ in range(1000))):
        PARSERS[name].run(data)


def test_whatever_is_read_of_a_push_can_be_shown() -> None:
    drawn, told = random.Random(1), 0
    for _ in range(2000):
        try:
            update = update_of(json.dumps(nearly([PUSHED], drawn.randbytes(5))))
        except OctoPrintError:
            continue
        if update is not None:
            told += 1
            rules_in_force(update.rules)
            assert update.now is None or update.now - 1.0 < 1e301
            assert update.clock_speed * 2 is not None
    assert told > 100


@pytest.mark.parametrize(
    "message",
    [
        "[" * 100_000,
        json.dumps(nearly([PUSHED], b"")).replace('"clock_speed": 1.0', '"clock_speed": 1' + "0" * 400),
        json.dumps(nearly([PUSHED], b"")).replace('"now": 1.0', '"now": "soon"'),
    ],
    ids=["deep", "a huge number", "a time that is none"],
)
def test_a_push_that_once_broke_the_link(message: str) -> None:
    try:
        assert update_of(message) is None
    except OctoPrintError as error:
        assert isinstance(error, PluginTooOld)  # noqa: PT017 - either will do, anything else will not
