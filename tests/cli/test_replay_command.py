"""`failwatch replay` on tables, histories and archives, with its pictures."""

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from octoprint_failwatch.cli import main
from octoprint_failwatch.cli.chart.buckets import MOST, Buckets
from octoprint_failwatch.cli.chart.timeline import COLOURS, draw_timeline
from octoprint_failwatch.engine.history import History, Label, exchange
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.published_rules import ObicoRules
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.replay import Began, Sample, replay
from tests.core.history.test_history import recorder
from tests.core.watching import ScriptedDetector, watching

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "temporal-vectors.json").read_text())


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


@pytest.mark.parametrize(
    ("options", "warns"), [(["--set", "sure=1"], True), (["--set", "sure=0.9"], False), ([], False)]
)
def test_a_number_that_no_picture_reaches_is_told(table: Path, options: list[str], warns: bool) -> None:
    """As the watch does; the answer for machines is not mixed with it."""
    result = run(table, "--json", *options)
    assert ("raise no alarm: sure" in result.stderr) is warns
    assert len(lines(result)) == 300


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
    shutil.copy(tmp_path / "history.db", tmp_path / "copy.db")
    assert (
        run(tmp_path / "history.db", tmp_path / "copy.db", "--picture", tmp_path / "both.svg").exit_code == 0
    )
    assert (tmp_path / "both.svg").read_text().count("failed from here") == 2
    for source in ("history.db", "prints.zip"):
        assert [one["verdict"] for one in lines(run(tmp_path / source, "--json"))] == verdicts
        assert run(tmp_path / source, "--print", "another").output == "Error: There is no print 'another'.\n"
        assert len(lines(run(tmp_path / source, "--json", "--print", "on"))) == len(verdicts)
        numbers = [option for name in ("failure", "sustained", "sure") for option in ("--set", f"{name}=9")]
        deaf = lines(run(tmp_path / source, "--json", *numbers))
        assert {one["verdict"] for one in deaf} == {"none", "maybe"}


def test_a_picture_is_drawn(table: Path, tmp_path: Path) -> None:
    """As SVG, with the words of the legend, and as PNG."""
    assert run(table, "--picture", tmp_path / "series.svg").exit_code == 0
    texts = {element.text for element in ET.parse(tmp_path / "series.svg").iter() if element.text}
    assert {"normal level", "frame by frame", "failure", "Rules: failwatch"} <= texts
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


def test_the_limits_in_the_picture_are_those_that_were_in_force(tmp_path: Path) -> None:
    """Not the shipped ones: the limits are why it was judged so."""
    steps = [Began("a"), *(Sample(10.0 * n, 0.02 if n < 60 else 0.9) for n in range(120))]
    drawn = []
    for rules in (FailWatchRules(failure=0.3, maybe=0.2), ObicoRules(), FailWatchRules(sensitivity=0)):
        buckets = Buckets()
        for judged in replay(steps, rules):
            buckets.add(judged)
        draw_timeline(tmp_path / "series.svg", buckets)
        drawn.append((tmp_path / "series.svg").read_text())
    assert "Rules: failwatch" in drawn[0]
    assert "Rules: obico" in drawn[1]
    dashed = [
        [line for line in text.splitlines() if COLOURS[Level.FAILURE] in line and "dasharray" in line]
        for text in drawn
    ]
    assert dashed[0] != dashed[1] != dashed[2]


def test_the_limit_of_a_doubt_is_drawn_as_it_comes_down_while_all_is_calm(tmp_path: Path) -> None:
    buckets = Buckets()
    for judged in replay([Began("a"), *(Sample(10.0 * n, 0.02) for n in range(1000))], FailWatchRules()):
        buckets.add(judged)
    draw_timeline(tmp_path / "series.svg", buckets)
    text = (tmp_path / "series.svg").read_text()
    (doubt,) = [line for line in text.splitlines() if COLOURS[Level.MAYBE] in line and "dasharray" in line]
    heights = [float(point.split(",")[1]) for point in doubt.split('"')[1].split()]
    assert heights == sorted(heights), "y points down"
    assert heights[-1] - heights[0] > 20


def test_rules_that_change_on_the_way_have_each_their_own_limits(tmp_path: Path) -> None:
    """The line of the limit goes on elsewhere."""
    buckets = Buckets()
    for rules, began in ((FailWatchRules(), 0.0), (FailWatchRules(failure=0.9), 100.0)):
        for judged in replay([Began("a"), *(Sample(began + 10.0 * n, 0.1) for n in range(10))], rules):
            buckets.add(judged)
    draw_timeline(tmp_path / "series.png", buckets)
    draw_timeline(tmp_path / "series.svg", buckets)
    lines = (tmp_path / "series.svg").read_text().splitlines()
    assert len([line for line in lines if COLOURS[Level.FAILURE] in line and "dasharray" in line]) == 2


def test_tables_under_any_name_are_prints_of_their_own(table: Path, tmp_path: Path) -> None:
    """A table need not be called .csv, and two of them are two prints."""
    other = tmp_path / "other.txt"
    other.write_text("time,p\n0,0.1\n10,0.1\n")
    shown = run(table, other).stdout
    assert "print.csv" in shown
    assert "other.txt" in shown


def test_prints_of_different_inputs_are_different_prints(tmp_path: Path) -> None:
    """Also under one id: the one is not the other gone on, in neither the summary nor the picture."""
    for folder, began in (("one", 0), ("other", 86_400)):
        (tmp_path / folder).mkdir()
        rows = "".join(f"{began + 10 * n},0.1,benchy\n" for n in range(7))
        (tmp_path / folder / "prints.csv").write_text(f"time,p,print_id\n{rows}")
    both = [tmp_path / folder / "prints.csv" for folder in ("one", "other")]
    shown = [line.split() for line in run(*both).stdout.splitlines() if "benchy" in line]
    assert [cells[1:6:2] for cells in shown] == [["benchy", "7", "1"]] * 2
    drawn = tmp_path / "both.svg"
    assert run(*both, "--picture", drawn).exit_code == 0
    texts = [element.text for element in ET.parse(drawn).iter() if element.text]
    assert texts.count("2 min") == 1
    assert "24 h" not in texts


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "The first line must name the columns time and p"),
        ("prose.txt", b"Once upon a time.\n", "The first line must name the columns time and p"),
        ("latin.csv", b"time,p,name\n1,0,gr\xfc\xdfe\n", "This is no table"),
        ("wrong.csv", b"time,p\n1,NaN\n", "Line 2: time must be finite"),
        ("broken.zip", b"PK\x03\x04 and nothing more", "no archive of prints"),
        ("broken.db", b"SQLite format 3\0 and nothing more", "cannot be opened as a history"),
    ],
)
def test_what_cannot_be_read_is_explained(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    """In a line, without the program's own worries."""
    (tmp_path / name).write_bytes(content)
    result = run(tmp_path / name)
    assert isinstance(result.exception, SystemExit)
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert says in result.output


def test_a_folder_is_neither_table_nor_history(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "is a folder" in result.output


def test_nothing_to_judge_is_said(tmp_path: Path) -> None:
    """No picture is drawn of it."""
    (tmp_path / "empty.csv").write_text("time,p\n")
    result = run(tmp_path / "empty.csv", "--json", "--picture", tmp_path / "empty.svg")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "nothing to judge" in result.stderr
    assert not (tmp_path / "empty.svg").exists()


def test_a_kind_of_picture_that_cannot_be_drawn_is_refused_at_once(table: Path, tmp_path: Path) -> None:
    """Not after judging a year."""
    result = run(table, "--picture", tmp_path / "series.jpg", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert ".svg or .png" in result.stderr


def test_a_folder_that_is_not_there_is_told_at_once(table: Path, tmp_path: Path) -> None:
    """Not after judging a year either."""
    result = run(table, "--picture", tmp_path / "nowhere" / "series.svg", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "There is no folder" in result.stderr


def test_numbers_out_of_all_proportion_are_drawn(tmp_path: Path) -> None:
    """With a few ticks, and soon."""
    (tmp_path / "huge.csv").write_text("time,p\n0,0\n1e15,100\n")
    assert run(tmp_path / "huge.csv", "--picture", tmp_path / "huge.svg").exit_code == 0
    assert len((tmp_path / "huge.svg").read_text()) < 20_000


def test_names_are_shown_as_they_are(tmp_path: Path) -> None:
    """Brackets and colons are no orders to the table."""
    (tmp_path / "names.csv").write_text("time,p,print_id\n0,0,[/red]a\n10,0,[b]:cat:\n")
    shown = run(tmp_path / "names.csv").stdout
    assert "[/red]a" in shown
    assert "[b]:cat:" in shown
