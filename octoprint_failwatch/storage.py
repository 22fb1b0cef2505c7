"""Small JSON files in the plugin's data folder that survive a crash at any moment."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

_LOGGER = logging.getLogger(__name__)


def read_json(path: Path) -> Any:
    """Return a file's content, None if there is none or it cannot be read."""
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        _LOGGER.warning("%s cannot be read and is left aside: %s", path.name, error)
        return None


def write_json(path: Path, content: Any) -> None:
    """Replace a file in one step: a reader, and the next start, see the old content or the new.

    A full or broken disk is logged: a print is watched all the same.
    """
    new = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new.open("w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        _LOGGER.warning("%s cannot be stored: %s", path.name, error)
