"""When a camera shows nothing or stands still: on either side of every limit."""

import pytest

from octoprint_failwatch.engine.imaging.visibility import (
    THUMBNAIL,
    FreezeCounter,
    PictureDigest,
    VisibilityLimits,
    follow,
    is_dark,
    is_frozen,
)

LIMITS = VisibilityLimits()
SIZE = THUMBNAIL * THUMBNAIL


def shown(number: int, grey: int = 100, corner: int = 100) -> PictureDigest:
    """Return a picture of one grey whose last part is another; the number stands for its bytes."""
    return PictureDigest(number.to_bytes(32, "big"), bytes([grey] * (SIZE - 1) + [corner]))


def after(*pictures: PictureDigest) -> FreezeCounter:
    counter = FreezeCounter()
    for picture in pictures:
        counter = follow(counter, picture)
    return counter


def test_one_grey_level_is_noise_and_two_are_a_change() -> None:
    """Somewhere in the picture is enough, and it may grow darker as well as brighter."""
    for corner, same in ((100, 1), (101, 1), (99, 1), (102, 0), (98, 0)):
        assert after(shown(0), shown(1, corner=corner)).same_picture == same


@pytest.mark.parametrize("number", range(1, 6))
def test_the_same_bytes_count_and_other_bytes_begin_anew(number: int) -> None:
    counter = after(*[shown(7)] * number)
    assert counter.same_bytes == number - 1
    assert is_frozen(counter, LIMITS) is (number - 1 >= LIMITS.frozen_after)
    assert follow(counter, shown(8)).same_bytes == 0


def test_a_still_picture_in_other_bytes_takes_longer() -> None:
    pictures = [shown(number, corner=100 + number % 2) for number in range(LIMITS.still_after + 1)]
    assert not is_frozen(after(*pictures[:-1]), LIMITS)
    assert is_frozen(after(*pictures), LIMITS)
    moved = after(*pictures, shown(99, corner=150))
    assert (moved.same_picture, is_frozen(moved, LIMITS)) == (0, False)


def test_a_picture_is_dark_only_without_light_and_without_contrast() -> None:
    lit = round(LIMITS.dark_contrast * 255) + 1
    assert is_dark(shown(0, grey=10, corner=10), LIMITS)
    assert is_dark(shown(0, grey=0, corner=lit - 2), LIMITS)
    assert not is_dark(shown(0, grey=0, corner=lit), LIMITS), "a lamp in the dark shows something"
    assert not is_dark(shown(0, grey=16, corner=16), LIMITS), "dim, and even, is no night"
    assert shown(0, grey=51, corner=51).brightness == pytest.approx(0.2)
    assert shown(0, grey=51, corner=102).contrast == pytest.approx(0.2)
