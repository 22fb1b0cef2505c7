"""The pictures of OctoPrint's pages in the documentation."""

import asyncio
import tempfile
from collections.abc import Awaitable
from pathlib import Path

from playwright.async_api import Browser, FloatRect, Locator, Page

from .album import Album
from .browser import open_octoprint
from .octoprint import PASSWORD, USER, OctoPrint
from .processes import free_port
from .workshop import Workshop

FILM = "print-fails"
FILM_HEIGHT, FILM_MARGIN = 680, 12
TAB = "#tab_plugin_failwatch"
SETTLE_SECONDS = 3.0
REGION = ((0.02, 0.02), (0.36, 0.02), (0.36, 0.2), (0.02, 0.2))
"""Corners of the ignored region, as shares of the picture's width and height."""
GUEST = {"name": "guest", "password": PASSWORD, "active": True, "groups": ["readonly"], "permissions": []}


async def open_tab(
    browser: Browser,
    octoprint: OctoPrint,
    *,
    user: str = USER,
) -> Page:
    """Return FailWatch's tab."""
    page = await open_octoprint(browser, octoprint.url, user=user, width=1180, height=900)
    await page.click(f"a[href='{TAB}']")
    return page


async def film_print(album: Album, page: Page, paused: Awaitable[None]) -> None:
    """Show how a print goes well, fails and is paused."""
    await page.add_style_tag(content=".ui-pnotify { display: none !important }")
    tab = page.locator(TAB)
    await tab.evaluate("tab => tab.scrollIntoView()")
    await tab.locator(".failwatch-p", has_text=".").wait_for(timeout=120_000)
    box = await tab.bounding_box()
    if box is None:
        raise RuntimeError("The tab is not shown.")
    part = FloatRect(
        x=box["x"] - FILM_MARGIN, y=box["y"], width=box["width"] + 2 * FILM_MARGIN, height=FILM_HEIGHT
    )
    await album.film(FILM, page, part, paused, settles=SETTLE_SECONDS)
    await page.evaluate("scrollTo(0, 0)")


async def take_tab(album: Album, name: str, page: Page) -> None:
    """Take the tab without the messages that cover it."""
    await page.add_style_tag(content=".ui-pnotify { display: none !important }")
    await album.take(name, page)


async def take_viewer(album: Album, browser: Browser, octoprint: OctoPrint) -> None:
    """Take the tab of somebody who may look and no more."""
    await octoprint.post("/api/access/users", GUEST)
    page = await open_tab(browser, octoprint, user=str(GUEST["name"]))
    await asyncio.sleep(SETTLE_SECONDS)
    await take_tab(album, "octoprint-viewer", page)


async def take_anonymous(album: Album, browser: Browser, octoprint: OctoPrint) -> None:
    """Take what a visitor without an account gets."""
    page = await browser.new_page(viewport={"width": 520, "height": 360})
    await page.goto(octoprint.url)
    await page.wait_for_selector("#login-user", state="visible")
    await album.take("octoprint-anonymous", page)


async def take_past_print(album: Album, page: Page) -> None:
    """Take the last print, scrubbed to where it failed."""
    await page.set_viewport_size({"width": 1180, "height": 1600})
    await page.locator(f"{TAB} .failwatch-list button").first.click()
    await page.get_by_role("slider", name="Moment of the print").focus()
    await page.keyboard.press("End")
    await asyncio.sleep(SETTLE_SECONDS)
    await album.take("octoprint-past-print", page.locator(".failwatch-past"))


async def take_settings(album: Album, page: Page) -> None:
    """Take the settings while a region to ignore is drawn."""
    await page.set_viewport_size({"width": 1180, "height": 1000})
    await page.click("#navbar_show_settings")
    await page.click("#settings_plugin_failwatch_link a")
    await page.get_by_role("button", name="Draw regions to ignore").click()
    editor = page.get_by_role("application")
    await editor.wait_for(state="visible")
    await editor.scroll_into_view_if_needed()
    await _draw(editor)
    await page.get_by_role("button", name="Close the region").click()
    await editor.evaluate("editor => editor.scrollIntoView()")
    await asyncio.sleep(SETTLE_SECONDS)
    await album.take("octoprint-settings", page.locator("#settings_dialog"))


async def _draw(editor: Locator) -> None:
    area = await editor.bounding_box()
    if area is None:
        raise RuntimeError("The region editor is not shown.")
    for x, y in REGION:
        await editor.click(position={"x": x * area["width"], "y": y * area["height"]})


async def take_wizard(album: Album, browser: Browser, workshop: Workshop) -> None:
    """Take the wizard of a newly installed plugin, after its test."""
    if not album.wants("octoprint-wizard"):
        return
    with tempfile.TemporaryDirectory(prefix="failwatch-wizard-", ignore_cleanup_errors=True) as folder:
        octoprint = OctoPrint(
            workshop.session, Path(folder), free_port(), snapshot_url=workshop.camera.snapshot_url
        )
        octoprint.create()
        try:
            await octoprint.start()
            page = await open_octoprint(browser, octoprint.url, width=1180, height=1000)
            form = page.locator("#wizard_plugin_failwatch_form")
            await form.get_by_role("button", name="Test now").click()
            await form.locator(".failwatch-small img").wait_for(state="visible", timeout=90_000)
            await asyncio.sleep(SETTLE_SECONDS)
            await album.take("octoprint-wizard", page.locator("#wizard_dialog"))
        finally:
            await asyncio.to_thread(octoprint.program.stop)
