"""When a print runs, as a table of what entities say and what follows: no Home Assistant, no waiting."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from homeassistant import components
from hypothesis import given
from hypothesis import strategies as st

from custom_components.failwatch.cameras.print_status import (
    Command,
    Job,
    Order,
    PrintStatus,
    Reading,
    Times,
    Words,
    follow,
)
from custom_components.failwatch.cameras.printers import (
    KNOWN_WORDS,
    OTHER,
    PRESETS,
    Meaning,
    Preset,
    preset_of,
)
from custom_components.failwatch.engine.serialization import from_json, to_json

TIMES = Times()
BENCHY = Job("benchy.gcode", 40.0, 1000.0)


@dataclass
class Printer:
    """Follows what an entity says, and keeps what the watch was told."""

    words: Words = field(default_factory=Words)
    times: Times = TIMES
    status: PrintStatus = field(default_factory=PrintStatus)
    now: float = 5000.0
    told: list[Command] = field(default_factory=list)
    again_at: float | None = None
    prints: int = 0

    def says(self, word: str, job: Job = BENCHY) -> list[Order]:
        """Return what the watch is told; what changes nothing for it is left out."""
        meaning = self.words.meaning(word)
        self.prints += 1
        followed = follow(
            self.status, Reading(meaning, word, job), self.now, self.times, f"print{self.prints}"
        )
        self.status, self.again_at = followed.status, followed.again_at
        self.told += followed.commands
        return [command.order for command in followed.commands]

    def after(self, seconds: float) -> Printer:
        self.now += seconds
        return self

    def restarted(self) -> Printer:
        """Store what is known and read it again, as over a restart."""
        stored = from_json(PrintStatus, to_json(self.status))
        self.status = PrintStatus(stored.print_id, stored.job, None, stored.silent_since, stored.gap_since)
        return self

    @property
    def ends(self) -> list[str]:
        return [command.detail for command in self.told if command.order is Order.END]


def printing(**changes: object) -> Printer:
    printer = Printer(**changes)  # type: ignore[arg-type]
    assert Order.START in printer.says("printing")
    return printer


@pytest.mark.parametrize(
    "blip",
    ["offline", "attention", "idle", "Pausing", "Resuming", "unavailable", "unknown", "busy", "nonsense"],
)
@pytest.mark.parametrize("job", [BENCHY, Job()])
def test_a_moment_of_another_state_ends_no_print(blip: str, job: Job) -> None:
    printer = printing()
    first = printer.status.print_id
    printer.after(5).says(blip, job)
    printer.after(20).says("printing", job)
    printer.after(1000).says("printing", job)
    assert printer.status.print_id == first
    assert not printer.ends


@pytest.mark.parametrize("word", ["idle", "finished", "nonsense"])
def test_a_print_ends_once_the_entity_has_said_so_for_a_while(word: str) -> None:
    printer = printing()
    assert Order.END not in printer.after(5).says(word)
    assert printer.again_at == printer.now + 30
    assert Order.END not in printer.after(29.9).says(word)
    assert printer.after(0.2).says(word) == [Order.END]
    assert printer.ends == [word]
    assert printer.status.print_id is None


def test_what_was_about_to_end_ends_although_the_printer_is_switched_off() -> None:
    printer = printing()
    printer.after(5).says("finished")
    printer.after(5).says("unavailable")
    printer.after(26).says("unavailable")
    assert printer.ends == ["ended"]


def test_nothing_is_looked_at_while_the_print_is_ending() -> None:
    printer = printing()
    assert printer.says("idle") == [Order.HOLD]
    assert Order.RELEASE in printer.says("printing")


@pytest.mark.parametrize(
    "other",
    [Job("vase.gcode", 41.0), Job("benchy.gcode", 0.0), Job("benchy.gcode", None, 5100.0)],
    ids=["name", "progress", "start"],
)
def test_another_job_is_another_print(other: Job) -> None:
    printer = printing()
    first = printer.status.print_id
    # As where the end of one and the start of the next lie within the time that an end must last.
    printer.after(1).says("finished")
    printer.now = 5001.0 if other.started_at is None else 4900.0
    printer.status = PrintStatus(
        printer.status.print_id, printer.status.job, printer.status.meaning, None, printer.now
    )
    printer.after(10).says("printing", other)
    assert printer.status.print_id == first, "it must last: an entity may lag"
    printer.after(31).says("printing", other)
    assert printer.ends == ["another_print"]
    assert printer.status.print_id not in (None, first)


def ended_by_another_job(printer: Printer) -> bool:
    """Return whether a job of another name, which lasts, is another print."""
    for _ in range(2):
        printer.after(31).says("printing", Job("vase.gcode", 1.0, printer.now))
    return printer.ends == ["another_print"]


@pytest.mark.parametrize("wrong", [Job("", 0.0), Job("other.gcode"), Job("benchy.gcode", 0.0)])
def test_a_job_that_is_told_wrongly_for_a_moment_is_no_other_print(wrong: Job) -> None:
    printer = printing()
    printer.after(5).says("unavailable", Job())
    printer.after(300).says("printing", wrong)
    printer.after(10).says("printing", Job("benchy.gcode", 45.0))
    printer.after(60).says("printing", Job("benchy.gcode", 46.0))
    assert not printer.ends
    assert ended_by_another_job(printer)


def test_the_start_moves_with_every_pause_where_it_is_computed_from_the_time_spent_printing() -> None:
    printer = printing()
    printer.after(600).says("paused", BENCHY)
    printer.after(7200).says("printing", Job("benchy.gcode", 40.5, BENCHY.started_at + 7200))
    printer.after(60).says("printing", Job("benchy.gcode", 40.6, BENCHY.started_at + 7200))
    assert not printer.ends
    assert ended_by_another_job(printer)


def test_the_same_start_is_the_same_print_whatever_else_is_told() -> None:
    printer = printing()
    printer.after(60).says("printing", Job("renamed.gcode", 3.0, BENCHY.started_at + 30))
    printer.after(60).says("printing", Job("renamed.gcode", 3.0, BENCHY.started_at + 30))
    assert not printer.ends
    assert ended_by_another_job(printer)


def test_a_restart_goes_on_with_the_same_print() -> None:
    printer = printing()
    first = printer.status.print_id
    printer.restarted().after(100)
    assert printer.says("printing", Job("benchy.gcode", 44.0))[:1] == [Order.START]
    assert printer.told[-5].detail == first or printer.status.print_id == first
    printer.restarted().after(100)
    assert printer.says("unavailable", Job()) == []
    assert Order.START in printer.says("paused", Job())
    assert Order.PAUSE in printer.says("paused", Job())
    assert printer.status.print_id == first


def test_a_print_that_ended_meanwhile_ends_after_the_restart() -> None:
    printer = printing().restarted()
    printer.after(100).says("idle")
    printer.after(31).says("idle")
    assert printer.ends == ["idle"]


def test_a_power_cut_ends_the_print_after_a_time_and_nothing_is_looked_at_till_then() -> None:
    printer = printing(times=Times(power_cut=3 * 3600.0))
    assert printer.after(10).says("unavailable", Job()) == []
    assert printer.after(600).says("unavailable", Job()) == [Order.HOLD]
    assert printer.told[-1].detail == "no_status"
    assert printer.after(2 * 3600).says("unavailable", Job()) == [Order.HOLD]
    assert printer.after(3600).says("unavailable", Job()) == [Order.END]
    assert printer.ends == ["no_status"]


def test_a_printer_that_is_heard_again_is_looked_at_again() -> None:
    printer = printing()
    printer.says("unavailable")
    printer.after(700).says("unavailable")
    told = len(printer.told)
    printer.says("printing")
    assert Command(Order.RELEASE, "no_status") in printer.told[told:]
    assert printer.status.silent_since is None


def test_after_a_power_cut_only_the_very_same_job_goes_on() -> None:
    for job, same in (
        (BENCHY, True),
        (Job("benchy.gcode", 42.0), True),
        (Job(), False),
        (Job("vase"), False),
    ):
        printer = printing()
        printer.says("unavailable", Job())
        printer.restarted().after(13 * 3600).says("printing", job)
        assert (printer.ends == []) is same, job


def test_what_is_only_being_prepared_is_no_print_yet_and_holds_one_that_runs() -> None:
    printer = Printer()
    assert printer.says("preheating") == []
    printer.says("printing")
    assert printer.says("changing_filament")[0] is Order.HOLD
    assert printer.after(3600).says("changing_filament")[0] is Order.HOLD
    assert Order.RELEASE in printer.says("printing")
    assert not printer.ends


def test_a_name_has_time_to_come() -> None:
    printer = Printer(times=Times(naming=2.0))
    assert printer.says("printing", Job("before.gcode")) == []
    assert printer.again_at == printer.now + 2
    printer.after(1).says("printing")
    printer.after(1).says("printing")
    assert printer.told[0] == Command(Order.START, printer.status.print_id or "", "benchy.gcode")


def test_a_job_that_is_over_before_its_name_is_known_is_no_print() -> None:
    printer = Printer(times=Times(naming=2.0))
    printer.says("printing")
    printer.after(1).says("idle")
    printer.after(1.5).says("printing")
    assert not printer.told
    printer.after(2).says("printing")
    assert [command.order for command in printer.told].count(Order.START) == 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["printing", "paused", "idle", "unavailable", "busy", "x"]), st.floats(0, 29)
        ),
        max_size=20,
    )
)
def test_nothing_shorter_than_the_settling_time_ends_a_print(said: list[tuple[str, float]]) -> None:
    printer = printing()
    ending = 0.0
    for word, seconds in said:
        printer.says(word)
        # What keeps saying that the print is over may end it; anything that runs in between may not be lost.
        ending = ending + seconds if word in ("idle", "x", "unavailable") else 0.0
        printer.after(seconds)
        if ending >= 30:
            return
        assert not printer.ends


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_presets_mean_one_thing_each(preset: Preset) -> None:
    words = Words(preset=preset)
    for word, meaning in preset.words.items():
        assert words.meaning(word) is meaning
        assert words.meaning(word.upper().replace("_", " ")) is meaning
    for word in preset.silent:
        assert words.meaning(word) is Meaning.SILENT
    assert not set(preset.silent) & set(preset.words)
    assert preset.source
    for platform in preset.platforms:
        assert preset_of(platform) is preset


def test_the_settings_come_before_what_is_known() -> None:
    words = Words(printing=("busy",), paused=("Attention",), preset=preset_of("prusalink"))
    assert words.meaning("busy") is Meaning.PRINTING
    assert words.meaning("attention") is Meaning.PAUSED
    assert words.meaning("finished") is Meaning.ENDED
    assert words.meaning("complete") is KNOWN_WORDS["complete"]
    assert words.meaning("gibberish") is Meaning.UNKNOWN
    assert preset_of("mqtt") is OTHER
    assert preset_of("tplink", is_power=True).key == "power"


@given(st.text(max_size=10))
def test_any_word_means_one_thing(word: str) -> None:
    meaning = Words(["Drucken"], ["Pause"]).meaning(word)
    if word in ("", "unknown", "unavailable"):
        assert meaning is Meaning.SILENT
    assert meaning in Meaning


@pytest.mark.parametrize(("platform", "key"), [("octoprint", "status"), ("prusalink", "printer_state")])
def test_the_words_are_those_of_the_integrations_in_home_assistant_itself(platform: str, key: str) -> None:
    texts = Path(components.__file__).parent / platform / "strings.json"
    if not texts.exists():
        texts = texts.parent / "translations" / "en.json"
    states = json.loads(texts.read_text())["entity"]["sensor"][key]["state"]
    preset = preset_of(platform)
    assert set(states) <= {*preset.words, *preset.silent}


def test_the_table_in_the_docs_is_made_from_the_presets() -> None:
    script = Path(__file__).parents[2] / "scripts" / "printer-table"
    made = subprocess.run([sys.executable, script, "--check"], check=False)
    assert made.returncode == 0, "run scripts/printer-table in the environment of Home Assistant"
