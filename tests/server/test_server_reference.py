"""Whatever frames come, the statistics are those of a slow model that keeps every frame for ever."""

import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.statistics import TemporalStatistics, advance, for_new_print
from octoprint_failwatch.server.printer_statistics import Look
from tests.server.serving import printers_of

FRAMES = st.tuples(
    st.sampled_from("ab"),
    st.sampled_from(["print-1", "print-2"]),
    st.floats(0, 1),
    st.integers(0, 3),
    st.sampled_from([0.0, 10.0, 59.0, 61.0, 2 * 86400.0]),
)
EVENTS = st.lists(FRAMES | st.sampled_from(["restart", "disk full", "disk free"]), max_size=30)


Counted: TypeAlias = tuple[float, str, float, str]
"""When it came, its print_id, p and key."""


@dataclass
class Model:
    """Everything that ever came, replayed from the beginning for each answer."""

    counted: dict[str, list[Counted]] = field(default_factory=dict)

    def answer(
        self, printer: str, print_id: str, p: float, key: str, at: float
    ) -> tuple[float, TemporalStatistics]:
        """Return what the frame has to be answered."""
        frames = self.counted.setdefault(printer, [])
        for number, (then, _, earlier_p, known) in enumerate(frames):
            if known == key and at < then + 60:
                return earlier_p, replayed(frames[: number + 1])
        frames.append((at, print_id, p, key))
        return p, replayed(frames)


def replayed(frames: list[Counted]) -> TemporalStatistics:
    """Return the statistics after all of these."""
    statistics, print_before = TemporalStatistics(), ""
    for _, print_id, p, _ in frames:
        if print_id != print_before:
            statistics = for_new_print(statistics)
        statistics, print_before = advance(statistics, p), print_id
    return statistics


@given(EVENTS)
def test_statistics_are_those_of_the_model(events: list[object]) -> None:
    async def run(folder: Path) -> None:
        now, model = 1e9, Model()

        def time() -> float:
            return now

        remaining = list(events)
        while True:
            async with printers_of(folder, now=time) as printers:
                while remaining:
                    event = remaining.pop(0)
                    if event == "restart":
                        break
                    if isinstance(event, str):
                        full = event == "disk full"
                        printers._database._connection.execute(
                            f"PRAGMA max_page_count = {1 if full else 2**30}"
                        )
                        continue
                    printer, print_id, p, number, later = event
                    now += later
                    key = f"{print_id}/{number}"
                    counted = await printers.advance("owner", printer, Look(print_id, p, key, now, now + 60))
                    expected_p, expected = model.answer(printer, print_id, p, key, now)
                    assert counted.p == expected_p
                    assert counted.statistics == expected
                else:
                    return
                printers._database._connection.execute(f"PRAGMA max_page_count = {2**30}")

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))
