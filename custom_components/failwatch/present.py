"""What a watch's state says of the print now: what was seen before is not shown as if it still were so."""

from typing import Final

from .engine.judging.verdict import Level
from .engine.watch.state import Look, Phase, WatchState

STILL_HOLDS: Final = 60.0
"""Seconds by which a look may be older than the watching: one that took long begins before what it ends."""


def present_look(state: WatchState) -> Look | None:
    """Return the last look while it tells how the print looks; None without a print, blind or on hold.

    A print that is paused goes on looking as it did: whoever comes to see why it was finds the numbers.
    """
    look = state.look
    if state.phase is Phase.PAUSED:
        return look
    if look is None or state.phase is not Phase.WATCHING or state.holds:
        return None
    # After a pause or a restart the watching begins with a look that may be hours old.
    return look if look.at >= state.since - STILL_HOLDS else None


def present_level(state: WatchState) -> Level:
    """Return the level that stands for the print; none until it is known that the print still runs."""
    return Level.NONE if state.phase is Phase.IDLE else state.level
