"""Convert the SDK's items to types; only items differ from the other dialects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..reading import mapping, text
from .parsing import annotation, each, flag, image, whole, words
from .types import Annotation, Assessment, Image, Item


def item(value: Any) -> Item:
    """Read an item as the SDK's API gives it, alone or in a list."""
    found = mapping(value, "item")
    computed = found.get("computed_assessment")
    manual = found.get("manual_assessment")
    pictures = each(found.get("images"), lambda one: mapping(one, "image"), "images")
    places = tuple(place for one in pictures for place in each(one.get("annotations"), annotation, "places"))
    drawn = tuple(image(one) for one in pictures)
    summary = found if computed is None and "detected_objects" in found else computed
    return Item(
        item_id=text(found.get("item_id"), "item_id"),
        status=words(found.get("status")),
        name=words(found.get("label")),
        is_training_data=flag(found.get("is_training_data")),
        good=flag(found.get("good")),
        images=tuple(image({**one, "url": one.get("raw_url") or one.get("url")}) for one in pictures),
        assessments=(_assessment(summary, places, drawn),) if isinstance(summary, Mapping) else (),
        user_assessment=_assessment(manual, (), ()) if isinstance(manual, Mapping) else None,
        raw=value,
    )


def _assessment(
    value: Mapping[str, Any], places: tuple[Annotation, ...], images: tuple[Image, ...]
) -> Assessment:
    good = flag(value.get("good"))
    return Assessment(
        label=words(value.get("assessment_result")),
        result="" if good is None else "good" if good else "bad",
        detected_objects=whole(value.get("detected_objects")),
        detection_accuracy=whole(value.get("detection_accuracy")),
        annotations=places,
        images=images,
    )
