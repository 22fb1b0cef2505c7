"""The recorded history of a real print, replayed, gives bit for bit the verdicts that were live."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from octoprint_failwatch.engine.history import History
from octoprint_failwatch.engine.history.exchange import read_zip
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.replay import recorded, replay
from tests.octoprint.lab import Lab
from tests.patience import eventually

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.one_octoprint]


async def test_a_print_with_everything_in_it(lab: Lab, tmp_path: Path) -> None:
    """An alarm denied, other rules, a snooze, a mute, a pause and a failure in one print."""
    scene = lab.scene
    await lab.set(on_failure="notify")
    await lab.print("replayed.gcode")
    await lab.looked(4)
    scene.p = 0.9
    await lab.until(lambda state: state["latch"]["level"] == "failure")
    await lab.order("acknowledge", answer="not_a_failure")
    scene.p = 0.3
    number = (await lab.state())["look"]["number"]
    await lab.looked(number + 4)
    await lab.order("rules", numbers={"failure": 0.45})
    await lab.looked(number + 8)
    await lab.order("snooze", seconds=40)
    await lab.order("mute", muted=True)
    await lab.looked(number + 12)
    await lab.order("mute", muted=False)
    await lab.octoprint.job("pause", action="pause")
    await lab.phase("paused")
    await lab.octoprint.job("pause", action="resume")
    scene.p = 1.9
    await lab.until(lambda state: state["latch"]["level"] == "failure")
    await lab.idle()
    await lab.order("rules", numbers={"failure": 0.6})

    async def newest() -> dict[str, object]:
        return dict((await lab.octoprint.get("/plugin/failwatch/prints"))["prints"][0])

    record = await eventually(newest, lambda record: record["outcome"] == "cancelled")
    address = f"{lab.octoprint.url}/plugin/failwatch/prints/{record['print_id']}.zip"
    headers = {"X-Api-Key": lab.octoprint.key}
    async with lab.octoprint._session.get(address, headers=headers) as answer:
        archive = io.BytesIO(await answer.read())
    history = History(tmp_path / "copy.db")
    assert read_zip(history, archive) == 1
    print_id = str(record["print_id"])
    live = [
        (frame.look.at, frame.look.statistics, frame.look.verdict, frame.level)
        for frame in history.frames(print_id)
    ]
    again = [
        (one.at, one.statistics, one.verdict, one.level) for one in replay(recorded(history, [print_id]))
    ]
    history.close()
    assert len(live) > 20
    assert {level for *_, level in live} >= {Level.NONE, Level.FAILURE}
    assert again == live
