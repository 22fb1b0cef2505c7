"""Create the scripts' Python environments in the repository's `.cache/`.

What goes into an environment is a dependency group of pyproject.toml with the environment's name. The
project itself is installed so that an edit counts at once (`pip install --editable`); that the real
wheel and the real archive work is tested end to end, and mypy reads the built wheel.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python314

REPOSITORY = Path(__file__).resolve().parent.parent
CACHE = REPOSITORY / ".cache"
STAMP = "made-from"
OCTOPRINT_PYTHONS = ">=3.11,<3.14"

# Home Assistant installs what its components ask for when they first start; having it there before
# makes the first start quick. These are the ones that the demo and the tests switch on, and the kinds of
# entity that every start sets up.
HOME_ASSISTANT_COMPONENTS = (
    "ai_task",
    "assist_satellite",
    "camera",
    "config",
    "frontend",
    "history",
    "image_processing",
    "infrared",
    "logbook",
    "mobile_app",
    "radio_frequency",
    "zeroconf",
)
HOME_ASSISTANT_REQUIREMENTS = """
import json, pathlib, sys, homeassistant
components = pathlib.Path(homeassistant.__file__).parent / "components"
wanted, seen, needed = sys.argv[1:], set(), set()
while wanted:
    name = wanted.pop()
    if name in seen or not (components / name).is_dir():
        continue
    seen.add(name)
    manifest = json.loads((components / name / "manifest.json").read_text())
    needed.update(manifest.get("requirements", []))
    wanted += manifest.get("dependencies", []) + manifest.get("after_dependencies", []) * (name == "frontend")
print(json.dumps(sorted(needed)))
"""


@dataclass(frozen=True)
class Environment:
    """One virtual environment: its name is also that of its dependency group."""

    name: str
    says: str
    home_assistant: bool = False

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return CACHE / f"env-{self.name}"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def program(self, name: str) -> str:
        """Return the path of a program installed in it."""
        return str(self.folder / "bin" / name)


OCTOPRINT = Environment("octoprint", "OctoPrint 1.11, the core, the command line and the server")
OCTOPRINT_2 = Environment("octoprint2", "OctoPrint 2.0 (pre-release)")
HOME_ASSISTANT = Environment("homeassistant", "the newest Home Assistant", home_assistant=True)
HOME_ASSISTANT_FLOOR = Environment(
    "homeassistant-floor", "the oldest Home Assistant we support", home_assistant=True
)
BENCHMARKS = Environment("benchmarks", "what the detector is measured beside")
ENVIRONMENTS = (OCTOPRINT, OCTOPRINT_2, HOME_ASSISTANT, HOME_ASSISTANT_FLOOR)


class SetupError(RuntimeError):
    """An environment could not be made; the message is for the user."""


def make(*environments: Environment) -> None:
    """Create missing or outdated environments; returns at once if all are there."""
    CACHE.mkdir(exist_ok=True)
    # Trust what the system trusts, as pip does: a company's proxy may sign with a certificate of its own.
    os.environ.setdefault("UV_SYSTEM_CERTS", "1")
    with _one_at_a_time():
        for environment in environments:
            recipe = _recipe(environment)
            stamp = environment.folder / STAMP
            if environment.python.exists() and stamp.exists() and stamp.read_text() == recipe:
                continue
            print(
                f"==> Setting up {environment.says} ({environment.folder.relative_to(REPOSITORY)})",
                flush=True,
            )
            stamp.unlink(missing_ok=True)
            _make(environment)
            stamp.write_text(recipe)


def enter(environment: Environment, also: tuple[Environment, ...] = ()) -> None:
    """Restart the running script inside an environment, after creating those it needs."""
    if Path(sys.prefix) == environment.folder:
        return
    try:
        make(environment, *also)
    except SetupError as error:
        sys.exit(f"{sys.argv[0]}: {error}")
    sys.stdout.flush()
    os.execv(environment.python, [str(environment.python), *sys.argv])


def _make(environment: Environment) -> None:
    uv = find_uv()
    if not environment.python.exists():
        _run(uv, "venv", "--quiet", "--python", _interpreter(uv, environment), str(environment.folder))
    install = (uv, "pip", "install", "--quiet", "--python", str(environment.python))
    _run(*install, "--group", f"{REPOSITORY / 'pyproject.toml'}:{environment.name}")
    if environment.home_assistant:
        _run(*install, *home_assistant_requirements(environment.python))
    else:
        _run(*install, "--editable", str(REPOSITORY))


def home_assistant_requirements(python: Path) -> list[str]:
    """Return what a Home Assistant would install when it first starts, for the components that we use."""
    command = [str(python), "-c", HOME_ASSISTANT_REQUIREMENTS, *HOME_ASSISTANT_COMPONENTS]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return [*json.loads(answer.stdout), *_built_in_detector()]


def _interpreter(uv: str, environment: Environment) -> str:
    if environment.home_assistant:
        try:
            return python314.find_or_fetch(uv, CACHE / "python3.14")
        except python314.NoPython314Error as error:
            raise SetupError(str(error)) from error
    return sys.executable if (3, 11) <= sys.version_info < (3, 14) else OCTOPRINT_PYTHONS


def find_uv() -> str:
    """Return the path of uv; where there is none, a private one is installed with pip."""
    installed = shutil.which("uv")
    # A version manager's shim can stand on the PATH without a uv behind it.
    if (
        installed
        and subprocess.run([installed, "--version"], capture_output=True, check=False).returncode == 0
    ):
        return installed
    private = CACHE / "uv"
    if not (private / "bin" / "uv").exists():
        print("==> Installing uv", flush=True)
        # With --target even a system that refuses to have its own packages changed allows it.
        _run(sys.executable, "-m", "pip", "install", "--quiet", "--target", str(private), "uv")
    return str(private / "bin" / "uv")


def _project() -> dict[str, Any]:
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text())


def _built_in_detector() -> list[str]:
    """Return what the built-in detector needs; Home Assistant installs it when such an entry is set up."""
    return [need for need in _project()["project"]["dependencies"] if need.startswith("ncnn")]


def _recipe(environment: Environment) -> str:
    """Return a fingerprint of all that decides what is in the environment."""
    project = _project()
    parts = [environment.name, project["dependency-groups"], project["tool"]["uv"]]
    if environment.home_assistant:
        parts += [HOME_ASSISTANT_COMPONENTS, _built_in_detector()]
    else:
        parts += [project["build-system"], project["project"], project["tool"]["setuptools"]]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Prevent two scripts from writing the same environment."""
    with (CACHE / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("    waiting for another script that sets up the environments", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(*command: str) -> None:
    clean = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONHOME")}
    if subprocess.run(command, env=clean, cwd=REPOSITORY, check=False).returncode != 0:
        raise SetupError(f"this command failed, its message is above: {' '.join(command)}")
