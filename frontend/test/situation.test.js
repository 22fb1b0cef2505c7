import assert from "node:assert/strict";
import {test} from "node:test";
import {Clock} from "../src/clock.js";
import {acceptance, answers, condition, isLookPresent, isUnanswered, shownView, verdict} from "../src/situation.js";

const LOOK = {at: 100, p: 0.1, verdict: {rule: "quiet"}, views: [{camera: "a"}, {camera: "b"}]};

function update(state = {}, changes = {}) {
    return {
        connected: true,
        watching: true,
        commands: ["pause", "resume", "cancel"],
        pictures: {a: "/a", b: "/b"},
        state: {
            phase: "watching",
            since: 0,
            holds: [],
            muted: false,
            snoozed_until: null,
            look: LOOK,
            latch: {level: "none", verdict: null, confirmed: false},
            intervention: {countdown: null, paused_at: null},
            ...state
        },
        ...changes
    };
}
const keys = (update) => answers(update, 100).map((answer) => answer.key);
const FAILURE = {latch: {level: "failure", verdict: {rule: "high"}, confirmed: false}};

test("a print that goes well can be checked, silenced, called a failure and cancelled", () => {
    assert.deepEqual(keys(update()), ["it_failed", "check", "snooze", "mute", "cancel"]);
});

test("before a pause the first answer is to keep printing", () => {
    const coming = update({...FAILURE, intervention: {countdown: {action: "pause", due_at: 130}, paused_at: null}});
    assert.deepEqual(answers(coming, 100)[0], {key: "keep_printing", primary: true});
    assert.ok(!keys(coming).includes("resume_fine"));
});

test("after a pause there are two ways on", () => {
    const paused = update({...FAILURE, phase: "paused", intervention: {countdown: null, paused_at: 90}});
    assert.deepEqual(keys(paused).slice(0, 2), ["resume_fine", "resume_cleared"]);
});

test("where nothing resumes the print, it can still be called fine", () => {
    const paused = update({...FAILURE, phase: "paused"}, {commands: []});
    assert.equal(answers(paused, 100)[0].title, "fine");
    assert.ok(!keys(paused).includes("cancel"));
});

test("who said that it failed is offered a pause", () => {
    const confirmed = update({latch: {level: "failure", verdict: null, confirmed: true}});
    assert.ok(keys(confirmed).includes("pause"));
    assert.ok(!keys(confirmed).includes("it_failed"));
});

test("what was accepted is shown while it lasts, and can be taken back", () => {
    const accepted = update({memory: {acceptance: {until: 150, limit: 0.7}}});
    assert.deepEqual(acceptance(accepted.state, 100), {until: 150, limit: 0.7});
    assert.ok(keys(accepted).includes("ask_again"));
    assert.equal(acceptance(accepted.state, 151), null);
    assert.deepEqual(acceptance(update({memory: {acceptance: {until: null}}}).state, 100), {until: null, limit: null});
    assert.ok(!keys(update()).includes("ask_again"));
});

test("silence can be ended", () => {
    const snoozed = answers(update({snoozed_until: 200}), 100).find((answer) => answer.key === "snooze");
    assert.deepEqual(snoozed.data, {seconds: 0});
    const muted = answers(update({muted: true}), 100);
    assert.deepEqual(muted.find((answer) => answer.key === "mute").data, {muted: false});
    assert.ok(!muted.some((answer) => answer.key === "snooze"));
});

test("without a print, or switched off, there is nothing to answer", () => {
    assert.deepEqual(keys(update({phase: "idle"})), []);
    assert.deepEqual(keys(update({}, {watching: false})), []);
});

test("what is noticed first", () => {
    assert.equal(condition(update()), "none");
    assert.equal(condition(update(FAILURE)), "failure");
    assert.equal(condition(update({...FAILURE, phase: "blind"})), "failure");
    assert.equal(condition(update({phase: "blind"})), "blind");
    assert.equal(condition(update({holds: ["heating"]})), "hold");
    assert.equal(condition(update({holds: ["heating"], next_look_at: null, ...FAILURE})), "failure");
    assert.equal(condition(update({...FAILURE, phase: "idle"})), "idle");
    assert.equal(condition(update(FAILURE, {watching: false})), "off");
    assert.equal(condition(update(FAILURE, {connected: false})), "gone");
});

test("a print whose file switched FailWatch off is looked at, unless an old FailWatch does not", () => {
    const looks = update({holds: ["command"], next_look_at: 110});
    const old = update({holds: ["command"], next_look_at: null});
    assert.equal(condition(looks), "none");
    assert.equal(condition(old), "hold");
    assert.deepEqual([looks, old].map(({state}) => isLookPresent(state)), [true, false]);
    assert.ok(isUnanswered(update({holds: ["command"], next_look_at: 110, failed_looks: 1}).state));
    assert.deepEqual([looks, old].map((one) => keys(one).includes("check")), [true, false]);
});

test("an old look does not speak for the print", () => {
    assert.ok(isLookPresent(update().state));
    assert.ok(!isLookPresent(update({since: 200}).state));
    assert.equal(verdict(update({since: 200}).state), null);
    assert.deepEqual(verdict(update(FAILURE).state), {rule: "high"});
});

test("from the first unanswered look on nothing is said to be fine", () => {
    const unanswered = update({failed_looks: 1});
    assert.equal(condition(unanswered), "waiting");
    assert.equal(verdict(unanswered.state), null);
    assert.equal(condition(update({...FAILURE, failed_looks: 1})), "failure");
    assert.equal(condition(update({failed_looks: 1, phase: "paused"})), "paused");
    assert.equal(condition(update({failed_looks: 0})), "none");
});

test("the chosen camera is shown while it has a picture", () => {
    assert.equal(shownView(update(), "b").camera, "b");
    assert.equal(shownView(update({}, {pictures: {a: "/a"}}), "b").camera, "a");
    assert.equal(shownView(update({look: null}), "b"), null);
});

test("the watch's clock runs at its own speed and is told in the browser's time", () => {
    const clock = new Clock(1000, 10, 50_000);
    assert.equal(clock.now(51_000), 1010);
    assert.equal(clock.date(1010, 51_000).getTime(), 51_000);
    assert.equal(clock.date(1110, 51_000).getTime(), 61_000);
});
