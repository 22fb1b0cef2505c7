/* How p went over the time of the running print, for the graph. */
function FailWatchCourse(live, log) {
    "use strict";
    var self = this;
    var graph = new FailWatchGraph("#failwatch-graph");
    var frames = [];
    /* When looking stopped. */
    var gaps = [];
    var framesOf = null;
    var fetch = null;

    self.limits = ko.pureComputed(function () {
        return live.look() ? FailWatchGraph.limits(live.rules(), live.look().verdict) : [];
    });
    self.draw = function () {
        graph.plot(frames, gaps, self.limits());
    };

    /* Adds the last look; what went before it is fetched. */
    self.follow = function () {
        var state = live.state();
        var look = live.look();
        if (state.print_id && state.print_id !== framesOf) {
            framesOf = state.print_id;
            frames = [];
            gaps = [];
            self.fetch();
        } else if (look && (!frames.length || _.last(frames)[1] < look.at)) {
            frames.push([0, look.at, look.p, look.statistics.ewm_mean, state.latch.level, []]);
        }
        if (frames.length && (state.phase !== "watching" || live.isKeptFromLooking())) breakAfter(_.last(frames)[1]);
        self.draw();
    };
    /* What came in while the answer was under way stays behind it. */
    self.fetch = function () {
        if (!framesOf) return;
        var mine = (fetch = OctoPrint.get(OctoPrint.getBlueprintUrl("failwatch") + "prints/" + framesOf));
        mine.done(function (answer) {
            if (fetch !== mine) return;
            var recorded = answer.frames.length ? _.last(answer.frames)[1] : 0;
            var newer = _.filter(frames, function (frame) {
                return frame[1] > recorded;
            });
            frames = answer.frames.concat(newer);
            gaps = _.union(FailWatchGraph.gaps(answer.marks), gaps);
            log.addRecorded(answer.marks);
            self.draw();
        });
    };
    function breakAfter(at) {
        if (!_.includes(gaps, at)) gaps.push(at);
    }
}
