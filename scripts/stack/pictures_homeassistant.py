"""The pictures of Home Assistant's pages in the documentation."""

import asyncio

import yaml  # type: ignore[import-untyped]
from playwright.async_api import Browser

from environments import REPOSITORY

from .album import Album
from .browser import open_home_assistant
from .homeassistant import HomeAssistant

DASHBOARD = REPOSITORY / "docs" / "dashboard.yaml"
PLACEHOLDER = "octoprint"
SETTLE_SECONDS = 6.0


async def take_device(album: Album, browser: Browser, home_assistant: HomeAssistant) -> None:
    """Take the device's page."""
    page = await open_home_assistant(
        browser, home_assistant.url, await home_assistant.device_page(), height=1000
    )
    await asyncio.sleep(SETTLE_SECONDS)
    await album.take("home-assistant-device", page)


async def take_dashboard(album: Album, browser: Browser, home_assistant: HomeAssistant) -> None:
    """Take the documentation's dashboard, pasted as a user does."""
    state = (await home_assistant.entities())["failure_state"]
    printer = state.partition(".")[2].removesuffix("_failure_state")
    config = yaml.safe_load(DASHBOARD.read_text().replace(f".{PLACEHOLDER}_", f".{printer}_"))
    place = {"url_path": "watched-printer", "title": "Printer", "icon": "mdi:printer-3d"}
    await home_assistant.command("lovelace/dashboards/create", **place, mode="storage", show_in_sidebar=True)
    await home_assistant.command("lovelace/config/save", url_path=place["url_path"], config=config)
    address = f"{home_assistant.url}/{place['url_path']}"
    page = await open_home_assistant(browser, home_assistant.url, address, height=960)
    await asyncio.sleep(SETTLE_SECONDS)
    await album.take("home-assistant-dashboard", page)
