"""Have a program's clock and look-up of names do as a file says. Python imports this at its start.

The file FAILWATCH_PROGRAM_FAULTS has JSON: `clock` is by how many seconds the system's clock is wrong,
`dns` has the ports at which no name is known.
"""

import json
import os
import socket
import time

_PATH = os.environ.get("FAILWATCH_PROGRAM_FAULTS", "")
_time, _getaddrinfo = time.time, socket.getaddrinfo


def _faults():
    try:
        with open(_PATH) as file:  # noqa: PTH123 - pathlib is a heavy import at every start
            return json.load(file)
    except (OSError, ValueError):
        return {}


def _shifted_time():
    return _time() + _faults().get("clock", 0)


def _no_name(host, port, *arguments, **options):
    if port in _faults().get("dns", ()):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return _getaddrinfo(host, port, *arguments, **options)


if _PATH:
    time.time, socket.getaddrinfo = _shifted_time, _no_name
