"""Apprise's addresses of the services that have a form: written from its fields, and read back.

A server that sends on elsewhere gets no token there: addresses of one's own servers say redirect=no.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlencode, urlsplit

from ..engine.errors import BadSetting

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Server:
    """Where a service of one's own runs."""

    is_secure: bool
    host: str
    port: int | None
    path: str = ""

    @classmethod
    def of(cls, text: str, *, path_allowed: bool = False) -> Server:
        """Read what was typed; raises BadSetting."""
        wrong = BadSetting("Enter the server's address with http:// or https://, such as https://ntfy.sh")
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise wrong from None
        host, path = parts.hostname or "", parts.path.rstrip("/")
        is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
        fits = parts.scheme in ("http", "https") and re.fullmatch(r"[a-z0-9_.-]+|[0-9a-f:]+", host)
        if not fits or not is_plain or (path and not path_allowed) or not re.fullmatch(r"[\w./~-]*", path):
            raise wrong
        usual = 443 if parts.scheme == "https" else 80
        return cls(parts.scheme == "https", host, None if port == usual else port, path)

    @classmethod
    def within(cls, parts: SplitResult, path: str = "") -> Server:
        """Read it from an address of Apprise."""
        return cls(parts.scheme.endswith("s"), parts.hostname or "", parts.port, path)

    @property
    def place(self) -> str:
        """Host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"http{'s' if self.is_secure else ''}://{self.place}{self.path}"


@dataclass(frozen=True, slots=True)
class Notation:
    """How a service's addresses are written from the fields of its form, and read back.

    `write` raises BadSetting where a field cannot be; `read` may raise anything of an address written otherwise.
    """

    schemes: tuple[str, ...]
    write: Callable[[Values], str]
    read: Callable[[SplitResult], dict[str, str]]


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _query(**values: str) -> str:
    filled = {key: text for key, text in values.items() if text}
    return f"?{urlencode(filled, quote_via=quote, safe='')}" if filled else ""


def _asked(parts: SplitResult, key: str) -> str:
    return parse_qs(parts.query, keep_blank_values=True).get(key, [""])[0]


def _steps(parts: SplitResult) -> list[str]:
    return [unquote(step) for step in parts.path.split("/") if step]


def _several(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _write_ntfy(values: Values) -> str:
    server = Server.of(values["server"])
    if not re.fullmatch(r"[\w-]{1,64}", values["topic"], re.ASCII):
        raise BadSetting("A topic has letters, digits, - and _ only.")
    auth = {"auth": "token", "token": values["token"]} if values["token"] else {}
    scheme = "ntfys" if server.is_secure else "ntfy"
    return f"{scheme}://{server.place}/{values['topic']}{_query(mode='private', redirect='no', **auth)}"


def _read_ntfy(parts: SplitResult) -> dict[str, str]:
    (topic,) = _steps(parts)
    return {"server": str(Server.within(parts)), "topic": topic, "token": _asked(parts, "token")}


def _write_telegram(values: Values) -> str:
    if not re.fullmatch(r"\d+:[\w-]+", values["token"], re.ASCII):
        raise BadSetting("This is not a bot's token: it looks like 123456:ABC-DEF.")
    chat = f"/{_quoted(values['chat'])}" if values["chat"] else ""
    return f"tgram://{values['token']}{chat}/"


def _read_telegram(parts: SplitResult) -> dict[str, str]:
    chat = "".join(_steps(parts)[:1])
    return {"token": parts.netloc, "chat": chat}


def _write_discord(values: Values) -> str:
    found = re.fullmatch(
        r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/(\d+)/([\w-]+)/?", values["webhook"], re.ASCII
    )
    if found is None:
        raise BadSetting("This is not a Discord webhook: it begins with https://discord.com/api/webhooks/")
    return f"discord://{found[1]}/{found[2]}/"


def _read_discord(parts: SplitResult) -> dict[str, str]:
    return {"webhook": f"https://discord.com/api/webhooks/{parts.netloc}/{_steps(parts)[0]}"}


def _write_pushover(values: Values) -> str:
    for key in ("user", "token"):
        if not re.fullmatch(r"[A-Za-z0-9]{30}", values[key]):
            raise BadSetting("Pushover's keys have 30 letters and digits.")
    return f"pover://{values['user']}@{values['token']}/"


def _read_pushover(parts: SplitResult) -> dict[str, str]:
    user, _, token = parts.netloc.partition("@")
    return {"user": user, "token": token}


def _write_gotify(values: Values) -> str:
    server = Server.of(values["server"], path_allowed=True)
    scheme = "gotifys" if server.is_secure else "gotify"
    return f"{scheme}://{server.place}{server.path}/{_quoted(values['token'])}{_query(redirect='no')}"


def _read_gotify(parts: SplitResult) -> dict[str, str]:
    path, _, token = parts.path.rpartition("/")
    return {"server": str(Server.within(parts, path)), "token": unquote(token)}


MAIL_PORTS = {"starttls": 587, "ssl": 465, "insecure": 25}


def _write_email(values: Values) -> str:
    host, mode = values["server"], values["security"]
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", host):
        raise BadSetting("Enter the name of the outgoing mail server, such as smtp.example.com")
    port = values["port"] or str(MAIL_PORTS[mode])
    if not (port.isdecimal() and 0 < int(port) < 65536):
        raise BadSetting("A port is a number from 1 to 65535.")
    addresses = [values["sender"], *_several(values["to"])]
    if not all(_is_mail_address(one) for one in addresses):
        raise BadSetting("Enter e-mail addresses such as you@example.com, with commas between them.")
    scheme = "mailto" if mode == "insecure" else "mailtos"
    login = {"user": values["user"], "pass": values["password"]}
    to = ",".join(_several(values["to"]))
    rest = _query(smtp=host, mode=mode, **login, **{"from": values["sender"], "to": to})
    return f"{scheme}://{host}:{int(port)}/{rest}"


def _is_mail_address(text: str) -> bool:
    """Return whether Apprise sends to it: those that it does not understand it leaves out, and says nothing."""
    from apprise.utils.parse import is_email

    found = is_email(text)
    return bool(found) and found["full_email"] == text


def _read_email(parts: SplitResult) -> dict[str, str]:
    mode = _asked(parts, "mode")
    return {
        "server": _asked(parts, "smtp"),
        "port": "" if parts.port == MAIL_PORTS[mode] else str(parts.port),
        "security": mode,
        "user": _asked(parts, "user"),
        "password": _asked(parts, "pass"),
        "sender": _asked(parts, "from"),
        "to": _asked(parts, "to"),
    }


def _write_slack(values: Values) -> str:
    found = re.fullmatch(
        r"https://hooks\.slack\.com/services/([A-Z0-9]+)/([A-Z0-9]+)/([A-Za-z0-9]+)/?", values["webhook"]
    )
    if found is None:
        raise BadSetting("This is not a Slack webhook: it begins with https://hooks.slack.com/services/")
    return f"slack://{found[1]}/{found[2]}/{found[3]}/"


def _read_slack(parts: SplitResult) -> dict[str, str]:
    channel, token = _steps(parts)
    return {"webhook": f"https://hooks.slack.com/services/{parts.netloc}/{channel}/{token}"}


def _write_matrix(values: Values) -> str:
    server = Server.of(values["server"])
    if not re.fullmatch(r"[!#][^\s/,]+", values["room"]):
        raise BadSetting("A room is written as #name:server or !id:server.")
    scheme = "matrixs" if server.is_secure else "matrix"
    query = _query(token=values["token"], redirect="no")
    return f"{scheme}://{server.place}/{_quoted(values['room'])}{query}"


def _read_matrix(parts: SplitResult) -> dict[str, str]:
    (room,) = _steps(parts)
    return {"server": str(Server.within(parts)), "token": _asked(parts, "token"), "room": room}


def _write_signal(values: Values) -> str:
    server = Server.of(values["server"])
    numbers = [values["sender"], *_several(values["to"])]
    if not all(re.fullmatch(r"\+\d{5,15}", number) for number in numbers):
        raise BadSetting("Phone numbers are written as +491701234567, with commas between them.")
    scheme = "signals" if server.is_secure else "signal"
    return f"{scheme}://{server.place}/{'/'.join(numbers)}/{_query(redirect='no')}"


def _read_signal(parts: SplitResult) -> dict[str, str]:
    sender, *to = _steps(parts)
    return {"server": str(Server.within(parts)), "sender": sender, "to": ",".join(to)}


def _write_home_assistant(values: Values) -> str:
    server = Server.of(values["server"])
    # Apprise finds the token among the parts of an address by this shape.
    if not re.fullmatch(r"[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}", values["token"], re.ASCII):
        raise BadSetting("This is not an access token of Home Assistant.")
    target = values["target"].removeprefix("notify.")
    if target and not re.fullmatch(r"\w+", target, re.ASCII):
        raise BadSetting("A notify action is written as notify.mobile_app_phone.")
    scheme = "hassios" if server.is_secure else "hassio"
    # Without a port, Apprise would take Home Assistant's own.
    port = "" if server.port is not None else ":443" if server.is_secure else ":80"
    return f"{scheme}://{server.place}{port}/{values['token']}/{target}{_query(redirect='no')}"


def _read_home_assistant(parts: SplitResult) -> dict[str, str]:
    token, *target = _steps(parts)
    server = Server.of(f"http{'s' if parts.scheme == 'hassios' else ''}://{parts.netloc}")
    return {"server": str(server), "token": token, "target": "".join(target)}


NOTATIONS: Mapping[str, Notation] = {
    "ntfy": Notation(("ntfy", "ntfys"), _write_ntfy, _read_ntfy),
    "telegram": Notation(("tgram",), _write_telegram, _read_telegram),
    "discord": Notation(("discord",), _write_discord, _read_discord),
    "pushover": Notation(("pover",), _write_pushover, _read_pushover),
    "gotify": Notation(("gotify", "gotifys"), _write_gotify, _read_gotify),
    "email": Notation(("mailto", "mailtos"), _write_email, _read_email),
    "slack": Notation(("slack",), _write_slack, _read_slack),
    "matrix": Notation(("matrix", "matrixs"), _write_matrix, _read_matrix),
    "signal": Notation(("signal", "signals"), _write_signal, _read_signal),
    "home_assistant": Notation(("hassio", "hassios"), _write_home_assistant, _read_home_assistant),
}
"""By the kind of service."""
