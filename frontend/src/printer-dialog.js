/* A dialog about one printer: what it asks Home Assistant, and what is shown where that failed. */
import {LitElement, html, nothing} from "lit";
import {ask} from "./connection.js";
import {dialogHead, openDialogs} from "./dialog.js";

export class PrinterDialog extends LitElement {
    static properties = {
        hass: {attribute: false},
        device: {},
        words: {attribute: false},
        _problem: {state: true}
    };

    constructor() {
        super();
        this._problem = "";
    }

    updated() {
        openDialogs(this.renderRoot);
    }

    /* The answer; undefined where there is none, and `_problem` then says why. */
    async _ask(command, data) {
        this._problem = "";
        try {
            return await ask(this.hass, this.device, command, data);
        } catch (error) {
            this._problem = await this.words.problem(this.hass, error);
            return undefined;
        }
    }

    _draw(title, body) {
        const closed = (event) => event.target.matches("dialog") && this.dispatchEvent(new CustomEvent("closed"));
        return html`
            <dialog aria-label=${title} @close=${closed}>
                ${dialogHead(this.words, title)}
                <div class="body">
                    ${this._problem ? html`<ha-alert alert-type="error">${this._problem}</ha-alert>` : nothing}
                    ${body}
                </div>
            </dialog>`;
    }
}
