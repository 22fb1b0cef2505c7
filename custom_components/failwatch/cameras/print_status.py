"""What an entity says about a print: whether it runs, rests or is over."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, callback

from ..const import CONF_JOB_ENTITY, CONF_PAUSED_STATES, CONF_PRINTING_STATES, CONF_STATUS_ENTITY
from ..engine.watch.state import Phase
from ..engine.watch.watch import Watch


class Printing(StrEnum):
    """What the printer does."""

    RUNS = "runs"
    RESTS = "rests"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class PrintingStates:
    """The states that mean "printing" and "paused"; every other known state means "over"."""

    printing: Collection[str]
    paused: Collection[str] = field(default_factory=tuple)

    def meaning(self, state: str | None) -> Printing | None:
        """Return what a state means, None where nothing is known and nothing must be done."""
        if state is None or state in (STATE_UNKNOWN, STATE_UNAVAILABLE, ""):
            return None
        if state in self.printing:
            return Printing.RUNS
        return Printing.RESTS if state in self.paused else Printing.OVER


@callback
def async_follow(hass: HomeAssistant, settings: Mapping[str, Any], watch: Watch) -> None:
    """Tell a watch what the entities in a subentry's settings say of the print, if they say anything."""
    states = PrintingStates(settings[CONF_PRINTING_STATES], settings.get(CONF_PAUSED_STATES, ()))
    state = hass.states.get(settings[CONF_STATUS_ENTITY])
    if state is None:
        return
    job = hass.states.get(settings[CONF_JOB_ENTITY]) if settings.get(CONF_JOB_ENTITY) else None
    name = job.state if job is not None and states.meaning(job.state) is not None else ""
    follow(watch, states.meaning(state.state), state=state.state, name=name)


def follow(watch: Watch, printing: Printing | None, *, state: str, name: str) -> None:
    """Tell the watch what became of the print; an empty name is one that is not known."""
    if printing is Printing.OVER:
        watch.end(state)
    elif printing is not None:
        known, idle = watch.state.print_id, watch.state.phase is Phase.IDLE
        another = name and watch.state.print_name and name != watch.state.print_name
        if known is None or (idle and another):
            watch.start(uuid.uuid4().hex, name)
        elif idle:
            watch.start(known)
        if printing is Printing.RESTS:
            watch.pause()
        else:
            watch.resume()
