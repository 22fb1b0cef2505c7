/* Messages that could not be sent for an hour: told once, and shown until one gets through. */
function FailWatchUndelivered() {
    "use strict";
    var self = this;
    var notice = null;

    self.texts = ko.observableArray([]);

    function worded(one) {
        return _.sprintf(gettext("A message from %(time)s did not reach %(target)s. %(problem)s"), {
            time: FailWatchWords.timeOfDay(one.at),
            target: one.target,
            problem: one.problem
        });
    }
    self.take = function (undelivered) {
        self.texts(_.map(undelivered, worded));
        if (notice && !self.texts().length) notice.remove();
    };
    self.refresh = function () {
        OctoPrint.simpleApiGet("failwatch").done(function (data) {
            var before = self.texts();
            self.take(data.undelivered);
            var added = _.difference(self.texts(), before);
            if (!added.length) return;
            if (notice) notice.remove();
            notice = new PNotify({
                title: gettext("Messages are not arriving"),
                text: _.escape(added.join(" ")),
                type: "error",
                hide: false
            });
        });
    };
}
