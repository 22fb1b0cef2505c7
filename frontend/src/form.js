/* The card's settings as Home Assistant's form draws them. */
export const PARTS = ["picture", "course", "events", "answers", "past"];
export const LAYOUTS = ["full", "tile"];

/* Home Assistant asks for the form at once: the texts were loaded with the script. */
export function configForm() {
    const say = (key) => document.querySelector("home-assistant")?.hass?.localize(`component.failwatch.config_panel.${key}`);
    const options = (kind, values) => values.map((value) => ({value, label: say(`${kind}.${value}`) || value}));
    return {
        schema: [
            {name: "device_id", required: true, selector: {device: {integration: "failwatch"}}},
            {name: "name", selector: {text: {}}},
            {name: "layout", selector: {select: {mode: "dropdown", options: options("form_layout", LAYOUTS)}}},
            {name: "show", selector: {select: {mode: "list", multiple: true, options: options("form_part", PARTS)}}}
        ],
        computeLabel: (field) => say(`form.${field.name}`) || field.name,
        computeHelper: (field) => say(`form_help.${field.name}`) || undefined,
        assertConfig: checked
    };
}

/* Raises for what the form cannot have made; the rest gets its defaults. */
export function checked(config) {
    if (!config || typeof config !== "object") throw new Error("FailWatch: the card needs a configuration.");
    const {device_id = "", name = "", layout = "full", show = PARTS} = config;
    if (typeof device_id !== "string") throw new Error("FailWatch: device_id must be the ID of a device.");
    if (!LAYOUTS.includes(layout)) throw new Error(`FailWatch: layout must be one of ${LAYOUTS.join(", ")}.`);
    if (!Array.isArray(show) || show.some((part) => !PARTS.includes(part))) {
        throw new Error(`FailWatch: show must be a list of ${PARTS.join(", ")}.`);
    }
    return {device_id, name, layout, show};
}

/* The first printer there is. */
export function stub(hass) {
    const entity = Object.values(hass.entities || {}).find((one) => one.platform === "failwatch" && one.device_id);
    return {device_id: entity ? entity.device_id : "", layout: "full", show: [...PARTS]};
}
