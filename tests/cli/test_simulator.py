"""The simulated camera: the same pictures again for a seed, and a failure that comes when it is told to."""

import io
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from click.testing import CliRunner
from PIL import Image, ImageChops, ImageStat

from octoprint_failwatch.cli import main
from octoprint_failwatch.simulator.camera import Camera
from octoprint_failwatch.simulator.frames import RecordedFrames
from octoprint_failwatch.simulator.position import BySnapshot
from octoprint_failwatch.simulator.renderer import Renderer
from octoprint_failwatch.simulator.scene import Scene

SMALL = {"width": 320, "height": 240}


def _differ(one: bytes, other: bytes) -> float:
    pictures = [Image.open(io.BytesIO(jpeg)).convert("L") for jpeg in (one, other)]
    return ImageStat.Stat(ImageChops.difference(*pictures)).mean[0]


def test_a_seed_gives_the_same_pictures_again() -> None:
    first, second = (Renderer(Scene(seed=7, **SMALL)) for _ in range(2))
    assert first.render(0.5, 12) == second.render(0.5, 12)
    assert first.render(0.5, 12) != Renderer(Scene(seed=8, **SMALL)).render(0.5, 12)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_failing_print_looks_like_a_good_one_until_the_layer_it_fails_at(seed: int) -> None:
    good = Renderer(Scene(seed=seed, fails_at=None, **SMALL))
    failing = Renderer(Scene(seed=seed, fails_at=50, **SMALL))
    assert failing.render(0.4, 40) == good.render(0.4, 40)
    assert _differ(failing.render(0.5, 50), good.render(0.5, 50)) == 0
    assert _differ(failing.render(0.6, 60), good.render(0.6, 60)) > 1
    assert _differ(failing.render(0.8, 80), good.render(0.8, 80)) > 2


@pytest.mark.parametrize(
    "option", ["--layers=0", "--seconds=0", "--seconds=nan", "--snapshots=0", "--snapshots=-3"]
)
def test_a_print_of_no_length_is_refused(option: str) -> None:
    """When the camera is started, not with each picture."""
    result = CliRunner().invoke(main, ["simulate", "--port", "0", option])
    assert result.exit_code == 2
    assert option.partition("=")[0] in result.stderr


def test_no_two_pictures_are_the_same_bytes() -> None:
    renderer = Renderer(Scene(**SMALL))
    assert renderer.render(0.3, 1) != renderer.render(0.3, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, grey in (("b.png", 80), ("a.jpg", 20), ("c.JPG", 160)):
        Image.new("L", (32, 32), grey).save(tmp_path / name, "PNG" if name.endswith("png") else "JPEG")
    (tmp_path / "notes.txt").write_text("no picture")
    return tmp_path


async def _greys(camera: Camera, count: int) -> list[int]:
    greys = []
    async with TestClient(TestServer(camera.application())) as client:
        for _ in range(count):
            answer = await client.get("/snapshot.jpg")
            assert answer.content_type == "image/jpeg"
            picture = Image.open(io.BytesIO(await answer.read()))
            assert picture.format == "JPEG"
            greys.append(round(ImageStat.Stat(picture.convert("L")).mean[0], -1))
    return greys


async def test_recorded_pictures_come_sorted_by_name_and_begin_again(folder: Path) -> None:
    frames = RecordedFrames(folder)
    assert await _greys(Camera(frames, BySnapshot(3, repeats=True)), 5) == [20, 80, 160, 20, 80]


async def test_without_repeating_the_last_picture_stays(folder: Path) -> None:
    frames = RecordedFrames(folder)
    assert await _greys(Camera(frames, BySnapshot(3, repeats=False)), 5) == [20, 80, 160, 160, 160]


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no pictures"):
        RecordedFrames(tmp_path)


async def test_a_stream_shows_pictures_without_taking_the_print_further(folder: Path) -> None:
    camera = Camera(RecordedFrames(folder), BySnapshot(3, repeats=True))
    async with TestClient(TestServer(camera.application())) as client:
        stream = await client.get("/stream.mjpg")
        assert stream.content_type == "multipart/x-mixed-replace"
        assert await stream.content.readuntil(b"\xff\xd8") != b""
        stream.close()
    assert await _greys(camera, 1) == [20]
