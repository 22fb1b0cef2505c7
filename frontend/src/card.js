/* The card: what FailWatch sees of one printer, what it makes of it, and what the user says to it. */
import {LitElement, html, nothing} from "lit";
import {ask} from "./connection.js";
import {dialogHead, openDialogs, question} from "./dialog.js";
import {checked, configForm, stub} from "./form.js";
import {conditionOf, drawAnswers, drawCountdown, drawCourse, drawEvents, drawFoot, drawHead, drawLast, drawTile, drawTroubles, drawWhy} from "./parts.js";
import {Printer} from "./printer.js";
import {sample} from "./sample.js";
import {shownView} from "./situation.js";
import {card, colours, dialogs, pictures} from "./styles.js";
import {Words, choiceOf} from "./words.js";

const FEW_EVENTS = 3;
const TICK = 1000, LOAD_AGAIN = 3000;

export class FailWatchCard extends LitElement {
    static properties = {
        hass: {attribute: false},
        _config: {state: true},
        _news: {state: true},
        _problem: {state: true},
        _open: {state: true},
        _camera: {state: true},
        _mostEvents: {state: true},
        _tick: {state: true},
        _url: {state: true},
        _words: {state: true}
    };

    static getConfigForm = configForm;
    static getStubConfig = stub;

    constructor() {
        super();
        this._seen = true;
        this._drawn = false;
        this._news = 0;
        this._tick = 0;
        this._open = "";
        this._mostEvents = FEW_EVENTS;
        this._forget();
    }

    setConfig(config) {
        const next = checked(config);
        if (this._config && next.device_id !== this._config.device_id) this._forget();
        this._config = next;
        this.toggleAttribute("small", this._isTile);
    }

    getCardSize() {
        return this._isTile ? 1 : 8;
    }

    getGridOptions() {
        return this._isTile
            ? {columns: 6, rows: 1, min_columns: 6, min_rows: 1, max_rows: 1}
            : {columns: 12, rows: "auto", min_columns: 6};
    }

    get _update() {
        return this._printer?.update;
    }

    get _isTile() {
        return this._config?.layout === "tile";
    }

    connectedCallback() {
        super.connectedCallback();
        this._ticking = setInterval(() => this._update && (this._tick += 1), TICK);
        // On a dashboard with fifty printers only those on the screen are drawn, and their pictures loaded.
        this._seen = true;
        this._watching = new IntersectionObserver((entries) => this._see(entries.at(-1).isIntersecting));
        this._watching.observe(this);
        this.requestUpdate();
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        clearInterval(this._ticking);
        clearTimeout(this._loading);
        if (!this._words) this._choice = "";
        this._watching.disconnect();
        this._forget();
    }

    _see(seen) {
        if (seen === this._seen) return;
        this._seen = seen;
        if (!seen || !this._update) return;
        this._printer.refresh();
        this._showPicture();
        this.requestUpdate();
    }

    shouldUpdate(changed) {
        if (!this._seen && this._drawn) return false;
        // Home Assistant hands over a new hass with every state of the house; only the user's language matters here.
        return changed.size > 1 || !changed.has("hass") || this._choice !== choiceOf(this.hass);
    }

    willUpdate() {
        if (!this.hass || !this._config) return;
        if (this._choice !== choiceOf(this.hass)) {
            this._choice = choiceOf(this.hass);
            this._load();
        }
        if (this._printer || !this.isConnected) return;
        if (this._config.device_id) {
            this._printer = new Printer(() => this._take()).follow(this.hass, this._config.device_id);
        } else if (this._words) {
            this._printer = Printer.ofSample(sample(this._words.say("card.sample")), () => {});
            this._showPicture();
        }
    }

    async _load() {
        const choice = this._choice;
        try {
            const words = await Words.load(this.hass);
            if (choice === this._choice) this._words = words;
        } catch {
            // A preview hears nothing more from Home Assistant: it has to try again by itself.
            if (choice === this._choice && this.isConnected) this._loading = setTimeout(() => this._load(), LOAD_AGAIN);
        }
    }

    updated() {
        this._drawn = Boolean(this._update && this._words);
        openDialogs(this.renderRoot);
    }

    _forget() {
        this._printer?.stop();
        this._printer = null;
        this._problem = "";
        this._url = "";
    }

    _take() {
        this._news += 1;
        if (this._seen && this._update) this._showPicture();
    }

    get _view() {
        return shownView(this._update, this._camera);
    }

    /* The next picture takes the place of the shown one as soon as it is there. */
    _showPicture() {
        const path = this._view ? this._update.pictures[this._view.camera] : "";
        const url = path && !path.startsWith("data:") ? this.hass.hassUrl(path) : path;
        if (!url || !this._url) return void (this._url = url);
        const next = new Image();
        next.onload = () => (this._url = url);
        next.src = url;
    }

    async _order(answer) {
        this._problem = "";
        try {
            await ask(this.hass, this._config.device_id, "order", {order: answer.key, ...answer.data});
        } catch (error) {
            this._problem = await this._words.problem(this.hass, error);
        }
    }

    get _name() {
        return this._config.name || this._update.name;
    }

    render() {
        if (!this._config || !this._words) return nothing;
        const words = this._words;
        if (!this._update) {
            const why = words.say(`card.${this._printer?.gone || "waiting"}`);
            return html`<ha-card><div class="content"><p class="quiet" role="status">${why}</p></div></ha-card>`;
        }
        return html`
            <ha-card class=${conditionOf(this._printer)}>
                ${this._isTile ? this._drawTile() : html`<div class="content">${this._drawAll()}</div>`}</ha-card>
            ${this._drawOpen()}`;
    }

    _drawTile() {
        return drawTile(this._words, this._printer, {name: this._name, url: this._view && this._url, open: () => (this._open = "all")});
    }

    _drawAll() {
        const [words, printer] = [this._words, this._printer];
        const parts = {
            picture: () => drawLast(words, printer, {
                name: this._name,
                view: this._view,
                url: this._url,
                nameOf: (camera) => this._cameraName(camera),
                choose: (camera) => {
                    this._camera = camera;
                    this._showPicture();
                },
                failed: () => (this._url = "")
            }),
            answers: () => drawAnswers(words, printer, (answer) => (answer.asks ? (this._open = "cancel") : this._order(answer))),
            course: () => drawCourse(words, printer),
            events: () => drawEvents(words, printer, this._mostEvents, () => (this._mostEvents = Infinity)),
            past: () => drawFoot(words, printer, this._view, (dialog) => (this._open = dialog))
        };
        return html`
            ${drawHead(words, printer, this._name)}
            ${drawTroubles(words, printer, this._problem)}
            ${drawWhy(words, printer)}
            ${drawCountdown(words, printer)}
            ${Object.entries(parts).map(([part, draw]) => (this._config.show.includes(part) ? draw() : nothing))}`;
    }

    _cameraName(camera) {
        const at = this._update.state.look.views.findIndex((view) => view.camera === camera);
        return this.hass?.states?.[camera]?.attributes?.friendly_name || camera || `${this._words.say("picture.camera")} ${at + 1}`;
    }

    _drawOpen() {
        const words = this._words;
        // From the tile everything opens in a dialog, which is there again when one within it is closed.
        const closed = () => (this._open = this._isTile && this._open !== "all" ? "all" : "");
        if (this._open === "past") {
            return html`<failwatch-past-prints .hass=${this.hass} .device=${this._config.device_id} .words=${words}
                .mayControl=${this._update.may.control} @closed=${closed}></failwatch-past-prints>`;
        }
        if (this._open === "regions") {
            return html`<failwatch-regions .hass=${this.hass} .device=${this._config.device_id} .words=${words}
                .camera=${this._view?.camera ?? ""} @closed=${closed}></failwatch-regions>`;
        }
        if (this._open === "cancel") {
            return question(words, {
                text: words.say("cancel.question", {print: this._update.state.print_name || words.say("cancel.this_print")}),
                yes: words.say("cancel.yes"),
                no: words.say("cancel.no"),
                chosen: (sure) => {
                    closed();
                    if (sure) this._order({key: "cancel"});
                }
            });
        }
        if (this._open === "all") {
            return html`<dialog class=${conditionOf(this._printer)} aria-label=${this._name} @close=${(event) => event.target.matches("dialog") && closed()}>
                ${dialogHead(words, "")}
                <div class="content in-dialog">${this._drawAll()}</div></dialog>`;
        }
        return nothing;
    }

    static styles = [colours, pictures, dialogs, card];
}
