"""Try the installation on other processors, in Debian roots with qemu's user emulation.

Takes half an hour or more for each processor. Needs root, mmdebstrap and qemu-user-static with binfmt_misc:

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
from dataclasses import dataclass
from pathlib import Path

from environments import CACHE, REPOSITORY

PROCESSORS = {"arm64": "qemu-aarch64", "armhf": "qemu-arm"}
"""Debian's name of a processor, and that of the emulation as binfmt_misc lists it."""
BINFMT = Path("/proc/sys/fs/binfmt_misc")
RELEASE = "bookworm"
PACKAGES = "python3,python3-venv,python3-pil,libgomp1"
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
"""Where Debian has them. Its package takes half an hour to set up under emulation: this machine's are copied."""
PICTURE = REPOSITORY / "docs" / "pictures" / "detector-misses.jpg"
P_TOLERANCE = 1e-3
PORT = 18_765
PATIENCE = 600.0  # seconds that an emulated program may take to start
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
            RELEASE,
            str(self.folder),
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
            *words,
        ]

    def run(self, *words: str, fails: bool = False) -> str:
        """Return what a command prints inside, also one that must fail."""
        return _run(*self.command(*words), fails=fails)


def main(processors: list[str]) -> int:
    """Try the processors that are named, or all; return how many do not work."""
    wrong = 0
    try:
        _check_machine()
        expected = _p_of(_run(sys.executable, "-m", "octoprint_failwatch", "detect", "--json", str(PICTURE)))
    except PlatformError as error:
        print(f"scripts/test platforms: {error}", file=sys.stderr)
        return 2
    for processor in processors or list(PROCESSORS):
        print(f"\n==> {processor}", flush=True)
        try:
            _try(Root(processor), expected)
        except PlatformError as error:
            print(f"FAILED {error}", flush=True)
            wrong += 1
    return 1 if wrong else 0


def _try(root: Root, expected: float) -> None:
    root.make()
    _done("Debian is there")
    archive = root.folder / "tmp" / "failwatch.zip"
    _run(
        "git", "-C", str(REPOSITORY), "archive", "--format=zip", "--prefix=f/", f"--output={archive}", "HEAD"
    )
    # With the packages of the system: Debian's Pillow stands in where PyPI has no wheel of it.
    root.run("python3", "-m", "venv", "--clear", "--system-site-packages", "/opt/failwatch")
    root.run("pip", "install", "--quiet", "--prefer-binary", "/tmp/failwatch.zip")
    _done("installed")
    if root.processor == "armhf":
        said = root.run("failwatch", "check", fails=True)
        if SAYS_NO_RUNTIME not in said:
            raise PlatformError(f"What is missing is not told: {said}")
        _done("told what is missing")
        root.run("pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", "ncnn")
    _done(root.run("failwatch", "check").strip())
    shutil.copy(PICTURE, root.folder / "tmp" / "one.jpg")
    p = _p_of(root.run("failwatch", "detect", "--json", "/tmp/one.jpg"))
    if abs(p - expected) > P_TOLERANCE:
        raise PlatformError(f"p is {p}, and here {expected}")
    _done(f"p is {p:.6f}, here {expected:.6f}")
    _watch(root)
    _serve(root, expected)


def _watch(root: Root) -> None:
    frames = root.folder / "tmp" / "frames"
    frames.mkdir(exist_ok=True)
    for number in range(3):
        shutil.copy(PICTURE, frames / f"frame{number}.jpg")
    said = root.run("failwatch", "watch", "/tmp/frames", "--json")
    if said.count('"p"') < len(list(frames.iterdir())):
        raise PlatformError(f"A folder is not watched to its end: {said[-300:]}")
    _done("watched a folder")


def _serve(root: Root, expected: float) -> None:
    token = "of-this-check"
    words = ("failwatch", "serve", "--data", "/tmp/server", "--token", token, "--port", str(PORT))
    with subprocess.Popen(root.command(*words), stdout=subprocess.DEVNULL) as server:
        try:
            answer = _asked(token)
        finally:
            server.terminate()
    if abs(float(answer["result"]["p"]) - expected) > P_TOLERANCE:
        raise PlatformError(f"The server answers {answer}")
    _done("served one request")


def _asked(token: str) -> dict[str, dict[str, float]]:
    """Return the server's answer, once it is up."""
    url = f"http://127.0.0.1:{PORT}/ent/partners/api/predict/"
    parts = [
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\nx' % name
        for name in (b"printer_id", b"print_id")
    ]
    head = b'--b\r\nContent-Disposition: form-data; name="img"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    body = b"\r\n".join([*parts, head + PICTURE.read_bytes(), b"--b--\r\n"])
    headers = {"Authorization": f"Token {token}", "Content-Type": "multipart/form-data; boundary=b"}
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            request = urllib.request.Request(url, body, headers)
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                found: dict[str, dict[str, float]] = json.load(answer)
                return found
        except OSError as error:
            if time.monotonic() > ends:
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


def _p_of(said: str) -> float:
    return float(json.loads(said.splitlines()[-1])["p"])


def _done(what: str) -> None:
    print(f"ok     {what}", flush=True)


def _run(*command: str, fails: bool = False) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if bool(ended.returncode) is not fails:
        raise PlatformError(f"{' '.join(command)}:\n{(ended.stderr or ended.stdout)[-1500:]}")
    return ended.stdout + (ended.stderr if fails else "")
