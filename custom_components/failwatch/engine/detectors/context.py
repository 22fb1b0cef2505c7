"""What a host provides to its detectors."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ..errors import BadSetting
from .single_use_pictures import Published

if TYPE_CHECKING:
    import aiohttp

Publisher: TypeAlias = Callable[[bytes], AbstractContextManager[Published]]
"""Gives a JPEG a single-use address that the detection service can fetch, for as long as it is open."""


@dataclass(frozen=True, slots=True)
class DetectorContext:
    """What a host lends to its detectors.

    `session` is what services are asked over; the built-in detector does without. `data_dir` is where a detector may keep files of its own. `publish` is needed by `ml_api` alone:
    it is that of the host's `SingleUsePictures`.
    """

    session: aiohttp.ClientSession | None = None
    data_dir: Path | None = None
    publish: Publisher | None = None

    def network(self) -> aiohttp.ClientSession:
        """Return the session to ask a service over; raises BadSetting where none is lent."""
        if self.session is None:
            raise BadSetting("A detection service is asked over the network, and nothing here lends it.")
        return self.session
