"""What is fuzzed: a parser with the examples that its input begins from."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from .nearly import nearly


@dataclass(frozen=True)
class Parser:
    """`run` raises only where the parser broke."""

    run: Callable[[bytes], object]
    seeds: tuple[bytes, ...]


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
