/* The prints so far: a list, and one of them to be scrubbed through. */
function FailWatchPast(host) {
    "use strict";
    var self = this;
    var THUMBNAILS = 8;
    var rules = [];
    var gaps = [];

    self.prints = ko.observableArray([]);
    self.bytes = ko.observable(0);
    self.more = ko.observable(false);
    self.shown = ko.observable(null);
    self.frames = ko.observableArray([]);
    self.marks = ko.observableArray([]);
    self.index = ko.observable(0);
    /* The camera that was chosen, null for whichever comes first. */
    self.camera = ko.observable(null);
    self.graph = new FailWatchGraph("#failwatch-past-graph");

    function url(path) {
        return OctoPrint.getBlueprintUrl("failwatch") + "prints" + path;
    }
    /* How it ended, and what was said of it, are two things. */
    function said(record) {
        if (!record.label) return "";
        return record.label.failed ? gettext("you said: failed") : gettext("you said: no failure");
    }
    function described(record) {
        var runs = host.live.isPrinting() && host.live.state().print_id === record.print_id;
        return _.extend(record, {
            date: formatDate(record.started_at),
            lasted: runs
                ? gettext("still running")
                : record.ended_at
                  ? FailWatchWords.duration(record.ended_at - record.started_at)
                  : gettext("interrupted"),
            word: FailWatchWords.level(record.level),
            icon:
                "fa fa-fw " +
                {none: "fa-check-circle", maybe: "fa-question-circle", failure: "fa-exclamation-triangle"}[
                    record.level
                ],
            isFailed: !!record.label && record.label.failed,
            isGood: !!record.label && !record.label.failed,
            end: _.compact([FailWatchWords.outcome(record.outcome), said(record)]).join(", "),
            csv: url("/" + record.print_id + ".csv"),
            zip: url("/" + record.print_id + ".zip")
        });
    }

    /* Marks that would lie on one another are one, of the weightiest kind. */
    var WEIGHTS = ["failed-from", "action_failed", "action", "failure", "maybe", "blind", "camera_blind", "acknowledged"];
    function weight(kind) {
        var index = WEIGHTS.indexOf(kind);
        return index < 0 ? WEIGHTS.length : index;
    }
    function together(marks, frames) {
        var near = Math.max(1, frames * 0.02);
        return _.reduce(
            marks,
            function (merged, mark) {
                var last = _.last(merged);
                if (last && mark.index - last.index < near) {
                    last.texts = _.union(last.texts, [mark.text]);
                    last.text = last.texts.join(", ");
                    if (weight(mark.kind) < weight(last.kind)) last.kind = mark.kind;
                } else {
                    merged.push(_.extend(mark, {texts: [mark.text]}));
                }
                return merged;
            },
            []
        );
    }

    self.refresh = function () {
        if (!host.mayView()) return;
        OctoPrint.get(url("")).done(function (answer) {
            self.prints(_.map(answer.prints, described));
            self.bytes(answer.bytes);
            self.more(answer.prints.length === 25);
        });
    };
    self.loadMore = function () {
        var last = _.last(self.prints());
        OctoPrint.get(url("?before=" + last.started_at)).done(function (answer) {
            self.prints(self.prints().concat(_.map(answer.prints, described)));
            self.more(answer.prints.length === 25);
        });
    };
    self.sizeText = ko.pureComputed(function () {
        return _.sprintf(gettext("%(size)s in use"), {size: FailWatchWords.size(self.bytes())});
    });

    function load(record, index) {
        OctoPrint.get(url("/" + record.print_id)).done(function (answer) {
            rules = answer.rules;
            gaps = FailWatchGraph.gaps(answer.marks);
            self.frames(answer.frames);
            if (!_.some(answer.frames, isKept)) self.camera(null);
            var marks = _.filter(_.map(answer.marks, self._mark).concat(labelMark(answer["print"].label)));
            self.marks(together(_.sortBy(marks, "index"), answer.frames.length));
            self.shown(described(answer["print"]));
            self.index(index);
            self._draw();
        });
    }
    self.show = function (record) {
        load(record, 0);
    };
    self.hide = function () {
        self.shown(null);
    };
    self._mark = function (entry) {
        var data = entry.data || {};
        var text = FailWatchWords.event(entry.kind, data.detail || "", host.picture.title(data.camera));
        if (!text) return null;
        var index = _.findIndex(self.frames(), function (frame) {
            return frame[0] >= entry.after_frame;
        });
        return {text: text, kind: entry.kind, index: index < 0 ? self.frames().length - 1 : index};
    };
    function labelMark(label) {
        if (!label || !label.failed_from) return null;
        var index = _.findIndex(self.frames(), function (frame) {
            return frame[1] >= label.failed_from;
        });
        return {text: gettext("It failed from here on"), kind: "failed-from", index: index < 0 ? self.last() : index};
    }
    self.position = function (index) {
        return (index / Math.max(1, self.frames().length - 1)) * 100 + "%";
    };
    self.go = function (mark) {
        self.index(mark.index);
    };
    self.last = ko.pureComputed(function () {
        return Math.max(0, self.frames().length - 1);
    });
    self.frame = ko.pureComputed(function () {
        return self.frames()[Number(self.index())] || null;
    });
    /* Those of the moment that is shown: both the rules and what is usual may change during a print. */
    self.limits = ko.pureComputed(function () {
        var frame = self.frame();
        if (!frame) return [];
        var inForce = _.findLast(rules, function (one) {
            return one.after_frame < frame[0];
        });
        return inForce ? FailWatchGraph.limits(inForce, {usual: frame[7], limit: frame[8]}) : [];
    });
    self.frameText = ko.pureComputed(function () {
        var frame = self.frame();
        if (!frame) return "";
        return _.sprintf(gettext("%(time)s after the start: p %(p)s, recent mean %(mean)s, %(level)s"), {
            time: FailWatchWords.duration(frame[1] - self.frames()[0][1]),
            p: FailWatchWords.number(frame[2]),
            mean: FailWatchWords.number(frame[3]),
            level: FailWatchWords.level(frame[4])
        });
    });
    self.cameras = ko.pureComputed(function () {
        var names = _.union.apply(_, _.map(self.frames(), 5));
        return _.map(names, function (name) {
            return {name: name, title: host.picture.title(name)};
        });
    });
    self.choose = function (camera) {
        self.camera(camera.name);
    };
    self.isShown = function (camera) {
        return !!self.still() && cameraOf(self.still()) === camera.name;
    };
    /* Whether a picture of the frame was kept. */
    function isKept(frame) {
        return self.camera() === null ? frame[5].length > 0 : _.includes(frame[5], self.camera());
    }
    function cameraOf(frame) {
        return self.camera() === null ? frame[5][0] : self.camera();
    }
    function pictureOf(frame) {
        return url("/" + self.shown().print_id + "/" + frame[0] + ".jpg?camera=" + encodeURIComponent(cameraOf(frame)));
    }
    /* Not every picture is kept: the nearest one before is shown. */
    self.still = ko.pureComputed(function () {
        if (!self.shown()) return null;
        for (var index = Number(self.index()); index >= 0; index--) {
            var frame = self.frames()[index];
            if (frame && isKept(frame)) return frame;
        }
        return null;
    });
    self.picture = ko.pureComputed(function () {
        return self.still() ? pictureOf(self.still()) : "";
    });
    self.boxes = ko.pureComputed(function () {
        var frame = self.still();
        return frame ? FailWatchWords.placed(frame[6][cameraOf(frame)]) : [];
    });
    self.thumbnails = ko.pureComputed(function () {
        if (!self.shown()) return [];
        var kept = [];
        _.each(self.frames(), function (frame, index) {
            if (isKept(frame)) kept.push({index: index, frame: frame});
        });
        var step = Math.max(1, (kept.length - 1) / (THUMBNAILS - 1));
        var chosen = _.uniq(
            _.times(Math.min(THUMBNAILS, kept.length), function (number) {
                return kept[Math.round(number * step)];
            })
        );
        return _.map(_.compact(chosen), function (one) {
            return {
                index: one.index,
                picture: pictureOf(one.frame),
                title: FailWatchWords.clock(one.frame[1] - self.frames()[0][1]),
                level: one.frame[4]
            };
        });
    });
    self._draw = function () {
        var frame = self.frame();
        window.setTimeout(function () {
            self.graph.plot(self.frames(), gaps, self.limits(), frame && frame[1]);
        }, 0);
    };
    self.index.subscribe(self._draw);

    self.label = function (failed, since) {
        var label = {print_id: self.shown().print_id, failed: failed};
        if (since) label.failed_from = since;
        host.answers.order("label", label).done(function () {
            self.refresh();
            load(self.shown(), self.index());
        });
    };
    self.failedFromHere = function () {
        self.label(true, self.frame()[1]);
    };
    self.forget = function () {
        var record = self.shown();
        showConfirmationDialog({
            message: _.sprintf(gettext("Everything recorded of %(name)s will be deleted."), {
                name: _.escape(record.name)
            }),
            onproceed: function () {
                host.answers.order("forget", {print_id: record.print_id}).done(function () {
                    self.hide();
                    self.refresh();
                });
            }
        });
    };
}
