"""Deepomatic's API v0.7, emulated, with what its public client needs beyond the documented calls."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from .deepomatic_inference import flag, form_body, output, picture
from .judging import Judge, by_colour

KEY = "deepomatic-key-41"
UPDATED = "2018-03-09T18:30:43.404610Z"
FAILURES = {"id": 7, "name": "spaghetti"}
PUBLIC = {
    "id": "prints-v1",
    "name": "Print failures",
    "description": "",
    "update_date": UPDATED,
    "metadata": {},
    "outputs": [
        {"labels": {"roi": "BBOX", "exclusive": False, "labels": [FAILURES, {"id": 8, "name": "hair"}]}}
    ],
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Deepomatic:
    """An account's state. A task is pending for as many polls as `polls` says."""

    judge: Judge = by_colour
    key: str = KEY
    polls: int = 1
    breaks: str = ""
    """If set, tasks end with this error."""
    specs: dict[int, dict[str, Any]] = field(default_factory=dict)
    networks: dict[int, dict[str, Any]] = field(default_factory=dict)
    versions: dict[int, dict[str, Any]] = field(default_factory=dict)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    received: list[Mapping[str, Any]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(42))

    def application(self) -> web.Application:
        """Return the server; every path is answered with and without a slash at its end."""
        app = web.Application(client_max_size=20 * 2**20, middlewares=[self._guard])
        specs = "/v0.7/recognition/specs"
        routes: Sequence[tuple[str, str, Handler]] = (
            ("GET", "/v0.7/accounts/me", self.account),
            ("GET", specs, self.list_specs),
            ("POST", specs, self.create_spec),
            ("GET", rf"{specs}/{{id:\d+}}", self.show_spec),
            ("PATCH", rf"{specs}/{{id:\d+}}", self.edit_spec),
            ("DELETE", rf"{specs}/{{id:\d+}}", self.delete_spec),
            ("POST", rf"{specs}/{{id:\d+}}/inference", self.infer_spec),
            ("GET", rf"{specs}/{{id:\d+}}/versions", self.list_spec_versions),
            ("GET", "/v0.7/recognition/public", self.list_public),
            ("GET", "/v0.7/recognition/public/{id}", self.show_public),
            ("POST", "/v0.7/recognition/public/{id}/inference", self.infer_public),
            ("GET", "/v0.7/recognition/versions", self.list_versions),
            ("POST", "/v0.7/recognition/versions", self.create_version),
            ("GET", r"/v0.7/recognition/versions/{id:\d+}", self.show_version),
            ("DELETE", r"/v0.7/recognition/versions/{id:\d+}", self.delete_version),
            ("POST", r"/v0.7/recognition/versions/{id:\d+}/inference", self.infer_version),
            ("GET", "/v0.7/networks", self.list_networks),
            ("POST", "/v0.7/networks", self.create_network),
            ("GET", r"/v0.7/networks/{id:\d+}", self.show_network),
            ("PATCH", r"/v0.7/networks/{id:\d+}", self.edit_network),
            ("DELETE", r"/v0.7/networks/{id:\d+}", self.delete_network),
            ("GET", "/v0.7/tasks", self.list_tasks),
            ("GET", "/v0.7/tasks/{id}", self.show_task),
        )
        for method, path, handler in routes:
            app.router.add_route(method, path, handler)
            app.router.add_route(method, f"{path}/", handler)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("X-API-KEY") != self.key:
            return web.json_response({"detail": "Invalid API key."}, status=401)
        if request.content_type == "application/x-www-form-urlencoded":
            return web.json_response({"detail": "Unsupported media type."}, status=415)
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return web.json_response({"detail": "Not found."}, status=404)

    async def account(self, request: web.Request) -> web.Response:
        """Return whose key it is."""
        return web.json_response({"account": {"id": 1, "name": "me"}})

    # Specifications

    async def list_specs(self, request: web.Request) -> web.Response:
        """Return one's own specifications, without outputs."""
        return _page(request, [_without(spec, "outputs") for spec in self.specs.values()])

    async def list_public(self, request: web.Request) -> web.Response:
        """Return the public specifications, without outputs."""
        return _page(request, [_without(PUBLIC, "outputs")])

    async def create_spec(self, request: web.Request) -> web.Response:
        """Create a specification."""
        body = await request.json()
        missing = {key: ["This field is required."] for key in ("name", "outputs") if not body.get(key)}
        if missing:
            return web.json_response(missing, status=400)
        spec = {
            "id": next(self._numbers),
            "name": body["name"],
            "description": body.get("description", ""),
            "task_id": self._task(None),
            "update_date": UPDATED,
            "metadata": body.get("metadata", {}),
            "outputs": body["outputs"],
            "current_version_id": None,
        }
        self.specs[spec["id"]] = spec
        return web.json_response(spec, status=201)

    async def show_spec(self, request: web.Request) -> web.Response:
        """Return a specification of one's own."""
        return web.json_response(_of(request, self.specs))

    async def show_public(self, request: web.Request) -> web.Response:
        """Return a public specification."""
        if request.match_info["id"] != PUBLIC["id"]:
            raise web.HTTPNotFound
        return web.json_response(PUBLIC)

    async def edit_spec(self, request: web.Request) -> web.Response:
        """Change what may be changed."""
        spec, body = _of(request, self.specs), await request.json()
        if "outputs" in body:
            return web.json_response({"outputs": ["This field is immutable."]}, status=400)
        version = body.get("current_version_id")
        if version is not None and version not in self.versions:
            return web.json_response({"current_version_id": ["Unknown version."]}, status=400)
        mutable = ("name", "description", "metadata", "current_version_id")
        spec.update({key: body[key] for key in mutable if key in body})
        return web.json_response(spec)

    async def delete_spec(self, request: web.Request) -> web.Response:
        """Delete a specification with its versions."""
        spec = _of(request, self.specs)
        del self.specs[spec["id"]]
        self.versions = {key: one for key, one in self.versions.items() if one["spec_id"] != spec["id"]}
        return web.Response(status=204)

    # Versions and networks

    async def list_spec_versions(self, request: web.Request) -> web.Response:
        """Return a specification's versions."""
        spec = _of(request, self.specs)
        return _page(request, [one for one in self.versions.values() if one["spec_id"] == spec["id"]])

    async def list_versions(self, request: web.Request) -> web.Response:
        """Return all versions."""
        return _page(request, list(self.versions.values()))

    async def create_version(self, request: web.Request) -> web.Response:
        """Create a version of a specification; the first becomes its current one."""
        body = await request.json()
        if body.get("spec_id") not in self.specs or body.get("network_id") not in self.networks:
            return web.json_response({"error": "Unknown spec_id or network_id."}, status=400)
        version = {"id": next(self._numbers), "update_date": UPDATED, "task_id": self._task(None), **body}
        self.versions[version["id"]] = version
        spec = self.specs[body["spec_id"]]
        spec["current_version_id"] = spec["current_version_id"] or version["id"]
        return web.json_response(version, status=201)

    async def show_version(self, request: web.Request) -> web.Response:
        """Return a version."""
        return web.json_response(_of(request, self.versions))

    async def delete_version(self, request: web.Request) -> web.Response:
        """Delete a version."""
        del self.versions[_of(request, self.versions)["id"]]
        return web.Response(status=204)

    async def list_networks(self, request: web.Request) -> web.Response:
        """Return the networks."""
        return _page(request, list(self.networks.values()))

    async def create_network(self, request: web.Request) -> web.Response:
        """Take a network in; its files come as a multipart form."""
        form = await request.post()
        if not isinstance(form.get("name"), str):
            return web.json_response({"name": ["This field is required."]}, status=400)
        network: dict[str, Any] = {
            "id": next(self._numbers),
            "name": form["name"],
            "description": "",
            "metadata": {},
            "framework": form.get("framework"),
            "update_date": UPDATED,
            "task_id": self._task(None),
        }
        self.networks[network["id"]] = network
        return web.json_response(network, status=201)

    async def show_network(self, request: web.Request) -> web.Response:
        """Return a network."""
        return web.json_response(_of(request, self.networks))

    async def edit_network(self, request: web.Request) -> web.Response:
        """Change a network's name, description or metadata."""
        network, body = _of(request, self.networks), await request.json()
        network.update({key: body[key] for key in ("name", "description", "metadata") if key in body})
        return web.json_response(network)

    async def delete_network(self, request: web.Request) -> web.Response:
        """Delete a network."""
        del self.networks[_of(request, self.networks)["id"]]
        return web.Response(status=204)

    # Inference

    async def infer_public(self, request: web.Request) -> web.Response:
        """Run a public specification."""
        await self.show_public(request)
        return await self._infer(request, PUBLIC)

    async def infer_spec(self, request: web.Request) -> web.Response:
        """Run the current version of a specification of one's own."""
        spec = _of(request, self.specs)
        if spec["current_version_id"] is None:
            return web.json_response({"error": "The specification has no current version."}, status=400)
        return await self._infer(request, spec)

    async def infer_version(self, request: web.Request) -> web.Response:
        """Run a version."""
        return await self._infer(request, self.specs[_of(request, self.versions)["spec_id"]])

    async def _infer(self, request: web.Request, spec: Mapping[str, Any]) -> web.Response:
        if request.content_type.startswith("multipart/"):
            body = await form_body(request)
        else:
            body = await request.json()
        if not body.get("inputs"):
            return web.json_response({"error": "inputs must not be empty."}, status=400)
        self.received.append(body)
        try:
            seen = [await self.judge(await picture(one["image"]["source"])) for one in body["inputs"]]
        except (ValueError, KeyError, TypeError, aiohttp.ClientError):
            return web.json_response({"error": "An input is no picture."}, status=400)
        limit = int(body.get("max_predictions", 100))
        show_discarded = flag(body.get("show_discarded", False))
        outputs = [output(spec, sightings, show_discarded, limit) for sightings in seen]
        return web.json_response({"task_id": self._task({"outputs": outputs})})

    # Tasks

    def _task(self, data: Any) -> str:
        number = str(next(self._numbers))
        self.tasks[number] = {"polls": self.polls, "data": data}
        return number

    async def show_task(self, request: web.Request) -> web.Response:
        """Return how far a task is."""
        if request.match_info["id"] not in self.tasks:
            raise web.HTTPNotFound
        return web.json_response(self._progress(request.match_info["id"]))

    async def list_tasks(self, request: web.Request) -> web.Response:
        """Return how far the tasks are that are asked for."""
        asked = request.query.getall("task_ids", [])
        return _page(request, [self._progress(number) for number in asked if number in self.tasks])

    def _progress(self, number: str) -> dict[str, Any]:
        task = self.tasks[number]
        task["polls"] -= 1
        status = "pending" if task["polls"] >= 0 else "error" if self.breaks else "success"
        return {
            "id": number,
            "status": status,
            "error": self.breaks if status == "error" else None,
            "date_created": UPDATED,
            "date_updated": UPDATED,
            "data": task["data"] if status == "success" else None,
            "subtasks": [],
        }


def _of(request: web.Request, known: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    number = int(request.match_info["id"])
    if number not in known:
        raise web.HTTPNotFound
    return known[number]


def _without(spec: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in spec.items() if name != key}


def _page(request: web.Request, everything: Sequence[Any]) -> web.Response:
    offset, limit = int(request.query.get("offset", 0)), int(request.query.get("limit", 100))

    def address(at: int) -> str:
        return str(request.url.update_query(offset=at, limit=limit))

    return web.json_response(
        {
            "count": len(everything),
            "next": address(offset + limit) if offset + limit < len(everything) else None,
            "previous": address(max(0, offset - limit)) if offset > 0 else None,
            "results": everything[offset : offset + limit],
        }
    )
