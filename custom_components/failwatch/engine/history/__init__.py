"""Recorded prints: frames, verdicts, settings, answers, labels and some pictures.

One SQLite file (`History`) serves all printers of a host. A `Recorder` stands behind one watch's
sink and keeps what replaying needs to come to the very same verdicts: the memory that the print
started with, every setting in force, every frame's answer, and every answer of the user, in order.

    history = History.of_host(folder / "history.db", Retention(megabytes=500))
    recorder = Recorder(history, watch.state, RecordedSettings.of(settings, "built_in"), source="octoprint", clock=clock)
    def sink(state, events):                       # on the watch's loop
        recorder.record(state, events, watch.frames)   # returns at once; a thread of its own writes

    history.prints(printer_id=None, limit=50)      # newest first, with outcome, level, label
    history.frames(print_id)                       # iterator of FrameRecord (id, look, level, cameras)
    history.entries(print_id)                      # what else happened, for marks in a filmstrip
    history.standing(printer_id)                   # what the last print left, for hosts without own state
    history.picture(frame_id, camera)              # JPEG bytes or None
    history.label(print_id, Label(failed=True, failed_from=frame.look.at))     # None takes it back
    history.forget(print_id); history.size(); history.settle(); history.close()
    exchange.write_csv(history, print_id, file)    # exchange: zip with frames, and back
    exchange.write_zip(history, [print_id], file); exchange.read_zip(history, file)

A watch that is made anew (changed settings, restart of the host) gets a new `Recorder` with the state
that the watch gets. All but `record` may wait for the disk: not for an event loop.
"""

from .recorder import Recorder
from .records import Alarm, Entry, EntryKind, FrameRecord, Label, PrintRecord, RecordedSettings
from .retention import Retention
from .store import History, HistoryError

__all__ = [
    "Alarm",
    "Entry",
    "EntryKind",
    "FrameRecord",
    "History",
    "HistoryError",
    "Label",
    "PrintRecord",
    "RecordedSettings",
    "Recorder",
    "Retention",
]
