/* A picture with what was found in it, drawn over it so that it scales. */
import {html, nothing, svg} from "lit";

/* A box of less than half a percent says nothing. */
const FAINT = 0.005;

export function drawPicture(words, {url, boxes: found, alt, onError, children = nothing}) {
    const boxes = found.filter((box) => box.score >= FAINT);
    return html`
        <div class="picture">
            <img src=${url} alt=${alt} @error=${onError}>
            <svg class="over" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
                ${boxes.map((box) => svg`
                    <rect class="box" x=${box.x_min * 1000} y=${box.y_min * 1000}
                        width=${(box.x_max - box.x_min) * 1000} height=${(box.y_max - box.y_min) * 1000}></rect>`)}
            </svg>
            ${boxes.map((box) => html`
                <span class="score" aria-hidden="true"
                    style="left:${Math.min(92, box.x_min * 100)}%;top:${Math.min(92, box.y_min * 100)}%">
                    ${words.say("picture.box", {score: Math.round(box.score * 100)})}</span>`)}
            ${children}
        </div>`;
}
