/* The way to Home Assistant: one subscription for a printer, kept over reloads and restarts, and commands. */

/* Milliseconds after which a new address of a picture is asked for: each is valid for an hour. */
export const ADDRESSES_LAST = 30 * 60 * 1000;
const FIRST_WAIT = 1000, LONGEST_WAIT = 30000;
const LASTING = ["unauthorized"];

export class Follower {
    #hass;
    #device;
    #tell;
    #stop = null;
    #retry = null;
    #wait = FIRST_WAIT;
    #round = 0;
    #reconnected = () => this.#subscribe();

    /* Begins at once. `begins` is called before each try, `take` with every message, `refused` with why there is none. */
    constructor(hass, device, tell) {
        this.#hass = hass;
        this.#device = device;
        this.#tell = tell;
        hass.connection.addEventListener("ready", this.#reconnected);
        this.#subscribe();
    }

    stop() {
        this.#hass.connection.removeEventListener("ready", this.#reconnected);
        this.#end();
    }

    /* Asks for everything once more. */
    renew() {
        this.#subscribe();
    }

    #end() {
        this.#round += 1;
        clearTimeout(this.#retry);
        this.#stop?.().catch(() => {});
        this.#stop = null;
    }

    /* Home Assistant may be back before the integration is: the first tries may then be refused. */
    async #subscribe() {
        this.#end();
        this.#tell.begins();
        const round = this.#round;
        try {
            const stop = await this.#hass.connection.subscribeMessage(
                (message) => round === this.#round && this.#tell.take(message),
                {type: "failwatch/subscribe", device_id: this.#device},
                {resubscribe: false}
            );
            if (round !== this.#round) return void stop().catch(() => {});
            this.#stop = stop;
            this.#wait = FIRST_WAIT;
        } catch (error) {
            if (round !== this.#round) return;
            this.#tell.refused(error);
            if (LASTING.includes(error?.code)) return;
            this.#retry = setTimeout(() => this.#subscribe(), this.#wait);
            this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
        }
    }
}

/* Asks the integration about a printer. */
export function ask(hass, device, command, data = {}) {
    return hass.connection.sendMessagePromise({type: `failwatch/${command}`, device_id: device, ...data});
}
