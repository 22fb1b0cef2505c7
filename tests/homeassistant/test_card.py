"""The websocket of the dashboard card: messages, orders, permissions, and signed pictures."""

import asyncio
import io
import zipfile
from time import monotonic
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.failwatch.card import registration
from custom_components.failwatch.engine.detectors.built_in.camera_baseline import CameraBaseline
from custom_components.failwatch.engine.judging.latch import Latch
from custom_components.failwatch.engine.judging.verdict import Level
from custom_components.failwatch.engine.watch.state import Event, EventKind, Phase, WatchState
from tests.homeassistant.octoprint_server import JPEG, Linked, OctoPrintServer
from tests.homeassistant.printer import (
    CAMERA,
    CANCEL,
    IMAGE,
    PAUSE,
    Printer,
    install,
    service_entry,
    until,
    watch,
)
from tests.homeassistant.test_usual import Learning
from tests.patience import PATIENCE


class Page:
    """A page with the card: its connection, and what it was pushed."""

    def __init__(self, socket: MockHAClientWebSocket, device_id: str) -> None:
        self.socket = socket
        self.device_id = device_id
        self.pushed: list[dict[str, Any]] = []
        self._id = 0
        self._subscription = 0

    async def ask(self, command: str, **data: Any) -> dict[str, Any]:
        self._id += 1
        message = {"id": self._id, "type": f"failwatch/{command}", "device_id": self.device_id, **data}
        await self.socket.send_json(message)
        while True:
            answer = await self._receive()
            if answer["type"] == "result" and answer["id"] == self._id:
                return answer

    async def result(self, command: str, **data: Any) -> Any:
        answer = await self.ask(command, **data)
        assert answer["success"], answer
        return answer["result"]

    async def refusal(self, command: str, **data: Any) -> str:
        answer = await self.ask(command, **data)
        assert not answer["success"], answer
        return str(answer["error"]["code"])

    async def follow(self) -> dict[str, Any]:
        assert await self.result("subscribe") == {"version": 1}
        return await self.until(lambda told: True)

    async def until(self, wanted: Any) -> dict[str, Any]:
        """Return the first push from now on that is wanted."""
        while True:
            while self.pushed:
                told = self.pushed.pop(0)
                if wanted(told):
                    return told
            await self._receive()

    async def _receive(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            answer: dict[str, Any] = await self.socket.receive_json()
        if answer["type"] == "event":
            self.pushed.append(answer["event"])
        return answer


def device_of(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    return dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)[0].id


async def open_page(
    hass: HomeAssistant, client: WebSocketGenerator, entry: MockConfigEntry, token: str | None = None
) -> Page:
    return Page(await (client(hass, token) if token else client(hass)), device_of(hass, entry))


@pytest.fixture
async def read_only(hass_read_only_access_token: str) -> str:
    return hass_read_only_access_token


async def test_every_page_loads_the_script(
    hass: HomeAssistant, printer: Printer, hass_client: ClientSessionGenerator
) -> None:
    """At an address that changes with its content, to be kept for long."""
    assert await async_setup_component(hass, "frontend", {})
    await watch(hass)
    (address,) = [url for url in hass.data["frontend_extra_module_url"].urls if "failwatch" in url]
    answer = await (await hass_client()).get(address)
    assert answer.status == 200
    assert "max-age" in answer.headers["Cache-Control"]
    assert await answer.read() == registration.SCRIPT.read_bytes()


async def test_a_home_assistant_without_pages_works_too(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass)
    assert "frontend" not in hass.config.components
    assert hass.services.has_service("failwatch", "mute")


async def test_the_state_is_pushed(
    hass: HomeAssistant, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    page = await open_page(hass, hass_ws_client, await watch(hass, pause_with=PAUSE))
    first = await page.follow()
    assert (first["name"], first["state"]["phase"], first["connected"]) == ("Voron", "idle", True)
    assert first["may"] == {"control": True, "configure": True}
    assert first["commands"] == ["pause"]
    printer.detector.p = 0.95
    await printer.says("printing")
    raised = await page.until(lambda told: told["type"] == "event" and told["event"]["kind"] == "failure")
    assert raised["event"]["level"] == "failure"
    told = await page.until(
        lambda told: told["type"] == "update" and told["state"]["latch"]["level"] == "failure"
    )
    assert told["state"]["latch"]["verdict"]["reason"]
    assert told["rules"]["name"] == "failwatch"
    assert told["clock_speed"] == 500
    (view,) = told["state"]["look"]["views"]
    assert view["boxes"][0]["x_min"] == 0.1
    assert list(told["pictures"]) == [CAMERA]


async def test_a_printer_is_shown_by_the_name_that_its_user_gave_it(
    hass: HomeAssistant, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    page = await open_page(hass, hass_ws_client, await watch(hass))
    assert (await page.follow())["name"] == "Voron"
    for name, shown in (("Left one", "Left one"), (None, "Voron")):
        dr.async_get(hass).async_update_device(page.device_id, name_by_user=name)
        assert (await page.until(lambda told: told["type"] == "update"))["name"] == shown


async def test_pictures_have_signed_addresses(
    hass: HomeAssistant,
    printer: Printer,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """The frame is that of the camera, without boxes: the card draws them."""
    page = await open_page(hass, hass_ws_client, await watch(hass))
    await page.follow()
    await printer.says("printing")
    await printer.looks(2)
    told = await page.until(lambda told: told["type"] == "update" and told["pictures"])
    client = await hass_client_no_auth()
    answer = await client.get(told["pictures"][CAMERA])
    assert answer.status == 200
    assert answer.content_type == "image/jpeg"
    assert await answer.read() in [frame.jpeg for frame in printer.detector.frames]
    assert (await client.get(told["pictures"][CAMERA].partition("?")[0])).status == 401
    snapshot = (await page.result("regions", camera=CAMERA))["picture"]
    assert (await client.get(snapshot)).content_type == "image/jpeg"


async def test_addresses_are_renewed_before_they_expire(
    hass: HomeAssistant, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    """A page that is open for hours never asks with an address that Home Assistant would take for an intruder's."""
    page = await open_page(hass, hass_ws_client, await watch(hass))
    await page.follow()
    await printer.says("printing")
    await printer.looks(2)
    await printer.says("finished")
    await until(hass, "sensor.voron_watch", "idle")
    await page.result("order", order="watch", watching=False)
    before = await page.until(lambda told: told["type"] == "update" and not told["watching"])
    with patch("custom_components.failwatch.card.subscription.async_picture_path", return_value="/anew"):
        await page.result("order", order="watch", watching=True)
        same = await page.until(lambda told: told["type"] == "update" and told["watching"])
        assert same["pictures"] == before["pictures"]
        later = monotonic() + 31 * 60
        with patch("custom_components.failwatch.card.subscription.monotonic", return_value=later):
            await page.result("order", order="watch", watching=False)
            renewed = await page.until(lambda told: told["type"] == "update" and not told["watching"])
    assert renewed["pictures"] == {CAMERA: "/anew"}


async def test_a_page_follows_its_printer_over_a_reload(
    hass: HomeAssistant, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await watch(hass)
    page = await open_page(hass, hass_ws_client, entry)
    await page.follow()
    await hass.config_entries.async_reload(entry.entry_id)
    await page.until(lambda told: told["type"] == "gone")
    await page.until(lambda told: told["type"] == "update")
    await printer.says("printing")
    await page.until(lambda told: told["type"] == "update" and told["state"]["phase"] == "watching")
    await hass.config_entries.async_remove(entry.entry_id)
    await page.until(lambda told: told["type"] == "gone")


async def test_orders(hass: HomeAssistant, printer: Printer, hass_ws_client: WebSocketGenerator) -> None:
    page = await open_page(hass, hass_ws_client, await watch(hass, pause_with=PAUSE, cancel_with=CANCEL))
    await page.follow()
    printer.detector.p = 0.95
    await printer.says("printing")
    await until(hass, "sensor.voron_failure_state", "failure")
    printer.detector.p = 0.02
    await page.result("order", order="keep_printing")
    await until(hass, "sensor.voron_failure_state", "none")
    await page.result("order", order="it_failed")
    await until(hass, "sensor.voron_failure_state", "failure")
    await page.result("order", order="mute", muted=True)
    await page.until(lambda told: told["type"] == "update" and told["state"]["muted"])
    await page.result("order", order="snooze", seconds=300)
    await page.until(lambda told: told["type"] == "update" and told["state"]["snoozed_until"])
    await page.result("order", order="check")
    await page.result("order", order="pause")
    await page.result("order", order="cancel")
    assert (printer.pause.presses, printer.cancel.presses) == (1, 1)
    await page.result("order", order="watch", watching=False)
    await page.until(lambda told: told["type"] == "update" and not told["watching"])
    assert await page.refusal("order", order="explode") == "invalid_format"


async def test_resuming_as_fine_accepts_what_is_seen_and_labels_nothing(
    hass: HomeAssistant, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    page = await open_page(hass, hass_ws_client, await watch(hass))
    await page.follow()
    printer.detector.p = 0.95
    await printer.says("printing")
    await until(hass, "sensor.voron_failure_state", "failure")
    await page.result("order", order="resume_fine")
    await until(hass, "sensor.voron_failure_state", "none")
    told = await page.until(lambda told: told["type"] == "update" and told["state"]["memory"]["acceptance"])
    assert told["state"]["latch"]["confirmed"] is False
    assert [one["label"] for one in (await page.result("prints"))["prints"]] == [None]


async def test_an_order_that_cannot_be_carried_out_says_why(
    hass: HomeAssistant, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    page = await open_page(hass, hass_ws_client, await watch(hass))
    answer = await page.ask("order", order="pause")
    assert answer["error"]["translation_key"] == "cannot_pause"


async def test_past_prints(
    hass: HomeAssistant,
    printer: Printer,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """By pages; a print with its frames, pictures, label and exports."""
    page = await open_page(hass, hass_ws_client, await watch(hass))
    for p in (0.02, 0.95):
        printer.detector.p = 0.02
        await printer.says("printing")
        await printer.looks(2)
        printer.detector.p = p
        await until(hass, "sensor.voron_failure_state", "failure" if p > 0.5 else "none")
        await printer.looks(2)
        await printer.says("finished")
        await until(hass, "sensor.voron_watch", "idle")
    newest = await page.result("prints", limit=1)
    assert newest["more"]
    (failed,) = newest["prints"]
    older = await page.result("prints", before=failed["started_at"])
    assert not older["more"]
    assert [record["level"] for record in older["prints"]] == ["none"]

    course = await page.result("frames", print_id=failed["print_id"])
    assert course["print"]["level"] == "failure"
    assert "failure" in [mark["kind"] for mark in course["marks"]]
    assert course["rules"][0]["name"] == "failwatch"
    kept = next(frame for frame in course["frames"] if frame[5])
    (path,) = (await page.result("pictures", print_id=failed["print_id"], frames=[[kept[0], kept[5][0]]]))[
        "pictures"
    ]
    client = await hass_client_no_auth()
    assert (await client.get(path)).content_type == "image/jpeg"
    for frame_id in (999999, 2**63):  # more than the database can hold
        asked = await page.result("pictures", print_id=failed["print_id"], frames=[[frame_id, CAMERA]])
        assert (await client.get(asked["pictures"][0])).status == 404

    await page.result("label", print_id=failed["print_id"], label="failed", failed_from=kept[1])
    assert (await page.result("prints"))["prints"][0]["label"] == {"failed": True, "failed_from": kept[1]}
    await page.result("label", print_id=failed["print_id"], label=None)
    assert (await page.result("prints"))["prints"][0]["label"] is None

    table = (await page.result("export", print_id=failed["print_id"], format="csv"))["path"]
    assert (await (await client.get(table)).text()).startswith("time,p,print_id")
    everything = (await page.result("export", print_id=failed["print_id"], format="zip"))["path"]
    archive = zipfile.ZipFile(io.BytesIO(await (await client.get(everything)).read()))
    assert any(name.endswith(".jpg") for name in archive.namelist())
    assert (await page.ask("frames", print_id="nobody-knows"))["error"][
        "translation_key"
    ] == "past_unreadable"


async def test_long_prints_are_told_in_short(
    hass: HomeAssistant, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    page = await open_page(hass, hass_ws_client, await watch(hass))
    await printer.says("printing")
    await printer.looks(40)
    (record,) = (await page.result("prints"))["prints"]
    frames = (await page.result("frames", print_id=record["print_id"], most=10))["frames"]
    assert 2 <= len(frames) < 30


async def test_regions_are_kept_by_the_form_s_setting_and_in_force_at_once(
    hass: HomeAssistant, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await watch(hass)
    watched = entry.runtime_data.printers["camera1"]
    page = await open_page(hass, hass_ws_client, entry)
    printer.detector.p = 0.95
    await printer.says("printing")
    await printer.looks(1)
    polygon = [[0, 0], [0.5, 0], [0.5, 0.5], [0, 0.5]]
    await page.result("regions/save", camera=CAMERA, polygons=[polygon])
    assert entry.subentries["camera1"].data["ignore"] == "0,0 50,0 50,50 0,50"
    assert (await page.result("regions", camera=CAMERA))["regions"] == [
        {"camera": CAMERA, "polygons": [polygon]}
    ]
    assert entry.runtime_data.printers["camera1"] is watched  # nothing was set up anew
    # The box that the detector sees lies in the region.
    await until(hass, "sensor.voron_p", "0.0")
    await page.result("regions/save", camera=CAMERA, polygons=[])
    await until(hass, "sensor.voron_failure_state", "failure")
    assert await page.refusal("regions/save", camera=CAMERA, polygons=[[[0, 0], [2, 0], [0, 1]]]) == (
        "invalid_format"
    )


async def test_each_camera_has_regions_of_its_own(
    hass: HomeAssistant, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await watch(hass, more_cameras=[IMAGE])
    page = await open_page(hass, hass_ws_client, entry)
    polygon = [[0.25, 0.25], [0.5, 0.25], [0.5, 0.5]]
    await page.result("regions/save", camera=IMAGE, polygons=[polygon])
    assert (await page.result("regions", camera=IMAGE))["regions"] == [
        {"camera": CAMERA, "polygons": []},
        {"camera": IMAGE, "polygons": [polygon]},
    ]
    assert entry.subentries["camera1"].data["ignore_others"] == {IMAGE: "25,25 50,25 50,50"}
    answer = await page.ask("regions/save", camera="camera.of_somebody_else", polygons=[])
    assert answer["error"]["translation_key"] == "no_such_camera"


async def test_the_learned_background_is_shown_and_forgotten(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    learning = Learning()
    with patch("custom_components.failwatch.cameras.detector.create_detector", return_value=learning):
        await install(hass, learning)
        entry = service_entry()
        entry.add_to_hass(hass)
        (key,) = entry.subentries
        learning.known = {(key, CAMERA): CameraBaseline(2, (0.0, -9.0, 9.0, -9.0), frames=412)}
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
    page = await open_page(hass, hass_ws_client, entry)
    (camera,) = (await page.result("background"))["cameras"]
    weak, strong = camera.pop("cells")
    assert camera == {
        "name": CAMERA,
        "title": CAMERA,
        "frames": 412,
        "hidden": 0.5,
        "columns": 2,
        "rows": 2,
        "moved_at": None,
    }
    assert (weak[:2], strong) == ([0, 0], [0, 1, 1.0])
    assert 0 < weak[2] < 1
    await page.result("background/forget", camera=CAMERA)
    assert (await page.result("background"))["cameras"] == []


async def test_who_may_not_control_sees_and_cannot_press(
    hass: HomeAssistant,
    printer: Printer,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    read_only: str,
) -> None:
    entry = await watch(hass, pause_with=PAUSE)
    page = await open_page(hass, hass_ws_client, entry, read_only)
    assert (await page.follow())["may"] == {"control": False, "configure": False}
    await printer.says("printing")
    told = await page.until(lambda told: told["type"] == "update" and told["pictures"])
    assert (await (await hass_client_no_auth()).get(told["pictures"][CAMERA])).status == 200
    (record,) = (await page.result("prints"))["prints"]
    assert await page.refusal("order", order="pause") == "unauthorized"
    assert await page.refusal("label", print_id=record["print_id"], label="good") == "unauthorized"
    assert await page.refusal("regions", camera=CAMERA) == "unauthorized"
    assert await page.refusal("regions/save", camera=CAMERA, polygons=[]) == "unauthorized"
    assert await page.refusal("background/forget", camera=CAMERA) == "unauthorized"
    assert printer.pause.presses == 0


async def test_who_may_not_see_is_told_nothing(
    hass: HomeAssistant,
    printer: Printer,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
    hass_read_only_user: Any,
) -> None:
    entry = await watch(hass)
    hass_read_only_user.mock_policy({"entities": {"domains": {"light": True}}})
    page = await open_page(hass, hass_ws_client, entry, hass_read_only_access_token)
    assert await page.refusal("subscribe") == "unauthorized"
    assert await page.refusal("prints") == "unauthorized"


async def test_a_device_that_is_no_printer(
    hass: HomeAssistant, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    page = await open_page(hass, hass_ws_client, await watch(hass))
    page.device_id = "nothing"
    assert (await page.follow())["type"] == "gone"
    assert await page.refusal("prints") == "not_found"


async def test_a_linked_octoprint(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """The same commands reach the plugin; its pictures and files come through Home Assistant."""
    octoprint.add_print("5f0c0f4e", "benchy.gcode")
    page = await open_page(hass, hass_ws_client, await linked())
    first = await page.follow()
    assert first["commands"] == ["cancel", "pause", "resume"]
    failing = WatchState(
        printer_id="printer-1", phase=Phase.WATCHING, print_id="5f0c0f4e", latch=Latch(Level.FAILURE)
    )
    await octoprint.push(state=failing, events=[Event(EventKind.FAILURE, 5.0, "5f0c0f4e")])
    await page.until(lambda told: told["type"] == "event" and told["event"]["kind"] == "failure")
    await page.result("order", order="resume_fine")
    assert all(sent["command"] != "acknowledge" for sent in octoprint.commands), "a resume labels nothing"
    assert octoprint.jobs[-1] == {"command": "pause", "action": "resume"}
    await page.result("order", order="resume_cleared")
    assert octoprint.commands[-1] == {"command": "acknowledge", "answer": "cleared"}
    await page.result("order", order="ask_again")
    assert octoprint.commands[-1] == {"command": "acknowledge", "answer": "withdrawn"}
    await page.result("order", order="cancel")
    assert octoprint.jobs[-1] == {"command": "cancel"}

    (record,) = (await page.result("prints"))["prints"]
    course = await page.result("frames", print_id=record["print_id"])
    assert course["frames"][0][:3] == [1, 1000.0, 0.1]
    (path,) = (await page.result("pictures", print_id="5f0c0f4e", frames=[[1, ""]]))["pictures"]
    client = await hass_client_no_auth()
    assert await (await client.get(path)).read() == JPEG
    export = (await page.result("export", print_id="5f0c0f4e", format="csv"))["path"]
    assert await (await client.get(export)).text() == "time,p\n"
    assert (await page.ask("frames", print_id="unknown"))["error"]["translation_key"] == "no_such_print"
    assert await page.refusal("frames", print_id="../../api/settings") == "invalid_format"

    polygons = [[[0.1, 0.1], [0.2, 0.1], [0.2, 0.2]]]
    await page.result("regions/save", camera="", polygons=polygons)
    assert octoprint.commands[-1] == {"command": "regions", "camera": "", "polygons": polygons}
    assert (await page.result("regions", camera=""))["regions"] == [{"camera": "", "polygons": polygons}]
    assert (await page.result("background"))["cameras"][0]["frames"] == 12
    await page.result("background/forget", camera="")
    assert octoprint.commands[-1] == {"command": "forget_usual", "camera": ""}
    await octoprint.drop()
    told = await page.until(lambda told: told["type"] == "update" and not told["connected"])
    assert told["problem"]
