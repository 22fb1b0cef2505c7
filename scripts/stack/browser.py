"""A real browser, logged in to OctoPrint or Home Assistant as a person would."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from playwright.async_api import Browser, Page, async_playwright

from . import homeassistant, octoprint

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed() -> str | None:
    """Return the path of an installed Chromium or Chrome, None if there is none."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """Start the installed browser, or the one that Playwright has fetched."""
    async with async_playwright() as playwright:
        # Root, as in a container, cannot have Chromium's sandbox; only loopback pages are opened.
        browser = await playwright.chromium.launch(executable_path=installed(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


async def open_octoprint(
    browser: Browser,
    url: str,
    *,
    user: str = octoprint.USER,
    width: int = 1280,
    height: int = 900,
) -> Page:
    """Return OctoPrint's page after logging in; every user has the same password."""
    context = await browser.new_context(viewport={"width": width, "height": height})
    page = await context.new_page()
    await page.goto(url)
    await page.fill("#login-user", user)
    await page.fill("#login-password", octoprint.PASSWORD)
    await page.click("#login-button")
    await page.wait_for_selector("#page-container-main", state="visible", timeout=60_000)
    return page


async def open_home_assistant(
    browser: Browser,
    url: str,
    path: str,
    *,
    width: int = 1280,
    height: int = 900,
    language: str = "en",
    colours: Literal["light", "dark"] = "light",
) -> Page:
    """Return a page of Home Assistant after logging in."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale=language, color_scheme=colours
    )
    page = await context.new_page()
    await page.goto(url)
    await page.fill("input[name=username]", homeassistant.USER)
    await page.fill("input[name=password]", homeassistant.PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("home-assistant-main", state="attached", timeout=60_000)
    await page.goto(path)
    return page
