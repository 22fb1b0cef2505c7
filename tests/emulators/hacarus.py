"""HACARUS CHECK v1 and Saas web detection v1, emulated from the documented operations."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from . import hacarus_shapes as shapes
from .hacarus_requests import Refused, form_body, is_int32, json_body, number, refusal
from .hacarus_state import AT, ItemRecord, ModelRecord, State, anomaly_score

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ALGORITHMS = ("Reconstructor", "PatternSample")


@dataclass
class Hacarus:
    """A server. `check` says whether it has the three operations that Saas has not."""

    state: State = field(default_factory=State)
    check: bool = True

    def application(self) -> web.Application:
        """Return the server."""
        app = web.Application(client_max_size=50 * 2**20, middlewares=[self._guard])
        # "import" and "export" are addresses of their own, and no models.
        model, item = "/api/v1/models/{model_id:(?!(?:im|ex)port$)[^/]+}", "/api/v1/items/{item_id}"
        app.add_routes(
            [
                web.post("/api/auth/token", self.login),
                web.get("/api/v1/targets/", self.targets),
                web.post("/api/v1/targets/model/results", self.results),
                web.get("/api/v1/targets/{target_id}", self.target),
                web.post("/api/v1/targets/{target_id}", self.set_target),
                web.get("/api/v1/algorithms/", self.algorithms),
                web.get("/api/v1/algorithms/{algorithm_id}", self.algorithm),
                web.post("/api/v1/algorithms/{algorithm_id}/train", self.train),
                web.get("/api/v1/models/", self.models),
                web.delete("/api/v1/models/", self.delete_models),
                web.post("/api/v1/models/export", self.export_models),
                web.post("/api/v1/models/import", self.import_models),
                web.get(model, self.model),
                web.post(f"{model}/predict", self.predict),
                web.get("/api/v1/items/", self.items),
                web.post("/api/v1/items/", self.add_items),
                web.get(item, self.item),
                web.patch(item, self.annotate),
                web.post("/api/v1/utils/", self.set_license),
                web.post("/api/v1/utils/debug", self.logs),
                web.post("/api/v1/utils/node_hash", self.node_hash),
                web.get("/images/{item_id}", self.picture),
            ]
        )
        if self.check:
            app.add_routes(
                [
                    web.post(f"{model}/update_predict_parameters", self.set_parameters),
                    web.post(f"{model}/update_predict_callback", self.set_callback),
                    web.delete("/api/v1/items/", self.delete_items),
                ]
            )
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            self._check_token(request)
            return await handler(request)
        except Refused as refused:
            return refusal(request, refused)
        except (json.JSONDecodeError, UnicodeDecodeError):
            return refusal(request, Refused(422, "Unprocessable Entity", "The body is no JSON."))

    def _check_token(self, request: web.Request) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        routed = request.match_info.http_exception is None
        if routed and request.path.startswith("/api/v1/") and token not in self.state.tokens:
            raise Refused(401, "Unauthorized", "The token is missing, wrong or too old.")

    async def login(self, request: web.Request) -> web.Response:
        """Give a token for good credentials."""
        body = await json_body(request, client_id=str, client_secret=str, grant_type=str)
        if {"client_id", "client_secret", "grant_type"} - body.keys():
            raise Refused(422, "Unprocessable Entity", "client_id, client_secret and grant_type are needed.")
        token = self.state.log_in(body["client_id"], body["client_secret"])
        if token is None or body["grant_type"] != "client_credentials":
            raise Refused(401, "Client id and secret mismatch")
        return web.json_response({"access_token": token})

    # Targets

    async def targets(self, request: web.Request) -> web.Response:
        """Return all targets."""
        return _data([shapes.target(number, name) for number, name in self.state.targets.items()])

    async def target(self, request: web.Request) -> web.Response:
        """Return a target."""
        number = self._target(request)
        return _data(shapes.target(number, self.state.targets[number]))

    async def set_target(self, request: web.Request) -> web.Response:
        """Make a target the default."""
        self.state.default_target = self._target(request)
        return await self.target(request)

    async def results(self, request: web.Request) -> web.Response:
        """Return what the models said, as CSV."""
        models = [self._known(model_id).model_id for model_id in request.query.getall("model_ids", [])]
        lines = ["model_id,item_id,anomaly_score"]
        for item_id, item in self.state.items.items():
            lines += [
                f"{one},{item_id},{anomaly_score(item.seen[one])}" for one in models if one in item.seen
            ]
        return web.Response(body="\n".join(lines).encode(), content_type="application/octet-stream")

    # Algorithms and models

    async def algorithms(self, request: web.Request) -> web.Response:
        """Return all algorithms."""
        return _data([shapes.algorithm(name) for name in ALGORITHMS])

    async def algorithm(self, request: web.Request) -> web.Response:
        """Return an algorithm."""
        return _data(shapes.algorithm(_algorithm_of(request)))

    async def train(self, request: web.Request) -> web.Response:
        """Begin to train a model."""
        algorithm = _algorithm_of(request)
        body = await json_body(request, name=str, item_ids=[str], override_params=[dict])
        for override in body.get("override_params", []):
            number, value = override.get("algorithm_parameter_id", 0), override.get("value", "")
            if not is_int32(number) or not isinstance(value, str):
                raise Refused(422, "Unprocessable Entity", override_params="Not a parameter.")
        self._items(body.get("item_ids", []))
        model = self.state.add_model(
            body.get("name", ""), algorithm, body.get("item_ids", []), polls=self.state.polls
        )
        return _data(self._model(model))

    async def models(self, request: web.Request) -> web.Response:
        """Return all models, or those of an algorithm."""
        wanted = request.query.get("algorithm_id")
        known = self.state.models.values()
        return _data([self._model(model) for model in known if wanted in (None, model.algorithm_id)])

    async def delete_models(self, request: web.Request) -> web.Response:
        """Delete models."""
        models = [self._known(model_id).model_id for model_id in request.query.getall("model_ids", [])]
        for model_id in set(models):
            del self.state.models[model_id]
        return _data({"model_ids": models})

    async def model(self, request: web.Request) -> web.Response:
        """Return a model."""
        model = self._known(request.match_info["model_id"], status=404)
        answer = self._model(model)
        model.polls = max(0, model.polls - 1)
        return _data(answer)

    async def export_models(self, request: web.Request) -> web.Response:
        """Return models as a ZIP file."""
        body = await json_body(request, model_ids=[str])
        models = [self._known(model_id) for model_id in body.get("model_ids", [])]
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for model in {one.model_id: one for one in models}.values():
                archive.writestr(f"{model.model_id}.json", json.dumps([model.name, model.algorithm_id]))
        return web.Response(body=out.getvalue(), content_type="application/zip")

    async def import_models(self, request: web.Request) -> web.Response:
        """Take in models from a ZIP file."""
        upload = (await form_body(request)).get("models")
        if not isinstance(upload, web.FileField):
            raise Refused(422, "Unprocessable Entity", models="A ZIP file is needed.")
        try:
            with zipfile.ZipFile(upload.file) as archive:
                found = [json.loads(archive.read(name)) for name in archive.namelist()]
        except zipfile.BadZipFile:
            raise Refused(422, "Unprocessable Entity", models="This is no ZIP file.") from None
        added = [self.state.add_model(name, algorithm, [], polls=0) for name, algorithm in found]
        return _data([self._model(model) for model in added])

    async def set_parameters(self, request: web.Request) -> web.Response:
        """Change how a model judges."""
        model = self._known(request.match_info["model_id"], status=400)
        body = await json_body(
            request, status=400, threshold=float, ignore_outer=str, min_detected_area=float
        )
        for key, value in body.items():
            setattr(model, key, value)
        keys = ("threshold", "ignore_outer", "min_detected_area")
        return _data({key: getattr(model, key) for key in keys})

    async def set_callback(self, request: web.Request) -> web.Response:
        """Have finished predictions reported."""
        model = self._known(request.match_info["model_id"], status=400)
        body = await json_body(request, status=400, callback_url=str, callback_method=str)
        model.callback_url = body.get("callback_url", "")
        model.callback_method = body.get("callback_method", "post")
        return _data({"callback_url": model.callback_url, "callback_method": model.callback_method})

    async def predict(self, request: web.Request) -> web.Response:
        """Judge items."""
        if self.state.busy:
            raise Refused(425, "The server is busy processing requests. Try again in a while.")
        model_id = request.match_info["model_id"]
        model = self.state.active_model() if model_id == "active" else self.state.models.get(model_id)
        if model is None:
            raise Refused(400, "model_id not found")
        body = await json_body(request, status=400, item_ids=[str])
        item_ids = self._items(body.get("item_ids", []))
        await self.state.predict(model, item_ids)
        return _data({"model_version": f"version-{model.number}", "item_ids": item_ids})

    # Items

    async def items(self, request: web.Request) -> web.Response:
        """Return a page of items; the first is page 1."""
        kind, query = request.query.get("item_type"), request.query
        if kind not in ("prediction", "training"):
            raise Refused(422, "Unprocessable Entity", item_type="prediction or training")
        count, page = number(query.get("count", "20"), "count"), number(query.get("page", "1"), "page")
        found = [
            (item_id, item)
            for item_id, item in self.state.items.items()
            if item.training == (kind == "training")
        ]
        chosen = found[(page - 1) * count : page * count]
        return _data(
            {
                "items": [self._item(request, item_id, item) for item_id, item in chosen],
                "current_page": page,
                "end_page": max(1, -(-len(found) // count)),
                "count_per_page": count,
            }
        )

    async def add_items(self, request: web.Request) -> web.Response:
        """Add pictures."""
        form = await form_body(request)
        flags = {key: str(form[key]).lower() for key in ("training", "good") if key in form}
        if flags.get("training") not in ("true", "false") or flags.get("good", "true") not in (
            "true",
            "false",
        ):
            raise Refused(422, "Unprocessable Entity", training="true or false")
        uploads = form.getall("files", [])
        if not all(isinstance(one, web.FileField) for one in uploads):
            raise Refused(422, "Unprocessable Entity", files="Not a file.")
        good = flags["good"] == "true" if "good" in flags else None
        try:
            added = [
                self.state.add_item(
                    one.filename, one.file.read(), training=flags["training"] == "true", good=good
                )
                for one in uploads
            ]
        except ValueError as error:
            raise Refused(422, "Unprocessable Entity", files=str(error)) from error
        return _data({"item_ids": added}, status=201)

    async def item(self, request: web.Request) -> web.Response:
        """Return an item."""
        item_id = request.match_info["item_id"]
        for key in ("show_assessments", "show_annotations"):
            if request.query.get(key, "true").lower() not in ("true", "false"):
                raise Refused(422, "Unprocessable Entity", **{key: "true or false"})
        self._items([item_id], status=422)
        item = self.state.items[item_id]
        answer = self._item(request, item_id, item)
        item.polls = max(0, item.polls - 1)
        return _data(answer)

    async def annotate(self, request: web.Request) -> web.Response:
        """Mark places in an item's picture."""
        (item_id,) = self._items([request.match_info["item_id"]], status=422)
        body = await json_body(request, annotations=[dict])
        for annotation in body.get("annotations", []):
            for key in ("x_min", "y_min", "x_max", "y_max", "label"):
                value = annotation.get(key)
                if value is not None and not is_int32(value):
                    raise Refused(422, "Unprocessable Entity", **{key: "Not a valid integer."})
            if not isinstance(annotation.get("notes", ""), str):
                raise Refused(422, "Unprocessable Entity", notes="Not a valid string.")
        self.state.items[item_id].annotations.extend(body.get("annotations", []))
        return web.Response(status=202)

    async def delete_items(self, request: web.Request) -> web.Response:
        """Delete items."""
        body = await json_body(request, item_ids=[str])
        for item_id in set(self._items(body.get("item_ids", []), status=422)):
            del self.state.items[item_id]
            self.state.deleted.append(item_id)
        return web.Response(status=204)

    async def picture(self, request: web.Request) -> web.Response:
        """Serve an item's picture."""
        item = self.state.items.get(request.match_info["item_id"])
        if item is None:
            raise web.HTTPNotFound
        return web.Response(body=item.picture, content_type="image/jpeg")

    # The server

    async def set_license(self, request: web.Request) -> web.Response:
        """Take a licence."""
        upload = (await form_body(request)).get("license_data")
        if not isinstance(upload, web.FileField):
            raise Refused(422, "Unprocessable Entity", license_data="A file is needed.")
        self.state.license = upload.file.read()
        return _data({"license_expiry": "2030-01-01"})

    async def logs(self, request: web.Request) -> web.Response:
        """Return the logs as a ZIP file."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("server.log", f"{self.state.logins} logins")
        return web.Response(body=out.getvalue(), content_type="application/octet-stream")

    async def node_hash(self, request: web.Request) -> web.Response:
        """Return the machine's identifier."""
        return _data({"hash_id": "node-41"})

    # How things look

    def _target(self, request: web.Request) -> int:
        text = request.match_info["target_id"]
        if not text.isascii() or not text.isdecimal() or int(text) not in self.state.targets:
            raise Refused(404, "No match for target_id!")
        return int(text)

    def _known(self, model_id: str, status: int = 422) -> ModelRecord:
        model = self.state.models.get(model_id)
        if model is None:
            raise Refused(status, "Cannot find models", f"No model {model_id!r}")
        return model

    def _items(self, item_ids: list[str], status: int = 404) -> list[str]:
        for item_id in item_ids:
            if item_id not in self.state.items:
                raise Refused(status, "Cannot find items", f"No item {item_id!r}")
        return item_ids

    def _model(self, model: ModelRecord) -> dict[str, Any]:
        return {
            "model_id": model.model_id,
            "name": model.name,
            "algorithm_id": model.algorithm_id,
            "algorithm_type": "unsupervised",
            "version": f"version-{model.number}",
            "status": model.status(),
            "status_text": None,
            "active": model is self.state.active_model(),
            "context_id": 1,
            "ok_img_count": len(model.item_ids),
            "ng_img_count": 0,
            "precision": None,
            "recall": None,
            "training_time": 3,
            "image_url": None,
            "stats": {"accuracy": None, "precision": {"projected": None, "computed": None}},
            "created_at": AT,
            "updated_at": AT,
        }

    def _item(self, request: web.Request, item_id: str, item: ItemRecord) -> dict[str, Any]:
        """Return an item; what models said shows once it is done, and only if that is asked for."""
        query = request.query
        done = bool(item.seen) and item.polls == 0
        width, height = next(((one.width, one.height) for seen in item.seen.values() for one in seen), (0, 0))
        image = {
            "url": str(request.url.with_path(f"/images/{item_id}").with_query(None)),
            "name": item.name,
            "width": width,
            "height": height,
            "file_size": len(item.picture),
        }
        answer: dict[str, Any] = {
            "item_id": item_id,
            "name": item.name,
            "active": True,
            "is_training_data": item.training,
            "status": "done" if done or item.training else "pending",
            "images": [image],
            "assessments": [],
            "user_assessment": {},
        }
        if item.good is not None or item.annotations:
            answer["user_assessment"] = {
                "label": "OK" if item.good else "NG",
                "result": "good" if item.good else "bad",
                "annotations": [{"created_at": AT, **annotation} for annotation in item.annotations],
                "images": [],
            }
        if done and query.get("show_assessments", "true").lower() == "true":
            places = query.get("show_annotations", "true").lower() == "true"
            wanted = query.get("model_id")
            answer["assessments"] = [
                self._assessment(model_id, seen, image, places)
                for model_id, seen in item.seen.items()
                if wanted in (None, model_id)
            ]
        return answer

    def _assessment(self, model_id: str, seen: Any, image: Mapping[str, Any], places: bool) -> dict[str, Any]:
        score = anomaly_score(seen)
        threshold = self.state.models[model_id].threshold if model_id in self.state.models else 0.1
        bad = score >= threshold
        answer: dict[str, Any] = {
            "model_id": model_id,
            "label": "NG" if bad else "OK",
            "result": "bad" if bad else "good",
            "detected_objects": len(seen) if bad else 0,
            "detection_accuracy": 100,
            "images": [image],
            "annotations": [
                shapes.annotation(number, one) for number, one in enumerate(seen, 1) if bad and places
            ],
        }
        return {**answer, "anomaly_score": f"{score:.6f}"} if self.check else answer


def _algorithm_of(request: web.Request) -> str:
    name = request.match_info["algorithm_id"]
    if name not in ALGORITHMS:
        raise Refused(404, "No algorithms found")
    return name


def _data(value: Any, status: int = 200) -> web.Response:
    return web.json_response({"data": value}, status=status)
