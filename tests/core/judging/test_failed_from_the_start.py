"""A print that begins on the mess of the one before is a failure, also where a service gives only p."""

import pytest

from octoprint_failwatch.engine.judging.judge import Memory
from octoprint_failwatch.engine.judging.trend import Trend
from octoprint_failwatch.engine.watch.state import EventKind, WatchState
from tests.core.watching import ScriptedDetector, watching

USED = Trend(baseline=0.35, learned=5000.0, fixture=0.05, fixture_prints=4)


@pytest.mark.parametrize("trend", [Trend(), USED], ids=["new printer", "printer in use"])
async def test_mess_that_is_there_from_the_first_look_on_is_told_in_every_print(trend: Trend) -> None:
    state = WatchState(printer_id="printer", memory=Memory(trend=trend))
    async with watching(ScriptedDetector([0.9]), state=state) as run:
        for number in range(3):
            run.watch.start(f"print {number}")
            await run.until(lambda number=number: run.kinds().count(EventKind.FAILURE) > number)
            assert run.watch.state.memory.statistics.prediction_num <= 15
            await run.frames(40)
            run.watch.end("cancelled")
        assert run.watch.state.memory.trend.fixture == trend.fixture, "mess is no part of the printer"
