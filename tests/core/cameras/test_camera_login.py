"""Log-ins: basic and digest as the RFCs have them, and as cameras have them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

import pytest

from octoprint_failwatch.engine.errors import SnapshotError
from octoprint_failwatch.engine.sources import authentication
from octoprint_failwatch.engine.sources.address import Login
from octoprint_failwatch.engine.sources.authentication import Challenge, challenges, digest
from octoprint_failwatch.engine.sources.http import HttpSource
from octoprint_failwatch.engine.sources.source import ReadOptions
from tests.core.cameras.cameras import JPEG, Request, camera, ok

USER, PASSWORD = "me", "s@ecret/ü"
LOGIN = "me:s%40ecret%2F%C3%BC"


def field(header: str, key: str) -> str:
    found = re.search(rf'[ ,]{key}="?([^",]*)"?', header)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_rfcs_own_example(monkeypatch: pytest.MonkeyPatch, algorithm: str, response: str) -> None:
    """RFC 7616, 3.9.1."""
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    monkeypatch.setattr(authentication.secrets, "token_hex", lambda length: cnonce)
    values = {
        "realm": "http-auth@example.org",
        "qop": "auth, auth-int",
        "algorithm": algorithm,
        "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "opaque": "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
    }
    login = Login("Mufasa", "Circle of Life")
    header = digest(Challenge("digest", values), login, "GET", "/dir/index.html", 1)
    assert field(header, "response") == response
    assert (field(header, "nc"), field(header, "qop"), field(header, "opaque")) == (
        "00000001",
        "auth",
        values["opaque"],
    )


def test_the_rfcs_example_with_a_hashed_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 7616, 3.9.2; its response is worked out from its own formula, its user hash is as printed."""
    values = {"realm": "api@example.org", "qop": "auth", "algorithm": "SHA-512-256", "userhash": "true"}
    header = digest(
        Challenge("digest", {**values, "nonce": "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK"}),
        Login("Jäsøn Doe", "Secret, or not?"),
        "GET",
        "/doe.json",
        1,
    )
    assert field(header, "username") == "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"
    assert field(header, "userhash") == "true"


def test_challenges_are_told_apart() -> None:
    several = [
        'Basic realm="a, \\"b\\"", Digest realm=x, nonce="n==", qop="auth,auth-int",algorithm=MD5',
        'DIGEST nonce="m",realm="y" , stale=TRUE',
        "Negotiate",
        "",
    ]
    assert challenges(several) == [
        Challenge("basic", {"realm": 'a, "b"'}),
        Challenge("digest", {"realm": "x", "nonce": "n==", "qop": "auth,auth-int", "algorithm": "MD5"}),
        Challenge("digest", {"nonce": "m", "realm": "y", "stale": "TRUE"}),
        Challenge("negotiate"),
    ]


def basic_camera(request: Request) -> bytes:
    expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    if request.headers.get("authorization") == expected:
        return ok(JPEG)
    return ok(b"no", 'WWW-Authenticate: Basic realm="camera"', "Content-Length: 2", status="401 Unauthorized")


def digest_camera(*headers: str, algorithm: str = "MD5", qop: str = "auth") -> Callable[[Request], bytes]:
    """Return a camera that checks a digest by the formula of RFC 7616, each nonce once for each count."""
    names = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
    used: set[str] = set()

    def answer(request: Request) -> bytes:
        sent = request.headers.get("authorization", "")
        if sent.startswith("Digest ") and sent not in used:
            used.update([sent] if qop else [])

            def hashed(text: str) -> str:
                return hashlib.new(names[algorithm.removesuffix("-sess")], text.encode()).hexdigest()

            nonce, cnonce = field(sent, "nonce"), field(sent, "cnonce")
            secret = hashed(f"{USER}:camera:{PASSWORD}")
            if algorithm.endswith("-sess"):
                secret = hashed(f"{secret}:{nonce}:{cnonce}")
            asked = hashed(f"GET:{request.target}" + (f":{hashed('')}" if qop == "auth-int" else ""))
            middle = f":{field(sent, 'nc')}:{cnonce}:{qop}" if qop else ""
            if field(sent, "response") == hashed(f"{secret}:{nonce}{middle}:{asked}"):
                return ok(JPEG)
        own = 'Digest realm="camera", nonce="abc/=="' + (f', qop="{qop}"' if qop else "")
        own += f", algorithm={algorithm}" if algorithm != "MD5" else ""
        asks = [f"WWW-Authenticate: {header}" for header in (*headers, own)]
        return ok(b"", *asks, status="401 Unauthorized")

    return answer


CAMERAS: dict[str, Callable[[Request], bytes]] = {
    "basic": basic_camera,
    "digest": digest_camera(),
    "digest, as of 1997": digest_camera(qop=""),
    "digest, auth-int": digest_camera(qop="auth-int"),
    "digest, SHA-256": digest_camera(algorithm="SHA-256"),
    "digest, SHA-512-256": digest_camera(algorithm="SHA-512-256"),
    "digest, MD5-sess": digest_camera(algorithm="MD5-sess"),
    "digest, its algorithm empty": digest_camera(
        'Digest realm="camera", nonce="abc/==", algorithm="", qop="auth"'
    ),
    "digest beside basic": digest_camera('Basic realm="camera"'),
    "digest beside one that nobody knows": digest_camera('Digest realm="x", nonce="y", algorithm=FUTURE'),
}


@pytest.mark.parametrize("name", CAMERAS)
async def test_each_kind(name: str) -> None:
    """From the second look on without being refused first."""
    async with camera(CAMERAS[name]) as running:
        source = HttpSource(running.at(LOGIN, "/snapshot.jpg?size=full&x=a,b"))
        assert await source.snapshot() == JPEG
        assert await source.snapshot() == JPEG
        assert len(running.asked) == 3


async def test_a_log_in_that_is_given_apart() -> None:
    async with camera(basic_camera) as running:
        options = ReadOptions(login=Login(USER, PASSWORD))
        assert await HttpSource(running.at("someone:else"), options).snapshot() == JPEG


async def test_a_camera_that_refuses_without_a_challenge() -> None:
    async with camera(
        lambda asked: basic_camera(asked) if "authorization" in asked.headers else ok(b"", status="401 No")
    ) as running:
        assert await HttpSource(running.at(LOGIN)).snapshot() == JPEG


@pytest.mark.parametrize(
    "instead",
    [
        ok(b"", status="403 Forbidden"),
        ok(b"<html>Log in</html>", "Content-Type: text/html"),
        ok(b"", "Location: /login.html", status="302 Found"),
    ],
)
async def test_a_camera_that_never_asks(instead: bytes) -> None:
    """It shows a page to log in on, or nothing."""

    def answer(request: Request) -> bytes:
        if request.target == "/login.html":
            return ok(b"<html>Log in</html>", "Content-Type: text/html")
        return basic_camera(request) if "authorization" in request.headers else instead

    async with camera(answer) as running:
        assert await HttpSource(running.at(LOGIN)).snapshot() == JPEG
        with pytest.raises(SnapshotError):
            await HttpSource(running.at()).snapshot()


async def test_a_nonce_that_has_run_out_is_no_wrong_password() -> None:
    looks = 0

    def answer(request: Request) -> bytes:
        nonlocal looks
        sent = request.headers.get("authorization", "")
        if f'nonce="{looks // 2}"' in sent:
            looks += 1
            return ok(JPEG)
        stale = ", stale=true" if sent else ""
        asks = f'WWW-Authenticate: Digest realm="camera", nonce="{looks // 2}", qop="auth"{stale}'
        return ok(b"", asks, status="401 Unauthorized")

    async with camera(answer) as running:
        source = HttpSource(running.at(LOGIN))
        for _ in range(6):
            assert await source.snapshot() == JPEG


class Nonces:
    """A camera that gives each challenge a new nonce, checks the digest, and decides by itself which it takes."""

    def __init__(self, takes: Callable[[Nonces, Request, str], bool]) -> None:
        self.given: dict[str, int] = {}
        """The connection over which a nonce was given."""
        self.used: list[str] = []
        self.refused = 0
        self.next_nonce = False
        self._takes = takes

    def __call__(self, request: Request) -> bytes:
        sent = request.headers.get("authorization", "")
        nonce = field(sent, "nonce")
        if nonce in self.given and self._takes(self, request, nonce) and self._is_right(request, sent):
            self.used.append(nonce)
            more = [f'Authentication-Info: nextnonce="{self._nonce(request)}"'] if self.next_nonce else []
            return ok(JPEG, f"Content-Length: {len(JPEG)}", *more)
        self.refused += bool(sent)
        asks = f'WWW-Authenticate: Digest realm="camera", nonce="{self._nonce(request)}", qop="auth"'
        return ok(b"no", asks, "Content-Length: 2", status="401 Unauthorized")

    def _nonce(self, request: Request) -> str:
        nonce = f"n{len(self.given)}"
        self.given[nonce] = request.connection
        return nonce

    def _is_right(self, request: Request, sent: str) -> bool:
        def hashed(text: str) -> str:
            return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

        middle = ":".join(field(sent, key) for key in ("nonce", "nc", "cnonce", "qop"))
        secret, asked = hashed(f"{USER}:camera:{PASSWORD}"), hashed(f"GET:{request.target}")
        return field(sent, "response") == hashed(f"{secret}:{middle}:{asked}")


async def test_a_nonce_that_is_good_on_its_own_connection_only() -> None:
    kind = Nonces(lambda known, request, nonce: known.given[nonce] == request.connection)
    async with camera(kind, keeps_alive=True) as running:
        source = HttpSource(running.at(LOGIN))
        for _ in range(4):
            assert await source.snapshot() == JPEG
    assert kind.refused <= 1  # it may lock people out who are refused at each look


async def test_a_nonce_that_is_good_once_is_not_sent_again() -> None:
    for keeps_alive in (True, False):
        kind = Nonces(lambda known, _, nonce: nonce not in known.used)
        async with camera(kind, keeps_alive=keeps_alive) as running:
            source = HttpSource(running.at(LOGIN))
            for _ in range(5):
                assert await source.snapshot() == JPEG
        assert kind.refused == 1


async def test_the_next_nonce_comes_with_the_picture() -> None:
    kind = Nonces(lambda known, _, nonce: nonce not in known.used)
    kind.next_nonce = True
    async with camera(kind, keeps_alive=True) as running:
        source = HttpSource(running.at(LOGIN))
        for _ in range(5):
            assert await source.snapshot() == JPEG
        assert (kind.refused, len(running.asked)) == (0, 6)


async def test_each_step_of_a_redirect_may_want_a_nonce_of_its_own() -> None:
    kind = Nonces(lambda known, _, nonce: nonce not in known.used)

    def answer(request: Request) -> bytes:
        is_redirected = request.target == "/snapshot.jpg"
        said = kind(request)
        is_let_in = said.startswith(b"HTTP/1.1 200") and is_redirected
        return ok(b"", "Location: /now.jpg", "Content-Length: 0", status="302 Found") if is_let_in else said

    async with camera(answer, keeps_alive=True) as running:
        source = HttpSource(running.at(LOGIN))
        for _ in range(2):
            assert await source.snapshot() == JPEG


async def test_a_camera_that_hangs_up_though_it_said_it_would_not() -> None:
    async with camera(basic_camera) as running:
        assert await HttpSource(running.at(LOGIN)).snapshot() == JPEG
    assert [asked.connection for asked in running.asked] == [1, 2]


async def test_a_wrong_password_is_sent_once_a_look_whatever_the_nonce() -> None:
    kind = Nonces(lambda *_: True)
    async with camera(kind, keeps_alive=True) as running:
        source = HttpSource(running.at("me:very-secret"))
        for looks in range(1, 4):
            with pytest.raises(SnapshotError, match="refuses the user name"):
                await source.snapshot()
            assert kind.refused == looks


@pytest.mark.parametrize("kind", [basic_camera, digest_camera()])
async def test_a_wrong_password_is_tried_once_a_look(kind: Callable[[Request], bytes]) -> None:
    """A camera may lock people out who try too often."""
    async with camera(kind) as running:
        source = HttpSource(running.at("me:very-secret"))
        for _ in range(2):
            with pytest.raises(SnapshotError, match=r"^401: the camera refuses the user name") as caught:
                await source.snapshot()
            assert "secret" not in str(caught.value)
    assert sum("authorization" in asked.headers for asked in running.asked) <= 3


async def test_a_log_in_goes_to_the_camera_alone() -> None:
    async with (
        camera(basic_camera) as other,
        camera(lambda _: ok(b"", f"Location: {other.url}/x", status="302 Found")) as running,
    ):
        with pytest.raises(SnapshotError, match=r"^401: the camera wants a log-in"):
            await HttpSource(running.at(LOGIN)).snapshot()
    assert all("authorization" not in asked.headers for asked in other.asked)


async def test_a_redirect_within_the_camera_keeps_log_in_and_cookie() -> None:
    def answer(request: Request) -> bytes:
        if request.target == "/real.jpg":
            assert request.headers.get("cookie") == "session=1"
            return basic_camera(request)
        return ok(
            b"", "Location: real.jpg", "Set-Cookie: session=1; Path=/; HttpOnly", status="307 Temporary"
        )

    async with camera(answer) as running:
        assert await HttpSource(running.at(LOGIN)).snapshot() == JPEG


async def test_a_cookie_goes_where_its_host_sends_on_to_also_at_another_port() -> None:
    """A camera that has a session begins it at one address and shows the picture at another."""
    async with (
        camera(lambda asked: ok(JPEG if asked.headers.get("cookie") == "a=1; b=2" else b"")) as other,
        camera(
            lambda asked: ok(
                b"",
                *(["Set-Cookie: a=1", "Location: /2"] if asked.target == "/1" else []),
                *(["Set-Cookie: b=2; Secure", f"Location: {other.url}/x"] if asked.target == "/2" else []),
                status="302 Found",
            )
        ) as running,
    ):
        assert await HttpSource(running.at(path="/1")).snapshot() == JPEG
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        async with camera(
            lambda _: ok(b"", "Set-Cookie: a=1", f"Location: {elsewhere}/x", status="302 Found")
        ) as stranger:
            with pytest.raises(SnapshotError, match="empty picture"):
                await HttpSource(stranger.at()).snapshot()
    assert "cookie" not in other.asked[-1].headers


async def test_a_log_in_that_the_redirect_brings_goes_where_it_leads() -> None:
    async with (
        camera(digest_camera()) as other,
        camera(lambda _: ok(b"", f"Location: {other.at(LOGIN, '/x.jpg')}", status="302 Found")) as running,
    ):
        source = HttpSource(running.at("someone:else"))
        assert await source.snapshot() == JPEG
        assert await source.snapshot() == JPEG
    assert all("authorization" not in asked.headers for asked in running.asked)


async def test_a_token() -> None:
    async with camera(
        lambda asked: ok(JPEG if asked.headers.get("authorization") == "Bearer t" else b"")
    ) as running:
        assert await HttpSource(running.at(), ReadOptions(bearer="t")).snapshot() == JPEG


async def test_what_the_request_says() -> None:
    async with camera(ok(JPEG)) as running:
        await HttpSource(running.at(path="/a b?c=d")).snapshot()
    asked = running.asked[0]
    assert asked.line == "GET /a%20b?c=d HTTP/1.1"
    assert asked.headers["host"] == running.url.removeprefix("http://")
    assert "authorization" not in asked.headers
