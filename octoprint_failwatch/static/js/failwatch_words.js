/* What FailWatch says, in the user's language. */
var FailWatchWords = (function () {
    "use strict";

    function language() {
        return (LOCALE || "en").replace("_", "-");
    }

    /* A number as the user's language writes it. */
    function decimal(value, digits) {
        return value.toLocaleString(language(), {
            minimumFractionDigits: digits,
            maximumFractionDigits: digits,
            useGrouping: false
        });
    }
    /* The same with as many digits as it has. */
    function plain(value) {
        return Number(value).toLocaleString(language(), {maximumFractionDigits: 6, useGrouping: false});
    }
    function number(value) {
        return value === null || value === undefined ? "–" : decimal(value, 2);
    }
    function size(bytes) {
        return decimal(bytes / 1e6, bytes < 1e7 ? 1 : 0) + " MB";
    }

    function duration(seconds) {
        seconds = Math.max(0, Math.round(seconds));
        if (seconds < 90) return _.sprintf(gettext("%(seconds)d s"), {seconds: seconds});
        var minutes = Math.round(seconds / 60);
        /* Not "%(minutes)d min": that text is OctoPrint's own, too, and its translations come before a plugin's. */
        if (minutes < 90) return _.sprintf(gettext("%(minutes)s min"), {minutes: minutes});
        return _.sprintf(gettext("%(hours)d h %(minutes)d min"), {
            hours: Math.floor(minutes / 60),
            minutes: minutes % 60
        });
    }

    /* The same to the second, which tells pictures apart. */
    function clock(seconds) {
        function two(number) {
            return (number < 10 ? "0" : "") + number;
        }
        seconds = Math.max(0, Math.round(seconds));
        var minutes = Math.floor(seconds / 60);
        return Math.floor(minutes / 60) + ":" + two(minutes % 60) + ":" + two(seconds % 60);
    }

    function timeOfDay(at) {
        /* OctoPrint's own times have 24 hours, too. */
        return new Date(at * 1000).toLocaleTimeString(language(), {hour: "2-digit", minute: "2-digit", hourCycle: "h23"});
    }

    function level(key) {
        return {
            none: gettext("No failure"),
            maybe: gettext("Suspicious"),
            failure: gettext("Failure")
        }[key];
    }

    var IN_PARENTHESES = / \(([^()]*)\)/;
    function template(verdict) {
        var text = {
            warm_up: gettext("Too early to tell: the print has just begun."),
            quiet: gettext("Looks fine (%(mean)s, normally %(usual)s, alarm at %(alarm)s)."),
            settled: gettext("Looks worse than normal, but no longer rising (%(mean)s, normally %(usual)s)."),
            rising: gettext("Looks worse than normal and rising (%(mean)s, normally %(usual)s, alarm at %(alarm)s)."),
            high: gettext("Looks much worse than normal (%(mean)s, normally %(usual)s, alarm at %(alarm)s)."),
            sustained: gettext(
                "Has looked worse than normal for minutes (%(mean)s, normally %(usual)s, alarm at %(alarm)s)."
            ),
            sure: gettext("Has looked like a failure in every picture for a while (%(mean)s, normally %(usual)s)."),
            accepted: gettext("You said that this is fine (%(mean)s, normally %(usual)s, alarm at %(alarm)s).")
        }[verdict.rule];
        if (verdict.rule === "quiet" && verdict.score >= verdict.limit / 2) {
            text = gettext("Looks worse than normal (%(mean)s, normally %(usual)s, alarm at %(alarm)s).");
        }
        return text;
    }
    /* One sentence on why the verdict is what it is, with its numbers in parentheses. */
    function reason(verdict) {
        if (!verdict) return "";
        var text = template(verdict);
        if (!text) return verdict.reason || "";
        return _.sprintf(text, {
            mean: number(Math.max(verdict.usual + verdict.score, 0)),
            usual: number(verdict.usual),
            alarm: number(verdict.usual + verdict.limit)
        });
    }
    function plainReason(verdict) {
        return reason(verdict).replace(IN_PARENTHESES, "");
    }
    function numbers(verdict) {
        var found = IN_PARENTHESES.exec(reason(verdict));
        return found ? found[1] : "";
    }

    function phase(state, watching) {
        if (!watching) return gettext("Switched off");
        if (state.phase !== "paused" && state.phase !== "idle" && state.holds.length) return hold(state.holds);
        return {
            idle: gettext("No print to watch"),
            watching: gettext("Watching"),
            paused: gettext("The print is paused"),
            blind: gettext("Cannot check")
        }[state.phase];
    }

    /* Switched off by its file, the print is looked at all the same. */
    function hold(holds) {
        var key = _.without(holds, "command")[0];
        return (
            {
                heating: gettext("Waiting: the printer is heating"),
                too_early: gettext("Waiting: the print has only begun"),
                filament_change: gettext("Waiting: filament is being changed"),
                waiting: gettext("Waiting: the printer waits for you")
            }[key] || key
        );
    }

    /* What is wrong, and what the user can do. */
    function known(key) {
        return {
            dark: gettext("The picture is too dark. Switch a light on."),
            frozen: gettext("The camera keeps giving the same picture. Restart the camera."),
            bad_picture: gettext("What the camera gives is no picture. Check its snapshot address."),
            model_unavailable: gettext("The detector cannot run with these settings. Choose another one in FailWatch's settings."),
            bad_request: gettext("The detection service did not accept the picture. Check FailWatch's settings."),
            not_authorised: gettext("The detection service refused the token. Enter it again in FailWatch's settings."),
            not_permitted: gettext("The detection service does not permit this account to do that. Check what the account may use."),
            not_found: gettext("The detection service does not know what it was asked for. Check FailWatch's settings."),
            rate_limited: gettext("No more calls are allowed just now."),
            busy: gettext("The detection service is busy."),
            unavailable: gettext("The detection service does not answer."),
            unknown_host: gettext("The name of the detection service is not known. Check its address and the network."),
            untrusted_server: gettext("No secure connection to the detection service. Check its address and certificate."),
            timed_out: gettext("The detector does not answer in time."),
            server_failed: gettext("The detection service has a fault of its own."),
            bad_answer: gettext("The detection service answers nonsense. Check its address."),
            wrong_address: gettext("Something else answers at that address. Check the detection service's address."),
            cut_short: gettext("The connection to the detection service broke.")
        }[key];
    }
    /* Reasons that end by themselves if at all. */
    var PASSING = ["busy", "cut_short", "rate_limited", "server_failed", "timed_out", "unavailable"];

    /* What an error said in English, in the language; it may hold one content type, name or number. */
    var VARIABLE = /[a-z]+\/[a-z0-9.+-]+|\b[A-Z]\w*(?:Error|Exception|Timeout)\b|\d+(?:\.\d+)?/;
    function detail(text) {
        var found = VARIABLE.exec(text || "");
        var translated = text ? gettext(text) : "";
        if (!found || translated !== text) return translated;
        var value = isNaN(found[0]) ? found[0] : plain(found[0]);
        return gettext(text.replace(found[0], "%(what)s")).replace("%(what)s", value);
    }

    /* Which half fails: what the camera gives, or what the picture is checked with. */
    var OF_CAMERA = ["no_snapshot", "dark", "frozen", "bad_picture"];
    function cannotCheck(problem) {
        return _.includes(OF_CAMERA, problem.reason)
            ? gettext("Cannot check: camera problem")
            : gettext("Cannot check: detector problem");
    }
    function printerState(key) {
        return (
            {
                printing: gettext("that it is printing"),
                pausing: gettext("that it is pausing"),
                paused: gettext("that it is paused"),
                resuming: gettext("that it is resuming"),
                starting: gettext("that it is starting")
            }[key] || key
        );
    }
    /* Why the printer did not pause or cancel. */
    function actionProblem(text) {
        var state = /^the printer still reports (\w+)$/.exec(text);
        if (state) return _.sprintf(gettext("the printer still reports %(state)s"), {state: printerState(state[1])});
        return {
            "OctoPrint does not take the order": gettext("OctoPrint does not take the order"),
            "the print was paused": gettext("the print was paused"),
            "the print was resumed": gettext("the print was resumed")
        }[text] || text;
    }

    function blind(problem) {
        if (problem.reason === "no_snapshot") {
            return gettext("The camera gives no picture.") + " " + detail(problem.detail);
        }
        var text = known(problem.reason);
        if (!text) return detail(problem.detail);
        if (problem.reason === "model_unavailable") return text + " (" + problem.detail + ")";
        return _.includes(PASSING, problem.reason) ? text + " " + gettext("FailWatch keeps trying.") : text;
    }
    /* The same of something that was tried out once, where the particulars help too. */
    function problem(found) {
        var text = known(found.kind);
        return text ? text + " (" + found.detail + ")" : found.detail;
    }

    /* Why nothing can be stored. */
    function unsaved(key) {
        if (!key) return "";
        var why = {
            full: gettext("The disk is full."),
            read_only: gettext("The disk is read-only.")
        }[key];
        return (
            (why || gettext("FailWatch's files cannot be written; octoprint.log says why.")) +
            " " +
            gettext("FailWatch goes on watching, but records nothing until this is mended.")
        );
    }

    /* How a print ended. */
    function outcome(key) {
        return {
            done: gettext("finished"),
            cancelled: gettext("cancelled"),
            failed: gettext("failed"),
            disconnected: gettext("disconnected"),
            not_watched: gettext("no longer watched")
        }[key];
    }

    /* What happened, in a few words. */
    function event(kind, detail, camera) {
        return {
            started: gettext("Started watching"),
            maybe: gettext("Suspicious"),
            failure: gettext("Failure"),
            cleared: gettext("Looks better again"),
            blind: cannotCheck({reason: detail}),
            seeing: gettext("Checking again"),
            camera_blind: _.sprintf(gettext("%(camera)s sees nothing"), {camera: camera}),
            camera_seeing: _.sprintf(gettext("%(camera)s sees again"), {camera: camera}),
            camera_moved: _.sprintf(gettext("%(camera)s was moved: its background is learned again"), {camera: camera}),
            acknowledged: {
                failure: gettext("You: it failed"),
                not_a_failure: gettext("You: not a failure"),
                resumed: gettext("You resumed the print"),
                cleared: gettext("You: cleared, watch as before"),
                withdrawn: gettext("You took your answer back")
            }[detail],
            countdown:
                detail === "cancel" ? gettext("FailWatch announced a cancel") : gettext("FailWatch announced a pause"),
            action: detail === "cancel" ? gettext("FailWatch cancelled") : gettext("FailWatch paused"),
            called_off: gettext("Paused, so FailWatch does not cancel"),
            action_failed: gettext("FailWatch could not stop the print"),
            paused: gettext("Paused"),
            resumed: gettext("Resumed"),
            muted: gettext("Muted"),
            snoozed: gettext("Snoozed"),
            ended: outcome(detail) ? _.sprintf(gettext("Ended: %(outcome)s"), {outcome: outcome(detail)}) : gettext("Ended")
        }[kind];
    }

    /* Boxes as an SVG wants them. */
    function placed(boxes) {
        return _.map(boxes, function (box) {
            return {
                left: box.x_min * 100 + "%",
                top: box.y_min * 100 + "%",
                width: (box.x_max - box.x_min) * 100 + "%",
                height: (box.y_max - box.y_min) * 100 + "%",
                label: Math.round(box.score * 100) + " %"
            };
        });
    }

    return {
        placed: placed,
        decimal: decimal,
        number: number,
        size: size,
        unsaved: unsaved,
        plain: plain,
        duration: duration,
        clock: clock,
        timeOfDay: timeOfDay,
        event: event,
        outcome: outcome,
        level: level,
        reason: reason,
        plainReason: plainReason,
        numbers: numbers,
        cannotCheck: cannotCheck,
        actionProblem: actionProblem,
        phase: phase,
        blind: blind,
        problem: problem
    };
})();
