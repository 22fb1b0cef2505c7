"""Home Assistant reaches OctoPrint behind a proxy, at changing addresses, and beside a copy of it."""

import json
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from stack.homeassistant import HomeAssistant
from stack.octoprint import OctoPrint
from stack.processes import free_port
from tests.e2e.proxy import Proxy
from tests.e2e.warning_log import WarningLog
from tests.emulators.running import running
from tests.patience import PATIENCE, eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOGIN = ("anna", "secret")


@dataclass(frozen=True)
class Site:
    """One OctoPrint and one Home Assistant, not linked yet."""

    session: aiohttp.ClientSession
    octoprint: OctoPrint
    home: HomeAssistant
    log: WarningLog

    async def link(self, *answers: dict[str, Any]) -> dict[str, Any]:
        """Go through the form for a linked OctoPrint, and return its last step."""
        return await self.home.configure({"next_step_id": "octoprint"}, *answers)

    @asynccontextmanager
    async def linked(self, url: str, **login: str) -> AsyncIterator[str]:
        """Link at an address, and give the entry; remove it at the end."""
        settings = {"url": url, "api_key": self.octoprint.key}
        # The fields for the login are there once it was asked for.
        made = await self.link(settings, *([{**settings, **login}] if login else []))
        assert made["type"] == "create_entry", made
        entry_id = str(made["result"]["entry_id"])
        try:
            yield entry_id
        finally:
            await self.home.delete(f"/api/config/config_entries/entry/{entry_id}")

    async def watching_goes(self, state: str, octoprint: OctoPrint | None = None) -> None:
        """Switch the watching on or off in Home Assistant: OctoPrint takes it, and its news arrive here."""
        switch = await eventually(self._switch)
        await self.home.post(f"/api/services/switch/turn_{state}", {"entity_id": switch})
        assert (await (octoprint or self.octoprint).failwatch())["watching"] is (state == "on")

        async def shown() -> str:
            return str((await self.home.states())[switch]["state"])

        await eventually(shown, lambda said: said == state)

    async def _switch(self) -> str | None:
        entities, states = await self.home.entities(), await self.home.states()
        switch = entities.get("watching")
        return switch if switch in states and states[switch]["state"] in ("on", "off") else None

    async def issues(self) -> set[str]:
        issues = (await self.home.command("repairs/list_issues"))["issues"]
        return {issue["translation_key"] for issue in issues if issue["domain"] == "failwatch"}

    async def url(self) -> str:
        """Return the address of the linked OctoPrint, as its device shows it."""
        devices = await self.home.command("config/device_registry/list")
        mine = (device for device in devices if [one[0] for one in device["identifiers"]] == ["failwatch"])
        return str(next(mine)["configuration_url"]).rstrip("/")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
        octoprint = OctoPrint(session, folder / "octoprint", free_port())
        home = HomeAssistant(
            session, folder / "homeassistant", free_port(), more_configuration="\nzeroconf:\n"
        )
        try:
            octoprint.create()
            home.create()
            await octoprint.start()
            await home.start()
            log = WarningLog(home.program.log)
            log.new_lines()
            yield Site(session, octoprint, home, log)
        finally:
            home.program.stop()
            octoprint.program.stop()


async def test_a_login_and_a_path_in_front_of_octoprint(site: Site) -> None:
    proxy = Proxy(site.session, site.octoprint.url, path="/octoprint", login=LOGIN)
    async with running(proxy.application()) as door:
        url = str(door / "octoprint")
        refused = await site.link({"url": url, "api_key": site.octoprint.key})
        assert refused["errors"] == {"username": "proxy_login"}
        async with site.linked(url, username=LOGIN[0], password=LOGIN[1]):
            await site.watching_goes("off")
            await site.watching_goes("on")
    assert site.log.new_lines(of_failwatch=True) == []


async def test_a_server_that_passes_no_websocket_is_told_and_served_by_asking(site: Site) -> None:
    proxy = Proxy(site.session, site.octoprint.url, passes_websockets=False)
    async with running(proxy.application()) as door:
        settings = {"url": str(door), "api_key": site.octoprint.key}
        told = await site.link(settings)
        assert "no_websocket" in told["errors"].values()
        made = await site.link(settings, settings)
        assert made["type"] == "create_entry", made
        entry = f"/api/config/config_entries/entry/{made['result']['entry_id']}"
        await site.watching_goes("off")
        await site.watching_goes("on")
        assert await site.issues() == {"no_websocket"}
        assert site.log.new_lines(of_failwatch=True) == []
        proxy.passes_websockets = True
        await site.home.post(f"{entry}/reload", {})
        await eventually(site.issues, lambda issues: not issues)
        await site.watching_goes("off")
        await site.watching_goes("on")
        await site.home.delete(entry)
    assert site.log.new_lines(of_failwatch=True) == []


@asynccontextmanager
async def _announced(site: Site, port: int, octoprint: OctoPrint | None = None) -> AsyncIterator[None]:
    """Announce an OctoPrint at a port of this machine, as its plugin does."""
    told = await (octoprint or site.octoprint).failwatch()
    kind = "_failwatch._tcp.local."
    info = ServiceInfo(
        kind,
        f"moved-{port}.{kind}",
        addresses=[socket.inet_aton("127.0.0.1")],
        port=port,
        properties={"uuid": told["uuid"], "instance": told["instance"], "path": "/", "name": "Printer"},
        server=f"moved-{port}.local.",
    )
    network = AsyncZeroconf()
    try:
        await network.async_register_service(info)
        yield
    finally:
        await network.async_unregister_all_services()
        await network.async_close()


async def test_a_dead_address_that_is_announced_is_not_taken_and_a_living_one_is(site: Site) -> None:
    async with AsyncExitStack() as at_the_end:
        proxy = Proxy(site.session, site.octoprint.url)
        async with running(proxy.application()) as door:
            here = str(door).rstrip("/")
            await at_the_end.enter_async_context(site.linked(here))
            await site.watching_goes("off")
            async with _announced(site, free_port()):
                await site.watching_goes("on")
                assert await site.url() == here
        there = site.octoprint.url
        async with _announced(site, free_port()), _announced(site, int(there.rpartition(":")[2])):
            await eventually(site.url, lambda url: url == there)
        await site.watching_goes("off")
        await site.watching_goes("on")
    begins, ends = site.log.new_lines(of_failwatch=True)
    assert "does not answer" in begins
    assert "answers again" in ends


async def test_a_copied_folder_is_told_apart_and_mended(site: Site, tmp_path: Path) -> None:
    original = site.octoprint
    async with site.linked(original.url):
        folder = tmp_path / "copy"
        shutil.copytree(original.folder, folder)
        port = free_port()
        config = folder / "config.yaml"
        config.write_text(config.read_text().replace(original.url.rpartition(":")[2], str(port)))
        # As in containers, where the original is out of sight.
        installation = folder / "data" / "failwatch" / "installation.json"
        installation.write_text(json.dumps(json.loads(installation.read_text()) | {"folder": ""}))
        copy = OctoPrint(site.session, folder, port)
        copy.key = original.key
        try:
            await copy.start()
            settings = {"url": copy.url, "api_key": copy.key}
            refused = await site.link(settings)
            assert (refused["type"], refused["reason"]) == ("abort", "copied_octoprint")
            async with _announced(site, port, copy):
                await eventually(site.issues, lambda issues: issues == {"copied_octoprint"})
            await site.watching_goes("off")
            assert (await copy.failwatch())["watching"] is True
            await site.watching_goes("on")
            await copy.post("/api/plugin/failwatch", {"command": "new_identity"})
            async with _announced(site, port, copy):
                await eventually(site.issues, lambda issues: not issues)
            made = await site.link(settings)
            assert made["type"] == "create_entry", made
            await site.home.delete(f"/api/config/config_entries/entry/{made['result']['entry_id']}")
        finally:
            copy.program.stop()
    assert site.log.new_lines(of_failwatch=True) == []


async def test_another_octoprint_at_the_address_is_taken_in_the_repairs(site: Site) -> None:
    """It is obeyed only then; the entities and their history stay."""
    octoprint, fix = site.octoprint, "/api/repairs/issues/fix"
    async with site.linked(octoprint.url):
        await site.watching_goes("off")
        entities = await site.home.entities()
        await octoprint.post("/api/plugin/failwatch", {"command": "new_identity"})
        octoprint.program.stop()
        await octoprint.start()
        await eventually(site.issues, lambda issues: issues == {"other_octoprint"})
        issues = (await site.home.command("repairs/list_issues"))["issues"]
        (issue_id,) = (issue["issue_id"] for issue in issues if issue["domain"] == "failwatch")
        form = await site.home.post(fix, {"handler": "failwatch", "issue_id": issue_id})
        assert form["description_placeholders"]["url"].startswith(octoprint.url)
        await site.home.post(f"{fix}/{form['flow_id']}", {})
        await site.watching_goes("on")
        assert await site.home.entities() == entities
        assert not await site.issues()
    begins, ends = site.log.new_lines(of_failwatch=True)
    assert "does not answer" in begins
    assert "answers again" in ends
