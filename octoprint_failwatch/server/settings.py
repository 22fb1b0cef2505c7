"""How a server runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from yarl import URL


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """How a server runs.

    `rate_limit` is in requests a minute for each token, None for no limit. `keep_pictures` is for how
    many seconds a tagged picture can be fetched. `public_url` is where clients reach the server, if
    that is not where they say they do; `behind_proxy` believes a reverse proxy about it instead.
    `obico` is where a self-hosted Obico serves its pictures: with it the server is also its ml_api.
    `model` is the folder of a model to use instead of the built-in one. `workers` is how many pictures
    are looked at at once. `database` is a PostgreSQL to keep everything in, instead of files in
    `data_dir`. `forget_after` is for how many seconds a printer may not be seen before
    only its lifetime is kept. `connections` is how many connections may be open at once, and
    `connections_per_address` how many of them from one address.
    """

    data_dir: Path
    tokens: tuple[str, ...] = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8383
    rate_limit: int | None = None
    keep_pictures: float = 3600.0
    max_picture: int = 10 * 2**20
    public_url: URL | None = None
    behind_proxy: bool = False
    obico: URL | None = None
    model: Path | None = None
    workers: int = 1
    database: str | None = field(default=None, repr=False)
    forget_after: float = 365 * 86400.0
    connections: int = 4096
    connections_per_address: int = 128
