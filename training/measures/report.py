"""Format the figures as text for the terminal and as Markdown for the docs."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CARD = ROOT / "custom_components/failwatch/engine/detectors/built_in/MODEL_CARD.md"
PAGE = ROOT / "docs/detector.md"
README = ROOT / "README.md"
BEGIN, END = "<!-- detector figures: training/evaluate --write -->", "<!-- end of detector figures -->"
MEASURES = ("AUROC", "average precision", "recall at 1 % false positives", "recall at 5 % false positives")


def write_claims(found: dict[str, Any]) -> None:
    """Put the figures between the marks in every file that claims them."""
    for path, body in (
        (CARD, as_markdown(found, whole=True)),
        (PAGE, as_markdown(found, whole=False)),
        (README, headline(found)),
    ):
        text = path.read_text("utf-8") if path.exists() else ""
        if BEGIN in text and END in text:
            before, _, rest = text.partition(BEGIN)
            _, _, after = rest.partition(END)
            path.write_text(f"{before}{BEGIN}\n{body}\n{END}{after}", "utf-8")


def headline(found: dict[str, Any]) -> str:
    """Return what somebody wants to know before installing it, in two sentences."""
    mixed, time = found["single pictures"]["mixed"], found["over time"]
    failure = time["replayed, new printer"]["failwatch"]["failure"]
    recall = mixed["recall at 1 % false positives"]["value"]
    rate = failure["false alarms in 100 hours"]
    alarms = f"one false alarm in {100 / rate:.0f} hours of printing" if rate else "no false alarm"
    sentences = (
        f"Of the failures in {found['pictures']['evaluation pictures']} pictures that its training never saw, the",
        f"built-in detector finds {recall:.0%} where one good picture in a hundred is doubted.",
        f"In {time['prints']['replayed from real frames']} replayed prints FailWatch told {failure['found']:.0%} of the",
        f"failures, half of them within {failure['minutes to it, median']:.1f} minutes, with {alarms}.",
    )
    return textwrap.fill(" ".join(sentences), 118)


def as_markdown(found: dict[str, Any], *, whole: bool) -> str:
    """Return the figures as tables; without `whole` only those that a user asks for first."""
    lines = [*_pictures(found), "", *(_over_time(found, ("replayed, new printer",)) if not whole else [])]
    if whole:
        lines += [*_calibration(found), "", *_normal(found), "", *_rendered(found), ""]
        lines += _over_time(
            found, ("replayed, new printer", "replayed, printer in use", "simulated, new printer")
        )
        lines += ["", *_limits(found), "", *_lapses(found)]
    return "\n".join(lines).strip()


def as_text(found: dict[str, Any]) -> str:
    """Return the figures for a terminal."""
    return as_markdown(found, whole=True)


def _pictures(found: dict[str, Any]) -> list[str]:
    singles, counts = found["single pictures"], found["pictures"]
    out = counts["left out"]
    lines = [
        f"{counts['evaluation pictures']} pictures that training never saw. Left out: "
        + ", ".join(f"{number} {why}" for why, number in out.items())
        + ". In brackets: 95 % bootstrap intervals, whole prints drawn.",
        "",
        _apart(counts["apart"]),
        "",
        "| pictures | number | " + " | ".join(MEASURES) + " |",
        "|---|---|" + "---|" * len(MEASURES),
        _row("all", singles["mixed"]["failures"] + singles["mixed"]["good"], singles["mixed"]),
    ]
    lines += [_row(name, each["pictures"], each) for name, each in singles["by source"].items()]
    boxes = singles["boxes"]
    lines += [
        "",
        (
            f"Of {boxes['marked boxes']} boxes that people marked, {_share(boxes['recall at IoU 0.3'])} are met by one "
            f"of ours (intersection over union at least 0.3); {_share(boxes['pictures with a box found'])} of the "
            "marked pictures have one that is."
        ),
    ]
    return lines


def _apart(found: dict[str, Any]) -> str:
    alike = len(found["near-duplicates"])
    return (
        f"`training/duplicates`: {alike or 'none'} of them {'is' if alike < 2 else 'are'} like one of the "
        f"{found['pictures to train on']} pictures trained on or calibrated with; of 64 bits of the hash at least "
        f"{found['fewest bits of 64 that differ']} differ (up to 6 are taken for a copy), and the cosine of the "
        f"features is {found['largest cosine']:.3f} at most (0.88 is taken for one)."
    )


def _share(one: dict[str, float]) -> str:
    return f"{one['value']:.0%} ({one['low']:.0%} to {one['high']:.0%})"


def _row(name: str, number: int, figures: dict[str, Any]) -> str:
    cells = (
        f"{one['value']:.3f} ({one['low']:.2f} to {one['high']:.2f})"
        for one in (figures[m] for m in MEASURES)
    )
    return f"| {name} | {number} | " + " | ".join(cells) + " |"


def _calibration(found: dict[str, Any]) -> list[str]:
    calibration = found["single pictures"]["calibration"]
    error = calibration["expected calibration error"]
    chance = calibration["of a p that means what it says"]
    lines = [
        f"Expected calibration error {error['value']:.3f} ({error['low']:.3f} to {error['high']:.3f}); a p that means "
        f"exactly what it says would show {chance['value']:.3f} ({chance['low']:.3f} to {chance['high']:.3f}) on so "
        "few pictures. p of good pictures: "
        + ", ".join(f"{name} {value:.2f}" for name, value in calibration["p of good pictures"].items())
        + ".",
        "",
        "| mean p | share of failures | pictures |",
        "|---|---|---|",
    ]
    return lines + [
        f"| {one['p']:.2f} | {one['failures']:.2f} | {one['pictures']} |"
        for one in calibration["reliability"]
    ]


def _normal(found: dict[str, Any]) -> list[str]:
    normal = found["camera's normal"]
    return [
        (
            "Good webcam frames before and after the detector learned the camera's normal from the first half "
            f"of the print: mean p {normal['mean p before']:.3f} and {normal['mean p after']:.3f}, with p above "
            f"the limit for a doubt {normal['share in doubt before']:.1%} and {normal['share in doubt after']:.1%}."
        ),
    ]


def _rendered(found: dict[str, Any]) -> list[str]:
    rendered = found["rendered pairs"]
    if not rendered["scenes"]:
        return ["The rendered pairs are not at hand."]
    groups = [
        ("all", rendered["all"]),
        *((name, one) for by in ("by size", "by kind", "by light") for name, one in rendered[by].items()),
    ]
    return [
        (
            f"{rendered['scenes']} rendered scenes, each without and with mess; told from all scenes without, "
            "by light from those in the same light; the camera is learned from ten minutes of the same scene without. "
            "In brackets: 95 % intervals (Hanley and McNeil 1982):"
        ),
        "",
        (
            "| scenes with mess | number | AUROC | recall at 5 % false positives | above the same scene without "
            "| AUROC, camera learned |"
        ),
        "|---|---|---|---|---|---|",
        *(
            f"| {name} | {one['scenes']} | {one['AUROC']:.3f} ({one['AUROC, low']:.2f} to {one['AUROC, high']:.2f}) "
            f"| {one['recall at 5 % false positives']:.2f} "
            f"| {one['above the same scene without']:.0%} | {one['AUROC, camera learned']:.3f} |"
            for name, one in groups
        ),
    ]


def _over_time(found: dict[str, Any], settings: tuple[str, ...]) -> list[str]:
    time = found["over time"]
    lines = [
        (
            f"Over time, one look every {time['cadence']:.0f} s "
            f"({time['prints']['replayed from real frames']} prints replayed from real frames, "
            f"{time['prints']['simulated']} simulated, {time['prints']['hours without failure']:.0f} hours "
            "without failure):"
        ),
        "",
        "| prints | rules | level | found | minutes to it, median (90th percentile) | false alarms in 100 h |",
        "|---|---|---|---|---|---|",
    ]
    for setting in settings:
        for rules, each in time[setting].items():
            for level in ("maybe", "failure"):
                one = each[level]
                delay = "never"
                if one["minutes to it, median"] is not None:
                    delay = (
                        f"{one['minutes to it, median']:.1f} ({one['minutes to it, 90th percentile']:.1f})"
                    )
                lines.append(
                    f"| {setting} | {rules} | {level} | {one['found']:.0%} | {delay} "
                    f"| {one['false alarms in 100 hours']:.2f} |"
                )
    return lines


def _limits(found: dict[str, Any]) -> list[str]:
    lines = [
        (
            "Other limits for the rule set `failwatch`, on the replayed prints of new printers; the limit of "
            "`failure` is as much higher as it is by default:"
        ),
        "",
        "| limit of maybe | maybe: found | false alarms in 100 h | failure: found | false alarms in 100 h |",
        "|---|---|---|---|---|",
    ]
    for one in found["over time"]["limits, new printer"]:
        cells = (
            f"{one[level]['found']:.0%} | {one[level]['false alarms in 100 hours']:.2f}"
            for level in ("maybe", "failure")
        )
        lines.append(f"| {one['limit']:.2f} | " + " | ".join(cells) + " |")
    return lines


def _lapses(found: dict[str, Any]) -> list[str]:
    lapses = found["rendered time-lapses"]
    if not lapses["time-lapses"]:
        return ["Rendered time-lapses are not at hand: `training/time-lapses` renders them."]
    failing = lapses["failing"]
    lines = [
        (
            f"{lapses['time-lapses']} rendered time-lapses, {failing} of them failing, {lapses['looks']} looks, "
            f"{lapses['hours without failure']:.1f} hours without failure; each on a new printer and a new camera:"
        ),
        "",
        "| rules | level | found | looks from onset, median (longest) | mess then | false alarms | in so many prints |",
        "|---|---|---|---|---|---|---|",
    ]
    for rules, levels in lapses["rules"].items():
        for level, one in levels.items():
            delay, share = "never", ""
            if one["found"]:
                delay = f"{one['looks from onset, median']:.0f} ({one['looks from onset, longest']})"
                share = f"{one['share of the picture then, median']:.1%} of the picture"
            lines.append(
                f"| {rules} | {level} | {one['found']} of {failing} | {delay} | {share} "
                f"| {one['false alarms']} | {one['prints with a false alarm']} |"
            )
    single = (
        f"{name} {one['AUROC']:.3f} ({one['looks']} looks)" for name, one in lapses["single looks"].items()
    )
    return [
        *lines,
        "",
        "AUROC of single looks with mess against all looks without, by size: " + "; ".join(single) + ".",
    ]
