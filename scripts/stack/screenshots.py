"""Takes the pictures that the documentation shows, while a print fails and after it was paused."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from environments import REPOSITORY

from . import pictures_homeassistant as of_home_assistant
from . import pictures_octoprint as of_octoprint
from .album import Album
from .browser import open_browser
from .workshop import LAYERS, Plan, open_workshop

PICTURES = REPOSITORY / "docs" / "pictures"
SPEED = 5.0
FAILS_LATE = ("--follow", "print", "--layers", str(LAYERS), "--fails-at", str(LAYERS * 7 // 10))


def main() -> int:
    """Take all of them, or those that are named; returns the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description=__doc__)
    parser.add_argument(
        "names", nargs="*", help="pictures to take, without .png or .webp; all if none is named"
    )
    PICTURES.mkdir(parents=True, exist_ok=True)
    asyncio.run(_take(Album(PICTURES, frozenset(parser.parse_args().names))))
    return 0


async def _take(album: Album) -> None:
    with tempfile.TemporaryDirectory(prefix="failwatch-pictures-", ignore_cleanup_errors=True) as folder:
        async with (
            open_workshop(Path(folder), Plan(clock_speed=SPEED, camera=FAILS_LATE), print) as workshop,
            open_browser() as browser,
        ):
            octoprint, home_assistant = workshop.octoprint, workshop.home_assistant
            await of_octoprint.take_wizard(album, browser, workshop)
            tab = await of_octoprint.open_tab(browser, octoprint)
            await workshop.start_print("bracket.gcode")
            await of_octoprint.film_print(album, tab, workshop.until_paused())
            if album.wanted == {of_octoprint.FILM}:
                return
            await of_octoprint.take_tab(album, "octoprint-tab", tab)
            await of_octoprint.take_viewer(album, browser, octoprint)
            await of_octoprint.take_anonymous(album, browser, octoprint)
            await of_home_assistant.take_device(album, browser, home_assistant)
            await of_home_assistant.take_dashboard(album, browser, home_assistant)
            await of_home_assistant.take_card(album, browser, home_assistant)
            await octoprint.job("cancel")
            await of_octoprint.take_past_print(album, tab)
            await of_octoprint.take_settings(album, tab)
