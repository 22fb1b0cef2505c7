/* The choice of cameras, and a look through one of them with the settings as they stand in the form. */
function FailWatchCameras(host) {
    "use strict";
    var self = this;

    self.known = ko.pureComputed(function () {
        return _.map(host.described().cameras, function (camera) {
            var waits = _.sprintf(gettext("(timeout %(seconds)s s)"), {seconds: FailWatchWords.plain(camera.timeout)});
            return _.extend({waits: waits}, camera);
        });
    });
    self.canSee = ko.pureComputed(function () {
        return !self.known().length ? !host.described().version : _.some(self.known(), "can_snapshot");
    });
    self.chosen = ko.observableArray([]);
    self.ownChoice = ko.observable(false);
    /* Before anything is shown there is nothing to store: OctoPrint also saves without that. */
    var isLoaded = false;
    self.load = function () {
        self.chosen(host.fw().cameras().slice());
        self.ownChoice(self.chosen().length > 0);
        isLoaded = true;
    };
    self.store = function () {
        if (isLoaded) host.fw().cameras(self.ownChoice() ? self.chosen().slice() : []);
    };
    self.leave = function () {
        self.tested(null);
        isLoaded = false;
    };
    self.testable = ko.pureComputed(function () {
        if (!self.ownChoice() || !self.chosen().length) return [{name: "", title: gettext("OctoPrint's choice")}];
        return _.filter(self.known(), function (camera) {
            return _.includes(self.chosen(), camera.name);
        });
    });
    self.tried = ko.observable("");
    self.testing = ko.observable(false);
    self.tested = ko.observable(null);
    self.problem = ko.observable("");
    var testedWith = ko.observable("");
    function form() {
        return host.draftText() + (self.tried() || "");
    }
    self.isOfThisForm = ko.pureComputed(function () {
        return testedWith() === form();
    });
    self.test = function () {
        testedWith(form());
        self.testing(true);
        self.tested(null);
        self.problem("");
        OctoPrint.simpleApiCommand("failwatch", "test", {
            camera: self.tried() || "",
            settings: host.draft()
        })
            .done(function (answer) {
                if (answer.problem) {
                    self.problem(FailWatchWords.problem(answer.problem));
                    return;
                }
                self.tested({
                    p: FailWatchWords.decimal(answer.p, 3),
                    picture: answer.picture,
                    boxes: FailWatchWords.placed(answer.boxes),
                    isStream: answer.is_stream,
                    raw: answer.raw ? JSON.stringify(answer.raw, null, 2) : "",
                    timing: _.sprintf(gettext("picture in %(picture)s s, answer in %(answer)s s"), {
                        picture: FailWatchWords.number(answer.snapshot_seconds),
                        answer: FailWatchWords.number(answer.answer_seconds)
                    })
                });
            })
            .fail(function (answer) {
                self.problem((answer.responseJSON || {}).error || gettext("That did not work."));
            })
            .always(function () {
                self.testing(false);
            });
    };
}
