/* Check now: a look at the print that is watched, or at whatever the camera sees. */
function FailWatchCheck(live, picture, answers) {
    "use strict";
    var self = this;

    self.isRunning = ko.observable(false);
    self.problem = ko.observable("");
    function isWatched() {
        return _.includes(["watching", "blind"], live.phase()) && !live.isKeptFromLooking();
    }
    self.check = function () {
        self.problem("");
        if (isWatched()) return answers.order("check");
        self.isRunning(true);
        return answers
            .order("look", {camera: picture.camera()})
            .done(function (answer) {
                if (answer.problem) self.problem(FailWatchWords.problem(answer.problem));
                else picture.showTrial(answer);
            })
            .always(function () {
                self.isRunning(false);
            });
    };
}
