"""Every parser of what others send: what it is fed, and which errors it may end with."""

from __future__ import annotations

import asyncio
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
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
from octoprint_failwatch.engine.serialization import from_json, to_json
from octoprint_failwatch.engine.sources.address import parse as parse_address
from octoprint_failwatch.engine.watch.state import Event, EventKind, WatchState
from octoprint_failwatch.server.form import boundary_of, parse_form
from octoprint_failwatch.settings import DEFAULTS
from octoprint_failwatch.watching.watch_settings import validated, watch_settings
from tests.core.watching import ScriptedDetector, watching

from .nearly import nearly


@dataclass(frozen=True)
class Parser:
    """`run` raises only where the parser broke."""

    run: Callable[[bytes], object]
    seeds: tuple[bytes, ...]


def _json(read: Callable[[Any], object], *examples: Any, may_raise: type[Exception] | None = None) -> Parser:
    """Return what reads values that are nearly the examples."""

    def run(data: bytes) -> None:
        value = nearly(examples, data)
        with suppress(*(may_raise,) if may_raise else ()):
            read(value)

    return Parser(run, tuple(bytes([number]) for number in range(len(examples))))


def _each(
    *reads: Callable[[Any], object], may_raise: type[Exception] = FailWatchError
) -> Callable[[Any], None]:
    """Return what lets several readers read the same."""

    def run(value: Any) -> None:
        for read in reads:
            with suppress(may_raise):
                read(value)

    return run


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


_HISTORY = History(Path(tempfile.mkdtemp()) / "history.db")


def _labels(data: bytes) -> None:
    with suppress(HistoryError):
        read_labels(_HISTORY, io.TextIOWrapper(io.BytesIO(data), "utf-8", newline=""))


def _archive(data: bytes) -> None:
    """Take an archive that a history wrote, with other values in its texts."""
    packed = io.BytesIO()
    third = len(data) // 3
    with zipfile.ZipFile(io.BytesIO(_ARCHIVE)) as real, zipfile.ZipFile(packed, "w") as archive:
        for number, name in enumerate(real.namelist()):
            content = real.read(name)
            if name.endswith((".json", ".jsonl")):
                part = data[number % 3 * third :][:third]
                texts = content.splitlines() if name.endswith("l") else [content]
                lines = [json.loads(text) for text in texts]
                content = b"\n".join(json.dumps(nearly([line], part)).encode() for line in lines)
            archive.writestr(name, content)
    with suppress(HistoryError):
        read_zip(_HISTORY, packed)
    for record in _HISTORY.prints():
        _HISTORY.forget(record.print_id)


def _address(data: bytes) -> None:
    with suppress(FailWatchError):
        parse_address(data.decode("utf-8", "replace"))


async def _recorded() -> bytes:
    """Return the archive of a short print, which a real watch wrote."""
    history = History(Path(tempfile.mkdtemp()) / "history.db")
    async with watching(ScriptedDetector([0.01, 0.9]), history=history) as watched:
        watched.watch.start("one", "cube")
        await watched.frames(4)
        watched.watch.end("done")
    history.settle()
    packed = io.BytesIO()
    write_zip(history, ["one"], packed)
    history.close()
    return packed.getvalue()


def _saved(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 24), (200, 100, 50)).save(out, kind)
    return out.getvalue()


def _text(value: Any) -> bytes:
    return json.dumps(value).encode()


_ARCHIVE = asyncio.run(_recorded())
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
    "obico": _json(
        _each(lambda value: obico._prediction(value, URL("http://a")), obico.found), _OBICO, _FOUND
    ),
    "deepomatic": _json(
        _each(deepomatic.task, deepomatic.spec, deepomatic.page, deepomatic.recognised),
        *(_TASK, _TASK["data"], _SPEC, {"count": 1, "next": None, "previous": None, "results": [_SPEC]}),
    ),
    "hacarus": _json(
        _each(
            *(hacarus.data, hacarus.token, hacarus.item, hacarus.item_page, hacarus.model),
            *(hacarus.algorithm, hacarus.prediction, hacarus.callback_items, hacarus.license_expiry),
        ),
        *(_ITEM, _MODEL, {"data": {"items": [_ITEM]}}, {"items": [_ITEM], "total": 1}),
    ),
    "settings": _json(_settings, DEFAULTS),
    "push": _json(
        _each(
            lambda value: from_json(WatchState, value),
            lambda value: from_json(Event, value),
            may_raise=ValueError,
        ),
        *(_STATE, _EVENT),
    ),
    "picture": Parser(_picture, tuple(_saved(kind) for kind in ("JPEG", "PNG", "GIF", "WEBP", "BMP"))),
    "form": Parser(_form, (_FORM,)),
    "labels": Parser(_labels, (b"print_id,failed,failed_from,name\none,yes,12.5,a\n",)),
    "archive": Parser(_archive, (bytes(6),)),
    "address": Parser(_address, (b"http://me:secret@[::1]:80/a?b#c", b"rtsp://camera/1")),
}
