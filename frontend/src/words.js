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

/* What changes when the user chooses another language, or another way to write numbers and times. */
export const choiceOf = ({locale, language}) => locale || language;

export class Words {
    #localize;

    /* `locale` is what the user chose of numbers and times, and `zone` is Home Assistant's time zone. */
    constructor(language, localize, locale = {}, zone = undefined) {
        const chosen = locale.time_format;
        const ofDay = {
            hour12: {12: true, 24: false}[chosen],
            timeZone: locale.time_zone === "server" ? zone : undefined
        };
        const times = (as) => new Intl.DateTimeFormat(chosen === "system" ? undefined : language, {...as, ...ofDay});
        const numbers = {language, system: [], decimal_comma: "de", space_comma: "de"}[locale.number_format || "language"];
        this.#localize = localize;
        this.numbers = new Intl.NumberFormat(numbers || "en", {minimumFractionDigits: 2, maximumFractionDigits: 2});
        this.times = times({timeStyle: "short"});
        this.days = times({dateStyle: "medium", timeStyle: "short"});
    }

    /* The words in the user's language. Home Assistant is asked once for all cards: whoever asks it while it loads gets none. */
    static load(hass) {
        const key = choiceOf(hass);
        if (!loading.has(key)) {
            const texts = hass.loadBackendTranslation("config_panel", "failwatch");
            loading.set(key, texts.then((localize) => new Words(hass.language, localize, hass.locale, hass.config?.time_zone)));
            texts.catch(() => loading.delete(key));
        }
        return loading.get(key);
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
