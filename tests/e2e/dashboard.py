"""A dashboard of Home Assistant with FailWatch's card, and what a person reads and presses on it."""

import re
from dataclasses import dataclass

from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.e2e.house import House

PLACE = "all-printers"


@dataclass
class Dashboard:
    """A dashboard with the card, and pages of one visitor that show it."""

    house: House
    signed_in: BrowserContext

    @property
    def url(self) -> str:
        return f"{self.house.home_assistant.url}/{PLACE}/0"

    async def save(self, *cards: dict[str, object]) -> None:
        """Put these cards, and no others, on the dashboard."""
        view = {"title": "Printers", "type": "sections", "sections": [{"type": "grid", "cards": list(cards)}]}
        await self.house.home_assistant.command(
            "lovelace/config/save", url_path=PLACE, config={"views": [view]}
        )

    async def show_card(self, **config: object) -> None:
        await self.save({"type": "custom:failwatch-card", "device_id": self.house.printer, **config})

    async def open(self, *, query: str = "") -> Page:
        page = await self.signed_in.new_page()
        await page.goto(self.url + query)
        return page


def card_of(page: Page) -> Locator:
    return page.locator("failwatch-card").first


async def says(page: Page, words: str | re.Pattern[str]) -> None:
    """Wait for the level, and what is told beside it."""
    await expect(card_of(page).locator(".level").first).to_have_text(words)


def answer(page: Page, order: str) -> Locator:
    return card_of(page).locator(f"ha-button[data-order={order}]")


async def offered(page: Page) -> list[str]:
    buttons = await card_of(page).locator("ha-button[data-order]").all()
    return [str(await button.get_attribute("data-order")) for button in buttons]
