/* The last picture that was looked at, of one of the cameras, with its boxes. */
function FailWatchPicture(live) {
    "use strict";
    var self = this;
    var shown = null;

    self.url = ko.observable("");
    self.chosen = ko.observable(null);
    self.titles = ko.observable({});

    self.views = ko.pureComputed(function () {
        return live.look() ? live.look().views : [];
    });
    self.view = ko.pureComputed(function () {
        return _.find(self.views(), {camera: self.chosen()}) || self.views()[0] || null;
    });
    self.boxes = ko.pureComputed(function () {
        return self.view() ? FailWatchWords.placed(self.view().boxes) : [];
    });
    function why(view) {
        return FailWatchWords.blind({reason: view.reason, detail: view.problem});
    }
    /* Of some of several cameras; where none sees, all of FailWatch is blind. */
    self.problems = ko.pureComputed(function () {
        if (!live.isPrinting() || live.blind()) return [];
        return _.map(_.filter(self.views(), "problem"), function (view) {
            return self.title(view.camera) + ": " + why(view);
        });
    });
    /* What stands where there is no picture. */
    self.nothingText = ko.pureComputed(function () {
        return self.view() && self.view().problem
            ? why(self.view())
            : gettext("The picture appears here as soon as a print is watched.");
    });
    self.title = function (name) {
        return self.titles()[name] || name || gettext("Camera");
    };

    /* Fetches the picture of the last look, unless it is shown already. */
    self.follow = function () {
        var look = live.look();
        var camera = self.view() ? self.view().camera : "";
        if (!look || self.view().problem) {
            shown = null;
            self.url("");
        } else if (!shown || shown.at !== look.at || shown.camera !== camera) {
            shown = {at: look.at, camera: camera};
            self.url(
                OctoPrint.getBlueprintUrl("failwatch") +
                    "frame.jpg?at=" +
                    look.at +
                    "&camera=" +
                    encodeURIComponent(camera)
            );
        }
    };
    /* A restart forgets the picture, though not what was seen in it. */
    self.missing = function () {
        self.url("");
    };
    self.choose = function (view) {
        self.chosen(view.camera);
        self.follow();
    };
}
