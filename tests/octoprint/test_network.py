"""The announcement in the network, and pictures that a service fetches once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from urllib.parse import urlsplit

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.typedefs import Handler
from zeroconf import ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from octoprint_failwatch.version import __version__
from tests.emulators.judging import Sighting
from tests.emulators.obico import TOKEN, Obico
from tests.emulators.running import running
from tests.octoprint.lab import Lab
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

SERVICE = "_failwatch._tcp.local."


async def announced(port: int) -> AsyncServiceInfo:
    """Return what is announced of the FailWatch at that port, as somebody in the same network hears it."""
    names: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def heard(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        loop.call_soon_threadsafe(names.put_nowait, name)

    async with AsyncZeroconf(interfaces=["127.0.0.1"]) as ears:
        browser = AsyncServiceBrowser(ears.zeroconf, [SERVICE], handlers=[heard])
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    info = AsyncServiceInfo(SERVICE, await names.get())
                    if await info.async_request(ears.zeroconf, 3000) and info.port == port:
                        return info
        finally:
            await browser.async_cancel()


async def test_home_assistant_hears_where_failwatch_is_and_which_one_it_is(lab: Lab) -> None:
    port = urlsplit(lab.octoprint.url).port
    assert port is not None
    info = await announced(port)
    report = await lab.failwatch()
    assert info.decoded_properties == {
        "uuid": report["uuid"],
        "instance": report["instance"],
        "path": "/",
        "version": __version__,
    }
    assert info.parsed_addresses()


async def nothing_seen(_jpeg: bytes) -> Sequence[Sighting]:
    return ()


@pytest_asyncio.fixture(loop_scope="module")
async def fetched() -> AsyncIterator[tuple[str, list[str]]]:
    """Serve an ml_api; yields its address, and the addresses of the pictures that it was given."""
    given: list[str] = []
    obico = Obico(nothing_seen)
    app = obico.application()

    @web.middleware
    async def remember(request: web.Request, handler: Handler) -> web.StreamResponse:
        if "img" in request.query:
            given.append(request.query["img"])
        return await handler(request)

    app.middlewares.append(remember)
    async with running(app) as url:
        yield str(url), given


async def test_an_ml_api_fetches_each_picture_from_octoprint_once_and_nobody_after_it(
    lab: Lab, fetched: tuple[str, list[str]]
) -> None:
    url, given = fetched
    own = lab.octoprint.url.replace("127.0.0.1", "localhost")
    settings = {"detector": {"kind": "ml_api", "url": url, "token": TOKEN}, "own_url": own}
    assert (await lab.order("test", settings=settings))["p"] == 0
    assert given[0].startswith(f"{own}/plugin/failwatch/once/"), "the address that the user gave"
    async with aiohttp.ClientSession() as stranger, stranger.get(given[0]) as again:
        assert again.status == 404
    await lab.set(**settings)
    await lab.print()
    await lab.looked(2)
    assert all(address.startswith(own) for address in given)
    assert len(set(given)) == len(given) >= 3, "each picture has an address of its own"
