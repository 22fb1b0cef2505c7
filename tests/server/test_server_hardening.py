"""What strangers and broken clients can do to a server, and what they cannot."""

import asyncio
import gzip
import json
import logging
import re
import socket
import threading
import time
import zlib
from contextlib import ExitStack, suppress
from pathlib import Path
from types import SimpleNamespace

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from octoprint_failwatch.engine.errors import BadSetting
from octoprint_failwatch.server import connections as connections_module
from octoprint_failwatch.server import log, request
from octoprint_failwatch.server.application import create_application
from octoprint_failwatch.server.connections import Connections
from octoprint_failwatch.server.form import parse_form
from octoprint_failwatch.server.log import JsonLines, TroubleLimit
from octoprint_failwatch.server.settings import ServerSettings
from octoprint_failwatch.server.storage import opened_storage
from octoprint_failwatch.server.tokens import own_token
from tests.core.watching import ScriptedDetector
from tests.patience import eventually
from tests.server.serving import JPEG, PREDICT, TOKEN, another, serving
from tests.server.test_server_process import served

FORM = {"Content-Type": "multipart/form-data; boundary=b"}
AUTHORIZED = {"Authorization": f"Token {TOKEN}", **FORM}


# Compressed and oversized


@pytest.mark.parametrize("token", [TOKEN, None], ids=["with token", "without"])
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "GZIP ", "identity, gzip"])
async def test_compressed_bodies_are_refused_unopened(
    tmp_path: Path, token: str | None, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few bytes could become gigabytes, or millions of short lines."""

    def opened(*_: object, **__: object) -> None:
        raise AssertionError("decompressed")

    monkeypatch.setattr("aiohttp.http_parser.DeflateBuffer", opened)
    async with serving(tmp_path) as server:
        headers = {**FORM, "Content-Encoding": encoding}
        if token:
            headers["Authorization"] = f"Token {token}"
        answer = await server.client.post(PREDICT, data=gzip.compress(b"\r\n" * 10**6), headers=headers)
        assert answer.status == 415
        assert "Content-Encoding" in (await answer.json())["error"]
        assert (await server.predict(headers={"Content-Encoding": "identity"})).status == 200


async def test_compressed_parts_stay_compressed(tmp_path: Path) -> None:
    bomb = zlib.compress(bytes(10**6))
    body = b'--b\r\nContent-Disposition: form-data; name="img"\r\nContent-Encoding: deflate\r\n\r\n' + bomb
    async with serving(tmp_path) as server:
        answer = await server.client.post(PREDICT, data=body + b"\r\n--b--", headers=AUTHORIZED)
        assert answer.status == 400


@pytest.mark.parametrize(
    ("size", "query", "beside_the_loop"),
    [
        (request.INLINE, "", False),
        (request.INLINE + 1, "", True),
        (5_000, "x" * (request.INLINE_QUERY - 50), False),
        (5_000, "a&" * request.INLINE_QUERY, True),
    ],
    ids=["small", "large", "short query", "long query"],
)
async def test_what_takes_longer_is_read_beside_the_event_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, query: str, beside_the_loop: bool
) -> None:
    """A form at its worst takes a microsecond for every 200 bytes: nobody else waits for a large one."""
    threads = []

    def parsed(body: bytes, boundary: bytes) -> dict[str, bytes]:
        assert len(body) == size
        threads.append(threading.current_thread())
        return parse_form(body, boundary)

    monkeypatch.setattr(request, "parse_form", parsed)
    ids = (("printer_id", b"printer"), ("print_id", b"print"))
    body = b"".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + content + b"\r\n"
        for name, content in (*ids, ("img", another()))
    )
    body += b"--b--\r\n"
    body += bytes(size - len(body))
    async with serving(tmp_path) as server:
        answer = await server.client.post(f"{PREDICT}?{query}", data=body, headers=AUTHORIZED)
        assert answer.status == 200, await answer.text()
    assert [thread is not threading.current_thread() for thread in threads] == [beside_the_loop]


async def test_what_is_declared_too_large_is_refused_unread(tmp_path: Path) -> None:
    async with serving(tmp_path, max_picture=2**20) as server:
        head = f"POST {PREDICT} HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in AUTHORIZED.items())
        answer = await _raw(server.client.port, head.encode() + b"\r\n")
        assert b" 400 " in answer
        assert b"img is too large: 1 MiB are accepted." in answer


async def test_a_picture_of_the_very_size_is_accepted_and_one_byte_more_is_not(tmp_path: Path) -> None:
    async with serving(tmp_path, max_picture=2**16) as server:
        picture = JPEG + bytes(2**16 - len(JPEG))
        assert (await server.predict(img=picture)).status == 200
        answer = await server.predict(img=picture + b"0")
        assert answer.status == 400
        assert "img is too large" in await answer.text()


async def test_a_token_that_is_no_text_is_refused_like_any_other(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 reach the server as they are."""
    async with serving(tmp_path) as server:
        for token in (b"\xff\xfe", b"\xc3", TOKEN.encode() + b"\xa0"):
            head = f"POST {PREDICT} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nAuthorization: Token "
            answer = await _raw(server.client.port, head.encode() + token + b"\r\n\r\n")
            assert b" 401 " in answer
        assert (await server.predict()).status == 200


async def test_an_endless_body_ends_at_the_limit(tmp_path: Path) -> None:
    sent = 0

    async def endless() -> object:
        nonlocal sent
        while sent < 2**27:
            sent += 2**16
            yield bytes(2**16)

    async with serving(tmp_path, max_picture=2**20) as server:
        try:
            answer = await server.client.post(PREDICT, data=endless(), headers=AUTHORIZED)
        except aiohttp.ClientError:
            pass  # the connection is closed under the client that goes on sending
        else:
            assert answer.status == 400
        assert sent < 2**26, "what is beyond the limit is not read"
        assert (await server.predict()).status == 200


async def test_a_body_that_does_not_come_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request, "READ_SECONDS", 0.05)
    async with serving(tmp_path) as server:
        head = f"POST {PREDICT} HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in AUTHORIZED.items())
        answer = await _raw(server.client.port, head.encode() + b"\r\n--b\r\n")
        assert b"did not arrive within" in answer


@pytest.mark.parametrize("name", ["\u00fc." * 2000, "a" * 301], ids=["foreign letters", "long"])
async def test_a_hosts_name_that_takes_long_to_convert_is_refused_unread(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of foreign letters would stop everything for 50 ms."""

    def read(*_: object, **__: object) -> None:
        raise AssertionError("converted")

    async with serving(tmp_path, obico=URL("http://obico.local")) as server:
        assert (await server.predict(headers={"Host": "a" * 300})).status == 200
        monkeypatch.setattr("octoprint_failwatch.server.urls.URL", SimpleNamespace(build=read))
        head = f"POST {PREDICT} HTTP/1.1\r\nHost: {name}\r\nContent-Length: 0\r\n"
        head += "".join(f"{key}: {value}\r\n" for key, value in AUTHORIZED.items())
        assert b"The Host header is no address." in await _raw(server.client.port, head.encode() + b"\r\n")
        monkeypatch.setattr("octoprint_failwatch.server.ml_api.parse", read)
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        for img in (f"http://{name}/a.jpg", name):
            assert (await server.client.get("/p/", params={"img": img[:2000]}, headers=bearer)).status == 400


async def test_large_forms_are_parsed_on_a_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finding the boundary in megabytes takes milliseconds."""
    parsed_on: list[str] = []
    parse = request.parse_form

    def parse_form(body: bytes, boundary: bytes) -> dict[str, bytes]:
        parsed_on.append(threading.current_thread().name)
        return parse(body, boundary)

    monkeypatch.setattr(request, "parse_form", parse_form)
    async with serving(tmp_path) as server:
        await server.result()
        await server.result(img=JPEG + bytes(2**20))
    assert parsed_on[0] == "MainThread"
    assert parsed_on[1] != "MainThread"


async def test_forms_take_only_so_much_memory(tmp_path: Path) -> None:
    """Half of it is the most that one owner gets; others still have room."""
    intake = request.Intake(2**20, 4 * (2**20 + request.BESIDE_THE_PICTURE))

    class Declared:
        content_length = 2**20

    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(intake.hold("a", Declared))
        for owner in ("b", "c"):
            with pytest.raises(request.Busy), intake.hold("a", Declared):
                pass
            held.enter_context(intake.hold(owner, Declared))
    for _ in range(2):
        held.enter_context(intake.hold("a", Declared))


async def test_a_form_and_a_picture_of_exactly_the_largest_size_are_taken(tmp_path: Path) -> None:
    intake = request.Intake(len(JPEG), 2**30)

    class Declared:
        content_length = intake.max_form

    with intake.hold("a", Declared):
        Declared.content_length += 1
        with pytest.raises(request.BadRequest, match="too large"), intake.hold("a", Declared):
            pass
    async with serving(tmp_path, max_picture=len(JPEG)) as server:
        assert (await server.predict(img=JPEG)).status == 200
        assert (await server.predict(img=JPEG + b"x")).status == 400


async def _raw(port: int, data: bytes) -> bytes:
    """Send bytes and return the whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        (length,) = re.findall(rb"(?i)content-length: (\d+)", head)
        return head + await reader.readexactly(int(length))
    finally:
        writer.close()


# Without a token

OPEN = {"/healthz", "/hc/", "/metrics", "/tagged/{name}.jpg"}
"""What answers without a token; a picture's name is as good as one."""


async def test_every_route_wants_a_token_or_is_known_to_be_open(tmp_path: Path) -> None:
    """A route that is added has to be decided upon here."""
    async with serving(tmp_path, obico=URL("http://127.0.0.1:1")) as server:
        routes = [(route.method, route.resource.canonical) for route in server.client.app.router.routes()]
        assert {path for _, path in routes} >= OPEN - {"/metrics"} | {PREDICT, "/p/"}
        for method, path in routes:
            if path not in OPEN:
                answer = await server.client.request(method, path)
                assert answer.status == 401, path


# Connections


class Listener:
    """The application behind the connections that a process has."""

    def __init__(self, folder: Path, most: int, most_per_address: int | None) -> None:
        self.connections = Connections(most, most_per_address)
        self.settings = ServerSettings(data_dir=folder, tokens=(TOKEN,))

    async def __aenter__(self) -> "Listener":
        self.session = aiohttp.ClientSession()
        self.opened = opened_storage(self.settings)
        storage = await self.opened.__aenter__()
        application = create_application(self.settings, [ScriptedDetector([0.5])], self.connections, storage)
        self.runner = web.AppRunner(application)
        await self.runner.setup()
        self.server = await asyncio.get_running_loop().create_server(
            lambda: self.connections.protocol(self.runner.server), "127.0.0.1", 0
        )
        self.port = self.server.sockets[0].getsockname()[1]
        self.sweep = asyncio.create_task(self.connections.sweep())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.sweep.cancel()
        await self.session.close()
        self.server.close()
        await self.runner.cleanup()
        await self.opened.__aexit__(None, None, None)

    async def connect(self, address: str = "127.0.0.1") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, local_addr=(address, 0))

    async def open(self, count: int) -> None:
        """Wait until so many connections are open."""

        await eventually(lambda: len(self.connections), lambda seen: seen == count)


async def healthy(connection: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> bool:
    """Return whether a request on a connection is answered."""
    reader, writer = connection
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    try:
        return b"200 OK" in await reader.readuntil(b"\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return False


async def closed(connection: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
    """Wait until the server closes a connection."""
    with suppress(ConnectionError):
        while await connection[0].read(1000):
            pass


async def test_one_address_has_only_so_many_connections(tmp_path: Path) -> None:
    async with Listener(tmp_path, 100, 3) as listener:
        held = [await listener.connect() for _ in range(3)]
        await listener.open(3)
        assert not await healthy(await listener.connect())
        other = await listener.connect("127.0.0.2")
        assert await healthy(other)
        await listener.open(4)
        held.pop()[1].close()
        await listener.open(3)
        assert await healthy(await listener.connect())
        assert all([await healthy(connection) for connection in held])
        assert listener.connections.turned_away == 1


async def test_idle_connections_shut_nobody_out(tmp_path: Path) -> None:
    """The one that is idle longest makes room."""
    async with Listener(tmp_path, 5, None) as listener:
        held = [await listener.connect() for _ in range(5)]
        await listener.open(5)
        newcomer = await listener.connect()
        assert await healthy(newcomer)
        assert await held[0][0].read() == b""
        assert await healthy(held[1])
        assert len(listener.connections) == 5


async def test_idle_and_slow_connections_are_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections_module, "SWEEP_SECONDS", 0.01)
    monkeypatch.setattr(connections_module, "HEAD_SECONDS", 0.1)
    monkeypatch.setattr(connections_module, "IDLE_SECONDS", 1e9)
    async with Listener(tmp_path, 5, None) as listener:
        idle, slow = await listener.connect(), await listener.connect()
        await listener.open(2)

        async def drip() -> None:
            slow[1].write(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
            while True:
                slow[1].write(b"x")
                await asyncio.sleep(0.05)  # a line of 8 KiB, which is refused as too long, would take minutes

        dripping = asyncio.create_task(drip())
        await closed(slow)
        dripping.cancel()
        assert await healthy(idle)
        monkeypatch.setattr(connections_module, "IDLE_SECONDS", 0.1)
        await closed(idle)
        await listener.open(0)


@pytest.mark.parametrize(
    ("length", "most"),
    [
        ("Transfer-Encoding: chunked", connections_module.READ_BYTES),
        ("Content-Length: 1000000", connections_module.BODY_READ_BYTES),
    ],
    ids=["in chunks", "of known length"],
)
async def test_little_is_parsed_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: str, most: int
) -> None:
    """A body may come in chunks of a byte each, and each has to be parsed on the event loop."""
    sizes: list[int] = []
    received = connections_module._Connection.data_received

    def data_received(self: object, data: bytes) -> None:
        sizes.append(len(data))
        received(self, data)

    monkeypatch.setattr(connections_module._Connection, "data_received", data_received)
    async with Listener(tmp_path, 5, None) as listener:
        head = f"POST {PREDICT} HTTP/1.1\r\nHost: x\r\n{length}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in AUTHORIZED.items())
        body = b"1\r\nx\r\n" * 100_000 if "chunked" in length else bytes(999_999)
        _, writer = await listener.connect()
        writer.write(head.encode() + b"\r\n" + body)
        await eventually(lambda: sum(sizes), lambda seen: seen >= len(body))
        writer.close()
    assert most // 4 < max(sizes) <= most


async def test_a_connection_that_waits_for_its_answer_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections_module, "SWEEP_SECONDS", 0.01)
    async with Listener(tmp_path, 5, None) as listener:
        gate, asked = asyncio.Event(), asyncio.Event()

        async def detect(self: ScriptedDetector, frame: object) -> object:
            asked.set()
            await gate.wait()
            return await answered(self, frame)

        answered = ScriptedDetector.detect
        monkeypatch.setattr(ScriptedDetector, "detect", detect)
        form = aiohttp.FormData({"printer_id": "a", "print_id": "b"})
        form.add_field("img", another(), filename="a.jpg")
        address = f"http://127.0.0.1:{listener.port}{PREDICT}"
        posting = asyncio.create_task(
            listener.session.post(address, data=form, headers={"Authorization": f"Token {TOKEN}"})
        )
        await asked.wait()
        monkeypatch.setattr(connections_module, "IDLE_SECONDS", -1.0)
        monkeypatch.setattr(connections_module, "HEAD_SECONDS", -1.0)
        bystander = await listener.connect()
        assert await bystander[0].read() == b"", "the sweep closes what is idle meanwhile"
        gate.set()
        assert (await posting).status == 200


def test_a_thousand_idle_connections(tmp_path: Path) -> None:
    """More than the process may have open: others are served, and the log stays short."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(2000, hard), hard))
    options = ("--connections", "200", "--connections-per-address", "150")
    began = time.monotonic()
    with ExitStack() as held, served(tmp_path / "data", *options) as process:
        host, port = process.address.removeprefix("http://").split(":")
        for number in range(600):
            source = (f"127.0.0.{2 + number % 8}", 0)
            held.enter_context(socket.create_connection((host, int(port)), source_address=source))
        assert process.predict(30)[0] == 200
        for _ in range(400):
            with socket.create_connection((host, int(port)), source_address=("127.0.0.99", 0)) as stranger:
                stranger.sendall(b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"[:5])
        assert process.predict(30)[0] == 200
        process.stop()
        seconds = time.monotonic() - began
        assert len(process.lines) < log.TROUBLE_LINES + log.TROUBLE_LINES_PER_SECOND * seconds + 10
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# The log


def record(level: int, message: object) -> logging.LogRecord:
    return logging.LogRecord("x", level, "", 0, message, None, None)


def test_the_log_leaves_trouble_out_that_comes_too_often() -> None:
    """Never what was answered well; and it says how much is missing."""
    now = 0.0
    limit = TroubleLimit(lambda: now)
    refused = {"status": 401}
    assert [limit(record(logging.INFO, refused)) for _ in range(log.TROUBLE_LINES + 50)].count(True) == 100
    assert not limit(record(logging.ERROR, "An error"))
    well = record(logging.INFO, {"status": 200})
    assert limit(well)
    assert json.loads(JsonLines().format(well))["left_out"] == 51
    assert "left_out" not in JsonLines().format(record(logging.INFO, {"status": 200}))
    now += 1.0
    assert [limit(record(logging.INFO, refused)) for _ in range(50)].count(True) == 10


def test_a_log_that_nobody_reads_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MAX_QUEUED", 3)
    gate = threading.Event()

    lines: list[str] = []

    class Blocked:
        def write(self, text: str) -> None:
            gate.wait()
            lines.append(text)

        def flush(self) -> None:
            """Nothing is held back."""

    root = logging.getLogger()
    handlers = root.handlers[:]
    try:
        with log.logging_to(Blocked()):
            for number in range(100):
                logging.getLogger("test").info("line %d", number)
            gate.set()
    finally:
        root.handlers = handlers
    assert 1 <= len(lines) < 20


SLIPS = ("{0}", "{0}.JPG", "{0}.jpg/", "/x{0}.jpg", "{0}.jpg?{0}", "{0}.jpg%00", "/{1}", "{0}.jpg;")


def test_no_slip_brings_a_pictures_name_into_the_log(tmp_path: Path) -> None:
    with served(tmp_path / "data") as process:
        url = process.predict(200)[2]["result"]["tagged_img_url"]
        path = url.removeprefix(process.address).removesuffix(".jpg")
        name = path.rsplit("/", 1)[1]
        host, port = process.address.removeprefix("http://").split(":")
        for method in ("GET", "POST", "get it"):
            for slip in SLIPS:
                target = slip.format(path, name)
                head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nReferer: {url}\r\nConnection: close\r\n\r\n"
                with socket.create_connection((host, int(port))) as client:
                    client.sendall(head.encode())
                    while client.recv(1000):
                        pass
        process.stop()
    everything = "".join((*process.lines, *process.said))
    assert everything.count('"status"') == 1 + 3 * len(SLIPS)
    assert name not in everything


# Starting


def test_a_full_disk_leaves_no_empty_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "data" / "token"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(BadSetting, match="No space left"):
            own_token(file)
    assert not list(file.parent.iterdir())
    assert own_token(file) == own_token(file)
