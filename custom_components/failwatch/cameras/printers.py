"""Presets: what the entities of each printer integration say, and which of them tell and do what.

The words are those of the integrations' own sources, named in `source`. A preset is found by the integration
that an entity belongs to; every word of every preset is understood of any entity that has no words of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Meaning(StrEnum):
    """What a printer does, as far as a word of its printing entity tells."""

    PRINTING = "printing"
    PAUSED = "paused"
    PREPARING = "preparing"
    """A print may be on, but nothing is laid down: heating, calibrating, about to pause, changing filament."""
    ENDED = "ended"
    SILENT = "silent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One printer integration. Keys are how its entities' unique ids begin or end, without regard to case."""

    key: str
    name: str
    platforms: tuple[str, ...] = ()
    """The integrations' domains in Home Assistant."""
    words: Mapping[str, Meaning] = field(default_factory=dict)
    silent: tuple[str, ...] = ()
    """Words for a printer that is away."""
    status: tuple[str, ...] = ()
    job: tuple[str, ...] = ()
    progress: tuple[str, ...] = ()
    started: tuple[str, ...] = ()
    pause: tuple[str, ...] = ()
    resume: tuple[str, ...] = ()
    cancel: tuple[str, ...] = ()
    settling: float = 30.0
    source: str = ""


def _words(printing: str = "", paused: str = "", preparing: str = "", ended: str = "") -> dict[str, Meaning]:
    return {
        word: meaning
        for words, meaning in (
            (printing, Meaning.PRINTING),
            (paused, Meaning.PAUSED),
            (preparing, Meaning.PREPARING),
            (ended, Meaning.ENDED),
        )
        for word in words.split()
    }


OTHER: Final = Preset(
    key="other",
    name="Other",
    words=_words(
        printing="on printing print running in_progress",
        paused="paused pause",
        preparing=(
            "pausing resuming busy attention preparing prepare preheating heating calibrating leveling bed_leveling "
            "homing cleaning changing_filament filament_change loading unloading downloading checking slicing"
        ),
        ended=(
            "off idle ready standby operational finished finish complete completed done cancelled canceled "
            "cancelling aborted stopped failed error"
        ),
    ),
    silent=("offline",),
    job=("filename", "file_name", "job_name", "current_file", "print_name", "task_name"),
    progress=("progress", "percentage", "completion"),
    started=("start_time", "print_start", "started_at"),
    pause=("pause", "pause_print", "pause_job"),
    resume=("resume", "resume_print", "resume_job"),
    cancel=("cancel", "cancel_print", "cancel_job", "stop", "stop_print", "stop_job"),
    source="words that many integrations and templates use",
)

POWER: Final = Preset(
    key="power",
    name="Smart plug by power",
    settling=300.0,
    source="the power that the plug measures; a heated bed switches on and off, so an end must last longer",
)

PRESETS: Final[tuple[Preset, ...]] = (
    Preset(
        key="bambu_lab",
        name="Bambu Lab (ha-bambulab)",
        platforms=("bambu_lab",),
        words=_words(
            printing="running", paused="pause", preparing="prepare slicing init", ended="finish failed idle"
        ),
        silent=("offline", "unknown"),
        status=("_print_status",),
        job=("_subtask_name", "_gcode_file", "_gcode_filename"),
        progress=("_print_progress",),
        started=("_start_time",),
        pause=("_pause",),
        resume=("_resume",),
        cancel=("_stop",),
        source="greghesp/ha-bambulab: `GCODE_STATE_OPTIONS`, the options of the sensor *Print status*",
    ),
    Preset(
        key="moonraker",
        name="Klipper (Moonraker)",
        platforms=("moonraker",),
        words=_words(printing="printing", paused="paused", ended="standby complete cancelled error"),
        status=("_print_state",),
        job=("_filename",),
        progress=("_progress",),
        pause=("_pause_print", "_pause"),
        resume=("_resume_print", "_resume"),
        cancel=("_cancel_print", "_cancel"),
        source=(
            "marcolivierarsenault/moonraker-home-assistant: `PRINTSTATES`, the options of the sensor "
            "*Current Print State*, which are Klipper's `print_stats.state`"
        ),
    ),
    Preset(
        key="prusalink",
        name="PrusaLink",
        platforms=("prusalink",),
        words=_words(
            printing="printing",
            paused="paused",
            preparing="busy attention",
            ended="idle ready finished stopped error",
        ),
        status=("_printer.state",),
        job=("_job.filename",),
        progress=("_job.progress",),
        started=("_job.start",),
        pause=("_job.pause_job",),
        resume=("_job.resume_job",),
        cancel=("_printer.cancel_job",),
        source="Home Assistant's own integration: the options of the printer's sensor, PrusaLink's printer states",
    ),
    Preset(
        key="octoprint",
        name="OctoPrint (Home Assistant's own integration)",
        platforms=("octoprint",),
        words=_words(
            printing="printing printing_sd starting starting_sd finishing on",
            paused="paused",
            preparing="pausing resuming printing_streaming starting_streaming transferring_file",
            ended="operational cancelling error off",
        ),
        silent=("offline", "offline_after_error", "open_serial", "detect_serial", "connecting"),
        status=("Current State-",),
        job=("Current File-",),
        progress=("Job Percentage-",),
        started=("Start Time-",),
        pause=("Pause Job-",),
        resume=("Resume Job-",),
        cancel=("Stop Job-",),
        source="Home Assistant's own integration: the options of the sensor *Current State*, OctoPrint's states",
    ),
    Preset(
        key="creality",
        name="Creality (ha_creality_ws)",
        platforms=("ha_creality_ws",),
        words=_words(
            printing="printing",
            paused="paused",
            preparing="self_testing processing",
            ended="idle completed stopped error",
        ),
        silent=("off", "unknown"),
        status=("print_status",),
        job=("print_file_name", "file_name"),
        progress=("print_progress",),
        pause=("pause_print",),
        resume=("resume_print",),
        cancel=("stop_print",),
        source="3dg1luk43/ha_creality_ws: `PRINT_STATES`, what the sensor *Print status* can say",
    ),
    Preset(
        key="anycubic",
        name="Anycubic (hass-anycubic_cloud)",
        platforms=("anycubic_cloud",),
        words=_words(
            printing="printing",
            paused="paused",
            preparing="preheating downloading checking slicing",
            ended="finished complete failed cancelled",
        ),
        silent=("unknown",),
        status=("print_state",),
        job=("current_project_name",),
        progress=("current_project_progress",),
        started=("current_project_created_timestamp",),
        pause=("pause_print",),
        resume=("resume_print",),
        cancel=("cancel_print",),
        source="WaresWichall/hass-anycubic_cloud: `print_status` of the project, the sensor *Print State*",
    ),
    POWER,
    OTHER,
)

BY_PLATFORM: Final[Mapping[str, Preset]] = {
    platform: preset for preset in PRESETS for platform in preset.platforms
}

KNOWN_WORDS: Final[Mapping[str, Meaning]] = {
    word: meaning for preset in PRESETS for word, meaning in preset.words.items()
} | dict(OTHER.words)
"""What a word means where neither the settings nor the entity's integration say otherwise."""


def preset_of(platform: str | None, *, is_power: bool = False) -> Preset:
    """Return the preset for an entity of an integration; one that measures power tells a plug's."""
    if preset := BY_PLATFORM.get(platform or ""):
        return preset
    return POWER if is_power else OTHER


def preset_meaning(preset: Preset, word: str) -> Meaning:
    """Return what a word means, by the entity's own integration before the others."""
    word = normalized(word)
    if word in preset.words:
        return preset.words[word]
    if word in preset.silent or word in OTHER.silent:
        return Meaning.SILENT
    return KNOWN_WORDS.get(word, Meaning.UNKNOWN)


def normalized(word: str) -> str:
    """Return a state's word as the presets write it."""
    return word.strip().lower().replace(" ", "_").replace("-", "_")
