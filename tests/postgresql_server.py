"""A PostgreSQL of a test's own: Debian's package, started in a folder and gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from stack.processes import free_port

from .patience import PATIENCE

USER = "postgres"


@dataclass
class Postgres:
    """A database server that tests may stop and start."""

    programs: Path
    folder: Path
    port: int
    options: dict[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        command = [self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port)]
        command += ["-h", "127.0.0.1", "-k", self.folder]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **self.options)
        ends = time.monotonic() + PATIENCE
        ready = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode != 0:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < ends, "PostgreSQL does not start"
            time.sleep(0.1)

    def crash(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        command = [self.programs / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop"]
        subprocess.run(command, check=True, capture_output=True, **self.options)
        self.process.wait()


def missing() -> str:
    """Return why there can be no PostgreSQL here, "" where there can."""
    if _programs() is None:
        return "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    return ""


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Run an empty PostgreSQL on a free port."""
    programs = _programs()
    assert programs is not None
    # It does not run as root.
    options = {"user": USER, "group": USER} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="failwatch-postgresql-"))
    try:
        if options:
            shutil.chown(folder, USER, USER)
        command = [programs / "initdb", "-D", folder / "data", "-U", USER, "-A", "trust", "--no-sync"]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **options)
        server = Postgres(programs, folder, free_port(), {**options, "cwd": str(folder)})
        server.start()
        try:
            yield server
        finally:
            if server.process is not None and server.process.poll() is None:
                server.crash()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None
