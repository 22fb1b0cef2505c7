"""Rules for the whole repository: sizes, imports, paths."""

import ast
import json
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

from octoprint_failwatch.engine.detectors import FIELDS, DetectorContext, create_detector
from octoprint_failwatch.engine.detectors.registry import detector_type
from octoprint_failwatch.engine.errors import BadSetting

ROOT = Path(__file__).parents[2]
CORE = ROOT / "custom_components" / "failwatch" / "engine"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def assigned(path: Path, name: str) -> object:
    """Return the constant that a module assigns to a name, without importing it."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return ast.literal_eval(node.value)
    raise AssertionError(f"{path} assigns no {name}.")


def tracked(pattern: str) -> list[str]:
    """Return the files of the repository that fit a pattern."""
    return sorted(
        str(path.relative_to(ROOT))
        for folder in ROOT.iterdir()
        if not folder.name.startswith(".")
        for path in ([folder] if folder.is_file() else folder.rglob("*"))
        if path.match(pattern)
    )


def test_one_version() -> None:
    """The code states it, the package and the integration carry it."""
    version = assigned(ROOT / "octoprint_failwatch" / "version.py", "__version__")
    manifest = json.loads((ROOT / "custom_components" / "failwatch" / "manifest.json").read_text())
    assert PYPROJECT["project"]["version"] == version == manifest["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()


def test_one_manifest() -> None:
    """Home Assistant's own checks look at every file of that name."""
    assert tracked("manifest.json") == ["custom_components/failwatch/manifest.json"]


def test_every_package_is_named() -> None:
    """The wheel carries exactly the packages that exist."""
    packages = {
        "octoprint_failwatch.engine" + "".join(f".{part}" for part in path.parent.relative_to(CORE).parts)
        for path in CORE.rglob("__init__.py")
    }
    plugin = ROOT / "octoprint_failwatch"
    packages |= {".".join(path.parent.relative_to(ROOT).parts) for path in plugin.rglob("__init__.py")}
    assert set(PYPROJECT["tool"]["setuptools"]["packages"]) == packages


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda path: str(path.relative_to(CORE)))
def test_the_core_knows_no_host(path: Path) -> None:
    """It imports the standard library, aiohttp, Pillow, what the detector runs on, and itself relatively."""
    allowed = {*sys.stdlib_module_names, "aiohttp", "yarl", "PIL", "numpy", "ncnn", "onnxruntime"}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        else:
            continue
        assert {name.partition(".")[0] for name in names} <= allowed


def test_importing_the_core_loads_neither_a_runtime_nor_the_network() -> None:
    """numpy and ncnn wait for the first frame, aiohttp for a service; who needs neither pays for neither."""
    code = (
        "import sys, octoprint_failwatch.engine.watch.watch, octoprint_failwatch.engine.detectors as d\n"
        "d.create_detector({'kind': 'built_in'}, d.DetectorContext())\n"
        "print(sorted({'aiohttp', 'numpy', 'ncnn', 'octoprint', 'homeassistant'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("kind", FIELDS)
def test_every_kind_of_form_has_a_detector(kind: str) -> None:
    """A form for settings that nothing answers for would be a dead end."""
    assert callable(detector_type(kind).from_settings)


def test_a_service_without_a_network_is_refused() -> None:
    with pytest.raises(BadSetting, match="network"):
        create_detector({"kind": "super_api"}, DetectorContext())
    with pytest.raises(BadSetting, match="no detector 'guess'"):
        create_detector({"kind": "guess"}, DetectorContext())


def test_there_is_one_reader_of_pictures() -> None:
    """Nobody else opens an address to have a picture: plugin, command line and server use the engine's."""
    users = {
        "octoprint_failwatch/watching/snapshots.py": "engine.sources.camera",
        "octoprint_failwatch/cli/watch.py": "engine.sources.opening",
        "octoprint_failwatch/server/ml_api.py": "engine.sources.http",
    }
    for path, module in users.items():
        assert f"from ..{module} import" in (ROOT / path).read_text()
    for path in (ROOT / "octoprint_failwatch").rglob("*.py"):
        text = path.read_text()
        assert ".get(url" not in text
        assert not re.search(r"requests\.(get|request|Session)|urlopen|http\.client", text), path


SOURCES = [
    path
    for folder in (
        "custom_components",
        "octoprint_failwatch",
        "training",
        "benchmarks",
        "scripts",
        "translations",
    )
    for path in sorted((ROOT / folder).rglob("*.py"))
]
LONGEST, MOST_MODULES = 350, 22


def test_a_file_is_read_in_one_sitting() -> None:
    """No module has more lines than that."""
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCES}
    assert lengths
    assert not {name: length for name, length in lengths.items() if length > LONGEST}


def test_a_folder_is_seen_at_a_glance() -> None:
    """No folder has more modules than that."""
    folders: dict[str, int] = {}
    for path in SOURCES:
        folder = str(path.parent.relative_to(ROOT))
        folders[folder] = folders.get(folder, 0) + 1
    assert not {name: count for name, count in folders.items() if count > MOST_MODULES}


IMPORT = re.compile(r"^from (\.*)([\w.]*) import (\([^)]*\)|[^\n]+)", re.MULTILINE)
FOR_TYPES = re.compile(r"^if TYPE_CHECKING:\n((?: {4}.*\n|\n)+)", re.MULTILINE)


def imports_of(path: Path, names: set[str]) -> set[str]:
    """Return the modules of the project that a module imports when it is loaded or its types are checked.

    The text is searched, since some modules are written for a newer Python than that of this test.
    """
    package = [*path.relative_to(ROOT).parent.parts]
    text = FOR_TYPES.sub(lambda block: textwrap.dedent(block[1]), path.read_text())
    found: set[str] = set()
    for dots, name, imported in IMPORT.findall(text):
        base = package[: len(package) - len(dots) + 1] if dots else []
        module = ".".join([*base, *name.split(".")]).strip(".")
        for alias in re.findall(r"(\w+)(?: as \w+)?", imported):
            longer = f"{module}.{alias}"
            found |= {longer} if longer in names else {module} & names
    return found


def test_no_circle_of_imports() -> None:
    """Data flows one way, file by file, in the engine, the integration and the plugin."""
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for path in SOURCES
        if path.name != "__init__.py"
    }
    graph = {name: imports_of(path, set(modules)) for name, path in modules.items()}
    assert any(graph.values())
    while graph:
        leaves = {name for name, needs in graph.items() if not needs & graph.keys()}
        assert leaves, f"a circle among {sorted(graph)}"
        graph = {name: needs for name, needs in graph.items() if name not in leaves}
