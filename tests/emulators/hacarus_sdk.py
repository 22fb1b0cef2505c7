"""The API of HACARUS' Visual Inspection SDK (2019), emulated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .hacarus import ALGORITHMS, Handler
from .hacarus_state import AT, PARAMETERS, ItemRecord, ModelRecord, State


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, title: str, detail: Any = None) -> None:
        """Keep what the answer says; `detail` may be a list."""
        super().__init__(title)
        self.status, self.title, self.detail = status, title, detail


@dataclass
class HacarusSdk:
    """A server of 2019. Models have numbers, and items one answer, whichever model gave it."""

    state: State = field(default_factory=State)

    def application(self) -> web.Application:
        """Return the server."""
        app = web.Application(client_max_size=50 * 2**20, middlewares=[self._guard])
        app.add_routes(
            [
                web.post("/api/auth/token", self.login),
                web.post("/api/auth/license", self.set_license),
                web.get("/api/auth/app_version", self.version),
                web.get("/api/v1/algorithms", self.algorithms),
                web.get("/api/v1/models", self.models),
                web.delete("/api/v1/model", self.delete_models),
                web.post("/api/v1/train", self.train),
                web.post("/api/v1/upload", self.upload),
                web.get("/api/v1/items", self.items),
                web.get("/api/v1/item/{item_id}", self.item),
                web.post("/api/v1/image/{image_id}/annotation", self.annotate),
                web.post("/api/v1/serve", self.serve),
                web.get("/api/v1/workers", self.processes),
            ]
        )
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            self._check_token(request)
            return await handler(request)
        except Refused as refused:
            error = {
                "detail": refused.detail,
                "source": {"pointer": request.path},
                "status": refused.status,
                "title": refused.title,
            }
            return web.json_response({"errors": error}, status=refused.status)

    def _check_token(self, request: web.Request) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if request.path.startswith("/api/v1/") and token not in self.state.tokens:
            raise Refused(401, "Unauthorized")

    async def login(self, request: web.Request) -> web.Response:
        """Give a token, wrapped in `data`."""
        body = await request.json()
        token = self.state.log_in(body.get("client_id"), body.get("client_secret"))
        if token is None:
            raise Refused(401, "Client id and secret mismatch")
        return web.json_response({"data": {"access_token": token, "expires": 2592000}})

    async def set_license(self, request: web.Request) -> web.Response:
        """Take a licence, once."""
        if self.state.license is not None:
            raise Refused(403, "Invalid license!", "License already exists")
        upload = (await request.post()).get("license")
        if not isinstance(upload, web.FileField):
            raise Refused(403, "Invalid license!")
        self.state.license = upload.file.read()
        return web.json_response({"status": "ok"})

    async def version(self, request: web.Request) -> web.Response:
        """Return the server's version."""
        return web.json_response({"data": "1.0.0.0"})

    async def algorithms(self, request: web.Request) -> web.Response:
        """Return all algorithms."""
        parameters = [
            {
                "algorithm_parameter_id": number,
                "created_at": AT,
                "updated_at": AT,
                "data_type": kind,
                "model_parameter": True,
                "name": name,
                "value": value,
            }
            for number, name, kind, value in PARAMETERS
        ]
        found = [{"algorithm_id": name, "name": name, "parameters": parameters} for name in ALGORITHMS]
        return web.json_response(found)

    async def models(self, request: web.Request) -> web.Response:
        """Return all models."""
        answer = [self._model(model) for model in self.state.models.values()]
        for model in self.state.models.values():
            model.polls = max(0, model.polls - 1)
        return web.json_response(answer)

    async def delete_models(self, request: web.Request) -> web.Response:
        """Delete models."""
        for number in (await request.json())["model_ids"]:
            if f"model-{number}" not in self.state.models:
                raise Refused(404, "", "No model found")
            del self.state.models[f"model-{number}"]
        return web.json_response({"status": "ok"})

    async def train(self, request: web.Request) -> web.Response:
        """Begin to train a model."""
        body = await request.json()
        if any(item_id not in self.state.items.keys() - self.state.of_others for item_id in body["item_ids"]):
            raise Refused(403, "You do not have access to one or more item ids provided")
        model = self.state.add_model(
            body["name"], body["algorithm_id"], body["item_ids"], polls=self.state.polls
        )
        return web.json_response(self._model(model))

    async def upload(self, request: web.Request) -> web.Response:
        """Add pictures, named files[0], files[1], and so on."""
        form = await request.post()
        uploads = [value for key, value in form.items() if key.startswith("files[")]
        if not uploads:
            raise Refused(400, "No images to upload")
        training = form.get("training") == "true"
        good = form.get("good") == "true" if "good" in form else None
        added = []
        for one in uploads:
            if not isinstance(one, web.FileField):
                raise Refused(400, "Invalid Request", ["No file"])
            try:
                added.append(self.state.add_item(one.filename, one.file.read(), training=training, good=good))
            except ValueError as error:
                raise Refused(400, "Invalid Request", [str(error)]) from error
        return web.json_response({"item_ids": added})

    async def items(self, request: web.Request) -> web.Response:
        """Return all items."""
        known = self.state.items.items()
        good = sum(item.training and item.good is True for _, item in known)
        return web.json_response(
            {
                "archived": [],
                "predict": [_brief(item_id, item) for item_id, item in known if not item.training],
                "training": [_brief(item_id, item) for item_id, item in known if item.training],
                "summary": {"title": "Context #1", "training": {"defect": 0, "good": good}},
            }
        )

    async def item(self, request: web.Request) -> web.Response:
        """Return an item."""
        item_id = request.match_info["item_id"]
        item = self.state.items.get(item_id)
        if item is None:
            raise Refused(404, "No match for item_id!")
        if item_id in self.state.of_others:
            raise Refused(401, "No permission to view item!")
        done = bool(item.seen) and item.polls == 0
        item.polls = max(0, item.polls - 1)
        seen = list(item.seen.values())[-1] if done else ()
        bad = any(one.score >= 0.5 for one in seen)
        address = str(request.url.with_path(f"/raw/{item_id}"))
        image = {
            "image_id": item.image_id,
            "content_type": "image/jpeg",
            "annotations": [
                {
                    "annotation_id": number,
                    "created_at": AT,
                    "image_id": item.image_id,
                    "notes": None,
                    **{key: round(getattr(one, key)) for key in ("x_min", "y_min", "x_max", "y_max")},
                }
                for number, one in enumerate(seen if bad else (), 1)
            ],
            "width": seen[0].width if seen else 0,
            "height": seen[0].height if seen else 0,
            "file_size": len(item.picture),
            "processed": done,
            "raw_url": address,
            "url": address.replace("/raw/", "/processed/"),
        }
        computed = {
            "assessment_result": "Defected product" if bad else "Good product",
            "detected_objects": len(seen) if bad else 0,
            "detection_accuracy": 100,
            "good": not bad,
        }
        unknown = dict.fromkeys(("assessment_result", "detected_objects", "detection_accuracy", "good"))
        return web.json_response(
            {
                "item_id": item_id,
                "label": f"Job id is {item_id}",
                "status": "done" if done else "pending",
                "is_training_data": item.training,
                "confirmed_assessment": False,
                "computed_assessment": computed if done else unknown,
                "manual_assessment": {**unknown, "override_assessment": False},
                "images": [image],
            }
        )

    async def annotate(self, request: web.Request) -> web.Response:
        """Mark places in a picture."""
        for item_id, item in self.state.items.items():
            if str(item.image_id) == request.match_info["image_id"]:
                item.annotations.extend((await request.json())["annotations"])
                return web.json_response({"item_ids": [item_id]})
        raise Refused(404, "Cannot find image")

    async def serve(self, request: web.Request) -> web.Response:
        """Judge items, with the active model unless one is named."""
        body = await request.json()
        if any(item_id not in self.state.items for item_id in body["item_ids"]):
            raise Refused(404, "Cannot find items")
        named = f"model-{body['model_id']}" if "model_id" in body else None
        model = self.state.models.get(named) if named else self.state.active_model()
        if model is None:
            raise Refused(400, "There is no available model")
        await self.state.predict(model, body["item_ids"])
        return web.json_response({"item_ids": body["item_ids"], "model_version": f"model-{AT}"})

    async def processes(self, request: web.Request) -> web.Response:
        """Return what the server is busy with."""
        training = [model.algorithm_id for model in self.state.models.values() if model.polls]
        return web.json_response({"predicting": [], "training": training})

    def _model(self, model: ModelRecord) -> dict[str, Any]:
        return {
            "model_id": model.number,
            "name": model.name,
            "algorithm_id": model.algorithm_id,
            "active": model is self.state.active_model(),
            "context_default": False,
            "context_id": 1000,
            "created_at": AT,
            "updated_at": AT,
            "status": model.status(),
            "version": f"model-{AT}",
        }


def _brief(item_id: str, item: ItemRecord) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "label": f"Job id is {item_id}",
        "status": "pending",
        "good": item.good,
        "is_training_data": item.training,
        "assessment": None,
        "detected_objects": 0,
    }
