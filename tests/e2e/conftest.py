"""The installations that the end-to-end tests share: a module has one, and its tests follow one another."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from stack.browser import open_browser
from stack.processes import free_port
from stack.server import Server
from tests.patience import PATIENCE

expect.set_options(timeout=PATIENCE * 1000)

TOKEN = "an-e2e-token-nobody-may-see"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    folder: Path = tmp_path_factory.mktemp("server")
    async with aiohttp.ClientSession() as session:
        server = Server(session, folder, free_port(), TOKEN)
        try:
            await server.start()
            yield server
        finally:
            server.program.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as browser:
        yield browser
