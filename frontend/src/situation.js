/* What a printer's state means to whoever looks at the card. Pure: from the pushed update to what is shown. */

/* Seconds by which a look may be older than the watching: one that took long begins before what it ends. */
const STILL_HOLDS = 60;

export const LEVELS = ["none", "maybe", "failure"];

export function isPrinting(state) {
    return state.phase !== "idle";
}

/* Whether a hold keeps FailWatch from looking. Under one by the print file it looks on, unless its FailWatch is an old one. */
export function isKeptFromLooking(state) {
    return state.holds?.[0] && !state.next_look_at;
}

/* Whether a look came to nothing since the one that is shown. */
export function isUnanswered(state) {
    return state.phase === "watching" && !isKeptFromLooking(state) && state.failed_looks > 0;
}

/* Whether the last look tells how the print looks now. */
export function isLookPresent(state) {
    if (!state.look || isUnanswered(state)) return false;
    if (state.phase === "paused") return true;
    return state.phase === "watching" && !isKeptFromLooking(state) && state.look.at >= state.since - STILL_HOLDS;
}

export function level(state) {
    return isPrinting(state) ? state.latch.level : "none";
}

/* The verdict that stands behind the level; null where there is nothing to say. */
export function verdict(state) {
    if (!isPrinting(state)) return null;
    if (state.latch.level !== "none" && state.latch.verdict) return state.latch.verdict;
    return isLookPresent(state) ? state.look.verdict : null;
}

export function isSnoozed(state, now) {
    return state.snoozed_until !== null && state.snoozed_until !== undefined && now < state.snoozed_until;
}

/* What the user is asked to notice first: off, gone, idle, the level, blind, paused, hold, or how far it is known. */
export function condition(update) {
    const state = update.state;
    if (!update.connected) return "gone";
    if (!update.watching) return "off";
    if (state.phase === "idle") return "idle";
    if (level(state) !== "none") return level(state);
    if (state.phase === "blind") return "blind";
    if (state.phase === "paused") return "paused";
    if (isKeptFromLooking(state)) return "hold";
    if (!isLookPresent(state)) return "waiting";
    return {warm_up: "early", accepted: "accepted"}[state.look.verdict.rule] || "none";
}

export function countdown(state) {
    return (state.intervention && state.intervention.countdown) || null;
}

/* What the user called no failure, while it lasts: null, or `until` in the watch's time (null for this print), and
   `limit`, the recent mean from which on it is asked again (null where no p is as high). */
export function acceptance(state, now) {
    const accepted = state.memory && state.memory.acceptance;
    if (!accepted || !isPrinting(state)) return null;
    return accepted.until === null || now < accepted.until ? {until: accepted.until, limit: accepted.limit ?? null} : null;
}

/* The orders that make sense now, in the order in which they are shown; `primary` is the one to press. */
export function answers(update, now) {
    const {state} = update;
    const can = (command) => update.commands.includes(command);
    const found = [];
    if (!update.watching || !isPrinting(state)) return found;
    const coming = countdown(state);
    const alarmed = level(state) !== "none";
    const paused = state.phase === "paused";
    const byFailWatch = Boolean(state.intervention && state.intervention.paused_at);
    if (coming) found.push({key: "keep_printing", primary: true});
    else if (paused && can("resume")) {
        found.push({key: "resume_fine", primary: alarmed || byFailWatch});
        found.push({key: "resume_cleared"});
    } else if (alarmed || (paused && byFailWatch)) found.push({key: "keep_printing", title: "fine", primary: true});
    if (acceptance(state, now)) found.push({key: "ask_again"});
    if (!state.latch.confirmed) found.push({key: "it_failed"});
    else if (!paused && can("pause") && !coming) found.push({key: "pause", primary: true});
    if (!paused && !isKeptFromLooking(state)) found.push({key: "check"});
    const snoozed = isSnoozed(state, now);
    if (!state.muted) {
        found.push({key: "snooze", title: snoozed ? "snooze_end" : "snooze", data: {seconds: snoozed ? 0 : 600}});
    }
    found.push({key: "mute", title: state.muted ? "mute_end" : "mute", data: {muted: !state.muted}});
    if (can("cancel")) found.push({key: "cancel", asks: true});
    return found;
}

/* The views of the last look that have a picture, and the one to show. */
export function shownView(update, chosen) {
    const views = update.state.look ? update.state.look.views : [];
    return views.find((view) => view.camera === chosen && update.pictures[view.camera])
        || views.find((view) => update.pictures[view.camera])
        || null;
}
