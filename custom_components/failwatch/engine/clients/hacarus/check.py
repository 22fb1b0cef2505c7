"""HACARUS CHECK v1 (2022): all operations of Saas web detection, and three more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from urllib.parse import quote

from . import parsing
from .saas import HacarusSaas
from .types import PredictCallback, PredictParameters


class HacarusCheck(HacarusSaas):
    """Every call of the API. All methods raise DetectionError."""

    deletes_items = True

    async def set_predict_parameters(self, model_id: str, parameters: PredictParameters) -> PredictParameters:
        """Change the given parameters of a model's judgement, and return all of them."""
        body = {key: value for key, value in asdict(parameters).items() if value is not None}
        path = f"/api/v1/models/{quote(model_id, safe='')}/update_predict_parameters"
        return parsing.predict_parameters(await self._data("POST", path, json=body))

    async def set_predict_callback(self, model_id: str, callback: PredictCallback) -> PredictCallback:
        """Set the address that finished predictions are reported to, and return it."""
        path = f"/api/v1/models/{quote(model_id, safe='')}/update_predict_callback"
        return parsing.predict_callback(await self._data("POST", path, json=asdict(callback)))

    async def delete_items(self, item_ids: Sequence[str]) -> None:
        """Delete items for good. No answer is documented, so any success counts."""
        await self._connection.call("DELETE", "/api/v1/items/", json={"item_ids": list(item_ids)})
