"""A connection to a HACARUS server that logs in, and renews a refused token."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aiohttp
from yarl import URL

from ...errors import NotAuthorised, NotPermitted
from ..http import REQUEST_TIMEOUT, Endpoint, Reply
from . import parsing

TOKEN_PATH = "/api/auth/token"  # noqa: S105 - an address

NO_PERMISSION = "no permission to view"
"""How the SDK's server says, with status 401, that an item belongs to another account."""


class Connection:
    """Logs in when first used, and again when the server refuses the token."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: URL,
        client_id: str,
        client_secret: str,
        *,
        language: str = "",
    ) -> None:
        """`url` may end with `/api` or not; `language` ("en", "ja") is that of the server's messages."""
        root = url.with_path(url.path.removesuffix("/").removesuffix("/api") or "/")
        headers = {"Accept-Language": language} if language else {}
        self._anonymous = Endpoint(session, root, headers, (client_secret,))
        self._endpoint: Endpoint | None = None
        self._login = {
            "client_id": client_id,
            "client_secret": client_secret,
            "grant_type": "client_credentials",
        }
        self._logging_in = asyncio.Lock()

    @property
    def base(self) -> URL:
        """The server's address, without `/api`."""
        return self._anonymous.base

    @property
    def where(self) -> str:
        """The server's host."""
        return self._anonymous.where

    async def login(self) -> bool:
        """Get a new token. Returns whether the answer wraps it in `data`: only the oldest dialect does."""
        reply = await self._anonymous.call("POST", TOKEN_PATH, json=self._login)
        answer = reply.json()
        token = parsing.token(answer)
        self._endpoint = replace(
            self._anonymous,
            headers={**self._anonymous.headers, "Authorization": f"Bearer {token}"},
            secrets=(*self._anonymous.secrets, token),
        )
        return "data" in answer

    async def call(
        self,
        method: str,
        path: str,
        *,
        params: list[tuple[str, str]] | None = None,
        json: Any = None,
        form: Callable[[], aiohttp.FormData] | None = None,
        timeout: float = REQUEST_TIMEOUT,
        max_answer: int | None = None,
        accept: tuple[int, ...] = (),
    ) -> Reply:
        """Return the answer to a request; `form` makes its multipart body anew for each attempt."""

        async def attempt(endpoint: Endpoint) -> Reply:
            return await endpoint.call(
                method,
                path,
                params=params,
                json=json,
                data=form() if form else None,
                timeout=timeout,
                max_answer=max_answer,
                accept=accept,
            )

        if self._endpoint is None:
            await self._renew(None)
        known = self._endpoint or self._anonymous
        try:
            return await attempt(known)
        except NotAuthorised as error:
            if NO_PERMISSION in str(error).lower():
                raise NotPermitted(str(error), said=error.said) from error
            await self._renew(known)
        return await attempt(self._endpoint or self._anonymous)

    async def _renew(self, refused: Endpoint | None) -> None:
        """Log in, unless another call already has since the token was refused."""
        async with self._logging_in:
            if self._endpoint is refused:
                await self.login()
