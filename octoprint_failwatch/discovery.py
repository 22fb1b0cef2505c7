"""Announce FailWatch in the network, so that Home Assistant finds it."""

from __future__ import annotations

import logging
import threading
from typing import Any

from .version import __version__

_LOGGER = logging.getLogger(__name__)
SERVICE = "_failwatch._tcp"


def announce(plugins: Any, uuid: str, instance: str, path: str) -> None:
    """Announce this installation by OctoPrint's discovery plugin, if it is there; returns at once.

    What was announced before is taken back.
    """
    helpers = plugins.get_helpers("discovery", "zeroconf_register", "zeroconf_unregister")
    if not helpers or "zeroconf_register" not in helpers:
        _LOGGER.info("OctoPrint's discovery is off: FailWatch cannot be found in the network by itself")
        return
    record = {"uuid": uuid, "instance": instance, "path": path, "version": __version__}

    def register() -> None:
        if "zeroconf_unregister" in helpers:
            helpers["zeroconf_unregister"](SERVICE)
        helpers["zeroconf_register"](SERVICE, txt_record=record)

    # Registering waits for the network.
    threading.Thread(target=register, name="failwatch-discovery", daemon=True).start()
