"""Each detection service as the detector of a real print on a real OctoPrint, against its emulator.

The emulators see with the built-in detector, so that the failure that is seen is one.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from octoprint_failwatch.engine.detectors import DetectorContext, create_detector
from octoprint_failwatch.engine.models import Frame
from stack.camera import SimulatedCamera
from stack.gcode import cylinder
from stack.octoprint import OctoPrint
from stack.processes import free_port
from tests.emulators import deepomatic, hacarus, hacarus_sdk
from tests.emulators.broken import HANG, HANG_UP, answer, broken
from tests.emulators.hacarus_state import CLIENT_ID, CLIENT_SECRET, State
from tests.emulators.judging import Judge, by_detector
from tests.emulators.obico import TOKEN, Obico, PrinterRecord
from tests.emulators.running import running
from tests.patience import PATIENCE, eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPEED = 20.0
SECONDS = 1200.0
LAYERS = 100
HACARUS = {"kind": "hacarus", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
SERVICES: dict[str, dict[str, Any]] = {
    "super_api": {"kind": "super_api", "token": TOKEN},
    "ml_api": {"kind": "ml_api", "token": TOKEN},
    "obico_printer": {"kind": "obico_printer", "token": TOKEN, "printer": "7"},
    "deepomatic": {
        "kind": "deepomatic",
        "api_key": deepomatic.KEY,
        "spec": "prints-v1",
        "labels": ["spaghetti"],
    },
    "hacarus check": HACARUS,
    "hacarus saas": HACARUS,
    "hacarus sdk": HACARUS,
}


def emulator(service: str, judge: Judge) -> Any:
    """Return the service's emulator."""
    if service == "deepomatic":
        return deepomatic.Deepomatic(judge)
    if service == "hacarus sdk":
        return hacarus_sdk.HacarusSdk(State(judge))
    if service.startswith("hacarus"):
        return hacarus.Hacarus(State(judge), check=service == "hacarus check")
    return Obico(judge, printers={"7": PrinterRecord()})


@dataclass
class Shop:
    """An OctoPrint with a camera over its bed, and a judge of pictures."""

    octoprint: OctoPrint
    judge: Judge
    tokens: list[str] = field(default_factory=list)

    async def use(self, **detector: Any) -> None:
        """Choose a detector, as the settings page does."""
        await self.octoprint.post(
            "/api/settings", {"plugins": {"failwatch": {"detector": detector, "on_failure": "pause"}}}
        )

    async def print_once(self) -> None:
        await self.octoprint.print_file("cylinder.gcode", cylinder(SECONDS / SPEED, LAYERS, lingers_from=60))

    async def clear(self) -> None:
        """Cancel what is printed, if anything is."""
        if not (await self.octoprint.flag("printing") or await self.octoprint.flag("paused")):
            return
        await self.octoprint.job("cancel")

        async def idle() -> bool:
            busy = [
                await self.octoprint.flag(name) for name in ("printing", "paused", "cancelling", "pausing")
            ]
            return not any(busy)

        await eventually(idle)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    folder = tmp_path_factory.mktemp("services")
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
        port = free_port()
        camera = SimulatedCamera(
            session,
            folder,
            free_port(),
            [
                "--follow",
                "print",
                "--layers",
                str(LAYERS),
                "--fails-at",
                "15",
                "--octoprint",
                f"http://127.0.0.1:{port}",
            ],
        )
        octoprint = OctoPrint(
            session,
            folder / "octoprint",
            port,
            snapshot_url=camera.snapshot_url,
            stream_url=camera.stream_url,
            clock_speed=SPEED,
        )
        detector = create_detector({"kind": "built_in"}, DetectorContext(session))
        try:
            octoprint.create()
            await octoprint.start()
            camera.key = octoprint.key
            await camera.start()
            await octoprint.connect_printer()
            yield Shop(octoprint, by_detector(detector, lambda jpeg: Frame(jpeg, 0.0, "judge", "judge")))
        finally:
            for program in (octoprint.program, camera.program):
                program.stop()
            await detector.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_the_failure_is_seen_and_the_print_paused(shop: Shop, service: str) -> None:
    emulated = emulator(service, shop.judge)
    async with running(emulated.application()) as url:
        address = url / "v0.7" if service == "deepomatic" else url
        await shop.clear()
        await shop.use(url=str(address), **SERVICES[service])
        await shop.print_once()

        async def paused() -> bool:
            return await shop.octoprint.flag("paused")

        await eventually(paused)
        state = (await shop.octoprint.failwatch())["state"]
        assert state["latch"]["level"] == "failure"
        assert state["blind"] is None
        progress = (await shop.octoprint.get("/api/job"))["progress"]["completion"]
        assert 12 < progress < 90, "not before the failure, which begins at 15 of 100 layers"
        await shop.clear()
        await shop.use(kind="built_in")
    if service == "hacarus check":
        assert len(emulated.state.deleted) > 5
        assert emulated.state.items == {}


async def test_no_credentials_are_shown_or_logged(shop: Shop) -> None:
    secrets = [TOKEN, deepomatic.KEY, CLIENT_SECRET]
    logs = [shop.octoprint.program.log, *(shop.octoprint.folder / "logs").glob("*.log")]
    shown = str(await shop.octoprint.get("/api/settings"))
    assert "failwatch" in shown
    assert all("failwatch" in log.read_text(errors="replace").lower() for log in logs[:1])
    assert not [secret for secret in secrets if secret in shown]
    assert not [log for log in logs if any(secret in log.read_text(errors="replace") for secret in secrets)]


HTML = b"<!DOCTYPE html><title>Router</title>"
FAULTS = {
    "not_authorised": answer("401 No", b'{"error": "No such token"}'),
    "not_found": answer("404 No", HTML, kind="text/html"),
    "wrong_address": answer("200 OK", HTML, kind="text/html"),
    "server_failed": answer("500 Oh", b"{}"),
    "rate_limited": answer("429 Hot", b"{}", Retry_After="9"),
    "cut_short": answer("200 OK", b"{", length="99"),
    "bad_answer": answer("200 OK", b"no JSON"),
    "unavailable": HANG_UP,
    "timed_out": HANG,
    "unknown_host": b"",
}


@pytest.mark.parametrize("kind", FAULTS)
async def test_the_settings_page_tells_what_is_wrong(shop: Shop, kind: str) -> None:
    await shop.clear()
    reply = FAULTS[kind]
    async with broken(reply) as url:
        address = "http://failwatch.invalid" if kind == "unknown_host" else str(url)
        detector = {"kind": "super_api", "url": address, "token": TOKEN}
        found = await shop.octoprint.post(
            "/api/plugin/failwatch", {"command": "offers", "settings": {"detector": detector}}
        )
    assert found["problem"]["kind"] == kind
    assert TOKEN not in str(found)


async def test_a_print_that_cannot_be_watched_says_why(shop: Shop) -> None:
    await shop.clear()
    await shop.use(kind="super_api", url="http://failwatch.invalid", token=TOKEN)
    await shop.print_once()

    async def blind() -> dict[str, Any] | None:
        found: dict[str, Any] | None = (await shop.octoprint.failwatch())["state"]["blind"]
        return found

    found = await eventually(blind)
    assert found is not None
    assert found["reason"] == "unknown_host"
    await shop.clear()
