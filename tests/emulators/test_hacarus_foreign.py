"""The HACARUS emulator, through a client generated from the vendor's document, and by schemathesis."""

from __future__ import annotations

import importlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from .hacarus import Hacarus
from .hacarus_state import CLIENT_ID, CLIENT_SECRET
from .judging import red_spot
from .threaded import served

DOCUMENT = Path(__file__).with_name("hacarus-openapi.json")
PROGRAMS = Path(sys.executable).parent


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Generate a client, and return its package's name."""
    pytest.importorskip("openapi_python_client", reason="openapi-python-client is not installed")
    folder = tmp_path_factory.mktemp("generated")
    generator = PROGRAMS / "openapi-python-client"
    config = folder / "config.json"
    config.write_text(json.dumps({"package_name_override": "foreign_hacarus", "post_hooks": []}))
    subprocess.run(
        [
            generator,
            "generate",
            "--path",
            DOCUMENT,
            "--meta",
            "none",
            "--config",
            config,
            "--output-path",
            folder / "foreign_hacarus",
        ],
        check=True,
        capture_output=True,
    )
    sys.path.insert(0, str(folder))
    yield "foreign_hacarus"
    sys.path.remove(str(folder))


class Foreign:
    """The generated client, logged in."""

    def __init__(self, package: str, url: str) -> None:
        self.package = package
        self.models: ModuleType = importlib.import_module(f"{package}.models")
        self.types: ModuleType = importlib.import_module(f"{package}.types")
        client: ModuleType = importlib.import_module(f"{package}.client")
        body = self.models.LoginParams(CLIENT_ID, CLIENT_SECRET, "client_credentials")
        self.client: Any = client.Client(url)
        token = self.call("login", body=body).access_token
        self.client = client.AuthenticatedClient(url, token)

    def call(self, operation: str, *path: str, **arguments: Any) -> Any:
        """Call an operation by its name, and return what was parsed of the answer."""
        response = self.detailed(operation, *path, **arguments)
        assert response.status_code < 300, response.content
        return response.parsed

    def detailed(self, operation: str, *path: str, **arguments: Any) -> Any:
        """Call an operation by its name, and return the whole answer."""
        name = next(
            module
            for module in ("default", "targets", "algorithms", "models", "items", "utils", "auth")
            if importlib.util.find_spec(f"{self.package}.api.{module}")
            and importlib.util.find_spec(f"{self.package}.api.{module}.{operation}")
        )
        function = importlib.import_module(f"{self.package}.api.{name}.{operation}")
        return function.sync_detailed(*path, client=self.client, **arguments)

    def file(self, content: bytes, name: str) -> Any:
        return self.types.File(io.BytesIO(content), file_name=name, mime_type="image/jpeg")


@pytest.fixture
def emulator() -> Hacarus:
    return Hacarus()


@pytest.fixture
def foreign(package: str, emulator: Hacarus) -> Iterator[Foreign]:
    with served(emulator.application()) as url:
        yield Foreign(package, url)


def test_a_picture_is_judged(foreign: Foreign, emulator: Hacarus) -> None:
    body = foreign.models.AddItemRequest(False, files=[foreign.file(red_spot(0.9), "a-1.jpg")])
    (item_id,) = foreign.call("add_item", body=body).data.item_ids
    predict = foreign.models.Predict([item_id])
    assert foreign.call("predict_items", "active", body=predict).data.item_ids == [item_id]
    assert foreign.call("get_item_by_id", item_id).data.status == "pending"
    item = foreign.call("get_item_by_id", item_id, show_assessments=True, show_annotations=True).data
    assert item.status == "done"
    assert item.assessments[0].label == "NG"
    assert float(item.assessments[0].anomaly_score) > 0.1
    assert item.assessments[0].annotations[0].x_min == pytest.approx(80, abs=10)
    assert foreign.call("get_items_by_type", item_type="prediction").data.items[0].item_id == item_id
    foreign.call("del_item", body=foreign.models.DelItemRequest([item_id]))
    assert emulator.state.items == {}


def test_a_model_is_trained_used_and_moved(foreign: Foreign) -> None:
    body = foreign.models.AddItemRequest(True, good=True, files=[foreign.file(red_spot(0), "good.jpg")])
    item_ids = foreign.call("add_item", body=body).data.item_ids
    algorithm = foreign.call("get_algorithms").data[0].algorithm_id
    assert foreign.call("get_algorithm_by_id", algorithm).data.parameters[0].name == "threshold"
    override = foreign.models.OverrideParam(252, "0.2")
    train = foreign.models.TrainRequest("mine", item_ids, [override])
    model = foreign.call("train", algorithm, body=train).data
    assert model.status == "creating"
    foreign.call("get_model_by_id", model.model_id)
    assert foreign.call("get_model_by_id", model.model_id).data.status == "active"
    parameters = foreign.models.UpdatePredictParameters(threshold=0.5)
    changed = foreign.call("set_model_predict_parameters", model.model_id, body=parameters)
    assert changed.data.threshold == 0.5
    callback = foreign.models.UpdatePredictCallback("http://127.0.0.1:1/", "get")
    assert (
        foreign.call("set_model_predict_callback", model.model_id, body=callback).data.callback_method
        == "get"
    )
    query = foreign.models.ModelIdsQuery([model.model_id])
    archive = foreign.detailed("export_models_with_id", body=query).content
    moved = foreign.models.ImportModels(foreign.file(archive, "models.zip"))
    assert foreign.call("import_models", body=moved).data[0].name == "mine"
    assert foreign.call("delete_models", model_ids=[model.model_id]).data.model_ids == [model.model_id]
    assert len(foreign.call("get_models", algorithm_id=algorithm).data) == 2
    assert foreign.detailed("get_model_results", model_ids=[]).content.startswith(b"model_id,")


def test_targets_annotations_and_the_server(foreign: Foreign, emulator: Hacarus) -> None:
    assert [target.name for target in foreign.call("get_inspection_targets").data] == ["Printer", "Bed"]
    assert foreign.call("get_inspection_target_by_id", "2").data.name == "Bed"
    foreign.call("set_inspection_target_by_id", "2")
    assert emulator.state.default_target == 2
    body = foreign.models.AddItemRequest(True, good=False, files=[foreign.file(red_spot(1), "bad.jpg")])
    (item_id,) = foreign.call("add_item", body=body).data.item_ids
    place = foreign.models.RequestAnnotation(x_min=1, x_max=9, y_min=2, y_max=8, notes="here")
    foreign.call("annotate", item_id, body=foreign.models.AnnotateItemRequest([place]))
    item = foreign.call("get_item_by_id", item_id).data
    assert item.user_assessment.annotations[0].x_max == 9
    license_data = foreign.models.License(foreign.file(b"key", "license.key"))
    assert foreign.call("set_license", body=license_data).data.license_expiry == "2030-01-01"
    assert foreign.call("get_hash_id").data.hash_id == "node-41"
    assert foreign.detailed("get_logs").content.startswith(b"PK")


def test_errors_are_as_documented(foreign: Foreign, emulator: Hacarus) -> None:
    predict = foreign.models.Predict(["none"])
    assert foreign.detailed("predict_items", "active", body=predict).status_code == 404
    assert foreign.detailed("predict_items", "none", body=predict).status_code == 400
    emulator.state.busy = True
    assert foreign.detailed("predict_items", "active", body=predict).status_code == 425
    assert foreign.detailed("get_items_by_type", item_type="odd").status_code == 422


@pytest.mark.slow
def test_schemathesis_finds_nothing_in_24_of_24_operations(emulator: Hacarus, tmp_path: Path) -> None:
    pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    emulator.state.tokens.add("token")
    completed = tmp_path / "completed.json"
    completed.write_text(json.dumps(_completed(json.loads(DOCUMENT.read_text()))))
    with served(emulator.application()) as url:
        run = subprocess.run(
            [
                *(PROGRAMS / "schemathesis", "run", completed, "--url", url, "--no-color", "--seed", "1"),
                *("--header", "Authorization: Bearer token", "--max-examples", "10"),
                # Identifiers and enumerations are documented as plain texts: most made-up ones are unknown.
                *("--exclude-checks", "positive_data_acceptance", "--phases", "coverage,fuzzing"),
            ],
            check=False,
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
    assert run.returncode == 0, run.stdout
    assert "24 selected / 24 total" in run.stdout


def _completed(document: Any) -> Any:
    """Return the document with what it leaves out: a refused token, and that items can be deleted."""
    error = {
        "description": "",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BaseError"}}},
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"].setdefault("401", error)
    document["paths"]["/api/v1/items/"]["delete"]["responses"]["204"] = {"description": ""}
    document["paths"]["/api/v1/items/{item_id}"]["get"]["responses"]["404"] = error
    return document
