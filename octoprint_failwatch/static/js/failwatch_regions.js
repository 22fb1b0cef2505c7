/* The editor of ignored regions: polygons drawn over a camera's picture, by pointer or by keyboard. */
function FailWatchRegions(settings, camera) {
    "use strict";
    var self = this;
    var STEP = 0.02;
    var asked = null;

    function within(share) {
        return Math.min(1, Math.max(0, share));
    }

    self.isOpen = ko.observable(false);
    self.picture = ko.observable("");
    self.problem = ko.observable("");
    self.corners = ko.observableArray([]);
    self.cursor = ko.observable([0.5, 0.5]);

    self._entry = function () {
        return _.find(ko.mapping.toJS(settings().regions) || [], {camera: camera() || ""});
    };
    self.polygons = ko.observableArray([]);
    self._store = function () {
        var name = camera() || "";
        var others = _.reject(ko.mapping.toJS(settings().regions) || [], {camera: name});
        if (self.polygons().length) others.push({camera: name, polygons: self.polygons().slice()});
        settings().regions(others);
    };
    self.load = function () {
        var entry = self._entry();
        self.polygons(entry ? entry.polygons : []);
        self.corners([]);
    };

    self.points = function (corners) {
        return _.map(corners, function (corner) {
            return corner[0] * 1000 + "," + corner[1] * 1000;
        }).join(" ");
    };
    self.mark = ko.pureComputed(function () {
        var x = self.cursor()[0] * 1000;
        var y = self.cursor()[1] * 1000;
        return "M" + (x - 25) + " " + y + "H" + (x + 25) + "M" + x + " " + (y - 25) + "V" + (y + 25);
    });
    self.summary = ko.pureComputed(function () {
        return _.sprintf(gettext("Regions: %(regions)d. Corners of a new one: %(corners)d."), {
            regions: self.polygons().length,
            corners: self.corners().length
        });
    });

    self.open = function () {
        self.isOpen(true);
        self.problem("");
        self.load();
        var url =
            OctoPrint.getBlueprintUrl("failwatch") +
            "snapshot.jpg?at=" +
            Date.now() +
            "&camera=" +
            encodeURIComponent(camera() || "");
        /* Nobody is to draw on the picture of the camera that was chosen before. */
        self.picture("");
        asked = new Image();
        asked.onload = function () {
            if (this === asked) self.picture(url);
        };
        asked.onerror = function () {
            if (this === asked) self.problem(gettext("The camera gives no picture."));
        };
        asked.src = url;
    };
    self._add = function (corner) {
        self.corners.push([Math.round(corner[0] * 1000) / 1000, Math.round(corner[1] * 1000) / 1000]);
    };
    self.click = function (_model, event) {
        var area = event.currentTarget.getBoundingClientRect();
        var corner = [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
        self.cursor(corner);
        self._add(corner);
    };
    self.key = function (_model, event) {
        var moves = {ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP]};
        var move = moves[event.key];
        if (move) {
            var at = self.cursor();
            self.cursor([within(at[0] + move[0]), within(at[1] + move[1])]);
        } else if (event.key === "Enter") {
            self._add(self.cursor());
        } else if (event.key === "Escape") {
            self.corners.pop();
            event.stopPropagation();
        } else {
            return true;
        }
        return false;
    };
    /* OctoPrint closes its dialog when Escape is let go. */
    self.keyUp = function (_model, event) {
        if (event.key === "Escape") event.stopPropagation();
        return true;
    };
    self.close = function () {
        if (self.corners().length < 3) return;
        self.polygons.push(self.corners().slice());
        self.corners([]);
        self._store();
    };
    self.undo = function () {
        if (self.corners().length) return self.corners.pop();
        self.polygons.pop();
        self._store();
    };
    self.clear = function () {
        self.corners([]);
        self.polygons([]);
        self._store();
    };

    camera.subscribe(function () {
        if (self.isOpen()) self.open();
    });
}
