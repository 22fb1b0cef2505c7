"""A release has one version everywhere, a changelog, and complete archives."""

import json
import shutil
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from environments import REPOSITORY

FILES = (
    "CHANGELOG.md",
    "pyproject.toml",
    "custom_components/failwatch/manifest.json",
    "octoprint_failwatch/version.py",
)


@pytest.fixture(scope="module")
def release() -> ModuleType:
    loader = SourceFileLoader("scripts_release", str(REPOSITORY / "scripts" / "release"))
    spec = spec_from_loader("scripts_release", loader)
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules["scripts_release"] = module
    loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a copy of all that a release changes."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, tmp_path / name)
    changelog = tmp_path / "CHANGELOG.md"
    news = "# Changelog\n\n## Unreleased\n\n- Something.\n\n## 0.1.0\n\nFirst.\n"
    changelog.write_text(news)
    return tmp_path


def test_the_version_is_written_wherever_it_stands(release: ModuleType, tree: Path) -> None:
    release.write_version(tree, "98.0.1")
    changed = {name for name in FILES if "98.0.1" in (tree / name).read_text()}
    assert changed == set(FILES)
    assert (tree / "CHANGELOG.md").read_text().startswith("# Changelog\n\n## 98.0.1\n\n- Something.")
    assert json.loads((tree / FILES[2]).read_text())["version"] == "98.0.1"


@pytest.mark.parametrize("version", ["0.0.9", "0.1.0"])
def test_a_version_comes_after_the_one_before(release: ModuleType, tree: Path, version: str) -> None:
    with pytest.raises(release.ReleaseError, match="does not come after"):
        release.write_version(tree, version)


def test_a_release_without_news_is_none(release: ModuleType, tree: Path) -> None:
    (tree / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n## 0.1.0\n")
    with pytest.raises(release.ReleaseError, match="says nothing"):
        release.write_version(tree, "98.0.1")


def test_an_archive_for_home_assistant_is_whole(release: ModuleType, tmp_path: Path) -> None:
    folder = REPOSITORY / "custom_components" / "failwatch"
    stated = json.loads((folder / "manifest.json").read_text())["version"]
    names = [str(file.relative_to(folder)) for file in folder.rglob("*.*") if "__pycache__" not in str(file)]
    release.pack(folder, names, tmp_path / "whole.zip")
    release.try_integration(tmp_path / "whole.zip", stated)
    with pytest.raises(release.ReleaseError, match="says that it is"):
        release.try_integration(tmp_path / "whole.zip", "98.0.1")
    release.pack(folder, ["manifest.json"], tmp_path / "part.zip")
    with pytest.raises(release.ReleaseError, match=r"lacks __init__\.py"):
        release.try_integration(tmp_path / "part.zip", stated)
