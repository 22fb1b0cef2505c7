/* What happened in a print: recorded marks, and events as they come, as one list of words. */
export function textOf(words, kind, detail = "") {
    if (kind === "acknowledged" && detail !== "not_a_failure") {
        return words.say(`event.acknowledged_${detail}`) || words.say("event.acknowledged");
    }
    if (kind === "action") return words.say(`event.action_${detail}`);
    return words.say(`event.${kind}`);
}

/* A recorded entry or a pushed event as {at, kind, text}; null for what says nothing to people. */
export function eventOf(words, entry) {
    const data = entry.data && typeof entry.data === "object" ? entry.data : {};
    const off = (entry.kind === "muted" || entry.kind === "snoozed") && !entry.data && entry.data !== undefined;
    const text = off ? "" : textOf(words, entry.kind, entry.detail ?? data.detail ?? "");
    return text ? {at: entry.at, kind: entry.kind, text} : null;
}

/* Newest first; what was recorded already is not told twice. */
export function listed(words, marks, events) {
    const seen = new Set();
    return [...marks, ...events]
        .map((entry) => eventOf(words, entry))
        .filter((event) => event && !seen.has(keyOf(event)) && seen.add(keyOf(event)))
        .sort((one, other) => other.at - one.at);
}

function keyOf(event) {
    return `${event.kind} ${event.at.toFixed(2)}`;
}
