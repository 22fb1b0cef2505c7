/* What each step of the sensitivity would have said of this printer's last prints. */
function FailWatchPreview(host) {
    "use strict";
    var self = this;
    var EVERY = 1000;
    var NOTHING = {running: false, share: 0, result: null, problem: "", is_of_these: true};
    var asked = 0;

    self.progress = ko.observable(NOTHING);
    self.isRunning = ko.pureComputed(function () {
        return self.progress().running;
    });
    self.shareText = ko.pureComputed(function () {
        return Math.round(self.progress().share * 100) + "%";
    });
    self.problem = ko.pureComputed(function () {
        return self.progress().problem;
    });
    function found() {
        var progress = self.progress();
        return progress.result && progress.is_of_these ? progress.result.prints : [];
    }
    self.hasPrints = ko.pureComputed(function () {
        return found().length > 0;
    });
    self.title = ko.pureComputed(function () {
        return _.sprintf(gettext("What FailWatch would have reported of the last prints (%(number)d):"), {number: found().length});
    });
    function word(one, step) {
        if (one.failure[step] !== null) {
            return _.sprintf(gettext("Failure after %(time)s"), {time: FailWatchWords.duration(one.failure[step])});
        }
        if (one.suspicious[step] !== null) {
            return _.sprintf(gettext("Suspicious after %(time)s"), {time: FailWatchWords.duration(one.suspicious[step])});
        }
        return gettext("nothing");
    }
    function cells(words) {
        return _.map(words, function (text, step) {
            return {text: text, isChosen: host.judgement.step() === step};
        });
    }
    self.heads = ko.pureComputed(function () {
        return cells([gettext("Low"), gettext("Medium"), gettext("High")]);
    });
    self.rows = ko.pureComputed(function () {
        return _.map(found(), function (one) {
            return {
                name: one.name,
                said: one.failed === null ? "" : one.failed ? gettext("you said: failed") : gettext("you said: no failure"),
                cells: cells(
                    _.map(one.failure, function (_at, step) {
                        return word(one, step);
                    })
                )
            };
        });
    });

    /* Goes on until it is known for the rules that are chosen. */
    self.ask = function () {
        var mine = ++asked;
        if (!host.judgement.hasSteps()) return self.progress(NOTHING);
        return OctoPrint.simpleApiCommand("failwatch", "sensitivity", {rules: host.judgement.chosen()})
            .done(function (progress) {
                if (mine !== asked) return;
                self.progress(progress);
                if (progress.running || !progress.is_of_these) window.setTimeout(again, EVERY);
            })
            .fail(function () {
                if (mine === asked) self.progress(NOTHING);
            });
        function again() {
            if (mine === asked) self.ask();
        }
    };
    self.stop = function () {
        asked++;
    };
}
