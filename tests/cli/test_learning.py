"""HACARUS taught from labelled prints, against the emulator in all three dialects."""

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from click.testing import CliRunner
from PIL import Image

from octoprint_failwatch.cli import main
from octoprint_failwatch.engine.history import History, Label, Retention
from octoprint_failwatch.engine.models import Box, Detection
from octoprint_failwatch.learning.examples import Example, NoExamples, examples
from tests.core.history.test_history import recorder
from tests.core.watching import ScriptedDetector, watching
from tests.emulators import hacarus, hacarus_sdk
from tests.emulators.hacarus_state import CLIENT_ID, CLIENT_SECRET, State
from tests.emulators.threaded import served

SPOT = Box(0.25, 0.5, 0.5, 0.75, 0.9)
FRAMES = 120
ALGORITHM = next(iter(hacarus.ALGORITHMS))


class Seeing(ScriptedDetector):
    """Answers with a box where p is high."""

    async def detect(self, frame: object) -> Detection:
        """Give the next answer."""
        detection = await super().detect(frame)  # type: ignore[arg-type]
        return Detection(detection.p, (SPOT,) if detection.p > 0.5 else ())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record a good print, a failed one, and one that nobody has labelled."""
    path = tmp_path_factory.mktemp("recorded") / "history.db"
    made = History(path, Retention(picture_every=10))
    for print_id in ("good", "failed", "unknown"):
        script = [0.02] * (FRAMES // 2) + [0.02 if print_id == "good" else 0.95] * (FRAMES // 2)
        async with watching(Seeing(script)) as watched:
            recorder(made, watched)
            watched.watch.start(print_id)
            await watched.frames(FRAMES)
            watched.watch.end("finished")
    made.settle()
    failed_from = [frame.look.at for frame in made.frames("failed")][FRAMES // 2]
    made.label("good", Label(failed=False))
    made.label("failed", Label(failed=True, failed_from=failed_from))
    made.close()
    return path


@pytest.fixture
def history(recorded: Path, tmp_path: Path) -> Iterator[History]:
    """Return a history of its own with what was recorded."""
    with closing(History(shutil.copy(recorded, tmp_path / "history.db"))) as made:
        yield made


def counts(chosen: list[Example]) -> dict[tuple[str, bool], int]:
    """Return how many there are of each print and kind."""
    found: dict[tuple[str, bool], int] = {}
    for example in chosen:
        key = (example.print_id, example.good)
        found[key] = found.get(key, 0) + 1
    return found


async def test_examples_come_from_labelled_prints_only(history: History) -> None:
    """A failed print is good before and bad after, with nothing from the doubtful minutes between."""
    chosen = examples(history, most=1000)
    assert set(counts(chosen)) == {("good", True), ("failed", True), ("failed", False)}
    failed_from = history.print("failed").label.failed_from  # type: ignore[union-attr]
    times = {frame.id: frame.look.at for frame in history.frames("failed")}
    assert min(abs(times[one.frame_id] - failed_from) for one in chosen if one.frame_id in times) >= 120
    assert all(one.boxes == (() if one.good else (SPOT,)) for one in chosen)


async def test_examples_are_spread_evenly(history: History) -> None:
    """The same number of each print, from its beginning to its end."""
    chosen = examples(history, most=20)
    assert counts(chosen) == {("good", True): 10, ("failed", True): 10, ("failed", False): 20}
    numbers = {frame.id: frame.look.number for frame in history.frames("good")}
    good = [numbers[one.frame_id] for one in chosen if one.print_id == "good"]
    assert good[0] <= 5
    assert good[-1] > 0.85 * FRAMES


async def test_without_a_good_print_there_is_nothing_to_learn(history: History) -> None:
    """A print that failed at once has no good pictures."""
    history.label("good", None)
    history.label("failed", Label(failed=True))
    with pytest.raises(NoExamples, match="label some prints"):
        examples(history)


@pytest.mark.parametrize("dialect", ["check", "saas", "sdk"])
def test_a_model_is_trained_and_used(history: History, tmp_path: Path, dialect: str) -> None:
    """Good and bad pictures are uploaded, the bad ones marked, and the settings have the new model."""
    state = State(polls=2)
    emulator = (
        hacarus_sdk.HacarusSdk(state)
        if dialect == "sdk"
        else hacarus.Hacarus(state, check=dialect == "check")
    )
    settings = tmp_path / "detector.json"
    with served(emulator.application()) as url:
        settings.write_text(
            json.dumps(
                {"kind": "hacarus", "url": url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
            )
        )
        order = [
            "hacarus",
            "--detector",
            str(settings),
            "learn",
            "--history",
            str(history.path),
            "--most",
            "6",
            "--printer",
            "Printer",
        ]
        order += ["--algorithm", ALGORITHM, "--interval", "0.01", "--json"]
        result = CliRunner().invoke(main, order)
    assert result.exit_code == 0, result.output
    uploaded = [item for item in state.items.values() if item.training]
    assert [item.good for item in uploaded].count(True) == 6
    bad = [item for item in uploaded if not item.good]
    assert len(bad) == 6
    for item in bad:
        with Image.open(io.BytesIO(item.picture)) as picture:
            width, height = picture.size
        (mark,) = item.annotations
        assert (mark["x_min"], mark["y_min"]) == (round(0.25 * width), round(0.5 * height))
    (model,) = (model for model in state.models.values() if model.name.startswith("FailWatch"))
    assert len(model.item_ids) == 6
    assert json.loads(settings.read_text())["model_id"] in (model.model_id, str(model.number))


def test_a_training_that_fails_says_so(history: History, tmp_path: Path) -> None:
    """And the settings stay as they were."""
    state = State(training_fails=True)
    settings = tmp_path / "detector.json"
    with served(hacarus.Hacarus(state, check=True).application()) as url:
        settings.write_text(
            json.dumps(
                {"kind": "hacarus", "url": url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
            )
        )
        options = [
            "--history",
            str(history.path),
            "--most",
            "2",
            "--interval",
            "0.01",
            "--algorithm",
            ALGORITHM,
        ]
        order = ["hacarus", "--detector", str(settings), "learn", *options]
        result = CliRunner().invoke(main, order)
    assert result.exit_code == 1
    assert "failed" in result.output
    assert "model_id" not in json.loads(settings.read_text())
