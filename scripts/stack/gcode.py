"""Writes the G-code of a small part whose print takes a chosen time."""

import math

SEGMENTS = 24
DWELLS = 4
CENTRE = 110.0
RADIUS = 28.0
LAYER_HEIGHT = 0.2
NOZZLE = 60
"""Degrees: hardly for plastic, but the virtual printer heats by ten a second, and nobody wants to wait."""
LINGERS = 20
EXTRUSION = 0.05
"""Millimetres of filament for one millimetre of wall."""


def cylinder(seconds: float, layers: int = 100, lingers_from: int | None = None) -> str:
    """Return G-code for a round wall that prints for so many seconds.

    The virtual printer takes next to no time for moves, but it keeps dwells: these make up the time. The layers
    from `lingers_from` on take twenty times as long, so that a slow machine sees them before the print is over.
    """
    length = 2 * math.pi * RADIUS
    dwell = round(seconds / layers / DWELLS * 1000)
    lines = [
        "G21",
        "G90",
        "M82",
        f"M109 S{NOZZLE}",
        "G28",
        "G92 E0",
        f"G1 X{CENTRE + RADIUS} Y{CENTRE} F12000",
    ]
    filament = 0.0
    for layer in range(layers):
        lines += [f";LAYER:{layer}", f"G1 Z{(layer + 1) * LAYER_HEIGHT:.2f} F6000"]
        for segment in range(1, SEGMENTS + 1):
            angle = 2 * math.pi * segment / SEGMENTS
            x, y = CENTRE + RADIUS * math.cos(angle), CENTRE + RADIUS * math.sin(angle)
            filament += length / SEGMENTS * EXTRUSION
            lines.append(f"G1 X{x:.3f} Y{y:.3f} E{filament:.4f} F30000")
            if segment % (SEGMENTS // DWELLS) == 0:
                lingers = lingers_from is not None and layer >= lingers_from
                lines.append(f"G4 P{dwell * LINGERS if lingers else dwell}")
    lines += ["M104 S0", "M84"]
    return "\n".join(lines) + "\n"
