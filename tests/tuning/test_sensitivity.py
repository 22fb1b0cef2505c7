"""What the steps of the sensitivity would have said of recorded prints."""

from collections import Counter
from pathlib import Path

from octoprint_failwatch.engine.history import History, Label
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.tuning.sensitivity import LAST_PRINTS, REST, STEPS, last_prints, tell_steps
from tests.core.history.test_history import recorder
from tests.core.watching import ScriptedDetector, watching


class ByPrint(ScriptedDetector):
    """Sees a mess in the prints that are called so, in 25 pictures."""

    def __init__(self) -> None:
        super().__init__([])
        self.seen: Counter[str] = Counter()

    async def detect(self, frame: Frame) -> Detection:
        self.frames.append(frame)
        self.seen[frame.print_id] += 1
        late = {"weak": 0.32, "strong": 0.95}.get(frame.print_id, 0.02)
        return Detection(late if 15 < self.seen[frame.print_id] <= 40 else 0.02)


async def test_each_step_is_told_of_each_of_the_last_prints(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db")
    async with watching(ByPrint()) as watched:
        recorder(history, watched)
        for number, name in enumerate(("quiet", "weak", "strong"), 1):
            watched.watch.start(name, f"{name}.gcode")
            await watched.frames(40 * number)
            watched.watch.end("finished")
        watched.watch.start("running")
    history.settle()
    history.label("strong", Label(True))
    prints = last_prints(history, "printer")
    assert [one.print_id for one in prints] == ["quiet", "weak", "strong"], "not the one that runs"
    shares: list[float] = []
    rests: list[float] = []
    found = tell_steps(history, prints, FailWatchRules(), shares.append, rests.append)
    of = {one.name: one for one in found}
    nothing = (None,) * len(STEPS)
    assert of["quiet.gcode"].failure == of["quiet.gcode"].suspicious == nothing
    assert of["weak.gcode"].failure == nothing
    low, medium, high = of["weak.gcode"].suspicious
    assert (low, medium) == (None, None)
    assert high is not None
    first, second, third = of["strong.gcode"].failure
    assert first is not None
    assert second is not None
    assert third is not None
    assert first >= second >= third > 0
    assert of["strong.gcode"].failed is True
    assert of["quiet.gcode"].failed is None
    assert shares == sorted(shares)
    assert 0.5 < shares[-1] <= 1
    assert set(rests) == {REST}, "a print's lines are sent meanwhile"
    history.close()


def test_nothing_is_told_of_a_printer_without_prints(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db")
    assert last_prints(history, "printer") == []
    assert tell_steps(history, [], FailWatchRules()) == []
    assert LAST_PRINTS > 1
    history.close()
