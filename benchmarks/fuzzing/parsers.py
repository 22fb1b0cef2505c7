"""Every parser of what others send: what it is fed, and which errors it may end with."""

from __future__ import annotations

import asyncio
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image
from yarl import URL

from octoprint_failwatch.engine.clients import obico
from octoprint_failwatch.engine.clients.deepomatic import parsing as deepomatic
from octoprint_failwatch.engine.clients.hacarus import parsing as hacarus
from octoprint_failwatch.engine.errors import BadPicture, BadRequest, FailWatchError
from octoprint_failwatch.engine.history import History, HistoryError
from octoprint_failwatch.engine.history.exchange import read_labels, read_zip, write_zip
from octoprint_failwatch.engine.imaging.jpeg import as_jpeg, decode
from octoprint_failwatch.engine.imaging.visibility import examine
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.replay.series import BadSeries, at_cadence, read_csv
from octoprint_failwatch.engine.serialization import from_json, to_json
from octoprint_failwatch.engine.sources.address import parse as parse_address
from octoprint_failwatch.engine.watch.state import Event, EventKind, WatchState
from octoprint_failwatch.server.form import boundary_of, parse_form
from octoprint_failwatch.settings import DEFAULTS
from octoprint_failwatch.watching.watch_settings import validated, watch_settings
from tests.core.watching import ScriptedDetector, watching

from .nearly import MOST_BYTES, nearly
from .parser import Parser, each, json_parser


def _picture(data: bytes) -> None:
    for read in (decode, as_jpeg, examine):
        with suppress(BadPicture):
            read(data)


def _form(data: bytes) -> None:
    content_type, _, body = data.partition(b"\n")
    with suppress(BadRequest):
        parse_form(body, boundary_of(content_type.decode("latin-1")))


def _settings(given: Any) -> None:
    if isinstance(given, dict):
        usable, _ = validated({**DEFAULTS, **given})
        watch_settings(usable)


class _AtOnce(Executor):
    """Does what is submitted before it returns: handing over to a thread took most of a case's time."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - the future holds it
            done.set_exception(error)
        return done


_HISTORY = History(Path(tempfile.mkdtemp()) / "history.db")
_HISTORY._writer = _AtOnce()


def _labels(data: bytes) -> None:
    with suppress(HistoryError):
        read_labels(_HISTORY, io.TextIOWrapper(io.BytesIO(data), "utf-8", newline=""))


def _archive(data: bytes) -> None:
    """Take an archive that a history wrote, with other values in one of its texts."""
    packed = io.BytesIO()
    changed, part = data[0] % len(_ARCHIVED) if data else 0, data[1:]
    with zipfile.ZipFile(packed, "w") as archive:
        for number, (name, content) in enumerate(_ARCHIVED):
            if isinstance(content, bytes):
                archive.writestr(name, content)
                continue
            lines = [nearly([line], part) if number == changed else line for line in content]
            archive.writestr(name, "\n".join(map(json.dumps, lines)))
    with suppress(HistoryError):
        if read_zip(_HISTORY, packed):
            for record in _HISTORY.prints():
                _HISTORY.forget(record.print_id)


def _replayed(data: bytes) -> None:
    with suppress(BadSeries):
        list(at_cadence(read_csv(io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline="")), 10.0))


def _address(data: bytes) -> None:
    with suppress(FailWatchError):
        parse_address(data.decode("utf-8", "replace"))


async def _recorded() -> list[tuple[str, bytes | list[Any]]]:
    """Return what the archive of a short print holds, which a real watch wrote, its texts line by line."""
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder) / "history.db")
        async with watching(ScriptedDetector([0.01, 0.9]), history=history) as watched:
            watched.watch.start("one", "cube")
            await watched.frames(2)
            watched.watch.end("done")
        history.settle()
        packed = io.BytesIO()
        write_zip(history, ["one"], packed)
        history.close()
    with zipfile.ZipFile(packed) as archive:
        contents = [(name, archive.read(name)) for name in archive.namelist()]
    return [(name, _as_json(name, content)) for name, content in contents]


def _as_json(name: str, content: bytes) -> bytes | list[Any]:
    match Path(name).suffix:
        case ".json":
            return [json.loads(content)]
        case ".jsonl":
            return [json.loads(line) for line in content.splitlines()]
    return content


def _saved(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 24), (200, 100, 50)).save(out, kind)
    return out.getvalue()


def _text(value: Any) -> bytes:
    return json.dumps(value).encode()


_ARCHIVED = asyncio.run(_recorded())
_OBICO = {
    "result": {"p": 0.5, "temporal_stats": {"ewm_mean": 0.1}, "detections": [["failure", 0.5, [1, 2, 3, 4]]]}
}
_TASK = {"id": 1, "status": "success", "data": {"outputs": [{"labels": {"predicted": []}}]}}
_ITEM = {"item_id": "i", "status": "done", "images": [{"url": "a"}], "assessments": [{"anomaly_score": 1}]}
_MODEL = {"model_id": "m", "name": "n", "algorithm_id": "a", "status": "active"}
_SPEC = {
    "id": 1,
    "name": "prints",
    "outputs": [{"labels": {"roi": "BBOX", "exclusive": False, "labels": [{"id": 1, "name": "a"}]}}],
}
_FOUND = [["failure", 0.5, [1, 2, 3, 4]]]
_FORM = (
    b'multipart/form-data; boundary=b\n--b\r\nContent-Disposition: form-data; name="img"; '
    b'filename="a.jpg"\r\n\r\nx\r\n--b--\r\n'
)
_EVENT = to_json(Event(EventKind.FAILURE, 1.0, "print", "", Level.FAILURE))
_STATE = to_json(WatchState(printer_id="printer"))

PARSERS = {
    "obico": json_parser(
        each(lambda value: obico._prediction(value, URL("http://a")), obico.found, may_raise=FailWatchError),
        *(_OBICO, _FOUND),
    ),
    "deepomatic": json_parser(
        each(
            deepomatic.task, deepomatic.spec, deepomatic.page, deepomatic.recognised, may_raise=FailWatchError
        ),
        *(_TASK, _TASK["data"], _SPEC, {"count": 1, "next": None, "previous": None, "results": [_SPEC]}),
    ),
    "hacarus": json_parser(
        each(
            *(hacarus.data, hacarus.token, hacarus.item, hacarus.item_page, hacarus.model),
            *(hacarus.algorithm, hacarus.prediction, hacarus.license_expiry),
            may_raise=FailWatchError,
        ),
        *(_ITEM, _MODEL, {"data": {"items": [_ITEM]}}, {"items": [_ITEM], "total": 1}),
    ),
    "settings": json_parser(_settings, DEFAULTS),
    "push": json_parser(
        each(
            lambda value: from_json(WatchState, value),
            lambda value: from_json(Event, value),
            may_raise=ValueError,
        ),
        *(_STATE, _EVENT),
    ),
    "picture": Parser(_picture, tuple(_saved(kind) for kind in ("JPEG", "PNG", "GIF", "WEBP", "BMP")), 4096),
    "form": Parser(_form, (_FORM,), 1024),
    "labels": Parser(_labels, (b"print_id,failed,failed_from,name\none,yes,12.5,a\n",), 512),
    "archive": Parser(
        _archive, tuple(bytes([number, 0]) for number in range(len(_ARCHIVED))), 1 + MOST_BYTES
    ),
    "replay": Parser(_replayed, (b"time,p,print_id\n1.5,0.25,a\n2,1,b\n", b"\xef\xbb\xbfp,time\n0,1\n"), 512),
    "address": Parser(_address, (b"http://me:secret@[::1]:80/a?b#c", b"rtsp://camera/1"), 512),
}
