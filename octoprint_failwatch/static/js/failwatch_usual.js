/* What the built-in detector has learned to be usual for each camera, and how to make it forget that. */
function FailWatchUsual(live) {
    "use strict";
    var self = this;

    function percent(share) {
        return FailWatchWords.decimal(100 * share, share && share < 0.1 ? 1 : 0) + " %";
    }
    function shown(camera) {
        var query = "camera=" + encodeURIComponent(camera.name) + "&at=" + Date.now();
        /* Before the first look of this session there is only what the camera sees now. */
        var file = _.includes(live.pictures(), camera.name) ? "frame.jpg?" : "snapshot.jpg?";
        return _.extend(camera, {
            title: camera.title || gettext("this camera"),
            picture: OctoPrint.getBlueprintUrl("failwatch") + file + query,
            says: _.sprintf(
                gettext("Good pictures it learned from: %(frames)d. Share of the picture that counts for less: %(hidden)s."),
                {frames: camera.frames, hidden: percent(camera.hidden)}
            ),
            moved: camera.moved_at
                ? _.sprintf(gettext("The camera was moved on %(time)s. What was learned before is forgotten."), {
                      time: formatDate(camera.moved_at)
                  })
                : "",
            viewBox: "0 0 " + camera.columns + " " + camera.rows
        });
    }

    self.cameras = ko.observableArray([]);
    self.problem = ko.observable("");
    function ask(command, data) {
        self.problem("");
        return OctoPrint.simpleApiCommand("failwatch", command, data)
            .done(function (answer) {
                self.cameras(_.map(answer.cameras, shown));
            })
            .fail(function (answer) {
                self.problem((answer.responseJSON || {}).error || gettext("That did not work."));
            });
    }
    self.load = function () {
        return ask("usual", {});
    };
    self.forget = function (camera) {
        showConfirmationDialog({
            message: _.sprintf(
                gettext(
                    "FailWatch will learn the background of %(name)s again. Until then it may mistake cables or lights for a failure."
                ),
                {name: _.escape(camera.title)}
            ),
            proceed: gettext("Reset"),
            onproceed: function () {
                ask("forget_usual", {camera: camera.name});
            }
        });
    };
}
