"""Slow tests run only where FAILWATCH_SLOW=1 asks for them, as `scripts/test --slow` does."""

import os

VARIABLE = "FAILWATCH_SLOW"
RUNS_SLOW_TESTS = os.environ.get(VARIABLE) == "1"
