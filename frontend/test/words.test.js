import assert from "node:assert/strict";
import {readFileSync, readdirSync} from "node:fs";
import {test} from "node:test";
import {Words} from "../src/words.js";
import {texts, words} from "./texts.js";

const SOURCE = new URL("../src/", import.meta.url);
const sources = readdirSync(SOURCE).map((name) => readFileSync(new URL(name, SOURCE), "utf8")).join("\n");

test("every text that is asked for exists in both languages", () => {
    const asked = [...sources.matchAll(/say\("(\w+)\.(\w+)"/g)];
    assert.ok(asked.length > 30);
    for (const language of ["en", "de"]) {
        const known = texts(language);
        for (const [, group, key] of asked) assert.ok(known[group]?.[key], `${language}: ${group}.${key}`);
    }
});

test("every text is asked for", () => {
    const literal = new Set([...sources.matchAll(/say\("(\w+\.\w+)"/g)].map(([, key]) => key));
    const groups = new Set([...sources.matchAll(/say\(`(\w+)\.\$/g)].map(([, group]) => group));
    groups.add("form_layout").add("form_part").add("event").add("status");
    for (const [group, known] of Object.entries(texts("en"))) {
        for (const key of Object.keys(known)) {
            assert.ok(groups.has(group) || literal.has(`${group}.${key}`), `${group}.${key} is never shown`);
        }
    }
});

test("reasons come with numbers on one scale", () => {
    const verdict = {rule: "high", score: 0.64, usual: 0.02, limit: 0.6};
    assert.equal(words().reason(verdict), "Looks much worse than normal (0.66, normally 0.02, alarm at 0.62).");
    assert.match(words("de").reason(verdict), /0,66, sonst 0,02, Alarm bei 0,62/);
    assert.match(words().reason({rule: "quiet", score: -0.01, usual: 0.02, limit: 0.4}), /better than normal/);
    assert.match(words().reason({rule: "quiet", score: 0.1, usual: 0.02, limit: 0.4}), /^Looks fine \(0\.12/);
    assert.match(words().reason({rule: "quiet", score: 0.2, usual: 0.02, limit: 0.4}), /^Looks worse than normal \(0\.22/);
    assert.equal(words().reason({rule: "of_a_later_release", reason: "told by the server"}), "told by the server");
});

test("being blind says what to do, and that it may end by itself", () => {
    assert.match(words().blind({reason: "dark", detail: ""}), /Switch a light on/);
    assert.match(words().blind({reason: "busy", detail: ""}), /keeps trying/);
    assert.equal(words().blind({reason: "unheard_of", detail: "The moon is in the way."}), "The moon is in the way.");
});

test("how a print ended is said in words, whatever the printer calls it", () => {
    assert.equal(words("de").outcome("idle"), "beendet");
    assert.equal(words().outcome("Finish"), "finished");
    assert.equal(words().outcome("no_status"), "the printer fell silent");
    assert.equal(words().outcome(null), "running or unknown");
    assert.equal(words().outcome("abducted"), "abducted");
});

test("durations", () => {
    assert.equal(words().duration(-3), "0 s");
    assert.equal(words().duration(89), "89 s");
    assert.equal(words().duration(600), "10 min");
    assert.equal(words().duration(5700), "1 h 35 min");
    assert.equal(words().duration(86400 * 3), "3 d");
});

test("Home Assistant is asked for the texts of a language once", async () => {
    let asked = 0;
    const hass = (language) => ({
        language,
        loadBackendTranslation: async () => {
            asked += 1;
            return (key) => key;
        }
    });
    const [first, second] = await Promise.all([Words.load(hass("en")), Words.load(hass("en"))]);
    assert.equal(first, second);
    assert.notEqual(await Words.load(hass("de")), first);
    assert.equal(asked, 2);
    assert.equal(first.say("card.waiting"), "component.failwatch.config_panel.card.waiting");
});

test("texts that could not be loaded are asked for again", async () => {
    const failing = {language: "fr", loadBackendTranslation: async () => Promise.reject(new Error("away"))};
    await assert.rejects(Words.load(failing));
    assert.ok(await Words.load({...failing, loadBackendTranslation: async () => () => ""}));
});

test("a refusal is told in the user's language, and what Home Assistant says in English is not shown", async () => {
    const asked = [];
    const hass = {
        loadBackendTranslation: async (category, domain) => {
            asked.push([category, domain]);
            return (key, values) => (key.endsWith(".no_such_camera.message") ? `Keine Kamera ${values.name}` : "");
        }
    };
    const told = (error, by = hass) => words("de").problem(by, error);
    const refusal = {code: "home_assistant_error", message: "No camera", translation_domain: "failwatch", translation_key: "no_such_camera"};
    assert.equal(await told({...refusal, translation_placeholders: {name: "A"}}), "Keine Kamera A");
    assert.deepEqual(asked, [["exceptions", "failwatch"]]);
    assert.equal(await told({code: "home_assistant_error", message: "Klipper: shut down"}), "Klipper: shut down");
    assert.equal(await told({...refusal, translation_key: "of_a_later_release"}), "No camera");
    assert.match(await told({code: "unauthorized", message: "Unauthorized"}), /darfst du nicht/);
    for (const error of [{code: "unknown_error", message: "Unknown error"}, 3, undefined]) {
        assert.equal(await told(error), "Das hat nicht geklappt.");
    }
    const away = {loadBackendTranslation: async () => Promise.reject(new Error("away"))};
    assert.equal(await told(refusal, away), "No camera");
});

test("nothing moves by itself: who asked for less motion gets none", () => {
    assert.ok(sources.includes("css`"));
    assert.doesNotMatch(sources, /@keyframes|\banimation(-\w+)?:|\btransition(-\w+)?:|behavior: ?"?smooth|scroll-behavior/);
});

test("numbers and times are written as the user chose it in Home Assistant", async () => {
    const written = async (language, locale) => {
        const hass = {language, locale, config: {time_zone: "Asia/Tokyo"}, loadBackendTranslation: async () => (key) => key};
        const found = await Words.load(hass);
        return `${found.number(0.5)} ${found.times.format(new Date("2026-11-28T18:05:00Z"))}`.replaceAll("\u202f", " ");
    };
    const server = {time_zone: "server"};
    assert.equal(await written("en", {...server, time_format: "language", number_format: "language"}), "0.50 3:05 AM");
    assert.equal(await written("de", {...server, time_format: "language", number_format: "language"}), "0,50 03:05");
    assert.equal(await written("en", {...server, time_format: "24", number_format: "decimal_comma"}), "0,50 03:05");
    assert.equal(await written("de", {...server, time_format: "12", number_format: "comma_decimal"}), "0.50 03:05 AM");
    assert.match(await written("en", {time_zone: "local", time_format: "system", number_format: "system"}), /^0[.,]50 /);
});
