/* The watch as it is now, as the server pushes it, and in words. */
function FailWatchLive() {
    "use strict";
    var self = this;
    var ICONS = {
        off: "fa-power-off",
        idle: "fa-eye",
        none: "fa-check-circle",
        maybe: "fa-question-circle",
        failure: "fa-exclamation-triangle",
        blind: "fa-eye-slash",
        waiting: "fa-pause-circle"
    };

    self.state = ko.observable(null);
    self.rules = ko.observable({});
    self.watching = ko.observable(true);

    /* The watch's clock, which may run faster than the browser's. */
    var clock = {at: 0, seen: 0, speed: 1};
    var tick = ko.observable(0);
    self.now = ko.pureComputed(function () {
        tick();
        return clock.at + ((Date.now() - clock.seen) / 1000) * clock.speed;
    });
    function ago(at) {
        return FailWatchWords.duration(self.now() - at);
    }

    self.take = function (data) {
        clock = {at: data.now, seen: Date.now(), speed: data.clock_speed};
        self.watching(data.watching);
        self.rules(data.rules);
        self.state(data.state);
        tick(tick() + 1);
    };
    window.setInterval(function () {
        if (self.look()) tick(tick() + 1);
    }, 1000);

    /* What there is of the state */

    self.look = ko.pureComputed(function () {
        return self.state() && self.state().look;
    });
    self.phase = ko.pureComputed(function () {
        return self.state() ? self.state().phase : "idle";
    });
    self.isPrinting = ko.pureComputed(function () {
        return self.phase() !== "idle";
    });
    self.level = ko.pureComputed(function () {
        return self.isPrinting() ? self.state().latch.level : "none";
    });
    self.isConfirmed = ko.pureComputed(function () {
        return self.isPrinting() && self.state().latch.confirmed;
    });
    self.blind = ko.pureComputed(function () {
        return self.state() && self.state().blind;
    });
    /* Nothing is suspected: whatever FailWatch does, it does because it cannot see. */
    self.isBlindOnly = ko.pureComputed(function () {
        return !!self.blind() && self.level() === "none";
    });
    self.countdown = ko.pureComputed(function () {
        return self.state() && self.state().intervention.countdown;
    });
    self.isMuted = ko.pureComputed(function () {
        return !!self.state() && self.state().muted;
    });
    self.isSnoozed = ko.pureComputed(function () {
        var until = self.state() && self.state().snoozed_until;
        return !!until && self.now() < until;
    });
    self.isSilent = ko.pureComputed(function () {
        return self.isMuted() || self.isSnoozed();
    });

    /* One word that all lights and boxes are drawn by. */
    self.light = ko.pureComputed(function () {
        if (!self.watching()) return "off";
        if (self.phase() === "idle") return "idle";
        if (self.level() !== "none") return self.level();
        if (self.phase() === "blind") return "blind";
        if (self.phase() === "paused" || self.state().holds.length) return "waiting";
        return "none";
    });
    self.icon = ko.pureComputed(function () {
        return "fa fa-fw " + ICONS[self.light()];
    });

    /* In words */

    self.headline = ko.pureComputed(function () {
        var state = self.state();
        if (!state) return "";
        if (!_.includes(["none", "maybe", "failure"], self.light())) {
            return FailWatchWords.phase(state, self.watching());
        }
        return state.look || self.level() !== "none"
            ? FailWatchWords.level(self.level())
            : gettext("Waiting for the first picture");
    });
    self.why = ko.pureComputed(function () {
        var state = self.state();
        /* What was last seen explains nothing while nothing is seen. */
        if (!state || !self.isPrinting() || self.light() === "blind") return "";
        if (self.isConfirmed()) return gettext("You said that it failed.");
        if (self.level() !== "none" && state.latch.verdict) {
            return (
                FailWatchWords.reason(state.latch.verdict) +
                " " +
                _.sprintf(gettext("That was %(ago)s ago."), {ago: ago(state.latch.since)})
            );
        }
        return state.look ? FailWatchWords.reason(state.look.verdict) : "";
    });
    self.blindText = ko.pureComputed(function () {
        var blind = self.blind();
        if (!blind) return "";
        var texts = [
            FailWatchWords.blind(blind),
            _.sprintf(gettext("Blind for %(time)s."), {time: ago(blind.since)})
        ];
        var left = (self.state().next_look_at || 0) - self.now();
        if (left > 0) {
            texts.push(_.sprintf(gettext("Next try in %(time)s."), {time: FailWatchWords.duration(left)}));
        }
        return texts.join(" ");
    });
    self.countdownText = ko.pureComputed(function () {
        var countdown = self.countdown();
        if (!countdown) return "";
        var left = FailWatchWords.duration(countdown.due_at - self.now());
        return countdown.action === "cancel"
            ? _.sprintf(gettext("FailWatch cancels the print in %(time)s unless you say no."), {time: left})
            : _.sprintf(gettext("FailWatch pauses the print in %(time)s unless you say no."), {time: left});
    });
    self.pausedText = ko.pureComputed(function () {
        var state = self.state();
        if (!state || state.phase !== "paused") return "";
        if (self.isConfirmed()) return gettext("The print is paused. Cancel it, or resume it once all is well.");
        if (state.intervention.paused_at === null) return "";
        var text = self.isBlindOnly()
            ? gettext("FailWatch paused this print %(time)s ago because it could not see it. Resume it if all is well.")
            : gettext("FailWatch paused this print %(time)s ago. Resume it if it is no failure.");
        return _.sprintf(text, {time: ago(state.intervention.paused_at)});
    });
    self.silentText = ko.pureComputed(function () {
        if (self.isMuted()) return gettext("Muted until this print ends.");
        if (!self.isSnoozed()) return "";
        return _.sprintf(gettext("Snoozed for another %(time)s."), {
            time: FailWatchWords.duration(self.state().snoozed_until - self.now())
        });
    });
    self.p = ko.pureComputed(function () {
        return self.look() ? FailWatchWords.number(self.look().p) : "–";
    });
    self.ewmMean = ko.pureComputed(function () {
        return self.look() ? FailWatchWords.number(self.look().statistics.ewm_mean) : "–";
    });
    self.usual = ko.pureComputed(function () {
        return self.look() ? FailWatchWords.number(self.look().verdict.usual) : "–";
    });
    self.lookedText = ko.pureComputed(function () {
        var look = self.look();
        if (!look) return "";
        return _.sprintf(gettext("Picture %(number)d, %(ago)s ago, answered in %(latency)s s"), {
            number: look.number,
            ago: ago(look.at),
            latency: look.latency.toFixed(1)
        });
    });
}
