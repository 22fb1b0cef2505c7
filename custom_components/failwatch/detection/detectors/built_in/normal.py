"""What is normal for a camera: how its heat map usually looks while the print is good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

QUIET = -3.0
"""Logit up to which a cell needs no excuse; also what is assumed of a cell at first."""
PRIOR = 20
"""Frames that the assumption counts for."""
MEMORY = 720
"""Frames that are remembered: two hours at one every ten seconds."""
MEMORY_OF_PRINTS = 180
"""Frames that a new print finds remembered at most: cables stay, the part is another."""
DELAY = 6
"""Frames that must be good after a frame before it is learned from."""
_STEPS = 16
"""Steps per logit when stored."""


@dataclass(frozen=True, slots=True)
class CameraNormal:
    """The mean logit of each cell over good frames, row by row; JSON can hold it.

    `frames` counts what was learned from, `print_id` is the last print learned from.
    """

    columns: int
    usual: tuple[float, ...] = field(repr=False)
    frames: int = 0
    print_id: str = ""

    @classmethod
    def unknown(cls, heat: NDArray[np.float32]) -> CameraNormal:
        """Return what is known of a camera at first: that its cells are quiet."""
        return cls(heat.shape[1], (QUIET,) * heat.size)

    def fits(self, heat: NDArray[np.float32]) -> bool:
        """Return whether the heat map has this camera's shape."""
        return len(self.usual) == heat.size and self.columns == heat.shape[1]

    @property
    def hidden(self) -> float:
        """The share of the picture that counts for less."""
        return sum(logit > QUIET for logit in self.usual) / len(self.usual)

    def learned(self, heat: NDArray[np.float32], print_id: str) -> CameraNormal:
        """Return the normal after one more good frame of that shape."""
        import numpy as np

        known = self.frames if print_id == self.print_id else min(self.frames, MEMORY_OF_PRINTS)
        weight = 1 / min(PRIOR + known + 1, MEMORY)
        usual = np.asarray(self.usual)
        # One frame says little: what a hand or a passing head shows is learned as slowly as what stays.
        usual = usual + (np.clip(heat.ravel(), -8, 8) - usual) * weight
        return replace(self, usual=tuple(usual.tolist()), frames=min(known + 1, MEMORY), print_id=print_id)

    def beyond(self, heat: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the heat map with what is usual taken off: each cell by its own and its neighbours' excess."""
        import numpy as np

        excess = np.maximum(np.asarray(self.usual, np.float32).reshape(heat.shape) - QUIET, 0)
        # Cameras shake a little, so a cell is excused for what its neighbours usually show, by half.
        around = np.pad(excess, 1)
        rows, columns = heat.shape
        near = [around[y : y + rows, x : x + columns] for y in range(3) for x in range(3)]
        remaining: NDArray[np.float32] = heat - np.maximum(excess, np.maximum.reduce(near) * np.float32(0.5))
        return remaining

    def to_dict(self) -> dict[str, Any]:
        """Return what `from_dict` reads."""
        usual = [round(logit * _STEPS) for logit in self.usual]
        return {"columns": self.columns, "usual": usual, "frames": self.frames, "print_id": self.print_id}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CameraNormal:
        """Return a stored normal; raises KeyError, TypeError or ValueError."""
        usual = tuple(float(step) / _STEPS for step in data["usual"])
        columns = int(data["columns"])
        if columns < 1 or not usual or len(usual) % columns:
            raise ValueError("the cells make no picture")
        return cls(columns, usual, int(data["frames"]), str(data["print_id"]))
