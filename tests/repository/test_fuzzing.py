"""What benchmarks/fuzz feeds to every parser without end: some of it in every run, without atheris."""

import random

import pytest

from benchmarks.fuzzing.parsers import PARSERS


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_takes_whatever_comes(name: str) -> None:
    drawn = random.Random(name)
    for seed in PARSERS[name].seeds:
        PARSERS[name].run(seed)
    for _ in range(60):
        seed = bytearray(drawn.choice(PARSERS[name].seeds))
        for _ in range(drawn.randrange(1, 12)):
            seed.insert(drawn.randrange(len(seed) + 1), drawn.randrange(256))
        PARSERS[name].run(bytes(seed))
