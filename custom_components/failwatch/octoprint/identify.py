"""Find out what answers at an address where OctoPrint with FailWatch should be."""

import re
from contextlib import suppress
from http import HTTPStatus

from .errors import KeyRefused, NoAppKeys, NotOctoPrint, OctoPrintError, PluginMissing
from .http import Answer, Connection

TITLE = re.compile(rb"<title[^>]*>\s*(.*?)\s*</title", re.IGNORECASE | re.DOTALL)
LONGEST_NAME = 60


async def missing_plugin(connection: Connection) -> OctoPrintError:
    """Return why nothing answers at the plugin's address: no plugin in this OctoPrint, or no OctoPrint."""
    try:
        answer = await connection.call("GET", "api/version")
        text = str(answer.json().get("text", "")) if answer.status == HTTPStatus.OK else ""
    except NotOctoPrint:
        text = ""
    if "moonraker" in text.lower():
        return NotOctoPrint("Moonraker (Klipper)")
    if text.startswith("OctoPrint"):
        return PluginMissing("The FailWatch plugin does not answer in this OctoPrint.")
    return await something_else(connection)


async def refused_key(connection: Connection) -> OctoPrintError:
    """Return whether it was OctoPrint that refused the key, or something that knows no keys."""
    probe = await connection.call("GET", "plugin/appkeys/probe", with_key=False)
    if probe.status == HTTPStatus.NO_CONTENT or await _shows_octoprint(connection):
        return KeyRefused("OctoPrint did not accept the application key.")
    return await something_else(connection)


async def no_key_request(connection: Connection) -> OctoPrintError:
    """Return why no application key can be asked for."""
    if await _shows_octoprint(connection):
        return NoAppKeys("OctoPrint hands out no application keys.")
    return await something_else(connection)


async def something_else(connection: Connection) -> NotOctoPrint:
    """Return what answers there, by its page's title and its server's name."""
    page = await _front_page(connection)
    if page is None:
        return NotOctoPrint(connection.where)
    named = TITLE.search(page.body[:65536])
    title = " ".join(named[1].decode(errors="replace").split())[:LONGEST_NAME] if named else ""
    server = page.headers.get("Server", "")[:LONGEST_NAME]
    known = [f'"{title}"'] if title else []
    known += [server] if server else []
    return NotOctoPrint(", ".join([*known, f"{connection.where}, HTTP {page.status}"]))


async def _shows_octoprint(connection: Connection) -> bool:
    page = await _front_page(connection)
    return page is not None and b"octoprint" in page.body[:262144].lower()


async def _front_page(connection: Connection) -> Answer | None:
    with suppress(OctoPrintError):
        return await connection.call("GET", "", with_key=False)
    return None
