/* The parts of the card, each drawn from what is known of the printer. */
import {html, nothing} from "lit";
import {guard} from "lit/directives/guard.js";
import {drawChart} from "./chart.js";
import {gapsOf, limits} from "./course.js";
import {listed} from "./events.js";
import {drawPicture} from "./picture.js";
import {acceptance, answers, condition, countdown, isPrinting, isSnoozed, isUnanswered, level, verdict} from "./situation.js";

const ICONS = {
    gone: "mdi:lan-disconnect", off: "mdi:eye-off-outline", idle: "mdi:printer-3d", none: "mdi:check-circle", maybe: "mdi:help-circle",
    failure: "mdi:alert", blind: "mdi:eye-off", paused: "mdi:pause-circle", hold: "mdi:timer-sand", waiting: "mdi:timer-sand",
    early: "mdi:timer-sand", accepted: "mdi:thumb-up"
};

const alert = (kind, text, more = "") => html`<ha-alert alert-type=${kind} class=${more}>${text}</ha-alert>`;

export function conditionOf(printer) {
    return printer.gone ? "gone" : condition(printer.update);
}

export function drawSign(printer) {
    return html`<ha-icon class="sign" icon=${ICONS[conditionOf(printer)]}></ha-icon>`;
}

/* The level in words; of one that stands while the print is paused or on hold, that too. */
export function levelText(words, printer) {
    const found = conditionOf(printer);
    const {state} = printer.update;
    const more = level(state) === found && (state.phase === "paused" ? "paused" : state.holds[0] && "hold");
    return words.say(`condition.${found}`) + (more ? ` · ${words.say(`condition.${more}`)}` : "");
}

/* The silence under which the level is seen; "" while there is none. */
export function silenceText(words, {update: {state}, clock}) {
    if (!isPrinting(state)) return "";
    if (state.muted) return words.say("silence.muted");
    const now = clock.now();
    return isSnoozed(state, now) ? words.say("silence.snoozed", {time: words.duration(state.snoozed_until - now)}) : "";
}

/* How old what is shown is, from the first look on that was not answered; "" before. */
export function ageText(words, {update: {state}, clock}) {
    if (!state.look || !isUnanswered(state)) return "";
    return words.say("note.blind_for", {time: words.duration(clock.now() - state.look.at)});
}

/* The level is told by a screen reader as it changes; the time beside it, which changes by itself, is not. */
export function drawHead(words, printer, name) {
    const silence = silenceText(words, printer);
    return html`
        <div class="head">
            ${drawSign(printer)}
            <div class="texts">
                <h2>${name}</h2>
                <span class="level"><span role="status">${levelText(words, printer)}</span>${silence ? ` · ${silence}` : ""}</span>
            </div>
        </div>`;
}

export function drawTroubles(words, {update, gone}, problem) {
    const {connected, status_problem: status} = update;
    return html`
        ${gone ? alert("warning", words.say(`card.${gone}`)) : nothing}
        ${connected ? nothing : alert("warning", words.say("card.unreachable"))}
        ${status && !gone ? alert("warning", words.say(`status.${status}`)) : nothing}
        ${problem ? alert("error", problem) : nothing}`;
}

/* What was accepted: until when, and from where on it is asked again before. */
export function acceptedText(words, {until, limit}, now) {
    const lasts = until === null ? words.say("note.accepted_until_end") : words.say("note.accepted", {time: words.duration(until - now)});
    const sooner = limit === null ? words.say("note.asks_elsewhere") : words.say("note.asks_if_grown", {limit: words.number(limit)});
    return `${lasts} ${sooner}`;
}

/* What stands behind the level. */
export function drawWhy(words, {update: {state, watching}, clock}) {
    if (!watching || !isPrinting(state)) return nothing;
    const now = clock.now();
    const found = verdict(state);
    const accepted = acceptance(state, now);
    const ordered = state.intervention?.ordered;
    const hold = state.holds[0];
    const age = ageText(words, {update: {state}, clock});
    const line = (text) => html`<p class="why">${text}</p>`;
    return html`
        ${state.print_name ? html`<p class="quiet name">${state.print_name}</p>` : nothing}
        ${state.blind ? html`${alert("error", words.blind(state.blind), "blind")}
            <p class="quiet">${words.say("note.blind_for", {time: words.duration(now - state.blind.since)})}</p>` : nothing}
        ${age ? line(age) : nothing}
        ${hold ? line(words.say(`hold.${hold}`) || hold) : nothing}
        ${state.latch.confirmed ? line(words.say("note.confirmed")) : nothing}
        ${accepted ? line(acceptedText(words, accepted, now)) : nothing}
        ${ordered ? alert("warning", `${words.say(`ordered.${ordered.action}`, {tries: ordered.tries})}
            ${ordered.problems?.at(-1) || ""}`, "ordered") : nothing}
        ${found && !state.latch.confirmed && !state.blind ? line(words.reason(found)) : nothing}`;
}

export function drawCountdown(words, {update: {state}, clock}) {
    const coming = countdown(state);
    if (!coming) return nothing;
    const left = Math.max(0, coming.due_at - clock.now());
    const whole = Math.max(1, coming.due_at - (coming.announced_at ?? coming.due_at - left));
    return html`
        <div class="countdown">
            <span class="hidden" role="alert">${words.say("event.countdown")}</span>
            <span role="timer">${words.say(`countdown.${coming.action}`, {time: words.duration(left)})}</span>
            <span class="bar" aria-hidden="true"><span style="width:${(100 * left) / whole}%"></span></span>
        </div>`;
}

/* The last picture, how old it is, and which of several cameras gives none. */
export function drawLast(words, {update: {state}, clock}, {name, view, url, nameOf, choose, failed}) {
    const views = state.look?.views || [];
    const problems = state.blind ? [] : views.filter((one) => one.reason);
    const alt = words.say("picture.alt", {name, boxes: view?.boxes.length});
    return html`
        ${view && url ? drawPicture(words, {
            url,
            boxes: view.boxes,
            alt,
            onError: failed,
            children: html`<span class="chip age">${words.say("picture.age", {time: words.duration(clock.now() - state.look.at)})}</span>`
        }) : html`<p class="quiet nothing">${words.say("picture.none")}</p>`}
        ${views.length > 1 ? html`<div class="buttons">${views.map((one) => html`
            <ha-button appearance=${one === view ? "filled" : "plain"} aria-pressed=${one === view} ?disabled=${Boolean(one.reason)}
                @click=${() => choose(one.camera)}>${nameOf(one.camera)}</ha-button>`)}</div>` : nothing}
        ${problems.map((one) => alert("warning", `${nameOf(one.camera)}: ${words.blind({reason: one.reason, detail: one.problem})}`))}`;
}

/* Drawn anew with every look, but not with every second. */
export function drawCourse(words, {update: {state, rules}, frames, gaps, marks, events}) {
    const found = state.look?.verdict;
    return html`<section aria-label=${words.say("course.title")}>
        ${guard([frames, gaps, marks, events.length, state.look?.at, rules, words], () =>
            drawChart(words, frames, found ? limits(rules, found.usual, found.limit) : [], {
                marks: listed(words, marks, events),
                gaps: [...gaps, ...gapsOf(marks)]
            }))}
    </section>`;
}

/* What happened in this print; `most` of it, and `more` shows the rest. */
export function drawEvents(words, {clock, marks, events}, most, more) {
    const found = listed(words, marks, events);
    if (!found.length) return nothing;
    return html`
        <section class="events">
            <h3>${words.say("events.title")}</h3>
            <ul>${found.slice(0, most).map((event) => html`<li><time>${words.times.format(clock.date(event.at))}</time> ${event.text}</li>`)}</ul>
            ${found.length > most ? html`<ha-button appearance="plain" @click=${more}>
                ${words.say("events.more", {count: found.length})}</ha-button>` : nothing}
        </section>`;
}

/* The answers that make sense now; who may not control the printer sees them and cannot press. */
export function drawAnswers(words, {update, clock, gone}, press) {
    const offered = answers(update, clock.now());
    if (!offered.length) return nothing;
    const may = update.may.control;
    return html`
        <div class="buttons answers">${offered.map((answer) => html`
            <ha-button data-order=${answer.key} ?disabled=${!may || Boolean(gone)} @click=${() => press(answer)}
                appearance=${answer.primary ? "accent" : "filled"} variant=${answer.asks ? "danger" : "brand"}>
                ${words.say(`answer.${answer.title || answer.key}`)}</ha-button>`)}
        </div>
        ${may || update.sample ? nothing : html`<p class="quiet">${words.say("card.no_control")}</p>`}`;
}

/* What opens the dialogs: past prints, and the regions for those who may change settings. */
export function drawFoot(words, {update}, view, open) {
    if (update.sample) return nothing;
    const button = (dialog, text) => html`
        <ha-button appearance="plain" data-open=${dialog} @click=${() => open(dialog)}>${text}</ha-button>`;
    return html`
        <div class="buttons foot">
            ${button("past", words.say("past.title"))}
            ${update.may.configure && view ? button("regions", words.say("picture.regions")) : nothing}
        </div>`;
}

/* The small version: the level and the picture; everything else opens with it. */
export function drawTile(words, printer, {name, url, open}) {
    const shown = levelText(words, printer);
    const text = [shown, silenceText(words, printer), ageText(words, printer)].filter(Boolean).join(" · ");
    return html`
        <button class="plain tile" @click=${open}>
            ${drawSign(printer)}
            <span class="texts"><b>${name}</b><span class="level">${text}</span><span class="hidden">${words.say("card.open")}</span></span>
            ${url ? html`<img alt="" src=${url}>` : nothing}
        </button>
        <span class="hidden" role="status">${name}: ${shown}</span>`;
}
