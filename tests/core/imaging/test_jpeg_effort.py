"""JPEGs made to keep a server busy are refused before they are opened; what cameras send is not."""

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from octoprint_failwatch.engine.errors import BadPicture
from octoprint_failwatch.engine.imaging.jpeg import decode
from octoprint_failwatch.engine.imaging.jpeg_effort import MAX_HEAD, MAX_SCANS, MAX_SEGMENTS, check_effort


def jpeg(size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    """Return a picture with something in it."""
    out = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(out, "JPEG", **options)
    return out.getvalue()


def with_segments(count: int, content: bytes = b"") -> bytes:
    """Return a picture with so many segments of a camera's own before it."""
    plain = jpeg()
    return plain[:2] + (b"\xff\xe5" + (2 + len(content)).to_bytes(2) + content) * count + plain[2:]


def with_scans(count: int) -> bytes:
    """Return a progressive picture that goes over itself so many times more."""
    plain = jpeg(progressive=True)
    last = plain[plain.rindex(b"\xff\xda") : -2]
    return plain[:-2] + last * count + plain[-2:]


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"exif": b"Exif\0\0" + bytes(60000)}], ids=str
)
def test_what_cameras_send_is_opened(options: dict[str, object]) -> None:
    assert decode(jpeg((1280, 720), **options), 640).size == (640, 360)
    assert decode(with_segments(20, bytes(1000)), 640).size == (64, 48)


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        (with_scans(300), "310 passes"),
        (with_scans(MAX_SCANS), "passes"),
        (with_segments(MAX_SEGMENTS), "too much before the picture"),
        (with_segments(2_500_000), "too much before the picture"),
        (with_segments(MAX_HEAD // 60000 + 2, bytes(60000)), "too much before the picture"),
        (b"\xff\xd8" + b"\xff" * 100_000, "too much before the picture"),
    ],
    ids=["300 passes", "just too many", "segments", "empty segments", "bytes", "padding"],
)
def test_what_takes_too_long_is_refused(picture: bytes, says: str) -> None:
    with pytest.raises(BadPicture, match=says):
        decode(picture, 640)


def test_a_large_picture_may_have_fewer_passes() -> None:
    small, large = (jpeg((400, 300), progressive=True) for _ in range(2))
    at = next(large.index(bytes([0xFF, marker])) for marker in (0xC2,))
    check_effort(small)
    with pytest.raises(BadPicture, match="10 passes"):
        check_effort(large[: at + 5] + (6000).to_bytes(2) + (8000).to_bytes(2) + large[at + 9 :])


@given(st.binary(max_size=400))
def test_any_bytes_are_answered(data: bytes) -> None:
    for begins in (b"", b"\xff\xd8", b"\xff\xd8\xff\xda", b"\xff\xd8\xff\xc2"):
        with contextlib.suppress(BadPicture):
            check_effort(begins + data)
