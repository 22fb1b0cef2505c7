"""However slow the detector is, OctoPrint's event bus is never held up by this plugin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from octoprint_failwatch.printer.print_identity import SLACK
from tests.octoprint.lab import Lab, open_lab
from tests.patience import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

MOST = 0.005
METER = '''
import resource, sys, time
import octoprint.plugin, flask

class Meter(octoprint.plugin.StartupPlugin, octoprint.plugin.SimpleApiPlugin):
    """Measures how long FailWatch keeps each event.

    A thread that was ready all the time kept the bus for as long as it computed; how long it stood in line
    for a processor is the machine's doing. One that slept, for whatever it waited, kept it until it woke.
    """

    def on_after_startup(self):
        # Nobody is made to lend the interpreter out: a handler that loses it has given it away by itself.
        sys.setswitchinterval(1000)
        self.held = []
        watched = self._plugin_manager.get_plugin_info("failwatch").implementation
        take = watched.on_event

        def timed(event, payload):
            self.held.append(self._time(lambda: take(event, payload)))

        watched.on_event = timed

    def _time(self, handle):
        slept = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
        computed, began = time.thread_time(), time.perf_counter()
        handle()
        lasted, computed = time.perf_counter() - began, time.thread_time() - computed
        slept = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw - slept
        return lasted if slept else computed

    def is_api_protected(self):
        return True

    def on_api_get(self, request):
        asleep = self._time(lambda: time.sleep(0.05))
        return flask.jsonify(count=len(self.held), worst=max(self.held, default=0), asleep=asleep)

__plugin_name__ = "Meter"
__plugin_pythoncompat__ = ">=3.9,<4"
__plugin_implementation__ = Meter()
'''

SLOW = f'''
import time
import octoprint.plugin

class Slow(octoprint.plugin.EventHandlerPlugin):
    """Holds every event up that follows the start of a print of its own, as long as FailWatch may not mind."""

    def on_event(self, event, payload):
        if event == "PrintStarted" and payload["name"] == "held_up.gcode":
            time.sleep({SLACK} + 2)

__plugin_name__ = "A slow plugin"
__plugin_pythoncompat__ = ">=3.9,<4"
__plugin_implementation__ = Slow()
'''


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_lab(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    folder: Path = tmp_path_factory.mktemp("octoprint")
    (folder / "plugins").mkdir()
    (folder / "plugins" / "meter.py").write_text(METER)
    (folder / "plugins" / "a_slow_one.py").write_text(SLOW)
    async with open_lab(folder) as lab:
        yield lab


async def assert_never_held(lab: Lab, events: int) -> None:
    measured = await lab.octoprint.get("/api/plugin/meter")
    assert measured["asleep"] >= 0.05, "the meter sees who sleeps"
    assert measured["count"] > events
    assert measured["worst"] <= MOST


@pytest.mark.parametrize("seconds", [60, 100_000], ids=["slow", "never"])
async def test_a_detector_that_does_not_answer_holds_nobody_up(lab: Lab, seconds: float) -> None:
    lab.scene.answer_after = seconds
    for _ in range(3):
        lab.scene.asked.clear()
        await lab.print()
        await eventually(lambda: lab.scene.asked)
        await lab.octoprint.job("pause", "pause")
        await lab.until_printer("paused")
        await lab.octoprint.job("pause", "resume")
        await lab.until_printer("printing")
        await lab.octoprint.job("cancel")
        await lab.until_printer("ready")
    await lab.phase("idle")
    await assert_never_held(lab, 20)


async def test_a_print_whose_start_is_heard_of_late_is_switched_off_by_its_file_and_ends(lab: Lab) -> None:
    """Its commands keep their place behind its start, and it looks older at its end than it is known to be."""
    slow = "\n".join(["G4 P200"] * round(2 * SLACK * 5))
    await lab.print("held_up.gcode", f"G1 X1 Y1 E1\n@FAILWATCH off\n{slow}")
    state = await lab.until(lambda state: state["holds"] == ["command"])
    assert (state["phase"], state["print_name"]) == ("watching", "held_up.gcode")
    await lab.until_printer("ready")
    await lab.phase("idle")


async def test_a_webcam_that_hangs_holds_nobody_up(lab: Lab) -> None:
    lab.scene.camera = "hanging"
    await lab.print()
    state = await lab.until(lambda state: state["blind"] is not None)
    assert state["blind"]["reason"] in ("no_snapshot", "unavailable", "timed_out")
    await assert_never_held(lab, 0)
