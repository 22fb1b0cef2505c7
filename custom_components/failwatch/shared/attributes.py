"""State attributes that give the reason for what a watch shows."""

from collections.abc import Mapping
from typing import Any

from ..coordinator import PrinterCoordinator
from ..engine.judging.verdict import Level, Rule, Verdict
from ..engine.watch.state import Phase, WatchState, present_look
from .details import blind_detail


def failure_attributes(printer: PrinterCoordinator) -> Mapping[str, Any]:
    """Return why the failure state is what it is; without a print there is no reason."""
    state = printer.data
    look = present_look(state)
    return {
        **_reason(_standing_verdict(state)),
        "p": round(look.p, 3) if look else None,
        "ewm_mean": round(look.statistics.ewm_mean, 3) if look else None,
        "checked": printer.local_time(state.look.at) if state.look else None,
        "since": printer.local_time(state.latch.since),
        "confirmed": state.latch.confirmed,
        "print_id": state.print_id,
        "print_name": state.print_name or None,
    }


def _standing_verdict(state: WatchState) -> Verdict | None:
    if state.phase is Phase.IDLE:
        return None
    if state.level is not Level.NONE and state.latch.verdict is not None:
        return state.latch.verdict
    return state.look.verdict if state.look else Verdict(rule=Rule.WARM_UP)


def _reason(verdict: Verdict | None) -> Mapping[str, Any]:
    if verdict is None:
        return dict.fromkeys(("rule", "score", "usual", "limit", "margin"))
    return {
        "rule": verdict.rule.value,
        "score": round(verdict.score, 3),
        "usual": round(verdict.usual, 3),
        "limit": round(verdict.limit, 3),
        "margin": round(verdict.margin, 3),
    }


def watch_attributes(printer: PrinterCoordinator) -> Mapping[str, Any]:
    """Return what stands behind the watch's phase."""
    state = printer.data
    countdown = state.intervention.countdown
    blind_reason = state.blind.reason if state.blind else None
    return {
        "blind_reason": printer.status_problem or blind_reason,
        "blind_detail": blind_detail(printer.hass, state.blind) if state.blind else None,
        "on_hold": list(state.holds),
        "muted": state.muted,
        "snoozed_until": printer.local_time(state.snoozed_until),
        "coming_action": countdown.action.value if countdown else None,
        "coming_action_at": printer.local_time(countdown.due_at) if countdown else None,
    }
