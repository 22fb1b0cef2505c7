"""Decide from what a printer's entities say whether a print starts, rests, goes on or is over.

Nothing is done here: `follow` takes what is known and what the entities say now, and returns what is known
then, what the watch has to be told, and when to look at the entities again. Entities of printers blip: they say
`offline`, `idle` or `unavailable` for a moment in the middle of a print. So whatever would end a print has to
last, and the same job is the same print, also over a restart.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN

from ..const import NO_STATUS
from ..engine.monitor import Monitor
from .printers import OTHER, Meaning, Preset, normalized, preset_meaning

SILENT_STATES: Final = frozenset({STATE_UNKNOWN, STATE_UNAVAILABLE, ""})
"""States that say nothing of the print: the printer, or the way to it, is away."""

START_TOLERANCE: Final = 120.0  # seconds
PROGRESS_TOLERANCE: Final = 5.0  # percent points
HOLD_PREPARING: Final = "preparing"
HOLD_ENDING: Final = "ending"
HOLD_SILENT: Final = NO_STATUS
HOLDS: Final = (HOLD_PREPARING, HOLD_ENDING, HOLD_SILENT)
ENDED_SILENT: Final = NO_STATUS
"""The outcome of a print whose printer said nothing any more, as after a power cut."""
ENDED_OTHER_JOB: Final = "another_print"
ENDED_OFF: Final = "off"
"""The outcome of a print that is no longer watched."""
UNSEEN_ENDS: Final = (ENDED_SILENT, ENDED_OFF)
"""Outcomes of prints whose end nobody has seen."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of a printing entity mean: those in its settings first, then those of its integration."""

    printing: Collection[str] = ()
    paused: Collection[str] = ()
    preparing: Collection[str] = ()
    ended: Collection[str] = ()
    preset: Preset = OTHER

    def meaning(self, word: str | None) -> Meaning:
        """Return what a word means: SILENT where it says nothing, UNKNOWN where nobody said what it means."""
        if word is None or word in SILENT_STATES:
            return Meaning.SILENT
        for words, meaning in (
            (self.printing, Meaning.PRINTING),
            (self.paused, Meaning.PAUSED),
            (self.preparing, Meaning.PREPARING),
            (self.ended, Meaning.ENDED),
        ):
            if normalized(word) in map(normalized, words):
                return meaning
        return preset_meaning(self.preset, word)

    @property
    def tell_pauses(self) -> bool:
        """Whether the entity says that a print is paused; one of no known integration only by its settings."""
        return bool(self.paused) or (
            self.preset is not OTHER and Meaning.PAUSED in self.preset.words.values()
        )


@dataclass(frozen=True, slots=True)
class Job:
    """What tells one print from another: the job's name, its progress in percent, and when it started."""

    name: str = ""
    progress: float | None = None
    started_at: float | None = None

    def has_same_start(self, other: Job) -> bool:
        """Return whether both started at the same moment, as far as that is known."""
        if self.started_at is None or other.started_at is None:
            return False
        return abs(self.started_at - other.started_at) <= START_TOLERANCE

    def continues(self, before: Job) -> bool:
        """Return whether this surely is the job that was seen before."""
        if self.has_same_start(before):
            return True
        if not self.name or self.name != before.name or self.progress is None or before.progress is None:
            return False
        return self.progress >= before.progress - PROGRESS_TOLERANCE

    def differs(self, before: Job, gap_since: float | None) -> bool:
        """Return whether this surely is another job than the one before, last seen when a gap began."""
        if self.has_same_start(before):
            return False
        if self.name and before.name and self.name != before.name:
            return True
        if (
            self.progress is not None
            and before.progress is not None
            and self.progress < before.progress - PROGRESS_TOLERANCE
        ):
            return True
        # Start times that are computed from the time spent printing move with every pause, but not past the
        # moment at which the job was last seen.
        return (
            gap_since is not None
            and self.started_at is not None
            and before.started_at is not None
            and self.started_at > gap_since + START_TOLERANCE
        )

    def updated(self, now: Job) -> Job:
        """Return the job with what is known now; what is not keeps its last value."""
        return Job(
            now.name or self.name,
            self.progress if now.progress is None else now.progress,
            self.started_at if now.started_at is None else now.started_at,
        )


class Doubt(StrEnum):
    """What has been said but has to last before it counts."""

    STARTING = "starting"
    ENDING = "ending"
    OTHER_JOB = "other_job"


@dataclass(frozen=True, slots=True)
class PrintStatus:
    """What is known of the print, with times of the watch's clock."""

    print_id: str | None = None
    job: Job = field(default_factory=Job)
    meaning: Meaning | None = None
    """What the watch was told last; None before it was told anything since the start."""
    silent_since: float | None = None
    gap_since: float | None = None
    """Since when the print was not surely running, None while it surely does."""
    doubt: Doubt | None = None
    doubt_since: float = 0.0
    silence_told: bool = False
    """Whether people were told that the printer says nothing, and are to be told that it is back."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the entities say at one moment."""

    meaning: Meaning
    word: str
    job: Job = field(default_factory=Job)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds that news must last (`settling`), that a job's name may need to follow (`naming`), after which a
    print that nothing is heard of is no longer looked at (`silence`), and after which it is over (`power_cut`).
    """

    settling: float = 30.0
    naming: float = 0.0
    silence: float = 600.0
    power_cut: float = 12 * 3600.0


class Order(StrEnum):
    """What the watch has to be told."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"
    HOLD = "hold"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to tell the watch, with a print's id, an outcome or a reason; and the name of a new print."""

    order: Order
    detail: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """What is known after a reading, what to tell the watch, and when to read again if nothing changes."""

    status: PrintStatus
    commands: tuple[Command, ...] = ()
    again_at: float | None = None


def follow(status: PrintStatus, reading: Reading, now: float, times: Times, new_id: str) -> Followed:
    """Take what the entities say at a time; `new_id` is for a print that begins now."""
    if reading.meaning is Meaning.SILENT:
        return _silent(status, now, times)
    if reading.meaning in (Meaning.ENDED, Meaning.UNKNOWN):
        return _ending(replace(status, silent_since=None), reading.word, now, times)
    return _running(status, reading, now, times, new_id)


def _silent(status: PrintStatus, now: float, times: Times) -> Followed:
    """Follow a print while nothing is heard. It goes on until it is sure that it cannot; what was about to end it still does."""
    if status.doubt is Doubt.ENDING and status.print_id is not None:
        if now >= status.doubt_since + times.settling:
            return Followed(PrintStatus(), (Command(Order.END, "ended"),))
        return Followed(status, again_at=status.doubt_since + times.settling)
    if status.print_id is None:
        return Followed(replace(status, doubt=None, silent_since=None))
    since = now if status.silent_since is None else status.silent_since
    status = replace(status, silent_since=since, gap_since=_earlier(status.gap_since, since), doubt=None)
    if now >= since + times.power_cut:
        return Followed(PrintStatus(), (Command(Order.END, ENDED_SILENT),))
    if now >= since + times.silence:
        return Followed(status, (Command(Order.HOLD, HOLD_SILENT),), since + times.power_cut)
    return Followed(status, again_at=min(since + times.silence, since + times.power_cut))


def _earlier(known: float | None, now: float) -> float:
    return now if known is None else known


def _ending(status: PrintStatus, word: str, now: float, times: Times) -> Followed:
    """Follow a print once a word says that none runs: that has to last."""
    if status.print_id is None:
        return Followed(PrintStatus(meaning=Meaning.ENDED))
    if status.doubt is not Doubt.ENDING:
        gap_since = _earlier(status.gap_since, now)
        status = replace(status, gap_since=gap_since, doubt=Doubt.ENDING, doubt_since=now)
    due = status.doubt_since + times.settling
    if now < due:
        return Followed(status, (Command(Order.HOLD, HOLD_ENDING),), due)
    return Followed(PrintStatus(meaning=Meaning.ENDED), (Command(Order.END, word),))


def _running(status: PrintStatus, reading: Reading, now: float, times: Times, new_id: str) -> Followed:
    """Follow a print that runs, rests or is being prepared."""
    if status.print_id is None:
        return _begin(status, reading, now, times, new_id)
    if (
        status.silent_since is not None
        and now >= status.silent_since + times.power_cut
        and not reading.job.continues(status.job)
    ):
        return _another(status, reading, ENDED_SILENT, new_id)
    if reading.job.differs(status.job, status.gap_since):
        if status.doubt is not Doubt.OTHER_JOB:
            since = status.doubt_since if status.doubt is Doubt.ENDING else now
            status = replace(status, doubt=Doubt.OTHER_JOB, doubt_since=since)
        due = status.doubt_since + times.settling
        if now >= due:
            return _another(status, reading, ENDED_OTHER_JOB, new_id)
        return replace(_tell_running(status, reading), again_at=due)
    return _tell_running(
        replace(status, doubt=None, gap_since=None, job=status.job.updated(reading.job)), reading
    )


def _begin(status: PrintStatus, reading: Reading, now: float, times: Times, new_id: str) -> Followed:
    """Begin a print once its name has had time to come; what is only being prepared is none yet."""
    if reading.meaning is Meaning.PREPARING:
        return Followed(replace(status, doubt=None, meaning=Meaning.PREPARING))
    if status.doubt is not Doubt.STARTING:
        status = replace(status, doubt=Doubt.STARTING, doubt_since=now)
    due = status.doubt_since + times.naming
    if now < due:
        return Followed(status, again_at=due)
    return _tell_running(PrintStatus(new_id, reading.job), reading)


def _another(status: PrintStatus, reading: Reading, outcome: str, new_id: str) -> Followed:
    end = Command(Order.END, outcome)
    if reading.meaning is Meaning.PREPARING:
        return Followed(PrintStatus(meaning=Meaning.PREPARING), (end,))
    begun = _tell_running(PrintStatus(new_id, reading.job), reading)
    return replace(begun, commands=(end, *begun.commands))


def _tell_running(status: PrintStatus, reading: Reading) -> Followed:
    """Tell the watch of a print that runs or rests. Told twice it changes nothing."""
    assert status.print_id is not None
    commands: list[Command] = []
    if status.meaning is None:
        commands.append(Command(Order.START, status.print_id, status.job.name))
    if reading.meaning is Meaning.PREPARING:
        commands.append(Command(Order.HOLD, HOLD_PREPARING))
        kept = HOLD_PREPARING
    else:
        commands.append(Command(Order.PAUSE if reading.meaning is Meaning.PAUSED else Order.RESUME))
        kept = ""
    commands += [Command(Order.RELEASE, hold) for hold in HOLDS if hold != kept]
    return Followed(replace(status, meaning=reading.meaning, silent_since=None), tuple(commands))


def tell(monitor: Monitor, commands: Iterable[Command]) -> None:
    """Tell a monitor what became of the print."""
    for command in commands:
        match command.order:
            case Order.START:
                monitor.start(command.detail, command.name)
            case Order.PAUSE:
                monitor.pause()
            case Order.RESUME:
                monitor.resume()
            case Order.END:
                monitor.end(command.detail)
            case Order.HOLD:
                monitor.hold(command.detail)
            case Order.RELEASE:
                monitor.release(command.detail)
