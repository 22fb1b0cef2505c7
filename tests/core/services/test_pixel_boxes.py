"""Where the boxes of a service begin and end in the picture that it was asked about."""

import io

import pytest
from PIL import Image

from octoprint_failwatch.engine.clients.obico import Found
from octoprint_failwatch.engine.detectors.pixel_boxes import boxes_of, share
from octoprint_failwatch.engine.errors import BadAnswer


def jpeg(size: tuple[int, int], orientation: int = 1) -> bytes:
    image, out = Image.new("RGB", size), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (200, 100)), (3, (200, 100)), (5, (100, 200)), (8, (100, 200))]
)
async def test_a_box_lies_around_its_centre_in_the_upright_picture(
    orientation: int, size: tuple[int, int]
) -> None:
    found = Found(label="failure", score=0.5, x_center=50, y_center=30, width=40, height=20)
    (box,) = await boxes_of([found], jpeg(size, orientation))
    assert (box.x_min, box.x_max) == (0.15, 0.35)
    assert (box.y_min, box.y_max) == (0.2, 0.4)
    assert (box.score, box.label) == (0.5, "failure")


def test_an_edge_may_lie_one_picture_outside_and_is_cut_off_there() -> None:
    assert [share(pixels, 100) for pixels in (-100, -1, 0, 25, 100, 101, 200)] == [0, 0, 0, 0.25, 1, 1, 1]
    for pixels in (-100.1, 200.1, float("nan"), float("inf")):
        with pytest.raises(BadAnswer):
            share(pixels, 100)
