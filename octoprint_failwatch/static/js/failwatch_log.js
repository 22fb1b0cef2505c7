/* What FailWatch did and was told, newest first, with times. */
function FailWatchLog(picture) {
    "use strict";
    var self = this;
    var SHOWN = 12;

    self.entries = ko.observableArray([]);

    function worded(event) {
        var text = FailWatchWords.event(event.kind, event.detail || "", picture.title(event.camera));
        if (!text) return null;
        return {
            at: event.at,
            key: [event.kind, event.camera || "", Math.round(event.at)].join(),
            time: FailWatchWords.timeOfDay(event.at),
            text: text
        };
    }
    self.add = function (events) {
        var known = _.map(self.entries(), "key");
        var added = _.reject(_.compact(_.map(events, worded)), function (entry) {
            return _.includes(known, entry.key);
        });
        if (!added.length) return;
        var all = _.sortBy(self.entries().concat(added), "at");
        self.entries(_.takeRight(_.uniq(all, "key"), SHOWN).reverse());
    };
    /* The same of what was recorded of a print. */
    self.addRecorded = function (marks) {
        self.add(
            _.map(marks, function (mark) {
                var data = mark.data || {};
                return {kind: mark.kind, at: mark.at, detail: data.detail, camera: data.camera};
            })
        );
    };
}
