"""Convert between Deepomatic's JSON and types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..reading import mapping, number, optional_number, score, sequence, text
from .types import DONE, Crop, Label, Output, Page, Recognised, Spec, Task


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


def page(value: Any) -> Page:
    """Read a page of specifications."""
    found = mapping(value, "page")
    return Page(
        count=int(number(found.get("count"), "count")),
        results=tuple(spec(one) for one in sequence(found.get("results"), "results")),
        has_next=found.get("next") is not None,
        has_previous=found.get("previous") is not None,
    )


def spec(value: Any) -> Spec:
    """Read a specification."""
    found = mapping(value, "specification")
    version = found.get("current_version_id")
    task_id = found.get("task_id")
    identifier = found.get("id")
    return Spec(
        id=identifier if isinstance(identifier, int) else text(identifier, "id"),
        name=text(found.get("name"), "name"),
        description=str(found.get("description") or ""),
        update_date=str(found.get("update_date") or ""),
        metadata=mapping(found.get("metadata") or {}, "metadata"),
        current_version_id=None if version is None else int(number(version, "current_version_id")),
        outputs=tuple(_output(output) for output in sequence(found.get("outputs") or [], "outputs")),
        task_id=None if task_id is None else text(task_id, "task_id"),
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


def output_json(output: Output) -> dict[str, Any]:
    """Return an output as a request to create a specification gives it."""
    labels = [{"id": label.id, "name": label.name} for label in output.labels]
    return {"labels": {"roi": output.roi, "exclusive": output.exclusive, "labels": labels}}


def task(value: Any) -> Task:
    """Read a task."""
    found = mapping(value, "task")
    error = found.get("error")
    return Task(
        id=text(found.get("id"), "task id"),
        status=text(found.get("status"), "task status"),
        error=error if isinstance(error, str) else json.dumps(error) if error else "",
        data=found.get("data"),
    )


def begun(value: Any) -> Task:
    """Read the answer to an inference: a task's number, or its data already, as the document shows both."""
    found = mapping(value, "task_id")
    if "outputs" in found:
        return Task(str(found.get("task_id", "")), DONE, data=found)
    return Task(text(found.get("task_id"), "task_id"), "pending")


def _recognised(value: Any, *, discarded: bool) -> Recognised:
    label = mapping(value, "label")
    roi = label.get("roi")
    box = mapping(roi, "roi").get("bbox") if roi else None
    return Recognised(
        label_id=int(number(label.get("label_id"), "label_id")),
        label_name=text(label.get("label_name"), "label_name"),
        score=score(label.get("score"), "score"),
        threshold=optional_number(label.get("threshold")),
        box=_crop(mapping(box, "bbox")) if box else None,
        discarded=discarded,
    )


def _crop(box: Mapping[str, Any]) -> Crop:
    return Crop(*(number(box.get(edge), edge) for edge in ("xmin", "ymin", "xmax", "ymax")))
