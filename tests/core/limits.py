"""Numbers beside a limit."""

import math


def below(number: float) -> float:
    """Return the largest number that is less."""
    return math.nextafter(number, -math.inf)
