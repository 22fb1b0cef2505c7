"""HACARUS Saas web detection v1 (2020): the 21 operations that CHECK has as well."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict
from urllib.parse import quote

import aiohttp

from ..http import REQUEST_TIMEOUT
from . import parsing
from .client import TRANSFER_TIMEOUT, HacarusClient
from .training import overrides, picture_type
from .types import (
    Algorithm,
    Item,
    ItemPage,
    ItemType,
    Model,
    NewAnnotation,
    Prediction,
    Target,
)

PAGE = 50


class HacarusSaas(HacarusClient):
    """Every call of the API. All methods raise DetectionError."""

    # Targets

    async def targets(self) -> tuple[Target, ...]:
        """Return all targets."""
        return parsing.each(await self._data("GET", "/api/v1/targets/"), parsing.target, "targets")

    async def target(self, target_id: int) -> Target:
        """Return a target."""
        return parsing.target(await self._data("GET", f"/api/v1/targets/{target_id}"))

    async def set_default_target(self, target_id: int) -> Target:
        """Make a target the default."""
        return parsing.target(await self._data("POST", f"/api/v1/targets/{target_id}"))

    async def results(self, model_ids: Sequence[str]) -> bytes:
        """Return the models' results for all pictures as CSV."""
        path, params = "/api/v1/targets/model/results", _repeated("model_ids", model_ids)
        return (await self._connection.call("POST", path, params=params, timeout=TRANSFER_TIMEOUT)).body

    # Algorithms and models

    async def algorithms(self) -> tuple[Algorithm, ...]:
        """Return all algorithms with their parameters."""
        found = await self._data("GET", "/api/v1/algorithms/")
        return parsing.each(found, parsing.algorithm, "algorithms")

    async def algorithm(self, algorithm_id: str) -> Algorithm:
        """Return an algorithm."""
        return parsing.algorithm(await self._data("GET", f"/api/v1/algorithms/{_safe(algorithm_id)}"))

    async def train(
        self,
        algorithm_id: str,
        name: str,
        item_ids: Sequence[str],
        parameters: Mapping[int, str] | None = None,
    ) -> Model:
        """Start to train a model; `parameters` has values, as text, by the parameter's number."""
        body = {"name": name, "item_ids": list(item_ids), "override_params": overrides(parameters)}
        path = f"/api/v1/algorithms/{_safe(algorithm_id)}/train"
        return parsing.model(await self._data("POST", path, json=body))

    async def models(self, algorithm_id: str | None = None) -> tuple[Model, ...]:
        """Return all models, or those of an algorithm."""
        params = [("algorithm_id", algorithm_id)] if algorithm_id is not None else None
        return parsing.each(
            await self._data("GET", "/api/v1/models/", params=params), parsing.model, "models"
        )

    async def model(self, model_id: str) -> Model:
        """Return a model."""
        return parsing.model(await self._data("GET", f"/api/v1/models/{_safe(model_id)}"))

    async def delete_models(self, model_ids: Sequence[str]) -> tuple[str, ...]:
        """Delete models for good, and return the deleted ones."""
        params = _repeated("model_ids", model_ids)
        return parsing.model_ids(await self._data("DELETE", "/api/v1/models/", params=params))

    async def export_models(self, model_ids: Sequence[str]) -> bytes:
        """Return models as a ZIP file that another server can import."""
        body = {"model_ids": list(model_ids)}
        path = "/api/v1/models/export"
        return (await self._connection.call("POST", path, json=body, timeout=TRANSFER_TIMEOUT)).body

    async def import_models(self, archive: bytes) -> tuple[Model, ...]:
        """Import models from a ZIP file, and return them."""

        def form() -> aiohttp.FormData:
            data = aiohttp.FormData()
            data.add_field("models", archive, filename="models.zip", content_type="application/zip")
            return data

        found = await self._data("POST", "/api/v1/models/import", form=form, timeout=TRANSFER_TIMEOUT)
        return parsing.each(found, parsing.model, "models")

    async def predict(
        self, model_id: str, item_ids: Sequence[str], *, timeout: float = REQUEST_TIMEOUT
    ) -> Prediction:
        """Start to judge items; the result is in each item once its status is done.

        Raises NotFound for an unknown item, BadRequest for an unknown model, Busy.
        """
        path, body = f"/api/v1/models/{_safe(model_id)}/predict", {"item_ids": list(item_ids)}
        return parsing.prediction(await self._data("POST", path, json=body, timeout=timeout))

    # Items

    async def item_page(
        self,
        item_type: ItemType,
        *,
        page: int | None = None,
        count: int | None = None,
        model_id: str | None = None,
    ) -> ItemPage:
        """Return one page of items."""
        wanted = {"item_type": str(item_type), "count": count, "page": page, "model_id": model_id}
        params = [(key, str(value)) for key, value in wanted.items() if value is not None]
        return parsing.item_page(await self._data("GET", "/api/v1/items/", params=params))

    async def items(self, item_type: ItemType, *, model_id: str | None = None) -> AsyncIterator[Item]:
        """Yield all items. The server says which number its first page has."""
        page = await self.item_page(item_type, count=PAGE, model_id=model_id)
        while True:
            for item in page.items:
                yield item
            if not page.items or page.current_page >= page.end_page:
                return
            following = page.current_page + 1
            page = await self.item_page(item_type, page=following, count=PAGE, model_id=model_id)

    async def add_items(
        self,
        files: Mapping[str, bytes],
        *,
        training: bool,
        good: bool | None = None,
        model_id: str | None = None,
        timeout: float = TRANSFER_TIMEOUT,
    ) -> tuple[str, ...]:
        """Add pictures by file name, to train with or to be judged, and return the items' identifiers.

        File names may have letters, digits, - and _ before their ending.
        """

        def form() -> aiohttp.FormData:
            data = aiohttp.FormData()
            data.add_field("training", _form_flag(training))
            if good is not None:
                data.add_field("good", _form_flag(good))
            if model_id is not None:
                data.add_field("model_id", model_id)
            for name, picture in files.items():
                data.add_field("files", picture, filename=name, content_type=picture_type(name))
            return data

        return parsing.item_ids(await self._data("POST", "/api/v1/items/", form=form, timeout=timeout))

    async def item(
        self,
        item_id: str,
        *,
        show_assessments: bool = True,
        show_annotations: bool = True,
        model_id: str | None = None,
    ) -> Item:
        """Return an item with the models' results."""
        params = [
            ("show_assessments", _form_flag(show_assessments)),
            ("show_annotations", _form_flag(show_annotations)),
        ]
        if model_id is not None:
            params.append(("model_id", model_id))
        path = f"/api/v1/items/{_safe(item_id)}"
        return parsing.item(await self._data("GET", path, params=params))

    async def annotate_item(self, item_id: str, annotations: Sequence[NewAnnotation]) -> None:
        """Mark places in an item's picture; the server applies this a little later."""
        body = {"annotations": [asdict(annotation) for annotation in annotations]}
        await self._connection.call("PATCH", f"/api/v1/items/{_safe(item_id)}", json=body)

    # The server

    async def set_license(self, license_data: bytes) -> str:
        """Upload a licence, and return its expiry."""

        def form() -> aiohttp.FormData:
            data = aiohttp.FormData()
            data.add_field("license_data", license_data, filename="license.key")
            return data

        found = await self._data("POST", "/api/v1/utils/", form=form)
        return parsing.license_expiry(found)

    async def logs(self) -> bytes:
        """Return the server's logs as a ZIP file."""
        return (await self._connection.call("POST", "/api/v1/utils/debug", timeout=TRANSFER_TIMEOUT)).body

    async def node_hash(self) -> str:
        """Return the machine's identifier, which a licence is made for."""
        return parsing.hash_id(await self._data("POST", "/api/v1/utils/node_hash"))


def _repeated(key: str, values: Sequence[str]) -> list[tuple[str, str]]:
    return [(key, value) for value in values]


def _form_flag(value: bool) -> str:
    return "true" if value else "false"


def _safe(part: str) -> str:
    return quote(str(part), safe="")
