"""`failwatch watch` on every kind of source, against a detection service on this machine."""

import asyncio
import contextlib
import io
import itertools
import json
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web
from click.testing import CliRunner
from PIL import Image, ImageDraw

from octoprint_failwatch.cli import main
from octoprint_failwatch.cli.shared.watch_hooks import Reactions
from octoprint_failwatch.cli.shared.watch_output import JsonReport, TableReport
from octoprint_failwatch.engine.history import History
from octoprint_failwatch.engine.judging.verdict import Level, Verdict
from octoprint_failwatch.engine.models import Frame
from octoprint_failwatch.engine.statistics import TemporalStatistics, advance, for_new_print
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import CameraView, Event, EventKind, Look, WatchState
from tests.core import watching
from tests.programs import Program

BRIGHT, DIM = 230, 100


def jpeg(number: int, brightness: int) -> bytes:
    """Return a picture of a bed; bright ones are what the service calls a failure."""
    image = Image.new("RGB", (160, 120), (brightness,) * 3)
    ImageDraw.Draw(image).rectangle((number % 140, 20, number % 140 + 18, 60), fill=(30, 30, 200))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


@dataclass
class Lab:
    """A detection service and cameras, on loopback."""

    url: str
    folder: Path
    asked: int = 0
    pictures: list[bytes] = field(default_factory=list)
    printers: dict[str, TemporalStatistics] = field(default_factory=dict)
    prints: set[str] = field(default_factory=set)

    def start(self, *arguments: object, stdout: int | None = None) -> Program:
        """Start `failwatch watch` as a process."""
        detector = self.folder / "detector.json"
        detector.write_text(json.dumps({"kind": "super_api", "url": self.url, "token": "t"}))
        environment = {
            "FAILWATCH_HISTORY": str(self.folder / "history.db"),
            "FAILWATCH_CLOCK_SPEED": "200",
        }
        return Program("watch", "--detector", detector, *arguments, environment=environment, stdout=stdout)

    async def failwatch(
        self, *arguments: object, stop_after: int = 0
    ) -> tuple[int, list[dict[str, object]], str]:
        """Run it with --json to its end; interrupt it after some lines if asked."""
        return await asyncio.to_thread(self._followed, stop_after, "--json", *arguments)

    def _followed(self, stop_after: int, *arguments: object) -> tuple[int, list[dict[str, object]], str]:
        program = self.start(*arguments)
        assert program.stdout is not None
        lines = []
        for line in program.stdout:
            lines.append(json.loads(line))
            if stop_after and len(lines) == stop_after:
                program.send_signal(signal.SIGINT)
        errors = program.stderr.read()
        return program.wait(), lines, errors


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    """Serve pictures, a stream of them, and answers."""
    made = Lab("", tmp_path)
    live = itertools.count()

    async def predict(request: web.Request) -> web.Response:
        form = await request.post()
        picture = form["img"].file.read()  # type: ignore[union-attr]
        made.asked += 1
        made.pictures.append(picture)
        with Image.open(io.BytesIO(picture)) as image:
            bright = image.convert("L").getpixel((2, 2)) > (BRIGHT + DIM) / 2  # type: ignore[operator]
        p = 0.9 if bright else 0.02
        printer, print_id = str(form["printer_id"]), str(form["print_id"])
        known = made.printers.get(printer, TemporalStatistics())
        if print_id not in made.prints:
            known = for_new_print(known)
        made.prints.add(print_id)
        made.printers[printer] = known = advance(known, p)
        stats = {key: value for key, value in asdict(known).items() if not key.startswith("frames")}
        return web.json_response({"result": {"p": p, "temporal_stats": stats, "detections": []}})

    async def snapshot(request: web.Request) -> web.Response:
        number = next(live)
        return web.Response(body=jpeg(number, BRIGHT if number > 8 else DIM), content_type="image/jpeg")

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_type = "multipart/x-mixed-replace; boundary=--edge"
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            for _ in range(20):
                picture = jpeg(next(live), BRIGHT)
                length = f"Content-Length: {len(picture)}\r\n" if "length" in request.query else ""
                head = f"----edge\r\nContent-Type: image/jpeg\r\n{length}\r\n".encode()
                for part in (head, picture[:100], picture[100:], b"\r\n"):
                    await response.write(part)
                    await asyncio.sleep(0)
        return response

    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=403)

    app = web.Application()
    app.add_routes(
        [
            web.post("/{path:.*}", predict),
            web.get("/snapshot.jpg", snapshot),
            web.get("/stream", stream),
            web.get("/refused", refuse),
        ]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr, assignment]
    made.url = f"http://127.0.0.1:{made.url}"
    try:
        yield made
    finally:
        await runner.cleanup()


def pictures(folder: Path, good: int, bad: int) -> Path:
    """Write a folder of pictures of a print that fails."""
    folder.mkdir()
    for number in range(good + bad):
        (folder / f"{number:04d}.jpg").write_bytes(jpeg(number, DIM if number < good else BRIGHT))
    (folder / "notes.txt").write_text("no picture")
    return folder


async def test_a_folder_that_fails(lab: Lab) -> None:
    """All pictures are judged in order; the history, the copies and the command have what was seen."""
    source = pictures(lab.folder / "print", 20, 20)
    told = lab.folder / "told"
    code, lines, errors = await lab.failwatch(
        source,
        *(
            "--save",
            lab.folder / "copies",
            "--on-failure",
            f'cp "$FAILWATCH_PICTURE" {told}; echo $FAILWATCH_EVENT; echo done >&2',
        ),
        *("--name", "benchy", "--printer", "corner"),
    )
    frames = [line for line in lines if "p" in line]
    assert lab.asked == len(frames) == 40, errors
    assert errors == "failure\ndone\n", "what commands say is none of the watch's lines"
    assert told.read_bytes().startswith(b"\xff\xd8")
    assert len(list((lab.folder / "copies").iterdir())) == 40
    history = History(lab.folder / "history.db")
    (record,) = history.prints()
    assert (record.name, record.printer_id, record.source, record.frames) == ("benchy", "corner", "watch", 40)
    assert (record.outcome, record.level.value) == ("done", "failure")
    assert [frame.look.p for frame in history.frames(record.print_id)] == [line["p"] for line in frames]
    history.close()
    assert code == 4


async def test_a_command_runs_though_its_picture_can_be_written_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is what pauses the printer, on a full disk as well."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "not-there"))
    told = tmp_path / "told"
    reactions = Reactions(None, {Level.FAILURE: f'echo "$FAILWATCH_EVENT,$FAILWATCH_PICTURE" > {told}'})
    view = CameraView("")
    look = Look(1, 0.0, 0.9, (view,), TemporalStatistics(), Verdict(), 0.1)
    frames = {"": Frame(jpeg(1, BRIGHT), 0.0, "printer", "print")}
    failure = Event(EventKind.FAILURE, 0.0, "print", "", Level.FAILURE)
    reactions.take(WatchState(look=look), [failure], frames, looked=True)
    await reactions.finish()
    assert told.read_text() == "failure,\n"
    assert "gets no picture" in capsys.readouterr().err


async def test_output_that_was_closed_is_not_missed(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", None)
        JsonReport().happened(Event(EventKind.STARTED, 0.0, "print"))


async def test_a_failure_that_gets_better_is_no_new_suspicion(lab: Lab) -> None:
    """`--on-maybe` runs on the way up only; the way down is told as such, by level."""
    source, told = lab.folder / "print", lab.folder / "told"
    source.mkdir()
    looks = [DIM] * 10 + [BRIGHT] * 20 + [BRIGHT, DIM] * 40 + [DIM] * 40
    for number, brightness in enumerate(looks):
        (source / f"{number:04d}.jpg").write_bytes(jpeg(number, brightness))
    numbers = itertools.chain.from_iterable(
        ("--set", number) for number in ("maybe=0.2", "failure=0.7", "sustained=2", "sure=2")
    )
    command = f"echo $FAILWATCH_EVENT >> {told}"
    code, lines, errors = await lab.failwatch(
        source,
        "--no-history",
        *numbers,
        "--on-maybe",
        command,
        "--on-failure",
        command,
        "--rules",
        "failwatch",
    )
    assert code == 4, errors
    changes = [
        (one["event"], one["level"]) for one in lines if one.get("event") in ("maybe", "failure", "cleared")
    ]
    assert changes == [("maybe", "maybe"), ("failure", "failure"), ("cleared", "maybe"), ("cleared", "none")]
    assert sorted(told.read_text().split()) == ["failure", "maybe"]


async def test_a_good_folder_and_what_is_learned_for_the_next(lab: Lab) -> None:
    """Exit code 0; the lifetime count goes on with the same printer only."""
    source = pictures(lab.folder / "print", 15, 0)
    code, lines, _ = await lab.failwatch(source)
    assert code == 0
    assert lines[0]["event"] == "started"
    assert lines[-1]["event"] == "ended"
    await lab.failwatch(source)
    await lab.failwatch(source, "--printer", "other")
    history = History(lab.folder / "history.db")
    assert [history.prints()[0].printer_id, len(history.prints())] == ["other", 3]
    learned = [history.standing(name).memory.trend.learned for name in ("camera", "other")]  # type: ignore[union-attr]
    assert learned == [30, 15]
    assert [history.standing("camera", kind) is None for kind in ("super_api", "ml_api")] == [False, True]
    assert history.standing("nobody") is None
    history.close()


async def test_no_answer_comes_too_late_for_a_picture_that_was_taken_before(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small computer takes minutes for a picture; a camera's next one would be news by then, a folder's is not."""
    monkeypatch.setattr(
        "octoprint_failwatch.cli.watch.WatchSettings", partial(WatchSettings, look_timeout=1e-6)
    )
    detector = lab.folder / "detector.json"
    detector.write_text(json.dumps({"kind": "super_api", "url": lab.url, "token": "t"}))
    for number in range(4):
        (lab.folder / f"{number}.jpg").write_bytes(jpeg(number * 20, DIM))
    words = ("watch", "--detector", str(detector), "--json", "--no-history", str(lab.folder))
    ended = await asyncio.to_thread(CliRunner().invoke, main, words)
    looks = [line for line in map(json.loads, ended.stdout.splitlines()) if "p" in line]
    assert (ended.exit_code, len(looks)) == (0, 4)


async def test_it_can_end_at_a_level(lab: Lab) -> None:
    """--until failure stops before the last picture."""
    code, lines, _ = await lab.failwatch(
        pictures(lab.folder / "print", 5, 60), "--until", "failure", "--no-history"
    )
    assert code == 4
    assert len(lines) < 50
    assert not (lab.folder / "history.db").exists()


async def test_a_camera_until_interrupted(lab: Lab) -> None:
    """A snapshot address is watched until Ctrl-C, and the exit code still tells the verdict."""
    code, lines, errors = await lab.failwatch(f"{lab.url}/snapshot.jpg", stop_after=45)
    assert code == 4, errors
    assert (lines[-1]["event"], lines[-1]["detail"]) == ("ended", "stopped")


async def test_a_full_disk_does_not_keep_the_command_from_running(lab: Lab) -> None:
    """Nobody can be shown the failure, and the printer is stopped all the same."""
    source, told = pictures(lab.folder / "print", 5, 30), lab.folder / "told"
    full = os.open("/dev/full", os.O_WRONLY)
    program = lab.start(source, "--on-failure", f"touch {told}", "--json", stdout=full)
    os.close(full)
    errors = await asyncio.to_thread(program.stderr.read)
    assert program.wait() == 4
    assert errors == "What is seen can no longer be shown: No space left on device\n"
    assert told.exists()


async def test_it_ends_when_nobody_reads_on(lab: Lab) -> None:
    """As after `| head`; a camera would be watched for ever."""
    reading, writing = os.pipe()
    os.close(reading)
    program = lab.start(f"{lab.url}/snapshot.jpg", stdout=writing)
    os.close(writing)
    errors = await asyncio.to_thread(program.stderr.read)
    assert errors == "What is seen can no longer be shown: Broken pipe\n"


@pytest.mark.parametrize("path", ["stream", "stream?length"])
async def test_an_mjpeg_stream(lab: Lab, path: str) -> None:
    """Whole pictures are taken out of it, with and without lengths, whatever the boundary looks like."""
    code, _, errors = await lab.failwatch(f"{lab.url}/{path}", "--until", "failure")
    assert code == 4, errors
    for picture in lab.pictures:
        with Image.open(io.BytesIO(picture)) as image:
            image.load()


async def test_a_camera_that_refuses(lab: Lab) -> None:
    """Blindness is told, nothing is judged, and the password is not shown."""
    address = lab.url.replace("http://", "http://me:secret@") + "/refused"
    code, lines, errors = await lab.failwatch(address, stop_after=2)
    assert code == 1
    (blind,) = (line for line in lines if line.get("event") == "blind")
    assert blind["detail"] == "no_snapshot"
    assert "403" in blind["problem"]
    assert "403" in str(lines[-1])
    assert errors.count("No picture yet: 403: the camera does not allow this.") == 1
    assert "secret" not in json.dumps(lines) + errors


def test_people_are_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Why nothing can be seen, and why a level was raised, each once."""
    with TableReport() as report:
        report.happened(Event(EventKind.BLIND, 0.0, "one", "no_snapshot"), "The camera answers 403 [no].")
        report.happened(Event(EventKind.MAYBE, 10.0, "one", "maybe: 0.37 above the usual", Level.MAYBE))
        report.happened(Event(EventKind.ENDED, 20.0, "one"))
    blind, maybe, ended = capsys.readouterr().out.splitlines()
    assert blind.endswith("blind: The camera answers 403 [no].")
    assert maybe.endswith("  maybe: 0.37 above the usual")
    assert ended.endswith("ended")


@pytest.mark.parametrize("timelapse", [False, True])
async def test_a_video(lab: Lab, timelapse: bool) -> None:
    """A frame for every interval of the film, or every frame of a time-lapse."""
    av = pytest.importorskip("av")
    with av.open(str(lab.folder / "print.mp4"), "w") as film:
        stream = film.add_stream("mpeg4", rate=2)
        stream.width, stream.height = 160, 120
        for number in range(120):
            with Image.open(io.BytesIO(jpeg(number, DIM if number < 80 else BRIGHT))) as image:
                film.mux(stream.encode(av.VideoFrame.from_image(image)))
        film.mux(stream.encode())
    options = ["--timelapse"] if timelapse else ["--interval", "2"]
    code, lines, errors = await lab.failwatch(lab.folder / "print.mp4", *options)
    frames = [line for line in lines if "p" in line]
    assert len(frames) == (120 if timelapse else 30), errors
    spacing = frames[1]["time"] - frames[0]["time"]  # type: ignore[operator]
    assert spacing == pytest.approx(10 if timelapse else 2)
    assert code == 4


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("nowhere", "no folder, no video file"),
        ("empty", "no picture in"),
        ("text.mp4", "no video that can be read"),
        ("http://", "must look like http://"),
        ("http://[", "must look like http://"),
    ],
)
def test_a_source_that_is_none(tmp_path: Path, source: str, says: str) -> None:
    """The user reads what is wrong with it."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.mp4").write_text("no film")
    detector = tmp_path / "detector.json"
    detector.write_text(json.dumps({"kind": "super_api", "url": "http://127.0.0.1:1", "token": "t"}))
    options = ["--json", "--detector", str(detector), "--no-history"]
    place = source if "://" in source else str(tmp_path / source)
    done = CliRunner().invoke(main, ["watch", place, *options])
    assert (done.exit_code, done.stdout) == (1, "")
    assert says in done.stderr


@pytest.mark.parametrize(("number", "warns"), [("sure=1", True), ("sure=0.9", False)])
def test_a_number_that_no_picture_reaches_is_told(tmp_path: Path, number: str, warns: bool) -> None:
    (tmp_path / "one.jpg").write_bytes(watching.picture(1))
    done = CliRunner().invoke(main, ["watch", str(tmp_path), "--set", number, "--no-history", "--json"])
    assert ("raise no alarm: sure" in done.stderr) is warns
