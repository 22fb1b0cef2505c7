"""Deepomatic's API v0.7: recognition specifications, inference, and the tasks that carry it out."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import quote

import aiohttp
from yarl import URL

from ..errors import BadRequest, ServerFailed, TimedOut, Unavailable
from .http import REQUEST_TIMEOUT, Endpoint
from .reading import mapping, number, optional_number, sequence, text

CLOUD = "https://api.deepomatic.com/v0.7"
PAGE = 100
TASK_TIMEOUT = 60.0

SpecId: TypeAlias = int | str
"""A number for one of the account's own specifications, a name for a public one."""


@dataclass(frozen=True, slots=True)
class Label:
    """Something that a specification recognises."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a specification; `roi` is "BBOX" where things are located, else "NONE"."""

    labels: tuple[Label, ...]
    exclusive: bool
    roi: str


@dataclass(frozen=True, slots=True)
class Spec:
    """A recognition specification. Lists give no outputs, and public ones no version."""

    id: SpecId
    name: str
    description: str = ""
    update_date: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    current_version_id: int | None = None
    outputs: tuple[Output, ...] = ()
    task_id: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of specifications; `count` is how many there are in all."""

    count: int
    results: tuple[Spec, ...]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of a picture to look at, edges as shares of width and height."""

    xmin: float
    ymin: float
    xmax: float
    ymax: float


@dataclass(frozen=True, slots=True)
class ImageInput:
    """A picture to be recognised: an address that the service can reach, or the picture's bytes.

    Bytes are sent as a file of a multipart form, or, with `as_text`, as base64 within JSON.
    """

    source: str | bytes = field(repr=False)
    bbox: Crop | None = None
    as_text: bool = False


@dataclass(frozen=True, slots=True)
class Recognised:
    """One label with its score. `discarded` says that the score is below the label's threshold."""

    label_id: int
    label_name: str
    score: float
    threshold: float | None
    box: Crop | None
    discarded: bool


@dataclass(frozen=True, slots=True)
class Task:
    """Work under way: `status` is pending, success or error; other values count as pending."""

    id: str
    status: str
    error: str = ""
    data: Any = field(default=None, repr=False)


class Deepomatic:
    """Every documented call of the API. All methods raise DetectionError."""

    def __init__(self, session: aiohttp.ClientSession, url: URL, api_key: str) -> None:
        """Speak to the API at `url`, which ends with its version."""
        self._endpoint = Endpoint(session, url, {"X-API-KEY": api_key}, (api_key,))

    @property
    def where(self) -> str:
        """The service's host."""
        return self._endpoint.where

    # Specifications

    async def create_spec(
        self,
        name: str,
        outputs: Sequence[Output],
        *,
        description: str = "",
        metadata: Mapping[str, Any] | None = None,
    ) -> Spec:
        """Create a specification of one's own."""
        body = {
            "name": name,
            "description": description,
            "metadata": dict(metadata or {}),
            "outputs": [_output_json(output) for output in outputs],
        }
        reply = await self._endpoint.call("POST", "/recognition/specs", json=body)
        return _spec(reply.json())

    async def spec_page(self, *, public: bool = False, offset: int = 0, limit: int = PAGE) -> Page:
        """Return one page of one's own specifications, or of the public ones."""
        path = "/recognition/public" if public else "/recognition/specs"
        params = {"offset": str(offset), "limit": str(limit)}
        page = mapping((await self._endpoint.call("GET", path, params=params)).json(), "page")
        return Page(
            count=int(number(page.get("count"), "count")),
            results=tuple(_spec(spec) for spec in sequence(page.get("results"), "results")),
            has_next=page.get("next") is not None,
            has_previous=page.get("previous") is not None,
        )

    async def specs(self, *, public: bool = False) -> AsyncIterator[Spec]:
        """Yield all of one's own specifications, or all public ones.

        Pages are asked for by offset: the address of the next page that the service gives is not
        called, as the key would go along to wherever it points.
        """
        offset = 0
        while True:
            page = await self.spec_page(public=public, offset=offset)
            for spec in page.results:
                yield spec
            offset += len(page.results)
            if not page.has_next or not page.results:
                return

    async def spec(self, spec_id: SpecId) -> Spec:
        """Return a specification with its outputs."""
        return _spec((await self._endpoint.call("GET", _path(spec_id))).json())

    async def edit_spec(
        self,
        spec_id: int,
        *,
        name: str | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        current_version_id: int | None = None,
    ) -> Spec:
        """Change what is given, and leave the rest; outputs cannot be changed."""
        given = {
            "name": name,
            "description": description,
            "metadata": metadata,
            "current_version_id": current_version_id,
        }
        body = {key: value for key, value in given.items() if value is not None}
        return _spec((await self._endpoint.call("PATCH", _path(spec_id), json=body)).json())

    async def delete_spec(self, spec_id: int) -> None:
        """Delete a specification and its versions for good."""
        await self._endpoint.call("DELETE", _path(spec_id))

    # Inference

    async def infer(
        self,
        spec_id: SpecId,
        inputs: Sequence[ImageInput],
        *,
        show_discarded: bool = False,
        max_predictions: int = 100,
        timeout: float = REQUEST_TIMEOUT,
    ) -> str:
        """Begin to recognise the pictures, and return the number of the task that does."""
        if not inputs:
            raise BadRequest("There must be at least one picture.")
        options = {"show_discarded": show_discarded, "max_predictions": max_predictions}
        path = f"{_path(spec_id)}/inference"
        if any(_is_file(picture) for picture in inputs):
            form = _form(inputs, options)
            reply = await self._endpoint.call("POST", path, data=form, timeout=timeout)
        else:
            body = {"inputs": [_input_json(picture) for picture in inputs], **options}
            reply = await self._endpoint.call("POST", path, json=body, timeout=timeout)
        return text(mapping(reply.json(), "task_id").get("task_id"), "task_id")

    async def task(self, task_id: str, *, timeout: float = REQUEST_TIMEOUT) -> Task:
        """Return how far a task is."""
        path = f"/tasks/{quote(task_id, safe='')}"
        return _task((await self._endpoint.call("GET", path, timeout=timeout)).json())

    async def tasks(self, task_ids: Sequence[str]) -> tuple[Task, ...]:
        """Return how far several tasks are."""
        params = [("task_ids", task_id) for task_id in task_ids] + [("limit", str(PAGE))]
        page = mapping((await self._endpoint.call("GET", "/tasks", params=params)).json(), "page")
        return tuple(_task(task) for task in sequence(page.get("results"), "results"))

    async def wait(self, task_id: str, *, timeout: float = TASK_TIMEOUT) -> Any:
        """Return a task's data once it has succeeded, asking less and less often.

        Faults of the connection are sat out. Raises ServerFailed if the task failed, TimedOut.
        """
        loop = asyncio.get_running_loop()
        end, pause = loop.time() + timeout, 0.05
        fault: Unavailable = TimedOut(f"Deepomatic was not done within {timeout:.0f} seconds.")
        while (left := end - loop.time()) > 0:
            try:
                task = await self.task(task_id, timeout=min(left, REQUEST_TIMEOUT))
            except Unavailable as error:
                fault = error
            else:
                if task.status == "success":
                    return task.data
                if task.status == "error":
                    raise ServerFailed(f"Deepomatic could not do it: {task.error or 'no reason given'}.")
            await asyncio.sleep(min(pause, max(0.0, end - loop.time())))
            pause = min(1.0, pause * 1.5)
        raise fault


def recognised(data: Any) -> tuple[tuple[Recognised, ...], ...]:
    """Return the labels of a task's data, by output, in the service's order."""
    found = []
    for output in sequence(mapping(data, "outputs").get("outputs"), "outputs"):
        labels = mapping(mapping(output, "labels").get("labels"), "labels")
        if "predicted" not in labels and "discarded" not in labels:
            mapping(None, "predicted labels")
        found.append(
            tuple(
                _recognised(label, discarded=key == "discarded")
                for key in ("predicted", "discarded")
                for label in sequence(labels.get(key) or [], key)
            )
        )
    return tuple(found)


def _path(spec_id: SpecId) -> str:
    kind = "specs" if isinstance(spec_id, int) else "public"
    return f"/recognition/{kind}/{quote(str(spec_id), safe='')}"


def _spec(value: Any) -> Spec:
    spec = mapping(value, "specification")
    version = spec.get("current_version_id")
    task = spec.get("task_id")
    identifier = spec.get("id")
    return Spec(
        id=identifier if isinstance(identifier, int) else text(identifier, "id"),
        name=text(spec.get("name"), "name"),
        description=str(spec.get("description") or ""),
        update_date=str(spec.get("update_date") or ""),
        metadata=mapping(spec.get("metadata") or {}, "metadata"),
        current_version_id=None if version is None else int(number(version, "current_version_id")),
        outputs=tuple(_output(output) for output in sequence(spec.get("outputs") or [], "outputs")),
        task_id=None if task is None else text(task, "task_id"),
    )


def _output(value: Any) -> Output:
    labels = mapping(mapping(value, "output").get("labels"), "labels")
    return Output(
        labels=tuple(
            Label(int(number(label.get("id"), "label id")), text(label.get("name"), "label name"))
            for label in (mapping(label, "label") for label in sequence(labels.get("labels"), "labels"))
        ),
        exclusive=bool(labels.get("exclusive")),
        roi=str(labels.get("roi") or "NONE"),
    )


def _output_json(output: Output) -> dict[str, Any]:
    labels = [{"id": label.id, "name": label.name} for label in output.labels]
    return {"labels": {"roi": output.roi, "exclusive": output.exclusive, "labels": labels}}


def _task(value: Any) -> Task:
    task = mapping(value, "task")
    error = task.get("error")
    return Task(
        id=text(task.get("id"), "task id"),
        status=text(task.get("status"), "task status"),
        error=error if isinstance(error, str) else json.dumps(error) if error else "",
        data=task.get("data"),
    )


def _recognised(value: Any, *, discarded: bool) -> Recognised:
    label = mapping(value, "label")
    roi = label.get("roi")
    box = mapping(roi, "roi").get("bbox") if roi else None
    return Recognised(
        label_id=int(number(label.get("label_id"), "label_id")),
        label_name=text(label.get("label_name"), "label_name"),
        score=number(label.get("score"), "score"),
        threshold=optional_number(label.get("threshold")),
        box=_crop(mapping(box, "bbox")) if box else None,
        discarded=discarded,
    )


def _crop(box: Mapping[str, Any]) -> Crop:
    return Crop(*(number(box.get(edge), edge) for edge in ("xmin", "ymin", "xmax", "ymax")))


def _is_file(picture: ImageInput) -> bool:
    return isinstance(picture.source, bytes) and not picture.as_text


def _input_json(picture: ImageInput) -> dict[str, Any]:
    source = picture.source
    if isinstance(source, bytes):
        source = f"data:image/jpeg;base64,{base64.b64encode(source).decode()}"
    image: dict[str, Any] = {"source": source}
    if picture.bbox is not None:
        image["bbox"] = _edges(picture.bbox)
    return {"image": image}


def _form(inputs: Sequence[ImageInput], options: Mapping[str, Any]) -> aiohttp.FormData:
    """Return a multipart form; fields of list members have no dot after the bracket."""
    form = aiohttp.FormData(quote_fields=False)
    for key, value in options.items():
        form.add_field(key, str(value))
    for index, picture in enumerate(inputs):
        name = f"inputs[{index}]image"
        if _is_file(picture):
            form.add_field(
                f"{name}.source", picture.source, filename=f"{index}.jpg", content_type="image/jpeg"
            )
        else:
            source = _input_json(picture)["image"]["source"]
            form.add_field(f"{name}.source", source)
        if picture.bbox is not None:
            for edge, share in _edges(picture.bbox).items():
                form.add_field(f"{name}.bbox.{edge}", str(share))
    return form


def _edges(crop: Crop) -> dict[str, float]:
    return {"xmin": crop.xmin, "ymin": crop.ymin, "xmax": crop.xmax, "ymax": crop.ymax}
