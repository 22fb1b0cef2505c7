"""Live sources: what a stream shows now, over hiccups, and errors without the address's password."""

import asyncio
import io
import time
from pathlib import Path

import pytest
from PIL import Image

from octoprint_failwatch.engine.errors import SnapshotError
from octoprint_failwatch.engine.sources.opening import open_source
from octoprint_failwatch.engine.sources.source import ReadOptions, SourceEnded

av = pytest.importorskip("av")

from octoprint_failwatch.engine.sources import stream as streams  # noqa: E402 - needs av
from octoprint_failwatch.engine.sources.stream import StreamSource  # noqa: E402
from octoprint_failwatch.engine.sources.video import VideoSource  # noqa: E402
from tests.patience import PATIENCE  # noqa: E402

from .rtsp import encode, rtsp_server  # noqa: E402


def colours(*shades: int) -> list[list[bytes]]:
    """Return encoded pictures of one shade each."""
    return encode([Image.new("RGB", (160, 120), (shade,) * 3) for shade in shades])


def shade(jpeg: bytes) -> int:
    """Return how bright a picture is."""
    with Image.open(io.BytesIO(jpeg)) as picture:
        assert picture.size == (160, 120)
        return int(picture.convert("L").getpixel((80, 60)))  # type: ignore[arg-type]


async def test_a_stream_gives_its_newest_picture() -> None:
    """Pictures change as the stream goes on, although nobody asked for those in between."""
    change = asyncio.Event()
    async with rtsp_server(colours(60), then=colours(200), change=change) as url:
        source = StreamSource(url)
        try:
            assert shade(await source.snapshot()) == pytest.approx(60, abs=8)
            change.set()
            while shade(await source.snapshot()) < 150:
                await asyncio.sleep(0.1)
            assert shade(await source.snapshot()) == pytest.approx(200, abs=8)
        finally:
            await source.close()


async def test_a_stream_that_breaks_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The camera hangs up after a few pictures, again and again."""
    monkeypatch.setattr(streams, "AGAIN_AFTER", 0.1)
    async with rtsp_server(colours(100, 100, 100), hang_up_after=3) as url:
        source = StreamSource(url)
        try:
            shade(await source.snapshot())
            before = source._newest
            for _ in range(100):
                if source._newest is not before and source._newest[1] > before[1] + 0.5:  # type: ignore[index]
                    break
                await asyncio.sleep(0.1)
            assert source._newest[1] > before[1] + 0.5  # type: ignore[index]
        finally:
            await source.close()


async def test_an_old_picture_is_not_given_as_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the stream is gone, the last picture soon counts as none."""
    async with rtsp_server(colours(100)) as url:
        source = StreamSource(url)
        try:
            await source.snapshot()
            monkeypatch.setattr(streams, "STALE_AFTER", -1e6)
            with pytest.raises(SnapshotError, match="did not answer"):
                await source.snapshot()
        finally:
            await source.close()


async def test_a_camera_that_is_not_there() -> None:
    """Why is said in words, and without the password."""
    source = open_source("http://me:secret@127.0.0.1:1/x.jpg", interval=10)
    with pytest.raises(SnapshotError, match="refuses the connection") as caught:
        await source.snapshot()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("interval", [0.0, 2.0])
async def test_a_film_that_was_cut_out_of_a_longer_one(tmp_path: Path, interval: float) -> None:
    """Its clock begins an hour late: still a picture for every interval, no more."""
    film = tmp_path / "cut.mkv"
    with av.open(str(film), "w") as container:
        stream = container.add_stream("mpeg4", rate=2)
        stream.width, stream.height = 160, 120
        for number in range(40):
            frame = av.VideoFrame.from_image(Image.new("RGB", (160, 120), (number,) * 3))
            frame.pts = 7200 + number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    source = VideoSource(film, interval)
    for _ in range(10 if interval else 40):
        await source.snapshot()
    with pytest.raises(SourceEnded):
        await source.snapshot()
    await source.close()


async def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says so at once, and does not show the password in the address."""
    monkeypatch.setattr(ReadOptions, "silence", 2 * PATIENCE)
    source = StreamSource("rtsp://me:secret@127.0.0.1:1/camera")
    try:
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(SnapshotError, match="refuses the connection") as caught:
                await source.snapshot()
        assert "secret" not in str(caught.value)
    finally:
        started = time.monotonic()
        await source.close()
        assert time.monotonic() - started < streams.READ_TIMEOUT + 2
