"""`failwatch replay` on tables, histories and archives, with its pictures."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from octoprint_failwatch.chart.buckets import MOST, Buckets
from octoprint_failwatch.cli import main
from octoprint_failwatch.detection.history import History, Label, exchange
from octoprint_failwatch.detection.replay import Began, Sample, replay
from octoprint_failwatch.detection.rules import FailWatchRules
from octoprint_failwatch.detection.verdict import Level

from .test_history import recorder
from .watching import ScriptedDetector, watching

VECTORS = json.loads((Path(__file__).parent / "data" / "temporal-vectors.json").read_text())


def run(*arguments: object) -> Result:
    """Run `failwatch replay`."""
    return CliRunner().invoke(main, ["replay", *map(str, arguments)])


def lines(result: Result) -> list[dict[str, object]]:
    """Return the objects that it printed."""
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return a table of a print that fails in the end."""
    path = tmp_path / "print.csv"
    rows = [f"{10 * n},{0.02 if n < 200 else 0.9}" for n in range(300)]
    path.write_text("\ufefftime,p\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_the_vectors_come_out_of_the_command(tmp_path: Path) -> None:
    """The open server's statistics and verdicts, for the printer that the vectors were made with."""
    table = tmp_path / "vectors.csv"
    table.write_text("time,p\n" + "".join(f"{row[0] * 10},{row[1]!r}\n" for row in VECTORS))
    made = lines(run(table, "--rules", "obico", "--long-mean", 0.02, "--lifetime", 7200, "--json"))
    assert len(made) == len(VECTORS)
    for one, (frame, p, ewm, short, long, alert, pause) in zip(made, VECTORS, strict=True):
        assert (one["prediction_num"], one["p"], one["time"]) == (frame, p, frame * 10)
        means = one["ewm_mean"], one["rolling_mean_short"], one["rolling_mean_long"]
        assert means == pytest.approx((ewm, short, long), abs=1e-12)
        assert one["verdict"] == ("failure" if pause else "maybe" if alert else "none")


def test_numbers_and_cadence_can_be_chosen(table: Path) -> None:
    """A lower limit fires earlier; looking every minute judges a sixth of the frames."""

    def first_failure(*options: object) -> float:
        made = lines(run(table, "--json", *options))
        return next(one["time"] for one in made if one["verdict"] == "failure")  # type: ignore[return-value]

    assert first_failure("--set", "failure=0.3") < first_failure("--set", "failure=0.7")
    assert len(lines(run(table, "--json", "--every", 60))) == 50
    assert first_failure("--every", 60) < 2300


def test_standard_input_and_a_summary(table: Path) -> None:
    """Without --json there is a table with one line per print."""
    command = [sys.executable, "-m", "octoprint_failwatch", "replay", "-"]
    with table.open(encoding="utf-8-sig") as text:
        result = subprocess.run(command, input=text.read(), capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "300" in result.stdout
    assert "failure" in result.stdout


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--set", "failure"], "NAME=VALUE"),
        (["--set", "failur=1"], "no number"),
        (["--set", "failure=-1"], "at least 0"),
        (["--rules", "magic"], "magic"),
        (["--every", "0"], "--every"),
    ],
)
def test_wrong_options_are_explained(table: Path, options: list[str], says: str) -> None:
    """Nothing is judged."""
    result = run(table, *options)
    assert result.exit_code != 0
    assert says in result.output


def test_a_missing_file_is_no_new_history(tmp_path: Path) -> None:
    """A typing error must not create anything."""
    assert run(tmp_path / "none.db").exit_code == 1
    assert not list(tmp_path.iterdir())


async def test_histories_and_archives_are_replayed_alike(tmp_path: Path) -> None:
    """As recorded by default; by other rules when asked."""
    history = History(tmp_path / "history.db")
    async with watching(ScriptedDetector([0.02] * 30 + [0.95] * 40)) as watched:
        recorder(history, watched)
        watched.watch.start("one")
        await watched.frames(70)
        watched.watch.end("failed")
    history.settle()
    with (tmp_path / "prints.zip").open("wb") as file:
        exchange.write_zip(history, ["one"], file)
    verdicts = [frame.look.verdict.level.value for frame in history.frames("one")]
    history.label("one", Label(failed=True, failed_from=history.print("one").started_at + 300))
    history.close()
    assert run(tmp_path / "history.db", "--picture", tmp_path / "one.svg").exit_code == 0
    assert "failed from here" in (tmp_path / "one.svg").read_text()
    for source in ("history.db", "prints.zip"):
        assert [one["verdict"] for one in lines(run(tmp_path / source, "--json"))] == verdicts
        assert lines(run(tmp_path / source, "--json", "--print", "another")) == []
        deaf = lines(run(tmp_path / source, "--json", "--set", "failure=9", "--set", "sustained=9"))
        assert {one["verdict"] for one in deaf} == {"none", "maybe"}


def test_a_picture_is_drawn(table: Path, tmp_path: Path) -> None:
    """As SVG, with the words of the legend, and as PNG."""
    assert run(table, "--picture", tmp_path / "series.svg").exit_code == 0
    texts = {element.text for element in ET.parse(tmp_path / "series.svg").iter() if element.text}
    assert {"usual level", "frame by frame", "failure", "Rules: failwatch"} <= texts
    assert run(table, "--picture", tmp_path / "series.png").exit_code == 0
    with Image.open(tmp_path / "series.png") as image:
        assert image.size == (1920, 840)
        assert len(image.getcolors(100_000) or []) > 20


def test_an_endless_series_is_drawn_from_few_buckets() -> None:
    """Joining keeps the peaks and the ends."""
    steps = [Began("a"), *(Sample(10.0 * n, 0.9 if n == 12_345 else 0.0) for n in range(20_000))]
    buckets = Buckets()
    for judged in replay(steps, FailWatchRules()):
        buckets.add(judged)
    assert MOST / 2 < len(buckets.all) <= 2 * MOST
    assert max(bucket.p for bucket in buckets.all) == 0.9
    assert buckets.all[0].begin == 0
    assert buckets.all[-1].end == 199_990
    assert {bucket.level for bucket in buckets.all} == {Level.NONE}
    assert all(one.end < other.begin for one, other in zip(buckets.all, buckets.all[1:], strict=False))
