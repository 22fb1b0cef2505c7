/* What the built-in detector has learned to be usual for each camera, and how to make it forget that. */
function FailWatchUsual() {
    "use strict";
    var self = this;

    function percent(share) {
        return (100 * share).toFixed(share && share < 0.1 ? 1 : 0) + " %";
    }
    function shown(camera) {
        var query = "camera=" + encodeURIComponent(camera.name) + "&at=" + Date.now();
        var picture = ko.observable(OctoPrint.getBlueprintUrl("failwatch") + "frame.jpg?" + query);
        return _.extend(camera, {
            title: camera.title || gettext("this camera"),
            picture: picture,
            /* Before the first look of this session there is only what the camera sees now. */
            noPicture: function () {
                var now = OctoPrint.getBlueprintUrl("failwatch") + "snapshot.jpg?" + query;
                if (picture() !== now) picture(now);
            },
            says: _.sprintf(
                gettext("Good pictures it learned from: %(frames)d. Share of the picture that counts for less: %(hidden)s."),
                {frames: camera.frames, hidden: percent(camera.hidden)}
            ),
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
                    "FailWatch will learn anew what is usual for %(name)s. Until then it may mistake cables or lights for a failure."
                ),
                {name: _.escape(camera.title)}
            ),
            proceed: gettext("Forget"),
            onproceed: function () {
                ask("forget_usual", {camera: camera.name});
            }
        });
    };
}
