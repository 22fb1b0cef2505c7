/* How p went over the time of the running print, for the graph. */
function FailWatchCourse(live, log) {
    "use strict";
    var self = this;
    var graph = new FailWatchGraph("#failwatch-graph");
    var frames = [];
    /* When looking stopped. */
    var gaps = [];
    var framesOf = null;

    self.limits = ko.pureComputed(function () {
        return live.look() ? FailWatchGraph.limits(live.rules(), live.look().verdict) : [];
    });
    self.draw = function () {
        graph.plot(frames, gaps, self.limits());
    };

    /* Adds the last look; of a print that ran before this page was opened all looks are fetched. */
    self.follow = function () {
        var state = live.state();
        var look = live.look();
        if (state.print_id && state.print_id !== framesOf) {
            var print = state.print_id;
            framesOf = print;
            frames = [];
            gaps = [];
            OctoPrint.get(OctoPrint.getBlueprintUrl("failwatch") + "prints/" + print).done(function (answer) {
                if (framesOf !== print) return;
                frames = answer.frames;
                gaps = FailWatchGraph.gaps(answer.marks);
                log.addRecorded(answer.marks);
                self.draw();
            });
        } else if (look && (!frames.length || _.last(frames)[1] < look.at)) {
            frames.push([0, look.at, look.p, look.statistics.ewm_mean, state.latch.level, []]);
        }
        if (frames.length && (state.phase !== "watching" || state.holds.length)) breakAfter(_.last(frames)[1]);
        self.draw();
    };
    function breakAfter(at) {
        if (!gaps.length || _.last(gaps) < at) gaps.push(at);
    }
}
