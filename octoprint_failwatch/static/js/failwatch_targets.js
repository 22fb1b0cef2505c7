/* Whom messages are sent to. */
function FailWatchTargets() {
    "use strict";
    var self = this;

    self.list = ko.observableArray([]);
    self.address = ko.observable("");
    self.says = ko.observable("");
    self.saysBad = ko.observable(false);
    function order(command, data) {
        self.says("");
        return OctoPrint.simpleApiCommand("failwatch", command, data)
            .done(function (answer) {
                self.list(answer.targets);
                self.saysBad(!!answer.problem);
                self.says(answer.problem || answer.says || "");
            })
            .fail(function (answer) {
                self.saysBad(true);
                self.says((answer.responseJSON || {}).error || gettext("That did not work."));
            });
    }

    self.add = function () {
        order("add_target", {url: self.address()}).done(function () {
            self.address("");
        });
    };
    self.remove = function (index) {
        order("remove_target", {index: index});
    };
    self.test = function () {
        order("test_targets", {});
    };
}
