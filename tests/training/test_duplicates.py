"""Near-duplicates: what is measured on must be like nothing that was trained on."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from training.recipe.duplicates import SAME_FEATURES, SAME_HASH, difference_hash, likeness, looks


def picture(seed: int) -> Image.Image:
    """Return a picture of shapes that no other seed has."""
    chance = np.random.default_rng(seed)
    image = Image.new("RGB", (320, 240), tuple(chance.integers(0, 255, 3)))
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y, width, height = chance.integers(0, 240, 4)
        draw.rectangle((x, y, x + width / 2, y + height / 2), fill=tuple(chance.integers(0, 255, 3)))
    return image


def copied(image: Image.Image) -> Image.Image:
    """Return a picture as it comes back from a website: smaller, brighter, compressed."""
    out = io.BytesIO()
    ImageEnhance.Brightness(image).enhance(1.15).resize((200, 150)).save(out, "JPEG", quality=40)
    return Image.open(out).convert("RGB")


def colours(image: np.ndarray) -> np.ndarray:
    """Stand for a net that sees colours and nothing else."""
    return np.histogram(image, 16, (0, 256))[0].astype(np.float32)


def seen(images: list[Image.Image], describe=colours):
    return looks((np.asarray(image) for image in images), describe)


def test_a_copy_is_found_among_others_and_another_picture_is_not():
    trained = seen([picture(seed) for seed in range(40)])
    near = likeness(seen([copied(picture(7)), picture(100), picture(101)]), trained)
    assert near.by_hash.tolist() == [True, False, False]
    assert near.bits[0] <= SAME_HASH < near.bits[1:].min()


@pytest.mark.parametrize("seed", range(10))
def test_a_hash_stands_for_what_is_seen_and_not_for_the_file(seed):
    first, second = (difference_hash(np.asarray(one)) for one in (picture(seed), copied(picture(seed))))
    assert (first ^ second).bit_count() <= SAME_HASH


def test_a_mirrored_copy_that_the_hash_misses_is_found_by_its_features():
    trained = seen([picture(seed) for seed in range(10)])
    near = likeness(seen([picture(3).transpose(Image.Transpose.FLIP_LEFT_RIGHT)]), trained)
    assert not near.by_hash[0]
    assert near.cosines[0] >= SAME_FEATURES
    assert near.by_features[0]
    assert near.either[0]


def test_a_picture_without_any_feature_is_like_none():
    other = seen([picture(2)], lambda _: np.ones(4))
    assert likeness(seen([picture(1)], lambda _: np.ones(4)), other).either[0]
    near = likeness(seen([picture(1)], lambda _: np.zeros(4)), other)
    assert near.cosines[0] == 0
    assert not near.either[0]
