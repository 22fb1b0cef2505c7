"""Write the report as one HTML file beside a folder of pictures; it loads nothing from elsewhere."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from .camera import Cells, Finding
from .heat_layer import layer

MARK = "<!-- failwatch detect --report -->"
STYLE = """
:root { color-scheme: light dark; --line: #d5d9de; --dim: #59636e; --ground: #fff; --card: #f5f7f9; --text: #1c2228;
  --bad: #b3261e; --doubt: #8a5a00; --good: #1a7037 }
@media (prefers-color-scheme: dark) {
  :root { --line: #3a424b; --dim: #a3adb8; --ground: #14181c; --card: #1e242a; --text: #e8ecf0;
    --bad: #ff8a80; --doubt: #ffc257; --good: #7ddc95 }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 68rem; padding: 1rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .5rem } h2 { font-size: 1.15rem; margin: 0 }
.dim { color: var(--dim) } .bad { color: var(--bad) } .doubt { color: var(--doubt) } .good { color: var(--good) }
.key i { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin: 0 .3em 0 .8em }
section { margin: 1.5rem 0 } .camera { border-left: .35rem solid; padding: .6rem .9rem; background: var(--card) }
.camera p { margin: .3rem 0 0; color: var(--text) }
.pictures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 28rem), 1fr));
  margin-top: 1rem }
figure { margin: 0; border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; background: var(--card) }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1px } .pair > * { position: relative; min-width: 0 }
.pair img { display: block; width: 100%; height: auto }
.pair .over { position: absolute; inset: 0; height: 100% } .grey { filter: grayscale(1) brightness(.8) }
figcaption { padding: .5rem .75rem } figcaption b { font-size: 1.15rem; font-variant-numeric: tabular-nums }
meter { width: 100%; height: .6rem; display: block; margin-top: .2rem }
@media (max-width: 30rem) { .pair { grid-template-columns: 1fr } }
"""
SAYS = {
    Finding.QUIET: "Nothing looks suspicious in any picture. FailWatch can work with this camera.",
    Finding.NORMAL: (
        "What looks suspicious is in most pictures, in the same place: a cable, a light or a bag, for example. "
        "FailWatch learns that while prints go well."
    ),
    Finding.SINGLE: (
        "Some pictures show what the others do not: a failure, or something that comes and goes, such as a "
        "cable on the print head."
    ),
    Finding.HARD: (
        "If these prints went well, this camera is hard to watch: too many pictures look suspicious. Look where "
        "it is red or blue: take such things out of the picture, ignore that part in the settings, or move the "
        "camera nearer to the print. If they failed, the detector does what it should."
    ),
    Finding.UNKNOWN: (
        "There are too few pictures to tell what this camera always shows. Give ten or more of a print that "
        "went well."
    ),
}
TONES = {Finding.QUIET: "good", Finding.NORMAL: "good", Finding.HARD: "bad"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture on the page: its name, its file beside the page, its size in pixels, p, and where it is hot."""

    name: str
    file: str
    size: tuple[int, int]
    p: float
    boxes: int
    normal: float = 0.0
    cells: Cells | None = None


@dataclass(frozen=True, slots=True)
class CameraSheets:
    """The pictures of a folder that have the same shape, and what they say of the camera."""

    name: str
    finding: Finding
    sheets: Sequence[Sheet]


def page(
    cameras: Sequence[CameraSheets], unanswered: Sequence[tuple[str, str]], maybe: float, failure: float
) -> str:
    """Return the page, cameras as given and the most suspicious pictures of each first."""
    number = sum(len(one.sheets) for one in cameras)
    heat = any(sheet.cells for one in cameras for sheet in one.sheets)
    parts = [
        f'<!doctype html>\n{MARK}\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>FailWatch: what the detector sees</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        f"<h1>What the detector sees</h1>\n<p>{_count(number, 'picture')}. {_scale(maybe, failure)}</p>",
        _key() if heat else "",
        *(_camera(one, maybe, failure) for one in cameras),
        _unanswered(unanswered),
        "</body>\n</html>\n",
    ]
    return "\n".join(part for part in parts if part)


def _scale(maybe: float, failure: float) -> str:
    return (
        f"p is 0 for no sign of failure and 1 for certain; {maybe:.2f} looks suspicious, {failure:.2f} like a "
        "failure. One picture proves little: FailWatch judges a series of them."
    )


def _key() -> str:
    return (
        '<p class="key dim">First the picture, with boxes around what was found, then where it looks like a mess.'
        '<i style="background:#e2261c"></i>stands out<i style="background:#286eff"></i>'
        "most other pictures show it there too</p>"
    )


def _camera(one: CameraSheets, maybe: float, failure: float) -> str:
    tone = TONES.get(one.finding, "doubt")
    suspicious = sum(sheet.p >= maybe for sheet in one.sheets)
    left = sum(sheet.p - sheet.normal >= maybe for sheet in one.sheets)
    counted = f"{suspicious} of {_count(len(one.sheets), 'picture')} suspicious"
    if suspicious > left:
        counted += f", {left} without what is always there"
    ordered = sorted(one.sheets, key=lambda sheet: (_order(sheet), sheet.name))
    return (
        f'<section>\n<div class="camera {tone}"><h2>{html.escape(one.name)}: {counted}</h2><p>{SAYS[one.finding]}</p></div>\n'
        '<div class="pictures">\n'
        + "\n".join(_figure(sheet, maybe, failure) for sheet in ordered)
        + "\n</div>\n</section>"
    )


def _order(sheet: Sheet) -> float:
    """Return the key that puts what stands out before what is normal for the camera."""
    return -(sheet.p - sheet.normal) - 0.001 * sheet.p


def _figure(sheet: Sheet, maybe: float, failure: float) -> str:
    tone = "bad" if sheet.p >= failure else "doubt" if sheet.p >= maybe else "good"
    source, (width, height) = html.escape(quote(sheet.file)), sheet.size
    shown = f'src="{source}" width="{width}" height="{height}" loading="lazy"'
    photograph = f'<img {shown} alt="{html.escape(sheet.name)}, with {_count(sheet.boxes, "box", "boxes")}">'
    pictures = photograph
    if sheet.cells:
        over = f'<img class="over" src="{layer(sheet.cells)}" alt="Where it looks like a mess">'
        pictures = (
            f'<div class="pair"><div>{photograph}</div>'
            f'<div><img class="grey" {shown} alt="">{over}</div></div>'
        )
    else:
        pictures = f'<div class="pair" style="grid-template-columns:1fr"><div>{photograph}</div></div>'
    rest = ""
    if sheet.normal >= 0.005:
        rest = (
            f' <span class="dim">of which {sheet.normal:.2f} is in the other pictures too, '
            f"{sheet.p - sheet.normal:.2f} stands out</span>"
        )
    return (
        f'<figure>{pictures}<figcaption><b class="{tone}">p {sheet.p:.2f}</b>{rest}'
        f'<meter min="0" max="1" low="{maybe}" high="{failure}" optimum="0" value="{min(sheet.p, 1):.3f}" '
        f'aria-label="p"></meter><span class="dim">{html.escape(sheet.name)}</span></figcaption></figure>'
    )


def _unanswered(files: Sequence[tuple[str, str]]) -> str:
    if not files:
        return ""
    rows = "".join(f"<li>{html.escape(name)}: {html.escape(why)}</li>" for name, why in files)
    return f'<section><h2 class="bad">Without an answer</h2><ul>{rows}</ul></section>'


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
