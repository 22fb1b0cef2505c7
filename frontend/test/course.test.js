import assert from "node:assert/strict";
import {test} from "node:test";
import {AT, P, chart, gapsOf, halved, limits, rulesAt, withFrame} from "../src/course.js";
import {eventOf, listed} from "../src/events.js";
import {words} from "./texts.js";

const frame = (at, p = 0.1, level = "none") => [at, at, p, p / 2, level, [], {}, 0.02, 0.4];

test("frames are taken once and in order", () => {
    const frames = withFrame([frame(10)], frame(20));
    assert.equal(frames.length, 2);
    assert.equal(withFrame(frames, frame(20)), frames);
    assert.equal(withFrame(frames, frame(15)), frames);
});

test("of a long print the peaks and the last frame stay", () => {
    const frames = Array.from({length: 601}, (_, at) => frame(at, at === 301 ? 0.99 : 0.1));
    const kept = halved(frames);
    assert.ok(kept.length <= 302);
    assert.ok(kept.some((one) => one[P] === 0.99));
    assert.equal(kept.at(-1)[AT], 600);
    assert.ok(frames.reduce(withFrame, []).length <= 600);
});

test("limits follow the rules, the normal level and the sensitivity", () => {
    const rules = {name: "failwatch", maybe: 0.4, failure: 0.6, sensitivity: 2};
    assert.deepEqual(limits(rules, 0.1, 0.4).map((line) => [line.key, line.value.toFixed(2)]), [
        ["normal", "0.10"],
        ["maybe", "0.30"],
        ["failure", "0.40"]
    ]);
    const learned = {name: "failwatch", maybe: 0.4, failure: 0.6, sensitivity: 1, sure: 0.8};
    assert.deepEqual(limits(learned, 0.3, 0.4).map((line) => line.value.toFixed(2)), ["0.30", "0.70", "0.80"]);
    assert.deepEqual(limits(learned, 0.5, 0.4).map((line) => line.value.toFixed(2)), ["0.50", "0.90", "0.90"]);
    assert.equal(limits(learned, 0.1, 0.28)[1].value.toFixed(2), "0.38", "of a calm printer a doubt asks less");
    assert.equal(limits(learned, 0.1, 0.45)[1].value.toFixed(2), "0.50");
    assert.deepEqual(limits({name: "obico", sensitivity: 1}, 0.1, 0.38).map((line) => line.key), ["normal", "limit"]);
    assert.deepEqual(limits({}, 0.1, 0.4), []);
});

test("rules of a recorded print are those of the moment", () => {
    const rules = [{name: "a", after_frame: 0}, {name: "b", after_frame: 5}];
    assert.equal(rulesAt(rules, frame(5)).name, "a");
    assert.equal(rulesAt(rules, frame(6)).name, "b");
});

test("a chart has room for five minutes, for what is above one, and for the marks of verdicts", () => {
    const drawn = chart([frame(0), frame(60, 1.6, "maybe"), frame(120, 0.2, "maybe")], [{key: "limit", value: 0.4}]);
    assert.equal(drawn.last - drawn.start, 300);
    assert.equal(drawn.top, 1.6);
    assert.deepEqual(drawn.rises.map((rise) => [rise.level, rise.at]), [["maybe", 60]]);
    assert.equal(drawn.lines[0].y, 0.75);
    assert.equal(chart([], []), null);
});

const strokes = (drawn) => drawn.p.split("M").length - 1;

test("lines are broken where looking stopped: at a pause, a blindness, a hold, and after a machine slept", () => {
    const frames = [frame(0), frame(10), frame(100), frame(110), frame(120)];
    assert.equal(strokes(chart(frames, [])), 1);
    assert.equal(strokes(chart(frames, [], {gaps: [10]})), 2);
    assert.equal(strokes(chart(frames, [], {gaps: [15, 99]})), 2);
    assert.equal(strokes(chart(frames, [], {gaps: [100, 110]})), 3);
    assert.equal(strokes(chart([...frames, frame(120 + 3600)], [])), 2);
    const marks = [
        {at: 1, kind: "started", data: {detail: ""}},
        {at: 10, kind: "paused", data: null},
        {at: 90, kind: "resumed", data: null},
        {at: 105, kind: "blind", data: {detail: "timeout"}},
        {at: 115, kind: "holds", data: ["heating"]},
        {at: 118, kind: "holds", data: []}
    ];
    assert.deepEqual(gapsOf(marks), [10, 105, 115]);
});

test("a look that stands alone between two breaks is a dot", () => {
    const drawn = chart([frame(0), frame(10), frame(20)], [], {gaps: [5, 15]});
    assert.deepEqual(drawn.p.match(/h0/g).length, 3);
    assert.ok(!chart([frame(0), frame(10)], []).p.includes("h0"));
    assert.ok(!chart([frame(0), frame(10), frame(20)], [], {gaps: [5]}).p.endsWith("h0"));
});

test("a print of days of which few looks are kept is not broken for that", () => {
    const frames = Array.from({length: 200}, (_, index) => frame(index * 1800));
    assert.equal(strokes(chart(frames, [])), 1);
});

test("what happened is told once, newest first, in words", () => {
    const marks = [
        {at: 1, kind: "started", data: {detail: ""}},
        {at: 5, kind: "action", data: {detail: "pause"}},
        {at: 6, kind: "muted", data: false},
        {at: 7, kind: "acknowledged", data: {detail: "failure"}}
    ];
    const events = [{at: 5, kind: "action", detail: "pause"}, {at: 9, kind: "seeing", detail: ""}];
    assert.deepEqual(listed(words(), marks, events).map((event) => event.text), [
        "Sees again",
        "You: it failed",
        "FailWatch paused the print",
        "Print started"
    ]);
    assert.equal(eventOf(words(), {at: 1, kind: "of_a_later_release"}), null);
    assert.equal(eventOf(words("de"), {at: 1, kind: "failure"}).text, "Fehldruck");
});
