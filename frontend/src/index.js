/* Registers the card, and tells the card picker of it. */
import "./card.js";
import {Words} from "./words.js";

const GERMAN = (navigator.language || "").startsWith("de");

window.customCards = window.customCards || [];
window.customCards.push({
    type: "failwatch-card",
    name: "FailWatch",
    description: GERMAN
        ? "Einen 3D-Druck überwachen: Bild, Verlauf, Alarme, Antworten und frühere Drucke"
        : "Watch a 3D print: picture, course, alarms, answers and past prints",
    preview: true,
    documentationURL: "https://github.com/failwatch/failwatch/blob/main/docs/card.md"
});

/* The form asks for its texts without waiting for them. */
customElements.whenDefined("home-assistant").then(() => {
    const hass = document.querySelector("home-assistant")?.hass;
    if (hass?.loadBackendTranslation) Words.load(hass).catch(() => {});
});
