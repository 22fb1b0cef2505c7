"""Permissions of the API, and secrets that it never returns; on a real OctoPrint."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from PIL import Image
from yarl import URL

from tests.octoprint.lab import TOKEN, Lab
from tests.patience import PATIENCE, eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

API = "/api/plugin/failwatch"
COMMANDS: dict[str, dict[str, Any]] = {
    "acknowledge": {"answer": "not_a_failure"},
    "snooze": {"seconds": 60},
    "mute": {"muted": True},
    "check": {},
    "look": {},
    "pause": {},
    "job": {"action": "pause"},
    "watching": {"enabled": False},
    "label": {"print_id": "x", "failed": True},
    "forget": {"print_id": "x"},
    "rules": {"numbers": {"failure": 0.5}},
    "regions": {"camera": "", "polygons": []},
    "describe": {},
    "test": {},
    "offers": {"settings": {}},
    "add_target": {"url": "json://127.0.0.1"},
    "save_target": {"service": "ntfy", "values": {"topic": "printer"}},
    "remove_target": {"index": 0},
    "test_target": {"index": 0},
    "test_targets": {},
    "usual": {},
    "forget_usual": {"camera": "classic"},
    "tuning": {},
    "learning": {},
    "sensitivity": {"rules": {"name": "failwatch", "numbers": {}}},
    "new_identity": {},
}
PATHS = [
    API,
    "/plugin/failwatch/frame.jpg",
    "/plugin/failwatch/tagged.jpg",
    "/plugin/failwatch/snapshot.jpg",
    "/plugin/failwatch/prints",
    "/plugin/failwatch/prints/x",
    "/plugin/failwatch/prints/x.csv",
    "/plugin/failwatch/prints/x.zip",
]


class Visitor:
    """Somebody with an account, or without one."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url, self.session = url, session

    async def get(self, path: str) -> int:
        async with self.session.get(self.url + path) as answer:
            return answer.status

    async def order(self, command: str) -> int:
        body = {"command": command, **COMMANDS[command]}
        async with self.session.post(self.url + API, json=body) as answer:
            return answer.status


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitors(running_lab: Lab) -> AsyncIterator[dict[str, Visitor]]:
    """Return a stranger, a guest of the read-only group, an ordinary user, and one who may not print."""
    octoprint, found = running_lab.octoprint, {}
    groups = {"reader": ["readonly"], "user": ["users"], "handless": ["readonly"]}
    for name, group in groups.items():
        permissions = ["PLUGIN_FAILWATCH_CONTROL"] if name == "handless" else []
        account = {
            "name": name,
            "password": "secret",
            "active": True,
            "groups": group,
            "permissions": permissions,
        }
        await octoprint.post("/api/access/users", account)
    for name in ("stranger", *groups):
        session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        found[name] = Visitor(octoprint.url, session)
        await session.get(f"{octoprint.url}/login/")
        token = next(cookie.value for cookie in session.cookie_jar if cookie.key.startswith("csrf_token"))
        session.headers["X-CSRF-Token"] = token
        if name in groups:
            login = {"user": name, "pass": "secret", "remember": False}
            async with session.post(f"{octoprint.url}/api/login", json=login) as answer:
                assert answer.status == 200
    yield found
    for visitor in found.values():
        await visitor.session.close()


@pytest.mark.parametrize("path", PATHS)
async def test_a_stranger_sees_nothing(lab: Lab, visitors: dict[str, Visitor], path: str) -> None:
    assert await visitors["stranger"].get(path) == 403


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_stranger_orders_nothing(lab: Lab, visitors: dict[str, Visitor], command: str) -> None:
    assert await visitors["stranger"].order(command) == 403


async def test_a_reader_sees_and_orders_nothing(lab: Lab, visitors: dict[str, Visitor]) -> None:
    reader = visitors["reader"]
    assert await reader.get(API) == 200
    assert await reader.get("/plugin/failwatch/prints") == 200
    assert await reader.get("/plugin/failwatch/snapshot.jpg") == 403
    assert {await reader.order(command) for command in COMMANDS} == {403}


async def test_a_user_controls_but_does_not_configure(lab: Lab, visitors: dict[str, Visitor]) -> None:
    user = visitors["user"]
    assert await user.order("check") == 204
    configuring = ["rules", "regions", "describe", "test", "offers", "add_target", "remove_target"]
    configuring += [
        "save_target",
        "test_target",
        "test_targets",
        "usual",
        "forget_usual",
        "tuning",
        "learning",
        "new_identity",
    ]
    assert {await user.order(command) for command in configuring} == {403}


async def test_who_answers_alarms_pauses_only_with_octoprints_right_to_print(
    lab: Lab, visitors: dict[str, Visitor]
) -> None:
    await lab.print()
    await lab.phase("watching")
    assert await visitors["handless"].order("pause") == 403
    assert await visitors["handless"].order("job") == 403
    assert await visitors["user"].order("pause") == 204
    await lab.until_printer("paused")
    assert (await lab.phase("paused"))["intervention"]["paused_at"] is None, "it was the user who paused"


async def test_the_job_obeys_as_by_octoprints_own_api(lab: Lab) -> None:
    for command in ({"command": "job", "action": "pause"}, {"command": "pause"}):
        with pytest.raises(aiohttp.ClientResponseError) as caught:
            await lab.octoprint.post("/api/plugin/failwatch", command)
        assert caught.value.status == 409
    assert (await lab.state())["intervention"]["ordered"] is None
    await lab.print()
    await lab.phase("watching")
    await lab.order("job", action="pause")
    await lab.until_printer("paused")
    assert (await lab.phase("paused"))["intervention"]["paused_at"] is None, "it was the user who paused"
    await lab.order("job", action="resume")
    await lab.phase("watching")
    await lab.order("job", action="cancel")
    await lab.phase("idle")
    events = [event["kind"] for event in (await lab.failwatch())["events"]]
    assert events[-1] == "ended"


async def test_an_order_for_another_octoprint_is_refused(lab: Lab) -> None:
    await lab.order("check", instance=(await lab.failwatch())["instance"])
    with pytest.raises(aiohttp.ClientResponseError) as caught:
        await lab.order("watching", enabled=False, instance="that-of-another")
    assert caught.value.status == 412
    assert (await lab.failwatch())["watching"] is True


async def test_a_new_identity_is_told_at_once(lab: Lab) -> None:
    before = (await lab.failwatch())["uuid"]
    answer = await lab.order("new_identity")
    assert answer["uuid"] != before
    assert (await lab.failwatch())["uuid"] == answer["uuid"]


async def test_an_order_from_another_sites_page_is_refused(lab: Lab, visitors: dict[str, Visitor]) -> None:
    user = visitors["user"]
    async with user.session.post(
        user.url + API, json={"command": "check"}, headers={"X-CSRF-Token": ""}
    ) as answer:
        assert answer.status == 400


@pytest.mark.parametrize("who", ["stranger", "reader", "user", "administrator"])
async def test_the_token_is_told_to_nobody(lab: Lab, visitors: dict[str, Visitor], who: str) -> None:
    told = []
    for path in (API, "/api/settings", "/plugin/failwatch/prints"):
        if who == "administrator":
            told.append(json.dumps(await lab.octoprint.get(path)))
        else:
            async with visitors[who].session.get(lab.octoprint.url + path) as answer:
                told.append(await answer.text())
    if who == "administrator":
        told.append(json.dumps(await lab.order("describe")))
    assert not any(TOKEN in text for text in told)
    assert all(told)


async def test_saving_settings_without_the_token_keeps_it(lab: Lab) -> None:
    await lab.set(detector={"kind": "super_api", "url": lab.address, "token": None}, interval=10)
    answer = await lab.order("test")
    assert answer["p"] == pytest.approx(0.02)


async def test_a_test_now_shows_picture_boxes_raw_answer_and_times(lab: Lab) -> None:
    lab.scene.p = 0.8
    answer = await lab.order("test")
    assert answer["p"] == pytest.approx(0.8)
    assert answer["boxes"][0]["score"] == pytest.approx(0.8)
    assert answer["raw"]["result"]["p"] == 0.8
    assert answer["picture"].startswith("data:image/jpeg;base64,")
    assert answer["answer_seconds"] > 0


@pytest.mark.parametrize(
    ("camera", "status", "kind"),
    [("broken", 200, "no_snapshot"), ("dark", 200, "dark"), ("moving", 500, "server_failed")],
)
async def test_a_test_now_says_what_is_wrong(lab: Lab, camera: str, status: int, kind: str) -> None:
    lab.scene.camera, lab.scene.status = camera, status
    assert (await lab.order("test"))["problem"]["kind"] == kind


async def test_what_is_wrong_with_a_setting_is_said_in_the_askers_language(lab: Lab) -> None:
    german = "/api/plugin/failwatch?l10n=de"
    detector = {"kind": "super_api", "url": "ftp://server", "token": "x"}
    answer = await lab.octoprint.post(german, {"command": "test", "settings": {"detector": detector}})
    assert answer["problem"]["detail"] == "Die Adresse des Dienstes muss aussehen wie https://example.org."
    await lab.set(veto="soon")
    try:
        assert (await lab.octoprint.get(german))[
            "problem"
        ] == "\"Wartezeit vor dem Eingreifen\" muss eine Zahl sein, nicht 'soon'."
        assert (await lab.failwatch())["problem"] == "\"Delay before acting\" must be a number, not 'soon'."
    finally:
        await lab.set(veto=0)
    assert (await lab.failwatch())["problem"] == ""


async def test_a_test_of_another_address_gets_no_stored_token(lab: Lab) -> None:
    address = lab.address.replace("127.0.0.1", "localhost")
    answer = await lab.order("test", settings={"detector": {"kind": "super_api", "url": address}})
    assert answer["problem"]["kind"] == "not_authorised"


async def test_regions_are_told_and_replaced_for_one_camera(lab: Lab) -> None:
    triangle = [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]
    assert (await lab.order("regions"))["regions"] == []
    await lab.order("regions", camera="other", polygons=[triangle])
    await lab.order("regions", camera="", polygons=[triangle, triangle])
    assert (await lab.order("regions", camera="", polygons=[triangle]))["regions"] == [
        {"camera": "other", "polygons": [triangle]},
        {"camera": "", "polygons": [triangle]},
    ]
    for camera, polygons in (("", [["nonsense"]]), ("\ud83d", [triangle])):
        with pytest.raises(aiohttp.ClientResponseError, match="400"):
            await lab.order("regions", camera=camera, polygons=polygons)
    for camera in ("other", ""):
        await lab.order("regions", camera=camera, polygons=[])
    assert (await lab.order("regions"))["regions"] == []


async def test_rules_are_changed_checked_and_told(lab: Lab) -> None:
    await lab.order("rules", numbers={"failure": 0.5})
    assert (await lab.failwatch())["rules"]["failure"] == 0.5
    with pytest.raises(aiohttp.ClientResponseError) as caught:
        await lab.order("rules", numbers={"failure": -1})
    assert caught.value.status == 400
    assert (await lab.failwatch())["rules"]["failure"] == 0.5
    await lab.order("rules", name="obico")
    assert (await lab.failwatch())["rules"]["name"] == "obico"
    await lab.order("rules", name="failwatch", numbers={"failure": 0.6})


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("acknowledge", {"answer": "perhaps"}),
        ("snooze", {"seconds": "soon"}),
        ("snooze", {"seconds": -5}),
        ("snooze", {"seconds": None}),
        ("label", {"print_id": "unknown", "failed": True}),
        ("job", {"action": "toggle"}),
        ("add_target", {"url": "nonsense"}),
        ("remove_target", {"index": 7}),
        ("save_target", {"service": "ntfy", "values": {"topic": ""}}),
        ("save_target", {"service": "ntfy", "values": {"topic": ["a"]}}),
        ("save_target", {"service": "email", "values": {}, "index": 7}),
        ("test_target", {}),
    ],
)
async def test_nonsense_is_refused_in_words(lab: Lab, command: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(aiohttp.ClientResponseError) as caught:
        await lab.order(command, **arguments)
    assert caught.value.status == 400
    assert "error" in caught.value.message


ODD: list[Any] = [None, True, -1, 1e308, 10**400, "text", "\ud800", [], [[]], {}, {"a": {"b": []}}]
ODD_KEYS = {
    "tuning": ["do", "limit", "level", "settings"],
    "learning": ["do", "algorithm"],
    "test": ["camera", "settings"],
    "rules": ["name", "numbers"],
    "save_target": ["service", "values", "index"],
    "test_target": ["service", "values", "index"],
    "label": ["print_id", "failed", "failed_from"],
}


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in ("new_identity", "check")])
async def test_no_command_breaks_on_odd_json(lab: Lab, command: str) -> None:
    """A sound command with one value replaced, also by what JSON does not have: it is refused, or does no harm."""
    sound = COMMANDS[command]
    for key in ODD_KEYS.get(command, list(sound)):
        for odd in ODD:
            given = {**sound, key: odd, "command": command}
            if command == "tuning" and key == "settings":
                given["do"] = "apply"
            status = await _status(lab, json.dumps(given))
            assert status != 500, (key, odd)
        for literal in ("NaN", "Infinity", "-Infinity"):
            body = json.dumps({**sound, key: "?", "command": command}).replace('"?"', literal)
            assert await _status(lab, body) != 500, (key, literal)
    assert (await lab.octoprint.get("/api/settings"))["plugins"]["failwatch"]["rules"]
    await lab.order("watching", enabled=True)
    await lab.set(notify={"urls": []})


ODD_QUERIES = [
    *("limit=inf", "offset=-1", "page=1e9", "print_id=../..", "since=nan", "%C3%BC=%F0%9F%92%A5", "at[]=1"),
    *("camera=%00", "camera=%ff%fe", "camera=..%2f..%2fetc%2fpasswd", "camera=a&camera=b", "camera"),
    *(f"camera={'x' * 20_000}", f"at={'9' * 5_000}", "before=-1e308", "before=0"),
]
NO_NUMBERS = ["9" * 400, "nan", "inf", "-inf", "1e999", "x", "", "%00", "1,5", "0x10", "nan&before=1"]
ODD_PATHS = [
    *(
        "..%2f..%2fhistory.db",
        "%00",
        "%ff",
        "x" * 5_000,
        "%F0%9F%92%A5.csv",
        "..zip",
        "%27;%20drop%20table%20prints%20--",
    ),
    *("x/99999999999999999999999.jpg", "x/-1.jpg", "x/1e3.jpg", "x/%D9%A1.jpg"),
]


async def _answer(lab: Lab, path: str) -> tuple[int, str, str]:
    headers = {"X-Api-Key": lab.octoprint.key}
    url = URL(lab.octoprint.url + path, encoded=True)
    async with lab.octoprint._session.get(url, headers=headers) as answer:
        return answer.status, answer.content_type, (await answer.read()).decode("latin-1")


async def test_no_question_breaks_on_odd_values(lab: Lab) -> None:
    for path in PATHS:
        plain = (await _answer(lab, path))[0]
        for query in ODD_QUERIES:
            status, _, _ = await _answer(lab, f"{path}?{query}")
            assert status in (plain, 404, 502), (path, query[:40], status)
    for odd in ODD_PATHS:
        status, _, _ = await _answer(lab, f"/plugin/failwatch/prints/{odd}")
        assert status == 404, (odd[:40], status)
    for odd in NO_NUMBERS:
        status, kind, said = await _answer(lab, f"/plugin/failwatch/prints?before={odd}")
        assert (status, kind, json.loads(said)) == (
            400,
            "application/json",
            {"error": "before must be a number."},
        )
    assert (await lab.failwatch())["watching"]


async def test_a_link_to_a_camera_that_is_none_shows_no_page_of_its_writers(lab: Lab) -> None:
    status, kind, said = await _answer(
        lab, "/plugin/failwatch/snapshot.jpg?camera=%3Cscript%3Ealert(1)%3C/script%3E"
    )
    assert (status, kind) == (502, "text/plain")
    assert "no webcam" in said


async def test_settings_that_cannot_be_given_back_are_not_taken(lab: Lab) -> None:
    before = (await lab.octoprint.get("/api/settings"))["plugins"]["failwatch"]
    for odd in ({"detector": 7}, {"rules": []}, {"regions": {"a": 1}}, {"shaping": "gentle"}):
        await lab.set(**odd)
        assert (await lab.octoprint.get("/api/settings"))["plugins"]["failwatch"] == before
    body = '{"plugins": {"failwatch": {"interval": Infinity, "veto": NaN}}}'
    async with lab.octoprint._session.post(
        f"{lab.octoprint.url}/api/settings",
        data=body,
        headers={"X-Api-Key": lab.octoprint.key, "Content-Type": "application/json"},
    ) as answer:
        assert answer.status == 200
    assert (await lab.octoprint.get("/api/settings"))["plugins"]["failwatch"] == before


async def _status(lab: Lab, body: str) -> int:
    headers = {"X-Api-Key": lab.octoprint.key, "Content-Type": "application/json"}
    async with lab.octoprint._session.post(lab.octoprint.url + API, data=body, headers=headers) as answer:
        return answer.status


async def test_a_failing_print_is_told_by_push_socket_webhook_and_picture(lab: Lab) -> None:
    answer = await lab.order("add_target", url=lab.address.replace("http://", "json://") + "/hook")
    assert len(answer["targets"]) == 1
    pushed = await _socket(lab)
    try:
        await lab.print()
        state = await lab.looked()
        lab.scene.p = 0.6  # a doubt first, also where seconds pass between two pictures
        updates = await _updates_until(pushed, "maybe")
        lab.scene.p = 0.9
        await lab.until_printer("paused")
        updates += await _updates_until(pushed, "action")
        kinds = [event["kind"] for update in updates for event in update["events"]]
        assert kinds == ["started", "maybe", "failure", "action"]
        assert updates[-1]["watching"] is True
        assert updates[-1]["rules"]["name"] == "failwatch"
        assert updates[-1]["state"]["print_id"] == state["print_id"]

        async def hooked() -> list[str]:
            return [message["message"] for message in lab.scene.hooked]

        messages = await eventually(hooked, lambda messages: len(messages) >= 2)
        assert "looks suspicious" in messages[0]
        assert "paused long.gcode" in messages[1]
        assert len(messages) == 2, "one message for each change"
        assert lab.scene.hooked[1]["attachments"][0]["base64"]
    finally:
        await pushed.close()
        await lab.order("remove_target", index=0)
    for name in ("frame.jpg", "tagged.jpg"):
        async with lab.octoprint._session.get(
            f"{lab.octoprint.url}/plugin/failwatch/{name}", headers={"X-Api-Key": lab.octoprint.key}
        ) as picture:
            assert Image.open(io.BytesIO(await picture.read())).size == (640, 480)


async def test_a_service_is_set_up_by_its_form_and_keeps_its_secret(lab: Lab) -> None:
    secret = "tk_nobodymayseethis"
    values = {"server": "https://ntfy.example.com", "topic": "printer", "token": secret}
    answer = await lab.order("save_target", service="ntfy", values=values)
    try:
        (form,) = answer["target_forms"]
        del values["token"]
        assert form == {"service": "ntfy", "values": values, "secrets": ["token"]}
        changed = {**form["values"], "topic": "other"}
        answer = await lab.order("save_target", service="ntfy", values=changed, index=0)
        described = await lab.order("describe")
        everything = str([answer, described, await lab.octoprint.get("/api/settings"), await lab.failwatch()])
        assert described["target_forms"][0]["values"]["topic"] == "other"
        assert secret not in everything
        assert secret in (lab.octoprint.folder / "config.yaml").read_text()
        elsewhere = {**changed, "server": "https://example.org"}
        answer = await lab.order("save_target", service="ntfy", values=elsewhere, index=0)
        assert answer["target_forms"][0]["secrets"] == [], "a secret only goes where it went"
        assert {one["service"] for one in described["services"]} >= {
            "ntfy",
            "email",
            "home_assistant",
            "other",
        }
    finally:
        await lab.order("remove_target", index=0)


async def test_a_form_is_tried_out_before_it_is_stored(lab: Lab) -> None:
    hook = lab.address.replace("http://", "json://") + "/hook"
    answer = await lab.order("test_target", service="other", values={"url": hook})
    assert (answer["says"], answer["targets"]) == ("Sent.", [])
    assert lab.scene.hooked[-1]["message"] == "This is a test."
    answer = await lab.order("test_target", service="other", values={"url": hook + "/not-there"})
    assert answer["problem"] == "JSON does not know this address or recipient (404)."


async def test_past_prints_can_be_read_labelled_exported_and_forgotten(lab: Lab) -> None:
    await lab.print("past.gcode")
    await lab.looked(3)
    await lab.idle()
    get, base = lab.octoprint.get, "/plugin/failwatch/prints"

    async def newest() -> dict[str, Any]:
        return dict((await get(base))["prints"][0])

    record = await eventually(newest, lambda record: record["outcome"] == "cancelled")
    assert record["name"] == "past.gcode"
    one = f"{base}/{record['print_id']}"
    shown = await get(one)
    assert len(shown["frames"]) == record["frames"] >= 3
    frame = next(frame for frame in shown["frames"] if frame[5])
    headers = {"X-Api-Key": lab.octoprint.key}
    for path, start in (
        (f"{one}/{frame[0]}.jpg", b"\xff\xd8"),
        (f"{one}.csv", b"time,p"),
        (f"{one}.zip", b"PK"),
    ):
        async with lab.octoprint._session.get(lab.octoprint.url + path, headers=headers) as answer:
            assert (await answer.read()).startswith(start)
    await lab.order("label", print_id=record["print_id"], failed=True)
    assert (await newest())["label"]["failed"] is True
    await lab.order("label", print_id=record["print_id"], failed=True, failed_from=record["started_at"] + 7)
    assert (await newest())["label"]["failed_from"] == record["started_at"] + 7
    await lab.order("forget", print_id=record["print_id"])
    assert record["print_id"] not in [left["print_id"] for left in (await get(base))["prints"]]


@pytest.mark.one_octoprint
async def test_secrets_are_found_nowhere_but_in_the_settings(lab: Lab) -> None:
    """A token, log-ins in addresses of camera and messages: at DEBUG, in answers, exports and files."""
    hosts = lab.address.removeprefix("http://")
    camera = f"http://canary-cam:canary-view@{hosts}/snapshot.jpg?key=canary-query"
    targets = [f"json://canary-me:canary-hook@{hosts}/hook", "json://canary-me:canary-lost@127.0.0.1:9/hook"]
    loggers = ("octoprint.plugins.failwatch", "octoprint_failwatch", "apprise", "aiohttp")
    await _set_log_levels(lab, dict.fromkeys(loggers, "DEBUG"))
    for target in targets:
        await lab.order("add_target", url=target)
    pushed, texts = await _socket(lab), []
    try:
        await _set_camera(lab, camera)
        await lab.print("canary.gcode")
        await lab.looked(2)
        lab.scene.status = 500
        await lab.phase("blind")
        lab.scene.status, lab.scene.camera = 200, "broken"
        texts.append(
            json.dumps(await lab.until(lambda state: "fault of its own" in json.dumps(state["blind"])))
        )
        await _set_camera(lab, camera.replace(hosts, "127.0.0.1:9"))
        texts.append(json.dumps(await lab.order("test")))
        lab.scene.camera = "moving"
        await _set_camera(lab, camera)
        await lab.phase("watching")
        lab.scene.p = 0.9
        await lab.until_printer("paused")
        texts += [
            json.dumps(await _updates_until(pushed, "action")),
            json.dumps(await lab.order("test_targets")),
        ]
        texts += [json.dumps(await lab.order(command)) for command in ("test", "describe", "usual")]
        settings = (await lab.octoprint.get("/api/settings"))["plugins"]["failwatch"]
        texts += [json.dumps(settings), json.dumps(await lab.failwatch())]
        printed = (await lab.octoprint.get("/plugin/failwatch/prints"))["prints"][0]["print_id"]
        for path in ("", ".csv", ".zip"):
            async with lab.octoprint._session.get(
                f"{lab.octoprint.url}/plugin/failwatch/prints/{printed}{path}",
                headers={"X-Api-Key": lab.octoprint.key},
            ) as answer:
                texts.append((await answer.read()).decode("latin-1"))
        await eventually(lambda: _hooked(lab), bool)
    finally:
        await pushed.close()
        await _set_camera(lab, f"{lab.address}/snapshot.jpg")
        for _ in targets:
            await lab.order("remove_target", index=0)
        await _set_log_levels(lab, dict.fromkeys(loggers, "INFO"))
    folder = lab.octoprint.folder
    files = [
        *(folder / "logs").rglob("*"),
        *(folder / "data" / "failwatch").rglob("*"),
        folder / "console.log",
    ]
    texts += [file.read_bytes().decode("latin-1") for file in files if file.is_file()]
    assert any(" - DEBUG - " in text and "failwatch" in text for text in texts)
    for secret in (TOKEN, "canary-view", "canary-query", "canary-hook", "canary-lost"):
        found = [text[max(0, at - 200) : at + 100] for text in texts if (at := text.find(secret)) >= 0]
        assert found == [], secret


async def _set_camera(lab: Lab, address: str) -> None:
    await lab.octoprint.post("/api/settings", {"plugins": {"classicwebcam": {"snapshot": address}}})


async def _set_log_levels(lab: Lab, levels: dict[str, str]) -> None:
    await lab.octoprint._request("PUT", "/plugin/logging/setup/levels", json=levels)


async def _hooked(lab: Lab) -> list[Any]:
    return lab.scene.hooked


async def _socket(lab: Lab) -> aiohttp.ClientWebSocketResponse:
    login = await lab.octoprint.post("/api/login", {"passive": True})
    socket = await lab.octoprint._session.ws_connect(f"{lab.octoprint.url}/sockjs/websocket")
    await socket.send_json({"subscribe": {"state": False, "plugins": ["failwatch"], "events": False}})
    await socket.send_json({"auth": f"{login['name']}:{login['session']}"})
    return socket


async def _updates_until(socket: aiohttp.ClientWebSocketResponse, kind: str) -> list[dict[str, Any]]:
    updates = []
    while True:
        message = json.loads((await socket.receive(timeout=PATIENCE)).data)
        if message.get("plugin", {}).get("plugin") == "failwatch":
            updates.append(message["plugin"]["data"])
            if any(event["kind"] == kind for event in updates[-1].get("events", ())):
                return updates
