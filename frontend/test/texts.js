/* The integration's own texts, as Home Assistant would give them. */
import {readFileSync} from "node:fs";
import {Words} from "../src/words.js";

const FOLDER = new URL("../../custom_components/failwatch/translations/", import.meta.url);

export function texts(language) {
    return JSON.parse(readFileSync(new URL(`${language}.json`, FOLDER), "utf8")).config_panel;
}

export function words(language = "en") {
    const known = texts(language);
    return new Words(language, (path, values) => {
        const [group, key] = path.replace("component.failwatch.config_panel.", "").split(".");
        return (known[group]?.[key] || "").replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
    });
}
