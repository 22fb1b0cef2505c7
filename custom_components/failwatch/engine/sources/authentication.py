"""Log in to cameras with Basic (RFC 7617) and Digest (RFC 7616 and 2617)."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from .address import Login

ALGORITHMS = {"SHA-512-256": "sha512_256", "SHA-256": "sha256", "MD5": "md5"}
"""The strongest first."""
_PART = re.compile(
    r"""(?P<key>[\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s,]*))"""
    r"""|(?P<scheme>[A-Za-z][\w-]*)"""
)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a camera asks for."""

    scheme: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def algorithm(self) -> str:
        """The hash's name, without `-sess`."""
        return (self.values.get("algorithm") or "MD5").upper().removesuffix("-SESS")

    @property
    def is_stale(self) -> bool:
        """Whether the log-in was right, and only the nonce had run out."""
        return self.values.get("stale", "").lower() == "true"


def challenges(headers: Iterable[str]) -> list[Challenge]:
    """Return the challenges of all WWW-Authenticate headers; one header may hold several."""
    found: list[Challenge] = []
    for header in headers:
        for part in _PART.finditer(header):
            if part["scheme"]:
                found.append(Challenge(part["scheme"].lower()))
            elif found:
                quoted = part["quoted"]
                value = part["plain"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
                found[-1].values.setdefault(part["key"].lower(), value)
    return found


def basic(login: Login) -> str:
    """Return the header's value for Basic."""
    return "Basic " + base64.b64encode(f"{login.user}:{login.password}".encode()).decode()


class Authenticator:
    """Answers a camera's challenge and reuses it, since repeated refusals may lock the user out."""

    def __init__(self, login: Login) -> None:
        """Start without a challenge."""
        self._login = login
        self._challenge: Challenge | None = None
        self._count = 0
        self._is_accepted = self._is_single_use = False

    @property
    def is_stale(self) -> bool:
        """Whether the last refusal was only of a nonce that had run out."""
        return self._challenge is not None and self._challenge.is_stale

    def begin(self) -> None:
        """Prepare for a look: what the camera has refused, or takes only once, is not sent unasked."""
        if self._is_single_use or not self._is_accepted:
            self._challenge = None

    def header(self, method: str, target: str) -> str | None:
        """Return the Authorization header's value, None before a challenge."""
        if self._challenge is None:
            return None
        if self._challenge.scheme == "digest":
            self._count += 1
            return digest(self._challenge, self._login, method, target, self._count)
        return basic(self._login)

    def challenge(self, headers: Iterable[str]) -> bool:
        """Take a refusal; return whether another try may succeed.

        Digest comes before Basic, the stronger hash before the weaker. A camera that refuses without a
        challenge gets Basic.
        """
        before, self._challenge = self._challenge, _best(challenges(headers))
        # A nonce that was good once and is refused now may be used once only. One that ran out is told as stale.
        self._is_single_use |= self._count > 1 and not self._challenge.is_stale
        self._count, self._is_accepted = 0, False
        if before is None or before.scheme != self._challenge.scheme:
            return True
        if before.scheme == "basic":
            return False
        return before.values.get("nonce") != self._challenge.values.get("nonce")

    def accepted(self, information: str) -> None:
        """Take an answer, with its Authentication-Info header, which may name the next nonce (RFC 7616, 3.5)."""
        self._is_accepted = True
        values = next(iter(challenges([f"Digest {information}"]))).values
        if self._challenge is not None and values.get("nextnonce"):
            self._challenge = replace(
                self._challenge, values={**self._challenge.values, "nonce": values["nextnonce"]}
            )
            self._count, self._is_single_use = 0, False

    def use_basic(self) -> bool:
        """Send the log-in unasked from now on; return whether that is another try."""
        before, self._challenge = self._challenge, Challenge("basic")
        return before is None


def digest(challenge: Challenge, login: Login, method: str, target: str, count: int) -> str:
    """Return the header's value for Digest (RFC 7616, 3.4)."""
    values = challenge.values
    realm, nonce = values.get("realm", ""), values.get("nonce", "")
    hashed = _hash(challenge.algorithm)
    user, password = login.user, login.password
    secret = hashed(f"{user}:{realm}:{password}")
    client = secrets.token_hex(8)
    named = values.get("algorithm", "")
    if named.lower().endswith("-sess"):
        secret = hashed(f"{secret}:{nonce}:{client}")
    offered = [quality.strip().lower() for quality in values.get("qop", "").split(",") if quality.strip()]
    quality = next((one for one in ("auth", "auth-int") if one in offered), "")
    asked = f"{method}:{target}" + (f":{hashed('')}" if quality == "auth-int" else "")
    fields = {"username": user, "realm": realm, "nonce": nonce, "uri": target}
    if values.get("userhash", "").lower() == "true":
        fields["username"] = hashed(f"{user}:{realm}")
    if quality:
        number = f"{count:08x}"
        response = hashed(f"{secret}:{nonce}:{number}:{client}:{quality}:{hashed(asked)}")
        plain = {"qop": quality, "nc": number}
        fields["cnonce"] = client
    else:  # RFC 2069
        response, plain = hashed(f"{secret}:{nonce}:{hashed(asked)}"), {}
        if named.lower().endswith("-sess"):
            fields["cnonce"] = client
    fields["response"] = response
    if "opaque" in values:
        fields["opaque"] = values["opaque"]
    if named:
        plain["algorithm"] = named
    if values.get("userhash"):
        plain["userhash"] = values["userhash"]
    quoted = [f'{key}="{_escaped(value)}"' for key, value in fields.items()]
    return "Digest " + ", ".join(quoted + [f"{key}={value}" for key, value in plain.items()])


def _best(offered: list[Challenge]) -> Challenge:
    known = [
        (list(ALGORITHMS).index(challenge.algorithm), index)
        for index, challenge in enumerate(offered)
        if challenge.scheme == "digest" and challenge.algorithm in ALGORITHMS
    ]
    return offered[min(known)[1]] if known else Challenge("basic")


def _hash(algorithm: str) -> Callable[[str], str]:
    name = ALGORITHMS[algorithm]
    return lambda text: hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
