"""The gentle pause: what is sent after the pause, and that all of it is undone."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from octoprint_failwatch.printer.gentle_pause import GentlePause, Modes, PausedAt, shape
from octoprint_failwatch.printer.pause_scripts import PauseScripts

pytestmark = pytest.mark.one_octoprint

ALL = GentlePause(retract=3, lift=5, park=(0, 200), tools_off=True, bed_off=True)
HOT = PausedAt(x=10.5, y=20, z=1, feed_rate=2400, tools={0: 210.0}, tool_is_hot=True, bed=60)


class Machine:
    """Follows G-code as Marlin does: axes, extruder, modes; refuses cold extrusion and moves without speed."""

    def __init__(self, *, relative_e: bool, height: float = 250.0) -> None:
        self._height = height
        self.at = {"X": 10.5, "Y": 20.0, "Z": 1.0, "E": 100.0}
        self.relative, self.relative_e, self.hot, self.heating = False, relative_e, True, False

    def run(self, commands: Any) -> None:
        for command in commands:
            name, *words = command.split()
            if name in ("G90", "G91"):
                self.relative = self.relative_e = name == "G91"
            elif name in ("M82", "M83"):
                self.relative_e = name == "M83"
            elif name == "M104":
                self.heating = words[-1] != "S0"
                self.hot = False
            elif name == "M109":
                self.hot = True
            elif name == "G1":
                values = {word[0]: float(word[1:]) for word in words}
                assert "F" in values, f"{command} would run at whatever speed the print had"
                for axis in "XYZE":
                    if axis in values:
                        assert axis != "E" or self.hot, "cold extrusion"
                        relative = self.relative_e if axis == "E" else self.relative
                        self.at[axis] = values[axis] + (self.at[axis] if relative else 0)
                self.at["Z"] = min(self.at["Z"], self._height)


class LowestMachine(Machine):
    """Remembers how low its head has been."""

    lowest = 1.0

    def run(self, commands: Any) -> None:
        for command in commands:
            super().run([command])
            self.lowest = min(self.lowest, self.at["Z"])


class LateMachine(Machine):
    """Makes its moves when it is waited for, by the modes that are in force then, as OctoPrint's virtual one may."""

    def run(self, commands: Any) -> None:
        waiting: list[str] = []
        for command in commands:
            if command.startswith("G1 "):
                waiting.append(command)
                continue
            if command == "M400":
                super().run(waiting)
                waiting = []
            super().run([command])
        super().run(waiting)


@pytest.mark.parametrize("machine_type", [Machine, LateMachine])
@pytest.mark.parametrize("relative_e", [True, False])
@pytest.mark.parametrize("changes", [{}, {"park": None}, {"tools_off": False}, {"retract": 0, "lift": 0}])
@pytest.mark.parametrize("cools_down", [False, True], ids=["", "it went cold"])
def test_everything_is_undone_before_the_print_goes_on(
    machine_type: type[Machine], relative_e: bool, changes: dict[str, Any], cools_down: bool
) -> None:
    machine, modes = machine_type(relative_e=relative_e), Modes(relative_e=relative_e)
    before = dict(machine.at)
    shaped = shape(replace(ALL, **changes), HOT, modes)
    machine.run(shaped.after_pause)
    assert machine.at["Z"] >= before["Z"]
    if cools_down:  # an idle timeout, or somebody who saves power
        machine.hot = False
    machine.run(shaped.before_resume(tool_is_hot=machine.hot))
    assert machine.at == pytest.approx(before)
    assert (machine.relative, machine.relative_e) == (False, relative_e)


@pytest.mark.parametrize("moved", [0.0, -0.5, 12.0], ids=["", "somebody looks closer", "somebody cleans"])
def test_the_head_comes_down_to_where_it_was_near_the_printers_top_and_after_it_was_moved(
    moved: float,
) -> None:
    machine = Machine(relative_e=True, height=3.0)
    shaped = shape(ALL, HOT, Modes(relative_e=True))
    machine.run(shaped.after_pause)
    assert machine.at["Z"] == 3.0, "it cannot be lifted by all of five"
    machine.at["Z"] += moved
    machine.run(shaped.before_resume(tool_is_hot=False))
    assert machine.at["Z"] == 1.0


@pytest.mark.parametrize("moved", [-5.8, 0.0, 40.0], ids=["lowered", "", "raised"])
def test_a_parked_head_travels_back_above_the_part_wherever_somebody_has_moved_it(moved: float) -> None:
    machine = Machine(relative_e=True)
    shaped = shape(ALL, HOT, Modes(relative_e=True))
    machine.run(shaped.after_pause)
    machine.at["Z"] += moved
    for command in shaped.before_resume(tool_is_hot=False):
        before = dict(machine.at)
        machine.run([command])
        if machine.at["X"] != before["X"]:
            assert before["Z"] == machine.at["Z"] == 6.0
    assert machine.at["X"] == 10.5, "it did travel"


def test_of_an_unknown_height_the_head_comes_down_by_as_much_as_it_was_lifted() -> None:
    machine = Machine(relative_e=False)
    shaped = shape(ALL, replace(HOT, z=None), Modes())
    machine.run(shaped.after_pause)
    machine.run(shaped.before_resume(tool_is_hot=False))
    assert machine.at == pytest.approx({"X": 10.5, "Y": 20.0, "Z": 1.0, "E": 100.0})


def test_the_head_is_lifted_before_it_travels_and_travels_back_before_it_goes_down() -> None:
    shaped = shape(ALL, HOT, Modes())
    away, back = list(shaped.after_pause), shaped.before_resume(tool_is_hot=False)
    assert away.index("G1 Z5 F600") < away.index("G1 X0 Y200 F6000")
    assert back.index("G1 X10.5 Y20 F6000") < back.index("G1 Z1 F600") < back.index("G1 E3 F1800")
    assert back.index("M109 T0 S210") < back.index("G1 E3 F1800")
    assert back[-1] == "G1 F2400"


def test_a_cold_hotend_moves_no_filament() -> None:
    shaped = shape(ALL, PausedAt(x=1, y=1, tools={}, tool_is_hot=False), Modes())
    back = shaped.before_resume(tool_is_hot=False)
    assert any(" X" in command for command in shaped.after_pause)
    assert not any(" E" in command for command in (*shaped.after_pause, *back))


def test_a_temperature_chosen_during_the_pause_is_left_alone() -> None:
    shaped = shape(replace(ALL, tools_off=False), HOT, Modes())
    assert any("M109" in command for command in shape(ALL, HOT, Modes()).before_resume(tool_is_hot=False))
    assert not any("M109" in command for command in shaped.before_resume(tool_is_hot=True))


def test_filament_is_not_pushed_through_a_hotend_that_nobody_heats() -> None:
    shaped = shape(ALL, PausedAt(x=1, y=1, tools={}, tool_is_hot=True), Modes())
    assert any(" E" in command for command in shaped.after_pause)
    assert not any(" E" in command for command in shaped.before_resume(tool_is_hot=False))


def test_an_unknown_place_is_not_left() -> None:
    shaped = shape(ALL, PausedAt(tool_is_hot=True), Modes())
    back = shaped.before_resume(tool_is_hot=True)
    assert any(" Z" in command for command in shaped.after_pause)
    assert not any(" X" in command for command in (*shaped.after_pause, *back))


def comm(*, sd: bool = False) -> Any:
    position = SimpleNamespace(x=1.0, y=2.0, z=0.4, f=None)
    return SimpleNamespace(isSdFileSelected=lambda: sd, pause_position=position)


HEATERS = {"tool0": {"actual": 210, "target": 210}, "bed": {"actual": 60, "target": 60}}


def scripts(gentle: GentlePause | None = ALL, users: Mapping[str, str] | None = None) -> PauseScripts:
    return PauseScripts(lambda: gentle, lambda: HEATERS, Modes(), (users or {}).get)


def test_only_a_pause_by_failwatch_is_shaped_and_undone_once() -> None:
    hook = scripts()
    assert hook.scripts(comm(), "gcode", "afterPrintPaused") is None
    assert hook.scripts(comm(), "gcode", "beforePrintResumed") is None
    hook.expect()
    shaped = hook.scripts(comm(), "gcode", "afterPrintPaused")
    assert shaped is not None
    assert hook.scripts(comm(), "gcode", "beforePrintResumed") is not None
    assert hook.scripts(comm(), "gcode", "beforePrintResumed") is None
    assert hook.scripts(comm(), "gcode", "afterPrintPaused") is None


def test_a_pause_that_failed_leaves_the_next_one_to_whoever_orders_it() -> None:
    hook = scripts()
    hook.expect()
    hook.expect_none()
    assert hook.scripts(comm(), "gcode", "afterPrintPaused") is None


@pytest.mark.parametrize("meanwhile", ["beforePrintStarted", "afterPrintPaused"])
def test_what_another_start_or_pause_has_overtaken_is_not_undone(meanwhile: str) -> None:
    """The head is somewhere else by then: to lower it would drive it into the part."""
    hook = scripts()
    hook.expect()
    assert hook.scripts(comm(), "gcode", "afterPrintPaused") is not None
    assert hook.scripts(comm(), "gcode", meanwhile) is None
    assert hook.scripts(comm(), "gcode", "beforePrintResumed") is None


def test_a_resume_that_overtakes_the_pause_leaves_the_head_where_it_is() -> None:
    hook = scripts()
    hook.expect()
    assert hook.scripts(comm(), "gcode", "beforePrintResumed") is None
    assert hook.scripts(comm(), "gcode", "afterPrintPaused") is None


@pytest.mark.parametrize(
    ("pause", "resume"),
    [
        ("G91\nG1 Z10 F600\nG90", "G91\nG1 Z-10 F600\nG90"),
        ("; lift\nG91\nG1 Z10 F600 ; up", "G1 X10.5 Y20 Z1 F600"),
        ("", "G1 Z1 F600"),
        ("; nothing\n  \n;G91", "  "),
    ],
    ids=["by a distance", "to a place", "only on resume", "only comments"],
)
@pytest.mark.parametrize("gentle", [ALL, replace(ALL, park=None)], ids=["parked", ""])
def test_the_head_comes_back_to_its_height_around_scripts_of_the_users_own(
    pause: str, resume: str, gentle: GentlePause
) -> None:
    """OctoPrint runs them after the pause before what FailWatch adds, before the resume after that."""
    machine = LowestMachine(relative_e=False)
    users = {"afterPrintPaused": pause, "beforePrintResumed": resume}
    hook = scripts(gentle, users)
    hook.expect()
    at = comm()
    at.pause_position = SimpleNamespace(x=10.5, y=20.0, z=1.0, f=None)
    for name, script in users.items():
        before, after = hook.scripts(at, "gcode", name) or (None, None)
        lines = [line.split(";")[0].strip() for line in script.splitlines()]
        machine.run([*(before or []), *filter(None, lines), *(after or [])])
    assert machine.at == pytest.approx({"X": 10.5, "Y": 20.0, "Z": 1.0, "E": 100.0})
    assert machine.lowest == pytest.approx(1.0), "never into the part"


@pytest.mark.parametrize(("gentle", "sd"), [(None, False), (ALL, True)], ids=["not wanted", "from the card"])
def test_nothing_is_sent_where_it_is_not_wanted_or_not_safe(gentle: GentlePause | None, sd: bool) -> None:
    hook = scripts(gentle)
    hook.expect()
    assert hook.scripts(comm(sd=sd), "gcode", "afterPrintPaused") is None


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("M83", ["G90", "M83"]),
        ("M83 G91", ["G91", "M83"]),
        ("M83 G91 G90 M83 G1", ["G90", "M83"]),
        ("G91 G90", ["G90", "M82"]),
        ("M83 M82 G91 M82", ["G91", "M82"]),
        ("M83 G90", None),
        ("M83 G91 G90", None),
        ("M82 G91", None),
    ],
)
def test_modes_are_read_off_the_sent_commands_where_all_printers_read_them_alike(
    sent: str, expected: list[str] | None
) -> None:
    """Marlin's G90 and G91 count for the extruder too; others' do not."""
    modes = Modes()
    for gcode in sent.split():
        modes.follow(gcode)
    hook = PauseScripts(lambda: ALL, lambda: HEATERS, modes, lambda _: None)
    hook.expect()
    _, after = hook.scripts(comm(), "gcode", "afterPrintPaused")
    if expected is None:
        assert not any(command.startswith("G") for command in after)
    else:
        assert modes.restored() == expected
        assert any(command.startswith("G1 Z") for command in after)


def test_where_nothing_can_be_moved_the_heaters_are_lowered_and_the_log_says_why(
    caplog: pytest.LogCaptureFixture,
) -> None:
    modes = Modes(is_certain=False)
    hook = PauseScripts(lambda: ALL, lambda: HEATERS, modes, lambda _: None)
    hook.expect()
    with caplog.at_level(logging.INFO):
        assert hook.scripts(comm(), "gcode", "afterPrintPaused") == (None, ["M104 T0 S0", "M140 S0"])
        before, _ = hook.scripts(comm(), "gcode", "beforePrintResumed")
    assert before == ["M140 S60", "M104 T0 S210", "M190 S60", "M109 T0 S210"]
    assert [record.levelname for record in caplog.records if "G90 or G91" in record.message] == ["INFO"]
