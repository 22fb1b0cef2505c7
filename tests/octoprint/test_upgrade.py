"""An installed 0.1.0 becomes this release and loses nothing: settings, names, state, history, what was learned.

`data/version_0_1_0` was written by that version on a real OctoPrint: four prints of which one was labelled failed and
one good, the last under way and paused by FailWatch. Pictures are made smaller.
"""

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.octoprint.lab import Lab, open_lab
from tests.patience import eventually

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.one_octoprint]

DATA = Path(__file__).parent / "data" / "version_0_1_0"
TOLD = json.loads((DATA / "told.json").read_text())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_lab(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    folder = tmp_path_factory.mktemp("octoprint")
    shutil.copytree(DATA, folder / "data" / "failwatch")
    settings = json.loads((DATA / "settings.json").read_text())
    # The service of then is gone; the lab has one of its own.
    del settings["detector"]
    async with open_lab(folder, **settings) as lab:
        yield lab


def kept(before: Any, after: Any) -> bool:
    """Return whether what was there is still there; more may have come."""
    if isinstance(before, dict):
        return all(key in after and kept(value, after[key]) for key, value in before.items())
    return bool(before == after)


async def test_settings_are_as_they_were(lab: Lab) -> None:
    settings = (await lab.octoprint.get("/api/settings"))["plugins"]["failwatch"]
    before = {key: value for key, value in TOLD["settings"].items() if key not in ("detector", "set_up")}
    assert {key for key, value in before.items() if not kept(value, settings[key])} == set()
    stored = (lab.octoprint.folder / "config.yaml").read_text()
    assert "json://user:secret@127.0.0.1:9/hook" in stored, (
        "where messages are sent to is told to nobody, and kept"
    )


async def test_installation_and_printer_keep_their_names(lab: Lab) -> None:
    installation = json.loads((DATA / "installation.json").read_text())
    told = await lab.failwatch()
    assert told["uuid"] == installation["uuid"]
    assert told["state"]["printer_id"] == installation["printers"]["_default"]


async def test_prints_labels_and_pictures_are_there(lab: Lab) -> None:
    prints = (await lab.octoprint.get("/plugin/failwatch/prints"))["prints"]
    after = {record["print_id"]: record for record in prints}
    for record in TOLD["prints"]:
        # The one that was under way is over: OctoPrint was stopped.
        ends = {"ended_at", "outcome"} if record["ended_at"] is None else set()
        before = {key: value for key, value in record.items() if key not in ends}
        assert kept(before, after[record["print_id"]]), record["name"]
    assert {record["label"]["failed"] for record in after.values() if record["label"]} == {True, False}


async def test_what_was_learned_of_the_printer_goes_on(lab: Lab) -> None:
    (file,) = DATA.glob("printer-*.json")
    memory = json.loads(file.read_text())["memory"]
    await lab.print()
    state = await lab.looked()
    statistics = state["memory"]["statistics"]
    lifetime = memory["statistics"]["prediction_num_lifetime"]
    assert statistics["prediction_num_lifetime"] == lifetime + statistics["prediction_num"]
    assert state["memory"]["trend"]["baseline"] == pytest.approx(memory["trend"]["baseline"], abs=0.01)
    assert state["memory"]["trend"]["learned"] >= memory["trend"]["learned"]


async def test_what_was_learned_of_the_camera_is_there(lab: Lab) -> None:
    await lab.set(detector={"kind": "built_in"})
    (before,) = TOLD["baselines"]
    usual = await eventually(lambda: lab.order("usual"), lambda usual: bool(usual["cameras"]))
    (camera,) = usual["cameras"]
    assert (camera["columns"], camera["rows"]) == (before["columns"], before["rows"])
    assert camera["frames"] >= before["frames"]
