"""The client: every call of the API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from ...errors import BadRequest, NotFound, NotPermitted, ServerFailed, TimedOut, Unavailable
from ..http import REQUEST_TIMEOUT, Endpoint
from ..reading import mapping, sequence
from . import parsing
from .inputs import input_json, multipart, needs_form
from .types import DONE, ImageInput, Output, Page, Spec, SpecId, Task

PAGE = 100
TASK_TIMEOUT = 60.0


class Deepomatic:
    """Every documented call of the API. All methods raise DetectionError."""

    def __init__(self, session: aiohttp.ClientSession, url: URL, api_key: str) -> None:
        """Use the API at `url`, which ends with its version."""
        self._endpoint = Endpoint(session, url, {"X-API-KEY": api_key}, (api_key,))

    @property
    def where(self) -> str:
        """The service's host."""
        return self._endpoint.where

    # Specifications

    async def create_spec(
        self,
        name: str,
        outputs: Sequence[Output],
        *,
        description: str = "",
        metadata: Mapping[str, Any] | None = None,
    ) -> Spec:
        """Create a specification."""
        body = {
            "name": name,
            "description": description,
            "metadata": dict(metadata or {}),
            "outputs": [parsing.output_json(output) for output in outputs],
        }
        reply = await self._endpoint.call("POST", "/recognition/specs", json=body)
        return parsing.spec(reply.json())

    async def spec_page(self, *, public: bool = False, offset: int = 0, limit: int = PAGE) -> Page:
        """Return one page of your own specifications, or of the public ones."""
        path = "/recognition/public" if public else "/recognition/specs"
        params = {"offset": str(offset), "limit": str(limit)}
        return parsing.page((await self._endpoint.call("GET", path, params=params)).json())

    async def specs(self, *, public: bool = False) -> AsyncIterator[Spec]:
        """Yield all of your own specifications, or all public ones.

        Pages are requested by offset. The next page's address in the answer is not followed,
        since the key would be sent wherever it points.
        """
        offset = 0
        while True:
            page = await self.spec_page(public=public, offset=offset)
            for spec in page.results:
                yield spec
            offset += len(page.results)
            if not page.has_next or not page.results:
                return

    async def spec(self, spec_id: SpecId) -> Spec:
        """Return a specification with its outputs."""
        return parsing.spec((await self._endpoint.call("GET", _path(spec_id))).json())

    async def edit_spec(
        self,
        spec_id: int,
        *,
        name: str | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        current_version_id: int | None = None,
        unbind: bool = False,
    ) -> Spec:
        """Change the given values and keep the rest; outputs cannot be changed.

        `unbind` leaves the specification without a current version. The document lists the description
        as an argument and also calls it immutable, so the service decides.
        """
        given: dict[str, Any] = {
            "name": name,
            "description": description,
            "metadata": metadata,
            "current_version_id": current_version_id,
        }
        body = {key: value for key, value in given.items() if value is not None}
        if unbind:
            body["current_version_id"] = None
        return parsing.spec((await self._endpoint.call("PATCH", _path(spec_id), json=body)).json())

    async def delete_spec(self, spec_id: int) -> None:
        """Delete a specification and its versions for good."""
        await self._endpoint.call("DELETE", _path(spec_id))

    # Inference

    async def infer(
        self,
        spec_id: SpecId,
        inputs: Sequence[ImageInput],
        *,
        show_discarded: bool = False,
        max_predictions: int = 100,
        timeout: float = REQUEST_TIMEOUT,
    ) -> Task:
        """Start to recognise pictures, and return the task, which may be done already."""
        if not inputs:
            raise BadRequest("There must be at least one picture.")
        options = {"show_discarded": show_discarded, "max_predictions": max_predictions}
        path = f"{_path(spec_id)}/inference"
        if any(needs_form(picture) for picture in inputs):
            form = multipart(inputs, options)
            reply = await self._endpoint.call("POST", path, data=form, timeout=timeout)
        else:
            body = {"inputs": [input_json(picture) for picture in inputs], **options}
            reply = await self._endpoint.call("POST", path, json=body, timeout=timeout)
        return parsing.begun(reply.json())

    async def task(self, task_id: str) -> Task:
        """Return a task's progress."""
        path = f"/tasks/{quote(task_id, safe='')}"
        return parsing.task((await self._endpoint.call("GET", path)).json())

    async def tasks(self, task_ids: Sequence[str]) -> tuple[Task, ...]:
        """Return the progress of several tasks."""
        params = [("task_ids", task_id) for task_id in task_ids] + [("limit", str(PAGE))]
        page = mapping((await self._endpoint.call("GET", "/tasks", params=params)).json(), "page")
        return tuple(parsing.task(task) for task in sequence(page.get("results"), "results"))

    async def wait(self, task: Task, *, timeout: float = TASK_TIMEOUT) -> Any:
        """Return a task's data once it has succeeded, polling less and less often; at once if it is there.

        Connection errors are retried. Raises ServerFailed if the task failed, TimedOut.
        """
        pause = 0.0
        fault: Unavailable = TimedOut(f"Deepomatic was not done within {timeout:.0f} seconds.")
        # A request that is under way at the end says nothing of its own: it had no time to be answered.
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while True:
                    if task.status == DONE:
                        return task.data
                    if task.status == "error":
                        raise ServerFailed(f"Deepomatic could not do it: {task.error or 'no reason given'}.")
                    await asyncio.sleep(pause)
                    pause = min(1.0, pause * 1.5) or 0.05
                    try:
                        task = await self._followed(task)
                    except Unavailable as error:
                        fault = error
        raise fault

    async def _followed(self, task: Task) -> Task:
        """Return a task as it is now. The way to it is in no document: a refusal is told as one of just that."""
        try:
            return await self.task(task.id)
        except (NotFound, NotPermitted) as error:
            why = (
                f"Deepomatic took the pictures, but does not tell what came of them (task {task.id}): {error}"
            )
            raise type(error)(why, said=why) from error


def _path(spec_id: SpecId) -> str:
    kind = "specs" if isinstance(spec_id, int) else "public"
    return f"/recognition/{kind}/{quote(str(spec_id), safe='')}"
