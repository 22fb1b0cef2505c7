"""Try the installation on other processors, in Debian roots with qemu's user emulation.

Takes an hour or more for each processor. Needs root, mmdebstrap and qemu-user-static with binfmt_misc:

    apt-get install mmdebstrap qemu-user-static
"""

import json
import os
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from environments import CACHE, REPOSITORY

PROCESSORS = {"arm64": "qemu-aarch64", "armhf": "qemu-arm"}
"""Debian's name of a processor, and that of the emulation as binfmt_misc lists it."""
BINFMT = Path("/proc/sys/fs/binfmt_misc")
RELEASE = "bookworm"
MIRROR = f"deb http://deb.debian.org/debian {RELEASE} main"
"""Only this: a root that lives for a test needs no security updates, and their mirror is often in the middle of one."""
PACKAGES = "python3,python3-venv,python3-pil,libgomp1"
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
"""Where Debian has them. Its own take half an hour to set up under emulation: they are left out, and this machine's
are copied."""
GOLDEN = REPOSITORY / "tests" / "data" / "golden"
PICTURES = ("1.jpg", "0.jpg", "2.jpg", "4.jpg")
"""From one that looks good to one that certainly failed."""
GOOD = ("1.jpg", "3.jpg", "5.jpg")
P_TOLERANCE = {"arm64": 3e-7, "armhf": 5e-7}
"""How far p may be from this machine's: single precision sums in another order."""
PORT = 18_765
PATIENCE = 3600.0
"""Seconds that an emulated program may take to start and answer: a picture alone takes minutes."""
SAYS_NO_RUNTIME = "pip install --no-deps ncnn"


class PlatformError(Exception):
    """Something does not work there; the text says what."""


@dataclass(frozen=True)
class Root:
    """A Debian root of a processor."""

    processor: str

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return CACHE / "roots" / self.processor

    def make(self) -> None:
        """Install Debian into it, unless it is there."""
        if (self.folder / "usr" / "bin" / "python3").exists():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        _run(
            "mmdebstrap",
            "--variant=minbase",
            f"--arch={self.processor}",
            f"--include={PACKAGES}",
            "--dpkgopt=path-exclude=/usr/share/ca-certificates/*",
            RELEASE,
            str(self.folder),
            MIRROR,
        )
        trusted = self.folder / CERTIFICATES
        trusted.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ssl.get_default_verify_paths().cafile or Path("/", CERTIFICATES), trusted)

    def command(self, *words: str) -> list[str]:
        """Return a command that runs inside."""
        return [
            "chroot",
            str(self.folder),
            "/usr/bin/env",
            "HOME=/root",
            "PATH=/opt/failwatch/bin:/usr/bin:/bin",
            f"SSL_CERT_FILE=/{CERTIFICATES}",
            f"PIP_CERT=/{CERTIFICATES}",
            "PIP_RETRIES=20",
            *words,
        ]

    def run(self, *words: str, fails: bool = False) -> str:
        """Return what a command prints inside, also one that must fail."""
        return _run(*self.command(*words), fails=fails)


def main(processors: list[str]) -> int:
    """Try the processors that are named, or all; return how many checks fail."""
    try:
        _check_machine()
        found = _run(sys.executable, "-m", "octoprint_failwatch", "detect", "--json", *map(_golden, PICTURES))
    except PlatformError as error:
        print(f"scripts/test platforms: {error}", file=sys.stderr)
        return 2
    return 1 if sum(_try(Root(processor), _ps(found)) for processor in processors or PROCESSORS) else 0


def _try(root: Root, expected: dict[str, float]) -> int:
    """Return how many checks fail: none of them keeps the next from being made, unless nothing is installed."""
    print(f"\n==> {root.processor}", flush=True)
    try:
        root.make()
        _say("Debian is there")
        _install(root)
    except PlatformError as error:
        print(f"FAILED {error}", flush=True)
        return 1
    return sum(_fails(check, root, expected) for check in (_detect, _watch, _serve))


def _fails(check: Callable[[Root, dict[str, float]], str], root: Root, expected: dict[str, float]) -> bool:
    began = time.monotonic()
    try:
        _say(f"{check(root, expected)} ({time.monotonic() - began:.0f} s)")
    except PlatformError as error:
        print(f"FAILED {error}", flush=True)
        return True
    return False


def _install(root: Root) -> None:
    archive = root.folder / "tmp" / "failwatch.zip"
    _run(
        "git", "-C", str(REPOSITORY), "archive", "--format=zip", "--prefix=f/", f"--output={archive}", "HEAD"
    )
    # With the packages of the system: Debian's Pillow stands in where PyPI has no wheel of it.
    root.run("python3", "-m", "venv", "--clear", "--system-site-packages", "/opt/failwatch")
    root.run("pip", "install", "--quiet", "--prefer-binary", "/tmp/failwatch.zip")
    _say("installed")
    if root.processor == "armhf":
        said = root.run("failwatch", "check", fails=True)
        if SAYS_NO_RUNTIME not in said:
            raise PlatformError(f"What is missing is not told: {said}")
        _say("told what is missing")
        root.run("pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", "ncnn")
    _say(root.run("failwatch", "check").strip())


def _detect(root: Root, expected: dict[str, float]) -> str:
    for name in PICTURES:
        shutil.copy(_golden(name), root.folder / "tmp" / name)
    found = _ps(root.run("failwatch", "detect", "--json", *(f"/tmp/{name}" for name in PICTURES)))
    apart = max(abs(found[name] - expected[name]) for name in PICTURES)
    if apart > P_TOLERANCE[root.processor]:
        raise PlatformError(f"p is {found}, and here {expected}")
    return f"p is that of this machine: {apart:.1e} apart at most"


def _watch(root: Root, _: dict[str, float]) -> str:
    frames = root.folder / "tmp" / "frames"
    shutil.rmtree(frames, ignore_errors=True)
    frames.mkdir()
    for name in GOOD:
        shutil.copy(_golden(name), frames)
    said = root.run("failwatch", "watch", "/tmp/frames", "--json", "--no-history")
    if said.count('"p"') != len(GOOD):
        raise PlatformError(f"A folder is not watched to its end: {said[-300:]}")
    return "watched a folder to its end"


def _serve(root: Root, expected: dict[str, float]) -> str:
    token, name = "of-this-check", PICTURES[-1]
    words = ("failwatch", "serve", "--data", "/tmp/server", "--token", token, "--port", str(PORT))
    with subprocess.Popen(root.command(*words), stdout=subprocess.DEVNULL) as server:
        try:
            answer = _asked(server, token, Path(_golden(name)))
        finally:
            server.terminate()
    if abs(float(answer["result"]["p"]) - expected[name]) > P_TOLERANCE[root.processor]:
        raise PlatformError(f"The server answers {answer}, and p is {expected[name]}")
    return "served a request"


def _asked(server: subprocess.Popen[bytes], token: str, picture: Path) -> dict[str, dict[str, float]]:
    """Return the server's answer, once it is up."""
    url = f"http://127.0.0.1:{PORT}/ent/partners/api/predict/"
    parts = [
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\nx' % name
        for name in (b"printer_id", b"print_id")
    ]
    head = b'--b\r\nContent-Disposition: form-data; name="img"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    body = b"\r\n".join([*parts, head + picture.read_bytes(), b"--b--\r\n"])
    headers = {"Authorization": f"Token {token}", "Content-Type": "multipart/form-data; boundary=b"}
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            request = urllib.request.Request(url, body, headers)
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                found: dict[str, dict[str, float]] = json.load(answer)
                return found
        except OSError as error:
            if server.poll() is not None or time.monotonic() > ends:
                raise PlatformError(f"The server does not answer: {error}") from error
            time.sleep(2)


def _check_machine() -> None:
    """Raise PlatformError if roots cannot be made or run here."""
    missing = [program for program in ("mmdebstrap", "chroot") if shutil.which(program) is None]
    missing += [name for name in PROCESSORS.values() if not (BINFMT / name).exists()]
    if missing or os.geteuid() != 0:
        raise PlatformError(
            f"Needs root, mmdebstrap and qemu-user-static. Missing: {', '.join(missing) or 'root'}."
        )


def _golden(name: str) -> str:
    return str(GOLDEN / name)


def _ps(said: str) -> dict[str, float]:
    """Return each picture's p by its name."""
    answers = [json.loads(line) for line in said.splitlines()]
    return {Path(answer["file"]).name: float(answer["p"]) for answer in answers}


def _say(what: str) -> None:
    print(f"ok     {what}", flush=True)


def _run(*command: str, fails: bool = False) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if bool(ended.returncode) is not fails:
        raise PlatformError(f"{' '.join(command)}:\n{(ended.stderr or ended.stdout)[-1500:]}")
    return ended.stdout + (ended.stderr if fails else "")
