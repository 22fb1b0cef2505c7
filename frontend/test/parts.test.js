import assert from "node:assert/strict";
import {test} from "node:test";
import {Clock} from "../src/clock.js";
import {ageText} from "../src/parts.js";
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
