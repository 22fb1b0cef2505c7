/* The course of p over a print: frames are [id, at, p, ewm_mean, level, cameras, boxes, usual, limit]. */
export const ID = 0, AT = 1, P = 2, MEAN = 3, LEVEL = 4, CAMERAS = 5, BOXES = 6, USUAL = 7, LIMIT = 8;

const MOST = 600;
const FIRST_MINUTES = 5;

export function frameOf(state) {
    const {look, latch} = state;
    return [0, look.at, look.p, look.statistics.ewm_mean, latch.level, [], {}, look.verdict.usual, look.verdict.limit];
}

/* The frames with one more at the end; where they become too many, of each two the lower one goes. */
export function withFrame(frames, frame) {
    if (frames.length && frames[frames.length - 1][AT] >= frame[AT]) return frames;
    const more = [...frames, frame];
    return more.length > MOST ? halved(more) : more;
}

export function halved(frames) {
    const kept = [];
    for (let index = 0; index < frames.length; index += 2) {
        const [one, other] = [frames[index], frames[index + 1]];
        kept.push(!other || one[P] >= other[P] ? one : other);
    }
    const last = frames[frames.length - 1];
    if (kept[kept.length - 1] !== last) kept.push(last);
    return kept;
}

/* The lines that the recent mean is held against, by these rules and this verdict. */
export function limits(rules, usual, limit) {
    if (!rules || !rules.name) return [];
    const sensitivity = rules.sensitivity || 1;
    const normal = {key: "normal", value: usual};
    if (rules.name !== "failwatch") return [normal, {key: "limit", value: usual + limit / sensitivity}];
    return [
        normal,
        {key: "maybe", value: usual + rules.maybe / sensitivity},
        {key: "failure", value: usual + rules.failure / sensitivity}
    ];
}

/* The rules that were in force at a recorded frame: each came after the frame with an id. */
export function rulesAt(rules, frame) {
    return rules.findLast((one) => one.after_frame < frame[ID]) || rules[0];
}

/* Everything that a chart needs, in shares of its width and height. */
export function chart(frames, lines, {end} = {}) {
    if (!frames.length) return null;
    const start = frames[0][AT];
    const last = Math.max(start + FIRST_MINUTES * 60, frames[frames.length - 1][AT], end || 0);
    const top = Math.max(1, ...frames.map((frame) => frame[P]), ...lines.map((line) => line.value));
    const x = (at) => Math.min(1, Math.max(0, (at - start) / (last - start)));
    const y = (value) => 1 - Math.max(0, value) / top;
    const path = (value) => frames.map((frame) => `${round(x(frame[AT]))},${round(y(frame[value]))}`).join(" ");
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
