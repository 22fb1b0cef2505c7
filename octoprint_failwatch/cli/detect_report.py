"""The report of `failwatch detect`: a page with each picture, where it is hot, and what is always there."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = "index.html"
STYLE = """body { font: 15px system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em }
figure { margin: 0 0 2em; border-top: 1px solid #ccc; padding-top: 1em }
img { width: 49%; vertical-align: top } figcaption { margin: .4em 0 .8em } .sure { color: #b00; font-weight: bold }"""
SURE = 0.6
"""p from which a picture stands out on the page; only colour depends on it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture on the page: its name, the files beside the page that show it, and p.

    `p_beyond_usual` is p without what the other pictures show as well, where that is known.
    """

    name: str
    tagged: str
    heated: str | None
    p: float
    p_beyond_usual: float | None


def write_page(folder: Path, entries: Sequence[Entry]) -> Path:
    """Write the page, the picture with the highest p first, and return its path."""
    ordered = sorted(entries, key=lambda entry: -entry.p)
    page = folder / PAGE
    page.write_text(
        "<!doctype html>\n<html lang=en><meta charset=utf-8><title>FailWatch: what the detector sees</title>\n"
        f"<style>{STYLE}</style>\n<h1>What the detector sees</h1>\n<p>{_explanation(entries)}</p>\n"
        + "\n".join(map(_figure, ordered))
        + "\n</html>\n",
        "utf-8",
    )
    return page


def _explanation(entries: Sequence[Entry]) -> str:
    pictures = f"{len(entries)} picture{'' if len(entries) == 1 else 's'}, the most doubtful first. "
    if all(entry.heated is None for entry in entries):
        return pictures + "The service that answered does not tell where a picture is hot."
    return pictures + (
        "On the right, red is what looks like a mess. If most pictures of good prints are red in the same "
        "place, ignore that part of the picture, or move the camera: cables, lights and tools look alike to "
        "the detector. The second number is p without what the other pictures of the same shape show as well."
    )


def _figure(entry: Entry) -> str:
    beyond = (
        "" if entry.p_beyond_usual is None else f", {entry.p_beyond_usual:.2f} without what is always there"
    )
    sure = " class=sure" if entry.p >= SURE else ""
    images = [file for file in (entry.tagged, entry.heated) if file is not None]
    return (
        f"<figure><figcaption><span{sure}>{entry.p:.2f}</span>{beyond}: {html.escape(entry.name)}</figcaption>"
        + "".join(f'<img src="{html.escape(file)}" alt="">' for file in images)
        + "</figure>"
    )
