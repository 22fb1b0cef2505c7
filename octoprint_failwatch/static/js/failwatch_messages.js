/* Messages in the corner: one for each change that is worth it. */
function FailWatchMessages(live) {
    "use strict";
    var self = this;

    /* Kind, title and text; nothing for events that the tab alone shows. */
    function worded(event) {
        var verdict = live.state().latch.verdict;
        var why = verdict ? FailWatchWords.reason(verdict) : "";
        switch (event.kind) {
            case "maybe":
                return ["notice", gettext("This may be failing"), why];
            case "failure":
                /* The countdown's own message says all of it. */
                return live.countdown() ? null : ["error", gettext("The print is failing"), why];
            case "countdown":
                return ["error", gettext("The print is failing"), live.countdownText()];
            case "action":
                return event.detail === "cancel"
                    ? ["error", gettext("FailWatch cancelled the print"), why]
                    : ["error", gettext("FailWatch paused the print"), why];
            case "action_failed":
                return [
                    "error",
                    gettext("FailWatch could not stop the print!"),
                    gettext("Look after the printer now.") + " " + event.detail
                ];
            case "blind":
                return ["notice", gettext("FailWatch cannot see"), live.blind() ? FailWatchWords.blind(live.blind()) : ""];
            case "seeing":
                return ["success", gettext("FailWatch sees again"), ""];
            default:
                return null;
        }
    }

    self.show = function (event) {
        var message = worded(event);
        if (!message) return;
        new PNotify({
            title: message[1],
            text: _.escape(message[2]),
            type: message[0],
            hide: message[0] !== "error"
        });
    };
}
