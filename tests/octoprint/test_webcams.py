"""Pictures from whatever webcam providers OctoPrint has, good ones and bad ones."""

import asyncio
import io
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from octoprint_failwatch.engine.errors import SnapshotError
from octoprint_failwatch.watching import webcams

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


@pytest.fixture
def provide(monkeypatch: pytest.MonkeyPatch) -> Provide:
    known: dict[str, Any] = {}
    preferred: list[str] = []

    def add(
        name: str,
        take: Callable[[str], Iterator[bytes]],
        *,
        can: bool = True,
        prefer: bool = False,
        **config: bool,
    ) -> None:
        turned = {"flipH": False, "flipV": False, "rotate90": False, **config}
        known[name] = SimpleNamespace(
            config=SimpleNamespace(name=name, displayName=name.title(), canSnapshot=can, **turned),
            providerPlugin=SimpleNamespace(take_webcam_snapshot=take),
        )
        if prefer:
            preferred.append(name)

    monkeypatch.setattr(webcams, "get_webcams", lambda: known)
    monkeypatch.setattr(webcams, "get_snapshot_webcam", lambda: known[preferred[0]] if preferred else None)
    return add


def test_the_provider_is_asked_by_name_and_its_pieces_are_joined(provide: Provide) -> None:
    asked = []

    def take(name: str) -> Iterator[bytes]:
        asked.append(name)
        yield from (b"ab", b"cd")

    provide("first", take)
    assert webcams.take("first") == b"abcd"
    assert asked == ["first"]


def test_a_preferred_webcam_that_cannot_is_passed_over(provide: Provide) -> None:
    provide("classic", lambda name: iter([b"no"]), can=False, prefer=True)
    provide("other", lambda name: iter([b"yes"]))
    assert webcams.take("") == b"yes"


def test_a_chosen_webcam_is_never_swapped_for_another(provide: Provide) -> None:
    provide("classic", lambda name: iter([b"no"]), can=False)
    provide("other", lambda name: iter([b"yes"]))
    for name in ("classic", "gone"):
        with pytest.raises(SnapshotError):
            webcams.take(name)


def fails(_name: str) -> Iterator[bytes]:
    raise RuntimeError("http://user:very-secret@camera/")


def breaks_off(_name: str) -> Iterator[bytes]:
    yield b"ab"
    raise OSError("very-secret")


def endless(_name: str) -> Iterator[bytes]:
    while True:
        yield b"x" * 1_000_000


@pytest.mark.parametrize("take", [fails, breaks_off, endless, lambda name: iter([]), lambda name: None])
def test_a_provider_that_fails_is_a_snapshot_error_without_its_secrets(provide: Provide, take: Any) -> None:
    provide("bad", take)
    with pytest.raises(SnapshotError) as caught:
        webcams.take("bad")
    assert "very-secret" not in str(caught.value)


def test_no_webcam_at_all(provide: Provide) -> None:
    with pytest.raises(SnapshotError):
        webcams.take("")


@pytest.mark.parametrize(
    ("turned", "size", "corner"),
    [
        ({}, (40, 20), "top left"),
        ({"flipH": True}, (40, 20), "top right"),
        ({"flipV": True}, (40, 20), "bottom left"),
        ({"rotate90": True}, (20, 40), "bottom left"),
    ],
)
def test_the_picture_is_turned_as_octoprint_shows_it(
    provide: Provide, turned: dict[str, bool], size: tuple[int, int], corner: str
) -> None:
    provide("turned", lambda name: iter([picture()]), **turned)
    assert brightest_corner(webcams.take("turned")) == (size, corner)


async def test_a_webcam_that_hangs_is_asked_once_and_others_go_on(
    provide: Provide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webcams, "PATIENCE", 0.05)
    released, asked = threading.Event(), []

    def hang(name: str) -> Iterator[bytes]:
        asked.append(name)
        released.wait(30)
        yield b"late"

    provide("stuck", hang)
    provide("fine", lambda name: iter([b"picture"]))
    cameras = webcams.Webcams()
    try:
        for _ in range(3):
            with pytest.raises(SnapshotError):
                await cameras.snapshot("stuck")
        assert asked == ["stuck"]
        assert await cameras.snapshot("fine") == b"picture"
        released.set()
        await asyncio.wrap_future(cameras._running["stuck"])
        assert await cameras.snapshot("stuck") == b"late"
    finally:
        released.set()
        cameras.close()
