"""Keeps drawn pictures on disk, so that they are drawn once for any number of fits."""

from __future__ import annotations

import hashlib
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import cv2

from . import scenes


def drawings(cache: Path, count: int, workers: int = 2) -> list[tuple[Path, Path]]:
    """Return that many drawn pictures with their masks, every other one a failure; draws what is missing."""
    folder = cache / f"drawn-{_version()}"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [number for number in range(count) if not _paths(folder, number)[1].exists()]
    if missing:
        print(f"Drawing {len(missing)} pictures …", flush=True)
        with ProcessPoolExecutor(workers) as pool:
            for done, _ in enumerate(pool.map(partial(_draw, folder), missing, chunksize=10), 1):
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


def _draw(folder: Path, number: int) -> None:
    cv2.setNumThreads(1)
    drawn = scenes.draw(str(number), failed=number % 2 == 0)
    image, mask = _paths(folder, number)
    cv2.imwrite(str(image), cv2.cvtColor(drawn.image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 92])
    cv2.imwrite(str(mask), drawn.mess)
