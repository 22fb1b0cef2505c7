"""Keep drawn pictures on disk, so that all fits share them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import cv2

from . import scenes
from .pictures import Picture, without_mess

BEFORE_PHOTOGRAPHS = 0.35
"""Share of the drawings that have a piece of a photograph for a background."""


def drawings(
    cache: Path, count: int, photographs: Sequence[Picture], workers: int = 2
) -> list[tuple[Path, Path]]:
    """Return that many drawn pictures with their masks, every other one a failure; draws what is missing.

    Pieces of the photographs without mess serve as backgrounds, for good prints and bad ones alike.
    """
    folder = cache / f"drawn-{_version()}"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [number for number in range(count) if not _paths(folder, number)[1].exists()]
    if missing:
        print(f"Drawing {len(missing)} pictures …", flush=True)
        with ProcessPoolExecutor(workers) as pool:
            for done, _ in enumerate(pool.map(partial(_draw, folder, photographs), missing, chunksize=10), 1):
                if done % 200 == 0:
                    print(f"  {done} of {len(missing)}", flush=True)
    return [_paths(folder, number) for number in range(count)]


def _version() -> str:
    """Return what changes when the code that draws does."""
    folder = Path(scenes.__file__).parent
    sources = b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))
    return hashlib.sha256(sources).hexdigest()[:12]


def _paths(folder: Path, number: int) -> tuple[Path, Path]:
    return folder / f"{number:05}.jpg", folder / f"{number:05}.png"


def _draw(folder: Path, photographs: Sequence[Picture], number: int) -> None:
    cv2.setNumThreads(1)
    chance = random.Random(f"backdrop {number}")
    backdrop = None
    if photographs and chance.random() < BEFORE_PHOTOGRAPHS:
        backdrop = without_mess(chance.choice(photographs), chance)
    drawn = scenes.draw(str(number), failed=number % 2 == 0, backdrop=backdrop)
    image, mask = _paths(folder, number)
    cv2.imwrite(str(image), cv2.cvtColor(drawn.image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 92])
    cv2.imwrite(str(mask), drawn.mess)
