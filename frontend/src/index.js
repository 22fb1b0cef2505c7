/* Registers the card, and tells the card picker of it. */
import {FailWatchCard} from "./card.js";
import {PastPrints} from "./past.js";
import {Regions} from "./regions.js";
import {Words} from "./words.js";

const hassNow = () => document.querySelector("home-assistant")?.hass;

window.customCards = window.customCards || [];
window.customCards.push({
    type: "failwatch-card",
    name: "FailWatch",
    /* Read whenever the picker opens: in Home Assistant's language. */
    get description() {
        return (
            hassNow()?.localize?.("component.failwatch.config_panel.card.description") ||
            "Watch a 3D print: picture, course, alarms, answers and past prints"
        );
    },
    preview: true,
    documentationURL: "https://github.com/failwatch/failwatch/blob/main/docs/card.md"
});

/* Home Assistant brings its own list of elements, and knows no card of the browser's list before: wait for its own. */
customElements.whenDefined("home-assistant").then(() => {
    customElements.define("failwatch-regions", Regions);
    customElements.define("failwatch-past-prints", PastPrints);
    customElements.define("failwatch-card", FailWatchCard);
    /* The form asks for its texts without waiting for them. */
    const hass = hassNow();
    if (hass?.loadBackendTranslation) Words.load(hass).catch(() => {});
});
