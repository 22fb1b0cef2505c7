"""Compare a host's history of the running print with the reference."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path

from octoprint_failwatch.engine.history import History

from .bearing import statistics_are_right
from .world import World


async def recorded_is_right(folder: Path, world: World) -> bool:
    """Return whether every picture of the one print in a folder's history was counted as it should."""
    return await asyncio.to_thread(_is_right, folder, world)


def _is_right(folder: Path, world: World) -> bool:
    (file,) = folder.glob("*history.db")
    history = History(file)
    try:
        (running_print,) = history.prints()
        frames = list(history.frames(running_print.print_id))
    finally:
        history.close()
    looks = [{"p": frame.look.p, **asdict(frame.look.statistics)} for frame in frames]
    return bool(looks) and statistics_are_right(looks, world.answered)
