/* The watch's clock: it may be wrong by hours, or run faster than the browser's in a demonstration. */
export class Clock {
    #at;
    #seen;
    #speed;

    constructor(at, speed = 1, seen = Date.now()) {
        this.#at = at;
        this.#seen = seen;
        this.#speed = speed;
    }

    /* Seconds, by the watch. */
    now(browser = Date.now()) {
        return this.#at + ((browser - this.#seen) / 1000) * this.#speed;
    }

    /* A time of the watch as a Date of the browser. */
    date(at, browser = Date.now()) {
        return new Date(browser + ((at - this.now(browser)) * 1000) / this.#speed);
    }
}
