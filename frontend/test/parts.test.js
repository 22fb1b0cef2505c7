import assert from "node:assert/strict";
import {test} from "node:test";
import {Clock} from "../src/clock.js";
import {acceptedText, ageText, levelText} from "../src/parts.js";
import {words} from "./texts.js";

test("from the first unanswered look on the age of what is shown is said", () => {
    const said = words();
    const printer = (failed_looks) => ({
        clock: new Clock(130),
        update: {state: {phase: "watching", holds: [], failed_looks, look: {at: 100}}}
    });
    assert.equal(ageText(said, printer(0)), "");
    assert.equal(ageText(said, printer(1)), "Nothing seen for 30 s.");
});

test("what was accepted is said with its end, and with what is asked about sooner", () => {
    const said = words();
    assert.equal(
        acceptedText(said, {until: 700, limit: 0.7}, 100),
        "You said it is fine; you are asked again in 10 min. "
            + "FailWatch asks sooner if it grows (recent average above 0.70) or appears in another place."
    );
    assert.match(acceptedText(said, {until: null, limit: null}, 100), /until this print ends\. FailWatch asks sooner if it appears/);
    assert.match(acceptedText(words("de"), {until: 700, limit: 0.7}, 100), /über 0,70\)/);
});

test("what holds FailWatch back is said beside the level", () => {
    const state = {
        phase: "watching", since: 0, holds: [], next_look_at: 135, look: {at: 125, verdict: {rule: "quiet"}}, failed_looks: 0,
        latch: {level: "failure"}
    };
    const said = (changes, language) =>
        levelText(words(language), {gone: "", update: {connected: true, watching: true, state: {...state, ...changes}}});
    const good = {latch: {level: "none"}};
    assert.equal(said({}), "Failure");
    assert.equal(said({holds: ["command"]}), "Failure · On hold");
    assert.equal(said({holds: ["command"], ...good}), "No failure · On hold");
    assert.equal(said({holds: ["filament_change"], next_look_at: null}), "Failure · On hold");
    assert.equal(said({holds: ["filament_change"], next_look_at: null, ...good}), "On hold");
    assert.equal(said({holds: ["command"], next_look_at: null, phase: "paused"}), "Failure · The print is paused");
    assert.equal(said({holds: ["command"]}, "de"), "Fehldruck · Wartet");
});
