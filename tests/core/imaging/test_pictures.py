"""Pictures as cameras and people really send them."""

import contextlib
import io
import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from PIL.JpegImagePlugin import JpegImageFile

from octoprint_failwatch.engine.detectors.pixel_boxes import picture_size
from octoprint_failwatch.engine.errors import BadPicture
from octoprint_failwatch.engine.imaging.annotation import tagged
from octoprint_failwatch.engine.imaging.jpeg import as_jpeg, decode, is_jpeg
from octoprint_failwatch.engine.models import Box


def saved(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def half(mode: str = "RGB", size: tuple[int, int] = (64, 32)) -> Image.Image:
    """A picture whose left half is bright and whose right half is dark."""
    image = Image.new("L", size, 20)
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill=230)
    return image.convert(mode)


def sixteen_bits() -> bytes:
    return saved(half("I").point(lambda value: value * 256).convert("I;16"), "PNG")


@pytest.mark.parametrize(
    "data",
    [
        saved(half()),
        saved(half("L")),
        saved(half("CMYK")),
        saved(half(), progressive=True),
        saved(half("P"), "PNG"),
        saved(half("RGBA"), "PNG"),
        saved(half("LA"), "PNG"),
        saved(half("1"), "PNG"),
        sixteen_bits(),
        saved(half(), "WEBP"),
        saved(half(), "GIF"),
        saved(half(), "BMP"),
    ],
    ids=[
        "rgb",
        "grey",
        "cmyk",
        "progressive",
        "palette",
        "alpha",
        "grey-alpha",
        "bits",
        "deep",
        "webp",
        "gif",
        "bmp",
    ],
)
@pytest.mark.parametrize("max_side", [None, 32])
def test_every_kind_comes_out_alike(data: bytes, max_side: int | None) -> None:
    image = decode(data, max_side)
    assert image.mode == "RGB"
    assert image.size == ((64, 32) if max_side is None else (32, 16))
    assert min(image.getpixel((2, 2))) > 180
    assert max(image.getpixel((image.width - 3, 2))) < 80


def test_the_camera_says_which_way_is_up() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    image = decode(saved(half(), exif=exif))
    assert image.getpixel((2, 2))[0] < 80
    exif[0x0112] = 6  # a quarter turn
    assert decode(saved(half(), exif=exif)).size == (32, 64)


def test_an_upright_picture_is_copied_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second copy of all pixels is most of what a large picture takes."""
    copies, copy = [], Image.Image.copy

    def noting(image: Image.Image) -> Image.Image:
        copies.append(image.size)
        return copy(image)

    monkeypatch.setattr(Image.Image, "copy", noting)
    assert decode(saved(half(), "PNG")).getpixel((2, 2))[0] > 200
    assert copies == []


def test_a_large_picture_is_opened_small() -> None:
    assert decode(saved(Image.new("RGB", (8000, 6000))), 320).size == (320, 240)


def test_a_wide_jpeg_is_not_opened_larger_than_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A webcam's 16:9 picture at half its size, for which the decoder has a quarter of the work."""
    opened, load = set(), JpegImageFile.load

    def noting(image: JpegImageFile) -> object:
        opened.add(image.size)
        return load(image)

    monkeypatch.setattr(JpegImageFile, "load", noting)
    assert decode(saved(half(size=(1280, 720))), 640).size == (640, 360)
    assert decode(saved(half(size=(1280, 722))), 640).size == (640, 361)
    assert opened == {(640, 360), (640, 361)}


def test_a_single_pixel_is_a_picture() -> None:
    assert decode(saved(Image.new("RGB", (1, 1), "red")), 320).size == (1, 1)


def test_a_bomb_is_not_opened() -> None:
    """A PNG of a few hundred bytes that says it has 50,000 by 50,000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    with pytest.raises(BadPicture, match="pixels"):
        decode(bomb + chunk(b"IEND", b""))


@pytest.mark.parametrize("data", [b"", b"<html>no camera</html>", b"\xff\xd8\xff", b"GIF89a"])
def test_what_is_no_picture_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(BadPicture, match=r"no picture|damaged"):
        decode(data)


@pytest.mark.parametrize(
    "data",
    [b"P6 1 1 255\n\0\0\0", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n"],
    ids=["pixmap", "postscript"],
)
@pytest.mark.parametrize("use", [decode, picture_size])
def test_only_what_cameras_make_is_opened(use: Callable[[bytes], object], data: bytes) -> None:
    """Pillow would hand PostScript to a program, if one is installed."""
    with pytest.raises(BadPicture, match="This is no picture"):
        use(data)


@given(st.integers(2, 600), st.sampled_from(["JPEG", "PNG"]))
def test_a_picture_cut_off_anywhere_is_refused(keep: int, kind: str) -> None:
    noisy = Image.effect_noise((64, 64), 80).convert("RGB")
    data = saved(noisy, kind)
    with pytest.raises(BadPicture):
        decode(data[: min(keep, len(data) // 2)])


@given(st.binary(max_size=300))
def test_garbage_never_gets_further_than_an_error(data: bytes) -> None:
    for start in (b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF", b"BM"):
        with contextlib.suppress(BadPicture):
            assert decode(start + data).mode == "RGB"


def test_boxes_are_drawn_where_they_are() -> None:
    """In a picture that is wider than high, so that no edge can stand for another."""
    grey, box = Image.new("RGB", (200, 100), (128,) * 3), Box(0.3, 0.5, 0.6, 0.9, 0.8)
    drawn = decode(tagged(saved(grey), [box]))
    assert drawn.size == grey.size

    def is_drawn(x: int, y: int) -> bool:
        red, _, blue = drawn.getpixel((x, y))
        return red - blue > 60

    for x, y in ((61, 70), (119, 70), (90, 89)):
        assert is_drawn(x, y), (x, y)
    for x, y in ((30, 70), (54, 70), (90, 70), (126, 70), (90, 97), (90, 20)):
        assert not is_drawn(x, y), (x, y)


@pytest.mark.parametrize("size", [(1, 65_501), (65_501, 1)])
def test_a_picture_with_a_side_that_no_jpeg_can_have_is_refused(size: tuple[int, int]) -> None:
    """Only found where it was to be sent, and then as an error of the machine's."""
    for use in (decode, as_jpeg):
        with pytest.raises(BadPicture, match="65,500"):
            use(saved(Image.new("RGB", size), "PNG"))


def test_services_get_jpeg() -> None:
    jpeg, png = saved(half()), saved(half(), "PNG")
    assert as_jpeg(jpeg) is jpeg
    assert is_jpeg(as_jpeg(png))


@pytest.mark.parametrize("use", [decode, as_jpeg])
def test_errors_are_typed(use: Callable[[bytes], object]) -> None:
    with pytest.raises(BadPicture):
        use(b"nothing")


@pytest.mark.parametrize("size", [(8239, 6144), (2592, 16360), (4000, 3126)])
def test_a_few_bytes_that_say_to_be_a_large_webp_are_refused_before_they_take_memory(
    size: tuple[int, int],
) -> None:
    """As a fuzzer made them of one of 32 by 24 pixels."""
    data = bytearray(saved(half(size=(32, 24)), "WEBP"))
    data[26:30] = struct.pack("<HH", *size)
    with pytest.raises(BadPicture, match=f"{size[0]} x {size[1]} pixels; FailWatch opens 12,500,000 at most"):
        decode(bytes(data))


def test_a_small_gif_that_says_to_be_large_is_refused() -> None:
    data = bytearray(saved(half("P", size=(32, 24)), "GIF"))
    data[6:10] = struct.pack("<HH", 2080, 18460)
    with pytest.raises(BadPicture, match="2080 x 18460 pixels; FailWatch opens 20,000,000 at most"):
        decode(bytes(data))
