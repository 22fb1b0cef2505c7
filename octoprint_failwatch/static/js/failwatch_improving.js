/* Learning from labelled prints: settings that would have been right, and a model taught. */
function FailWatchImproving(host) {
    "use strict";
    var self = this;
    var EVERY = 2000;
    var NOTHING = {running: false, share: 0, says: "", result: null, problem: "", undo: false};

    self.limit = ko.observable(2);
    self.tuning = ko.observable(NOTHING);
    self.learning = ko.observable(NOTHING);

    self.canLearn = ko.pureComputed(function () {
        return host.detector() === "HACARUS";
    });
    self.found = ko.pureComputed(function () {
        return self.tuning().result;
    });
    self.shareText = ko.pureComputed(function () {
        var share = self.tuning().running ? self.tuning().share : self.learning().share;
        return Math.round(share * 100) + "%";
    });
    self.summaries = ko.pureComputed(function () {
        var titles = [
            ["before", gettext("now")],
            ["after", gettext("with these")],
            ["unseen", gettext("expected")]
        ];
        return _.map(titles, function (one) {
            var summary = self.found().summaries[one[0]];
            return {
                title: one[1],
                missed: _.sprintf(gettext("%(missed)s of %(failures)s"), summary),
                delay: FailWatchWords.decimal(summary.delay, 1),
                rate: FailWatchWords.decimal(summary.false_alarm_rate, 1)
            };
        });
    });
    self.prints = ko.pureComputed(function () {
        return _.map(self.found().prints, function (one) {
            return {name: one.name, before: outcome(one.before), after: outcome(one.after)};
        });
    });
    self.advice = ko.pureComputed(function () {
        return self.found().worth_it
            ? gettext("Prints that the search had not seen would have gone better with these settings.")
            : gettext("Prints that the search had not seen would not have gone better: keep your settings.");
    });
    self.labelsText = ko.pureComputed(function () {
        return _.sprintf(
            gettext("Labels: %(by_hand)s set by hand, %(answered)s from answers during the print."),
            self.found().labels
        );
    });
    self.numbersText = ko.pureComputed(function () {
        var numbers = _.map(self.found().numbers, function (value, key) {
            return FailWatchJudgement.title(key) + ": " + FailWatchWords.plain(value);
        });
        return FailWatchJudgement.rulesTitle(self.found().settings.rules.name) + " (" + numbers.join("; ") + ")";
    });
    self.learnedText = ko.pureComputed(function () {
        var result = self.learning().result;
        return result ? _.sprintf(gettext("The model %(name)s is trained and in use."), result) : "";
    });

    function outcome(one) {
        var words = [];
        if (one.false_alarms) {
            words.push(_.sprintf(gettext("false alarms: %(count)s"), {count: one.false_alarms}));
        }
        if (one.failed) {
            words.push(
                one.alarm === null
                    ? gettext("missed")
                    : _.sprintf(gettext("reported after %(minutes)s min"), {minutes: FailWatchWords.decimal(one.alarm / 60, 1)})
            );
        }
        return words.join(", ") || gettext("no alarm");
    }
    function order(command, observable, data) {
        return host.answers.order(command, data || {}).done(function (progress) {
            observable(progress);
            if (progress.running) {
                window.setTimeout(function () {
                    order(command, observable);
                }, EVERY);
            }
        });
    }
    self.refresh = function () {
        if (!host.mayConfigure()) return;
        if (!self.tuning().running) order("tuning", self.tuning);
        if (!self.learning().running) order("learning", self.learning);
    };
    self.tune = function () {
        order("tuning", self.tuning, {"do": "start", limit: Number(self.limit())});
    };
    self.apply = function () {
        showConfirmationDialog({
            message: gettext("These settings replace the current ones. You can restore those later."),
            onproceed: function () {
                order("tuning", self.tuning, {"do": "apply"});
            }
        });
    };
    self.undo = function () {
        order("tuning", self.tuning, {"do": "undo"});
    };
    self.teach = function () {
        order("learning", self.learning, {"do": "start"});
    };
}
