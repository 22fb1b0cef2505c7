"""Each row of the table in docs/cameras.md, read by the reader that plugin, command line and server share."""

from __future__ import annotations

import io
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner
from PIL import Image

from octoprint_failwatch.cli import watch as watch_command
from octoprint_failwatch.engine.errors import BadPicture
from octoprint_failwatch.engine.imaging.jpeg import as_jpeg, decode
from octoprint_failwatch.engine.sources.address import Login
from octoprint_failwatch.engine.sources.opening import open_source
from octoprint_failwatch.engine.sources.source import ReadOptions, Source, SourceEnded
from octoprint_failwatch.engine.sources.tls import Trust
from tests.core.cameras.cameras import JPEG, OTHER, Camera, Request, camera, ok, part, picture
from tests.core.cameras.test_camera_login import PASSWORD, USER, basic_camera, digest_camera

ROWS: dict[str, Callable[[Path], Awaitable[None]]] = {}
DOCS = Path(__file__).parents[3] / "docs" / "cameras.md"


def row(name: str) -> Callable[[Callable[[Path], Awaitable[None]]], None]:
    """Take a function as the check of a row."""

    def add(check: Callable[[Path], Awaitable[None]]) -> None:
        ROWS[name] = check

    return add


def test_the_table_and_its_checks_agree() -> None:
    table = DOCS.read_text().split("| source |")[1].split("\n\n")[0]
    assert [line.split("|")[1].strip() for line in table.splitlines()[2:]] == list(ROWS)


@pytest.mark.parametrize("name", ROWS)
async def test_a_row(name: str, tmp_path: Path) -> None:
    await ROWS[name](tmp_path)


@asynccontextmanager
async def opened(place: str, **options: object) -> AsyncIterator[Source]:
    source = open_source(place, interval=10, timelapse=True, options=ReadOptions(**options))  # type: ignore[arg-type]
    try:
        yield source
    finally:
        await source.close()


async def taken(running: Camera, typed: str = "", **options: object) -> bytes:
    async with opened(running.at(typed), **options) as source:
        return await source.snapshot()


async def reads(data: bytes, kind: str) -> None:
    """The picture comes as it was sent, opens, and goes to services as a JPEG."""
    async with camera(ok(data, f"Content-Type: image/{kind}", f"Content-Length: {len(data)}")) as running:
        got = await taken(running)
    assert got == data
    assert decode(as_jpeg(got)).size == (64, 48)


@row("Snapshot (JPEG)")
async def _(_: Path) -> None:
    await reads(JPEG, "jpeg")


@row("MJPEG stream")
async def _(_: Path) -> None:
    stream = ok(part(JPEG) + part(OTHER), "Content-Type: multipart/x-mixed-replace; boundary=frame")
    async with camera(stream, stays_open=True) as running, opened(running.at()) as source:
        assert await source.snapshot() == JPEG
        assert source.is_stream  # type: ignore[attr-defined]


@row("PNG, WebP, GIF or BMP")
async def _(_: Path) -> None:
    for kind in ("PNG", "WEBP", "GIF", "BMP", "TIFF"):
        await reads(picture(kind=kind), kind.lower())
    parts = part(picture(kind="PNG"), "Content-Type: image/png") * 2
    async with camera(ok(parts, "Content-Type: multipart/x-mixed-replace")) as running:
        assert await taken(running) == picture(kind="PNG")


@row("AVIF")
async def _(_: Path) -> None:
    await reads(picture(kind="AVIF"), "avif")
    parts = part(picture(kind="AVIF"), "Content-Type: image/avif") * 2
    async with camera(ok(parts, "Content-Type: multipart/x-mixed-replace"), stays_open=True) as running:
        assert await taken(running) == picture(kind="AVIF")


@row("HEIF")
async def _(_: Path) -> None:
    pytest.importorskip("pillow_heif").register_heif_opener()
    await reads(picture(kind="HEIF"), "heic")


@row("Picture of up to 150 megapixels")
async def _(_: Path) -> None:
    out = io.BytesIO()
    Image.new("L", (15_000, 10_000), 120).save(out, "JPEG")
    async with camera(ok(out.getvalue(), "Content-Type: image/jpeg")) as running:
        got = await taken(running)
    assert decode(got, 640).size == (640, 427)
    assert decode(as_jpeg(got)).size == (7500, 5000)  # services are not handed more than they may open
    out = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    with pytest.raises(BadPicture, match="20,000,000 at most"):
        decode(out.getvalue(), 640)


@row("Log-in, basic or digest")
async def _(_: Path) -> None:
    for kind in (basic_camera, digest_camera()):
        async with camera(kind) as running:
            assert await taken(running, "me:s%40ecret%2F%C3%BC") == JPEG
            assert await taken(running, login=Login(USER, PASSWORD)) == JPEG


@row("Log-in by token")
async def _(_: Path) -> None:
    def answer(request: Request) -> bytes:
        return ok(JPEG) if request.headers.get("authorization") == "Bearer abc" else ok(b"", status="401 No")

    async with camera(answer) as running:
        assert await taken(running, bearer="abc") == JPEG


@row("Password with odd letters")
async def _(_: Path) -> None:
    async with camera(basic_camera) as running:
        assert await taken(running, "me:s%40ecret%2F%C3%BC") == JPEG
        assert await taken(running, "me:s@ecret%2Fü") == JPEG


@asynccontextmanager
async def secure(
    authority: trustme.CA, name: str = "127.0.0.1"
) -> AsyncIterator[tuple[Camera, trustme.LeafCert]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own = authority.issue_cert(name)
    own.configure_cert(context)
    async with camera(ok(JPEG), tls=context) as running:
        yield running, own


@row("HTTPS, certificate trusted by the system")
async def _(folder: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "system.pem")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(folder / "system.pem"))
        async with secure(authority) as (running, _):
            assert await taken(running) == JPEG


@row("HTTPS, certificate of the camera's own")
async def _(folder: Path) -> None:
    async with secure(trustme.CA(), "ipcam.invalid") as (running, own):
        own.cert_chain_pems[0].write_to_path(folder / "camera.pem")
        assert await taken(running, trust=Trust(certificate=folder / "camera.pem")) == JPEG


@row("HTTPS, unverified")
async def _(_: Path) -> None:
    async with secure(trustme.CA(), "ipcam.invalid") as (running, _own):
        assert await taken(running, trust=Trust(verify=False)) == JPEG


@row("Address that redirects")
async def _(_: Path) -> None:
    def answer(request: Request) -> bytes:
        if request.target == "/snapshot.jpg":
            return ok(b"", "Location: /now/1.jpg", status="302 Found")
        return ok(JPEG)

    async with camera(answer) as running:
        assert await taken(running) == JPEG


@row("RTSP")
async def _(_: Path) -> None:
    pytest.importorskip("av")
    from tests.core.cameras.rtsp import encode, rtsp_server

    async with rtsp_server(encode([Image.new("RGB", (160, 120), "teal")])) as url, opened(url) as source:
        assert decode(await source.snapshot()).size == (160, 120)


@row("RTMP, SRT, UDP, RTP")
async def _(_: Path) -> None:
    pytest.importorskip("av")
    from tests.core.cameras.udp import udp_stream

    async with udp_stream() as url, opened(url) as source:
        assert decode(await source.snapshot()).size == (160, 120)


@row("HLS, MPEG-TS, FLV or MP4 over HTTP")
async def _(_: Path) -> None:
    pytest.importorskip("av")
    from tests.core.cameras.udp import film

    for container, codec in (("mpegts", "mpeg2video"), ("flv", "flv1"), ("matroska", "mpeg4")):
        data = film(container, codec)
        async with camera(ok(data, "Content-Type: application/octet-stream")) as running:
            assert decode(await taken(running)).size == (160, 120)


@row("Folder of pictures")
async def _(folder: Path) -> None:
    names = ["frame1.jpg", "frame2.PNG", "Frame10.jpg", "frame11.webp", "frame100.jpg"]
    for shade, name in enumerate(names):
        kind = {"jpg": "JPEG", "PNG": "PNG", "webp": "WEBP"}[name.rpartition(".")[2]]
        (folder / name).write_bytes(picture(40 + 40 * shade, kind))
    (folder / ".frame3.jpg").write_bytes(JPEG)
    (folder / "notes.txt").write_text("frame4")
    async with opened(str(folder)) as source:
        shades = [decode(await source.snapshot()).convert("L").getpixel((60, 44)) for _ in names]
        with pytest.raises(SourceEnded):
            await source.snapshot()
    assert shades == pytest.approx([40, 80, 120, 160, 200], abs=6)


@row("Video file")
async def _(folder: Path) -> None:
    pytest.importorskip("av")
    from tests.core.cameras.udp import film

    (folder / "timelapse.mkv").write_bytes(film("matroska", "mpeg4"))
    async with opened(str(folder / "timelapse.mkv")) as source:
        assert decode(await source.snapshot()).size == (160, 120)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ReadOptions()),
        (["--login", "me:a:b"], ReadOptions(login=Login("me", "a:b"))),
        (["--insecure"], ReadOptions(trust=Trust(verify=False))),
        (["--certificate", __file__], ReadOptions(trust=Trust(certificate=Path(__file__)))),
        (["--timeout", "3"], ReadOptions(timeout=3)),
    ],
)
def test_the_options_of_the_command_line(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], expected: ReadOptions
) -> None:
    orders = []

    async def watch(order: watch_command.Order, _report: object) -> int:
        orders.append(order)
        return 0

    monkeypatch.setattr(watch_command, "_watch", watch)
    result = CliRunner().invoke(watch_command.command, ["http://camera/", "--no-history", *arguments])
    assert result.exit_code == 0, result.output
    assert orders[0].camera == expected


def test_options_that_contradict_each_other() -> None:
    arguments = ["http://camera/", "--insecure", "--certificate", __file__]
    result = CliRunner().invoke(watch_command.command, arguments)
    assert result.exit_code == 2
    assert "contradict" in result.output
