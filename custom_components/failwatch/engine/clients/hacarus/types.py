"""HACARUS' types. Statuses, labels and types are open: a service may add values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ItemType(StrEnum):
    """The purpose of an item."""

    PREDICTION = "prediction"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """A preprocessing step."""

    name: str
    active: bool | None = None
    config: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Something to inspect, with its own pictures and models."""

    target_id: int
    name: str
    preprocessing: tuple[Preprocessing, ...] = ()


@dataclass(frozen=True, slots=True)
class AlgorithmParameter:
    """A parameter of an algorithm; values are texts, also of numbers and tuples."""

    name: str
    algorithm_parameter_id: int | None = None
    value: str | None = None
    data_type: str = ""
    display_name: str | None = None
    range_lower: str | None = None
    range_upper: str | None = None
    model_parameter: bool | None = None


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A training algorithm."""

    algorithm_id: str
    name: str
    type: str = ""
    version: str | None = None
    parameters: tuple[AlgorithmParameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model, or one in the making: `status` is creating, active or failed."""

    model_id: str
    name: str
    algorithm_id: str
    status: str = ""
    status_text: str | None = None
    active: bool | None = None
    version: str = ""
    algorithm_type: str = ""
    ok_img_count: int | None = None
    ng_img_count: int | None = None
    accuracy: float | None = None
    precision: float | None = None
    recall: float | None = None
    training_time: int | None = None
    created_at: str = ""
    updated_at: str = ""


@dataclass(frozen=True, slots=True)
class PredictParameters:
    """How a model judges.

    `threshold` is the score from which on a place is abnormal, 0 or more; `ignore_outer` the border
    that is not looked at, as text such as "(0, 0)"; `min_detected_area` is in pixels.
    """

    threshold: float | None = None
    ignore_outer: str | None = None
    min_detected_area: float | None = None


@dataclass(frozen=True, slots=True)
class PredictCallback:
    """Where the service reports finished predictions, by "post" or "get"."""

    callback_url: str
    callback_method: str = "post"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of an item, or of an assessment, where it shows what was found."""

    url: str
    width: int
    height: int
    file_size: int
    name: str = ""
    image_id: str | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """A place in the picture, edges in pixels."""

    x_min: float | None
    y_min: float | None
    x_max: float | None
    y_max: float | None
    label: int | None = None
    defect_size: float | None = None
    notes: str | None = None
    annotation_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewAnnotation:
    """A place to mark, edges in whole pixels."""

    x_min: int
    y_min: int
    x_max: int
    y_max: int
    label: int | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a model, or with `model_id` None a person or the dialect's only model, says of an item.

    `label` is OK or NG, `result` good or bad; `anomaly_score` is 0 or more, without a limit.
    """

    model_id: str | None = None
    label: str = ""
    result: str = ""
    anomaly_score: float | None = None
    detected_objects: int | None = None
    detection_accuracy: int | None = None
    annotations: tuple[Annotation, ...] = ()
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A picture that was added, and all that was said of it; `status` is pending or done."""

    item_id: str
    status: str = ""
    name: str = ""
    is_training_data: bool | None = None
    good: bool | None = None
    images: tuple[Image, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    user_assessment: Assessment | None = None
    raw: Any = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One page of items."""

    items: tuple[Item, ...]
    current_page: int
    end_page: int
    count_per_page: int


@dataclass(frozen=True, slots=True)
class Prediction:
    """A prediction that was begun: the items that it is for, and the model's version."""

    model_version: str
    item_ids: tuple[str, ...]
