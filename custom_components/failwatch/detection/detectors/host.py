"""What a host lends to its detectors."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import aiohttp

from .once import Published

Publisher: TypeAlias = Callable[[bytes], AbstractContextManager[Published]]
"""Gives a JPEG a single-use address that the detection service can fetch, for as long as it is open."""


@dataclass(frozen=True, slots=True)
class DetectorHost:
    """What a host lends to its detectors.

    `data_dir` is where a detector may keep files of its own. `publish` is needed by `ml_api` alone:
    it is that of the host's `SingleUsePictures`.
    """

    session: aiohttp.ClientSession
    data_dir: Path | None = None
    publish: Publisher | None = None
