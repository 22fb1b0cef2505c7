/* Regions to ignore, drawn on the camera's picture; and what the detector has learned of it, shown over it. */
import {css, html, nothing, svg} from "lit";
import {question} from "./dialog.js";
import {EMPTY, canUndo, clear, close, drag, points, press, tap, undo} from "./polygons.js";
import {PrinterDialog} from "./printer-dialog.js";
import {colours, dialogs, pictures} from "./styles.js";

export class Regions extends PrinterDialog {
    static properties = {
        camera: {},
        _drawing: {state: true},
        _path: {state: true},
        _saved: {state: true},
        _background: {state: true},
        _asks: {state: true},
        _dragged: {state: true}
    };

    constructor() {
        super();
        this._drawing = EMPTY;
        this._path = "";
        this._saved = false;
        this._background = null;
        this._asks = false;
        this._dragged = null;
        this._saving = Promise.resolve();
    }

    async connectedCallback() {
        super.connectedCallback();
        const answer = await this._ask("regions", {camera: this.camera});
        if (!answer) return;
        const entry = answer.regions.find((one) => one.camera === this.camera);
        this._drawing = {...EMPTY, polygons: entry ? entry.polygons : []};
        this._path = answer.picture;
    }

    /* Takes a step of the drawing; what changes regions is in force at once. */
    _step(drawing) {
        if (!drawing) return;
        this._drawing = {...drawing, dirty: false};
        this._saved = this._saved && !drawing.dirty;
        if (!drawing.dirty) return;
        const {polygons} = drawing;
        // One after another: the last one drawn must be the last one kept.
        this._saving = this._saving.then(async () => {
            await this._ask("regions/save", {camera: this.camera, polygons});
            this._saved = !this._problem;
        });
    }

    _place(event) {
        const area = event.currentTarget.getBoundingClientRect();
        return [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
    }

    _down(event) {
        event.currentTarget.setPointerCapture(event.pointerId);
        const at = this._place(event);
        this._dragged = {from: at, to: at};
    }

    _move(event) {
        if (this._dragged) this._dragged = {...this._dragged, to: this._place(event)};
    }

    _up(event) {
        if (!this._dragged) return;
        const {from} = this._dragged;
        const to = this._place(event);
        this._dragged = null;
        this._step((this._drawing.corners.length ? null : drag(this._drawing, from, to)) || tap(this._drawing, to));
    }

    _key(event) {
        const next = press(this._drawing, event.key);
        if (!next) return;
        event.preventDefault();
        event.stopPropagation();
        this._step(next);
    }

    async _showLearned() {
        if (this._background) return void (this._background = null);
        const answer = await this._ask("background", {});
        if (answer) this._background = answer.cameras.find((one) => one.name === this.camera) || {cells: [], frames: 0, hidden: 0};
    }

    async _forget(sure) {
        this._asks = false;
        if (!sure) return;
        await this._ask("background/forget", {camera: this.camera});
        if (!this._problem) this._background = {cells: [], frames: 0, hidden: 0};
    }

    render() {
        const {words, _drawing: drawing} = this;
        const any = drawing.corners.length || drawing.polygons.length;
        return html`${this._draw(words.say("regions.title"), html`
            <p class="quiet">${words.say("regions.help")}</p>
            ${this._path ? this._drawArea() : nothing}
            <p class="quiet" aria-live="polite">${words.say("regions.summary", {
                regions: drawing.polygons.length,
                corners: drawing.corners.length
            })} ${this._saved ? words.say("regions.saved") : ""}</p>
            <div class="buttons">
                ${this._button("close", drawing.corners.length >= 3, () => this._step(close(drawing)))}
                ${this._button("undo", canUndo(drawing), () => this._step(undo(drawing)))}
                ${this._button("clear", any, () => this._step(clear(drawing)))}
            </div>
            ${this._drawLearned()}`)}
            ${this._asks ? question(words, {
                text: words.say("regions.forget_question"),
                yes: words.say("regions.forget_yes"),
                no: words.say("regions.no"),
                chosen: (sure) => this._forget(sure)
            }) : nothing}`;
    }

    _button(key, able, press) {
        return html`<ha-button appearance="filled" data-do=${key} ?disabled=${!able} @click=${press}>
            ${this.words.say(`regions.${key}`)}</ha-button>`;
    }

    _drawArea() {
        const {polygons, corners, cursor} = this._drawing;
        const [x, y] = [cursor[0] * 1000, cursor[1] * 1000];
        const drawn = this._dragged && drag(EMPTY, this._dragged.from, this._dragged.to);
        return html`
            <div class="picture area" role="application" tabindex="0" aria-label=${this.words.say("regions.area")}
                @pointerdown=${this._down} @pointermove=${this._move} @pointerup=${this._up}
                @pointercancel=${() => (this._dragged = null)} @keydown=${this._key}>
                <img src=${this.hass.hassUrl(this._path)} alt="" draggable="false"
                    @error=${() => (this._problem = this.words.say("regions.none"))}>
                <svg class="over" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
                    ${this._background ? this._cells() : nothing}
                    ${polygons.map((one) => svg`<polygon class="ignored" points=${points(one)}></polygon>`)}
                    ${corners.length ? svg`<polyline class="open" points=${points(corners)}></polyline>` : nothing}
                    ${corners.map(([a, b]) => svg`<ellipse class="corner" cx=${a * 1000} cy=${b * 1000} rx="9" ry="12"></ellipse>`)}
                    ${drawn ? svg`<polygon class="drawn" points=${points(drawn.polygons[0])}></polygon>` : nothing}
                    <path class="cursor" d="M${x - 25} ${y}H${x + 25}M${x} ${y - 33}V${y + 33}"></path>
                </svg>
            </div>`;
    }

    _cells() {
        const {cells, columns, rows} = this._background;
        if (!cells.length) return nothing;
        const [width, height] = [1000 / columns, 1000 / rows];
        return cells.map(([column, row, strength]) => svg`
            <rect class="cell" x=${column * width} y=${row * height} width=${width} height=${height}
                style="opacity:${0.25 + 0.6 * strength}"></rect>`);
    }

    _drawLearned() {
        const {words, _background: learned} = this;
        return html`
            <div class="buttons">
                <ha-button appearance="plain" data-do="learned" aria-pressed=${Boolean(learned)} @click=${this._showLearned}>
                    ${words.say("regions.learned")}</ha-button>
                ${learned && learned.frames ? html`<ha-button appearance="plain" variant="danger" data-do="forget"
                    @click=${() => (this._asks = true)}>${words.say("regions.forget")}</ha-button>` : nothing}
            </div>
            ${learned ? html`<p class="quiet">${learned.frames
                ? words.say("regions.learned_says", {frames: learned.frames, hidden: (100 * learned.hidden).toFixed(0)})
                : words.say("regions.learned_none")}
                ${learned.moved_at ? words.say("regions.moved", {time: words.days.format(learned.moved_at * 1000)}) : ""}</p>` : nothing}`;
    }

    static styles = [colours, pictures, dialogs, css`
        .area { touch-action: none; cursor: crosshair; user-select: none; }
        .area img { pointer-events: none; }
        .open { fill: none; stroke: #fff; stroke-width: 2px; vector-effect: non-scaling-stroke; }
        .corner { fill: #fff; stroke: #000; stroke-width: 1px; vector-effect: non-scaling-stroke; }
        .cursor { stroke: var(--fw-accent); stroke-width: 2px; vector-effect: non-scaling-stroke; opacity: 0; }
        .area:focus .cursor { opacity: 1; }
        .cell { fill: #00bcd4; }
    `];
}
