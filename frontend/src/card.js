/* The card: what FailWatch sees of one printer, what it makes of it, and what the user says to it. */
import {LitElement, css, html, nothing} from "lit";
import {guard} from "lit/directives/guard.js";
import {drawChart} from "./chart.js";
import {Clock} from "./clock.js";
import {Follower, ask} from "./connection.js";
import {frameOf, limits, withFrame} from "./course.js";
import {dialogHead, openDialogs, question} from "./dialog.js";
import {listed} from "./events.js";
import {checked, configForm, stub} from "./form.js";
import "./past.js";
import {drawPicture} from "./picture.js";
import "./regions.js";
import {sample} from "./sample.js";
import {acceptance, answers, condition, countdown, isPrinting, isSnoozed, level, shownView, verdict} from "./situation.js";
import {colours, dialogs, pictures} from "./styles.js";
import {Words} from "./words.js";

const ICONS = {
    gone: "mdi:lan-disconnect", off: "mdi:eye-off-outline", idle: "mdi:printer-3d", none: "mdi:check-circle", maybe: "mdi:help-circle",
    failure: "mdi:alert", blind: "mdi:eye-off", paused: "mdi:pause-circle", hold: "mdi:timer-sand"
};
const FEW_EVENTS = 3;
const TICK = 1000;

class FailWatchCard extends LitElement {
    static properties = {
        hass: {attribute: false},
        preview: {type: Boolean},
        layout: {},
        _config: {state: true},
        _update: {state: true},
        _frames: {state: true},
        _marks: {state: true},
        _events: {state: true},
        _problem: {state: true},
        _gone: {state: true},
        _open: {state: true},
        _camera: {state: true},
        _allEvents: {state: true},
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
        this._forget();
        this._open = "";
        this._tick = 0;
    }

    setConfig(config) {
        const next = checked(config);
        if (this._config && next.device_id !== this._config.device_id) this._unfollow();
        this._config = next;
    }

    getCardSize() {
        return this._isTile ? 1 : 8;
    }

    getGridOptions() {
        return this._isTile
            ? {columns: 6, rows: 1, min_columns: 6, min_rows: 1, max_rows: 1}
            : {columns: 12, rows: "auto", min_columns: 6};
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
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        clearInterval(this._ticking);
        this._watching.disconnect();
        this._unfollow();
    }

    _see(seen) {
        if (seen === this._seen) return;
        this._seen = seen;
        if (!seen || !this._update) return;
        this._showPicture();
        this.requestUpdate();
    }

    shouldUpdate(changed) {
        if (!this._seen && this._drawn) return false;
        // Home Assistant hands over a new hass with every state of the house; only its language matters here.
        return changed.size > 1 || !changed.has("hass") || this._language !== this.hass.language;
    }

    willUpdate() {
        if (!this.hass || !this._config) return;
        if (this._language !== this.hass.language) {
            this._language = this.hass.language;
            this._load();
        }
        if (!this._config.device_id) this._showSample();
        else if (!this._follower && this.isConnected) this._follow();
    }

    async _load() {
        const language = this._language;
        try {
            const words = await Words.load(this.hass);
            if (language === this._language) this._words = words;
        } catch {
            this._language = ""; // The next news from Home Assistant begins another try.
        }
    }

    updated() {
        this._drawn = Boolean(this._update);
        openDialogs(this.renderRoot);
    }

    /* News */

    _forget() {
        this._update = null;
        this._clock = new Clock(0);
        this._frames = [];
        this._marks = [];
        this._events = [];
        this._problem = "";
        this._gone = "";
        this._print = null;
        this._url = "";
    }

    _showSample() {
        if (this._update || !this._words) return;
        const shown = sample(this._words.say("card.sample"));
        this._frames = shown.frames;
        this._take(shown.update);
    }

    _follow() {
        this._follower = new Follower(this.hass, this._config.device_id, (message) => this._take(message), (error) => {
            this._gone = error?.code === "unauthorized" ? "no_access" : "waiting";
        });
    }

    _unfollow() {
        this._follower?.stop();
        this._follower = null;
        this._forget();
    }

    _take(message) {
        if (message.type === "event") {
            this._events = [...this._events, message.event];
            return;
        }
        if (message.type === "gone") {
            this._gone = "gone";
            return;
        }
        this._gone = "";
        this._clock = new Clock(message.now, message.clock_speed);
        this._update = message;
        const {state} = message;
        if (state.print_id !== this._print && state.print_id !== "sample") this._loadCourse(state);
        else if (isPrinting(state) && state.look && state.look.at >= (state.started_at || 0)) {
            this._frames = withFrame(this._frames, frameOf(state));
        }
        if (this._seen) this._showPicture();
    }

    /* The looks at a print that ran before this page was opened. */
    async _loadCourse(state) {
        const print = (this._print = state.print_id);
        this._frames = [];
        this._marks = [];
        if (!print) return;
        this._events = this._events.filter((event) => event.print_id === print);
        if (!this._shows("course") && !this._shows("events")) return;
        try {
            const course = await ask(this.hass, this._config.device_id, "frames", {print_id: print});
            if (this._print !== print) return;
            this._frames = this._frames.reduce(withFrame, course.frames);
            this._marks = course.marks;
        } catch {
            // Not recorded, or not yet: the course begins with what comes now.
        }
    }

    /* The next picture takes the place of the shown one as soon as it is there. */
    _showPicture() {
        const view = shownView(this._update, this._camera);
        const path = view ? this._update.pictures[view.camera] : "";
        const url = path && !path.startsWith("data:") ? this.hass.hassUrl(path) : path;
        if (!url || !this._url) return void (this._url = url);
        const next = new Image();
        next.onload = () => (this._url = url);
        next.src = url;
    }

    async _order(answer) {
        this._problem = "";
        this._open = "";
        try {
            await ask(this.hass, this._config.device_id, "order", {order: answer.key, ...answer.data});
        } catch (error) {
            this._problem = error.message || this._words.say("card.failed");
        }
    }

    _shows(part) {
        return this._config.show.includes(part);
    }

    /* Drawing */

    render() {
        if (!this._config || !this._words) return nothing;
        const words = this._words;
        if (!this._update) {
            const why = this._gone ? words.say(`card.${this._gone}`) : words.say("card.waiting");
            return html`<ha-card><div class="content"><p class="quiet" role="status">${why}</p></div></ha-card>`;
        }
        return html`
            <ha-card class=${condition(this._update)}>${this._isTile ? this._renderTile() : html`<div class="content">${this._renderAll()}</div>`}</ha-card>
            ${this._renderOpen()}`;
    }

    get _name() {
        return this._config.name || this._update.name;
    }

    /* The level in words, with the silence under which it is seen. */
    get _condition() {
        const words = this._words;
        const {state} = this._update;
        const text = words.say(`condition.${this._gone ? "gone" : condition(this._update)}`);
        const silence = this._silence;
        return silence && isPrinting(state) ? words.say("silence.seen", {level: text, silence}) : text;
    }

    get _silence() {
        const {state} = this._update;
        const now = this._clock.now();
        if (state.muted) return this._words.say("silence.muted");
        if (!isSnoozed(state, now)) return "";
        return this._words.say("silence.snoozed", {time: this._words.duration(state.snoozed_until - now)});
    }

    _renderTile() {
        const view = shownView(this._update, this._camera);
        return html`
            <button class="plain tile" aria-label="${this._name}: ${this._condition}. ${this._words.say("card.open")}"
                @click=${() => (this._open = "all")}>
                <ha-icon class="sign" icon=${ICONS[condition(this._update)]}></ha-icon>
                <span class="texts"><b>${this._name}</b><span class="level">${this._condition}</span></span>
                ${view && this._url ? html`<img alt="" src=${this._url}>` : nothing}
            </button>`;
    }

    _renderAll() {
        const {words} = {words: this._words};
        return html`
            <div class="head">
                <ha-icon class="sign" icon=${ICONS[this._gone ? "gone" : condition(this._update)]}></ha-icon>
                <div class="texts">
                    <h2>${this._name}</h2>
                    <span class="level" role="status">${this._condition}</span>
                </div>
            </div>
            ${this._gone ? html`<ha-alert alert-type="warning">${words.say(`card.${this._gone}`)}</ha-alert>` : nothing}
            ${this._update.connected ? nothing : html`<ha-alert alert-type="warning">${words.say("card.unreachable")}</ha-alert>`}
            ${this._problem ? html`<ha-alert alert-type="error">${this._problem}</ha-alert>` : nothing}
            ${this._renderWhy()}
            ${this._renderCountdown()}
            ${this._shows("picture") ? this._renderPicture() : nothing}
            ${this._shows("answers") ? this._renderAnswers() : nothing}
            ${this._shows("course") ? this._renderCourse() : nothing}
            ${this._shows("events") ? this._renderEvents() : nothing}
            ${this._shows("past") ? this._renderPastButtons() : nothing}`;
    }

    _renderWhy() {
        const words = this._words;
        const {state, watching} = this._update;
        if (!watching || !isPrinting(state)) return nothing;
        const now = this._clock.now();
        const found = verdict(state);
        const accepted = acceptance(state, now);
        const ordered = state.intervention?.ordered;
        return html`
            ${state.print_name ? html`<p class="quiet name">${state.print_name}</p>` : nothing}
            ${state.blind ? html`<ha-alert alert-type="error" class="blind">${words.blind(state.blind)}
                ${words.say("note.blind_for", {time: words.duration(now - state.blind.since)})}</ha-alert>` : nothing}
            ${state.holds.length ? html`<p class="why">${words.say(`hold.${state.holds[0]}`) || state.holds[0]}</p>` : nothing}
            ${state.latch.confirmed ? html`<p class="why">${words.say("note.confirmed")}</p>` : nothing}
            ${accepted ? html`<p class="why">${accepted.until === null
                ? words.say("note.accepted_until_end")
                : words.say("note.accepted", {time: words.duration(accepted.until - now)})}</p>` : nothing}
            ${ordered ? html`<ha-alert alert-type="warning" class="ordered">${words.say(`ordered.${ordered.action}`, {tries: ordered.tries})}
                ${ordered.problems?.at(-1) || ""}</ha-alert>` : nothing}
            ${found && !state.latch.confirmed ? html`<p class="why">${words.reason(found)}</p>` : nothing}`;
    }

    _renderCountdown() {
        const coming = countdown(this._update.state);
        if (!coming) return nothing;
        const words = this._words;
        const left = Math.max(0, coming.due_at - this._clock.now());
        const whole = Math.max(1, coming.due_at - (coming.announced_at ?? coming.due_at - left));
        return html`
            <div class="countdown" role="timer">
                <span>${words.say(`countdown.${coming.action}`, {time: words.duration(left)})}</span>
                <span class="bar" aria-hidden="true"><span style="width:${(100 * left) / whole}%"></span></span>
            </div>`;
    }

    _renderPicture() {
        const words = this._words;
        const view = shownView(this._update, this._camera);
        if (!view || !this._url) return html`<p class="quiet nothing">${words.say("picture.none")}</p>`;
        const views = this._update.state.look.views;
        const age = words.say("picture.age", {time: words.duration(this._clock.now() - this._update.state.look.at)});
        return html`
            ${drawPicture(words, {
                url: this._url,
                boxes: view.boxes,
                alt: words.say("picture.alt", {name: this._name, boxes: view.boxes.length}),
                onError: () => (this._url = ""),
                children: html`<span class="chip age">${age}</span>`
            })}
            ${views.length > 1 ? html`<div class="buttons">${views.map((one, at) => html`
                <ha-button appearance=${one === view ? "filled" : "plain"} aria-pressed=${one === view}
                    @click=${() => this._choose(one.camera)}>${this._cameraName(one.camera, at)}</ha-button>`)}</div>` : nothing}`;
    }

    _choose(camera) {
        this._camera = camera;
        this._showPicture();
    }

    _cameraName(camera, at) {
        return this.hass?.states?.[camera]?.attributes?.friendly_name || camera || `${this._words.say("picture.camera")} ${at + 1}`;
    }

    _renderAnswers() {
        const words = this._words;
        const offered = answers(this._update, this._clock.now());
        if (!offered.length) return nothing;
        const may = this._update.may.control;
        return html`
            <div class="buttons answers">${offered.map((answer) => html`
                <ha-button data-order=${answer.key} ?disabled=${!may || Boolean(this._gone)} .disabled=${!may || Boolean(this._gone)}
                    appearance=${answer.primary ? "accent" : "filled"} variant=${answer.asks ? "danger" : "brand"}
                    @click=${() => (answer.asks ? (this._open = "cancel") : this._order(answer))}>
                    ${words.say(`answer.${answer.title || answer.key}`)}</ha-button>`)}
            </div>
            ${may || !this._config.device_id ? nothing : html`<p class="quiet">${words.say("card.no_control")}</p>`}`;
    }

    _renderCourse() {
        const {state, rules} = this._update;
        const verdict = state.look?.verdict;
        // Drawn anew with every look, but not with every second.
        return html`<section aria-label=${this._words.say("course.title")}>
            ${guard([this._frames, this._marks, this._events, state.look?.at, rules, this._words], () =>
                drawChart(this._words, this._frames, verdict ? limits(rules, verdict.usual, verdict.limit) : [], {
                    marks: listed(this._words, this._marks, this._ownEvents)
                }))}
        </section>`;
    }

    get _ownEvents() {
        return this._events.filter((event) => !event.print_id || event.print_id === this._update.state.print_id);
    }

    _renderEvents() {
        const words = this._words;
        const events = listed(words, this._marks, this._ownEvents);
        if (!events.length) return nothing;
        const shown = this._allEvents ? events : events.slice(0, FEW_EVENTS);
        return html`
            <section class="events">
                <h3>${words.say("events.title")}</h3>
                <ul>${shown.map((event) => html`<li><time>${words.times.format(this._clock.date(event.at))}</time> ${event.text}</li>`)}</ul>
                ${events.length > shown.length ? html`<ha-button appearance="plain" @click=${() => (this._allEvents = true)}>
                    ${words.say("events.more", {count: events.length})}</ha-button>` : nothing}
            </section>`;
    }

    _renderPastButtons() {
        if (!this._config.device_id) return nothing;
        const view = shownView(this._update, this._camera);
        return html`
            <div class="buttons foot">
                <ha-button appearance="plain" data-open="past" @click=${() => (this._open = "past")}>${this._words.say("past.title")}</ha-button>
                ${this._update.may.configure && view ? html`<ha-button appearance="plain" data-open="regions"
                    @click=${() => (this._open = "regions")}>${this._words.say("picture.regions")}</ha-button>` : nothing}
            </div>`;
    }

    _renderOpen() {
        const words = this._words;
        const closed = () => (this._open = "");
        const shared = {hass: this.hass, device: this._config.device_id};
        if (this._open === "past") {
            return html`<failwatch-past-prints .hass=${shared.hass} .device=${shared.device} .words=${words}
                .mayControl=${this._update.may.control} @closed=${closed}></failwatch-past-prints>`;
        }
        if (this._open === "regions") {
            return html`<failwatch-regions .hass=${shared.hass} .device=${shared.device} .words=${words}
                .camera=${shownView(this._update, this._camera)?.camera ?? ""} @closed=${closed}></failwatch-regions>`;
        }
        if (this._open === "cancel") {
            return question(words, {
                text: words.say("cancel.question", {print: this._update.state.print_name || words.say("cancel.this_print")}),
                yes: words.say("cancel.yes"),
                no: words.say("cancel.no"),
                chosen: (sure) => (sure ? this._order({key: "cancel"}) : closed())
            });
        }
        if (this._open === "all") {
            return html`<dialog class=${condition(this._update)} aria-label=${this._name} @close=${(event) => event.target.matches("dialog") && closed()}>
                ${dialogHead(words, "", (event) => event.target.closest("dialog").close())}
                <div class="content in-dialog">${this._renderAll()}</div></dialog>`;
        }
        return nothing;
    }

    static styles = [colours, pictures, dialogs, css`
        ha-card { height: 100%; overflow: hidden; }
        .content { padding: 16px; display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; line-height: 1.4; }
        .content.in-dialog { padding: 0; }
        .content > .head { margin: 0; }
        .texts { display: grid; min-width: 0; }
        .texts :is(h2, b) { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 16px; font-weight: 500; }
        .level { font-size: 14px; }
        .sign { color: var(--fw-level); --mdc-icon-size: 28px; flex: none; }
        .name { overflow-wrap: anywhere; font-size: 14px; }
        .why { margin: 0; }
        .countdown { border-radius: 8px; padding: 8px 12px; background: color-mix(in srgb, var(--fw-maybe) 20%, transparent); display: grid; gap: 6px; }
        .bar { height: 4px; border-radius: 2px; background: var(--fw-line); }
        .bar span { display: block; height: 100%; border-radius: 2px; background: var(--fw-maybe); }
        .nothing { padding: 24px; text-align: center; background: var(--secondary-background-color); border-radius: 8px; }
        .events ul { list-style: none; margin: 4px 0 0; padding: 0; font-size: 14px; }
        .events time { color: var(--fw-quiet); display: inline-block; min-width: 4.5em; }
        .foot { border-top: 1px solid var(--fw-line); padding-top: 8px; }
        .tile { width: 100%; height: 100%; min-height: 56px; display: flex; align-items: center; gap: 10px; padding: 0 10px; box-sizing: border-box; }
        .tile .texts { flex: 1; }
        .tile .level { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 12px; }
        .tile img { height: 40px; width: 56px; object-fit: cover; border-radius: 6px; flex: none; }
    `];
}

customElements.define("failwatch-card", FailWatchCard);
