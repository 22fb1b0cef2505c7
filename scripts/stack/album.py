"""Where the documentation's pictures lie."""

from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page


@dataclass(frozen=True)
class Album:
    """A folder of pictures; those that are not asked for are left as they are."""

    folder: Path
    wanted: frozenset[str]

    async def take(self, name: str, what: Page | Locator) -> None:
        """Take a page's, or a part's, picture."""
        if self.wanted and name not in self.wanted:
            return
        await what.screenshot(path=self.folder / f"{name}.png")
        print(f"{name}.png", flush=True)
