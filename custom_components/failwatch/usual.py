"""What the detector has learned to be usual for a watched camera."""

from .engine.detectors.base import LearnsCameras


class Usual:
    """One printer's share of what a detector has learned."""

    def __init__(self, detector: LearnsCameras, printer_id: str) -> None:
        """Ask nothing yet."""
        self._detector = detector
        self._printer_id = printer_id
        self.frames = 0
        """Good pictures that were learned from, as of the last refresh."""

    async def async_refresh(self) -> None:
        """Ask the detector."""
        normals = await self._detector.normals()
        self.frames = sum(
            normal.frames for (printer, _), normal in normals.items() if printer == self._printer_id
        )

    async def async_forget(self) -> None:
        """Have the detector learn anew."""
        await self._detector.forget(self._printer_id)
        self.frames = 0
