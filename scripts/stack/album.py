"""Where the documentation's pictures lie."""

import asyncio
import io
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.async_api import FloatRect, Locator, Page

FILM_FRAMES = 24
FRAME_MILLISECONDS, LAST_FRAME_MILLISECONDS = 450, 4000


@dataclass(frozen=True)
class Album:
    """A folder of pictures; those that are not asked for are left as they are."""

    folder: Path
    wanted: frozenset[str]

    def wants(self, name: str) -> bool:
        """Return whether a picture is to be taken."""
        return not self.wanted or name in self.wanted

    async def take(self, name: str, what: Page | Locator) -> None:
        """Take a page's, or a part's, picture."""
        if self.wants(name):
            await what.screenshot(path=self.folder / f"{name}.png")
            print(f"{name}.png", flush=True)

    async def film(
        self, name: str, page: Page, part: FloatRect, happens: Awaitable[None], *, settles: float
    ) -> None:
        """Wait for something, and make a short film of a part of the page while it happens."""
        ending = asyncio.ensure_future(happens)
        if not self.wants(name):
            await ending
            return
        shots = []
        while not ending.done():
            shots.append(await page.screenshot(clip=part))
            await asyncio.wait({ending}, timeout=0.5)
        await ending
        await asyncio.sleep(settles)
        shots.append(await page.screenshot(clip=part))
        every = max(1, len(shots) // FILM_FRAMES)
        frames = [_opened(shot) for shot in (*shots[:-1:every], shots[-1])]
        durations = [FRAME_MILLISECONDS] * (len(frames) - 1) + [LAST_FRAME_MILLISECONDS]
        path = self.folder / f"{name}.webp"
        frames[0].save(
            path, save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=70, method=6
        )
        print(f"{path.name}: {len(frames)} pictures, {path.stat().st_size // 1024} KB", flush=True)


def _opened(png: bytes) -> Image.Image:
    with Image.open(io.BytesIO(png)) as image:
        return image.convert("RGB")
