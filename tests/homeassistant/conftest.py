"""A Home Assistant with the integration, and an OctoPrint for it to talk to."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util import executor
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.failwatch.cameras import history
from tests.homeassistant import printer as printers
from tests.homeassistant.octoprint_server import KEY, UUID, Linked, OctoPrintServer
from tests.homeassistant.phones import Phones
from tests.patience import PATIENCE

DOMAIN = "failwatch"


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant find the integration."""


@pytest.fixture(autouse=True)
async def enable_event_loop_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the loop refuse calls from other threads, as the harness does.

    It also has each future keep the stack that made it, for messages: that takes half of a test's time.
    """
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    monkeypatch.setattr(loop, "get_debug", lambda: False)


@pytest.fixture(autouse=True, scope="session")
def _threads_end_in_their_own_time() -> None:
    """Home Assistant breaks into threads that a busy machine does not let end within a second."""
    executor.EXECUTOR_SHUTDOWN_TIMEOUT = PATIENCE


@pytest.fixture(autouse=True)
def _nothing_deprecated(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Home Assistant says once in its log where an integration uses what is going to be removed."""
    yield
    said = [record.getMessage() for record in caplog.get_records("call")]
    assert not [text for text in said if "Detected that custom integration 'failwatch'" in text]


@pytest.fixture
def expected_lingering_timers(request: pytest.FixtureRequest) -> bool:
    """aiohttp leaves the ping timer of a closed socket to run out by itself."""
    return "octoprint" in request.fixturenames


@pytest.fixture
async def octoprint(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OctoPrintServer]:
    monkeypatch.setattr("custom_components.failwatch.octoprint.client.KEY_POLL_INTERVAL", 0.01)
    server = OctoPrintServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def link_entry(octoprint: OctoPrintServer) -> MockConfigEntry:
    return MockConfigEntry(
        domain=DOMAIN,
        title="Ender 3",
        unique_id=UUID,
        data={"kind": "octoprint", "url": octoprint.url, "verify_ssl": True, "api_key": KEY},
    )


@pytest.fixture
def linked(hass: HomeAssistant, octoprint: OctoPrintServer, link_entry: MockConfigEntry) -> Linked:
    """Set the link up and wait until it listens."""

    async def set_up() -> MockConfigEntry:
        link_entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(link_entry.entry_id)
        await octoprint.connected()
        await hass.async_block_till_done()
        return link_entry

    return set_up


@pytest.fixture
async def phones(hass: HomeAssistant, socket_enabled: None) -> AsyncIterator[Phones]:
    """Let phones be paired."""
    found = Phones(hass)
    await found.start()
    yield found
    await found.server.close()


@pytest.fixture
async def printer(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[printers.Printer]:
    """Give Home Assistant a printer, and FailWatch a detector that is told what to see."""
    monkeypatch.setenv("FAILWATCH_CLOCK_SPEED", "500")
    monkeypatch.setattr("custom_components.failwatch.cameras.lights.LIGHT_SETTLES", 0.0)
    told = printers.Told()
    with patch("custom_components.failwatch.cameras.detector.create_detector", return_value=told):
        yield await printers.install(hass, told)


@pytest.fixture
def no_set_up() -> Iterator[None]:
    """Let entries be made without being set up: what follows is tested elsewhere."""
    with patch("custom_components.failwatch.async_setup_entry", return_value=True):
        yield


@pytest.fixture(autouse=True)
def own_histories(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep what is recorded away from the folder that all tests share."""
    monkeypatch.setattr(history, "history_path", lambda _, entry_id: tmp_path / f"{entry_id}.db")
