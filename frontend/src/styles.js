/* Looks: Home Assistant's theme variables only, so that it is light or dark as the dashboard is. */
import {css} from "lit";

export const colours = css`
    :host {
        --fw-good: var(--success-color, #43a047);
        --fw-maybe: var(--warning-color, #ffa600);
        --fw-bad: var(--error-color, #db4437);
        --fw-off: var(--state-inactive-color, var(--disabled-text-color, #9e9e9e));
        --fw-quiet: var(--secondary-text-color, #727272);
        --fw-line: var(--divider-color, rgba(127, 127, 127, 0.4));
        --fw-accent: var(--primary-color, #03a9f4);
        color: var(--primary-text-color);
    }
    .none, .good { --fw-level: var(--fw-good); }
    .maybe { --fw-level: var(--fw-maybe); }
    .failure, .blind { --fw-level: var(--fw-bad); }
    .idle, .off, .gone, .hold, .paused, .waiting, .early, .accepted { --fw-level: var(--fw-off); }
    .quiet { color: var(--fw-quiet); margin: 0; }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    h2, h3 { font: inherit; font-weight: 500; margin: 0; }
    ha-button { --ha-button-height: 40px; }
    .buttons { display: flex; flex-wrap: wrap; gap: 8px; }
    button.plain {
        font: inherit; color: inherit; background: none; border: none; padding: 0; text-align: start; cursor: pointer;
        border-radius: 8px; min-height: 40px;
    }
    :is(button, a, [tabindex], input):focus-visible { outline: 2px solid var(--fw-accent); outline-offset: 2px; }
`;

export const pictures = css`
    /* Time runs from left to right, also where what is read does not. */
    :is(.chart, .film, .score, input[type="range"]) { direction: ltr; }
    /* Where the system chooses the colours, what is told by colours keeps its own. */
    :is(.bar, .dot, .thumb, input[type="range"]), .key::before, .bar span { forced-color-adjust: none; }
    .picture { position: relative; border-radius: 8px; overflow: hidden; background: var(--secondary-background-color); line-height: 0; }
    .picture img { width: 100%; display: block; min-height: 80px; }
    .over { position: absolute; inset: 0; width: 100%; height: 100%; }
    .box { fill: none; stroke: var(--fw-bad); stroke-width: 3px; vector-effect: non-scaling-stroke; }
    .ignored, .drawn { fill: rgba(0, 0, 0, 0.45); stroke: #fff; stroke-width: 1.5px; stroke-dasharray: 5 3; vector-effect: non-scaling-stroke; }
    .score, .chip {
        position: absolute; line-height: 1.4; font-size: 12px; padding: 0 6px; border-radius: 6px;
        color: #fff; background: rgba(0, 0, 0, 0.65);
    }
    .score { background: color-mix(in srgb, var(--fw-bad) 80%, #000); border-radius: 0 0 6px 0; }
    .chip.age { inset-inline-start: 8px; bottom: 8px; }
    .chart { position: relative; height: 120px; margin: 4px 0; border: 1px solid var(--fw-line); border-radius: 4px; overflow: hidden; }
    .chart svg { width: 100%; height: 100%; display: block; }
    .chart :is(line, path) { vector-effect: non-scaling-stroke; fill: none; stroke-linecap: round; }
    path.p { stroke: var(--fw-accent); stroke-width: 1px; opacity: 0.7; }
    path.mean { stroke: var(--fw-accent); stroke-width: 2.5px; }
    line { stroke: var(--fw-bad); stroke-width: 1px; }
    :is(line.normal, line.none) { stroke: var(--fw-good); }
    line.maybe { stroke: var(--fw-maybe); }
    line.rise { stroke-width: 6px; opacity: 0.35; }
    line.mark { stroke: var(--fw-quiet); stroke-width: 1px; stroke-dasharray: 1 3; }
    line.here { stroke: var(--primary-text-color); stroke-width: 1.5px; }
    .axis { position: absolute; font-size: 11px; line-height: 1; color: var(--fw-quiet); padding: 3px 4px; }
    .axis.top { top: 0; inset-inline-start: 0; }
    .axis.bottom { bottom: 0; inset-inline-start: 0; }
    .axis.end { bottom: 0; inset-inline-end: 0; }
    .legend { display: flex; flex-wrap: wrap; gap: 2px 12px; font-size: 12px; color: var(--fw-quiet); }
    .key::before { content: ""; display: inline-block; width: 16px; margin-inline-end: 4px; vertical-align: middle; border-top: 2px solid var(--fw-accent); }
    .key.p::before { border-top-width: 1px; }
    .key.mean::before { border-top-width: 3px; }
    .key.limit::before { border-top: 2px dashed var(--fw-bad); }
    .key.limit.normal::before { border-top: 2px dotted var(--fw-good); }
    .key.limit.maybe::before { border-top-color: var(--fw-maybe); }
`;

export const dialogs = css`
    dialog {
        box-sizing: border-box; width: min(720px, 100vw); max-width: 100vw; max-height: 100dvh; overflow: auto; padding: 16px;
        border: none; border-radius: var(--ha-dialog-border-radius, 24px);
        background: var(--ha-dialog-surface-background, var(--card-background-color, #fff)); color: var(--primary-text-color);
        font-family: var(--ha-font-family-body, inherit); line-height: 1.4;
    }
    dialog.question { width: min(420px, calc(100vw - 32px)); }
    dialog::backdrop { background: rgba(0, 0, 0, 0.5); }
    @media (max-width: 600px) {
        dialog:not(.question) { width: 100vw; height: 100dvh; border-radius: 0; margin: 0; }
    }
    .head { display: flex; align-items: center; gap: 8px; margin-bottom: 12px; }
    .head h2 { flex: 1; font-size: 20px; min-width: 0; overflow-wrap: anywhere; }
    .round {
        width: 40px; height: 40px; border-radius: 50%; border: none; background: none; color: inherit; cursor: pointer; flex: none;
    }
    .round:hover { background: var(--secondary-background-color); }
    .body { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; }
`;

export const card = css`
    /* On a long page what is not on the screen costs nothing, not even when a dialog opens above all of it. */
    :host { display: block; content-visibility: auto; contain-intrinsic-size: auto 640px; }
    :host([small]) { contain-intrinsic-size: auto 56px; }
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
    .countdown { border: 1px solid transparent; border-radius: 8px; padding: 8px 12px; background: color-mix(in srgb, var(--fw-maybe) 20%, transparent); display: grid; gap: 6px; }
    .bar { height: 4px; border-radius: 2px; background: var(--fw-line); }
    .bar span { display: block; height: 100%; border-radius: 2px; background: var(--fw-maybe); }
    .nothing { padding: 24px; text-align: center; background: var(--secondary-background-color); border-radius: 8px; }
    .events ul { list-style: none; margin: 4px 0 0; padding: 0; font-size: 14px; }
    .events time { color: var(--fw-quiet); display: inline-block; min-width: 4.5em; }
    .foot { border-top: 1px solid var(--fw-line); padding-top: 8px; }
    ha-card:has(.tile) { container-type: inline-size; }
    button.tile { width: 100%; height: 100%; min-height: 56px; display: flex; align-items: center; gap: 10px; padding: 0 10px; box-sizing: border-box; }
    .tile .texts { flex: 1; }
    .tile .level { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 12px; }
    .tile img { height: 40px; width: 56px; object-fit: cover; border-radius: 6px; flex: none; }
    @container (max-width: 180px) { .tile img { display: none; } }
`;
