"""Our HACARUS client against a foreign mock of the vendor's document: Stoplight's prism, from npm.

Runs only with FAILWATCH_PRISM=1, as it needs node and takes packages from npm. Prism checks every
request against the document, and answers with examples made from it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from octoprint_failwatch.engine.clients.hacarus import (
    HacarusCheck,
    ItemType,
    NewAnnotation,
    PredictCallback,
    PredictParameters,
)
from octoprint_failwatch.engine.clients.hacarus.connection import Connection
from octoprint_failwatch.engine.errors import NotAuthorised
from stack.processes import free_port

pytestmark = pytest.mark.skipif(not os.environ.get("FAILWATCH_PRISM"), reason="set FAILWATCH_PRISM=1")

DOCUMENT = Path(__file__).with_name("hacarus-openapi.json")
PICTURE = {"a.jpg": b"\xff\xd8\xff"}

CALLS: dict[str, Callable[[HacarusCheck], Awaitable[Any]]] = {
    "login": lambda api: api.login(),
    "getInspectionTargets": lambda api: api.targets(),
    "getInspectionTargetById": lambda api: api.target(1),
    "setInspectionTargetById": lambda api: api.set_default_target(1),
    "getModelResults": lambda api: api.results(["m"]),
    "getAlgorithms": lambda api: api.algorithms(),
    "getAlgorithmById": lambda api: api.algorithm("a"),
    "train": lambda api: api.train("a", "name", ["i"], {252: "0.1"}),
    "getModels": lambda api: api.models("a"),
    "deleteModels": lambda api: api.delete_models(["m"]),
    "getModelById": lambda api: api.model("m"),
    "exportModelsWithId": lambda api: api.export_models(["m"]),
    "importModels": lambda api: api.import_models(b"PK"),
    "setModelPredictParameters": lambda api: api.set_predict_parameters(
        "m", PredictParameters(0.1, "(0, 0)", 0.0)
    ),
    "setModelPredictCallback": lambda api: api.set_predict_callback("m", PredictCallback("http://host")),
    "predictItems": lambda api: api.predict("m", ["i"]),
    "getItemsByType": lambda api: api.item_page(ItemType.TRAINING, page=1, count=2, model_id="m"),
    "addItem": lambda api: api.add_items(PICTURE, training=True, good=True, model_id="m"),
    "delItem": lambda api: api.delete_items(["i"]),
    "getItemById": lambda api: api.item("i", model_id="m"),
    "annotate": lambda api: api.annotate("i", [NewAnnotation(1, 2, 3, 4, 5, "here")]),
    "setLicense": lambda api: api.set_license(b"key"),
    "getLogs": lambda api: api.logs(),
    "getHashId": lambda api: api.node_hash(),
}
"""An operation to the call of ours that makes it."""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Return the document with what prism needs: it takes repeated parts of a form for one, and
    delItem has no documented success to answer with.
    """
    document = json.loads(DOCUMENT.read_text())
    document["paths"]["/api/v1/items/"]["delete"]["responses"]["204"] = {"description": ""}
    files = document["components"]["schemas"]["AddItemRequest"]["properties"]["files"]
    document["components"]["schemas"]["AddItemRequest"]["properties"]["files"] = files["items"]
    adapted = tmp_path / "hacarus.json"
    adapted.write_text(json.dumps(document))
    return adapted


@asynccontextmanager
async def prism(document: Path) -> AsyncIterator[URL]:
    """Run the mock on a free port."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *("npx", "--yes", "--package", "@stoplight/prism-cli", "prism", "mock", "--errors"),
        *("--host", "127.0.0.1", "--port", str(port), str(document)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        while not re.search(rb"is listening on", line := await process.stdout.readline()):
            assert line, "prism did not start"
        drain = asyncio.create_task(process.stdout.read())
        yield URL.build(scheme="http", host="127.0.0.1", port=port)
        drain.cancel()
    finally:
        os.killpg(process.pid, 15)
        await process.wait()


async def test_every_call_is_as_the_document_says(document: Path) -> None:
    async with prism(document) as url, aiohttp.ClientSession() as session:
        api = HacarusCheck(Connection(session, url, "me", "secret"))
        faults = {}
        for operation, call in CALLS.items():
            try:
                await call(api)
            except Exception as error:
                faults[operation] = f"{type(error).__name__}: {error}"
    assert faults == {}
    assert len(CALLS) == 24


async def test_prism_would_notice_a_fault(document: Path) -> None:
    async with prism(document) as url, aiohttp.ClientSession() as session:
        api = HacarusCheck(Connection(session, url, "me", "secret"))
        await api.login()
        api._connection._endpoint = api._connection._anonymous
        with pytest.raises(NotAuthorised):
            await api._connection._anonymous.call("GET", "/api/v1/targets/")
