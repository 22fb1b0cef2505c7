/* What the card shows where no printer is chosen yet: in the card picker of somebody who has none. */
const NOW = 1_700_000_000;
const LOOKS = 60;

const p = (index) => (index < 40 ? 0.04 + 0.03 * Math.abs(Math.sin(index * 1.7)) : 0.05 + (index - 40) * 0.033);

export function sample(name) {
    const frames = [];
    let mean = 0.03;
    for (let index = 0; index < LOOKS; index++) {
        mean += (p(index) - mean) * 0.25;
        frames.push([index, NOW - (LOOKS - index) * 10, p(index), mean, mean > 0.43 ? "maybe" : "none", [], {}, 0.03, 0.4]);
    }
    const verdict = {level: "maybe", rule: "high", score: mean - 0.03, usual: 0.03, limit: 0.4};
    const picture = `data:image/svg+xml,${encodeURIComponent(PICTURE)}`;
    return {
        frames,
        update: {
            sample: true, name, connected: true, watching: true, now: NOW, clock_speed: 1,
            rules: {name: "failwatch", maybe: 0.4, failure: 0.6, sensitivity: 1},
            pictures: {"": picture}, may: {control: false, configure: false}, commands: ["pause", "resume", "cancel"],
            state: {
                phase: "watching", since: NOW - 3600, print_name: "benchy.gcode", holds: [],
                intervention: {countdown: {action: "pause", announced_at: NOW - 60, due_at: NOW + 120}},
                latch: {level: "maybe", verdict, since: NOW - 40},
                look: {at: NOW - 4, p: p(LOOKS - 1), verdict, statistics: {ewm_mean: mean},
                    views: [{camera: "", boxes: [{x_min: 0.46, y_min: 0.42, x_max: 0.72, y_max: 0.72, score: 0.81}]}]}
            }
        }
    };
}

const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360"><rect width="640" height="360" fill="#2b3440"/>
<path d="M90 300h460l-50-90H140z" fill="#46525f"/><path d="M230 240h150v-60l-30-30h-90l-30 30z" fill="#e8842c"/>
<path d="M310 200c40-60 90 40 60 50s-70-70-10-80 90 60 60 80-90-10-40-60" fill="none" stroke="#e8842c" stroke-width="4"/>
<rect x="270" y="0" width="50" height="120" fill="#77838f"/><path d="M280 120h30l-15 26z" fill="#c7ccd1"/></svg>`;
