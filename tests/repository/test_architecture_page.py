"""`docs/architecture.md` matches the code: its parts, arrows and paths exist."""

import ast
import re
from pathlib import Path

import pytest

from environments import REPOSITORY

PAGE = (REPOSITORY / "docs" / "architecture.md").read_text()
ENGINE = REPOSITORY / "custom_components" / "failwatch" / "engine"
ROOTS = (
    REPOSITORY,
    ENGINE,
    ENGINE.parent,
    REPOSITORY / "octoprint_failwatch",
    ENGINE.parent / "cameras",
)
DIAGRAM = re.search(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)


def parts() -> dict[str, str]:
    """Return the diagram's node for each part of the engine."""
    assert DIAGRAM is not None
    found: dict[str, str] = {}
    for node, names in re.findall(r'^    (\w+)\["<code>([\w ]+)</code>', DIAGRAM[1], re.MULTILINE):
        found |= dict.fromkeys(names.split(), node)
    return found


def reachable() -> set[tuple[str, str]]:
    """Return all pairs of nodes of which the first leads to the second."""
    assert DIAGRAM is not None
    arrows = {
        (start, end)
        for line in re.findall(r"^  ([\w &]+) --> ([\w &]+)$", DIAGRAM[1], re.MULTILINE)
        for start in line[0].split(" & ")
        for end in line[1].split(" & ")
    }
    while more := {(a, d) for a, b in arrows for c, d in arrows if b == c} - arrows:
        arrows |= more
    return arrows


def imported(module: Path) -> set[str]:
    """Return the parts of the engine that a module imports."""
    package = module.relative_to(ENGINE).parent.parts
    found = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = package[: len(package) - node.level + 1]
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found |= {".".join((*above, name)).split(".")[0] for name in names}
    return found


def test_every_part_of_the_engine_is_in_the_diagram() -> None:
    there = {
        path.stem for path in ENGINE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert set(parts()) == there - {"__init__"}


@pytest.mark.parametrize(
    "module", sorted(ENGINE.rglob("*.py")), ids=lambda path: str(path.relative_to(ENGINE))
)
def test_imports_follow_the_arrows(module: Path) -> None:
    nodes = parts()
    own = nodes.get(module.relative_to(ENGINE).with_suffix("").parts[0])
    for part in imported(module):
        assert own is None or nodes[part] == own or (own, nodes[part]) in reachable(), part


def test_every_place_that_is_named_exists() -> None:
    named = {name.rstrip("/") for name in re.findall(r"`([\w./-]+/[\w./-]*|\w+\.(?:py|json|yaml|md))`", PAGE)}
    assert len(named) > 15
    missing = {
        name
        for name in named
        if not any((root / name).exists() or (root / f"{name}.py").exists() for root in ROOTS)
    }
    assert missing <= {"config.yaml", "camera_normals.json"}, "files that FailWatch writes"
