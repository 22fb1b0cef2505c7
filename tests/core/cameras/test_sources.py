"""Live sources: what a stream shows now, over hiccups, and errors without the address's password."""

import asyncio
import io
import threading
from pathlib import Path

import pytest
from PIL import Image

from octoprint_failwatch.engine.errors import SnapshotError
from octoprint_failwatch.engine.sources.camera import CameraSource
from octoprint_failwatch.engine.sources.key_frames import KeyFrames
from octoprint_failwatch.engine.sources.newest import Newest
from octoprint_failwatch.engine.sources.opening import open_source
from octoprint_failwatch.engine.sources.source import ReadOptions, SourceEnded

av = pytest.importorskip("av")

from octoprint_failwatch.engine.sources import key_frames, newest  # noqa: E402 - needs av
from octoprint_failwatch.engine.sources import stream as streams  # noqa: E402
from octoprint_failwatch.engine.sources.stream import StreamSource  # noqa: E402
from octoprint_failwatch.engine.sources.video import VideoSource  # noqa: E402
from tests.core.cameras.cameras import Request, camera, ok  # noqa: E402
from tests.core.cameras.rtsp import encode, rtsp_server  # noqa: E402
from tests.patience import PATIENCE, eventually  # noqa: E402


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
            await eventually(source.snapshot, lambda jpeg: shade(jpeg) > 150)
            assert shade(await source.snapshot()) == pytest.approx(200, abs=8)
        finally:
            await source.close()


def rare_key_frames() -> list[list[bytes]]:
    """Return a stream whose second picture is another, and that has no key frame but the first for eight seconds."""
    pictures = [Image.new("RGB", (160, 120), (shade,) * 3) for shade in [60] * 50 + [200] * 350]
    return encode(pictures, key_every=1000)


async def test_between_key_frames_that_are_far_apart_the_newest_picture_is_shown() -> None:
    """One key frame in ten minutes is what some cameras send, to spare the network."""
    async with rtsp_server(rare_key_frames()) as url:
        source = StreamSource(url)
        try:
            assert shade(await source.snapshot()) == pytest.approx(60, abs=8)
            await eventually(source.snapshot, lambda jpeg: shade(jpeg) > 150)
        finally:
            await source.close()


async def test_key_frames_that_become_rare(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was left out so far is not waited for: the stream is opened again, and all of it is decoded."""
    monkeypatch.setattr(key_frames, "LOST", 0.5)
    async with rtsp_server(colours(60, 60, 60, 60, 60) + rare_key_frames()) as url:
        source = StreamSource(url)
        try:
            assert shade(await source.snapshot()) == pytest.approx(60, abs=8)
            await eventually(source.snapshot, lambda jpeg: shade(jpeg) > 150)
            assert source._key_frames._were_far_apart
        finally:
            await source.close()


def test_few_pictures_are_no_reason_to_flap() -> None:
    """What is old depends on how often the stream has a new one."""
    often = Newest(None, 0.0).followed_by(None, 1.0)
    assert not often.is_old(1.0 + 32.0)
    assert often.is_old(1.0 + 32.1)
    seldom = Newest(None, 0.0).followed_by(None, 40.0)
    assert not seldom.is_old(40.0 + 110.0)
    assert seldom.is_old(40.0 + 110.1)


def test_a_gap_is_forgotten_when_pictures_come_often_again() -> None:
    last = Newest(None, 0.0).followed_by(None, 40.0)
    for number in range(1, 31):
        last = last.followed_by(None, 40.0 + number)
    assert last.longest_gap == pytest.approx(40.0 * 0.9**30)
    assert last.is_old(last.at + 40.0)


def test_a_camera_that_was_away_is_not_slow_for_ever() -> None:
    assert Newest(None, 0.0).followed_by(None, 86400.0).longest_gap == 600.0


async def test_a_dark_beginning_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cameras get used to the light when somebody begins to look."""
    looks_dark, passed_over = streams._looks_dark, threading.Event()

    def noted(frame: object) -> bool:
        passed_over.set()
        return looks_dark(frame)

    monkeypatch.setattr(streams, "_looks_dark", noted)
    monkeypatch.setattr(streams, "DARK_AT_FIRST", PATIENCE)
    change = asyncio.Event()
    dark = encode([Image.new("RGB", (160, 120), (2, 2, 2))])
    bright = Image.new("RGB", (160, 120), (180,) * 3)
    async with rtsp_server(dark, then=encode([bright]), change=change) as url:
        source = StreamSource(url)
        try:
            waiting = asyncio.create_task(source.snapshot())
            await eventually(passed_over.is_set)
            change.set()
            assert shade(await waiting) == pytest.approx(180, abs=8)
        finally:
            await source.close()


async def test_a_stream_that_stays_dark_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "DARK_AT_FIRST", 0.3)
    async with rtsp_server(encode([Image.new("RGB", (160, 120), (2, 2, 2))])) as url:
        source = StreamSource(url)
        try:
            assert shade(await source.snapshot()) < 10
        finally:
            await source.close()


async def test_a_stream_with_a_log_in() -> None:
    """Quoted or not; without it the reason is named, and never shown is the password."""
    async with rtsp_server(colours(100), login="me:s@crt") as url:
        source = StreamSource(url.replace("rtsp://", "rtsp://me:s@crt@"))
        try:
            assert shade(await source.snapshot()) == pytest.approx(100, abs=8)
        finally:
            await source.close()
        for wrong, why in (("", "wants a log-in"), ("me:very-secret@", "refuses the user name")):
            source = StreamSource(url.replace("rtsp://", f"rtsp://{wrong}"))
            try:
                with pytest.raises(SnapshotError, match=f"^401: the camera {why}") as caught:
                    await source.snapshot()
                assert "very-secret" not in str(caught.value)
            finally:
                await source.close()


@pytest.mark.parametrize("path", ["/live.m3u8", "/live"])
async def test_a_stream_over_http(tmp_path: Path, path: str) -> None:
    """HLS, also where only the answer says that it is one."""
    film = tmp_path / "segment.ts"
    with av.open(str(film), "w", format="mpegts") as container:
        stream = container.add_stream("mpeg2video", rate=25)
        stream.width, stream.height = 160, 120
        for _ in range(75):
            container.mux(stream.encode(av.VideoFrame.from_image(Image.new("RGB", (160, 120), (140,) * 3))))
        container.mux(stream.encode())
    playlist = (
        b"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:3\n#EXTINF:3.0,\nsegment.ts\n#EXT-X-ENDLIST\n"
    )

    def answer(request: Request) -> bytes:
        body = film.read_bytes() if request.target.endswith(".ts") else playlist
        kind = "video/mp2t" if request.target.endswith(".ts") else "application/vnd.apple.mpegurl"
        return ok(body, f"Content-Type: {kind}", f"Content-Length: {len(body)}")

    async with camera(answer) as running:
        source = CameraSource(running.at(path=path))
        try:
            assert shade(await source.snapshot()) == pytest.approx(140, abs=8)
            assert source.is_stream
        finally:
            await source.close()


def test_near_key_frames_are_enough_and_far_ones_are_not() -> None:
    frames = KeyFrames()
    needed = [frames.needs(at % 1 == 0, at) for at in (0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 3.6, 4, 4.5)]
    assert needed == [True] * 7 + [False, False, True, False]
    assert not frames.is_lost(11)
    assert frames.is_lost(13)
    frames.begin()
    assert all(frames.needs(at % 10 == 0, at) for at in range(20, 60))


async def test_a_stream_that_breaks_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The camera hangs up after a few pictures, again and again."""
    monkeypatch.setattr(streams, "AGAIN_AFTER", 0.1)
    async with rtsp_server(colours(100, 100, 100), hang_up_after=3) as url:
        source = StreamSource(url)
        try:
            shade(await source.snapshot())
            before = source._newest
            assert before
            await eventually(lambda: source._newest.at > before.at + 0.5)  # type: ignore[union-attr]
        finally:
            await source.close()


async def test_an_old_picture_is_not_given_as_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the stream is gone, the last picture soon counts as none."""
    async with rtsp_server(colours(100)) as url:
        source = StreamSource(url)
        try:
            await source.snapshot()
            monkeypatch.setattr(newest, "STALE_AFTER", -1e6)
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
        await source.close()
        assert not source._thread.is_alive()
