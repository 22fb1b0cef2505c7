"""The detection server answers as the Super Detection API is documented."""

import asyncio
import io
import json
import sqlite3
import time
from pathlib import Path
from types import SimpleNamespace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image
from yarl import URL

from octoprint_failwatch.engine.clients.obico import MlApi, SuperApi
from octoprint_failwatch.engine.detectors import DetectorContext, create_detector
from octoprint_failwatch.engine.errors import BadPicture, ModelUnavailable, NotAuthorised
from octoprint_failwatch.engine.models import Box, Detection, Frame
from octoprint_failwatch.engine.statistics import LONG_WINDOW, TemporalStatistics, advance
from octoprint_failwatch.server.database import Database
from octoprint_failwatch.server.printer_statistics import Look, PrinterRecord
from octoprint_failwatch.server.rate_limit import Throttle
from octoprint_failwatch.server.sqlite_printers import WRITE
from octoprint_failwatch.server.tagged_pictures import RESERVE
from tests.core.watching import ScriptedDetector, picture
from tests.server.serving import JPEG, PREDICT, TOKEN, printers_of, serving

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "temporal-vectors.json").read_text())
TOO_HOT = {"error": "You are running too hot! Take it easy buddy..."}
INVALID = {"error": "Invalid or Inactive Token", "is_authenticated": "False"}
BOX = Box(0.25, 0.5, 0.75, 1.0, 0.8)


class BoxingDetector(ScriptedDetector):
    """Sees a failure in the lower middle of every picture."""

    async def detect(self, frame: Frame) -> Detection:
        """Answer one box."""
        detection = await super().detect(frame)
        return Detection(detection.p, (BOX,))


class GatedDetector(ScriptedDetector):
    """Answers when it is let, and counts how many frames it looks at at once."""

    gate: asyncio.Event
    at_once = most_at_once = 0

    def __post_init__(self) -> None:
        """Begin closed."""
        super().__post_init__()
        self.gate = asyncio.Event()

    async def detect(self, frame: Frame) -> Detection:
        """Wait for the gate."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.gate.wait()
            return await super().detect(frame)
        finally:
            self.at_once -= 1


# What a client gets


async def test_the_documented_answer(tmp_path: Path) -> None:
    """All documented keys and types; and after them the boxes, as the later documentation has them."""
    async with serving(tmp_path, [1.0, 0.0, 0.5]) as served:
        answer = await served.predict()
        assert answer.content_type == "application/json"
        result = (await answer.json())["result"]
        assert list(result) == ["p", "temporal_stats", "tagged_img_url", "detections"]
        assert result["p"] == 1.0
        assert result["temporal_stats"] == {
            "ewm_mean": pytest.approx(0.153846154),
            "rolling_mean_short": 0.5,
            "rolling_mean_long": 0.5,
            "prediction_num": 1,
            "prediction_num_lifetime": 1,
        }
        assert isinstance(result["temporal_stats"]["prediction_num"], int)
        assert (await served.result())["temporal_stats"]["ewm_mean"] == pytest.approx(0.130177515)
        third = (await served.result())["temporal_stats"]
        assert third["ewm_mean"] == pytest.approx(0.187073282)
        assert third["rolling_mean_short"] == third["rolling_mean_long"] == 0.375


async def test_the_reference_series(tmp_path: Path) -> None:
    """330 frames of a printer that has seen 7200 at 0.02: every mean to 1e-12, through the database."""
    async with printers_of(tmp_path) as printers:
        known = PrinterRecord(
            "before", TemporalStatistics(rolling_mean_long=0.02, prediction_num_lifetime=LONG_WINDOW)
        )
        row = ("owner", "printer", *known.to_row())
        await printers._database.run(lambda connection: connection.execute(WRITE, row))
        for number, p, ewm, short, long, *_ in VECTORS:
            counted = await printers.advance(
                "owner", "printer", Look("print", p, str(number), time.time(), 0.0)
            )
            statistics = counted.statistics
            assert statistics.prediction_num == number
            assert statistics.prediction_num_lifetime == LONG_WINDOW + number
            assert statistics.ewm_mean == pytest.approx(ewm, abs=1e-12)
            assert statistics.rolling_mean_short == pytest.approx(short, abs=1e-12)
            assert statistics.rolling_mean_long == pytest.approx(long, abs=1e-12)


async def test_a_new_print_forgets_the_print_and_keeps_the_printer(tmp_path: Path) -> None:
    """Any other print_id begins anew, also one that was there before."""
    async with serving(tmp_path, [0.6]) as served:
        for _ in range(3):
            before = (await served.result(print_id="A"))["temporal_stats"]
        for print_id in ("B", "A"):
            stats = (await served.result(print_id=print_id))["temporal_stats"]
            assert stats["prediction_num"] == 1
            assert stats["ewm_mean"] == pytest.approx(0.6 * 2 / 13)
            assert stats["rolling_mean_short"] == pytest.approx(0.3)
            assert stats["prediction_num_lifetime"] > before["prediction_num_lifetime"]
            assert stats["rolling_mean_long"] > before["rolling_mean_long"]
            before = stats


async def test_printers_are_apart(tmp_path: Path) -> None:
    """By their id, and by whose they are."""
    async with serving(tmp_path, [0.6], tokens=(TOKEN, "another")) as served:
        for _ in range(3):
            await served.result("one")
        for printer_id, token in (("two", TOKEN), ("one", "another"), ("one ", TOKEN), ("ONE", TOKEN)):
            stats = (await served.result(printer_id, token=token))["temporal_stats"]
            assert stats["prediction_num_lifetime"] == 1
        assert (await served.result("one"))["temporal_stats"]["prediction_num_lifetime"] == 4


async def test_statistics_go_on_after_a_restart(tmp_path: Path) -> None:
    """The same print goes on with the same means."""
    expected = TemporalStatistics()
    for start in range(3):
        async with serving(tmp_path, [0.3 + 0.1 * start]) as served:
            for _ in range(4):
                stats = (await served.result())["temporal_stats"]
                expected = advance(expected, 0.3 + 0.1 * start)
            assert stats["ewm_mean"] == pytest.approx(expected.ewm_mean, abs=1e-12)
            assert stats["rolling_mean_long"] == pytest.approx(expected.rolling_mean_long, abs=1e-12)
            assert stats["prediction_num"] == expected.prediction_num


async def test_what_cannot_be_kept_does_not_stop_what_comes_next(tmp_path: Path) -> None:
    """As on a disk that is full when all but the end of a change is written."""
    schema = "CREATE TABLE kept (id INTEGER PRIMARY KEY, of REFERENCES kept DEFERRABLE INITIALLY DEFERRED)"
    database = Database(tmp_path / "kept.sqlite", ((schema,),))
    database._connection.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError):
        await database.run(lambda connection: connection.execute("INSERT INTO kept VALUES (1, 77)"))
    await database.run(lambda connection: connection.execute("INSERT INTO kept VALUES (2, NULL)"))
    rows = await database.run(lambda connection: connection.execute("SELECT id FROM kept").fetchall())
    assert rows == [(2,)]
    await database.close()


async def test_our_own_client_understands_it(tmp_path: Path) -> None:
    """FailWatch's detector for the Super Detection API gets p, statistics, boxes and the picture."""
    async with serving(tmp_path, BoxingDetector([0.4])) as served, aiohttp.ClientSession() as session:
        host = DetectorContext(session)
        address = str(served.client.make_url("/"))
        detector = create_detector({"kind": "super_api", "url": address, "token": TOKEN}, host)
        assert "accepts the token" in await detector.check()
        detection = await detector.detect(Frame(picture(1, size=(640, 480)), 0.0, "printer", "print"))
        assert detection.p == 0.4
        assert detection.statistics == advance(TemporalStatistics(), 0.4)
        (box,) = detection.boxes
        edges = (box.x_min, box.y_min, box.x_max, box.y_max, box.score)
        assert edges == pytest.approx((0.25, 0.5, 0.75, 1.0, 0.8))
        async with session.get(detection.tagged_image_url) as answer:
            assert answer.status == 200
        stranger = create_detector({"kind": "super_api", "url": address, "token": "wrong"}, host)
        with pytest.raises(NotAuthorised):
            await stranger.check()


# What it refuses

TOO_LONG = "x" * 257


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"printer_id": None}, "printer_id is missing."),
        ({"printer_id": ""}, "printer_id is missing."),
        ({"print_id": None}, "print_id is missing."),
        ({"printer_id": TOO_LONG}, "printer_id is too long: at most 256 characters are accepted."),
        ({"print_id": TOO_LONG * 99}, "print_id is too long: at most 256 characters are accepted."),
        ({"img": None}, "img is missing: a snapshot in JPEG format."),
        ({"img": b""}, "img is missing: a snapshot in JPEG format."),
        ({"img": b"GIF89a"}, "img is not a JPEG."),
        ({"img": JPEG + bytes(10 * 2**20)}, "img is too large: 10 MiB are accepted."),
        (
            {"query": {"printer_id": TOO_LONG}, "printer_id": None},
            "printer_id is too long: at most 256 characters are accepted.",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "-".join(value),
)
async def test_400_names_what_is_wrong(tmp_path: Path, changed: dict[str, object], says: str) -> None:
    """And nothing was looked at."""
    async with serving(tmp_path) as served:
        answer = await served.predict(**changed)
        assert answer.status == 400
        assert await answer.json() == {"error": says}
        assert not served.detector.frames


async def test_400_for_a_damaged_picture(tmp_path: Path) -> None:
    """What the detector cannot open is the client's fault, and changes no statistics."""
    async with serving(tmp_path, [BadPicture("The picture is cut off."), 0.5]) as served:
        answer = await served.predict()
        assert answer.status == 400
        assert await answer.json() == {"error": "The picture is cut off."}
        assert (await served.result())["temporal_stats"]["prediction_num_lifetime"] == 1


@pytest.mark.parametrize(
    "request_kind",
    [
        {"data": b""},
        {"json": {"printer_id": "1"}},
        {"data": {"printer_id": "1", "print_id": "2"}},
        {"data": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {"data": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"data": b"--b\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"data": b"--b\r\nX" * 50, "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {
            "data": b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--\r\n--b--\r\n",
            "headers": {"Content-Type": "multipart/form-data; boundary=b"},
        },
        {
            "data": b"--b\r\n"
            + b"\r\n--b\r\n".join(
                b'Content-Disposition: form-data; name="n%d"\r\n\r\nv' % n for n in range(99)
            )
            + b"\r\n--b--\r\n",
            "headers": {"Content-Type": "multipart/form-data; boundary=b"},
        },
        {
            "data": b'--b\r\nContent-Disposition: form-data; name="printer_id"\r\n\r\n\xff\xfe\r\n--b--\r\n',
            "headers": {"Content-Type": "multipart/form-data; boundary=b"},
        },
        {
            "data": b'--b\r\nContent-Disposition: form-data; name="printer_id"\r\n\r\n1\r\n' * 2
            + b"--b--\r\n",
            "headers": {"Content-Type": "multipart/form-data; boundary=b"},
        },
    ],
    ids=lambda kind: str(kind)[:60],
)
async def test_400_for_what_is_no_form(tmp_path: Path, request_kind: dict[str, object]) -> None:
    """Always with a message, never a failure of the server."""
    async with serving(tmp_path) as served:
        headers = {"Authorization": f"Token {TOKEN}", **request_kind.pop("headers", {})}
        answer = await served.client.post(PREDICT, headers=headers, **request_kind)
        assert answer.status == 400
        assert (await answer.json())["error"]
        assert answer.content_type == "application/json"


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Token",
        "Token ",
        TOKEN,
        f"Bearer {TOKEN}",
        "Token wrong",
        f"Token {TOKEN}x",
        f"Token {TOKEN} x",
        "Token \u00fc",
    ],
)
async def test_401(tmp_path: Path, authorization: str | None) -> None:
    """The documented body, in which False is a text."""
    async with serving(tmp_path) as served:
        headers = {} if authorization is None else {"Authorization": authorization}
        answer = await served.predict(token=None, headers=headers)
        assert answer.status == 401
        assert await answer.json() == INVALID
        assert not served.detector.frames


async def test_every_token_counts_and_its_scheme_in_any_case(tmp_path: Path) -> None:
    """As Obico's server takes it."""
    async with serving(tmp_path, tokens=("one", "two", "one")) as served:
        for authorization in ("Token one", "token two", "TOKEN  two"):
            answer = await served.predict(token=None, headers={"Authorization": authorization})
            assert answer.status == 200


async def test_429(tmp_path: Path) -> None:
    """The limit is each token's own; what is refused says when to come again."""
    async with serving(tmp_path, rate_limit=2, tokens=(TOKEN, "another")) as served:
        await served.result()
        await served.result()
        answer = await served.predict()
        assert answer.status == 429
        assert await answer.json() == TOO_HOT
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert (await served.predict(token="another")).status == 200
        assert (await served.predict(token="wrong")).status == 401


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 5))
@example([0.035, 30.0, 30.0, 0.0], 2)
def test_no_minute_has_more_than_the_limit(gaps: list[float], limit: int) -> None:
    """In any minute; and whoever waits as long as told gets through."""
    now, passed = 0.0, []
    throttle = Throttle(limit, lambda: now)
    for gap in gaps:
        now += gap
        wait = throttle.wait("owner")
        if wait:
            assert 0 < wait <= 60 + 1e-9
            now += wait + 1e-9
            assert throttle.wait("owner") == 0
        passed.append(now)
    for start in passed:
        assert sum(start <= moment < start + 60 - 1e-9 for moment in passed) <= limit


async def test_everything_else_is_json_too(tmp_path: Path) -> None:
    """Unknown paths, wrong methods, faults of the detector."""
    async with serving(tmp_path, [ModelUnavailable("No ncnn."), RuntimeError("secret")]) as served:
        assert (await (await served.client.get("/")).json()) == {"error": "Not Found"}
        wrong = await served.client.get(PREDICT)
        assert (wrong.status, wrong.headers["Allow"]) == (405, "POST")
        assert await wrong.json() == {"error": "Method Not Allowed"}
        failed = await served.predict()
        assert (failed.status, await failed.json()) == (500, {"error": "No ncnn."})
        crashed = await served.predict()
        assert crashed.status == 500
        assert "secret" not in await crashed.text()


async def test_health(tmp_path: Path) -> None:
    """For whoever looks after the process; needs no token."""
    async with serving(tmp_path) as served:
        await served.result()
        answer = await served.client.get("/healthz")
        assert answer.status == 200
        assert (await answer.json())["status"] == "ok"
        assert (await served.client.head("/healthz")).status == 200


# Ids


@pytest.mark.parametrize(
    "value", ["1", "x" * 256, "\U0001f5a8" * 256, 'a"b;c=\\', "a b", "%20", "' OR 1=1 --", "a\x00b"]
)
async def test_ids_may_be_anything(tmp_path: Path, value: str) -> None:
    """Up to 256 characters, whatever they are."""
    async with serving(tmp_path) as served:
        for number in (1, 2):
            stats = (await served.result(value, value))["temporal_stats"]
            assert stats["prediction_num"] == number
        assert served.detector.frames[0].print_id == value


async def test_ids_in_the_query_string(tmp_path: Path) -> None:
    """The documentation calls them query parameters; the form goes first."""
    async with serving(tmp_path) as served:
        query = {"printer_id": "Q", "print_id": "q"}
        await served.result(None, None, query=query)
        await served.result("F", None, query=query)
        asked = [(frame.printer_id.partition("/")[2], frame.print_id) for frame in served.detector.frames]
        assert asked == [("Q", "q"), ("F", "q")]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300),
    st.lists(
        st.tuples(
            st.sampled_from(["printer_id", "print_id", "img", "", "other"]),
            st.sampled_from(
                [
                    "",
                    "\r\nContent-Type: image/jpeg",
                    "\r\nContent-Encoding: gzip",
                    "\r\nContent-Transfer-Encoding: base64",
                    "\r\nContent-Length: 5",
                ]
            ),
            st.binary(max_size=40) | st.just(JPEG),
        ),
        max_size=4,
    ),
    st.booleans(),
)
def test_no_body_breaks_it(
    tmp_path: Path, noise: bytes, parts: list[tuple[str, str, bytes]], whole: bool
) -> None:
    """Whatever arrives is answered, and by 200 or 400."""
    body = b"".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"{headers}\r\n\r\n'.encode() + content + b"\r\n"
        for name, headers, content in parts
    )
    body += b"--b--\r\n" if whole else noise

    async def send() -> tuple[int, dict[str, object]]:
        async with serving(tmp_path) as served:
            headers = {"Authorization": f"Token {TOKEN}", "Content-Type": "multipart/form-data; boundary=b"}
            async with served.client.post(PREDICT, data=body, headers=headers) as answer:
                return answer.status, await answer.json()

    status, answer = asyncio.run(send())
    assert (status, set(answer)) in ((200, {"result"}), (400, {"error"}))


# Tagged pictures


async def test_the_tagged_picture_has_the_boxes(tmp_path: Path) -> None:
    """As JPEG, of the picture's own size, orange where the box's edge is."""
    async with serving(tmp_path, BoxingDetector([0.4])) as served:
        result = await served.result(img=picture(1, size=(640, 480)))
        assert result["detections"] == [[0.8, [320.0, 360.0, 320.0, 240.0]]]
        address = URL(result["tagged_img_url"])
        assert address.origin() == served.client.make_url("/").origin()
        for _ in range(2):  # as drawn, and as kept
            answer = await served.client.get(address.path)
            assert answer.content_type == "image/jpeg"
            image = Image.open(io.BytesIO(await answer.read()))
            assert image.size == (640, 480)
            red, green, blue = image.getpixel((320, 479))
            assert red > green > blue
            assert red > blue + 60


async def test_a_picture_that_cannot_be_kept_costs_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk must not leave a print unwatched."""

    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=RESERVE))
    async with serving(tmp_path, [0.4]) as served, aiohttp.ClientSession() as session:
        result = await served.result()
        assert (result["p"], result["tagged_img_url"]) == (0.4, None)
        assert "cannot be kept: the disk is almost full" in caplog.text
        api = SuperApi(session, served.client.make_url("/"), TOKEN)
        prediction = await api.predict("printer", "print", JPEG)
        assert prediction.tagged_img_url is None


async def test_tagged_pictures_cannot_be_guessed_and_expire(tmp_path: Path) -> None:
    """Every picture has a name of its own, and is gone after its time."""
    async with serving(tmp_path, keep_pictures=1e-9) as served:
        addresses = {URL((await served.result())["tagged_img_url"]).path for _ in range(3)}
        assert len(addresses) == 3
        assert all(len(address) > 40 for address in addresses)
        for address in (*addresses, "/tagged/1.jpg", "/tagged/..%2Fprinters.sqlite.jpg"):
            assert (await served.client.get(address)).status == 404


async def test_old_pictures_leave_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By age, and beyond the room there is, the oldest first."""
    from octoprint_failwatch.server import tagged_pictures

    monkeypatch.setattr(tagged_pictures, "MAX_BYTES", 3 * len(JPEG))
    now = 0.0
    pictures = tagged_pictures.SqlitePictures(tmp_path / "pictures.sqlite", 60, now=lambda: now)

    async def stored() -> int:
        return await pictures._database.run(
            lambda connection: connection.execute("SELECT COUNT(*) FROM pictures").fetchone()[0]
        )

    names = [await pictures.keep(JPEG, ()) for _ in range(5)]
    assert await stored() == 3
    assert [await pictures.take(name) is not None for name in names] == [False, False, True, True, True]
    # Those of an earlier start count, too, and none of a file that is begun anew.
    await pictures.close()
    pictures = tagged_pictures.SqlitePictures(tmp_path / "pictures.sqlite", 60, now=lambda: now)
    for _ in range(2):
        for _ in range(3):
            await pictures.keep(JPEG, ())
        assert await stored() == 3
        await pictures._database.clear()
    await pictures.keep(JPEG, ())
    now = 61.0
    await pictures.keep(JPEG, ())
    assert await stored() == 1
    await pictures.close()


async def test_upright_pixels(tmp_path: Path) -> None:
    """Boxes are in pixels of the picture as it is shown, also if the camera lies on its side."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (640, 480), "grey").save(out, "JPEG", exif=exif)
    async with serving(tmp_path, BoxingDetector([0.4])) as served:
        result = await served.result(img=out.getvalue())
        assert result["detections"] == [[0.8, [240.0, 480.0, 240.0, 320.0]]]


# Behind a proxy

FORWARDED = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "watch.example.org",
    "X-Forwarded-Prefix": "/failwatch/",
    "X-Forwarded-For": "203.0.113.9",
}


async def test_a_proxy_is_believed_only_when_told(tmp_path: Path) -> None:
    """Else anybody could have links point anywhere."""
    async with serving(tmp_path) as served:
        address = (await served.result(headers=FORWARDED))["tagged_img_url"]
        assert URL(address).origin() == served.client.make_url("/").origin()
    async with serving(tmp_path, behind_proxy=True) as served:
        address = (await served.result(headers=FORWARDED))["tagged_img_url"]
        assert address.startswith("https://watch.example.org/failwatch/tagged/")
    async with serving(tmp_path, public_url=URL("https://set.example.org/x")) as served:
        address = (await served.result(headers=FORWARDED))["tagged_img_url"]
        assert address.startswith("https://set.example.org/x/tagged/")


async def test_a_host_header_that_is_none(tmp_path: Path) -> None:
    """Is refused."""
    async with serving(tmp_path) as served:
        answer = await served.predict(headers={"Host": "a b:c"})
        assert answer.status == 400


# Many at once


async def test_one_picture_is_looked_at_at_a_time(tmp_path: Path) -> None:
    """Frames that come together are all answered, and each is counted once."""
    detector = GatedDetector([0.5])
    async with serving(tmp_path, detector) as served:
        asked = [asyncio.create_task(served.result()) for _ in range(8)]
        await served.waiting(8)
        detector.gate.set()
        numbers = {(await task)["temporal_stats"]["prediction_num"] for task in asked}
        assert numbers == set(range(1, 9))
        assert detector.most_at_once == 1


async def test_too_many_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Are turned away rather than kept waiting for ever."""
    monkeypatch.setattr("octoprint_failwatch.server.detector_queue.MAX_WAITING", 2)
    detector = GatedDetector([0.5])
    async with serving(tmp_path, detector) as served:
        asked = [asyncio.create_task(served.predict()) for _ in range(4)]
        done, waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        while len(done) < 2:
            more, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            done |= more
        for task in done:
            assert task.result().status == 503
            assert task.result().headers["Retry-After"] == "5"
        detector.gate.set()
        assert [(await task).status for task in waiting] == [200, 200]
        assert (await served.predict()).status == 200


async def test_whoever_goes_away_gives_up_its_place(tmp_path: Path) -> None:
    """Nothing is looked at, and nothing counted, for a client that no longer listens."""
    detector = GatedDetector([0.5])
    async with serving(tmp_path, detector) as served:
        first = asyncio.create_task(served.result(print_id="first"))
        await served.waiting(1)
        gone = asyncio.create_task(served.predict(print_id="gone"))
        await served.waiting(2)
        gone.cancel()
        await served.waiting(1)
        detector.gate.set()
        await first
        stats = (await served.result(print_id="first"))["temporal_stats"]
        assert stats["prediction_num_lifetime"] == 2
        assert [frame.print_id for frame in detector.frames] == ["first", "first"]


# As a self-hosted Obico's ml_api


async def obico() -> TestServer:
    """Return a web server that has pictures."""

    async def give(request: web.Request) -> web.StreamResponse:
        if request.path == "/redirect":
            raise web.HTTPFound("/picture.jpg")
        if request.path == "/large":
            comment = b"\xff\xfe" + (60_000).to_bytes(2, "big") + bytes(59_998)
            return web.Response(body=JPEG[:2] + comment * 20 + JPEG[2:])
        return web.Response(body=JPEG, content_type="image/jpeg")

    application = web.Application()
    application.router.add_get("/{path:.*}", give)
    server = TestServer(application)
    await server.start_server()
    return server


async def test_as_ml_api(tmp_path: Path) -> None:
    """Its pictures are fetched, and our own client of that interface understands the answer."""
    async with (
        await obico() as server,
        aiohttp.ClientSession() as session,
        serving(tmp_path, BoxingDetector([0.4]), obico=server.make_url("/")) as served,
    ):
        headers = {"Authorization": f"Bearer {TOKEN}"}
        img = str(server.make_url("/picture.jpg"))
        answer = await served.client.get("/p/", params={"img": img}, headers=headers)
        assert await answer.json() == {"detections": [["failure", 0.8, [32.0, 36.0, 32.0, 24.0]]]}
        assert await (await served.client.get("/hc/")).text() == "ok"
        api = MlApi(session, served.client.make_url("/"), TOKEN)
        await api.check()
        assert (await api.predict(img)).p == 0.8


@pytest.mark.parametrize(
    "path", ["", "no address", "file:///etc/passwd", "http://127.0.0.1:1/picture.jpg", "/redirect", "/large"]
)
async def test_ml_api_fetches_from_nowhere_else(tmp_path: Path, path: str) -> None:
    """Neither from other addresses nor along redirects, nor more than it can hold."""
    async with await obico() as server:
        options = {"obico": server.make_url("/"), "max_picture": 2**20}
        async with serving(tmp_path, **options) as served:
            img = str(server.make_url(path)) if path.startswith("/") else path
            headers = {"Authorization": f"Bearer {TOKEN}"}
            answer = await served.client.get("/p/", params={"img": img}, headers=headers)
            assert answer.status == 400
            body = await answer.json()
            assert body["detections"] == []
            assert body["message"]
            assert not served.detector.frames


async def test_no_ml_api_unless_asked_for(tmp_path: Path) -> None:
    """Nor without its token."""
    async with serving(tmp_path) as served:
        assert (await served.client.get("/p/", params={"img": "http://127.0.0.1/"})).status == 404
    async with serving(tmp_path, obico=URL("http://127.0.0.1")) as served:
        assert (await served.client.get("/p/", params={"img": "http://127.0.0.1/"})).status == 401
