/* The watch as it is now, as the server pushes it. */
function FailWatchLive() {
    "use strict";
    var self = this;
    /* Seconds by which a look may be older than the watching, and by which an answer may be late. */
    var STILL_HOLDS = 60;
    var LATE = 30;

    self.state = ko.observable(null);
    self.rules = ko.observable({});
    self.watching = ko.observable(true);
    /* The cameras of which the server has a picture. */
    self.pictures = ko.observableArray([]);

    /* The watch's clock, which may run faster than the browser's. */
    var clock = {at: 0, seen: 0, speed: 1};
    var tick = ko.observable(0);
    self.now = ko.pureComputed(function () {
        tick();
        return clock.at + ((Date.now() - clock.seen) / 1000) * clock.speed;
    });
    self.ago = function (at) {
        return FailWatchWords.duration(self.now() - at);
    };

    self.take = function (data) {
        clock = {at: data.now, seen: Date.now(), speed: data.clock_speed};
        self.watching(data.watching);
        self.rules(data.rules);
        self.pictures(data.pictures || []);
        self.state(data.state);
        tick(tick() + 1);
    };
    window.setInterval(function () {
        if (self.state()) tick(tick() + 1);
    }, 1000);

    self.look = ko.pureComputed(function () {
        return self.state() && self.state().look;
    });
    self.phase = ko.pureComputed(function () {
        return self.state() ? self.state().phase : "idle";
    });
    self.isPrinting = ko.pureComputed(function () {
        return self.phase() !== "idle";
    });
    self.isOnHold = ko.pureComputed(function () {
        return self.phase() !== "paused" && self.isPrinting() && self.state().holds.length > 0;
    });
    /* Only a print file's "off" lets the looking go on. */
    self.isKeptFromLooking = ko.pureComputed(function () {
        return self.isOnHold() && self.state().next_look_at === null;
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
        return !!self.state() && !!self.state().blind && self.level() === "none";
    });
    /* A look was not answered, or not in its time: what is shown is old. */
    self.isStale = ko.pureComputed(function () {
        var state = self.state();
        if (!state || state.phase !== "watching" || self.isKeptFromLooking() || !state.look) return false;
        if (state.failed_looks > 0 || state.look.at < state.since - STILL_HOLDS) return true;
        return state.next_look_at !== null && self.now() > state.next_look_at + LATE + 2 * state.look.latency * clock.speed;
    });
    self.countdown = ko.pureComputed(function () {
        return self.state() && self.state().intervention.countdown;
    });
    self.ordered = ko.pureComputed(function () {
        return self.state() && self.state().intervention.ordered;
    });
    self.acceptance = ko.pureComputed(function () {
        return self.isPrinting() ? self.state().memory.acceptance : null;
    });
    /* The print is paused, and FailWatch paused it or says that it failed: the user is asked how to go on. */
    self.isAsking = ko.pureComputed(function () {
        if (self.phase() !== "paused") return false;
        return self.state().intervention.paused_at !== null || self.level() !== "none";
    });
    self.isMuted = ko.pureComputed(function () {
        return !!self.state() && self.state().muted;
    });
    self.isSnoozed = ko.pureComputed(function () {
        var until = self.state() && self.state().snoozed_until;
        return !!until && self.now() < until;
    });
    self.isSilent = ko.pureComputed(function () {
        return self.isMuted() || self.isSnoozed() || (self.isOnHold() && !self.isKeptFromLooking());
    });
}
