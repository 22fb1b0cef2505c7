/* Registers the card, and tells the card picker of it. */
import "./card.js";
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

/* The form asks for its texts without waiting for them. */
customElements.whenDefined("home-assistant").then(() => {
    const hass = hassNow();
    if (hass?.loadBackendTranslation) Words.load(hass).catch(() => {});
});
