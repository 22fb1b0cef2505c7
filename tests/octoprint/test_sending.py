"""Messages are sent by real HTTP, retried, and given up after a while."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from octoprint_failwatch.notify.outbox import GIVE_UP_AFTER, PAUSES, Outbox
from octoprint_failwatch.notify.sending import Message, NotSent, send, shown
from octoprint_failwatch.notify.services import address
from tests.core.watching import picture

pytestmark = pytest.mark.one_octoprint

MESSAGE = Message("FailWatch: Printer", "cube is failing.")


@dataclass
class Service:
    """A server that notes what it gets, and answers as it is told."""

    status: int = 200
    location: str = ""
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@contextmanager
def served() -> Iterator[Service]:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            service.got.append((self.path, dict(self.headers), body))
            self.send_response(service.status)
            if service.location:
                self.send_header("Location", service.location)
            answer = json.dumps({"id": 1, "event_id": "$1", "room_id": "!a:b", "appid": 1}).encode()
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PUT = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    with served() as one:
        yield one


TOKEN = "Atoken-of_15.abcdefghijkl.mnopqrstuvwx"
FORMS = {
    "ntfy": {"topic": "printer", "token": TOKEN},
    "gotify": {"token": TOKEN},
    "matrix": {"token": TOKEN, "room": "!a:b.org"},
    "signal": {"sender": "+491701234567", "to": "+491707654321"},
    "home_assistant": {"token": TOKEN, "target": "notify.mobile_app_phone"},
}


@pytest.mark.parametrize("kind", sorted(FORMS))
@pytest.mark.parametrize("attached", [None, picture(1)], ids=["text", "picture"])
def test_a_message_reaches_ones_own_server_with_its_token(
    service: Service, kind: str, attached: bytes | None
) -> None:
    url = address(kind, {"server": service.url, **FORMS[kind]})
    send(url, Message(MESSAGE.title, MESSAGE.text, attached))
    whole = str(service.got)
    assert "cube" in whole
    assert ("token" not in FORMS[kind]) or TOKEN in whole
    assert TOKEN not in shown(url)


def test_a_message_that_has_no_room_for_its_picture_is_sent_without(
    service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A full disk is no reason not to tell of a failure."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "not-there"))
    url = address("ntfy", {"server": service.url, **FORMS["ntfy"]})
    send(url, Message(MESSAGE.title, MESSAGE.text, picture(1)))
    assert "cube" in str(service.got)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "ntfy refuses the token or password (401)."),
        (404, "ntfy does not know this address or recipient (404)."),
        (429, "ntfy takes no more messages for now (429)."),
        (503, "ntfy has a fault of its own (503)."),
        (413, "ntfy does not accept the message (413)."),
    ],
)
def test_why_a_message_was_not_taken_is_said(service: Service, status: int, says: str) -> None:
    service.status = status
    with pytest.raises(NotSent) as caught:
        send(address("ntfy", {"server": service.url, **FORMS["ntfy"]}), MESSAGE)
    assert str(caught.value) == says


def test_a_server_that_is_not_there_is_said() -> None:
    with served() as gone:
        url = address("gotify", {"server": gone.url, "token": TOKEN})
    with pytest.raises(NotSent, match=r"^Gotify does not answer"):
        send(url, MESSAGE)
    with pytest.raises(NotSent, match="no longer understands"):
        send("nonsense://here", MESSAGE)


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_no_token_follows_a_server_that_sends_on_elsewhere(service: Service, kind: str) -> None:
    with served() as elsewhere:
        service.status, service.location = 307, f"{elsewhere.url}/"
        with pytest.raises(NotSent):
            send(address(kind, {"server": service.url, **FORMS[kind]}), MESSAGE)
        assert service.got
        assert elsewhere.got == []


def test_the_path_of_a_webhook_is_not_shown() -> None:
    assert shown("jsons://example.com/hooks/very-secret?also=secret") == "JSON: jsons://example.com"


class Unsure:
    """Takes messages or not, as the test says; keeps the outbox's time."""

    def __init__(self) -> None:
        self.fails: set[str] = set()
        self.problem: Exception | None = None
        self.tried: list[tuple[float, str, str]] = []
        self.urls = {"a", "b"}
        self.now = 0.0
        self.outbox = Outbox(self.send, lambda url: url in self.urls)

    def send(self, url: str, message: Message) -> None:
        self.tried.append((self.now, url, message.text))
        if url in self.fails:
            raise self.problem or NotSent(f"{url} does not answer.")

    def put(self, text: str = "text", is_news: Any = lambda: True) -> None:
        self.outbox.put(["a", "b"], Message("title", text), self.now + 1000, is_news, self.now)

    def run(self, until: float = 1e9) -> None:
        while (due := self.outbox.next_due()) is not None and due <= until:
            self.now = max(due, self.now)
            self.outbox.try_due(self.now)

    def times(self, url: str) -> list[float]:
        return [at for at, tried, _ in self.tried if tried == url]


def test_a_message_is_tried_for_an_hour_where_it_was_not_taken_and_then_told() -> None:
    unsure = Unsure()
    unsure.fails = {"a"}
    unsure.put()
    unsure.run()
    times = unsure.times("a")
    assert [after - before for before, after in pairwise(times)][: len(PAUSES)] == list(PAUSES)
    assert GIVE_UP_AFTER <= times[-1] < GIVE_UP_AFTER + PAUSES[-1]
    assert unsure.times("b") == [0.0], "whoever took it gets it once"
    (told,) = unsure.outbox.undelivered()
    assert (told.url, told.at, str(told.problem)) == ("a", 1000.0, "a does not answer.")
    unsure.urls.discard("a")
    assert unsure.outbox.undelivered() == [], "removed from the settings"


def test_what_nobody_expects_is_tried_again_as_late(caplog: pytest.LogCaptureFixture) -> None:
    unsure = Unsure()
    unsure.fails, unsure.problem = {"a"}, RuntimeError("a mistake")
    unsure.put()
    unsure.run(until=sum(PAUSES))
    assert unsure.times("a")[:2] == [0.0, PAUSES[0]]
    assert unsure.times("b") == [0.0]
    assert "a mistake" in caplog.text


def test_what_gets_through_at_last_is_told_no_longer() -> None:
    unsure = Unsure()
    unsure.fails = {"a"}
    unsure.put("first")
    unsure.run()
    unsure.fails = set()
    unsure.put("second")
    unsure.run()
    assert unsure.outbox.undelivered() == []
    assert unsure.tried[-1][2] == "second"


def test_what_is_no_longer_news_is_not_sent_late_but_told() -> None:
    unsure = Unsure()
    unsure.fails = {"a", "b"}
    is_news = [True]
    unsure.put("paused soon", lambda: is_news[0])
    unsure.run(until=10)
    is_news[0] = False
    unsure.fails = set()
    unsure.run()
    assert unsure.times("a") == [0.0]
    assert [one.url for one in unsure.outbox.undelivered()] == ["a", "b"]


def test_what_is_new_goes_first_and_waits_for_nothing_old() -> None:
    unsure = Unsure()
    unsure.fails = {"a"}
    unsure.put("old")
    unsure.run(until=10)
    unsure.now = PAUSES[0]
    unsure.put("new")
    unsure.outbox.try_due(unsure.now)
    assert [text for at, _, text in unsure.tried if at == unsure.now] == ["new", "new", "old"]


def test_an_address_that_was_removed_is_not_tried_again() -> None:
    unsure = Unsure()
    unsure.fails = {"a", "b"}
    unsure.put()
    unsure.run(until=10)
    unsure.urls = set()
    unsure.run()
    assert (unsure.times("a"), unsure.outbox.next_due()) == ([0.0], None)
