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
    assert (await lab.order("forget_usual", camera=""))["cameras"] == []
    assert (await lab.order("usual"))["cameras"] == []
