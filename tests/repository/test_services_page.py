"""The page docs/services.md names every operation, and everything that it names exists."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from octoprint_failwatch.cli import main
from octoprint_failwatch.engine import errors
from octoprint_failwatch.engine.clients import deepomatic, hacarus, obico
from octoprint_failwatch.engine.clients.hacarus import HacarusCheck, HacarusSaas
from octoprint_failwatch.engine.detectors import FIELDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "services.md").read_text(encoding="utf-8")
DOCUMENT = json.loads((ROOT / "tests" / "emulators" / "hacarus-openapi.json").read_text(encoding="utf-8"))
ONLY_CHECK = {"set_predict_parameters", "set_predict_callback", "delete_items"}


class Row(NamedTuple):
    """One operation of the page."""

    operation: str
    function: str
    command: str
    test: str


def rows(service: str) -> list[Row]:
    """Return the rows below a service's heading."""
    section = PAGE.partition(f"### {service}")[2].partition("\n### ")[0]
    return [
        Row(*found)
        for found in re.findall(
            r"^\| `(.+)`(?: \*)? \| `(.+)` \| `(.+)` \| `(.+)` \|$", section, re.MULTILINE
        )
    ]


SERVICES = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)
ROWS = [row for service in SERVICES for row in rows(service)]


def test_every_operation_of_check_is_there() -> None:
    documented = {f"{method.upper()} {path}" for path, found in DOCUMENT["paths"].items() for method in found}
    assert len(documented) == 24
    assert {row.operation for row in rows("HACARUS CHECK v1")} == documented


def test_saas_has_all_but_three_of_them() -> None:
    check, saas = rows("HACARUS CHECK v1"), rows("HACARUS Saas web detection v1")
    missing = {row.function.partition(".")[2] for row in check} - {
        row.function.partition(".")[2] for row in saas
    }
    assert len(saas) == 21
    assert missing == ONLY_CHECK
    assert not any(hasattr(HacarusSaas, name) for name in ONLY_CHECK)
    assert all(hasattr(HacarusCheck, name) for name in ONLY_CHECK)


@pytest.mark.parametrize(
    ("service", "operations"),
    [("Obico", 7), ("HACARUS Visual Inspection SDK", 13), ("Deepomatic v0.7", 11)],
)
def test_the_other_services_are_whole(service: str, operations: int) -> None:
    found = rows(service)
    assert len({row.operation for row in found}) == len(found) == operations


def test_addresses_that_no_document_states_are_marked() -> None:
    """All of CHECK's are in its description; those of the other services that are not have a star."""
    marked = set(re.findall(r"^\| `(.+)` \* \|", PAGE, re.MULTILINE))
    assert marked == {
        "GET /api/auth/app_version",
        *(f"GET /api/v1/{name}" for name in ("items", "models", "workers")),
        "POST /api/auth/license",
        *("GET /tasks/{id}", "GET /tasks"),
    }


@pytest.mark.parametrize("name", sorted({row.function for row in ROWS}))
def test_the_functions_exist(name: str) -> None:
    kind, method = name.split(".")
    module = next(module for module in (obico, hacarus, deepomatic) if hasattr(module, kind))
    assert callable(getattr(getattr(module, kind), method))


@pytest.mark.parametrize("line", sorted({row.command for row in ROWS}))
def test_the_commands_exist(line: str) -> None:
    words = line.partition(" --")[0].split()
    assert words[0] == "failwatch"
    command: click.Command = main
    for word in words[1:]:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None, line
        command = found
    assert not isinstance(command, click.Group)


@pytest.mark.parametrize("name", sorted({row.test for row in ROWS}))
def test_the_tests_exist(name: str) -> None:
    file, _, function = name.partition("::")
    tree = ast.parse((ROOT / "tests" / "core" / "services" / file).read_text(encoding="utf-8"))
    assert function in {
        node.name for node in tree.body if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
    }


def test_every_kind_of_detector_and_of_error_is_explained() -> None:
    assert {kind for kind in FIELDS if f"| `{kind}` |" not in PAGE} == {"built_in"}
    services_raise = {
        kind.kind
        for kind in vars(errors).values()
        if isinstance(kind, type)
        and issubclass(kind, errors.DetectionError)
        and kind not in (errors.DetectionError, errors.BadPicture, errors.ModelUnavailable)
    }
    assert {kind for kind in services_raise if f"| `{kind}` |" not in PAGE} == set()


def test_every_setting_is_explained() -> None:
    for kind, fields in FIELDS.items():
        if kind != "built_in":
            (line,) = re.findall(rf"^\| `{kind}` \| .+$", PAGE, re.MULTILINE)
            assert [field.key for field in fields if f"`{field.key}`" not in line] == []
