"""OctoPrint is killed in the middle of a print, and started again."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from importlib.metadata import version
from typing import Any

import pytest
import pytest_asyncio

from tests.octoprint.card_printer import CardPrinter
from tests.octoprint.lab import Lab, open_lab
from tests.patience import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def printer() -> Iterator[CardPrinter]:
    printer = CardPrinter()
    yield printer
    printer.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def card_lab(tmp_path_factory: pytest.TempPathFactory, printer: CardPrinter) -> AsyncIterator[Lab]:
    async with open_lab(tmp_path_factory.mktemp("octoprint"), port=printer.port) as lab:
        yield lab


@pytest.mark.skipif(
    version("octoprint") == "2.0.0rc7",
    reason="OctoPrint 2.0.0rc7 takes a card file's path apart at a slash that it lacks, and disconnects",
)
async def test_a_print_from_the_card_goes_on_with_id_statistics_and_history(
    card_lab: Lab, printer: CardPrinter
) -> None:
    lab = card_lab
    printer.start_from_panel()
    await lab.looked(5)
    lab.scene.p = 0.3
    await lab.looked(9)
    lab.scene.p = 0.02  # from here on the mean falls, whenever the kill comes
    before = await lab.looked(12)
    await asyncio.to_thread(lab.octoprint.program.kill)
    await lab.octoprint.start()
    await lab.connect(printer.port)
    printer.announce()
    after = await lab.until(
        lambda state: state["phase"] == "watching" and state["look"]["number"] > before["look"]["number"]
    )
    assert after["print_id"] == before["print_id"]
    assert after["print_name"] == before["print_name"]
    assert after["started_at"] == before["started_at"]
    means = [state["look"]["statistics"]["rolling_mean_long"] for state in (before, after)]
    assert 0.5 * means[0] < means[1] < means[0], "the means go on from where they were"

    async def record() -> dict[str, Any]:
        return dict((await lab.octoprint.get("/plugin/failwatch/prints"))["prints"][0])

    kept = await eventually(record, lambda record: record["frames"] >= after["look"]["number"])
    assert kept["print_id"] == before["print_id"]
    frames = (await lab.octoprint.get(f"/plugin/failwatch/prints/{kept['print_id']}"))["frames"]
    assert len(frames) >= after["look"]["number"]


async def test_a_print_from_upload_ends_with_octoprint_and_is_another_print_afterwards(lab: Lab) -> None:
    await lab.print("tower.gcode")
    before = await lab.looked(3)

    async def kept() -> dict[str, dict[str, Any]]:
        """Return the prints by id; their order means nothing where a clock that ran faster began again."""
        prints = (await lab.octoprint.get("/plugin/failwatch/prints"))["prints"]
        return {one["print_id"]: one for one in prints}

    # What is written in the background lags a little behind what is shown.
    await lab.looked(5)
    await eventually(kept, lambda prints: prints.get(before["print_id"], {"frames": 0})["frames"] >= 5)
    await asyncio.to_thread(lab.octoprint.program.kill)
    await lab.octoprint.start()
    state = await lab.state()
    assert (state["phase"], state["blind"]) == ("idle", None), "nothing is printed any more"
    await lab.octoprint.connect_printer()
    await lab.until_printer("ready")
    await lab.print("tower.gcode")
    after = await lab.looked()
    assert after["print_id"] != before["print_id"]
    assert after["printer_id"] == before["printer_id"]
    counts = [state["look"]["statistics"]["prediction_num_lifetime"] for state in (before, after)]
    assert counts[1] > counts[0], "what was learned of the printer is still known"
    prints = await eventually(kept, lambda prints: after["print_id"] in prints)
    assert prints[before["print_id"]]["ended_at"] is not None, "it is known to be over"
    assert prints[after["print_id"]]["ended_at"] is None
    frames = (await lab.octoprint.get(f"/plugin/failwatch/prints/{before['print_id']}"))["frames"]
    assert len(frames) >= 5
