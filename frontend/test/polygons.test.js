import assert from "node:assert/strict";
import {test} from "node:test";
import {EMPTY, canUndo, clear, close, drag, points, press, tap, undo} from "../src/polygons.js";

const corners = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5]];
const drawn = () => corners.reduce(tap, EMPTY);

test("corners are tapped, and the first one closes the region", () => {
    const closed = tap(drawn(), [0.11, 0.11]);
    assert.deepEqual(closed.polygons, [corners]);
    assert.deepEqual(closed.corners, []);
    assert.ok(closed.dirty);
});

test("fewer than three corners are no region", () => {
    assert.deepEqual(close(tap(EMPTY, [0.1, 0.1])).polygons, []);
});

test("corners stay inside the picture", () => {
    assert.deepEqual(tap(EMPTY, [-0.2, 1.7]).corners, [[0, 1]]);
});

test("a drag makes a rectangle, a tap with a shaking finger does not", () => {
    assert.deepEqual(drag(EMPTY, [0.2, 0.2], [0.6, 0.4]).polygons, [[[0.2, 0.2], [0.6, 0.2], [0.6, 0.4], [0.2, 0.4]]]);
    assert.equal(drag(EMPTY, [0.2, 0.2], [0.21, 0.22]), null);
});

test("undo takes back the last corner, then the last change of the regions", () => {
    assert.equal(undo(drawn()).corners.length, 2);
    const back = undo(close(drawn()));
    assert.deepEqual(back.polygons, []);
    assert.ok(back.dirty);
    assert.equal(undo(EMPTY), EMPTY);
});

test("clearing can be undone, and what was there before this drawing is not taken away", () => {
    const kept = {...EMPTY, polygons: [corners]};
    assert.ok(!canUndo(kept));
    assert.equal(undo(kept), kept);
    const back = undo(clear(kept));
    assert.deepEqual(back.polygons, [corners]);
    assert.ok(back.dirty && !canUndo(back));
});

test("nothing needs to be saved where nothing was cleared", () => {
    assert.ok(clear(close(drawn())).dirty);
    assert.ok(!clear(drawn()).dirty);
});

test("a region can be drawn with the keyboard alone", () => {
    let drawing = EMPTY;
    const type = (...keys) => keys.forEach((key) => (drawing = press(drawing, key)));
    type("Enter", "ArrowRight", "ArrowRight", "Enter", "ArrowDown", "ArrowDown", "Enter", "Backspace", "Enter");
    assert.deepEqual(close(drawing).polygons, [[[0.5, 0.5], [0.54, 0.5], [0.54, 0.54]]]);
    assert.equal(press(EMPTY, "Escape"), null);
    assert.equal(press(EMPTY, "Tab"), null);
});

test("points for an SVG", () => {
    assert.equal(points([[0.1, 0.2], [1, 0]]), "100,200 1000,0");
});
