"""A real browser that is logged in to OctoPrint or Home Assistant."""

import json
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from yarl import URL

from . import homeassistant, octoprint
from .processes import START_SECONDS, ProgramError

NAMES = (
    "chromium-headless-shell",  # draws the same pages for half the processor time
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
ARGUMENTS = (
    # Root, as in a container, cannot have Chromium's sandbox; only loopback pages are opened.
    "--no-sandbox",
    # Without windows it would move letters to whole pixels.
    "--font-render-hinting=none",
)


def installed() -> str | None:
    """Return the path of an installed browser that draws as Chrome does, None if there is none."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """Start the installed browser, or the one that Playwright has fetched."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=installed(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


async def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Return a visitor of its own, whose pages wait for a slow machine as long as programs are waited for."""
    context = await browser.new_context(**options)
    context.set_default_timeout(START_SECONDS * 1000)
    return context


async def new_page(browser: Browser, **options: Any) -> Page:
    """Return a page of a visitor of its own."""
    return await (await new_context(browser, **options)).new_page()


async def log_in_to_octoprint(page: Page, url: str, user: str) -> None:
    """Fill in the log-in page; every user has the same password."""
    await page.goto(url)
    await page.fill("#login-user", user)
    await page.fill("#login-password", octoprint.PASSWORD)
    await page.click("#login-button")
    await page.wait_for_selector("#page-container-main", state="visible")


async def open_octoprint(
    browser: Browser,
    url: str,
    *,
    user: str = octoprint.USER,
    width: int = 1280,
    height: int = 900,
) -> Page:
    """Return OctoPrint's page as a user sees it who is logged in."""
    page = await new_page(browser, viewport={"width": width, "height": height})
    await log_context_in_to_octoprint(page.context, url, user)
    await page.goto(url)
    await page.wait_for_selector("#page-container-main", state="visible")
    return page


async def log_context_in_to_octoprint(context: BrowserContext, url: str, user: str = octoprint.USER) -> None:
    """Log all pages of a context in, without the log-in page and the spinner after it: both are costly to draw."""
    address = URL(url).origin()
    # Fetching the log-in page is what hands out the cookie that forged requests lack.
    await context.request.get(f"{address}/login/", timeout=START_SECONDS * 1000)
    cookies = await context.cookies(str(address))
    token = next(cookie["value"] for cookie in cookies if cookie["name"].startswith("csrf_token"))
    answer = await context.request.post(
        f"{address}/api/login",
        data={"user": user, "pass": octoprint.PASSWORD, "remember": False},
        headers={"X-CSRF-Token": token},
        timeout=START_SECONDS * 1000,
    )
    if not answer.ok:
        raise ProgramError(f"OctoPrint refused the user {user}: {answer.status}")


async def log_context_in_to_home_assistant(
    context: BrowserContext, url: str, user: str = homeassistant.USER
) -> None:
    """Log all pages of a context in, without the log-in page: with what follows it, it costs most of a visit."""
    address = f"{URL(url).origin()}/"
    flow = {"client_id": address, "redirect_uri": address, "handler": ["homeassistant", None]}
    form = await _post(context, f"{address}auth/login_flow", data=flow)
    login = {"client_id": address, "username": user, "password": homeassistant.PASSWORD}
    code = (await _post(context, f"{address}auth/login_flow/{form['flow_id']}", data=login))["result"]
    wanted = {"client_id": address, "grant_type": "authorization_code", "code": code}
    tokens = await _post(context, f"{address}auth/token", form=wanted)
    # What the page of Home Assistant would keep; it renews the token before that.
    ends = round((time.time() + tokens["expires_in"]) * 1000)
    kept = {**tokens, "hassUrl": address.rstrip("/"), "clientId": address, "expires": ends}
    keep = f"localStorage.hassTokens ||= {json.dumps(json.dumps(kept))}"
    await context.add_init_script(f"if (location.href.startsWith({json.dumps(address)})) {keep}")


async def _post(context: BrowserContext, address: str, **body: Any) -> dict[str, Any]:
    answer = await context.request.post(address, timeout=START_SECONDS * 1000, **body)
    if not answer.ok:
        raise ProgramError(f"{address} was refused: {answer.status}")
    return dict(await answer.json())


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
    page = await new_page(
        browser, viewport={"width": width, "height": height}, locale=language, color_scheme=colours
    )
    await log_context_in_to_home_assistant(page.context, url)
    await page.goto(path)
    return page
