"""The command `failwatch detect`."""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from ..engine import serialization
from ..engine.detectors import Detector, create_detector
from ..engine.detectors.built_in import BUILT_IN, ModelFolder
from ..engine.errors import BadPicture, BadSetting, DetectionError
from ..engine.imaging.annotation import tagged
from ..engine.models import Detection, Frame
from ..engine.sources.folder import is_picture, natural
from .report.report import Report, refuse_unless_ours
from .shared.detector_context import lending
from .shared.detector_options import gather, service_options

MAX_FILE = 128 * 2**20
MANY = 5
"""From this many pictures on there is a progress bar."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file, and the place of its copy below the `--save` folder."""

    path: Path
    saved_as: Path


@dataclass(frozen=True, slots=True)
class Answer:
    """The detector's answer to a file, or the error."""

    path: Path
    detection: Detection | None = None
    ms: float = 0.0
    error: str = ""


@click.command("detect")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per picture and line.")
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the pictures with their boxes into this folder.",
)
@click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a page into this folder that shows where pictures look like a mess, and rates the camera.",
)
@click.option(
    "--model",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of a model to use instead of the built-in one.",
)
@click.option("--printer", default="failwatch-detect", show_default=True, help="printer_id for a service.")
@click.option("--print", "print_id", help="print_id for a service. [each picture is a print of its own]")
@service_options
def command(
    paths: tuple[Path, ...],
    as_json: bool,
    save: Path | None,
    report: Path | None,
    model: Path | None,
    printer: str,
    print_id: str | None,
    **service: Any,
) -> None:
    """Tell how much pictures look like a failed print.

    PATH is a picture, or a folder of pictures. p is 0 for no sign of failure and 1 for certain.
    Without --service or --detector the built-in detector answers.
    """
    settings = gather(**service) | ({"model": str(model)} if model else {})
    sheets = None
    pictures = list(_pictures(paths))
    if report is not None:
        refuse_unless_ours(report)
        sheets = Report(report, _model(settings))
        # A folder to search may contain an earlier report.
        pictures = [one for one in pictures if not one.path.resolve().is_relative_to(report.resolve())]
    unanswered = asyncio.run(_detect(settings, pictures, as_json, save, sheets, printer, print_id))
    if sheets is not None:
        try:
            print(f"The report is {click.format_filename(sheets.write())}", file=sys.stderr)
        except OSError as error:
            raise click.ClickException(f"The report cannot be written: {error.strerror}") from error
    if unanswered:
        sys.exit(1)


def _model(settings: Mapping[str, Any]) -> ModelFolder | None:
    """Return the model, if it runs on this machine."""
    if settings["kind"] != "built_in":
        return None
    folder = str(settings.get("model") or "")
    try:
        return ModelFolder.read(Path(folder) if folder else BUILT_IN)
    except BadSetting:
        return None  # the detector itself says what is wrong


async def _detect(
    settings: Mapping[str, Any],
    pictures: list[Picture],
    as_json: bool,
    save: Path | None,
    report: Report | None,
    printer: str,
    print_id: str | None,
) -> int:
    """Ask for all pictures, report each answer as it comes, and return how many got none."""
    unanswered = 0
    async with lending(settings) as host:
        detector = create_detector(settings, host)
        try:
            await detector.check()
            for picture in _with_progress(pictures):
                answer = await _answer(detector, picture, save, report, printer, print_id)
                unanswered += answer.detection is None
                if report is not None and answer.detection is None:
                    report.add_unanswered(answer.path, answer.error)
                _tell(answer, as_json)
        finally:
            await detector.close()
    return unanswered


async def _answer(
    detector: Detector,
    picture: Picture,
    save: Path | None,
    report: Report | None,
    printer: str,
    print_id: str | None,
) -> Answer:
    try:
        data = await asyncio.to_thread(_read, picture.path)
        frame = Frame(data, time.time(), printer, print_id or uuid.uuid4().hex)
        began = time.perf_counter()
        detection = await detector.detect(frame)
        ms = (time.perf_counter() - began) * 1000
        if save is not None:
            copy = await asyncio.to_thread(tagged, data, detection.boxes)
            await asyncio.to_thread(_write, save / picture.saved_as, copy, picture.path)
        if report is not None:
            await asyncio.to_thread(report.add, picture.path, data, detection)
    except DetectionError as error:
        return Answer(picture.path, error=str(error))
    except OSError as error:
        return Answer(picture.path, error=error.strerror or str(error))
    return Answer(picture.path, detection, ms)


def _pictures(paths: Iterable[Path]) -> Iterator[Picture]:
    """Yield the pictures, those of folders and their subfolders in natural order."""
    taken: set[Path] = set()
    for path in paths:
        inside = _inside(path) if path.is_dir() else []
        for file, name in inside or [(path, Path(path.name))]:
            yield Picture(file, _free(name, taken))


def _inside(folder: Path) -> list[tuple[Path, Path]]:
    files = sorted((file for file in folder.rglob("*") if is_picture(file) and file.is_file()), key=natural)
    return [(file, file.relative_to(folder)) for file in files]


def _free(name: Path, taken: set[Path]) -> Path:
    """Return a name for a copy, numbered if several pictures share it."""
    copy, number = name.parent / f"{name.stem}.jpg", 1
    while copy in taken:
        number += 1
        copy = name.parent / f"{name.stem}-{number}.jpg"
    taken.add(copy)
    return copy


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise BadPicture("There is no picture in this folder.")
    if path.exists() and not path.is_file():
        raise BadPicture("This is no file.")
    with path.open("rb") as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise BadPicture(f"This file is larger than {MAX_FILE // 2**20} MiB.")
    return data


def _write(path: Path, data: bytes, source: Path) -> None:
    if path.resolve() == source.resolve():
        raise BadPicture("The copy with boxes would replace the picture itself: choose another folder.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _with_progress(pictures: list[Picture]) -> Iterator[Picture]:
    console = Console(stderr=True)
    if len(pictures) < MANY or not console.is_terminal:
        yield from pictures
        return
    # Only answers written to the same terminal must be printed above the bar.
    with Progress(console=console, transient=True, redirect_stdout=sys.stdout.isatty()) as progress:
        yield from progress.track(pictures, description="Looking")


def _tell(answer: Answer, as_json: bool) -> None:
    file, detection = str(answer.path), answer.detection
    if as_json:
        told: dict[str, Any] = {"file": file, "error": answer.error}
        if detection is not None:
            told = {
                "file": file,
                "p": detection.p,
                "boxes": serialization.to_json(detection.boxes),
                "ms": round(answer.ms, 1),
            }
        print(json.dumps(told), flush=True)
        return
    name = click.format_filename(file)
    if detection is None:
        print(f"   -                   {name}: {answer.error}")
        return
    boxes = len(detection.boxes)
    print(f"{detection.p:.2f}  {boxes:3} {'box  ' if boxes == 1 else 'boxes'}  {answer.ms:6.0f} ms  {name}")
