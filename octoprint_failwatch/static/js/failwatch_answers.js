/* What the user says and orders: the buttons of the tab, of the sidebar box and of messages. */
function FailWatchAnswers(live, mayPrint) {
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
        if (!live.isPrinting() || live.isAsking()) return false;
        return live.level() !== "none" || !!live.countdown() || !!live.ordered();
    });
    /* As the countdown's text calls it. */
    self.noText = ko.pureComputed(function () {
        return live.countdown() ? gettext("Keep printing") : gettext("Not a failure");
    });
    self.canSayYes = ko.pureComputed(function () {
        return live.isPrinting() && !live.isConfirmed();
    });
    self.canUndo = ko.pureComputed(function () {
        return !!live.acceptance() || live.isConfirmed();
    });
    self.canPause = ko.pureComputed(function () {
        return mayPrint() && live.isPrinting() && live.phase() !== "paused" && !live.ordered();
    });
    self.canResume = ko.pureComputed(function () {
        return mayPrint() && live.phase() === "paused" && !live.isAsking();
    });
    self.canCancel = ko.pureComputed(function () {
        return mayPrint() && live.isPrinting();
    });
    self.isAsked = ko.pureComputed(function () {
        return mayPrint() && live.isAsking();
    });
    /* Who says that it failed is told that the print goes on all the same. */
    self.goesOn = ko.pureComputed(function () {
        return live.isConfirmed() && live.phase() !== "paused" && !live.countdown() && !live.ordered();
    });
    /* What to do first: stop a print that seems to fail. */
    self.isUrgent = ko.pureComputed(function () {
        return live.isPrinting() && live.phase() !== "paused" && live.level() !== "none";
    });

    self.notAFailure = function () {
        return self.order("acknowledge", {answer: "not_a_failure"});
    };
    self.itFailed = function () {
        return self.order("acknowledge", {answer: "failure"});
    };
    self.undo = function () {
        return self.order("acknowledge", {answer: "withdrawn"});
    };
    self.pause = function () {
        return self.order("pause");
    };
    /* After a pause by FailWatch the watch takes a resume for "this is fine". */
    self.resume = function () {
        return self.order("job", {action: "resume"});
    };
    self.resumeCleared = function () {
        return self.order("acknowledge", {answer: "cleared"}).done(self.resume);
    };
    self.cancel = function () {
        showConfirmationDialog({
            title: gettext("Cancel the print?"),
            message: gettext("A cancelled print cannot be resumed."),
            question: "",
            cancel: gettext("Do not cancel"),
            proceed: gettext("Cancel print"),
            onproceed: function () {
                self.order("job", {action: "cancel"});
            }
        });
    };
    self.snooze = function () {
        return self.order("snooze", {seconds: live.isSnoozed() ? 0 : 600});
    };
    self.mute = function () {
        return self.order("mute", {muted: !live.isMuted()});
    };
    self.toggleWatching = function () {
        if (!live.watching()) return self.order("watching", {enabled: true});
        showConfirmationDialog({
            title: gettext("Stop watching?"),
            message: gettext("No print is watched until you choose Watch prints."),
            question: "",
            cancel: gettext("Keep watching"),
            proceed: gettext("Stop watching"),
            onproceed: function () {
                self.order("watching", {enabled: false});
            }
        });
    };
}
