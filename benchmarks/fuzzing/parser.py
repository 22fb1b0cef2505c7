"""What is fuzzed: a parser with the examples that its input begins from."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from .nearly import MOST_BYTES, nearly


@dataclass(frozen=True)
class Parser:
    """`run` raises only where the parser broke."""

    run: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    longest: int = MOST_BYTES
    """Bytes of its longest case: longer ones take more time and reach nothing else."""


def json_parser(read: Callable[[Any], object], *examples: Any) -> Parser:
    """Return what reads values that are nearly the examples."""

    def run(data: bytes) -> None:
        read(nearly(examples, data))

    return Parser(run, tuple(bytes([number]) for number in range(len(examples))))


def each(*reads: Callable[[Any], object], may_raise: type[Exception]) -> Callable[[Any], None]:
    """Return what lets several readers read the same."""

    def run(value: Any) -> None:
        for read in reads:
            with suppress(may_raise):
                read(value)

    return run
