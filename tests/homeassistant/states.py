"""Watch states for tests, as the core makes them."""

from dataclasses import replace

from custom_components.failwatch.engine.judging.latch import Latch
from custom_components.failwatch.engine.judging.verdict import Level, Rule, Verdict
from custom_components.failwatch.engine.models import Box
from custom_components.failwatch.engine.statistics import TemporalStatistics
from custom_components.failwatch.engine.watch.state import CameraView, Look, Phase, WatchState

AT = 1_795_000_000.0


def idle() -> WatchState:
    return WatchState(printer_id="printer-1")


def watching(
    level: Level = Level.NONE, *, p: float = 0.05, number: int = 12, at: float = AT, print_id: str = "print-1"
) -> WatchState:
    statistics = TemporalStatistics(
        ewm_mean=p * 0.9,
        rolling_mean_short=p * 0.5,
        rolling_mean_long=0.02,
        prediction_num=number,
        prediction_num_lifetime=number + 1000,
        frames=float(number),
        frames_lifetime=number + 1000.0,
    )
    verdict = Verdict(level, Rule.HIGH if level is not Level.NONE else Rule.QUIET, p * 0.9, 0.02, 0.36)
    boxes = (Box(0.2, 0.3, 0.5, 0.6, p),) if level is not Level.NONE else ()
    look = Look(number, at, p, (CameraView("", p, boxes),), statistics, verdict, 0.25, 10.0)
    latch = Latch(level, at, verdict) if level is not Level.NONE else Latch()
    return replace(
        idle(),
        phase=Phase.WATCHING,
        since=at - 100,
        print_id=print_id,
        print_name="benchy.gcode",
        started_at=at - 120,
        look=look,
        latch=latch,
    )
