"""Pictures, past prints, ignored regions and learned background, as the plugin in OctoPrint keeps them."""

from collections.abc import Awaitable, Callable
from typing import IO, Any, override

from homeassistant.core import HomeAssistant

from ..engine.history.course import thinned
from ..engine.history.records import PrintRecord
from ..shared.recordings import CameraBackground, CameraRegions, Corners, Course, ExportFormat, Recordings
from .client import OctoPrintClient

type Ask = Callable[[Awaitable[Any]], Awaitable[Any]]
"""Does a request, with its errors as Home Assistant's."""


class OctoPrintRecordings(Recordings):
    """The recordings that the plugin of one OctoPrint keeps."""

    def __init__(self, hass: HomeAssistant, client: OctoPrintClient, ask: Ask) -> None:
        """Ask nothing yet."""
        self._hass = hass
        self._client = client
        self._ask = ask

    @override
    async def async_frame(self, camera: str) -> bytes | None:
        picture: bytes | None = await self._ask(self._client.picture("frame.jpg", camera=camera))
        return picture

    @override
    async def async_snapshot(self, camera: str) -> bytes | None:
        picture: bytes | None = await self._ask(self._client.picture("snapshot.jpg", camera=camera))
        return picture if picture is not None else await self.async_frame(camera)

    @override
    async def async_prints(self, before: float | None, limit: int) -> list[PrintRecord]:
        prints: list[PrintRecord] = await self._ask(self._client.past_prints(before))
        return prints[:limit]

    @override
    async def async_course(self, print_id: str, most: int) -> Course:
        course: Course = await self._ask(self._client.course(print_id))
        course["frames"] = await self._hass.async_add_executor_job(thinned, course["frames"], most)
        return course

    @override
    async def async_frame_picture(self, print_id: str, frame_id: int, camera: str) -> bytes | None:
        path = f"prints/{print_id}/{frame_id}.jpg"
        picture: bytes | None = await self._ask(self._client.picture(path, camera=camera))
        return picture

    @override
    async def async_export(self, print_id: str, kind: ExportFormat, file: IO[bytes]) -> None:
        async def write(chunk: bytes) -> None:
            await self._hass.async_add_executor_job(file.write, chunk)

        await self._ask(self._client.export(print_id, kind, write))

    @override
    async def async_regions(self) -> list[CameraRegions]:
        answer = await self._ask(self._client.ask("regions"))
        return list(answer["regions"])

    @override
    async def async_set_regions(self, camera: str, polygons: list[Corners]) -> None:
        await self._ask(self._client.ask("regions", camera=camera, polygons=polygons))

    @override
    async def async_background(self) -> list[CameraBackground]:
        answer = await self._ask(self._client.ask("usual"))
        return list(answer["cameras"])

    @override
    async def async_forget_background(self, camera: str) -> None:
        await self._ask(self._client.ask("forget_usual", camera=camera))
