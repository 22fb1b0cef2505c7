/* What the card knows of its printer: how it is, and the looks and events of its print, kept up to date by push. */
import {Clock} from "./clock.js";
import {ADDRESSES_LAST, Follower, ask} from "./connection.js";
import {AT, frameOf, withFrame} from "./course.js";
import {isKeptFromLooking, isPrinting} from "./situation.js";

export class Printer {
    update = null;
    clock = new Clock(0);
    frames = [];
    /* The looks after which looking stopped; those before this page was opened are in the marks. */
    gaps = [];
    marks = [];
    /* Why there is no news: a text's key, "" while there is some. */
    gone = "";
    #events = [];
    #print = null;
    #loaded = false;
    #since = null;
    #toldAt = 0;
    #changed;
    #follower = null;
    #ask = null;

    /* `changed` is called after every news. */
    constructor(changed) {
        this.#changed = changed;
    }

    /* What there is to see without a printer. */
    static ofSample({update, frames}, changed) {
        const printer = new Printer(changed);
        printer.take(update);
        printer.frames = frames;
        return printer;
    }

    follow(hass, device) {
        this.#ask = (command, data) => ask(hass, device, command, data);
        this.#follower = new Follower(hass, device, {
            begins: () => (this.#loaded = false),
            take: (message) => this.take(message),
            refused: (error) => {
                this.gone = error?.code === "unauthorized" ? "no_access" : "waiting";
                this.#changed();
            }
        });
        return this;
    }

    stop() {
        this.#follower?.stop();
        this.#follower = null;
    }

    /* Asks for new addresses of pictures where those that it has may no longer be valid. */
    refresh(browser = Date.now()) {
        if (this.#toldAt && browser - this.#toldAt > ADDRESSES_LAST) this.#follower?.renew();
    }

    /* The events of this print that were pushed; those before are in the marks. */
    get events() {
        const print = this.update?.state.print_id;
        return this.#events.filter((event) => !event.print_id || event.print_id === print);
    }

    take(message) {
        if (message.type === "event") {
            this.#events = [...this.events, message.event];
        } else if (message.type === "gone") {
            this.gone = "gone";
        } else {
            this.gone = "";
            this.#toldAt = Date.now();
            this.clock = new Clock(message.now, message.clock_speed);
            this.update = message;
            this.#followCourse(message.state);
        }
        this.#changed();
    }

    #followCourse(state) {
        if (state.print_id !== this.#print) {
            this.#print = state.print_id;
            this.frames = [];
            this.gaps = [];
            this.marks = [];
            this.#loaded = false;
        }
        const last = this.frames[this.frames.length - 1]?.[AT];
        // A pause may have come and gone while this page heard nothing: then the watching is younger than the last look.
        const isNew = this.#since !== null && this.#since !== state.since && state.since > last;
        if (last && (isNew || state.phase !== "watching" || isKeptFromLooking(state)) && !this.gaps.includes(last)) {
            this.gaps = [...this.gaps, last];
        }
        this.#since = state.since;
        if (isPrinting(state) && state.look && state.look.at >= (state.started_at || 0)) {
            this.frames = withFrame(this.frames, frameOf(state));
        }
        if (state.print_id && !this.#loaded && this.#ask) this.#load(state.print_id);
    }

    /* The looks that came before this page was opened, or while it heard nothing. */
    async #load(print) {
        this.#loaded = true;
        try {
            const course = await this.#ask("frames", {print_id: print});
            if (this.#print !== print) return;
            this.frames = this.frames.reduce(withFrame, course.frames);
            this.marks = course.marks;
            this.#changed();
        } catch {
            // Not recorded, or not yet: the course begins with what comes now.
        }
    }
}
