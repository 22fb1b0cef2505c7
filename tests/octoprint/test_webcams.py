"""Pictures from the webcam providers of OctoPrint, working and broken ones."""

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
import requests
from PIL import Image

from octoprint_failwatch.engine.errors import SnapshotError
from octoprint_failwatch.engine.imaging.jpeg import decode
from octoprint_failwatch.engine.sources.source import ReadOptions
from octoprint_failwatch.watching import webcams
from octoprint_failwatch.watching.snapshots import Snapshots
from tests.core.cameras import cameras
from tests.core.cameras.cameras import JPEG, OTHER, camera, ok, part
from tests.patience import PATIENCE, eventually

Provide = Callable[..., None]


def picture() -> bytes:
    image = Image.new("RGB", (40, 20), "black")
    image.paste("white", (0, 0, 10, 10))  # top left
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95)
    return out.getvalue()


def brightest_corner(jpeg: bytes) -> tuple[tuple[int, int], str]:
    image = Image.open(io.BytesIO(jpeg)).convert("L")
    right, bottom = image.width - 3, image.height - 3
    corners = {
        "top left": (2, 2),
        "top right": (right, 2),
        "bottom left": (2, bottom),
        "bottom right": (right, bottom),
    }
    return image.size, max(corners, key=lambda name: image.getpixel(corners[name]))


def fails(_name: str) -> Iterator[bytes]:
    raise RuntimeError("http://user:very-secret@camera/")


@pytest.fixture
def provide(monkeypatch: pytest.MonkeyPatch) -> Provide:
    known: dict[str, Any] = {}
    preferred: list[str] = []

    def add(
        name: str,
        take: Callable[[str], Iterator[bytes]] = fails,
        *,
        can: bool = True,
        prefer: bool = False,
        snapshot: str = "",
        timeout: float = 5,
        verify: bool = True,
        **config: bool,
    ) -> None:
        turned = {"flipH": False, "flipV": False, "rotate90": False, **config}
        compat = SimpleNamespace(snapshot=snapshot, snapshotTimeout=timeout, snapshotSslValidation=verify)
        known[name] = SimpleNamespace(
            config=SimpleNamespace(
                name=name, displayName=name.title(), canSnapshot=can, compat=compat, **turned
            ),
            providerIdentifier="classicwebcam" if snapshot else "another",
            providerPlugin=SimpleNamespace(take_webcam_snapshot=take),
        )
        if prefer:
            preferred.append(name)

    monkeypatch.setattr(webcams, "get_webcams", lambda: known)
    monkeypatch.setattr(webcams, "get_snapshot_webcam", lambda: known[preferred[0]] if preferred else None)
    monkeypatch.setattr(webcams, "octoprint_settings", lambda: SimpleNamespace(get=lambda path: None))
    return add


@pytest_asyncio.fixture
async def taking() -> AsyncIterator[Snapshots]:
    taking = Snapshots()
    yield taking
    await taking.close()


async def test_the_provider_is_asked_by_name_and_its_pieces_are_joined(
    provide: Provide, taking: Snapshots
) -> None:
    asked = []

    def take(name: str) -> Iterator[bytes]:
        asked.append(name)
        yield from (JPEG[:100], JPEG[100:])

    provide("first", take)
    assert await taking.snapshot("first") == JPEG
    assert asked == ["first"]
    assert not taking.is_stream("first")


async def test_a_preferred_webcam_that_cannot_is_passed_over(provide: Provide, taking: Snapshots) -> None:
    provide("classic", can=False, prefer=True)
    provide("other", lambda name: iter([JPEG]))
    assert await taking.snapshot("") == JPEG


async def test_a_chosen_webcam_is_never_swapped_for_another(provide: Provide, taking: Snapshots) -> None:
    provide("classic", lambda name: iter([JPEG]), can=False)
    provide("other", lambda name: iter([JPEG]))
    for name in ("classic", "gone"):
        with pytest.raises(SnapshotError):
            await taking.snapshot(name)


async def test_a_provider_that_streams_is_left_after_the_first_picture(
    provide: Provide, taking: Snapshots
) -> None:
    left = []

    def stream(_name: str) -> Iterator[bytes]:
        try:
            while True:
                yield part(JPEG, "Content-Type: image/jpeg")
        finally:
            left.append(True)

    provide("stream", stream)
    assert await taking.snapshot("stream") == JPEG
    assert taking.is_stream("stream")
    assert left == [True]


async def test_a_provider_that_breaks_off_behind_the_picture(provide: Provide, taking: Snapshots) -> None:
    def breaks(_name: str) -> Iterator[bytes]:
        yield JPEG
        raise requests.exceptions.ChunkedEncodingError

    provide("sloppy", breaks)
    assert await taking.snapshot("sloppy") == JPEG


def answered(status: int) -> requests.HTTPError:
    response = requests.Response()
    response.status_code = status
    return requests.HTTPError("http://user:very-secret@camera/", response=response)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (answered(401), "^401: the camera wants a log-in"),
        (answered(404), "^404: the camera has no picture at this address"),
        (requests.ReadTimeout("very-secret"), "did not answer within 5 seconds"),
        (requests.exceptions.SSLError("very-secret"), "certificate is not trusted"),
        (requests.ConnectionError("very-secret"), "cannot be reached"),
        (RuntimeError("very-secret"), "plugin fails: RuntimeError"),
    ],
)
async def test_why_a_provider_gives_nothing(
    provide: Provide, taking: Snapshots, error: Exception, why: str
) -> None:
    def fail(_name: str) -> Iterator[bytes]:
        raise error

    provide("bad", fail)
    with pytest.raises(SnapshotError, match=why) as caught:
        await taking.snapshot("bad")
    assert "very-secret" not in str(caught.value)


async def test_octoprints_own_webcam_is_read_as_every_other_camera(
    provide: Provide, taking: Snapshots
) -> None:
    """A stream, too, and one that no HTTP library reads."""
    async with camera(ok(part(OTHER), " : nameless", "Content-Length : 7")) as running:
        provide("classic", snapshot=running.at())
        assert await taking.snapshot("classic") == OTHER
        assert taking.is_stream("classic")


async def test_a_corrected_address_counts_at_once(provide: Provide, taking: Snapshots) -> None:
    """Also while the old one hangs."""
    async with camera(b"", stays_open=True) as hangs, camera(ok(JPEG)) as works:
        provide("classic", snapshot=hangs.at())
        waiting = asyncio.create_task(taking.snapshot("classic"))
        await eventually(lambda: hangs.asked)
        provide("classic", snapshot=works.at())
        assert await taking.snapshot("classic") == JPEG
        waiting.cancel()


@pytest.mark.parametrize("kind", ["basic", "digest", "bearer"])
async def test_its_log_in_is_used(
    provide: Provide, taking: Snapshots, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    stored = {
        "snapshotAuth": kind,
        "snapshotUsername": "me",
        "snapshotPassword": "very-secret",
        "snapshotBearerToken": "a-token",
    }
    settings = SimpleNamespace(get=lambda path: stored[path[-1]])
    monkeypatch.setattr(webcams, "octoprint_settings", lambda: settings)

    def answer(request: cameras.Request) -> bytes:
        sent = request.headers.get("authorization", "")
        if sent.lower().startswith(kind):
            return ok(JPEG)
        return ok(b"", f'WWW-Authenticate: {kind} realm="a", nonce="b", qop="auth"', status="401 No")

    async with camera(answer) as running:
        provide("classic", snapshot=running.at())
        assert await taking.snapshot("classic") == JPEG
    sent = running.asked[-1].headers["authorization"]
    expected = {"basic": "bWU6dmVyeS1zZWNyZXQ=", "digest": 'username="me"', "bearer": "a-token"}
    assert expected[kind] in sent


def test_the_timeout_is_the_cameras_own(provide: Provide) -> None:
    provide("quick", snapshot="http://camera/", timeout=3)
    provide("odd", snapshot="http://camera/", timeout=0)
    provide("endless", snapshot="http://camera/", timeout=1e9)
    assert {one.name: one.timeout for one in webcams.webcams()} == {"quick": 3, "odd": 20, "endless": 25}
    options = webcams.options(webcams.choose("quick"))
    assert options == ReadOptions(timeout=3)


@pytest.mark.parametrize(
    ("snapshot", "why"),
    [
        ("ftp://camera/very-secret", "must look like"),
        ("http://very-secret@:99/", "must look like"),
        ("http://127.0.0.1:1/?token=very-secret", "refuses the connection"),
    ],
)
async def test_an_address_that_cannot_work(
    provide: Provide, taking: Snapshots, snapshot: str, why: str
) -> None:
    provide("classic", snapshot=snapshot)
    with pytest.raises(SnapshotError, match=why) as caught:
        await taking.snapshot("classic")
    assert "very-secret" not in str(caught.value)


def breaks_off(_name: str) -> Iterator[bytes]:
    yield b"ab"
    raise OSError("very-secret")


def endless(_name: str) -> Iterator[bytes]:
    while True:
        yield b"x" * 1_000_000


@pytest.mark.parametrize("take", [fails, breaks_off, endless, lambda name: iter([]), lambda name: None])
async def test_a_provider_that_fails_is_a_snapshot_error_without_its_secrets(
    provide: Provide, taking: Snapshots, take: Any
) -> None:
    provide("bad", take)
    with pytest.raises(SnapshotError) as caught:
        await taking.snapshot("bad")
    assert "very-secret" not in str(caught.value)


async def test_no_webcam_at_all(provide: Provide, taking: Snapshots) -> None:
    with pytest.raises(SnapshotError):
        await taking.snapshot("")


@pytest.mark.parametrize(
    ("turned", "size", "corner"),
    [
        ({}, (40, 20), "top left"),
        ({"flipH": True}, (40, 20), "top right"),
        ({"flipV": True}, (40, 20), "bottom left"),
        ({"rotate90": True}, (20, 40), "bottom left"),
    ],
)
async def test_the_picture_is_turned_as_octoprint_shows_it(
    provide: Provide, taking: Snapshots, turned: dict[str, bool], size: tuple[int, int], corner: str
) -> None:
    provide("turned", lambda name: iter([picture()]), **turned)
    assert brightest_corner(await taking.snapshot("turned")) == (size, corner)


async def test_a_webcam_that_hangs_is_asked_once_and_others_go_on(
    provide: Provide, taking: Snapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReadOptions, "total", 0.05)
    released, asked = threading.Event(), []

    def hang(name: str) -> Iterator[bytes]:
        asked.append(name)
        released.wait(PATIENCE)
        yield JPEG

    provide("stuck", hang)
    provide("fine", lambda name: iter([JPEG]))
    try:
        for _ in range(3):
            with pytest.raises(SnapshotError):
                await taking.snapshot("stuck")
        await eventually(lambda: asked)
        assert asked == ["stuck"]
        monkeypatch.setattr(ReadOptions, "total", PATIENCE)
        assert await taking.snapshot("fine") == JPEG
        provide("stuck", lambda name: iter([OTHER]), flipH=True)
        assert decode(await taking.snapshot("stuck")).size == (64, 48)  # other settings count at once
        provide("stuck", hang)
        released.set()
        assert await taking.snapshot("stuck") == JPEG
    finally:
        released.set()
