import assert from "node:assert/strict";
import {test} from "node:test";
import {Printer} from "../src/printer.js";

const MINUTE = 60_000;

/* Home Assistant's connection: what it was asked, and a way to push to whoever subscribed. */
function connect(courses = {}) {
    const asked = [];
    let ready;
    return {
        asked,
        push: null,
        comeBack: () => ready(),
        connection: {
            addEventListener(_, listener) {
                ready = listener;
            },
            removeEventListener() {},
            async subscribeMessage(push, message) {
                asked.push(message);
                house.push = push;
                return async () => {};
            },
            async sendMessagePromise(message) {
                asked.push(message);
                return courses[message.print_id] || Promise.reject(new Error("not recorded"));
            }
        }
    };
}
let house;
const looked = (print_id, at, p = 0.1) => ({
    type: "update",
    now: at,
    clock_speed: 1,
    pictures: {},
    state: {
        phase: "watching",
        print_id,
        since: 0,
        started_at: 0,
        look: {at, p, statistics: {ewm_mean: p}, verdict: {usual: 0, limit: 0.4}, views: []},
        latch: {level: "none"}
    }
});
const frame = (at) => [at, at, 0.1, 0.1, "none", [], {}, 0, 0.4];
const times = (printer) => printer.frames.map((one) => one[1]);
const settled = () => new Promise((done) => setImmediate(done));

function follow(courses) {
    house = connect(courses);
    let news = 0;
    const printer = new Printer(() => (news += 1)).follow(house, "device");
    return {printer, news: () => news};
}

test("the looks before the page was opened are asked for once, and those that come are added", async () => {
    const {printer, news} = follow({a: {frames: [frame(10), frame(20)], marks: [{at: 10, kind: "started"}]}});
    house.push(looked("a", 30));
    assert.deepEqual(times(printer), [30]);
    await settled();
    assert.deepEqual(times(printer), [10, 20, 30]);
    house.push(looked("a", 40));
    await settled();
    assert.deepEqual(times(printer), [10, 20, 30, 40]);
    assert.equal(house.asked.filter((one) => one.type === "failwatch/frames").length, 1);
    assert.equal(printer.marks.length, 1);
    assert.ok(news() >= 3);
});

test("another print begins with nothing of the one before", async () => {
    const {printer} = follow({a: {frames: [frame(10)], marks: []}});
    house.push(looked("a", 20));
    house.push({type: "event", event: {kind: "failure", at: 20, print_id: "a"}});
    await settled();
    assert.equal(printer.events.length, 1);
    house.push(looked("b", 30));
    await settled();
    assert.deepEqual(times(printer), [30]);
    assert.deepEqual(printer.events, []);
});

test("what was missed while the connection was away is asked for", async () => {
    const courses = {a: {frames: [frame(10)], marks: []}};
    const {printer} = follow(courses);
    house.push(looked("a", 20));
    await settled();
    courses.a.frames = [frame(10), frame(20), frame(30)];
    house.comeBack();
    await settled();
    house.push(looked("a", 40));
    await settled();
    assert.deepEqual(times(printer), [10, 20, 30, 40]);
});

test("a printer that is not set up keeps what was known, until it is there again", async () => {
    const {printer} = follow({});
    house.push(looked("a", 20));
    house.push({type: "gone"});
    assert.equal(printer.gone, "gone");
    assert.equal(printer.update.state.print_id, "a");
    house.push(looked("a", 30));
    assert.equal(printer.gone, "");
    await settled();
});

test("addresses of pictures are asked for anew only where they may no longer be valid", async () => {
    const {printer} = follow({});
    house.push(looked(null, 20));
    const subscriptions = () => house.asked.filter((one) => one.type === "failwatch/subscribe").length;
    printer.refresh(Date.now() + MINUTE);
    assert.equal(subscriptions(), 1);
    printer.refresh(Date.now() + 45 * MINUTE);
    await settled();
    assert.equal(subscriptions(), 2);
});

const watched = (at, changes) => ({...looked("a", at), state: {...looked("a", at).state, ...changes}});

test("looking stops with a pause, a hold and a blindness, and after the last look before it", async () => {
    const {printer} = follow({a: {frames: [], marks: []}});
    for (const changes of [{phase: "paused"}, {holds: ["heating"]}, {phase: "blind"}]) {
        const before = printer.frames.length ? printer.frames.at(-1)[1] : 0;
        house.push(looked("a", before + 10));
        house.push(looked("a", before + 20));
        house.push(watched(before + 20, changes));
        house.push(watched(before + 20, changes));
    }
    assert.deepEqual(printer.gaps, [20, 40, 60]);
    house.push(looked("b", 10));
    assert.deepEqual(printer.gaps, []);
});

test("looking goes on where only the print file switched FailWatch off", () => {
    const {printer} = follow({a: {frames: [], marks: []}});
    for (const at of [10, 20, 30]) house.push(watched(at, {holds: ["command"], next_look_at: at + 10}));
    assert.equal(printer.frames.length, 3);
    assert.deepEqual(printer.gaps, []);
});

test("a pause that came and went unheard breaks the lines too, a look that took long does not", () => {
    const {printer} = follow({a: {frames: [], marks: []}});
    house.push(watched(10, {since: 12}));
    house.push(watched(20, {since: 12}));
    assert.deepEqual(printer.gaps, []);
    house.push(watched(90, {since: 85}));
    assert.deepEqual(printer.gaps, [20]);
    // A clock that is put right moves everything, and is no pause.
    house.push(watched(100, {since: 87}));
    assert.deepEqual(printer.gaps, [20]);
});
