/* The course of p as a picture that scales. */
import {html, nothing, svg} from "lit";
import {AT, MEAN, P, chart} from "./course.js";

/* Lines are told apart by their dashes too: not everybody sees the colours. */
const DASHES = {normal: "2 3", maybe: "6 4", failure: "12 4", limit: "12 4"};

export function drawChart(words, frames, lines, {at, marks = [], end, gaps} = {}) {
    const drawn = chart(frames, lines, {end, gaps});
    if (!drawn) return html`<p class="quiet">${words.say("course.none")}</p>`;
    const last = frames[frames.length - 1];
    const alt = words.say("course.alt", {
        time: words.duration(last[AT] - drawn.start),
        p: words.number(last[P]),
        mean: words.number(last[MEAN])
    });
    return html`
        <div class="chart" role="img" aria-label=${alt}>
            <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
                ${drawn.lines.map((line) => svg`
                    <line class="limit ${line.key}" x1="0" x2="1000" y1=${line.y * 1000} y2=${line.y * 1000}
                        stroke-dasharray=${DASHES[line.key]}></line>`)}
                ${drawn.rises.map((rise) => svg`
                    <line class="rise ${rise.level}" x1=${rise.x * 1000} x2=${rise.x * 1000} y1="0" y2="1000"></line>`)}
                ${marks.map((mark) => svg`
                    <line class="mark" x1=${drawn.x(mark.at) * 1000} x2=${drawn.x(mark.at) * 1000} y1="0" y2="1000">
                        <title>${mark.text}</title></line>`)}
                <path class="p" d=${drawn.p}></path>
                <path class="mean" d=${drawn.mean}></path>
                ${at === undefined ? nothing : svg`
                    <line class="here" x1=${drawn.x(at) * 1000} x2=${drawn.x(at) * 1000} y1="0" y2="1000"></line>`}
            </svg>
            <span class="axis top">${words.number(drawn.top)}</span>
            <span class="axis bottom">0</span>
            <span class="axis end">${words.duration(drawn.last - drawn.start)}</span>
        </div>
        <div class="legend" aria-hidden="true">
            <span class="key p">${words.say("course.p")} ${words.number(last[P])}</span>
            <span class="key mean">${words.say("course.mean")} ${words.number(last[MEAN])}</span>
            ${lines.map((line) => html`
                <span class="key limit ${line.key}">${words.say(`course.${line.key}`)} ${words.number(line.value)}</span>`)}
        </div>`;
}
