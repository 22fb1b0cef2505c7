/* How the watch stands, in words: the headline, why, and what is about to happen. */
function FailWatchStatus(live, picture) {
    "use strict";
    var self = this;
    var ICONS = {
        off: "fa-power-off",
        idle: "fa-eye",
        early: "fa-hourglass-start",
        none: "fa-check-circle",
        maybe: "fa-question-circle",
        failure: "fa-exclamation-triangle",
        blind: "fa-eye-slash",
        waiting: "fa-pause-circle",
        stale: "fa-hourglass-half"
    };

    /* One word that all lights and boxes are drawn by. */
    self.light = ko.pureComputed(function () {
        if (!live.watching()) return "off";
        if (live.phase() === "idle") return "idle";
        if (live.level() !== "none") return live.level();
        if (live.phase() === "blind") return "blind";
        if (live.phase() === "paused" || live.isKeptFromLooking()) return "waiting";
        if (live.isStale() || !live.look()) return "stale";
        return live.look().verdict.rule === "warm_up" ? "early" : "none";
    });
    self.icon = ko.pureComputed(function () {
        return "fa fa-fw " + ICONS[self.light()];
    });

    /* What is read beside the light is read from the state itself: Knockout updates one computed after another. */
    function blind() {
        return FailWatchWords.cannotCheck(live.state().blind || {});
    }
    /* Without a level: what looks bad and was accepted is not told to look fine. */
    function asSeen() {
        var rule = ((live.state().look || {}).verdict || {}).rule;
        return rule === "accepted" ? gettext("You said it is fine") : FailWatchWords.level("none");
    }
    function withoutLevel() {
        switch (self.light()) {
            case "blind":
                return blind();
            case "stale":
                return live.state().look ? gettext("Waiting for a new picture") : gettext("Waiting for the first picture");
            case "early":
                return gettext("Too early to tell");
            case "none":
                return asSeen();
            default:
                return FailWatchWords.phase(live.state(), live.watching());
        }
    }
    function silence() {
        if (live.isMuted()) return gettext("muted");
        if (!live.isSnoozed()) return "";
        return _.sprintf(gettext("snoozed, %(minutes)d min left"), {
            minutes: Math.ceil((live.state().snoozed_until - live.now()) / 60)
        });
    }
    function held() {
        if (!live.isOnHold() || self.light() === "waiting") return "";
        return live.isKeptFromLooking() ? gettext("on hold") : gettext("switched off by the print file");
    }
    /* Why a level that stands is not followed just now. */
    function notFollowed() {
        if (live.level() === "none") return "";
        if (live.state().blind) return blind().charAt(0).toLowerCase() + blind().slice(1);
        if (live.phase() === "paused") return gettext("paused");
        return live.isStale() ? gettext("waiting for a new picture") : "";
    }
    self.headline = ko.pureComputed(function () {
        if (!live.state()) return "";
        var main = live.level() === "none" ? withoutLevel() : FailWatchWords.level(live.level());
        var notes = live.watching() && live.isPrinting() ? _.compact([silence(), held(), notFollowed()]) : [];
        return notes.length ? main + " (" + notes.join("; ") + ")" : main;
    });
    /* The same, short enough for the navigation bar; one dead camera of several is seen there, too. */
    self.badge = ko.pureComputed(function () {
        var dead = picture.problems().length;
        if (!dead) return self.headline();
        return self.headline() + ", " + (dead === 1 ? gettext("one camera sees nothing") : gettext("some cameras see nothing"));
    });
    self.why = ko.pureComputed(function () {
        var state = live.state();
        /* What was last seen explains nothing while nothing is seen. */
        if (!state || !live.isPrinting() || self.light() === "blind") return "";
        if (live.isConfirmed()) return gettext("You said that it failed.");
        if (live.level() !== "none" && state.latch.verdict) {
            return (
                FailWatchWords.plainReason(state.latch.verdict) +
                " " +
                _.sprintf(gettext("Noticed %(ago)s ago."), {ago: live.ago(state.latch.since)})
            );
        }
        if (self.light() === "early") return gettext("The print has just begun.");
        if (self.light() !== "none" || !state.look) return "";
        return state.look.verdict.rule === "accepted"
            ? gettext("It looks worse than normal.")
            : FailWatchWords.plainReason(state.look.verdict);
    });
    /* The numbers behind it, for those who want them. */
    self.numbers = ko.pureComputed(function () {
        if (!self.why() || live.isConfirmed()) return "";
        var state = live.state();
        var verdict = live.level() === "none" ? (state.look || {}).verdict : state.latch.verdict;
        return verdict ? FailWatchWords.numbers(verdict) : "";
    });
    self.staleText = ko.pureComputed(function () {
        if (!live.isPrinting() || live.phase() === "paused" || !live.state().look) return "";
        if (!live.isStale() && !live.state().blind) return "";
        return _.sprintf(gettext("The picture and the numbers are %(age)s old."), {age: live.ago(live.state().look.at)});
    });
    self.blindText = ko.pureComputed(function () {
        var blind = live.blind();
        if (!blind) return "";
        var texts = [
            FailWatchWords.blind(blind),
            _.sprintf(gettext("Not checked for %(time)s."), {time: live.ago(blind.since)})
        ];
        if (blind.accepted) texts.push(gettext("You chose to keep printing."));
        var left = (live.state().next_look_at || 0) - live.now();
        if (left > 0) {
            texts.push(_.sprintf(gettext("Next try in %(time)s."), {time: FailWatchWords.duration(left)}));
        }
        return texts.join(" ");
    });
    self.countdownText = ko.pureComputed(function () {
        var countdown = live.countdown();
        if (!countdown) return "";
        var left = FailWatchWords.duration(countdown.due_at - live.now());
        if (live.phase() === "paused") {
            return _.sprintf(gettext("FailWatch cancels the print in %(time)s unless you answer."), {time: left});
        }
        return countdown.action === "cancel"
            ? _.sprintf(gettext("FailWatch cancels the print in %(time)s unless you choose Keep printing."), {time: left})
            : _.sprintf(gettext("FailWatch pauses the print in %(time)s unless you choose Keep printing."), {time: left});
    });
    /* Ordered is not done: said until the printer is seen to obey. */
    self.orderedText = ko.pureComputed(function () {
        var order = live.ordered();
        if (!order) return "";
        var texts = [order.action === "cancel" ? gettext("Cancelling the print …") : gettext("Pausing the print …")];
        if (order.tries > 1 || order.problems.length) {
            texts.push(
                _.sprintf(gettext("Try %(number)d: %(problem)s."), {
                    number: order.tries,
                    problem: FailWatchWords.actionProblem(_.last(order.problems) || "")
                })
            );
        }
        var left = (order.next_try_at || 0) - live.now();
        if (left > 0) {
            texts.push(_.sprintf(gettext("Next try in %(time)s."), {time: FailWatchWords.duration(left)}));
        }
        return texts.join(" ");
    });
    self.pausedText = ko.pureComputed(function () {
        if (!live.isAsking()) return "";
        var paused_at = live.state().intervention.paused_at;
        if (paused_at === null) return gettext("The print is paused. How should it continue?");
        var text = live.isBlindOnly()
            ? gettext("FailWatch paused this print %(time)s ago because it could not check it. How should it continue?")
            : gettext("FailWatch paused this print %(time)s ago. How should it continue?");
        return _.sprintf(text, {time: live.ago(paused_at)});
    });
    self.acceptedText = ko.pureComputed(function () {
        var accepted = live.acceptance();
        if (!accepted) return "";
        var again = {
            time: accepted.until === null ? "" : FailWatchWords.duration(accepted.until - live.now()),
            limit: FailWatchWords.number(accepted.limit)
        };
        var grows =
            accepted.limit === null || accepted.limit === undefined
                ? gettext("FailWatch asks sooner if it appears in another place.")
                : _.sprintf(
                      gettext("FailWatch asks sooner if it grows (recent mean above %(limit)s) or appears in another place."),
                      again
                  );
        return accepted.until === null
            ? gettext("You said twice that it is fine: accepted until this print ends.") + " " + grows
            : _.sprintf(gettext("Accepted until you are asked again in %(time)s."), again) + " " + grows;
    });
    self.p = ko.pureComputed(function () {
        return live.look() ? FailWatchWords.number(live.look().p) : "–";
    });
    self.ewmMean = ko.pureComputed(function () {
        return live.look() ? FailWatchWords.number(live.look().statistics.ewm_mean) : "–";
    });
    self.usual = ko.pureComputed(function () {
        return live.look() ? FailWatchWords.number(live.look().verdict.usual) : "–";
    });
    self.lookedText = ko.pureComputed(function () {
        var look = live.look();
        if (!look) return "";
        return _.sprintf(gettext("Picture %(number)d, %(ago)s ago, answered in %(latency)s s"), {
            number: look.number,
            ago: live.ago(look.at),
            latency: FailWatchWords.decimal(look.latency, 1)
        });
    });
}
