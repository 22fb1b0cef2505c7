/* p and its recent mean over time, with the limits drawn in. `frames` are [id, at, p, ewm_mean, level, …], `gaps`
   the times at which looking stopped: the lines are broken there. */
function FailWatchGraph(selector) {
    "use strict";
    var self = this;
    var FIRST_MINUTES = 5;
    var P = 2;
    var EWM_MEAN = 3;

    self.plot = function (frames, gaps, limits, at) {
        var element = $(selector);
        if (!element.length || !element.is(":visible") || !element.width() || !frames.length) return;
        var start = frames[0][1];
        function minutes(frame) {
            return (frame[1] - start) / 60;
        }
        /* A point that is null breaks a line of flot's. */
        function line(column) {
            var points = [];
            _.each(frames, function (frame, index) {
                if (index && FailWatchGraph.isBroken(frames[index - 1][1], frame[1], gaps)) points.push(null);
                points.push([minutes(frame), frame[column]]);
            });
            return points;
        }
        var last = Math.max(FIRST_MINUTES, minutes(frames[frames.length - 1]));
        var top = 1;
        _.each(frames, function (frame) {
            top = Math.max(top, frame[P]);
        });
        _.each(limits, function (limit) {
            top = Math.max(top, limit.value);
        });
        var text = element.css("color");
        var series = [
            {
                data: line(P),
                color: "#8aa4c8",
                lines: {show: true, lineWidth: 1},
                shadowSize: 0
            },
            {
                data: line(EWM_MEAN),
                color: "#2f6fd0",
                lines: {show: true, lineWidth: 3},
                shadowSize: 0
            }
        ];
        _.each(limits, function (limit) {
            series.push({
                data: [
                    [0, limit.value],
                    [last, limit.value]
                ],
                color: limit.color,
                dashes: {show: true, lineWidth: 1, dashLength: limit.dashes},
                lines: {show: false},
                shadowSize: 0
            });
        });
        if (at !== undefined && at !== null) {
            series.push({
                data: [
                    [(at - start) / 60, 0],
                    [(at - start) / 60, top]
                ],
                color: text,
                lines: {show: true, lineWidth: 1},
                shadowSize: 0
            });
        }
        $.plot(element, series, {
            xaxis: {
                min: 0,
                max: last,
                font: {color: text, size: 11},
                tickFormatter: function (value) {
                    return FailWatchWords.plain(Math.round(value * 10) / 10) + " min";
                }
            },
            yaxis: {
                min: 0,
                max: top,
                font: {color: text, size: 11},
                tickFormatter: function (value, axis) {
                    return FailWatchWords.decimal(value, axis.tickDecimals);
                }
            },
            grid: {borderWidth: 1, borderColor: "rgba(127,127,127,.5)", color: "rgba(127,127,127,.5)"},
            legend: {show: false}
        });
    };
}

/* When looking stopped, by what was recorded of a print. */
FailWatchGraph.gaps = function (marks) {
    "use strict";
    return _.map(
        _.filter(marks, function (mark) {
            return mark.kind === "paused" || mark.kind === "blind" || (mark.kind === "holds" && mark.data.length > 0);
        }),
        "at"
    );
};
/* Whether looking stopped between two looks. Nothing is recorded of a machine that slept or was off. */
FailWatchGraph.isBroken = function (before, after, gaps) {
    "use strict";
    var MOST_BETWEEN_LOOKS = 15 * 60;
    return (
        after - before > MOST_BETWEEN_LOOKS ||
        _.some(gaps, function (gap) {
            return before <= gap && gap < after;
        })
    );
};

/* The lines that the recent mean is held against, at a moment with these rules and this verdict. */
FailWatchGraph.limits = function (rules, verdict) {
    "use strict";
    var usual = verdict.usual;
    var at = function (above) {
        return usual + above / (rules.sensitivity || 1);
    };
    var limits = [{value: usual, color: "#468847", dashes: 2, title: gettext("normal")}];
    if (rules.name === "failwatch") {
        /* A recent mean as high as p of a sure failure is enough; rules of old recordings know none. */
        var sure = rules.sure === undefined ? Infinity : rules.sure;
        var failure = Math.min(at(rules.failure), Math.max(sure, at(rules.maybe)));
        /* Of a calm printer a doubt asks less than the setting. */
        limits.push({value: at(Math.min(rules.maybe, verdict.limit)), color: "#f89406", dashes: 6, title: gettext("suspicious")});
        limits.push({value: failure, color: "#bd362f", dashes: 12, title: gettext("failure")});
    } else {
        limits.push({
            value: at(verdict.limit),
            color: "#bd362f",
            dashes: 12,
            title: gettext("limit")
        });
    }
    _.each(limits, function (limit) {
        limit.text = limit.title + " " + FailWatchWords.number(limit.value);
        /* The legend is dashed as the graph is: colours are not told apart by everybody. */
        var dash = limit.dashes + "px";
        limit.line =
            "repeating-linear-gradient(90deg, " + limit.color + " 0 " + dash + ", transparent " + dash + " " + 2 * limit.dashes + "px)";
    });
    return limits;
};
