/* The last picture that was checked, of one of the cameras, with its boxes; without a print, what the camera sees now. */
function FailWatchPicture(live) {
    "use strict";
    var self = this;
    var shown = null;

    self.url = ko.observable("");
    self.chosen = ko.observable(null);
    self.titles = ko.observable({});
    /* What was checked by hand while no print is checked: {camera, picture, boxes, text}. */
    self.trial = ko.observable(null);

    self.views = ko.pureComputed(function () {
        return live.look() ? live.look().views : [];
    });
    /* By name: a button that is made anew with each look loses the focus. */
    self.cameras = ko.pureComputed(function () {
        return _.map(self.views(), "camera");
    });
    self.view = ko.pureComputed(function () {
        return _.find(self.views(), {camera: self.chosen()}) || self.views()[0] || null;
    });
    self.camera = ko.pureComputed(function () {
        return self.view() ? self.view().camera : "";
    });
    self.boxes = ko.pureComputed(function () {
        if (self.trial()) return self.trial().boxes;
        return self.view() && shown && shown.at ? FailWatchWords.placed(self.view().boxes) : [];
    });
    self.caption = ko.pureComputed(function () {
        return self.trial() ? self.trial().text : "";
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
            : gettext("The picture appears here as soon as one is checked.");
    });
    self.title = function (name) {
        return self.titles()[name] || name || gettext("Camera");
    };
    function address(file, query) {
        return OctoPrint.getBlueprintUrl("failwatch") + file + "?" + $.param(query);
    }

    /* Fetches the picture of the last look, unless it is shown already. */
    self.follow = function () {
        var look = live.look();
        var camera = self.camera();
        if (self.trial() && live.isPrinting() && look && look.at > self.trial().at) self.trial(null);
        if (self.trial()) return;
        if (!look || self.view().problem || !_.includes(live.pictures(), camera)) {
            if (shown && !shown.at) return;
            shown = null;
            self.url("");
        } else if (!shown || shown.at !== look.at || shown.camera !== camera) {
            shown = {at: look.at, camera: camera};
            self.url(address("frame.jpg", {at: look.at, camera: camera}));
        }
    };
    /* Shows what the camera sees now, where there is nothing that was checked. */
    self.peek = function () {
        if (self.url() || live.isPrinting()) return;
        shown = {at: 0, camera: self.camera()};
        self.url(address("snapshot.jpg", {at: Date.now(), camera: self.camera()}));
    };
    self.showTrial = function (answer) {
        self.trial({
            at: live.now(),
            boxes: FailWatchWords.placed(answer.boxes),
            text: _.sprintf(gettext("Checked by hand: failure score (p) %(p)s. Nothing was recorded."), {
                p: FailWatchWords.number(answer.p)
            })
        });
        self.url(answer.picture);
    };
    self.missing = function () {
        self.url("");
    };
    self.choose = function (camera) {
        self.trial(null);
        self.chosen(camera);
        self.follow();
    };
}
