"""The tokens that a server accepts."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..engine.errors import BadSetting, NotAuthorised


@dataclass(frozen=True, slots=True)
class Owner:
    """The holder of a token. `number` is its place among the server's tokens, from 1.

    `key` tells owners apart over restarts: a printer_id is unique only within one owner's system.
    """

    number: int
    key: str


class Tokens:
    """The accepted tokens; only their digests are stored."""

    def __init__(self, tokens: Iterable[str]) -> None:
        """Accept these."""
        digests = [_digest(token.encode()) for token in dict.fromkeys(tokens)]
        self._owners = {
            digest: Owner(number, digest.hex()[:16]) for number, digest in enumerate(digests, start=1)
        }

    def owner(self, authorization: str | None, scheme: str = "Token") -> Owner:
        """Return the owner of the token in an `Authorization` header; raises NotAuthorised."""
        given_scheme, _, token = (authorization or "").strip().partition(" ")
        digest = _digest(token.strip().encode(errors="surrogateescape"))
        # A look-up by digest leaks nothing about tokens through its timing.
        owner = self._owners.get(digest)
        if owner is None or given_scheme.lower() != scheme.lower():
            raise NotAuthorised("Invalid or Inactive Token")
        return owner


def read_tokens(file: Path) -> list[str]:
    """Return the tokens in a file, one a line; empty lines and those that begin with # are left out."""
    try:
        text = file.read_text(encoding="utf-8-sig")  # some editors begin a file with a mark
    except UnicodeDecodeError as error:
        raise BadSetting(f"{file} is no text: {error}.") from error
    lines = [line.strip() for line in text.splitlines()]
    tokens = [line for line in lines if line and not line.startswith("#")]
    if not tokens:
        raise BadSetting(f"There is no token in {file}.")
    return tokens


def checked(tokens: Iterable[str]) -> tuple[str, ...]:
    """Return the tokens if every one of them can stand in a header; raises BadSetting."""
    tokens = tuple(tokens)
    for token in tokens:
        if not token.isascii() or not token.isprintable() or not token or " " in token:
            raise BadSetting("A token is made of letters, digits and signs, without spaces.")
    return tokens


def own_token(file: Path) -> str:
    """Return the server's own token, made now or at an earlier start."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Write to a temporary file and rename it, so that a full disk leaves no empty file for the next start.
        beside = file.with_suffix(".new")
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                out.write(f"{secrets.token_urlsafe(24)}\n")
            beside.replace(file)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise BadSetting(f"{file} cannot be written: {error.strerror}.") from error
    return read_tokens(file)[0]


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()
