"""Every route checks a permission: one that is added without fails here. Read from the sources."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "octoprint_failwatch"
INTEGRATION = ROOT / "custom_components" / "failwatch"
ROLES = {"VIEW", "CONTROL", "CONFIGURE"}
OPEN_VIEWS = {"SingleUsePictureView", "MessagePictureView"}
"""Views that anybody may ask: a picture lies there under a name that cannot be guessed, for a while."""


def _trees(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    for file in sorted(folder.rglob("*.py")):
        yield file, ast.parse(file.read_text("utf-8"))


def _required(statement: ast.stmt) -> set[str]:
    """Return the roles that a statement `require(...)` may ask for, none where it is another."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id="require"), args=[role])):
            return {node.value for node in ast.walk(role) if isinstance(node, ast.Constant)} & ROLES
    return set()


def unguarded_routes(tree: ast.Module) -> list[str]:
    """Return the functions that OctoPrint calls for a path and that read anything before they ask who it is."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef) or not any(
            "route" in ast.unparse(one) for one in node.decorator_list
        ):
            continue
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        # What the permission depends on may be read first, and nothing be answered.
        before = [index for index, statement in enumerate(body) if _required(statement)]
        if not before or any(isinstance(one, ast.Return | ast.Try) for one in body[: before[0]]):
            found.append(node.name)
    return found


def routes(tree: ast.Module) -> list[str]:
    """Return the functions that OctoPrint calls for a path."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return [one.name for one in functions if any("route" in ast.unparse(two) for two in one.decorator_list)]


def test_every_path_of_the_plugin_asks_for_a_permission_first() -> None:
    trees = list(_trees(PLUGIN))
    known = [name for _, tree in trees for name in routes(tree)]
    assert {"prints", "frame", "snapshot", "zip"} <= set(known)
    assert [(str(file), name) for file, tree in trees for name in unguarded_routes(tree)] == []


@pytest.mark.parametrize(
    "body",
    ["return 1", "x = 1; return x; require('VIEW')", "require('NOBODY')", "other('VIEW')"],
)
def test_a_path_without_one_is_found(body: str) -> None:
    code = f"@BlueprintPlugin.route('/x')\ndef x(self):\n    'Answer.'\n    {body}\n"
    assert unguarded_routes(ast.parse(code)) == ["x"]


def test_every_command_of_the_plugin_has_a_permission_that_exists() -> None:
    tree = ast.parse((PLUGIN / "web" / "api.py").read_text("utf-8"))
    (commands,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "COMMANDS"
    )
    assert commands is not None
    for name, (role, _) in ast.literal_eval(commands).items():
        assert role in ROLES - {"VIEW"}, name


def test_every_view_of_the_integration_asks_for_a_log_in_or_is_known_to_be_open() -> None:
    """Read as text: its Python is newer than the core's."""
    sources = [file.read_text("utf-8") for file in sorted(INTEGRATION.rglob("*.py"))]
    classes = [part for text in sources for part in re.split(r"^(?=class )", text, flags=re.MULTILINE)]
    views = {found[1]: part for part in classes if (found := re.match(r"class (\w+)\(\w*View\)", part))}
    assert set(views) >= OPEN_VIEWS | {"FrameView", "ExportView"}
    assert {name for name, part in views.items() if "requires_auth = False" in part} == OPEN_VIEWS


def test_every_websocket_command_checks_what_the_user_may_do_with_the_printer() -> None:
    """Of whoever is logged in not everybody may see or control each printer."""
    files = [
        file for file in INTEGRATION.rglob("*.py") if "async_register_command(" in file.read_text("utf-8")
    ]
    assert [file.name for file in files] == ["websocket_api.py"], "commands are registered in one place"
    text = files[0].read_text("utf-8")
    handlers = re.findall(r"async_register_command\(\s*hass,\s*(?:f\"[^\"]*\",\s*)?(\w+)", text)
    assert set(handlers) == {"subscribe", "_answering"}
    for handler in handlers:
        (function,) = re.findall(
            rf"^def {handler}\(.*?(?=^@|^def |^async def |\Z)", text, re.MULTILINE | re.DOTALL
        )
        assert "async_require(" in function, handler
