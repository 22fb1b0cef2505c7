/* What the card says, in the user's language: the texts are the integration's, under `config_panel`. */
const PASSING = ["busy", "cut_short", "rate_limited", "server_failed", "timed_out", "unavailable"];

/* How a print ended, by the words of OctoPrint and of the integrations of printers. */
const ENDS = {
    finished: ["done", "finish", "finished", "complete", "completed"],
    cancelled: ["cancelled", "canceled", "cancelling", "aborted", "stopped"],
    failed: ["failed", "error"],
    ended: ["ended", "idle", "off", "ready", "standby", "operational"]
};

const SPACE = "component.failwatch.config_panel";
const loading = new Map();

/* How a print looks that raises nothing: better than normal, as ever, or worse by half of what is suspicious. */
function shadeOf({score, limit}) {
    if (Number(score.toFixed(2)) < 0) return "below";
    return score >= limit / 2 ? "halfway" : "quiet";
}

export class Words {
    #localize;

    constructor(language, localize) {
        this.language = language;
        this.#localize = localize;
        this.numbers = new Intl.NumberFormat(language, {minimumFractionDigits: 2, maximumFractionDigits: 2});
        this.times = new Intl.DateTimeFormat(language, {hour: "2-digit", minute: "2-digit"});
        this.days = new Intl.DateTimeFormat(language, {dateStyle: "medium", timeStyle: "short"});
    }

    /* The words in Home Assistant's language. It is asked once for all cards: whoever asks it while it loads gets none. */
    static load(hass) {
        const {language} = hass;
        if (!loading.has(language)) {
            const texts = hass.loadBackendTranslation("config_panel", "failwatch");
            loading.set(language, texts.then((localize) => new Words(language, localize)));
            texts.catch(() => loading.delete(language));
        }
        return loading.get(language);
    }

    /* The text of a key such as "condition.maybe", with {placeholders} filled in; "" for one that is not known. */
    say(key, values = {}) {
        return this.#localize(`${SPACE}.${key}`, values) || "";
    }

    number(value) {
        return value === null || value === undefined ? "–" : this.numbers.format(value);
    }

    duration(seconds) {
        const whole = Math.max(0, Math.round(seconds));
        if (whole < 90) return this.say("duration.seconds", {seconds: whole});
        const minutes = Math.round(whole / 60);
        if (minutes < 90) return this.say("duration.minutes", {minutes});
        const hours = Math.floor(minutes / 60);
        if (hours < 48) return this.say("duration.hours", {hours, minutes: minutes % 60});
        return this.say("duration.days", {days: Math.floor(hours / 24)});
    }

    /* One sentence on why the verdict is what it is. */
    reason(verdict) {
        if (!verdict) return "";
        const shade = verdict.rule === "quiet" ? shadeOf(verdict) : verdict.rule;
        const values = {
            now: this.number(verdict.usual + verdict.score),
            usual: this.number(verdict.usual),
            limit: this.number(verdict.usual + verdict.limit)
        };
        return this.say(`reason.${shade}`, values) || verdict.reason || "";
    }

    /* Why nothing can be seen, and what to do about it. */
    blind(problem) {
        const text = this.say(`blind.${problem.reason}`);
        if (!text) return problem.detail;
        return PASSING.includes(problem.reason) ? `${text} ${this.say("note.goes_on_trying")}` : text;
    }

    /* What a refused command says, in the user's language. */
    async problem(hass, error) {
        if (error?.code === "unauthorized") return this.say("card.not_allowed");
        const {translation_domain: domain, translation_key: key, translation_placeholders: values} = error || {};
        const localize = domain && key && (await hass.loadBackendTranslation("exceptions", domain).catch(() => null));
        const text = localize && localize(`component.${domain}.exceptions.${key}.message`, values || {});
        // What another integration says of its own is shown as it is; what Home Assistant says in English is not.
        return text || (error?.code === "home_assistant_error" && error.message) || this.say("card.failed");
    }

    outcome(outcome) {
        const end = Object.keys(ENDS).find((one) => ENDS[one].includes(outcome?.toLowerCase()));
        return this.say(`outcome.${end || outcome || "unknown"}`) || outcome;
    }
}
