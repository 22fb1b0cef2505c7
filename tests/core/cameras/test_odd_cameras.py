"""Cameras that keep to no standard, and are read all the same; what they answer is written out here."""

from __future__ import annotations

import asyncio
import gzip
import io
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from octoprint_failwatch.engine.errors import SnapshotError
from octoprint_failwatch.engine.imaging.jpeg import decode
from octoprint_failwatch.engine.sources import body_picture
from octoprint_failwatch.engine.sources.connection import Connection
from octoprint_failwatch.engine.sources.http import HttpSource
from octoprint_failwatch.engine.sources.source import ReadOptions
from tests.core.cameras.cameras import (
    DARK,
    JPEG,
    OTHER,
    Request,
    camera,
    chunked,
    ok,
    part,
    picture,
    talking_camera,
)
from tests.patience import PATIENCE

LENGTH = f"Content-Length: {len(JPEG)}"
TYPE = "Content-Type: image/jpeg"
STREAM = "Content-Type: multipart/x-mixed-replace; boundary=frame"
THUMBNAIL = picture(200, size=(16, 12))


def blank(colour: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


def with_thumbnail() -> bytes:
    """Return a JPEG in whose APP1 another whole JPEG lies."""
    inside = b"Exif\0\0" + THUMBNAIL
    return JPEG[:2] + b"\xff\xe1" + (len(inside) + 2).to_bytes(2, "big") + inside + JPEG[2:]


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def with_segments(*segments: bytes) -> bytes:
    """Return the JPEG with more in front of the picture itself."""
    return JPEG[:2] + b"".join(segments) + JPEG[2:]


def without_tables() -> bytes:
    """Return the JPEG without its Huffman tables, as the frames of many USB cameras are."""
    at, kept = 2, JPEG[:2]
    while JPEG[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(JPEG[at + 2 : at + 4], "big")
        kept += JPEG[at:end] if JPEG[at + 1] != 0xC4 else b""
        at = end
    return kept + JPEG[at:]


SNAPSHOTS = {
    "by the book": ok(JPEG, TYPE, LENGTH),
    "no length, the connection ends": ok(JPEG, TYPE),
    "no headers at all": ok(JPEG),
    "no type": ok(JPEG, LENGTH),
    "type of a text": ok(JPEG, "Content-Type: text/html", LENGTH),
    "type of a stream": ok(JPEG, STREAM),
    "type without a slash": ok(JPEG, "Content-Type: jpeg", LENGTH),
    "length too large": ok(JPEG, TYPE, f"Content-Length: {len(JPEG) + 1000}"),
    "length too small": ok(JPEG, TYPE, f"Content-Length: {len(JPEG) - 100}"),
    "length of nothing": ok(JPEG, TYPE, "Content-Length: 0"),
    "length twice": ok(JPEG, TYPE, LENGTH, LENGTH),
    "length twice in one line": ok(JPEG, TYPE, f"{LENGTH}, {len(JPEG)}"),
    "lengths that differ": ok(JPEG, TYPE, LENGTH, "Content-Length: 7"),
    "length below zero": ok(JPEG, TYPE, "Content-Length: -1"),
    "length that is no number": ok(JPEG, TYPE, "Content-Length: many"),
    "length empty": ok(JPEG, TYPE, "Content-Length:"),
    "chunks": ok(chunked(JPEG), TYPE, "Transfer-Encoding: chunked"),
    "chunks of one byte": ok(chunked(JPEG, 1), TYPE, "Transfer-Encoding: chunked"),
    "chunks with extensions in quotes": ok(chunked(JPEG, extension=';n="a;b"'), "Transfer-Encoding: chunked"),
    "chunks whose sizes begin with zeros": ok(
        chunked(JPEG).replace(b"2BC\r\n", b"000002bc\r\n"), "Transfer-Encoding: chunked"
    ),
    "chunks with extensions": ok(chunked(JPEG, extension=";a=b"), "Transfer-Encoding: chunked"),
    "chunks with blanks behind their size": ok(chunked(JPEG, extension="  "), "Transfer-Encoding: chunked"),
    "chunks and a length": ok(chunked(JPEG), LENGTH, "Transfer-Encoding: chunked"),
    "chunks in capitals": ok(chunked(JPEG), "transfer-encoding: Chunked"),
    "chunks without the last": ok(chunked(JPEG, end=b""), "Transfer-Encoding: chunked"),
    "chunks with a trailer": ok(chunked(JPEG, end=b"0\r\nX: y\r\n\r\n"), "Transfer-Encoding: chunked"),
    "chunks with bare line feeds": ok(
        chunked(JPEG, len(JPEG)).replace(b"\r\n", b"\n"), "Transfer-Encoding: chunked"
    ),
    "chunks that are announced and not sent": ok(JPEG, "Transfer-Encoding: chunked"),
    "a header without a name": ok(JPEG, ": nameless", TYPE, LENGTH),
    "a header without a colon": ok(JPEG, "nonsense", TYPE, LENGTH),
    "a blank before the colon": ok(JPEG, "Content-Type : image/jpeg", f"Content-Length : {len(JPEG)}"),
    "a blank before the name": ok(JPEG, " X-Odd: yes", TYPE, LENGTH),
    "a header that goes on in the next line": ok(JPEG, "X-Odd: one,", "\ttwo", TYPE, LENGTH),
    "a header in another alphabet": ok(JPEG, "X-Name: Küche", TYPE, LENGTH),
    "header bytes that are no text": b"HTTP/1.1 200 OK\r\nX: \xff\xfe\x00\r\n\r\n" + JPEG,
    "two hundred headers": ok(JPEG, *(f"X-{number}: {number}" for number in range(200)), LENGTH),
    "a header of forty thousand letters": ok(JPEG, "X: " + "x" * 40_000, LENGTH),
    "bare line feeds": ok(b"", TYPE, LENGTH).replace(b"\r\n", b"\n") + JPEG,
    "no reason": ok(JPEG, TYPE, status="200"),
    "a reason in another alphabet": ok(JPEG, TYPE, status="200 Für dich"),
    "HTTP/1.0": ok(JPEG, TYPE, version="HTTP/1.0"),
    "HTTP/2.0 by name only": ok(JPEG, TYPE, version="HTTP/2.0"),
    "HTTP without a version": ok(JPEG, TYPE, version="HTTP"),
    "ICY": ok(JPEG, TYPE, version="ICY"),
    "no HTTP at all": JPEG,
    "empty lines before the answer": b"\r\n\r\n" + ok(JPEG, TYPE),
    "100 before the answer": b"HTTP/1.1 100 Continue\r\n\r\n" + ok(JPEG, TYPE),
    "201": ok(JPEG, TYPE, LENGTH, status="201 Created"),
    "206 with a range": ok(
        JPEG,
        TYPE,
        LENGTH,
        f"Content-Range: bytes 0-{len(JPEG) - 1}/{len(JPEG)}",
        status="206 Partial Content",
    ),
    "206": ok(JPEG, TYPE, LENGTH, status="206 Partial Content"),
    "bytes behind the end": ok(JPEG + b"\0" * 500, TYPE),
    "a line end behind the end": ok(JPEG + b"\r\n", TYPE, f"Content-Length: {len(JPEG) + 2}"),
    "bytes before the picture": ok(b"\r\n\r\n" + JPEG, TYPE),
    "a text before the picture": ok(b"camera 1:\r\n" + JPEG, TYPE),
    "a picture inside of the picture": ok(with_thumbnail(), TYPE),
    "packed": ok(gzip.compress(JPEG), TYPE, "Content-Encoding: gzip"),
    "packed, deflate": ok(zlib.compress(JPEG), TYPE, "Content-Encoding: deflate"),
    "packed in chunks": ok(
        chunked(gzip.compress(JPEG)), "Content-Encoding: gzip", "Transfer-Encoding: chunked"
    ),
    "packed in chunks of one byte": ok(
        chunked(gzip.compress(JPEG), 1), "Content-Encoding: gzip", "Transfer-Encoding: chunked"
    ),
    "packed in two members": ok(
        gzip.compress(JPEG[:300]) + gzip.compress(JPEG[300:]), TYPE, "Content-Encoding: gzip"
    ),
    "packed twice": ok(gzip.compress(gzip.compress(JPEG)), "Content-Encoding: gzip, gzip"),
    "packed, bytes behind": ok(gzip.compress(JPEG) + b"\0" * 40, "Content-Encoding: x-gzip"),
    "packed and cut off behind the picture": ok(gzip.compress(JPEG)[:-6], "Content-Encoding: gzip"),
    "packed as it is sent": ok(chunked(gzip.compress(JPEG)), TYPE, "Transfer-Encoding: gzip, chunked"),
    "packed by gzip's name only": ok(JPEG, TYPE, LENGTH, "Content-Encoding: gzip"),
    "packed by name only, in chunks of one byte": ok(
        chunked(JPEG, 1), "Content-Encoding: gzip", "Transfer-Encoding: chunked"
    ),
    "packed by deflate's name only": ok(JPEG, TYPE, "Content-Encoding: deflate"),
    "no empty line before the picture": ok(b"", TYPE).removesuffix(b"\r\n") + JPEG,
    "packed only by name": ok(JPEG, TYPE, "Content-Encoding: identity"),
    "no end mark": ok(JPEG[:-2], TYPE, f"Content-Length: {len(JPEG) - 2}"),
    "half an end mark": ok(JPEG[:-1], TYPE),
    "no end mark, bytes behind": ok(JPEG[:-2] + b"\0\0\0\0", TYPE),
    "progressive": ok(picture(progressive=True), TYPE),
    "four inks": ok(picture(mode="CMYK"), TYPE),
    "four inks, progressive": ok(picture(mode="CMYK", progressive=True), TYPE),
    "grey": ok(picture(mode="L"), TYPE),
    "packed as brotli, by name only": ok(JPEG, TYPE, "Content-Encoding: br"),
    "restart marks": ok(picture(restart_marker_blocks=1), TYPE),
    "two megabytes of Exif": ok(
        with_segments(*(segment(0xE1, b"Exif\0\0" + bytes(65_000)) for _ in range(30))), TYPE
    ),
    "a colour profile with marks in it": ok(
        with_segments(*(segment(0xE2, b"ICC_PROFILE\0" + b"\xff\xd9\xff\xd8" * 16_000) for _ in range(20))),
        TYPE,
    ),
    "no Huffman tables": ok(without_tables(), TYPE),
    "another picture behind the first": ok(JPEG + OTHER, TYPE),
    "a blank line of PHP before the picture": ok(b"<br />\n<b>Warning</b>: x\n\xef\xbb\xbf" + JPEG, TYPE),
    "a type with a character set": ok(JPEG, "Content-Type: image/jpg; charset=ISO-8859-1", LENGTH),
    "103 and 100 before the answer": (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + ok(JPEG, TYPE)
    ),
    "line ends of every kind": b"HTTP/1.1 200 OK\nContent-Type: image/jpeg\r\nX: y\n\r\n" + JPEG,
    "carriage returns only": b"HTTP/1.1 200 OK\rContent-Type: image/jpeg\r\r" + JPEG,
    "fill bytes before marks": ok(JPEG.replace(b"\xff\xda", b"\xff\xff\xff\xda", 1), TYPE),
    "a comment with marks in it": ok(JPEG[:2] + b"\xff\xfe\x00\x08\xff\xd9\xff\xd8\xff\xd9" + JPEG[2:], TYPE),
}
_packer = zlib.compressobj(wbits=-15)
_packed = _packer.compress(JPEG) + _packer.flush()
SNAPSHOTS["packed, deflate without a frame"] = ok(_packed, TYPE, "Content-Encoding: deflate")
SNAPSHOTS["packed, deflate without a frame, in chunks of one byte"] = ok(
    chunked(_packed, 1), TYPE, "Content-Encoding: deflate", "Transfer-Encoding: chunked"
)

TWO = part(JPEG, TYPE, LENGTH) + part(OTHER, TYPE, f"Content-Length: {len(OTHER)}")
STREAMS = {
    "by the book": ok(TWO, STREAM),
    "in chunks": ok(chunked(TWO), STREAM, "Transfer-Encoding: chunked"),
    "boundary in quotes": ok(TWO, 'Content-Type: multipart/x-mixed-replace; boundary="frame"'),
    "boundary with its dashes": ok(TWO, "Content-Type: multipart/x-mixed-replace;boundary=--frame"),
    "boundary of another name": ok(TWO, "Content-Type: multipart/x-mixed-replace;boundary=other"),
    "boundary with blanks in quotes": ok(
        part(JPEG, TYPE, boundary="--my frame 1") * 2,
        'Content-Type: multipart/x-mixed-replace; boundary="my frame 1"',
    ),
    "boundary in single quotes": ok(TWO, "Content-Type: multipart/x-mixed-replace; boundary='frame'"),
    "type related": ok(TWO, "Content-Type: multipart/related; boundary=frame"),
    "type of a form": ok(
        part(JPEG, 'Content-Disposition: form-data; name="a"', TYPE, boundary="--x") + b"--x--\r\n",
        "Content-Type: multipart/form-data; boundary=x",
    ),
    "boundary not said": ok(TWO, "Content-Type: multipart/x-mixed-replace"),
    "boundary with more dashes": ok(part(JPEG, TYPE, boundary="------frame") * 2, STREAM),
    "boundary without dashes": ok(part(JPEG, TYPE, boundary="frame") * 2, STREAM),
    "no first boundary": ok(TWO.removeprefix(b"--frame\r\n"), STREAM),
    "nothing before the first picture": ok(JPEG + b"\r\n" + TWO, STREAM),
    "type of a picture": ok(TWO, TYPE),
    "no type": ok(TWO),
    "type of ffmpeg": ok(TWO, "Content-Type: multipart/x-mixed-replace;boundary=ffmpeg"),
    "type of a video": ok(TWO, "Content-Type: video/x-motion-jpeg"),
    "type mixed": ok(TWO, "Content-Type: multipart/mixed; boundary=frame"),
    "type in capitals": ok(TWO, "CONTENT-TYPE: Multipart/X-Mixed-Replace; Boundary=frame"),
    "type under another name": ok(TWO, "Content-Type: image/x-mixed-replace"),
    "pictures without anything between": ok(JPEG + OTHER, "Content-Type: video/x-mjpeg"),
    "parts without length": ok(part(JPEG, TYPE) + part(OTHER, TYPE), STREAM),
    "parts without headers": ok(part(JPEG) + part(OTHER), STREAM),
    "parts with two lengths": ok(part(JPEG, LENGTH, "Content-Length: 12") * 2, STREAM),
    "parts with a wrong length": ok(part(JPEG, "Content-Length: 12") * 2, STREAM),
    "parts with a length too large": ok(part(JPEG, "Content-Length: 999999") * 2, STREAM),
    "parts with more headers": ok(part(JPEG, TYPE, "X-Timestamp: 12.5", "X-Nonsense") * 2, STREAM),
    "parts with bare line feeds": ok(part(JPEG, TYPE, newline="\n") * 2, STREAM),
    "a first part that is text": ok(part(b"hello", "Content-Type: text/plain") + TWO, STREAM),
    "a first part that is empty": ok(part(b"", TYPE, "Content-Length: 0") + TWO, STREAM),
    "a first part that is cut off": ok(part(OTHER[:400], TYPE) + TWO, STREAM),
    "a first part cut off in a segment": ok(part(OTHER[:90], TYPE) + TWO + TWO, STREAM),
    "a first part that is damaged": ok(part(b"\xff\xd8\xff\xd9", TYPE) + TWO, STREAM),
    "bytes behind the end of a picture": ok(part(JPEG + b"\0" * 99, TYPE) * 2, STREAM),
    "bytes before the first boundary": ok(b"preamble\r\n" + TWO, STREAM),
    "an old picture's rest at first": ok(OTHER[200:] + b"\r\n" + TWO, STREAM),
    "pictures without end marks": ok(part(JPEG[:-2], TYPE) * 2, STREAM),
    "boundary with blanks around it": ok(
        TWO, 'Content-Type: multipart/x-mixed-replace ; boundary = "frame" ; x=y'
    ),
    "boundary of every letter allowed": ok(
        part(JPEG, TYPE, boundary="--=_Part'()+_,-./:=?1") * 2,
        'Content-Type: multipart/x-mixed-replace; boundary="=_Part\'()+_,-./:=?1"',
    ),
    "packed": ok(gzip.compress(TWO), STREAM, "Content-Encoding: gzip"),
    "no Huffman tables": ok(part(without_tables(), TYPE) * 2, STREAM),
    "two megabytes of Exif": ok(
        part(with_segments(*(segment(0xE1, b"Exif\0\0" + bytes(65_000)) for _ in range(30))), TYPE) * 2,
        STREAM,
    ),
    "the last boundary": ok(part(JPEG, TYPE) + b"--frame--\r\n", STREAM),
    "a picture inside of the picture": ok(part(with_thumbnail(), TYPE) * 2, STREAM),
    "dark at first": ok(part(DARK, TYPE) * 3 + TWO, STREAM),
    "green at first": ok(part(blank((0, 135, 0)), TYPE) + TWO, STREAM),
    "white at first": ok(part(blank((255, 255, 255)), TYPE) * 3 + TWO, STREAM),
    "HTTP/1.0": ok(TWO, STREAM, version="HTTP/1.0"),
    "length of the whole stream": ok(TWO, STREAM, "Content-Length: 99999999"),
    "length zero": ok(TWO, STREAM, "Content-Length: 0"),
}


@pytest.fixture
def silent_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, float], None]:
    """Have a silence end a look after so many seconds, but only once so many bytes have come, however late."""

    def silent(length: int, seconds: float) -> None:
        receive, came = Connection.receive, 0

        async def patiently(connection: Connection) -> bytes:
            nonlocal came
            connection.silence = seconds if came >= length else PATIENCE
            piece = await receive(connection)
            came += len(piece)
            return piece

        monkeypatch.setattr(Connection, "receive", patiently)

    return silent


def is_of(taken: bytes, shade: int) -> bool:
    image = decode(taken)
    pixel = image.getpixel((image.width - 4, image.height - 4))
    assert isinstance(pixel, tuple)
    return image.size == (64, 48) and all(abs(value - shade) < 8 for value in pixel)


@pytest.mark.parametrize("stays_open", [False, True], ids=["ends", "stays open"])
@pytest.mark.parametrize("name", SNAPSHOTS)
async def test_a_snapshot(name: str, stays_open: bool, silent_after: Callable[[int, float], None]) -> None:
    silent_after(len(SNAPSHOTS[name]), 0.5)
    async with camera(SNAPSHOTS[name], stays_open=stays_open) as running:
        source = HttpSource(running.at())
        assert is_of(await source.snapshot(), 120)
        assert not source.is_stream or "stream" in name


@pytest.mark.parametrize("name", STREAMS)
async def test_a_stream(name: str) -> None:
    """The first picture is taken as soon as it is whole; nobody waits for what follows."""
    async with camera(STREAMS[name], stays_open=True) as running:
        source = HttpSource(running.at())
        assert is_of(await source.snapshot(), 120)
        assert (
            source.is_stream
            or name in {"no type", "type of a video"}
            or "nothing" in name
            or "anything" in name
        )


@pytest.mark.parametrize("name", ["by the book", "in chunks", "no first boundary"])
async def test_a_stream_that_comes_drop_by_drop(name: str) -> None:
    async def talk(_request: Request, writer: asyncio.StreamWriter) -> None:
        for at in range(0, len(STREAMS[name]), 97):
            writer.write(STREAMS[name][at : at + 97])
            await writer.drain()
            await asyncio.sleep(0)
        await asyncio.sleep(100)

    async with talking_camera(talk) as running:
        assert is_of(await HttpSource(running.at()).snapshot(), 120)


async def test_what_came_before_a_reset_counts() -> None:
    async def talk(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(ok(JPEG, TYPE, "Content-Length: 99999"))
        await writer.drain()
        writer.transport.abort()

    async with talking_camera(talk) as running:
        assert is_of(await HttpSource(running.at()).snapshot(), 120)


async def test_an_answer_without_listening_to_the_question() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ok(JPEG, TYPE))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert is_of(await HttpSource(f"http://127.0.0.1:{port}/").snapshot(), 120)


async def test_a_stream_that_stays_dark_is_shown_dark(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the watch that says so, as of any other camera."""
    monkeypatch.setattr(body_picture, "DARK_AT_FIRST", 0.2)
    for body in (part(DARK, TYPE) * 2, part(DARK, TYPE)):
        async with camera(ok(body, STREAM), stays_open=True) as running:
            assert is_of(await HttpSource(running.at()).snapshot(), 2)


async def test_a_picture_is_turned_as_its_exif_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    async with camera(ok(picture(exif=exif), TYPE)) as running:
        assert decode(await HttpSource(running.at()).snapshot()).size == (48, 64)


REFUSED = {
    "nothing": (ok(b"", TYPE), "an empty picture"),
    "no answer": (b"", "closed the connection without an answer"),
    "half a picture": (ok(JPEG[:600], TYPE), "damaged or cut off"),
    "half a picture, all that was announced": (
        ok(JPEG[:600], TYPE, "Content-Length: 600"),
        "damaged or cut off",
    ),
    "a web page": (ok(b"<!DOCTYPE html><html>Log in", "Content-Type: text/html"), "with a web page"),
    "a web page without a type": (ok(b"\n<html><body>Hi"), "with a web page"),
    "JSON": (ok(b"{}", "Content-Type: application/json"), "answers with application/json"),
    "a text": (ok(b"no camera", "Content-Type: text/plain; charset=utf-8"), "answers with text/plain"),
    "a picture in JSON": (
        ok(b'{"image": "/9j/4AAQSkZJRg=="}', "Content-Type: application/json"),
        "application/json",
    ),
    "a picture as text": (
        ok(b"data:image/jpeg;base64,/9j/4AAQSkZJRg==", "Content-Type: text/plain"),
        "text/plain",
    ),
    "an old placeholder": (ok(JPEG, TYPE, LENGTH, status="404 Not Found"), "^404"),
    "noise": (ok(bytes(range(256)) * 9), "something that is no picture"),
    "another protocol": (b"SSH-2.0-OpenSSH_9.2 and more\r\n", "does not speak HTTP"),
    "another protocol, few words": (b"220 ftp\r\n", "does not speak HTTP"),
    "400": (ok(b"", status="400 Bad Request"), "^400: the camera gives no picture"),
    "401": (ok(b"", status="401 Unauthorized"), "^401: the camera wants a log-in"),
    "403": (ok(b"", status="403 Forbidden"), "^403: the camera does not allow this"),
    "404": (ok(b"", status="404 Not Found"), "^404: the camera has no picture at this address"),
    "500": (ok(b"", status="500 Oops"), "^500: the camera reports a fault"),
    "503": (ok(b"", status="503 Busy"), "^503: the camera is busy"),
    "204": (ok(b"", status="204 No Content"), "^204: the camera gives no picture"),
    "304": (ok(b"", status="304 Not Modified"), "^304: the camera gives no picture"),
    "a redirect to nowhere": (ok(b"", status="302 Found"), "^302: the camera gives no picture"),
    "a redirect to a file": (ok(b"", "Location: file:///etc/passwd", status="302 Found"), "is no address"),
    "a redirect to itself": (
        ok(b"", "Location: /snapshot.jpg", status="302 Found"),
        "^302: the camera sends on",
    ),
    "an endless head": (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000, "does not speak HTTP"),
    "a stream without pictures": (ok(part(b"text") * 9, STREAM), "stream gives no whole picture"),
    "a stream of halves": (ok(part(JPEG[:400]) * 9, STREAM), "stream gives no whole picture"),
    "packed noise": (ok(gzip.compress(b"\0" * 90), "Content-Encoding: gzip"), "something that is no picture"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_why_there_is_no_picture(name: str) -> None:
    said, why = REFUSED[name]
    async with camera(said) as running:
        with pytest.raises(SnapshotError, match=why) as caught:
            await HttpSource(running.at(path="/snapshot.jpg?token=very-secret")).snapshot()
    assert "very-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"", "did not answer within 20 seconds"),
        (b"HTTP/1.1 200 OK\r\n", "did not answer within 20 seconds"),
        (ok(b"", TYPE), "did not answer within 20 seconds"),
        (ok(JPEG[:600], TYPE, LENGTH), "did not arrive whole within 0.3 seconds"),
        (ok(part(JPEG[:600]), STREAM), "did not arrive whole within 0.3 seconds"),
    ],
)
async def test_silence_ends_a_look(said: bytes, why: str, silent_after: Callable[[int, float], None]) -> None:
    silent_after(len(said), 0.3)
    async with camera(said, stays_open=True) as running:
        with pytest.raises(SnapshotError, match=why):
            await HttpSource(running.at()).snapshot()


async def test_a_trickle_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A camera is not waited for as long as it sends something."""

    async def talk(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(ok(b"", TYPE))
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)  # how fast it trickles: nothing waits for the end of it

    monkeypatch.setattr(ReadOptions, "total", 0.5)
    async with talking_camera(talk) as running:
        with pytest.raises(SnapshotError, match=r"did not arrive whole within 0\.5 seconds"):
            await HttpSource(running.at()).snapshot()


@pytest.mark.parametrize(
    "headers", [(TYPE,), (STREAM,), ("Transfer-Encoding: chunked",), ("Content-Encoding: gzip",)]
)
async def test_no_more_is_read_than_a_picture_may_have(headers: tuple[str, ...]) -> None:
    """Neither sent nor unpacked; what is announced plays no part."""
    sent = 0

    async def talk(_request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        comment = b"\xff\xfe\xff\xff" + bytes(65533)
        writer.write(ok(b"", *headers))
        packer = zlib.compressobj(1, wbits=31)
        piece = b"\xff\xd8"
        while sent < 100_000_000:
            sent += len(piece)
            if "gzip" in headers[0]:
                writer.write(packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH))
            elif "chunked" in headers[0]:
                writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            else:
                writer.write(piece)
            await writer.drain()
            piece = comment * 10

    async with talking_camera(talk) as running:
        with pytest.raises(SnapshotError, match="more than 3 MB"):
            await HttpSource(running.at(), ReadOptions(max_bytes=3_000_000)).snapshot()
    assert sent < 50_000_000 or "gzip" in headers[0]
