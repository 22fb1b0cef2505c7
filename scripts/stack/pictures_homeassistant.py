"""The pictures of Home Assistant's pages in the documentation."""

import asyncio
from typing import Any

import yaml  # type: ignore[import-untyped]
from playwright.async_api import Browser

from environments import REPOSITORY

from .album import Album
from .browser import open_home_assistant
from .homeassistant import HomeAssistant
from .processes import ProgramError

CARD_DASHBOARD = REPOSITORY / "docs" / "dashboard.yaml"
STOCK_DASHBOARD = REPOSITORY / "docs" / "dashboard-stock-cards.yaml"
DEVICE_PLACEHOLDER = "YOUR_PRINTERS_DEVICE_ID"
ENTITY_PLACEHOLDER = "octoprint"
SETTLE_SECONDS = 6.0


async def take_device(album: Album, browser: Browser, home_assistant: HomeAssistant) -> None:
    """Take the device's page."""
    page = await open_home_assistant(
        browser, home_assistant.url, await home_assistant.device_page(), height=1000
    )
    await asyncio.sleep(SETTLE_SECONDS)
    await album.take("home-assistant-device", page)


async def take_dashboard(album: Album, browser: Browser, home_assistant: HomeAssistant) -> None:
    """Take the documentation's dashboard of stock cards, pasted as a user does."""
    state = (await home_assistant.entities())["failure_state"]
    printer = state.partition(".")[2].removesuffix("_failure_state")
    config = yaml.safe_load(STOCK_DASHBOARD.read_text().replace(f".{ENTITY_PLACEHOLDER}_", f".{printer}_"))
    address = await _paste(home_assistant, "watched-printer", config)
    page = await open_home_assistant(browser, home_assistant.url, address, height=960)
    await asyncio.sleep(SETTLE_SECONDS)
    await album.take("home-assistant-dashboard", page)


async def take_card(album: Album, browser: Browser, home_assistant: HomeAssistant) -> None:
    """Take the card: light and dark, on a phone, with a past print, and with regions being drawn."""
    device = (await home_assistant.device_page()).rpartition("/")[2]
    config = yaml.safe_load(CARD_DASHBOARD.read_text().replace(DEVICE_PLACEHOLDER, device))
    address = await _paste(home_assistant, "printer-card", config)
    page = await open_home_assistant(browser, home_assistant.url, address, width=560, height=1400)
    card = page.locator("failwatch-card ha-card").first
    await asyncio.sleep(SETTLE_SECONDS)
    await album.take("card", card)
    await page.emulate_media(color_scheme="dark")
    await asyncio.sleep(SETTLE_SECONDS)
    await album.take("card-dark", card)
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": 360, "height": 1080})
    await asyncio.sleep(SETTLE_SECONDS)
    await album.take("card-phone", page)
    await page.set_viewport_size({"width": 800, "height": 1240})
    await card.locator("[data-open=past]").click()
    await page.locator("failwatch-past-prints .print").first.click()
    await asyncio.sleep(SETTLE_SECONDS)
    await album.take("card-past-print", page.locator("failwatch-past-prints dialog"))
    await page.keyboard.press("Escape")
    await card.locator("[data-open=regions]").click()
    area = page.locator("failwatch-regions .area")
    await asyncio.sleep(SETTLE_SECONDS)
    box = await area.bounding_box()
    if box is None:
        raise ProgramError("The card shows no picture to draw on.")
    for x, y in ((0.05, 0.1), (0.3, 0.1), (0.3, 0.45), (0.1, 0.5)):
        await area.click(position={"x": x * box["width"], "y": y * box["height"]})
    await asyncio.sleep(SETTLE_SECONDS / 6)
    await album.take("card-regions", page.locator("failwatch-regions dialog"))


async def _paste(home_assistant: HomeAssistant, url_path: str, config: dict[str, Any]) -> str:
    """Make a dashboard, and return its address."""
    place = {"url_path": url_path, "title": "Printer", "icon": "mdi:printer-3d"}
    await home_assistant.command("lovelace/dashboards/create", **place, mode="storage", show_in_sidebar=True)
    await home_assistant.command("lovelace/config/save", url_path=url_path, config=config)
    return f"{home_assistant.url}/{url_path}"
