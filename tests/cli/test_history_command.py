"""`failwatch history`: listing, labelling, moving and dropping prints."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from octoprint_failwatch.cli import main
from octoprint_failwatch.engine.history import History, Label
from tests.core.history.test_history import recorder
from tests.core.watching import ScriptedDetector, live_camera, watching


def run(*arguments: object, text: str | None = None) -> Result:
    """Run `failwatch history`."""
    return CliRunner().invoke(main, ["history", *map(str, arguments)], input=text)


@pytest.fixture
async def kept(tmp_path: Path) -> Path:
    """Return a history of two prints."""
    history = History(tmp_path / "history.db")
    for print_id in ("aa-one", "ab-two"):
        async with watching(ScriptedDetector([0.02] * 12 + [0.95] * 12)) as watched:
            recorder(history, watched)
            watched.watch.start(print_id, f"{print_id}.gcode")
            await watched.frames(24)
            watched.watch.end("failed")
    history.settle()
    history.close()
    return history.path


def labels(path: Path) -> dict[str, Label | None]:
    """Return the labels by print."""
    history = History(path)
    found = {record.print_id: record.label for record in history.prints()}
    history.close()
    return found


async def test_listing_and_showing(kept: Path) -> None:
    """For people and for machines."""
    shown = run("list", "--history", kept).stdout
    assert "aa-one" in shown
    assert "failed" in shown
    listed = [json.loads(line) for line in run("list", "--history", kept, "--json").stdout.splitlines()]
    assert [one["print_id"] for one in listed] == ["ab-two", "aa-one"]
    assert "failure" in run("show", "aa", "--history", kept).stdout
    shown = json.loads(run("show", "aa-one", "--history", kept, "--json").stdout)
    assert shown["print"]["frames"] == listed[1]["frames"]


async def test_labelling(kept: Path) -> None:
    """By minute or frame, taken back, exported and imported."""
    assert run("label", "aa", "--failed", "--from-frame", 13, "--history", kept).exit_code == 0
    assert run("label", "ab", "--good", "--history", kept).exit_code == 0
    history = History(kept)
    at = next(frame.look.at for frame in history.frames("aa-one") if frame.look.number == 13)
    started = history.print("aa-one").started_at
    history.close()
    assert labels(kept) == {"aa-one": Label(True, at), "ab-two": Label(False)}
    table = run("labels", "--history", kept).stdout
    assert run("label", "aa", "--none", "--history", kept).exit_code == 0
    assert run("label", "ab", "--failed", "--from-minute", 2, "--history", kept).exit_code == 0
    assert labels(kept)["aa-one"] is None
    assert labels(kept)["ab-two"] == Label(True, started + 120)
    (kept.parent / "labels.csv").write_text(table)
    assert "2 prints" in run("labels", "--import", kept.parent / "labels.csv", "--history", kept).stdout
    assert labels(kept) == {"aa-one": Label(True, at), "ab-two": Label(False)}


async def test_a_print_named_twice_is_one(kept: Path) -> None:
    """By its id and by the beginning of it."""
    archive = kept.parent / "prints.zip"
    written = run("export", "aa", "aa-one", "--to", archive, "--history", kept)
    assert written.stdout == "1 print written.\n"
    assert run("import", archive, "--history", kept.parent / "other.db").stdout == "1 print added.\n"


async def test_a_printer_has_an_id_and_a_name(kept: Path) -> None:
    """Either will do."""
    for printer in ("printer", "Printer"):
        listed = run("list", "--printer", printer, "--history", kept, "--json").stdout
        assert len(listed.splitlines()) == 2


async def test_a_picture_is_found_whatever_its_camera_is_called(tmp_path: Path) -> None:
    """Hosts name their cameras; with several it is the first, unless one is named."""
    history = History(tmp_path / "history.db")
    cameras = [live_camera("left"), live_camera("right", first=1)]
    async with watching(ScriptedDetector([0.02]), cameras=cameras) as watched:
        recorder(history, watched)
        watched.watch.start("one", "[/red]cube.gcode")
        await watched.frames(3)
        watched.watch.end("done")
    history.close()
    place = ("--history", history.path)
    assert run("picture", "one", 1, "--to", tmp_path / "first.jpg", *place).exit_code == 0
    for name in ("left", "right"):
        assert run("picture", "one", 1, "--camera", name, "--to", tmp_path / name, *place).exit_code == 0
    assert (tmp_path / "first.jpg").read_bytes() == (tmp_path / "left").read_bytes()
    assert (tmp_path / "first.jpg").read_bytes() != (tmp_path / "right").read_bytes()
    assert "[/red]cube" in run("list", *place).stdout


async def test_moving_and_dropping(kept: Path) -> None:
    """An export brings all to another history; a table and a picture can be had alone."""
    folder = kept.parent
    assert "2 prints" in run("export", "--to", folder / "all.zip", "--history", kept).stdout
    assert "2 prints" in run("import", folder / "all.zip", "--history", folder / "other.db").stdout
    assert run("export", "aa", "--to", folder / "one.csv", "--history", kept).exit_code == 0
    assert len((folder / "one.csv").read_text().splitlines()) >= 25
    assert run("picture", "aa", 13, "--to", folder / "frame.jpg", "--history", kept).exit_code == 0
    assert (folder / "frame.jpg").read_bytes().startswith(b"\xff\xd8")
    assert run("picture", "aa", 13, "--boxes", "--to", folder / "boxes.jpg", "--history", kept).exit_code == 0
    assert (folder / "boxes.jpg").read_bytes().startswith(b"\xff\xd8")
    assert "No box recurs" in run("regions", "--printer", "Printer", "--history", kept).stdout
    assert json.loads(run("regions", "--printer", "printer", "--history", kept, "--json").stdout) == {}
    assert run("forget", "aa", "--history", kept, text="n\n").exit_code == 1
    assert run("forget", "aa", "--history", kept, "--yes").exit_code == 0
    assert list(labels(kept)) == ["ab-two"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("show", "x"), "no print 'x'"),
        (("show", "a"), "2 prints begin"),
        (("label", "aa"), "--failed, --good or --none"),
        (("label", "aa", "--good", "--from-minute", "1"), "need --failed"),
        (("label", "aa", "--failed", "--from-frame", "9999"), "no frame 9999"),
        (("picture", "aa", "9999", "--to", "x.jpg"), "no picture"),
        (("export", "--to", "x.csv"), "one print"),
        (("label", "aa", "--failed", "--from-frame", "2", "--from-minute", "1"), "Give either"),
        (("list", "--printer", "Another"), "--printer: Printer (printer)"),
    ],
)
async def test_mistakes_are_explained(kept: Path, arguments: tuple[str, ...], says: str) -> None:
    """And nothing happens."""
    result = run(*arguments, "--history", kept)
    assert result.exit_code != 0
    assert says in result.output


def test_a_history_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """Only what adds to a history creates one."""
    assert run("list", "--history", tmp_path / "none.db").exit_code == 1
    assert not (tmp_path / "none.db").exists()
