/* The course of p over a print: frames are [id, at, p, ewm_mean, level, cameras, boxes, usual, limit]. */
export const ID = 0, AT = 1, P = 2, MEAN = 3, LEVEL = 4, CAMERAS = 5, BOXES = 6, USUAL = 7, LIMIT = 8;

const MOST = 600;
const FIRST_MINUTES = 5;
/* Nothing is recorded of a machine that slept or was off. */
const MOST_BETWEEN_LOOKS = 15 * 60;

export function frameOf(state) {
    const {look, latch} = state;
    return [0, look.at, look.p, look.statistics.ewm_mean, latch.level, [], {}, look.verdict.usual, look.verdict.limit];
}

/* The frames with one more at the end; where they become too many, of each two the lower one goes. */
export function withFrame(frames, frame) {
    if (frames.at(-1)?.[AT] >= frame[AT]) return frames;
    const more = [...frames, frame];
    return more.length > MOST ? halved(more) : more;
}

export function halved(frames) {
    const kept = [];
    for (let index = 0; index < frames.length; index += 2) {
        const one = frames[index], other = frames[index + 1] || one;
        kept.push(one[P] >= other[P] ? one : other);
    }
    const last = frames.at(-1);
    if (kept.at(-1) !== last) kept.push(last);
    return kept;
}

/* The lines that the recent mean is held against, by these rules and this verdict: of a calm printer a doubt asks less. */
export function limits(rules, usual, limit) {
    if (!rules?.name) return [];
    /* Rules of old recordings know no sure failure. */
    const {maybe, failure, sure = Infinity} = rules;
    const sensitivity = rules.sensitivity || 1;
    const at = (above) => usual + above / sensitivity;
    const line = (key, value) => ({key, value});
    const normal = line("normal", usual);
    if (rules.name !== "failwatch") return [normal, line("limit", at(limit))];
    /* A recent mean as high as p of a sure failure is enough. */
    const least = Math.min(at(failure), Math.max(sure, at(maybe)));
    return [normal, line("maybe", at(Math.min(maybe, limit))), line("failure", least)];
}

/* The rules that were in force at a recorded frame: each came after the frame with an id. */
export function rulesAt(rules, frame) {
    return rules.findLast((one) => one.after_frame < frame[ID]) || rules[0];
}

/* When looking stopped, by what was recorded of a print. */
export function gapsOf(marks) {
    return marks
        .filter(({kind, data}) => kind === "paused" || kind === "blind" || (kind === "holds" && data.length))
        .map((mark) => mark.at);
}

/* Everything that a chart needs, in shares of its width and height. Lines are broken where looking stopped, at `gaps`. */
export function chart(frames, lines, {end, gaps = []} = {}) {
    if (!frames.length) return null;
    const start = frames[0][AT], latest = frames.at(-1)[AT];
    const last = Math.max(start + FIRST_MINUTES * 60, latest, end || 0);
    const top = Math.max(1, ...frames.map((frame) => frame[P]), ...lines.map((line) => line.value));
    const x = (at) => Math.min(1, Math.max(0, (at - start) / (last - start)));
    const y = (value) => 1 - Math.max(0, value) / top;
    /* Of a long print not every look is there. */
    const most = Math.max(MOST_BETWEEN_LOOKS, (5 * (latest - start)) / frames.length);
    const isBroken = (before, after) => after - before > most || gaps.some((gap) => before <= gap && gap < after);
    const begins = frames.map((frame, index) => !index || isBroken(frames[index - 1][AT], frame[AT]));
    /* A look that stands alone is a dot. */
    const path = (value) =>
        frames
            .map((frame, index) => {
                const point = `${round(x(frame[AT]))} ${round(y(frame[value]))}`;
                if (!begins[index]) return `L${point}`;
                return index + 1 === frames.length || begins[index + 1] ? `M${point}h0` : `M${point}`;
            })
            .join("");
    return {
        x,
        start,
        last,
        top,
        p: path(P),
        mean: path(MEAN),
        lines: lines.map((line) => ({...line, y: y(line.value)})),
        rises: frames
            .map((frame, index) => ({at: frame[AT], level: frame[LEVEL], before: index ? frames[index - 1][LEVEL] : "none"}))
            .filter((rise) => rise.level !== rise.before)
            .map((rise) => ({...rise, x: x(rise.at)}))
    };
}

function round(share) {
    return Math.round(share * 10000) / 10;
}
