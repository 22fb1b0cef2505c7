"""The API of HACARUS' Visual Inspection SDK (2019), the oldest of the three dialects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

import aiohttp

from ...errors import BadRequest, NotFound
from ..http import REQUEST_TIMEOUT
from ..reading import mapping, text
from . import parsing, sdk_parsing
from .client import ACTIVE, TRANSFER_TIMEOUT, HacarusClient
from .training import overrides, picture_type
from .types import Algorithm, Item, Model, NewAnnotation, Prediction


@dataclass(frozen=True, slots=True)
class Items:
    """All items by purpose, and the server's own summary."""

    training: tuple[Item, ...]
    predict: tuple[Item, ...]
    archived: tuple[Item, ...]
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Processes:
    """The names of the models that predict, and of the algorithms that train, just now."""

    predicting: tuple[str, ...]
    training: tuple[str, ...]


class HacarusSdk(HacarusClient):
    """Every call of the API. All methods raise DetectionError."""

    async def set_license(self, license_data: bytes) -> None:
        """Upload a licence."""

        def form() -> aiohttp.FormData:
            data = aiohttp.FormData()
            data.add_field("license", license_data, filename="license.key")
            return data

        try:
            await self._connection.call("POST", "/api/auth/license", form=form)
        except NotFound:
            await self._connection.call("POST", "/api/v1/license", form=form)

    async def version(self) -> str:
        """Return the server's version."""
        return text(await self._data("GET", "/api/auth/app_version"), "version")

    async def algorithms(self) -> tuple[Algorithm, ...]:
        """Return all algorithms with their parameters."""
        return parsing.each(await self._data("GET", "/api/v1/algorithms"), parsing.algorithm, "algorithms")

    async def models(self) -> tuple[Model, ...]:
        """Return all models."""
        return parsing.each(await self._data("GET", "/api/v1/models"), parsing.model, "models")

    async def model(self, model_id: str) -> Model:
        """Return a model, looked for among all."""
        for model in await self.models():
            if model.model_id == model_id:
                return model
        raise NotFound(f"There is no model {model_id}.")

    async def check_model(self, model_id: str) -> None:
        """Raise NotFound if a model is not in the list of models, which is undocumented."""
        try:
            known = await self.models()
        except NotFound:
            return
        if model_id not in [model.model_id for model in known]:
            raise NotFound(f"There is no model {model_id}.")

    async def delete_models(self, model_ids: Sequence[str]) -> tuple[str, ...]:
        """Delete models for good."""
        await self._connection.call("DELETE", "/api/v1/model", json={"model_ids": _numbers(model_ids)})
        return tuple(model_ids)

    async def train(
        self,
        algorithm_id: str,
        name: str,
        item_ids: Sequence[str],
        parameters: Mapping[int, str] | None = None,
    ) -> Model:
        """Start to train a model; `parameters` has values, as text, by the parameter's number."""
        body = {
            "algorithm_id": algorithm_id,
            "name": name,
            "item_ids": list(item_ids),
            "override_params": overrides(parameters),
        }
        return parsing.model(await self._data("POST", "/api/v1/train", json=body))

    async def add_items(
        self,
        files: Mapping[str, bytes],
        *,
        training: bool = False,
        good: bool | None = None,
        timeout: float = TRANSFER_TIMEOUT,
    ) -> tuple[str, ...]:
        """Add pictures by file name, and return the items' identifiers.

        Pictures with `good` given are for training.
        """
        if training and good is None:
            raise BadRequest("Pictures to train with are good or bad: say which.")

        def form() -> aiohttp.FormData:
            data = aiohttp.FormData(quote_fields=False)
            for index, (name, picture) in enumerate(files.items()):
                data.add_field(f"files[{index}]", picture, filename=name, content_type=picture_type(name))
            data.add_field("training", "true" if training else "false")
            if good is not None:
                data.add_field("good", "true" if good else "false")
            return data

        return parsing.item_ids(await self._data("POST", "/api/v1/upload", form=form, timeout=timeout))

    async def items(self) -> Items:
        """Return all items."""
        found = mapping(await self._data("GET", "/api/v1/items"), "items")
        return Items(
            training=parsing.each(found.get("training"), sdk_parsing.item, "items"),
            predict=parsing.each(found.get("predict"), sdk_parsing.item, "items"),
            archived=parsing.each(found.get("archived"), sdk_parsing.item, "items"),
            summary=mapping(found.get("summary") or {}, "summary"),
        )

    async def item(self, item_id: str) -> Item:
        """Return an item with its findings; this dialect keeps one result for all models."""
        path = f"/api/v1/item/{quote(item_id, safe='')}"
        return sdk_parsing.item(await self._data("GET", path))

    async def annotate_item(self, item_id: str, annotations: Sequence[NewAnnotation]) -> None:
        """Mark places in all pictures of an item."""
        for picture in (await self.item(item_id)).images:
            if picture.image_id is not None:
                await self.annotate_image(picture.image_id, annotations)

    async def annotate_image(self, image_id: str, annotations: Sequence[NewAnnotation]) -> tuple[str, ...]:
        """Mark places in a picture, and return their items. This dialect has no labels."""
        marks = [{key: value for key, value in asdict(one).items() if key != "label"} for one in annotations]
        path = f"/api/v1/image/{quote(image_id, safe='')}/annotation"
        return parsing.item_ids(await self._data("POST", path, json={"annotations": marks}))

    async def predict(
        self, model_id: str, item_ids: Sequence[str], *, timeout: float = REQUEST_TIMEOUT
    ) -> Prediction:
        """Start to judge items, by default with the server's active model."""
        body: dict[str, Any] = {"item_ids": list(item_ids)}
        if model_id != ACTIVE:
            body["model_id"] = _numbers([model_id])[0]
        return parsing.prediction(await self._data("POST", "/api/v1/serve", json=body, timeout=timeout))

    async def processes(self) -> Processes:
        """Return the server's running processes."""
        found = mapping(await self._data("GET", "/api/v1/workers"), "processes")
        return Processes(
            predicting=parsing.each(found.get("predicting"), str, "processes"),
            training=parsing.each(found.get("training"), str, "processes"),
        )


def _numbers(identifiers: Sequence[str]) -> list[int | str]:
    """Return models' identifiers as numbers, as this dialect needs them."""
    return [int(one) if one.isascii() and one.isdecimal() else one for one in identifiers]
