"""The simulated camera as a process."""

from collections.abc import Sequence
from pathlib import Path

import aiohttp

from environments import OCTOPRINT

from .processes import Program


class SimulatedCamera:
    """`failwatch simulate` on a port of its own; `key` lets it follow OctoPrint's job."""

    def __init__(
        self, session: aiohttp.ClientSession, folder: Path, port: int, options: Sequence[str]
    ) -> None:
        """Prepare it; the options are those of the command."""
        url = f"http://127.0.0.1:{port}"
        self.snapshot_url = f"{url}/snapshot.jpg"
        self.stream_url = f"{url}/stream.mjpg"
        self.key = ""
        self._session = session
        self._log = folder / "camera.log"
        self._command = [OCTOPRINT.program("failwatch"), "simulate", "--port", str(port), *options]
        self.program = Program("The camera", self._command, self._log)

    async def start(self) -> None:
        """Start it and wait until it takes pictures."""
        self.program = Program("The camera", self._command, self._log, {"OCTOPRINT_API_KEY": self.key})
        self.program.start()
        await self.program.until(self._answers)

    async def _answers(self) -> bool:
        try:
            async with self._session.head(self.stream_url.replace("stream.mjpg", "")):
                return True
        except (aiohttp.ClientError, TimeoutError):
            return False
