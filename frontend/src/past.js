/* Past prints: a list by pages, and each print to scrub through, to label and to download. */
import {css, html, nothing} from "lit";
import {drawChart} from "./chart.js";
import {ADDRESSES_LAST} from "./connection.js";
import {AT, BOXES, CAMERAS, ID, LEVEL, LIMIT, MEAN, P, USUAL, gapsOf, limits, rulesAt} from "./course.js";
import {eventOf} from "./events.js";
import {drawPicture} from "./picture.js";
import {PrinterDialog} from "./printer-dialog.js";
import {colours, dialogs, pictures} from "./styles.js";

const AT_ONCE = 10;
const THUMBNAILS = 12;

export class PastPrints extends PrinterDialog {
    static properties = {
        mayControl: {type: Boolean},
        _prints: {state: true},
        _more: {state: true},
        _shown: {state: true},
        _index: {state: true}
    };

    constructor() {
        super();
        this._prints = null;
        this._more = false;
        this._shown = null;
        this._index = 0;
        this._paths = new Map();
        this._last = null;
        // A Home Assistant that was restarted no longer knows the addresses that it gave.
        this._reconnected = () => this._paths.clear();
    }

    connectedCallback() {
        super.connectedCallback();
        this.hass.connection.addEventListener("ready", this._reconnected);
        this._page();
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.hass.connection.removeEventListener("ready", this._reconnected);
    }

    async _page(before) {
        const page = await this._ask("prints", {limit: AT_ONCE, ...(before === undefined ? {} : {before})});
        if (!page) return;
        this._prints = before === undefined ? page.prints : [...this._prints, ...page.prints];
        this._more = page.more;
    }

    async _open(print) {
        this._paths.clear();
        this._last = null;
        this._shown = {print, frames: [], marks: [], rules: [], thumbnails: []};
        const course = await this._ask("frames", {print_id: print.print_id});
        if (!course || this._shown?.print.print_id !== print.print_id) return;
        const kept = course.frames.map((frame, index) => ({frame, index})).filter(({frame}) => frame[CAMERAS].length);
        const step = Math.max(1, (kept.length - 1) / (THUMBNAILS - 1));
        const thumbnails = [...new Set(Array.from({length: Math.min(THUMBNAILS, kept.length)}, (_, at) => kept[Math.round(at * step)]))];
        this._shown = {...course, thumbnails};
        this._index = Math.max(0, course.frames.findIndex((frame) => frame[LEVEL] === course.print.level));
        await this._sign(thumbnails.map(({frame}) => frame));
    }

    /* Only what is looked at gets an address, and a new one before that is no longer valid. */
    async _sign(frames) {
        const now = Date.now();
        const wanted = frames.filter((frame) => !(this._paths.get(frame[ID])?.until > now));
        if (!wanted.length) return;
        const {print_id} = this._shown.print;
        const answer = await this._ask("pictures", {
            print_id,
            frames: wanted.map((frame) => [frame[ID], frame[CAMERAS][0]])
        });
        if (!answer || this._shown?.print.print_id !== print_id) return;
        wanted.forEach((frame, at) => this._paths.set(frame[ID], {url: this.hass.hassUrl(answer.pictures[at]), until: now + ADDRESSES_LAST}));
        this.requestUpdate();
    }

    /* Not every picture is kept: the nearest one before is shown. */
    get _still() {
        for (let index = this._index; index >= 0; index--) {
            const frame = this._shown.frames[index];
            if (frame && frame[CAMERAS].length) return frame;
        }
        return null;
    }

    _go(index) {
        this._index = index;
        if (this._still) this._sign([this._still]);
    }

    async _label(label, failedFrom) {
        const {print_id} = this._shown.print;
        const answer = await this._ask("label", {print_id, label, ...(failedFrom ? {failed_from: failedFrom} : {})});
        if (answer === undefined) return;
        const kept = label === null ? null : {failed: label === "failed", failed_from: failedFrom ?? null};
        const labelled = (print) => (print.print_id === print_id ? {...print, label: kept} : print);
        this._prints = this._prints.map(labelled);
        this._shown = {...this._shown, print: labelled(this._shown.print)};
    }

    async _export(format) {
        const answer = await this._ask("export", {print_id: this._shown.print.print_id, format});
        if (!answer) return;
        const link = document.createElement("a");
        link.href = this.hass.hassUrl(answer.path);
        link.download = "";
        link.click();
    }

    render() {
        const title = this._shown ? this._nameOf(this._shown.print) : this.words.say("past.title");
        return this._draw(title, this._shown ? this._drawPrint() : this._drawList());
    }

    _nameOf(print) {
        return print.name || this.words.days.format(print.started_at * 1000);
    }

    _drawList() {
        const {words} = this;
        if (!this._prints) return this._problem ? nothing : html`<p class="quiet">${words.say("past.loading")}</p>`;
        if (!this._prints.length) return html`<p class="quiet">${words.say("past.none")}</p>`;
        return html`
            <ul class="prints">${this._prints.map((print) => html`
                <li><button class="plain print ${print.level}" @click=${() => this._open(print)}>
                    <span class="dot" aria-hidden="true"></span>
                    <span class="what"><b>${this._nameOf(print)}</b><br>
                        <span class="quiet">${[
                            print.name && words.days.format(print.started_at * 1000),
                            words.outcome(print.outcome),
                            words.say(`condition.${print.level}`),
                            labelText(words, print.label)
                        ].filter(Boolean).join(" · ")}</span></span>
                </button></li>`)}
            </ul>
            ${this._more ? html`<div class="buttons"><ha-button appearance="plain" class="more"
                @click=${() => this._page(this._prints.at(-1).started_at)}>${words.say("past.more")}</ha-button></div>` : nothing}`;
    }

    _drawPrint() {
        const {words} = this;
        const {frames, marks, rules, print} = this._shown;
        const back = html`<div class="buttons"><ha-button appearance="plain" class="back" @click=${() => (this._shown = null)}>
            ${words.say("past.back")}</ha-button></div>`;
        const frame = frames[this._index];
        if (!frame) return html`${back}<p class="quiet">${words.say(this._problem ? "card.failed" : "past.loading")}</p>`;
        const position = words.say("past.at", {
            time: this._time(frame),
            p: words.number(frame[P]),
            mean: words.number(frame[MEAN]),
            level: words.say(`condition.${frame[LEVEL]}`)
        });
        return html`${back}
            ${this._drawStill()}
            <p class="quiet position">${position}</p>
            <input type="range" min="0" max=${frames.length - 1} .value=${String(this._index)}
                aria-label=${words.say("past.position")} aria-valuetext=${position}
                @input=${(event) => this._go(Number(event.target.value))}>
            ${this._drawFilm()}
            ${drawChart(words, frames, limits(rulesAt(rules, frame), frame[USUAL], frame[LIMIT]), {
                at: frame[AT],
                gaps: gapsOf(marks),
                marks: marks.map((mark) => eventOf(words, mark)).filter(Boolean)
            })}
            <h3>${words.say("label.title")}</h3>
            ${print.label ? html`<p class="quiet said">${labelText(words, print.label)}</p>` : nothing}
            <div class="buttons labels">
                ${this._button("good", () => this._label("good"))}
                ${this._button("failed", () => this._label("failed"))}
                ${this._button("from", () => this._label("failed", frame[AT]))}
                ${print.label ? this._button("none", () => this._label(null)) : nothing}
            </div>
            <h3>${words.say("past.export")}</h3>
            <div class="buttons">
                <ha-button appearance="plain" @click=${() => this._export("csv")}>${words.say("past.csv")}</ha-button>
                <ha-button appearance="plain" @click=${() => this._export("zip")}>${words.say("past.zip")}</ha-button>
            </div>`;
    }

    _time(frame) {
        return this.words.duration(frame[AT] - this._shown.frames[0][AT]);
    }

    /* The last picture stays until the next one has its address. */
    _drawStill() {
        const {words, _still: still} = this;
        if (!still) return html`<p class="quiet nothing">${words.say("past.no_picture")}</p>`;
        if (this._paths.has(still[ID])) this._last = {frame: still, url: this._paths.get(still[ID]).url};
        if (!this._last) return nothing;
        const {frame, url} = this._last;
        return drawPicture(words, {
            url,
            boxes: frame[BOXES][frame[CAMERAS][0]] || [],
            alt: words.say("past.picture", {time: this._time(frame)})
        });
    }

    _drawFilm() {
        return html`<div class="film">${this._shown.thumbnails.map(({frame, index}) => html`
            <button class="plain thumb ${frame[LEVEL]}" aria-label=${this.words.say("past.picture", {time: this._time(frame)})}
                aria-current=${index === this._index} @click=${() => this._go(index)}>
                ${this._paths.has(frame[ID]) ? html`<img loading="lazy" alt="" src=${this._paths.get(frame[ID]).url}>` : nothing}
            </button>`)}</div>`;
    }

    _button(key, press) {
        return html`<ha-button appearance="filled" data-label=${key} ?disabled=${!this.mayControl} @click=${press}>
            ${this.words.say(`label.${key}`)}</ha-button>`;
    }

    static styles = [colours, pictures, dialogs, css`
        .prints { list-style: none; margin: 0; padding: 0; }
        button.print { width: 100%; display: flex; gap: 12px; align-items: center; padding: 8px 4px; }
        .print + .print, li + li { border-top: 1px solid var(--fw-line); }
        .what { min-width: 0; overflow-wrap: anywhere; }
        .dot { width: 12px; height: 12px; border-radius: 50%; background: var(--fw-level); flex: none; }
        input[type="range"] { width: 100%; margin: 0; height: 32px; appearance: none; background: none; }
        input::-webkit-slider-runnable-track { height: 6px; border-radius: 3px; background: var(--fw-line); }
        input::-moz-range-track { height: 6px; border-radius: 3px; background: var(--fw-line); }
        input::-webkit-slider-thumb { appearance: none; width: 22px; height: 22px; border-radius: 50%; margin-top: -8px; background: var(--fw-accent); }
        input::-moz-range-thumb { border: none; width: 22px; height: 22px; border-radius: 50%; background: var(--fw-accent); }
        .film { display: flex; gap: 4px; overflow-x: auto; padding: 2px; }
        .film .thumb { flex: 0 0 72px; height: 54px; border-bottom: 4px solid var(--fw-level); border-radius: 4px; overflow: hidden; background: var(--secondary-background-color); }
        .film .thumb[aria-current="true"] { outline: 2px solid var(--fw-accent); }
        .thumb img { width: 100%; height: 100%; object-fit: cover; display: block; }
    `];
}

function labelText(words, label) {
    return label ? words.say(`labelled.${label.failed ? "failed" : "good"}`) : "";
}
