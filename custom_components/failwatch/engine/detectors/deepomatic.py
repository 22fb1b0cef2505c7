"""Detect failures with Deepomatic: a specification, and its labels that mean failure."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Self

from ..clients import clouds
from ..clients.deepomatic import Deepomatic, ImageInput, Recognised, Spec, SpecId, recognised
from ..clients.http import base_url
from ..errors import BadAnswer, BadSetting
from ..models import Box, Detection, Frame
from .choices import Choice, ServiceInfo
from .context import DetectorContext
from .pixel_boxes import share
from .setting_fields import above_zero

ANSWER_WITHIN = 8.0
"""Seconds for one frame, upload and waiting together, unless set; below the ten between frames."""

FAINTEST = 0.2
"""Boxes below this are not summed, as in Obico's ml_api: with discarded labels there are many."""


class DeepomaticDetector:
    """Runs each frame through a specification.

    Discarded labels are asked for too: without them p would jump from 0 to the label's threshold,
    and bias the means. Where the specification locates things, p is the highest score of a failure's
    box, or the sum of them; where it classifies, it is the score of the failure's label.
    """

    metered = True

    def __init__(
        self,
        client: Deepomatic,
        spec_id: SpecId,
        labels: Sequence[str],
        *,
        by_sum: bool = False,
        answer_within: float = ANSWER_WITHIN,
    ) -> None:
        """Ask for that specification; each of `labels` means failure."""
        self._client = client
        self._spec_id = spec_id
        self._labels = frozenset(labels)
        self._by_sum = by_sum
        self._answer_within = answer_within
        self._spec: Spec | None = None

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any], host: DetectorContext) -> Self:
        """Use `url`, `api_key`, `spec`, `labels`, `combine` and `answer_within`; raises BadSetting."""
        spec, labels = str(settings.get("spec") or ""), settings.get("labels") or ()
        if not spec:
            raise BadSetting("Deepomatic needs the specification that recognises failures.")
        if isinstance(labels, str):
            labels = [label.strip() for label in labels.split(",") if label.strip()]
        if not labels:
            raise BadSetting("Deepomatic needs the names of the labels that mean failure.")
        return cls(
            deepomatic_client(settings, host),
            spec_id(spec),
            labels,
            by_sum=settings.get("combine") == "sum",
            answer_within=above_zero(settings, "answer_within", ANSWER_WITHIN),
        )

    @property
    def returns_boxes(self) -> bool:
        """Whether the specification locates failures; known after the first frame."""
        return self._spec is not None and _locates(self._spec, self._labels)

    @property
    def combines_by_sum(self) -> bool:
        """Whether p is the sum of the boxes' scores."""
        return self._by_sum

    async def detect(self, frame: Frame) -> Detection:
        """Return the service's answer to a frame. Raises DetectionError."""
        if self._spec is None:
            self._spec = await self._checked_spec()
        loop = asyncio.get_running_loop()
        end = loop.time() + self._answer_within
        task = await self._client.infer(
            self._spec_id, [ImageInput(frame.jpeg)], show_discarded=True, timeout=self._answer_within
        )
        data = await self._client.wait(task, timeout=max(0.1, end - loop.time()))
        failures = [
            label for output in recognised(data) for label in output if label.label_name in self._labels
        ]
        if not _locates(self._spec, self._labels):
            return Detection(self._classified(failures), raw=data)
        return _located(failures, data, by_sum=self._by_sum)

    async def check(self) -> str:
        """Return a sentence on what answers there; raises DetectionError, BadSetting."""
        self._spec = await self._checked_spec()
        kind = "locates" if self.returns_boxes else "classifies"
        return f"Deepomatic at {self._client.where} accepts the key; {self._spec.name!r} {kind} failures."

    async def close(self) -> None:
        """Hold nothing."""

    async def _checked_spec(self) -> Spec:
        spec = await self._client.spec(self._spec_id)
        known = [label.name for output in spec.outputs for label in output.labels]
        for label in sorted(self._labels):
            if label not in known:
                raise BadSetting(
                    "%(spec)r has no label %(label)r, but: %(known)s.",
                    spec=spec.name,
                    label=label,
                    known=", ".join(known),
                )
        return spec

    def _classified(self, failures: Sequence[Recognised]) -> float:
        """Return p of a classification. A label without a score is a BadAnswer, not a 0."""
        missing = self._labels - {label.label_name for label in failures}
        if missing:
            raise BadAnswer(f"Deepomatic gave no score for {', '.join(sorted(missing))}.")
        scores = [label.score for label in failures]
        return sum(scores) if self._by_sum else max(scores)


async def query_deepomatic(settings: Mapping[str, Any], host: DetectorContext) -> ServiceInfo:
    """Return the specifications, and the labels of the chosen one; raises BadSetting, DetectionError."""
    client = deepomatic_client(settings, host)
    own = [spec async for spec in client.specs()]
    public = [spec async for spec in client.specs(public=True)]
    choices = {"spec": tuple(Choice(str(spec.id), f"{spec.name} ({spec.id})") for spec in own + public)}
    chosen = str(settings.get("spec") or "")
    if chosen:
        spec = await client.spec(spec_id(chosen))
        names = dict.fromkeys(label.name for output in spec.outputs for label in output.labels)
        choices["labels"] = tuple(Choice(name, name) for name in names)
    return ServiceInfo(
        f"Deepomatic at {client.where} accepts the key and has {len(own)} own"
        f" and {len(public)} public specifications.",
        choices,
    )


def spec_id(text: str) -> SpecId:
    """Return a specification's identifier: numbers are one's own, everything else is public."""
    return int(text) if text.isascii() and text.isdecimal() else text


def deepomatic_client(settings: Mapping[str, Any], host: DetectorContext) -> Deepomatic:
    """Return a client by `url` and `api_key`; raises BadSetting."""
    api_key = str(settings.get("api_key") or "")
    if not api_key:
        raise BadSetting("Deepomatic needs an API key.")
    return Deepomatic(host.network(), base_url(settings, clouds.DEEPOMATIC), api_key)


def _locates(spec: Spec, labels: frozenset[str]) -> bool:
    """Return whether every output with a failure's label gives boxes."""
    outputs = [output for output in spec.outputs if any(label.name in labels for label in output.labels)]
    return bool(outputs) and all(output.roi == "BBOX" for output in outputs)


def _located(failures: Sequence[Recognised], raw: Any, *, by_sum: bool) -> Detection:
    """Return p and boxes. Nothing located means p = 0; a label without a box is a BadAnswer."""
    boxes = []
    for label in failures:
        if label.box is None:
            raise BadAnswer(f"Deepomatic gave no box for {label.label_name}.")
        if label.score >= FAINTEST or not by_sum:
            boxes.append(
                Box(
                    x_min=share(label.box.xmin, 1),
                    y_min=share(label.box.ymin, 1),
                    x_max=share(label.box.xmax, 1),
                    y_max=share(label.box.ymax, 1),
                    score=label.score,
                    label=label.label_name,
                )
            )
    scores = [box.score for box in boxes]
    return Detection(sum(scores) if by_sum else max(scores, default=0.0), tuple(boxes), raw=raw)
