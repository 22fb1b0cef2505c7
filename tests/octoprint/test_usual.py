"""What the built-in detector learns of a camera is shown, and forgotten on demand; on a real OctoPrint."""

import pytest

from tests.octoprint.lab import Lab
from tests.patience import eventually

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.one_octoprint]


async def test_a_service_learns_nothing_here(lab: Lab) -> None:
    assert (await lab.order("usual"))["cameras"] == []
    assert (await lab.order("forget_usual", camera=""))["cameras"] == []


async def test_what_is_usual_is_learned_shown_and_forgotten(lab: Lab) -> None:
    await lab.set(detector={"kind": "built_in"})
    await lab.print()
    found = await eventually(
        lambda: lab.order("usual"),
        lambda usual: any(camera["frames"] > 2 for camera in usual["cameras"]),
    )
    await lab.idle()
    assert [camera["name"] for camera in found["cameras"]] == [""]
    (camera,) = (await lab.order("usual"))["cameras"]
    columns, rows = camera["columns"], camera["rows"]
    assert columns > rows > 5
    assert all(0 <= column < columns and 0 <= row < rows for column, row, _ in camera["cells"])
    assert len(camera["cells"]) == round(camera["hidden"] * columns * rows)
    assert (await lab.order("forget_usual", camera="another"))["cameras"] == [camera]
    # What was learned in a print that failed is no longer known, though the label came after its end.
    newest = (await lab.octoprint.get("/plugin/failwatch/prints"))["prints"][0]
    await lab.order("label", print_id=newest["print_id"], failed=False)
    assert (await lab.order("usual"))["cameras"] == [camera]
    await lab.order("label", print_id=newest["print_id"], failed=True)
    await eventually(
        lambda: lab.order("usual"),
        lambda usual: [one["frames"] for one in usual["cameras"]] in ([], [0]),
    )
    assert (await lab.order("forget_usual", camera=""))["cameras"] == []
    assert (await lab.order("usual"))["cameras"] == []
