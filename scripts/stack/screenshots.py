"""Takes the pictures that the documentation shows, while a print fails and after it was paused."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page

from environments import REPOSITORY

from .browser import open_browser, open_home_assistant, open_octoprint
from .workshop import Plan, Workshop, open_workshop

PICTURES = REPOSITORY / "docs" / "pictures"
SPEED = 10.0
TAB = "a[href='#tab_plugin_failwatch']"
SETTLE_SECONDS = 3.0


def main() -> int:
    """Take all of them; returns the exit code."""
    asyncio.run(_take_all())
    return 0


async def _take_all() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    plan = Plan(clock_speed=SPEED)
    with tempfile.TemporaryDirectory(prefix="failwatch-pictures-", ignore_cleanup_errors=True) as folder:
        async with open_workshop(Path(folder), plan, print) as workshop, open_browser() as browser:
            wide = await _tab(browser, workshop)
            narrow = await _tab(browser, workshop, width=390, height=600, phone=True)
            await workshop.start_print("bracket.gcode")
            await workshop.until_paused()
            await asyncio.sleep(SETTLE_SECONDS)
            for page in (wide, narrow):
                await page.add_style_tag(content=".ui-pnotify { display: none }")
            await _save(wide, "octoprint-tab")
            await _save(narrow, "octoprint-tab-phone")
            device = await workshop.home_assistant.device_page()
            page = await open_home_assistant(browser, workshop.home_assistant.url, device, height=1000)
            await asyncio.sleep(2 * SETTLE_SECONDS)
            await _save(page, "home-assistant-device")


async def _tab(
    browser: Browser, workshop: Workshop, *, width: int = 1180, height: int = 900, phone: bool = False
) -> Page:
    page = await open_octoprint(browser, workshop.octoprint.url, width=width, height=height, phone=phone)
    await page.click(TAB)
    return page


async def _save(page: Page, name: str) -> None:
    await page.screenshot(path=PICTURES / f"{name}.png")
    print(f"{name}.png", flush=True)
