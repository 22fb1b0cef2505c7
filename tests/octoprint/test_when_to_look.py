"""When the watch does not look at a running print: layers, heating, halts and commands."""

from pathlib import Path
from typing import Any

import pytest

from octoprint_failwatch.printer.heating import LONGEST, SETTLES_AFTER, HeatingUp
from octoprint_failwatch.printer.layers import layer_position
from octoprint_failwatch.printer.progress import Heat, Progress, heat
from octoprint_failwatch.printer.sent_commands import SentCommands
from octoprint_failwatch.printer.start_conditions import StartConditions
from octoprint_failwatch.watching.at_commands import FILE_ORDER, listener, order
from octoprint_failwatch.watching.holds import PrinterWait

pytestmark = pytest.mark.one_octoprint

CURA = b"M104 S200\n;LAYER_COUNT:3\n;LAYER:0\nG1 X1 E1\n;LAYER:1\nG1 X2 E2\n;LAYER:2\nG1 X3 E3\n"
PRUSA = (
    b"M104 S200\n;LAYER_CHANGE\n;Z:0.2\nG1 X1 E1\n;LAYER_CHANGE\n;Z:0.4\nG1 X2 E1\n;LAYER_CHANGE\nG1 X3 E1\n"
)
PLAIN = b"G28\nG1 Z0.2 F600\nG1 X1 E1\nG1 Z0.6\nG0 X5\nG1 Z0.2\nG1 X9 E2\nG1 Z0.4\nG1 X2 E3\nG1 Z0.6 E-1\nG1 X3 E4\n"


@pytest.mark.parametrize(
    ("gcode", "layer", "line"),
    [
        (CURA, 1, b";LAYER:0"),
        (CURA, 3, b";LAYER:2"),
        (PRUSA, 2, b";LAYER_CHANGE\n;Z:0.4"),
        (PLAIN, 1, b"G1 X1 E1"),
        (PLAIN, 2, b"G1 X2 E3"),
        (PLAIN, 3, b"G1 X3 E4"),
    ],
)
def test_layers_are_found(tmp_path: Path, gcode: bytes, layer: int, line: bytes) -> None:
    file = tmp_path / "print.gcode"
    file.write_bytes(gcode)
    assert layer_position(file, layer) == gcode.index(line)


@pytest.mark.parametrize("gcode", [CURA, PRUSA, PLAIN, b"", b"\xff\xfe\x00"])
def test_a_layer_that_is_not_there(tmp_path: Path, gcode: bytes) -> None:
    file = tmp_path / "print.gcode"
    file.write_bytes(gcode)
    assert layer_position(file, 4) is None


@pytest.mark.parametrize(
    ("when", "progress", "age", "layer_at", "expected"),
    [
        (StartConditions(), Progress(), 0, None, False),
        (StartConditions(after_minutes=5), Progress(), 299, None, True),
        (StartConditions(after_minutes=5), Progress(), 300, None, False),
        (StartConditions(after_percent=10), Progress(percent=9.9), 0, None, True),
        (StartConditions(after_percent=10), Progress(percent=10), 0, None, False),
        (StartConditions(), Progress(position=99), 0, 100, True),
        (StartConditions(), Progress(position=100), 0, 100, False),
        (StartConditions(after_minutes=5, after_percent=10), Progress(percent=50), 10, None, True),
    ],
)
def test_too_early(
    when: StartConditions, progress: Progress, age: float, layer_at: int | None, expected: bool
) -> None:
    assert when.is_too_early(progress, age, layer_at) is expected


@pytest.mark.parametrize(
    ("temperatures", "expected"),
    [
        ({}, Heat.OFF),
        ({"tool0": {"actual": 25, "target": 0}}, Heat.OFF),
        ({"tool0": {"actual": 25, "target": 0}, "bed": {"actual": 60, "target": 60}}, Heat.OFF),
        ({"tool0": {"actual": 25, "target": 0}, "bed": {"actual": 30, "target": 60}}, Heat.RISING),
        ({"tool0": {"actual": 150, "target": 210}}, Heat.RISING),
        ({"tool0": {"actual": 206, "target": 210}}, Heat.THERE),
        ({"tool0": {"actual": 210, "target": 210}, "bed": {"actual": 40, "target": 60}}, Heat.RISING),
        ({"tool0": {"actual": 210, "target": 210}, "bed": {"actual": 60, "target": 60}}, Heat.THERE),
        ({"tool0": {"actual": 210, "target": 210}, "chamber": {"actual": 25, "target": 60}}, Heat.THERE),
        ({"tool0": {"actual": None, "target": None}}, Heat.OFF),
    ],
)
def test_heating(temperatures: dict[str, Any], expected: Heat) -> None:
    assert heat(temperatures) is expected


OFF, RISING, THERE = Heat.OFF, Heat.RISING, Heat.THERE
WAITED = [OFF] * SETTLES_AFTER


def heats(told: bool, seen: list[Heat], *, laid_after: int | None = None) -> str:
    """Return for each look at the printer whether the print counts as heating: # yes, . no."""
    heating = HeatingUp(told_when_over=told)
    marks = ""
    for number, one in enumerate(seen):
        has_laid = laid_after is not None and number >= laid_after
        marks += "#" if heating.follow(one, has_laid=has_laid, age=2.0 * number) else "."
    return marks


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("before", [OFF, THERE], ids=["cold", "preheated"])
def test_a_print_heats_from_its_first_moment_though_no_heater_is_told_yet(told: bool, before: Heat) -> None:
    assert heats(told, [before, before, RISING, RISING]) == "####"


def test_laying_filament_says_that_heating_is_over_for_good() -> None:
    assert heats(True, [OFF, RISING, RISING, THERE, RISING, OFF], laid_after=3) == "###..."
    assert heats(True, [THERE, THERE], laid_after=0) == ".."


def test_the_heaters_say_it_of_a_print_from_the_card() -> None:
    assert heats(False, [*WAITED, RISING, THERE, RISING]) == "#" * SETTLES_AFTER + "#.."


def test_a_long_preparation_is_not_taken_for_the_print() -> None:
    """A start script homes, probes and waits for as long as it likes, on a printer that is cold or still warm."""
    for before in (OFF, THERE):
        seen = [before] * 60 + [RISING, RISING, THERE, THERE]
        assert heats(True, seen) == "#" * 64
        assert heats(True, seen, laid_after=63) == "#" * 63 + "."


def test_what_never_heats_is_looked_at_soon_where_only_the_heaters_tell() -> None:
    assert heats(False, [*WAITED, OFF, OFF]) == "#" * SETTLES_AFTER + ".."


def test_what_never_lays_filament_is_looked_at_in_the_end() -> None:
    heating = HeatingUp(told_when_over=True)
    assert heating.follow(OFF, has_laid=False, age=LONGEST)
    assert not heating.follow(OFF, has_laid=False, age=LONGEST + 1)


def test_a_heater_that_never_gets_there_does_not_blind_for_ever() -> None:
    heating = HeatingUp(told_when_over=True)
    assert heating.follow(RISING, has_laid=False, age=LONGEST)
    assert not heating.follow(RISING, has_laid=False, age=LONGEST + 1)


FROM_FILE = {"source:file", "filepos:12"}


@pytest.mark.parametrize(
    ("command", "tags", "lays"),
    [
        ("G1 X10 Y5.5 E0.2", FROM_FILE, True),
        ("G1 X10 E.2 F1200", FROM_FILE, True),
        ("G3 Y5 I1 J2 E4", FROM_FILE, True),
        ("G1 X10 Y5", FROM_FILE, False),
        ("G1 E5 F300", FROM_FILE, False),
        ("G1 X10 E-2", FROM_FILE, False),
        ("G1 X10 Y5 E1", {"source:plugin"}, False),
        ("G1 X10 Y5 E1", None, False),
        ("M104 S200", FROM_FILE, False),
    ],
)
def test_a_move_that_lays_filament_is_told_from_others(
    command: str, tags: set[str] | None, lays: bool
) -> None:
    commands = SentCommands()
    commands.sent(None, "sent", command, "", command.split(maxsplit=1)[0], subcode=None, tags=tags)
    assert commands.has_laid is lays
    commands.sent(None, "sent", "G28", "", "G28", subcode=None, tags=FROM_FILE)
    assert commands.has_laid is lays, "once laid is laid"
    commands.forget()
    assert not commands.has_laid


def test_a_halt_is_over_when_the_file_goes_on_not_when_the_queue_runs_out() -> None:
    halt = PrinterWait(100)
    assert [halt.is_over(position) for position in (110, 110, 110, 120, 130)] == [
        False,
        False,
        False,
        False,
        True,
    ]


class Watch:
    def __init__(self) -> None:
        self.asked: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments, **named: self.asked.append((name, *arguments, *named.values()))


@pytest.mark.parametrize(
    ("parameters", "asked"),
    [
        ("off", ("switch", True)),
        (" ON ", ("switch", False)),
        ("check", ("check_now",)),
        ("snooze", ("snooze", 600.0)),
        ("snooze 5", ("snooze", 300.0)),
        ("snooze -5", ("snooze", 0.0)),
    ],
)
def test_commands_in_print_files(parameters: str, asked: tuple[Any, ...]) -> None:
    watch: Any = Watch()
    carry_out = order(parameters)
    assert carry_out is not None
    carry_out(watch, watch)
    assert watch.asked == [asked]


@pytest.mark.parametrize("parameters", ["", "explode", "snooze soon", "snooze nan5"])
def test_unknown_commands_ask_nothing(parameters: str) -> None:
    assert order(parameters) is None


def test_commands_take_their_turn_on_the_event_bus_and_other_plugins_do_not() -> None:
    fired: list[tuple[str, dict[str, str]]] = []
    handle = listener(lambda event, payload: fired.append((event, payload)))
    for command in ("pause", "FailWatch"):
        handle(None, "queuing", command, "off")
    assert fired == [(FILE_ORDER, {"parameters": "off"})]
