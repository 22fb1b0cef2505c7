"""The parsers that the environment can import: Home Assistant's own, or all others."""

from importlib.util import find_spec

if find_spec("homeassistant") is None:
    from .parsers import PARSERS
else:
    from .link import PARSERS

__all__ = ["PARSERS"]
