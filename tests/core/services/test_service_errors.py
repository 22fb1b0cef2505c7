"""What goes wrong on the wire: whichever service it is, the user can tell one fault from another."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, cast

import aiohttp
import pytest
import trustme
from aiohttp import web
from yarl import URL

from octoprint_failwatch.engine.clients import refusals
from octoprint_failwatch.engine.clients.http import Endpoint, base_url
from octoprint_failwatch.engine.detectors import create_detector
from octoprint_failwatch.engine.errors import (
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
from tests.core.services.asking import frame, host
from tests.emulators.broken import HANG, HANG_UP, answer, broken
from tests.emulators.running import running
from tests.patience import PATIENCE

SECRET = "s3cret-of-the-user"
SERVICES: dict[str, dict[str, Any]] = {
    "super_api": {"token": SECRET},
    "ml_api": {"token": SECRET},
    "obico_printer": {"token": SECRET, "printer": "7"},
    "deepomatic": {"api_key": SECRET, "spec": "prints-v1", "labels": ["spaghetti"]},
    "hacarus": {"client_id": "me", "client_secret": SECRET},
}
HTML = b"<!DOCTYPE html><title>Router</title>"
IN_A_MINUTE = {
    "Date": "Sat, 21 Nov 2026 10:00:00 GMT",
    "Retry_After": "Sat, 21 Nov 2026 10:01:00 GMT",
}
FAULTS: dict[str, tuple[bytes, type[DetectionError], str, float | None]] = {
    "wrong token": (answer("401 Unauthorized", b'{"detail": "No."}'), NotAuthorised, "No.", None),
    "forbidden": (
        answer("403 Forbidden", HTML, kind="text/html"),
        NotPermitted,
        "does not permit this",
        None,
    ),
    "wrong path": (answer("404 Not Found", HTML, kind="text/html"), NotFound, "is the address right", None),
    "web page": (answer("200 OK", HTML, kind="text/html"), WrongAddress, "web page", None),
    "web page that does not look like one": (
        answer("200 OK", b"Hi.", kind="text/html"),
        WrongAddress,
        "page",
        None,
    ),
    "web page that says to be JSON": (answer("200 OK", b" <html>"), WrongAddress, "web page", None),
    "redirect": (
        answer("302 Found", b"", Location="https://x.example/?a"),
        WrongAddress,
        "x.example/: ",
        None,
    ),
    "no JSON": (answer("200 OK", b'{"resu'), BadAnswer, "no JSON", None),
    "cut short": (answer("200 OK", b'{"result": ', length="200"), CutShort, "ended in the middle", None),
    "server error": (answer("500 Internal Server Error", b'{"error": "Oh"}'), ServerFailed, "500.: Oh", None),
    "bad gateway": (answer("502 Bad Gateway", HTML, kind="text/html"), ServerFailed, "status 502", None),
    "too hot": (answer("429 Too Many Requests", b'{"error": "Slow"}'), RateLimited, "Slow", None),
    "too hot, seconds": (answer("429 Hot", Retry_After="17"), RateLimited, "status 429", 17.0),
    "too hot, date": (answer("429 Hot", **IN_A_MINUTE), RateLimited, "status 429", 60.0),
    "busy": (answer("425 Too Early", b'{"errors": {"title": "Busy"}}'), Busy, "Busy", None),
    "maintenance": (answer("503 Unavailable", Retry_After="5"), Busy, "status 503", 5.0),
    "hung up": (HANG_UP, Unavailable, "closed the connection", None),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", WrongAddress, "does not speak HTTP", None),
}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait long for what never comes."""
    monkeypatch.setattr(Endpoint.call, "__kwdefaults__", {**Endpoint.call.__kwdefaults__, "timeout": 0.2})
    for kind in ("deepomatic", "hacarus"):
        monkeypatch.setitem(SERVICES, kind, {**SERVICES[kind], "answer_within": 0.2})


def settings(kind: str, url: Any) -> dict[str, Any]:
    return {"kind": kind, "url": str(url), **SERVICES[kind]}


async def failure(kind: str, url: Any) -> DetectionError:
    """Return the error that asking the service about a frame ends with."""
    async with host() as lent:
        detector = create_detector(settings(kind, url), lent)
        with pytest.raises(DetectionError) as caught:
            await detector.detect(frame())
        await detector.close()
    return caught.value


@pytest.mark.parametrize("kind", SERVICES)
@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_of_each_service_is_told_apart(kind: str, fault: str) -> None:
    reply, expected, words, retry_after = FAULTS[fault]
    async with broken(reply) as url:
        error = await failure(kind, url)
    assert type(error) is expected
    assert re.search(words, str(error))
    assert error.retry_after == retry_after


@pytest.mark.parametrize("kind", SERVICES)
@pytest.mark.usefixtures("impatient")
async def test_silence(kind: str) -> None:
    async with broken(HANG) as url:
        error = await failure(kind, url)
    assert type(error) is TimedOut
    assert "did not answer" in str(error)


@pytest.mark.parametrize("kind", SERVICES)
async def test_a_name_that_nobody_knows(kind: str) -> None:
    error = await failure(kind, "http://failwatch.invalid")
    assert type(error) is UnknownHost
    assert "failwatch.invalid" in str(error)


@pytest.mark.parametrize("kind", SERVICES)
async def test_nobody_listens(kind: str) -> None:
    async with broken(HANG) as url:
        pass
    error = await failure(kind, url)
    assert type(error) is Unavailable
    assert "refused" in str(error)


@pytest.mark.parametrize("kind", SERVICES)
async def test_a_certificate_that_nobody_vouches_for(kind: str) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    async with running(web.Application(), tls=tls) as url:
        error = await failure(kind, url)
    assert type(error) is UntrustedServer
    assert "self-signed" in str(error) or "unable to get local issuer" in str(error)


async def test_https_where_there_is_only_http() -> None:
    async with running(web.Application()) as url:
        error = await failure("super_api", url.with_scheme("https"))
    assert type(error) is UntrustedServer
    assert "http://" in str(error)


def test_all_faults_read_differently() -> None:
    kinds = {expected.kind for _, expected, _, _ in FAULTS.values()}
    assert len(kinds) == len({expected for _, expected, _, _ in FAULTS.values()})
    assert kinds.isdisjoint({UnknownHost.kind, UntrustedServer.kind, TimedOut.kind})


@pytest.mark.parametrize("kind", SERVICES)
async def test_a_service_that_repeats_the_secret_does_not_give_it_away(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    reply = answer("401 Unauthorized", f'{{"error": "Token {SECRET} is bad"}}'.encode())
    async with broken(reply) as url, host() as lent:
        error = await failure(kind, url)
        detector = create_detector(settings(kind, url), lent)
        assert SECRET not in repr(vars(detector))
    assert "is bad" in str(error)
    assert SECRET not in f"{error} {error!r} {caplog.text}"


async def test_redirects_are_never_followed_with_a_secret() -> None:
    followed = []

    async def elsewhere(request: web.Request) -> web.Response:
        followed.append(request.headers)
        return web.json_response({})

    other = web.Application()
    other.router.add_route("*", "/{path:.*}", elsewhere)
    async with running(other) as target, broken(answer("307 Moved", b"", Location=f"{target}/")) as url:
        assert type(await failure("deepomatic", url)) is WrongAddress
    assert followed == []


async def test_an_answer_larger_than_any_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Endpoint.call.__kwdefaults__, "max_answer", 2**20)
    for size, is_refused in ((2**20, False), (2**20 + 1, True)):
        async with broken(answer("200 OK", b" " * size)) as url:
            assert ("too large" in str(await failure("super_api", url))) is is_refused


@pytest.mark.parametrize("seconds", [60, 3600])
async def test_until_when_a_service_asks_to_wait_is_said(seconds: int) -> None:
    def ends() -> str:
        return time.strftime("%H:%M %Z", time.localtime(time.time() + seconds))

    before = ends()
    async with broken(answer("429 Too Many Requests", Retry_After=str(seconds))) as url:
        said = str(await failure("super_api", url))
    assert said.endswith((f"It asks to wait until {before}.", f"It asks to wait until {ends()}."))
    async with broken(answer("429 Too Many Requests", Retry_After="59")) as url:
        assert "wait until" not in str(await failure("super_api", url))


async def test_of_an_answer_without_end_no_more_is_read_than_is_accepted() -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            while sent < 64 * 2**20:
                await response.write(bytes(2**18))
                sent += 2**18
        return response

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", endless)
    async with running(app) as url:
        assert "too large (16 MiB are accepted)" in str(await failure("super_api", url))
    assert 16 * 2**20 < sent < 64 * 2**20


SAID = [
    (b'{"error": "x"}', "x"),
    (b'{"detail": "x"}', "x"),
    (b'{"detections": [], "message": "x"}', "x"),
    (b'{"errors": {"title": "T", "detail": ["a", "b"], "status": 400}}', "T: a: b"),
    (b'{"errors": {"title": "T", "detail": null}}', "T"),
    (b'{"errors": {"message": [{"key": "name", "errors": ["too long"]}]}}', "name: too long"),
    (b'{"errors": {"json": {"item_ids": ["Not a list."]}}}', "json: item_ids: Not a list."),
    (b'{"filename": ["This field is required."]}', "filename: This field is required."),
]


@pytest.mark.parametrize(("body", "words"), SAID)
async def test_each_services_own_words_are_kept(body: bytes, words: str) -> None:
    async with broken(answer("400 Bad Request", body)) as url:
        error = await failure("super_api", url)
    assert type(error) is BadRequest
    assert str(error) == words


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("99999999", refusals.MAX_RETRY_AFTER),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("1.5", None),
    ],
)
async def test_odd_retry_times(value: str, seconds: float | None) -> None:
    async with broken(answer("429 Hot", Retry_After=value)) as url:
        assert (await failure("super_api", url)).retry_after == seconds


@pytest.mark.parametrize("status", ["429 Hot", "503 Busy"])
async def test_a_long_wait_is_told(status: str) -> None:
    async with broken(answer(status, Retry_After="1800")) as url:
        error = await failure("super_api", url)
    assert re.search(r"It asks to wait until \d\d:\d\d \S+\.$", str(error))
    async with broken(answer(status, Retry_After="5")) as url:
        assert "until" not in str(await failure("super_api", url))


async def test_a_retry_date_without_the_services_clock_is_measured_by_ours() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    async with broken(answer("429 Hot", Retry_After=date)) as url:
        error = await failure("super_api", url)
    assert error.retry_after == pytest.approx(3600, abs=PATIENCE)


@pytest.mark.parametrize("text", ["", "ftp://host", "http://", "http://host:99999", "file:///etc"])
async def test_addresses_that_cannot_be(text: str) -> None:
    with pytest.raises(BadSetting, match="must look like"):
        base_url({"url": text})


def test_addresses_are_taken_as_people_type_them() -> None:
    assert base_url({"url": " printer.local:8000/ "}) == URL("http://printer.local:8000/")
    assert base_url({"url": "https://me:pw@host/x?y=1#z"}) == URL("https://host/x")


async def test_a_request_that_is_given_up_stays_given_up() -> None:
    asked = asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", hang)
    async with running(app) as url, host() as lent:
        task = asyncio.ensure_future(create_detector(settings("super_api", url), lent).detect(frame()))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize(
    ("raised", "error", "says"),
    [
        (aiohttp.ClientOSError(104, "reset"), Unavailable, "broke off the connection"),
        (aiohttp.ClientError("odd"), Unavailable, "failed (ClientError)"),
        (RuntimeError("ours"), RuntimeError, "ours"),
    ],
)
async def test_what_is_no_fault_of_the_connection_is_not_taken_for_one(
    raised: Exception, error: type[Exception], says: str
) -> None:
    class Session:
        def request(self, *_: object, **__: object) -> None:
            raise raised

    endpoint = Endpoint(cast(aiohttp.ClientSession, Session()), URL("http://service.example"))
    with pytest.raises(error) as told:
        await endpoint.call("GET", "x")
    assert type(told.value) is error
    assert says in str(told.value)
