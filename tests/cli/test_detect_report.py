"""`failwatch detect --report`: a page that shows what the detector sees, and what of it a camera always shows."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from octoprint_failwatch.cli import main
from octoprint_failwatch.cli.report.camera import Finding, explain, finding
from octoprint_failwatch.cli.report.page import CameraSheets, Sheet, page
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.detectors.built_in.heat_output import HeatOutput
from tests.core.brightness import brightness_model, grey

OUTPUT = HeatOutput(share=0.05, slope=1.0, offset=0.0)
QUIET, HOT = -6.0, 2.0


def heat(*hot: int) -> HeatMap:
    """Return a heat map of 5 by 4 cells that is hot in some."""
    return HeatMap(5, tuple(HOT if cell in hot else QUIET for cell in range(20)))


class Page(HTMLParser):
    """Notes what a page loads and says."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note every address."""
        self.sources += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data")]

    def handle_data(self, data: str) -> None:
        """Note the text."""
        self.text += data


def test_what_most_pictures_show_is_normal_and_what_one_shows_stands_out() -> None:
    """A picture is held against the others, never against itself."""
    pictures = [heat(0), heat(0), heat(0, 12), heat(0), heat(0), heat(0)]
    cable, failing = explain(OUTPUT, pictures)[0], explain(OUTPUT, pictures)[2]
    assert cable.cells is not None
    assert failing.cells is not None
    assert cable.normal > 0.2
    assert cable.cells.normal[0] > 0.5 * cable.cells.heat[0] > 0.4
    assert failing.cells.normal[12] == 0 < failing.cells.heat[12]
    assert failing.normal < 0.1 < cable.normal


def test_few_pictures_explain_nothing() -> None:
    """Two pictures that are alike may be of one failure."""
    (first, _) = explain(OUTPUT, [heat(0), heat(0)])
    assert first.normal == 0
    assert first.cells is not None
    assert max(first.cells.heat) > 0.8 > max(first.cells.normal) == 0
    assert explain(OUTPUT, []) == []


@pytest.mark.parametrize(
    ("p", "normal", "expected"),
    [
        ([0.1] * 10, [0.0] * 10, Finding.QUIET),
        ([0.5, *[0.1] * 9], [0.3, *[0.0] * 9], Finding.NORMAL),
        ([0.5, *[0.1] * 9], [0.0] * 10, Finding.SINGLE),
        ([0.5] * 4 + [0.1] * 6, [0.3] * 4 + [0.0] * 6, Finding.HARD),
        ([0.9, 0.9], [0.0, 0.0], Finding.UNKNOWN),
        ([], [], Finding.QUIET),
    ],
)
def test_what_is_said_of_a_camera(p: list[float], normal: list[float], expected: Finding) -> None:
    """Many doubts are the camera's fault, if its prints went well; one that stands out is a print's."""
    assert finding(p, normal, maybe=0.4) is expected


def test_what_stands_out_comes_before_what_is_always_there() -> None:
    """The first picture is the one to look at."""
    always = Sheet("always.jpg", "pictures/1.jpg", (4, 3), 0.9, 1, normal=0.35)
    new = Sheet("new.jpg", "pictures/2.jpg", (4, 3), 0.7, 1)
    text = page([CameraSheets("bench", Finding.SINGLE, [always, new])], [("x.jpg", "broken")], 0.4, 0.6)
    assert text.index("new.jpg") < text.index("always.jpg")
    said = Page(text).text
    assert "of which 0.35 is in the other pictures too, 0.55 stands out" in said
    assert "x.jpg: broken" in said
    assert "most other pictures show it there too" not in said, "a service tells no heat"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Return a folder with pictures of two cameras, and one that is none."""
    folder = tmp_path / "pictures"
    (folder / "bench").mkdir(parents=True)
    for number in range(5):
        (folder / f"{number}.jpg").write_bytes(grey(20 * number))
    (folder / "bench" / "<i>&amp;\"'.jpg").write_bytes(grey(255))
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


def report(folder: Path, out: Path) -> Result:
    """Run the command."""
    model = brightness_model(out.parent / "model")
    return CliRunner().invoke(main, ["detect", "--model", str(model), "--report", str(out), str(folder)])


def test_the_page_shows_each_picture_and_loads_nothing_from_elsewhere(pictures: Path, tmp_path: Path) -> None:
    """It can be sent to somebody, or be opened years later."""
    pytest.importorskip("ncnn")
    out = tmp_path / "report"
    result = report(pictures, out)
    assert result.exit_code == 1, "a file was no picture"
    assert str(out / "index.html") in result.stderr
    text = (out / "index.html").read_text("utf-8")
    shown = Page(text)
    files = {source for source in shown.sources if not source.startswith("data:image/png;base64,")}
    assert files == {f"pictures/{number:04}.jpg" for number in range(1, 7)}
    assert all((out / file).is_file() for file in files)
    assert "url(" not in text
    assert "<script" not in text
    assert not re.search(r"https?:|//[a-z]", re.sub(r"base64,[^\"]*", "", text))
    for said in (
        "<i>&amp;\"'.jpg",
        "broken.jpg",
        "pictures: 0 of 5 pictures suspicious",
        "bench: 1 of 1 picture",
    ):
        assert said in shown.text
    assert "<i>&amp;\"'.jpg" not in text, "names are text"


def test_a_report_is_made_anew_and_replaces_nothing_else(pictures: Path, tmp_path: Path) -> None:
    """Its own pictures are none that were asked about."""
    pytest.importorskip("ncnn")
    out = pictures / "report"
    report(pictures, out)
    before = (out / "index.html").read_text("utf-8")
    assert report(pictures, out).exit_code == 1
    assert (out / "index.html").read_text("utf-8") == before
    result = report(pictures, pictures / "bench")
    assert result.exit_code == 2
    assert "is not empty" in result.stderr
    assert len(list((pictures / "bench").iterdir())) == 1
