"""Bad days: every edge of the real programs, broken in every way, and what they make of it."""
