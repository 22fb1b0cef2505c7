"""FailWatch in the network, so that Home Assistant finds it."""

from __future__ import annotations

import logging
import threading
from typing import Any

from .version import __version__

_LOGGER = logging.getLogger(__name__)
SERVICE = "_failwatch._tcp"


def announce(plugins: Any, uuid: str, path: str) -> None:
    """Announce this installation by OctoPrint's discovery plugin, if it is there; returns at once."""
    helpers = plugins.get_helpers("discovery", "zeroconf_register")
    if not helpers or "zeroconf_register" not in helpers:
        _LOGGER.info("OctoPrint's discovery is off: FailWatch cannot be found in the network by itself")
        return
    record = {"uuid": uuid, "path": path, "version": __version__}
    # Registering waits for the network.
    threading.Thread(
        target=helpers["zeroconf_register"],
        args=(SERVICE,),
        kwargs={"txt_record": record},
        name="failwatch-discovery",
        daemon=True,
    ).start()
