/* Makes the one file that Home Assistant serves; `--check` says whether the committed one is up to date. */
import {build} from "esbuild";
import {readFile, writeFile} from "node:fs/promises";
import {fileURLToPath} from "node:url";

const TARGET = fileURLToPath(new URL("../custom_components/failwatch/card/failwatch-card.js", import.meta.url));
const MOST_BYTES = 60_000;

const made = await build({
    entryPoints: [fileURLToPath(new URL("src/index.js", import.meta.url))],
    bundle: true,
    minify: true,
    // Names with an underscore are the card's own; Lit's begin with _$.
    mangleProps: /^_[a-z]/,
    reserveProps: /^id$/,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    conditions: ["production"],
    plugins: [templates()],
    banner: {js: "/*! FailWatch card, AGPL-3.0-or-later; contains Lit, BSD-3-Clause, (c) Google LLC. Made from frontend/. */"},
    write: false
});
const script = made.outputFiles[0].text;
const quoted = script.match(/["'`]_[a-z]\w*["'`]/);
if (quoted) fail(`${quoted[0]} is the name of a property, which the bundle gives another name.`);
const bytes = Buffer.byteLength(script);
if (bytes > MOST_BYTES) fail(`The card has ${bytes} bytes; at most ${MOST_BYTES} are allowed.`);
if (process.argv.includes("--check")) {
    const committed = await readFile(TARGET, "utf8").catch(() => "");
    if (committed !== script) fail("failwatch-card.js is not what frontend/ makes: run `npm run build` in frontend/.");
} else {
    await writeFile(TARGET, script);
}
console.log(`failwatch-card.js: ${bytes} bytes`);

/* Space between elements in templates and styles, and a style's zero before a point, are for the reader of the source. */
function templates() {
    return {
        name: "templates",
        setup(builder) {
            builder.onLoad({filter: /frontend[\\/]src[\\/].*\.js$/}, async ({path}) => {
                const dense = (await readFile(path, "utf8")).replace(/\n\s+/g, "\n");
                const contents = path.endsWith("styles.js") ? dense.replace(/([ (])0(\.\d)/g, "$1$2") : dense;
                return {contents, loader: "js"};
            });
        }
    };
}

function fail(why) {
    console.error(why);
    process.exit(1);
}
