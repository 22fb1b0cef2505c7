"""A house with a printer: a room whose lamp Home Assistant switches, a phone, and what blueprints act on."""

import io
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from PIL import Image, ImageEnhance

from environments import REPOSITORY
from octoprint_failwatch.simulator.renderer import Renderer
from octoprint_failwatch.simulator.scene import Scene
from stack.homeassistant import HomeAssistant
from stack.processes import free_port
from tests.e2e.warning_log import WarningLog
from tests.e2e.watching import watch_camera
from tests.emulators.running import running
from tests.patience import eventually

SPEED = 10.0
PICTURES = 10
"""Of one situation: no two in succession are the same, as those of a real camera."""
CAMERA = "camera.room"
BLUEPRINTS = REPOSITORY / "blueprints" / "automation" / "failwatch"
CONFIGURATION = """
mobile_app:
input_select:
  printer:
    options: [idle, printing, paused]
input_button:
  pause_printer:
  cancel_printer:
input_boolean:
  lamp:
  plug:
    initial: true
  siren:
input_number:
  hot_end:
    min: 0
    max: 300
    initial: 210
rest_command:
  lamp:
    url: {lamp}/{{{{ state }}}}
    method: post
template:
  - sensor:
      - name: Hot end
        device_class: temperature
        unit_of_measurement: °C
        state: "{{{{ states('input_number.hot_end') }}}}"
  - light:
      - name: Lamp
        state: "{{{{ states('input_boolean.lamp') }}}}"
        turn_on:
          - action: rest_command.lamp
            data: {{state: "on"}}
          - action: input_boolean.turn_on
            target: {{entity_id: input_boolean.lamp}}
        turn_off:
          - action: rest_command.lamp
            data: {{state: "off"}}
          - action: input_boolean.turn_off
            target: {{entity_id: input_boolean.lamp}}
  - switch:
      - name: Plug
        state: "{{{{ states('input_boolean.plug') }}}}"
        turn_on: {{action: input_boolean.turn_on, target: {{entity_id: input_boolean.plug}}}}
        turn_off: {{action: input_boolean.turn_off, target: {{entity_id: input_boolean.plug}}}}
      - name: Siren
        state: "{{{{ states('input_boolean.siren') }}}}"
        turn_on: {{action: input_boolean.turn_on, target: {{entity_id: input_boolean.siren}}}}
        turn_off: {{action: input_boolean.turn_off, target: {{entity_id: input_boolean.siren}}}}
"""


@dataclass
class Room:
    """What the camera shows: a print that goes well or fails, by daylight, by lamplight or in the dark."""

    fails: bool = False
    night: bool = False
    lamp: bool = False
    _number: int = 0

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/snapshot.jpg", self._snapshot)
        app.router.add_post("/lamp/{state}", self._switch)
        return app

    async def _snapshot(self, request: web.Request) -> web.Response:
        self._number = (self._number + 1) % PICTURES
        jpeg = _picture(0.9 if self.fails else 0.35, self._number, dark=self.night and not self.lamp)
        return web.Response(body=jpeg, content_type="image/jpeg")

    async def _switch(self, request: web.Request) -> web.Response:
        self.lamp = request.match_info["state"] == "on"
        return web.Response()


@cache
def _renderer() -> Renderer:
    return Renderer(Scene(seed=4, fails_at=40))


@cache
def _picture(progress: float, number: int, *, dark: bool) -> bytes:
    """Return a picture, drawn once: that takes longer than all else that a look costs."""
    jpeg = _renderer().render(progress, number)
    if dark:
        picture, out = ImageEnhance.Brightness(Image.open(io.BytesIO(jpeg))).enhance(0.03), io.BytesIO()
        picture.save(out, "JPEG")
        jpeg = out.getvalue()
    return jpeg


@dataclass
class Phone:
    """Takes what Home Assistant pushes, and answers as Home Assistant's app does."""

    session: aiohttp.ClientSession
    messages: list[dict[str, Any]] = field(default_factory=list)
    webhook: str = ""

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/push", self._push)
        return app

    async def _push(self, request: web.Request) -> web.Response:
        self.messages.append(await request.json())
        return web.json_response({}, status=201)

    async def got(self, words: str) -> dict[str, Any]:
        """Return the first message that ends with these words, or has them, once it is there."""

        async def found() -> dict[str, Any] | None:
            texts = [message["message"] for message in self.messages]
            ends = (number for number, text in enumerate(texts) if text.endswith(words))
            has = (number for number, text in enumerate(texts) if words in text and not words.endswith("."))
            number = next(ends, next(has, None))
            return None if number is None else self.messages[number]

        message = await eventually(found)
        assert message is not None
        return message

    def texts(self) -> list[str]:
        """Return the texts of all messages, the oldest first."""
        return [message["message"] for message in self.messages]

    async def press(self, message: Mapping[str, Any], title: str) -> None:
        """Press a button of a message."""
        action = next(one["action"] for one in message["data"]["actions"] if one["title"] == title)
        event = {"event_type": "mobile_app_notification_action", "event_data": {"action": action}}
        async with self.session.post(self.webhook, json={"type": "fire_event", "data": event}) as answer:
            answer.raise_for_status()


@dataclass(frozen=True)
class House:
    """All of it, with a printer that FailWatch watches."""

    home_assistant: HomeAssistant
    room: Room
    phone: Phone
    entities: Mapping[str, str]
    printer: str
    phone_device: str
    snapshot_url: str
    service: str
    """The entry of the detector."""
    log: WarningLog

    async def state(self, entity_id: str) -> str:
        """Return an entity's state, "" while it does not exist."""
        return str((await self.home_assistant.states()).get(entity_id, {"state": ""})["state"])

    async def until(self, entity_id: str, wanted: str) -> None:
        async def reached() -> bool:
            return await self.state(entity_id) == wanted

        await eventually(reached)

    async def call(self, action: str, entity_id: str, **data: Any) -> None:
        path = f"/api/services/{action.replace('.', '/')}"
        await self.home_assistant.post(path, {"entity_id": entity_id, **data})

    async def printer_is(self, state: str) -> None:
        await self.call("input_select.select_option", "input_select.printer", option=state)

    async def prints_well(self) -> None:
        """Begin a print, and wait until FailWatch has seen that it goes well."""
        self.room.fails = False
        await self.printer_is("idle")
        await self.until(self.entities["watch_state"], "idle")
        await self.printer_is("printing")
        await self.until(self.entities["watch_state"], "watching")

        async def seen() -> bool:
            return (await self.state(self.entities["prediction_num"])).isdigit()

        await eventually(seen)

    async def forgets(self) -> None:
        """Have the detector forget how the camera looks: a failure that was said to be fine is one again."""
        await self.call("button.press", self.entities["forget_usual"])

    async def automate(self, blueprint: str, **inputs: Any) -> None:
        """Make an automation from a blueprint, as the automation editor does."""
        config = {
            "alias": blueprint,
            "use_blueprint": {
                "path": f"failwatch/{blueprint}.yaml",
                "input": {"printer": self.printer, **inputs},
            },
        }
        await self.home_assistant.post(f"/api/config/automation/config/{blueprint}", config)
        await self.until(f"automation.{blueprint}", "on")

    async def runs(self, blueprint: str) -> list[dict[str, Any]]:
        """Return the traces of an automation's runs."""
        wanted = {"domain": "automation", "item_id": blueprint}
        return list(await self.home_assistant.command("trace/list", **wanted))

    async def issues(self, kind: str = "") -> list[dict[str, Any]]:
        """Return FailWatch's issues of the repairs page, or those of one kind."""
        issues = (await self.home_assistant.command("repairs/list_issues"))["issues"]
        ours = (issue for issue in issues if issue["domain"] == "failwatch")
        return [issue for issue in ours if kind in ("", issue["translation_key"])]


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    """Start it all; stop it at the end."""
    room = Room()
    async with aiohttp.ClientSession() as session, running(room.application()) as room_url:
        phone = Phone(session)
        home_assistant = HomeAssistant(
            session,
            folder / "homeassistant",
            free_port(),
            clock_speed=SPEED,
            more_configuration=CONFIGURATION.format(lamp=room_url / "lamp"),
        )
        async with running(phone.application()) as phone_url:
            try:
                home_assistant.create()
                shutil.copytree(BLUEPRINTS, home_assistant.folder / "blueprints" / "automation" / "failwatch")
                await home_assistant.start()
                phone_device = await pair(home_assistant, phone, str(phone_url / "push"))
                await add_camera(home_assistant, "Room", str(room_url / "snapshot.jpg"))
                wanted = {"watch_state", "failure_state", "prediction_num", "tagged_picture", "not_a_failure"}
                wanted.add("forget_usual")
                orders = {"cancel_with": "input_button.cancel_printer"}
                entities = await watch_camera(home_assistant, CAMERA, veto=300, wanted=wanted, orders=orders)
                assert entities is not None
                yield House(
                    home_assistant,
                    room,
                    phone,
                    entities,
                    await _device(home_assistant, "failwatch"),
                    phone_device,
                    str(room_url / "snapshot.jpg"),
                    (await home_assistant.command("config_entries/get", domain="failwatch"))[0]["entry_id"],
                    WarningLog(home_assistant.program.log),
                )
            finally:
                home_assistant.program.stop()


async def add_camera(home_assistant: HomeAssistant, name: str, snapshot_url: str) -> str:
    """Give Home Assistant a camera, and return the id of its entry."""
    settings = {"name": name, "verify_ssl": False, "mjpeg_url": snapshot_url}
    made = await home_assistant.configure({**settings, "still_image_url": snapshot_url}, handler="mjpeg")
    assert made["type"] == "create_entry", made
    return str(made["result"]["entry_id"])


async def pair(home_assistant: HomeAssistant, phone: Phone, push_url: str, device_id: str = "phone") -> str:
    """Pair a phone with Home Assistant's app, and return its device."""
    registered = await home_assistant.post(
        "/api/mobile_app/registrations",
        {
            "app_id": "test",
            "app_name": "Home Assistant",
            "app_version": "1",
            "device_id": device_id,
            "device_name": "Pixel",
            "manufacturer": "Google",
            "model": "Pixel",
            "os_name": "Android",
            "os_version": "16",
            "supports_encryption": False,
            "app_data": {"push_token": "token", "push_url": push_url},
        },
    )
    phone.webhook = f"{home_assistant.url}/api/webhook/{registered['webhook_id']}"
    return await _device(home_assistant, "mobile_app", device_id)


async def _device(home_assistant: HomeAssistant, domain: str, name: str = "") -> str:
    devices = await home_assistant.command("config/device_registry/list")
    return next(
        str(device["id"])
        for device in devices
        if any(one[0] == domain and name in ("", one[1]) for one in device["identifiers"])
    )
