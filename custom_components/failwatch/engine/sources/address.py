"""Parse a camera's address as people type it: with or without a log-in, quoted or not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urljoin

from ..errors import BadSetting

PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"(?i)^([a-z][a-z0-9+.-]*)://")
_STRAY_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_LEGAL = "!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\""
"""What a target may keep as it was typed: a camera may compare it letter by letter."""


@dataclass(frozen=True, slots=True)
class Login:
    """A user's name and password."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Address:
    """Where to send a request, without the log-in."""

    scheme: str
    host: str
    port: int
    target: str = field(repr=False)

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port, to which alone a log-in is sent."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """The value of the Host header (RFC 9112, 3.2)."""
        name = self.host.partition("%")[0]
        host = f"[{name}]" if ":" in name else name
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def resolve(self, location: str) -> tuple[Address, Login | None]:
        """Return the target of a redirect and the log-in in it; raises BadSetting."""
        here = f"{self.scheme}://{self.authority}{self.target}"
        return parse(urljoin(here, location.strip()))


def parse(text: str) -> tuple[Address, Login | None]:
    """Return an http(s) address and the log-in in it; raises BadSetting."""
    text = re.sub(r"[\t\r\n]", "", text).strip()
    scheme, _, rest = _split_scheme(text)
    if scheme not in PORTS:
        raise BadSetting("The camera's address must look like http://printer.local/snapshot.jpg.")
    login, rest = _split_login(rest)
    end = re.search(r"[/?#\\]", rest)
    authority, target = (rest[: end.start()], rest[end.start() :]) if end else (rest, "/")
    host, port = _split_port(authority, PORTS[scheme])
    target = target.partition("#")[0].replace("\\", "/")
    if not target.startswith("/"):
        target = f"/{target}"
    return Address(scheme, host, port, quote(target, safe=_LEGAL)), login


def with_quoted_login(text: str, login: Login | None = None) -> str:
    """Return an address of any scheme with a log-in that every library reads alike: quoted."""
    scheme, separator, rest = _split_scheme(text.strip())
    typed, rest = _split_login(rest)
    known = login or typed
    user = f"{quote(known.user, safe='')}:{quote(known.password, safe='')}@" if known else ""
    return f"{scheme}{separator}{user}{rest}"


def host_of(text: str) -> str:
    """Return the host of an address of any scheme, which is all of it that may be shown."""
    rest = _split_login(_split_scheme(text.strip())[2])[1]
    return re.split(r"[/?#\\]", rest, maxsplit=1)[0]


def _split_scheme(text: str) -> tuple[str, str, str]:
    found = _SCHEME.match(text)
    return (found[1].lower(), "://", text[found.end() :]) if found else ("http", "", text)


def _split_login(rest: str) -> tuple[Login | None, str]:
    """Return the log-in in front of a host, and what follows it.

    A password may hold `@`, and even `/`, `?` and `#`, without being quoted.
    """
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    if "@" in authority:
        typed, _, _ = authority.rpartition("@")
    elif _has_bad_port(authority) and "@" in rest:
        typed = rest[: rest.index("@")]
    else:
        return None, rest
    user, _, password = typed.partition(":")
    return Login(_unquoted(user), _unquoted(password)), rest[len(typed) + 1 :]


def _has_bad_port(authority: str) -> bool:
    name, colon, port = authority.rpartition(":")
    return bool(colon) and not name.startswith("[") and not port.isdecimal() and port != ""


def _unquoted(text: str) -> str:
    return unquote(_STRAY_PERCENT.sub("%25", text))


def _split_port(authority: str, usual: int) -> tuple[str, int]:
    found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+(?:%(?:25)?[\w.-]+)?\]|[^\s:\[\]]+):?(\d{0,5})", authority)
    port = int(found[2] or usual) if found else 0
    host = _host(found[1].strip("[]")) if found and 0 < port < 65536 else ""
    if not host:
        raise BadSetting("The camera's address must look like http://printer.local/snapshot.jpg.")
    return host, port


def _host(name: str) -> str:
    """Return the name as the network knows it, "" if it cannot be one."""
    name = unquote(name).lower()
    try:
        known = name if ":" in name else name.encode("idna").decode()
    except ValueError:
        return ""
    return known if re.fullmatch(r"(?a:[\w.~-]+|[0-9a-f:.]+(?:%[\w.~-]+)?)", known) else ""
