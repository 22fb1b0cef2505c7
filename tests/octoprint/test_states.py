"""What the tab, the box beside it and the light say in each state of the watch, on a PC's and on a phone's screen.

With FAILWATCH_ALBUM=FOLDER a picture of each is left there, to look at.
"""

from __future__ import annotations

import asyncio
import copy
import gettext
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.octoprint.browsing import TAB, WIDER, open_tab
from tests.octoprint.lab import Lab

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.one_octoprint]

State = dict[str, Any]
GERMAN = gettext.translation(
    "messages", Path(__file__).parents[2] / "octoprint_failwatch" / "translations", ["de"]
)
ALBUM = os.environ.get("FAILWATCH_ALBUM")
SCREENS = {"": (1180, 1000), "-phone": (390, 844)}
TELL = """([state, told]) => {
    const model = ko.dataFor(document.querySelector("#tab_plugin_failwatch"));
    model.onDataUpdaterPluginMessage("failwatch", {
        type: "update", clock_speed: 1, watching: true, rules: model.live.rules(),
        pictures: model.live.pictures(), state: state, ...told
    });
}"""
SILENT = {
    "rule": "quiet",
    "level": "none",
    "score": 0.01,
    "usual": 0.02,
    "limit": 0.6,
    "reason": "",
    "margin": 0,
}


def verdict(level: str, rule: str, score: float) -> State:
    return SILENT | {"rule": rule, "level": level, "score": score}


def good(state: State, now: float) -> None:
    state["look"]["verdict"] = SILENT
    state["next_look_at"] = now + 8


def early(state: State, _now: float) -> None:
    state["look"]["verdict"] = verdict("none", "warm_up", 0.0)


def suspicious(state: State, now: float) -> None:
    state["look"] |= {"p": 0.52, "verdict": verdict("maybe", "rising", 0.41)}
    state["look"]["statistics"]["ewm_mean"] = 0.43
    state["latch"] |= {"level": "maybe", "since": now - 25, "verdict": state["look"]["verdict"]}


def failure(state: State, now: float) -> None:
    state["look"] |= {"p": 0.91, "verdict": verdict("failure", "high", 0.71)}
    state["look"]["statistics"]["ewm_mean"] = 0.73
    state["look"]["views"][0]["boxes"] = [
        {"x_min": 0.3, "y_min": 0.45, "x_max": 0.72, "y_max": 0.86, "score": 0.91, "label": "failure"}
    ]
    state["latch"] |= {"level": "failure", "since": now - 95, "verdict": state["look"]["verdict"]}


def snoozed(state: State, now: float) -> None:
    failure(state, now)
    state["snoozed_until"] = now + 415


def blind(reason: str, detail: str) -> Callable[[State, float], None]:
    def change(state: State, now: float) -> None:
        state |= {"phase": "blind", "failed_looks": 4, "next_look_at": now + 12}
        state["look"]["at"] = now - 100
        state["blind"] = {"reason": reason, "detail": detail, "since": now - 95, "accepted": False}

    return change


def blind_over_failure(state: State, now: float) -> None:
    failure(state, now)
    blind("dark", "")(state, now)


def stale(state: State, now: float) -> None:
    state |= {"failed_looks": 1}
    state["look"]["at"] = now - 42


def waiting(state: State, now: float) -> None:
    failure(state, now)
    state["intervention"]["countdown"] = {"action": "pause", "announced_at": now - 15, "due_at": now + 80}


def ordered(state: State, now: float) -> None:
    failure(state, now)
    problems = ["the printer still reports printing"]
    state["intervention"]["ordered"] = {
        "action": "pause", "tries": 2, "problems": problems, "next_try_at": now + 30
    }  # fmt: skip


def paused(state: State, now: float) -> None:
    failure(state, now)
    state["phase"] = "paused"
    state["intervention"] |= {"paused_at": now - 34, "done": True, "pauses": 1}


def paused_by_hand(state: State, _now: float) -> None:
    state["phase"] = "paused"


def accepted(state: State, now: float) -> None:
    state["look"]["verdict"] = verdict("none", "accepted", 0.5)
    state["memory"]["acceptance"] = {"at": now - 60, "until": now + 1740, "height": 0.5, "limit": 0.68}


def heating(state: State, _now: float) -> None:
    state |= {"holds": ["command", "heating"], "next_look_at": None}


def failure_on_hold(state: State, now: float) -> None:
    failure(state, now)
    state |= {"holds": ["filament_change"], "next_look_at": None, "muted": True}


def switched_off(state: State, now: float) -> None:
    good(state, now)
    state["holds"] = ["command"]


def failure_switched_off(state: State, now: float) -> None:
    failure(state, now)
    state["holds"] = ["command"]


def one_dead(state: State, now: float) -> None:
    why = "401: the camera wants a log-in."
    dead = {"camera": "side", "p": 0, "boxes": [], "problem": why, "reason": "no_snapshot"}
    state["look"]["views"].append(dead)
    state["blind_cameras"] = [{"camera": "side", "reason": "no_snapshot", "detail": why, "since": now - 60}]


def idle(state: State, _now: float) -> None:
    state |= {"phase": "idle", "look": None}


@dataclass(frozen=True)
class Case:
    """A state, and what is to be read in it."""

    change: Callable[[State, float], None]
    headline: str
    light: str
    buttons: tuple[str, ...]
    """Those of the tab that a state has and others lack, the prominent one first."""
    texts: tuple[str, ...] = ()
    """Patterns, since seconds go by while the page is read."""
    badge: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    events: tuple[tuple[str, str], ...] = ()
    """Kind and detail of what the state came with, of which a message tells."""
    message: str = ""


STOP = ("Pause print", "Cancel print")
ANSWER = ("Resume, this is fine", "Resume, I cleared it", "Cancel print")
CASES = {
    "idle": Case(idle, "No print to watch", "idle", ("Check now",)),
    "off": Case(idle, "Switched off", "off", ("Check now", "Watch prints"), told={"watching": False}),
    "good": Case(good, "No failure", "none", ("Check now", *STOP, "It failed"), ("Looks fine",)),
    "early": Case(early, "Too early to tell", "early", ("Check now", *STOP), ("The print has just begun.",)),
    "suspicious": Case(
        suspicious,
        "Suspicious",
        "maybe",
        ("Pause print", "Not a failure"),
        ("Looks worse than normal and rising",),
    ),
    "failure": Case(
        failure,
        "Failure",
        "failure",
        ("Pause print", "Not a failure"),
        ("Looks much worse than normal", "2 min ago"),
    ),
    "snoozed": Case(
        snoozed, "Failure (snoozed, 7 min left)", "failure", ("Pause print", "Not a failure", "End snooze")
    ),
    "blind-camera": Case(
        blind("no_snapshot", "401: the camera wants a log-in."),
        "Cannot check: camera problem",
        "blind",
        ("Check now", *STOP),
        ("gives no picture. 401: the camera wants a log-in.", "Not checked for 2 min.", "are 2 min old"),
    ),
    "blind-service": Case(
        blind("unavailable", "No connection."),
        "Cannot check: detector problem",
        "blind",
        ("Check now", *STOP),
        ("The detection service does not answer. FailWatch keeps trying.",),
    ),
    "blind-failure": Case(
        blind_over_failure,
        "Failure (cannot check: camera problem)",
        "failure",
        ("Pause print", "Not a failure"),
        ("too dark",),
    ),
    "stale": Case(stale, "Waiting for a new picture", "stale", ("Check now", *STOP), (r"are \d+ s old",)),
    "waiting": Case(
        waiting,
        "Failure",
        "failure",
        ("Pause print", "Keep printing"),
        (r"pauses the print in \d+ s unless you",),
    ),
    "ordered": Case(
        ordered,
        "Failure",
        "failure",
        ("Not a failure",),
        ("Pausing the print … Try 2", "that it is printing"),
    ),
    "paused": Case(
        paused,
        "Failure (paused)",
        "failure",
        ANSWER,
        (r"FailWatch paused this print \d+ s ago\.",),
        events=(("action", "pause"),),
        message="FailWatch paused the print",
    ),
    "paused-by-hand": Case(
        paused_by_hand, "The print is paused", "waiting", ("Check now", "Resume print", "Cancel print")
    ),
    "accepted": Case(
        accepted,
        "You said it is fine",
        "none",
        ("Check now", "Undo", *STOP),
        ("asked again in 29 min", "above 0.68"),
    ),
    "heating": Case(heating, "Waiting: the printer is heating", "waiting", ("Check now", *STOP)),
    "failure-on-hold": Case(
        failure_on_hold, "Failure (muted; on hold)", "failure", ("Pause print", "Not a failure")
    ),
    "switched-off": Case(
        switched_off,
        "No failure (switched off by the print file)",
        "none",
        ("Check now", *STOP, "It failed"),
        ("Looks fine",),
    ),
    "failure-switched-off": Case(
        failure_switched_off,
        "Failure (switched off by the print file)",
        "failure",
        ("Pause print", "Not a failure"),
    ),
    "two-one-dead": Case(
        one_dead,
        "No failure",
        "none",
        ("Check now", *STOP),
        ("side: The camera gives no picture. 401: the camera wants a log-in.",),
        badge="No failure, one camera sees nothing",
    ),
}
SOMETIMES = {
    *ANSWER, *STOP, "Not a failure", "Keep printing", "Undo", "It failed", "Resume print", "Watch prints", "End snooze"
}  # fmt: skip
ALWAYS_BESIDE = {"Cancel print", "It failed", "Check now"}
"""Those of the second row, which more states have than a case has to list."""


async def test_each_state_is_told_in_the_same_words_everywhere(lab: Lab, page: Page) -> None:
    await open_tab(page)
    await lab.print("bracket.gcode")
    known = await lab.looked(3)
    await expect(page.locator(f"{TAB} .failwatch-frame img").first).to_be_visible()
    await lab.idle()
    await expect(page.locator(f"{TAB} .failwatch-headline")).to_have_text("No print to watch")
    for name, case in CASES.items():
        for screen, (width, height) in SCREENS.items():
            await page.set_viewport_size({"width": width, "height": height})
            await page.evaluate("() => { PNotify.removeAll(); scrollTo(0, 0); }")
            await _tell(lab, page, known, case)
            await _check(page, name, case)
            assert await page.evaluate(WIDER) == [], (name, screen)
            await _keep(page, f"{name}{screen}")


COLOUR = f"""() => getComputedStyle(document.querySelector("{TAB} .failwatch-boxes rect")).stroke.match(/\\d+/g).map(Number)"""
ICON = "button => button.querySelector('i').className"


async def test_a_failures_box_is_not_green_and_no_two_buttons_look_alike(lab: Lab, page: Page) -> None:
    await open_tab(page)
    await lab.print("boxed.gcode")
    known = await lab.looked()
    await lab.idle()
    await _tell(lab, page, known, CASES["failure"])
    red, green, _ = await page.evaluate(COLOUR)
    assert red > 2 * green
    tab = page.locator(TAB)
    stops = ("Stop watching", "Cancel print", "Pause print")
    icons = [await tab.get_by_role("button", name=name).first.evaluate(ICON) for name in stops]
    assert len(set(icons)) == len(icons)


async def test_in_german_nothing_english_is_left_and_decimals_have_commas(lab: Lab, page: Page) -> None:
    await lab.print("deutsch.gcode")
    known = await lab.looked(3)
    await lab.idle()
    await page.goto(f"{lab.octoprint.url}/?l10n=de")
    await page.wait_for_selector("#page-container-main", state="visible")
    await open_tab(page)
    tab = page.locator(TAB)
    await expect(tab.locator(".failwatch-headline")).to_have_text("Kein Druck zu überwachen")
    for name, case in CASES.items():
        await _tell(lab, page, known, case)
        said_first = GERMAN.gettext(case.headline.partition(" (")[0])
        await expect(tab.locator(".failwatch-headline")).to_have_text(re.compile(f"^{re.escape(said_first)}"))
        said = await tab.inner_text()
        words = {case.headline, *case.buttons, "Failure score", "Recent mean", "What happened"}
        assert [text for text in words if text in said] == [], name
        assert [text for text in case.texts if re.search(text, said)] == [], name
        assert re.findall(r"\d\.\d+", re.sub(r"\d+\.\d+\.\d+", "", said)) == [], name  # a date has two points
        assert name != "failure" or "0,73" in said


async def _tell(lab: Lab, page: Page, known: State, case: Case) -> None:
    now = (await lab.failwatch())["now"]
    state = copy.deepcopy(known)
    state |= {"phase": "watching", "since": now - 300, "started_at": now - 300, "next_look_at": now + 8}
    state["look"]["at"] = now - 3
    case.change(state, now)
    events = [{"kind": kind, "detail": detail, "at": now, "minor": False} for kind, detail in case.events]
    await page.evaluate(TELL, [state, {"now": now, "events": events, **case.told}])


async def _check(page: Page, name: str, case: Case) -> None:
    tab, sidebar = page.locator(TAB), page.locator("#sidebar_plugin_failwatch")
    navbar = page.locator("#navbar_plugin_failwatch")
    await expect(tab.locator(".failwatch-headline")).to_have_text(case.headline)
    await expect(sidebar.locator("strong")).to_have_text(case.headline)
    await expect(navbar).to_have_text(re.compile(rf"^\s*{re.escape(case.badge or case.headline)}\s*$"))
    await expect(tab.locator(".failwatch-head")).to_have_class(re.compile(rf"failwatch-{case.light}\b"))
    await expect(navbar.locator(".failwatch-light")).to_have_class(re.compile(rf"failwatch-{case.light}\b"))
    if case.message:
        await expect(page.locator(".ui-pnotify", has_text=case.message).last).to_be_visible()
    said = await tab.locator(".failwatch-head, .failwatch-picture").all_inner_texts()
    for text in case.texts:
        assert re.search(text, " ".join(said)), (name, said)
    shown = tab.locator(".failwatch-buttons:not(.failwatch-improving) button:visible")
    buttons = [text.strip() for text in await shown.all_inner_texts()]
    assert set(case.buttons) <= set(buttons), (name, buttons)
    assert set(buttons) & SOMETIMES - ALWAYS_BESIDE <= set(case.buttons), (name, buttons)
    coloured = tab.locator(".btn-danger:visible, .btn-success:visible, .btn-primary:visible")
    assert case.buttons[0] in [text.strip() for text in await coloured.all_inner_texts()], name


async def _keep(page: Page, name: str) -> None:
    if ALBUM:
        await asyncio.sleep(0.7)  # the graph is drawn
        what = page.locator(TAB) if name.endswith("-phone") else page
        await what.screenshot(path=Path(ALBUM, f"{name}.png"))
