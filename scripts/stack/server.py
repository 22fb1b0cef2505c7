"""`failwatch serve` as a process."""

from pathlib import Path

import aiohttp

from environments import OCTOPRINT

from .processes import Program


class Server:
    """A detection server on a port of its own, for one token."""

    def __init__(self, session: aiohttp.ClientSession, folder: Path, port: int, token: str) -> None:
        """Prepare its data folder."""
        self.url = f"http://127.0.0.1:{port}"
        self._session = session
        command: list[str | Path] = [
            OCTOPRINT.program("failwatch"),
            "serve",
            "--port",
            str(port),
            "--data",
            folder / "server",
        ]
        self.program = Program("The server", command, folder / "server.log", {"FAILWATCH_TOKEN": token})

    async def start(self) -> None:
        """Start it and wait until it is healthy."""
        self.program.start()
        await self.program.until(self._is_healthy)

    async def _is_healthy(self) -> bool:
        try:
            async with self._session.get(f"{self.url}/healthz") as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False
