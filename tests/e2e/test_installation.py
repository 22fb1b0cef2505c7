"""Installed as a user does: the archive of the repository into OctoPrint, one folder into Home Assistant."""

import json
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from environments import REPOSITORY, find_uv
from octoprint_failwatch.simulator.renderer import Renderer
from octoprint_failwatch.simulator.scene import Scene
from stack.camera import SimulatedCamera
from stack.gcode import cylinder
from stack.homeassistant import HomeAssistant
from stack.octoprint import OctoPrint
from stack.processes import free_port
from tests.patience import eventually

in_the_module_s_loop = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class FreshEnvironment:
    """A virtual environment that nothing of this repository was ever in."""

    folder: Path
    name: str = "fresh"

    def program(self, name: str) -> str:
        return str(self.folder / "bin" / name)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what a user downloads: the archive of the last commit."""
    path = tmp_path_factory.mktemp("archive") / "failwatch.zip"
    made = subprocess.run(
        ["git", "archive", "--format=zip", "--prefix=failwatch-main/", f"--output={path}", "HEAD"],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
    )
    if made.returncode != 0:
        pytest.skip("this is no git checkout")
    return path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture(scope="module")
def installed(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> FreshEnvironment:
    folder = tmp_path_factory.mktemp("installed") / "venv"
    uv = find_uv()
    for command in (
        ["venv", "--quiet", "--python", sys.executable, str(folder)],
        [
            "pip",
            "install",
            "--quiet",
            "--python",
            str(folder / "bin" / "python"),
            "octoprint~=1.11",
            str(archive),
        ],
    ):
        done = subprocess.run([uv, *command], capture_output=True, text=True, check=False, cwd=folder.parent)
        assert done.returncode == 0, done.stderr
    return FreshEnvironment(folder)


@in_the_module_s_loop
async def test_the_archive_gives_a_working_plugin(
    installed: FreshEnvironment, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    camera = SimulatedCamera(session, tmp_path, free_port(), ["--follow", "snapshots", "--fails-at", "-1"])
    octoprint = OctoPrint(
        session,
        tmp_path / "octoprint",
        free_port(),
        snapshot_url=camera.snapshot_url,
        clock_speed=10,
        environment=installed,
    )
    try:
        octoprint.create()
        await camera.start()
        await octoprint.start()
        await octoprint.connect_printer()
        await octoprint.print_file("part.gcode", cylinder(seconds=30))

        async def looked() -> object:
            return (await octoprint.failwatch())["state"]["look"]

        look = await eventually(looked)
        assert look["verdict"]["level"] == "none"
    finally:
        octoprint.program.stop()
        camera.program.stop()


def test_the_archive_gives_the_command_line_with_its_detector(
    installed: FreshEnvironment, tmp_path: Path
) -> None:
    renderer = Renderer(Scene(seed=4, fails_at=40))
    for name, progress in (("good.jpg", 0.35), ("failing.jpg", 0.8)):
        (tmp_path / name).write_bytes(renderer.render(progress, 1))
    answer = subprocess.run(
        [installed.program("failwatch"), "detect", "--json", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    found = {Path(line["file"]).name: line["p"] for line in map(json.loads, answer.stdout.splitlines())}
    assert found["good.jpg"] < 0.3 < 0.5 < found["failing.jpg"]


@in_the_module_s_loop
async def test_one_folder_gives_a_working_integration(
    archive: Path, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(archive) as archived:
        archived.extractall(unpacked)
    integration = unpacked / "failwatch-main" / "custom_components" / "failwatch"
    home_assistant = HomeAssistant(session, tmp_path / "homeassistant", free_port(), integration=integration)
    try:
        home_assistant.create()
        await home_assistant.start()
        menu = await home_assistant.configure()
        assert menu["type"] == "menu"
        assert "octoprint" in menu["menu_options"]
        end = await home_assistant.configure({"next_step_id": "built_in"})
        while end["type"] == "form" and not end["errors"]:
            path = f"/api/config/config_entries/flow/{end['flow_id']}"
            end = await home_assistant.post(path, {})
        assert end["type"] == "create_entry", end
        entries = await home_assistant.get("/api/config/config_entries/entry?domain=failwatch")
        assert [entry["state"] for entry in entries] == ["loaded"]
    finally:
        home_assistant.program.stop()
