/* Dialogs by the browser's own means: they keep the focus, close with Escape, and are announced. */
import {html} from "lit";

/* A dialog's head with its title and the button that closes it. */
export function dialogHead(words, title) {
    return html`
        <div class="head">
            <h2>${title}</h2>
            <button class="round" aria-label=${words.say("card.close")} @click=${(event) => event.target.closest("dialog").close()} autofocus>
                <ha-icon icon="mdi:close"></ha-icon>
            </button>
        </div>`;
}

/* A question with two answers. `chosen` is told whether the first was given. */
export function question(words, {text, yes, no, danger = true, chosen}) {
    const end = (event, answer) => {
        event.target.closest("dialog").close();
        chosen(answer);
    };
    return html`
        <dialog class="question" role="alertdialog" aria-label=${text} @cancel=${() => chosen(false)}>
            <div class="body">
                <p style="margin:0">${text}</p>
                <div class="buttons">
                    <ha-button variant=${danger ? "danger" : "brand"} @click=${(event) => end(event, true)}>${yes}</ha-button>
                    <ha-button appearance="plain" @click=${(event) => end(event, false)}>${no}</ha-button>
                </div>
            </div>
        </dialog>`;
}

/* Opens the dialogs that were just drawn. */
export function openDialogs(root) {
    for (const dialog of root.querySelectorAll("dialog:not([open])")) dialog.showModal();
}
