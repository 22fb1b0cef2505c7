"""Turn rendered light into a webcam's picture: exposure, colour, blur, noise and JPEG."""

from __future__ import annotations

import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .plan import Plan

Light = NDArray[np.float32]
FOLLOWS = 0.7
"""Share of a change of the light that the camera's automatic exposure makes up for."""


@dataclass(frozen=True, slots=True)
class Webcam:
    """What one camera makes of light, for a whole print."""

    warmth: float
    blur: float
    noise: float
    contrast: float
    saturation: float
    sharpness: float
    quality: int
    wanted: float
    """Brightness that its exposure aims at."""

    @classmethod
    def of(cls, plan: Plan) -> Webcam:
        """Return the camera of a print."""
        chance = random.Random(f"time-lapse {plan.seed} webcam")
        dim = plan.light == "dim"
        return cls(
            warmth=chance.uniform(-0.12, 0.12),
            blur=chance.choice((0.0, 0.4, 0.7)),
            noise=chance.uniform(0.02, 0.05) if dim else chance.uniform(0.004, 0.02),
            contrast=chance.uniform(0.0, 0.4),
            saturation=chance.uniform(0.6, 1.2),
            sharpness=chance.choice((0.0, 0.3, 0.7)),
            quality=chance.randint(60, 88),
            wanted=chance.uniform(0.04, 0.1) if dim else chance.uniform(0.14, 0.3),
        )

    def exposure(self, first: Light) -> float:
        """Return the gain that the first picture of a print is taken with."""
        brightness = np.minimum(first.mean(-1), np.percentile(first.mean(-1), 97))
        return self.wanted / max(float(brightness.mean()), 1e-5)

    def jpeg(self, light: Light, gain: float, brightness: float, seed: str) -> bytes:
        """Return a look as JPEG; `brightness` is that of the room, which the exposure follows in part."""
        seen = np.clip(np.nan_to_num(light, posinf=100.0), 0, 100) * (gain / brightness**FOLLOWS)
        seen = seen * np.array([1 + self.warmth, 1, 1 - self.warmth], np.float32)
        if self.blur:
            seen = cv2.GaussianBlur(seen, (0, 0), self.blur)
        seen = seen + 0.04 * cv2.GaussianBlur(np.minimum(seen, 4), (0, 0), 5)
        chance = np.random.default_rng([ord(letter) for letter in seed])
        grain = chance.standard_normal(seen.shape, np.float32)
        seen = np.maximum(seen + grain * self.noise * np.sqrt(0.4 * seen + 0.02), 0)
        tones = np.clip(seen * (1 + seen / 9) / (1 + seen) * 1.3, 0, 1) ** (1 / 2.2)
        tones += self.contrast * (tones - 0.45) * (1 - np.abs(2 * tones - 1))
        grey = tones.mean(-1, keepdims=True)
        tones = grey + (tones - grey) * self.saturation
        tones += self.sharpness * (tones - cv2.GaussianBlur(tones, (0, 0), 1.1))
        pixels = (np.clip(tones[..., ::-1], 0, 1) * 255).astype(np.uint8)
        return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, self.quality])[1].tobytes()
