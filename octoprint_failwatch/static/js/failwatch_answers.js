/* What the user says: the buttons of the tab and of the sidebar box. */
function FailWatchAnswers(live) {
    "use strict";
    var self = this;

    self.order = function (command, data) {
        return OctoPrint.simpleApiCommand("failwatch", command, data || {}).fail(function (answer) {
            new PNotify({
                title: "FailWatch",
                text: _.escape((answer.responseJSON || {}).error || gettext("That did not work.")),
                type: "error"
            });
        });
    };

    self.canSayNo = ko.pureComputed(function () {
        return live.isPrinting() && !!(live.level() !== "none" || live.countdown() || live.pausedText());
    });
    self.canSayYes = ko.pureComputed(function () {
        return live.isPrinting() && !live.isConfirmed();
    });
    self.canCheck = ko.pureComputed(function () {
        return _.includes(["watching", "blind"], live.phase()) && !live.state().holds.length;
    });
    /* Who says that it failed is offered a pause where none is coming by itself. */
    self.isPauseOffered = ko.pureComputed(function () {
        return live.isConfirmed() && live.phase() !== "paused" && !live.countdown();
    });

    self.notAFailure = function () {
        return self.order("acknowledge", {answer: "not_a_failure"});
    };
    self.itFailed = function () {
        return self.order("acknowledge", {answer: "failure"});
    };
    self.pause = function () {
        return self.order("pause");
    };
    self.snooze = function () {
        return self.order("snooze", {seconds: live.isSnoozed() ? 0 : 600});
    };
    self.mute = function () {
        return self.order("mute", {muted: !live.isMuted()});
    };
    self.check = function () {
        return self.order("check");
    };
    self.toggleWatching = function () {
        return self.order("watching", {enabled: !live.watching()});
    };
}
