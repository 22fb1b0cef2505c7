"""Convert HACARUS' JSON to types. Only indispensable fields are required."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ...errors import BadAnswer
from ..reading import mapping, optional_number, sequence, text
from .types import (
    Algorithm,
    AlgorithmParameter,
    Annotation,
    Assessment,
    Image,
    Item,
    ItemPage,
    Model,
    PredictCallback,
    Prediction,
    PredictParameters,
    Preprocessing,
    Target,
)

T = TypeVar("T")


def data(answer: Any) -> Any:
    """Return what an answer wraps in `data`; the oldest dialect does not always wrap."""
    if isinstance(answer, Mapping) and "data" in answer:
        return answer["data"]
    return answer


def each(value: Any, read: Callable[[Any], T], what: str) -> tuple[T, ...]:
    """Return the members of a list, each read by `read`; none for null."""
    return () if value is None else tuple(read(member) for member in sequence(value, what))


def token(answer: Any) -> str:
    """Return the access token, wrapped or not."""
    return text(mapping(data(answer), "access token").get("access_token"), "access token")


def target(value: Any) -> Target:
    """Read a target."""
    found = mapping(value, "target")
    return Target(
        target_id=_identifier(found.get("target_id"), "target_id"),
        name=words(found.get("name")),
        preprocessing=each(found.get("preprocessing"), _preprocessing, "preprocessing"),
    )


def algorithm(value: Any) -> Algorithm:
    """Read an algorithm with its parameters."""
    found = mapping(value, "algorithm")
    return Algorithm(
        algorithm_id=text(found.get("algorithm_id"), "algorithm_id"),
        name=words(found.get("name")),
        type=words(found.get("type")),
        version=_optionalwords(found.get("version")),
        parameters=each(found.get("parameters"), _parameter, "parameters"),
    )


def model(value: Any) -> Model:
    """Read a model. Precision and recall stand beside the model or within its statistics."""
    found = mapping(value, "model")
    stats = found.get("stats") if isinstance(found.get("stats"), Mapping) else {}
    return Model(
        model_id=text(found.get("model_id"), "model_id"),
        name=words(found.get("name")),
        algorithm_id=words(found.get("algorithm_id")),
        status=words(found.get("status")),
        status_text=_optionalwords(found.get("status_text")),
        active=flag(found.get("active")),
        version=words(found.get("version")),
        algorithm_type=words(found.get("algorithm_type")),
        ok_img_count=whole(found.get("ok_img_count")),
        ng_img_count=whole(found.get("ng_img_count")),
        accuracy=optional_number(stats.get("accuracy")) if stats else None,
        precision=optional_number(found.get("precision")),
        recall=optional_number(found.get("recall")),
        training_time=whole(found.get("training_time")),
        created_at=words(found.get("created_at")),
        updated_at=words(found.get("updated_at")),
    )


def predict_parameters(value: Any) -> PredictParameters:
    """Read how a model judges."""
    found = mapping(value, "predict parameters")
    return PredictParameters(
        threshold=optional_number(found.get("threshold")),
        ignore_outer=_optionalwords(found.get("ignore_outer")),
        min_detected_area=optional_number(found.get("min_detected_area")),
    )


def predict_callback(value: Any) -> PredictCallback:
    """Read where predictions are reported."""
    found = mapping(value, "callback")
    return PredictCallback(words(found.get("callback_url")), words(found.get("callback_method")))


def prediction(value: Any) -> Prediction:
    """Read which items a prediction was begun for."""
    found = mapping(value, "prediction")
    return Prediction(words(found.get("model_version")), item_ids(found))


def item_ids(value: Any) -> tuple[str, ...]:
    """Read the identifiers of items that were added or are worked on."""
    return each(mapping(value, "item_ids").get("item_ids"), lambda one: text(one, "item_id"), "item_ids")


def model_ids(value: Any) -> tuple[str, ...]:
    """Read the identifiers of models."""
    found = mapping(value, "model_ids").get("model_ids")
    return each(found, lambda one: text(one, "model_id"), "model_ids")


def item(value: Any) -> Item:
    """Read an item as CHECK and Saas give it."""
    found = mapping(value, "item")
    by_user = found.get("user_assessment")
    return Item(
        item_id=text(found.get("item_id"), "item_id"),
        status=words(found.get("status")),
        name=words(found.get("name")),
        is_training_data=flag(found.get("is_training_data")),
        images=each(found.get("images"), image, "images"),
        assessments=each(found.get("assessments"), _assessment, "assessments"),
        user_assessment=_assessment(by_user) if isinstance(by_user, Mapping) else None,
        raw=value,
    )


def item_page(value: Any) -> ItemPage:
    """Read a page of items."""
    found = mapping(value, "page")
    return ItemPage(
        items=each(found.get("items"), item, "items"),
        current_page=whole(found.get("current_page")) or 0,
        end_page=whole(found.get("end_page")) or 0,
        count_per_page=whole(found.get("count_per_page")) or 0,
    )


def license_expiry(value: Any) -> str:
    """Read when a licence expires."""
    return words(mapping(value, "licence").get("license_expiry"))


def hash_id(value: Any) -> str:
    """Read a machine's identifier."""
    return text(mapping(value, "hash_id").get("hash_id"), "hash_id")


def image(value: Any) -> Image:
    """Read a picture's address and size."""
    found = mapping(value, "image")
    identifier = found.get("image_id")
    return Image(
        url=words(found.get("url")),
        width=whole(found.get("width")) or 0,
        height=whole(found.get("height")) or 0,
        file_size=whole(found.get("file_size")) or 0,
        name=words(found.get("name")),
        image_id=None if identifier is None else text(identifier, "image_id"),
    )


def annotation(value: Any) -> Annotation:
    """Read a place in a picture."""
    found = mapping(value, "annotation")
    return Annotation(
        x_min=optional_number(found.get("x_min")),
        y_min=optional_number(found.get("y_min")),
        x_max=optional_number(found.get("x_max")),
        y_max=optional_number(found.get("y_max")),
        label=whole(found.get("label")),
        defect_size=optional_number(found.get("defect_size")),
        notes=_optionalwords(found.get("notes")),
        annotation_id=whole(found.get("annotation_id")),
    )


def _assessment(value: Any) -> Assessment:
    found = mapping(value, "assessment")
    identifier = found.get("model_id")
    return Assessment(
        model_id=None if identifier is None else text(identifier, "model_id"),
        label=words(found.get("label")),
        result=words(found.get("result")),
        anomaly_score=optional_number(found.get("anomaly_score")),
        detected_objects=whole(found.get("detected_objects")),
        detection_accuracy=whole(found.get("detection_accuracy")),
        annotations=each(found.get("annotations"), annotation, "annotations"),
        images=each(found.get("images"), image, "images"),
    )


def _preprocessing(value: Any) -> Preprocessing:
    found = mapping(value, "preprocessing")
    return Preprocessing(
        words(found.get("name")), flag(found.get("active")), _optionalwords(found.get("config"))
    )


def _parameter(value: Any) -> AlgorithmParameter:
    found = mapping(value, "parameter")
    return AlgorithmParameter(
        name=words(found.get("name")),
        algorithm_parameter_id=whole(found.get("algorithm_parameter_id")),
        value=_optionalwords(found.get("value")),
        data_type=words(found.get("data_type")),
        display_name=_optionalwords(found.get("display_name")),
        range_lower=_optionalwords(found.get("range_lower")),
        range_upper=_optionalwords(found.get("range_upper")),
        model_parameter=flag(found.get("model_parameter")),
    )


def _identifier(value: Any, what: str) -> int:
    found = whole(value)
    if found is None:
        raise BadAnswer(f"The answer has no {what}.")
    return found


def whole(value: Any) -> int | None:
    """Return the value as a whole number, None if it is anything else."""
    found = optional_number(value)
    return None if found is None else int(found)


def flag(value: Any) -> bool | None:
    """Return the value if it is true or false, else None."""
    return value if isinstance(value, bool) else None


def words(value: Any) -> str:
    """Return the value as text, "" for null."""
    return "" if value is None else str(value)


def _optionalwords(value: Any) -> str | None:
    return None if value is None else str(value)
