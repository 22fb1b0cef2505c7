"""`failwatch detect`: pictures in, p and boxes out."""

import io
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from octoprint_failwatch.cli import main
from tests.core.brightness import brightness_model, grey, p_of

pytest.importorskip("ncnn")


Detect = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two good pictures, one that is none, and one in a folder below."""
    folder = tmp_path / "pictures"
    (folder / "below").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(grey(255))
    (folder / "b.JPEG").write_bytes(b"no picture")
    (folder / "c.png").write_bytes(grey(0))
    (folder / "below" / "a.jpg").write_bytes(grey(128))
    (folder / "notes.txt").write_text("not asked about")
    return folder


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the folder of a model whose answers are known."""
    return str(brightness_model(tmp_path_factory.mktemp("model")))


@pytest.fixture
def detect(model: str) -> Detect:
    """Return what runs the command with that model."""

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(main, ["detect", "--model", model, *map(str, arguments)])

    return run


def lines(result: Result) -> list[dict[str, object]]:
    """Return the JSON objects that were printed."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_json(folder: Path, detect: Detect) -> None:
    """One object a line, in order, with exactly the promised keys; a file that is no picture is told."""
    result = detect("--json", folder)
    bright, damaged, middle, dark = lines(result)
    assert [Path(answer["file"]).relative_to(folder).as_posix() for answer in lines(result)] == [
        "a.jpg",
        "b.JPEG",
        "below/a.jpg",
        "c.png",
    ]
    assert list(bright) == ["file", "p", "boxes", "ms"]
    assert bright["p"] == pytest.approx(p_of(255), abs=0.01)
    assert bright["ms"] > 0
    (box,) = bright["boxes"]
    assert list(box) == ["x_min", "y_min", "x_max", "y_max", "score", "label"]
    assert (box["x_min"], box["y_min"], box["x_max"], box["y_max"]) == (0, 0, 1, 1)
    assert list(damaged) == ["file", "error"]
    assert damaged["error"]
    assert middle["p"] == pytest.approx(0.5, abs=0.01)
    assert (dark["p"], dark["boxes"]) == (pytest.approx(p_of(0), abs=0.01), [])
    assert result.exit_code == 1


def test_all_good(folder: Path, detect: Detect) -> None:
    """Exit code 0, and a line for people."""
    result = detect(folder / "a.jpg", folder / "c.png")
    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    assert first.startswith("0.98")
    assert "1 box" in first
    assert first.endswith("a.jpg")
    assert "0 boxes" in second


def test_what_cannot_be_read_is_told_and_the_rest_answered(
    folder: Path, tmp_path: Path, detect: Detect
) -> None:
    """A missing file, an empty folder, a device."""
    (tmp_path / "empty").mkdir()
    result = detect("--json", tmp_path / "missing.jpg", tmp_path / "empty", "/dev/zero", folder / "a.jpg")
    assert [answer.get("error") for answer in lines(result)] == [
        "No such file or directory",
        "There is no picture in this folder.",
        "This is no file.",
        None,
    ]
    assert result.exit_code == 1


def test_save(folder: Path, tmp_path: Path, detect: Detect) -> None:
    """Copies with boxes, below the folder as they were; the pictures themselves stay as they are."""
    before = (folder / "a.jpg").read_bytes()
    result = detect("--save", tmp_path / "out", folder, folder / "a.jpg")
    saved = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*")}
    assert saved == {"a.jpg", "c.jpg", "below/a.jpg", "a-2.jpg"}
    image = Image.open(tmp_path / "out" / "a.jpg")
    assert image.size == (160, 120)
    red, _, blue = image.getpixel((80, 119))
    assert red > blue + 60
    assert (folder / "a.jpg").read_bytes() == before
    assert result.exit_code == 1


def test_save_never_replaces_a_picture(folder: Path, detect: Detect) -> None:
    """It is told instead."""
    before = (folder / "a.jpg").read_bytes()
    result = detect("--json", "--save", folder, folder / "a.jpg")
    assert "would replace" in lines(result)[0]["error"]
    assert (folder / "a.jpg").read_bytes() == before
    assert result.exit_code == 1


def test_a_name_that_is_no_text(folder: Path, detect: Detect) -> None:
    """File names are bytes; whatever they are, they are told."""
    name = os.fsdecode(os.fsencode(folder) + b"/\xff.jpg")
    Path(name).write_bytes(grey(255))
    assert lines(detect("--json", name))[0]["file"] == name
    result = detect(name)
    assert result.exit_code == 0


def test_a_model_that_is_none(tmp_path: Path, folder: Path) -> None:
    """One line, and no answers."""
    result = CliRunner().invoke(main, ["detect", "--model", str(folder), str(folder)])
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1


# Pictures as cameras and people have them


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """Return an image as a file's content."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def rotated() -> bytes:
    """Return a picture that lies on its side: bright above, dark below, once upright."""
    upright = Image.new("RGB", (96, 128), "black")
    upright.paste((255, 255, 255), (0, 0, 96, 64))
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(upright.rotate(90, expand=True), "JPEG", exif=exif)


def png_bomb(side: int = 60_000) -> bytes:
    """Return a small file that would be a huge picture: the same packed rows, repeated."""

    def chunk(name: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(name + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + name + data + crc

    header = side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
    together = 1000
    rows = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    some = rows.compress(bytes((1 + side // 8) * together)) + rows.flush(zlib.Z_FULL_FLUSH)
    sum_of_zeros = (side * (1 + side // 8) % 65521 << 16 | 1).to_bytes(4, "big")
    packed = b"\x78\xda" + some * (side // together) + rows.flush() + sum_of_zeros
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


WHITE = Image.new("RGB", (160, 120), "white")

GOOD = {
    "greyscale.jpg": encoded(WHITE.convert("L"), "JPEG"),
    "cmyk.jpg": encoded(WHITE.convert("CMYK"), "JPEG"),
    "progressive.jpg": encoded(WHITE, "JPEG", progressive=True),
    "deep.png": encoded(Image.new("I;16", (160, 120), 65535), "PNG"),
    "palette.png": encoded(WHITE.convert("P"), "PNG"),
    "transparent.png": encoded(Image.new("RGBA", (160, 120), (0, 0, 0, 0)), "PNG"),
    "moving.gif": encoded(WHITE, "GIF", save_all=True, append_images=[WHITE.convert("L")]),
    "one.jpg": encoded(Image.new("RGB", (1, 1), "white"), "JPEG"),
    "thin.png": encoded(Image.new("RGB", (4000, 1), "white"), "PNG"),
    "wrong-name.jpg": encoded(WHITE, "PNG"),
}
BAD = {
    "truncated.jpg": encoded(WHITE.resize((1600, 1200)).rotate(3), "JPEG")[:5000],
    "only-a-start.jpg": b"\xff\xd8\xff\xe0",
    "empty.jpg": b"",
    "bomb.png": png_bomb(),
    "text.jpg": b"<html>",
}


@pytest.mark.parametrize("name", GOOD)
def test_any_common_picture(tmp_path: Path, name: str, detect: Detect) -> None:
    """All are white."""
    (tmp_path / name).write_bytes(GOOD[name])
    (answer,) = lines(detect("--json", tmp_path / name))
    assert answer.get("p") == pytest.approx(p_of(255), abs=0.02), answer


@pytest.mark.parametrize("name", BAD)
def test_anything_else(tmp_path: Path, name: str, detect: Detect) -> None:
    """Is refused in a sentence."""
    (tmp_path / name).write_bytes(BAD[name])
    result = detect("--json", tmp_path / name)
    assert lines(result)[0]["error"].endswith(".")
    assert result.exit_code == 1


def test_upright(tmp_path: Path, detect: Detect) -> None:
    """A camera that lies on its side says so, and boxes are those of the upright picture."""
    (tmp_path / "rotated.jpg").write_bytes(rotated())
    (answer,) = lines(detect("--json", "--save", tmp_path / "out", tmp_path / "rotated.jpg"))
    (box,) = answer["boxes"]
    assert box["y_min"] == 0
    assert box["y_max"] < 0.8
    assert (box["x_min"], box["x_max"]) == (0, 1)
    assert Image.open(tmp_path / "out" / "rotated.jpg").size == (96, 128)


def peak_megabytes(arguments: Sequence[str]) -> tuple[int, float]:
    """Return the exit code of a process and the most memory that it held."""
    process = subprocess.Popen(
        [sys.executable, "-m", "octoprint_failwatch", *arguments], stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kilobytes on Linux")
def test_memory_is_bounded(tmp_path: Path, model: str) -> None:
    """48 megapixels and a bomb cost no more than their own pixels and little beside."""
    (tmp_path / "small.jpg").write_bytes(grey(255))
    Image.new("RGB", (8000, 6000), "white").save(tmp_path / "large.jpg")
    (tmp_path / "bomb.png").write_bytes(BAD["bomb.png"])
    _, usual = peak_megabytes(["detect", "--model", model, str(tmp_path / "small.jpg")])
    code, large = peak_megabytes(["detect", "--model", model, str(tmp_path / "large.jpg")])
    assert code == 0
    assert large < usual + 200
    code, bomb = peak_megabytes(["detect", "--model", model, str(tmp_path / "bomb.png")])
    assert code == 1
    assert bomb < usual + 50


def test_nothing_but_answers(folder: Path, model: str) -> None:
    """Standard error stays empty where nobody looks at a progress bar."""
    command = [sys.executable, "-m", "octoprint_failwatch", "detect", "--json", "--model", model]
    done = subprocess.run(
        [*command, *[str(folder / "a.jpg")] * 9], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 9


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo-terminals")
def test_a_progress_bar_for_many(folder: Path, model: str) -> None:
    """On a terminal, and beside the answers."""
    import pty

    command = [sys.executable, "-m", "octoprint_failwatch", "detect", "--json", "--model", model]
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb", buffering=0) as terminal:
        done = subprocess.run(
            [*command, *[str(folder / "a.jpg")] * 9],
            stdout=subprocess.PIPE,
            stderr=follower,
            text=True,
            check=True,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
        )
        os.close(follower)
        shown = terminal.read(65536)
    assert b"Looking" in shown
    assert [list(json.loads(line)) for line in done.stdout.splitlines()] == [["file", "p", "boxes", "ms"]] * 9


def test_pictures_are_answered_without_loading_the_network(folder: Path, model: str) -> None:
    code = (
        "import sys; from octoprint_failwatch.cli import main\n"
        f"main(['detect', '--model', {model!r}, {str(folder / 'a.jpg')!r}], standalone_mode=False)\n"
        "print({'aiohttp', 'yarl'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "set()"
