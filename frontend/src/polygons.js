/* Regions being drawn: closed polygons, the corners of an open one, a cursor for the keyboard, and what was before. */
const STEP = 0.02;
const NEAR = 0.04;
const DRAGGED = 0.03;

export const EMPTY = {polygons: [], corners: [], cursor: [0.5, 0.5], before: [], dirty: false};

const within = (share) => Math.min(1, Math.max(0, share));
const rounded = ([x, y]) => [Math.round(within(x) * 1000) / 1000, Math.round(within(y) * 1000) / 1000];
const isNear = ([x, y], [a, b]) => Math.hypot(x - a, y - b) < NEAR;

/* Other regions than before, which can be taken back. */
function changed(drawing, polygons) {
    return {...drawing, polygons, corners: [], before: [...drawing.before, drawing.polygons], dirty: true};
}

/* A tap: one more corner; on the first corner it closes the region. */
export function tap(drawing, corner) {
    const at = rounded(corner);
    const next = {...drawing, cursor: at};
    if (drawing.corners.length >= 3 && isNear(at, drawing.corners[0])) return close(next);
    return {...next, corners: [...drawing.corners, at]};
}

/* A drag: a rectangle from one corner to the other; null where it was too short to mean one. */
export function drag(drawing, from, to) {
    const [[a, b], [c, d]] = [rounded(from), rounded(to)];
    if (Math.abs(a - c) < DRAGGED || Math.abs(b - d) < DRAGGED) return null;
    return changed({...drawing, cursor: [c, d]}, [...drawing.polygons, [[a, b], [c, b], [c, d], [a, d]]]);
}

export function close(drawing) {
    if (drawing.corners.length < 3) return drawing;
    return changed(drawing, [...drawing.polygons, drawing.corners]);
}

export function canUndo(drawing) {
    return Boolean(drawing.corners.length || drawing.before.length);
}

/* Takes back the last corner, or else the last change of the regions. */
export function undo(drawing) {
    if (drawing.corners.length) return {...drawing, corners: drawing.corners.slice(0, -1)};
    if (!drawing.before.length) return drawing;
    return {...drawing, polygons: drawing.before.at(-1), before: drawing.before.slice(0, -1), dirty: true};
}

export function clear(drawing) {
    return drawing.polygons.length ? changed(drawing, []) : {...drawing, corners: []};
}

/* What a key does; null for one that means nothing here. */
export function press(drawing, key) {
    const move = {ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP]}[key];
    if (move) return {...drawing, cursor: rounded([drawing.cursor[0] + move[0], drawing.cursor[1] + move[1]])};
    if (key === "Enter" || key === " ") return tap(drawing, drawing.cursor);
    if (key === "Backspace") return undo(drawing);
    if (key === "Escape" && drawing.corners.length) return undo(drawing);
    return null;
}

export function points(corners) {
    return corners.map(([x, y]) => `${x * 1000},${y * 1000}`).join(" ");
}
