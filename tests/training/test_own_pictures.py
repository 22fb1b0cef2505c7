"""A user's own pictures in training: which are failures, which belong together, and which may not be used."""

from pathlib import Path

import pytest
from PIL import Image

from training.recipe import split
from training.recipe.pictures import MARKED, SOURCES, ordinary, own


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder of data with a source of a user's own, of two prints, one of which failed."""
    (tmp_path / MARKED / "train/images").mkdir(parents=True)
    folder = tmp_path / "train/own/workshop"
    (folder / "images").mkdir(parents=True)
    (folder / "labels").mkdir()
    (folder / SOURCES).write_text("Taken by me, CC0.")
    for number, name in enumerate(("vase-001.jpg", "vase-002.jpg", "clip_7.png", "notes.txt")):
        Image.new("RGB", (40, 30), (60 * number, 0, 0)).save(folder / "images" / name, "PNG")
    (folder / "labels/vase-002.txt").write_text("0 0.5 0.5 0.2 0.4\n")
    (folder / "labels/vase-001.txt").write_text("0 0.5 0.5 0.1 0.1\n0 0.1 0.1 0.1 0.1\n")
    return tmp_path


def test_pictures_with_boxes_are_failures_and_numbers_make_a_print(data: Path) -> None:
    found = {picture.path.name: picture for picture in own(data)}
    assert set(found) == {"vase-001.jpg", "vase-002.jpg", "clip_7.png"}
    assert {name for name, picture in found.items() if picture.failed} == {"vase-001.jpg", "vase-002.jpg"}
    assert found["vase-002.jpg"].boxes == (pytest.approx((0.4, 0.3, 0.6, 0.7)),)
    assert {picture.group for picture in found.values()} == {"workshop/vase", "workshop/clip"}


def test_failures_are_fitted_on_and_good_prints_say_what_p_means(data: Path) -> None:
    assert [picture.path.name for picture in split.to_train(data)] == ["vase-001.jpg", "vase-002.jpg"]
    assert [picture.path.name for picture in ordinary(data)] == ["clip_7.png"]


def test_a_source_without_a_licence_is_refused(data: Path) -> None:
    (data / "train/own/workshop" / SOURCES).unlink()
    with pytest.raises(ValueError, match="under which licence"):
        split.to_train(data)


@pytest.mark.parametrize("name", ["vase-001.jpg", "clip_7.png"])
def test_a_picture_that_is_kept_for_measuring_is_refused(data: Path, name: str, monkeypatch) -> None:
    (picture,) = (one for one in own(data) if one.path.name == name)
    monkeypatch.setattr(split, "fixed", lambda: {"pictures": {split.digest(picture): name}})
    with pytest.raises(ValueError, match="is kept for measuring"):
        split.to_train(data)
