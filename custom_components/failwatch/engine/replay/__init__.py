"""Judge a series of p again: by other rules or at another cadence, as fast as the machine can.

    steps = read_csv(file)                          # or recorded(history, print_ids)
    for judged in replay(at_cadence(steps, 30), create_rules("failwatch")):
        print(judged.as_json())

Recorded prints replayed without rules of one's own come to the verdicts that were live.
"""

from .recorded import recorded
from .replay import Judged, Replayer, frame_as_json, replay
from .series import BadSeries, Began, Sample, Step, at_cadence, read_csv

__all__ = [
    "BadSeries",
    "Began",
    "Judged",
    "Replayer",
    "Sample",
    "Step",
    "at_cadence",
    "frame_as_json",
    "read_csv",
    "recorded",
    "replay",
]
