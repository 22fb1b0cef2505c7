/* The tab, the sidebar box and the light in the navigation bar: one state, shown live. */
$(function () {
    "use strict";

    /* Events after which the list of prints says something else. */
    var CHANGES_A_PRINT = ["started", "maybe", "failure", "acknowledged", "ended"];

    function FailWatchViewModel(parameters) {
        var self = this;
        self.loginState = parameters[0];
        self.access = parameters[1];
        self.settings = parameters[2];

        self.loaded = ko.observable(false);
        self.state = ko.observable(null);
        self.rules = ko.observable({});
        self.watching = ko.observable(true);
        self.problem = ko.observable("");
        self.cameras = ko.observableArray([]);
        self.detector = ko.observable("");
        self.camera = ko.observable(null);
        self.picture = ko.observable("");
        self.ratio = ko.observable(0.75);

        /* The watch's clock, which may run faster than the browser's. */
        self.clock = {at: 0, seen: 0, speed: 1};
        self.tick = ko.observable(0);
        self.now = ko.pureComputed(function () {
            self.tick();
            return self.clock.at + ((Date.now() - self.clock.seen) / 1000) * self.clock.speed;
        });

        self.mayView = ko.pureComputed(function () {
            return self.loginState.hasPermissionKo(self.access.permissions.PLUGIN_FAILWATCH_VIEW)();
        });
        self.mayConfigure = ko.pureComputed(function () {
            return self.loginState.hasPermissionKo(self.access.permissions.PLUGIN_FAILWATCH_CONFIGURE)();
        });
        self.mayControl = ko.pureComputed(function () {
            return self.loginState.hasPermissionKo(self.access.permissions.PLUGIN_FAILWATCH_CONTROL)();
        });

        self.look = ko.pureComputed(function () {
            return self.state() && self.state().look;
        });
        self.phase = ko.pureComputed(function () {
            return self.state() ? self.state().phase : "idle";
        });
        self.isPrinting = ko.pureComputed(function () {
            return self.phase() !== "idle";
        });
        self.level = ko.pureComputed(function () {
            return self.isPrinting() ? self.state().latch.level : "none";
        });
        self.blind = ko.pureComputed(function () {
            return self.state() && self.state().blind;
        });
        self.countdown = ko.pureComputed(function () {
            return self.state() && self.state().intervention.countdown;
        });
        self.isSilent = ko.pureComputed(function () {
            var state = self.state();
            return !!state && (state.muted || self.isSnoozed());
        });
        self.isSnoozed = ko.pureComputed(function () {
            var until = self.state() && self.state().snoozed_until;
            return !!until && self.now() < until;
        });

        /* One word that all lights and boxes are drawn by. */
        self.light = ko.pureComputed(function () {
            if (!self.watching()) return "off";
            if (self.phase() === "idle") return "idle";
            if (self.level() !== "none") return self.level();
            if (self.phase() === "blind") return "blind";
            if (self.phase() === "paused" || self.state().holds.length) return "waiting";
            return "none";
        });
        self.icon = ko.pureComputed(function () {
            return (
                "fa fa-fw " +
                {
                    off: "fa-power-off",
                    idle: "fa-moon",
                    none: "fa-check-circle",
                    maybe: "fa-question-circle",
                    failure: "fa-exclamation-triangle",
                    blind: "fa-eye-slash",
                    waiting: "fa-pause-circle"
                }[self.light()]
            );
        });
        self.headline = ko.pureComputed(function () {
            var state = self.state();
            if (!state) return "";
            if (self.light() === "none" || self.light() === "maybe" || self.light() === "failure") {
                return state.look || self.level() !== "none"
                    ? FailWatchWords.level(self.level())
                    : gettext("Waiting for the first picture");
            }
            return FailWatchWords.phase(state, self.watching());
        });

        self.why = ko.pureComputed(function () {
            var state = self.state();
            if (!state || !self.isPrinting()) return "";
            var raised = state.latch.level !== "none" && state.latch.verdict;
            if (raised) {
                var ago = FailWatchWords.duration(self.now() - state.latch.since);
                return (
                    FailWatchWords.reason(state.latch.verdict) +
                    " " +
                    _.sprintf(gettext("That was %(ago)s ago."), {ago: ago})
                );
            }
            if (state.latch.confirmed) return gettext("You said that it failed.");
            return state.look ? FailWatchWords.reason(state.look.verdict) : "";
        });
        self.blindText = ko.pureComputed(function () {
            var blind = self.blind();
            if (!blind) return "";
            return (
                FailWatchWords.blind(blind) +
                " " +
                _.sprintf(gettext("Blind for %(time)s."), {
                    time: FailWatchWords.duration(self.now() - blind.since)
                })
            );
        });
        self.countdownText = ko.pureComputed(function () {
            var countdown = self.countdown();
            if (!countdown) return "";
            var left = FailWatchWords.duration(countdown.due_at - self.now());
            return countdown.action === "cancel"
                ? _.sprintf(gettext("FailWatch cancels the print in %(time)s unless you say no."), {time: left})
                : _.sprintf(gettext("FailWatch pauses the print in %(time)s unless you say no."), {time: left});
        });
        self.pausedText = ko.pureComputed(function () {
            var state = self.state();
            if (!state || state.phase !== "paused" || state.intervention.paused_at === null) return "";
            return _.sprintf(gettext("FailWatch paused this print %(time)s ago. Resume it if it is no failure."), {
                time: FailWatchWords.duration(self.now() - state.intervention.paused_at)
            });
        });
        self.silentText = ko.pureComputed(function () {
            var state = self.state();
            if (!state) return "";
            if (state.muted) return gettext("Muted until this print ends.");
            if (self.isSnoozed()) {
                return _.sprintf(gettext("Snoozed for another %(time)s."), {
                    time: FailWatchWords.duration(state.snoozed_until - self.now())
                });
            }
            return "";
        });
        self.p = ko.pureComputed(function () {
            return self.look() ? FailWatchWords.number(self.look().p) : "–";
        });
        self.ewmMean = ko.pureComputed(function () {
            return self.look() ? FailWatchWords.number(self.look().statistics.ewm_mean) : "–";
        });
        self.usual = ko.pureComputed(function () {
            return self.look() ? FailWatchWords.number(self.look().verdict.usual) : "–";
        });
        self.lookedText = ko.pureComputed(function () {
            var look = self.look();
            if (!look) return "";
            return _.sprintf(gettext("Picture %(number)d, %(ago)s ago, answered in %(latency)s s"), {
                number: look.number,
                ago: FailWatchWords.duration(self.now() - look.at),
                latency: look.latency.toFixed(1)
            });
        });

        /* The picture and its boxes */

        self.view = ko.pureComputed(function () {
            var look = self.look();
            if (!look || !look.views.length) return null;
            return (
                _.find(look.views, function (view) {
                    return view.camera === self.camera();
                }) || look.views[0]
            );
        });
        self.views = ko.pureComputed(function () {
            return self.look() ? self.look().views : [];
        });
        self.boxes = ko.pureComputed(function () {
            var view = self.view();
            return view ? FailWatchWords.placed(view.boxes) : [];
        });
        self.cameraProblems = ko.pureComputed(function () {
            return _.map(
                _.filter(self.views(), function (view) {
                    return view.problem;
                }),
                function (view) {
                    return self.cameraTitle(view.camera) + ": " + view.problem;
                }
            );
        });
        self.cameraTitle = function (name) {
            var camera = _.find(self.cameras(), {name: name});
            return camera ? camera.title : name || gettext("Camera");
        };
        self.choose = function (view) {
            self.camera(view.camera);
            self._fetchPicture();
        };
        self._fetchPicture = function () {
            var look = self.look();
            if (!look || !self.mayView()) return self.picture("");
            var view = self.view();
            self.picture(
                OctoPrint.getBlueprintUrl("failwatch") +
                    "frame.jpg?at=" +
                    look.at +
                    "&camera=" +
                    encodeURIComponent(view ? view.camera : "")
            );
        };

        /* The graph of this print */

        self.graph = new FailWatchGraph("#failwatch-graph");
        self.frames = [];
        self.framesOf = null;
        self.limits = ko.pureComputed(function () {
            return FailWatchGraph.limits(self.rules(), self.look());
        });
        self.draw = function () {
            self.graph.plot(self.frames, self.limits());
        };
        self._follow = function () {
            var state = self.state();
            var look = self.look();
            if (state.print_id && state.print_id !== self.framesOf) {
                self.framesOf = state.print_id;
                self.frames = [];
                OctoPrint.get(OctoPrint.getBlueprintUrl("failwatch") + "prints/" + state.print_id).done(function (answer) {
                    self.frames = answer.frames;
                    self.draw();
                });
            } else if (look && (!self.frames.length || _.last(self.frames)[1] < look.at)) {
                self.frames.push([0, look.at, look.p, look.statistics.ewm_mean, state.latch.level, []]);
            }
            self.draw();
        };
        self.past = new FailWatchPast(self);
        self.improving = new FailWatchImproving(self);
        self.onTabChange = function (current) {
            self.tabIsOpen = current === "#tab_plugin_failwatch";
            if (self.tabIsOpen) {
                self.past.refresh();
                self.improving.refresh();
            }
        };
        self.onAfterTabChange = function (current) {
            if (current === "#tab_plugin_failwatch") self.draw();
        };
        self.showTab = function () {
            $('#tabs a[href="#tab_plugin_failwatch"]').tab("show");
        };

        /* What the user says */

        self.canAnswer = ko.pureComputed(function () {
            return self.isPrinting() && !!(self.level() !== "none" || self.countdown() || self.pausedText());
        });

        self._order = function (command, data) {
            return OctoPrint.simpleApiCommand("failwatch", command, data || {}).fail(function (answer) {
                new PNotify({
                    title: "FailWatch",
                    text: _.escape((answer.responseJSON || {}).error || gettext("That did not work.")),
                    type: "error"
                });
            });
        };
        self.notAFailure = function () {
            return self._order("acknowledge", {answer: "not_a_failure"});
        };
        self.itFailed = function () {
            return self._order("acknowledge", {answer: "failure"});
        };
        self.snooze = function () {
            return self._order("snooze", {seconds: self.isSnoozed() ? 0 : 600});
        };
        self.mute = function () {
            return self._order("mute", {muted: !self.state().muted});
        };
        self.check = function () {
            return self._order("check");
        };
        self.toggleWatching = function () {
            return self._order("watching", {enabled: !self.watching()});
        };

        /* News */

        self._take = function (data) {
            var before = self.look();
            self.clock = {at: data.now, seen: Date.now(), speed: data.clock_speed};
            self.watching(data.watching);
            self.rules(data.rules);
            self.state(data.state);
            self.tick(self.tick() + 1);
            var look = self.look();
            if (look && (!before || before.at !== look.at)) self._fetchPicture();
            self._follow();
        };
        self.refresh = function () {
            if (!self.mayView()) return;
            OctoPrint.simpleApiGet("failwatch").done(function (data) {
                self.cameras(data.cameras);
                self.detector(data.detector.name);
                self.problem(data.problem);
                self._take(data);
                self.loaded(true);
                self.past.refresh();
                self._fetchPicture();
            });
        };
        self.onDataUpdaterPluginMessage = function (plugin, data) {
            if (plugin !== "failwatch" || data.type !== "update" || !self.mayView()) return;
            self._take(data);
            _.each(data.events, self._announce);
        };

        /* What is worth a message in the corner: one for each change. */
        self._announce = function (event) {
            if (self.tabIsOpen && _.includes(CHANGES_A_PRINT, event.kind)) self.past.refresh();
            /* Who may not read settings gets the messages. */
            var own = (self.settings.settings.plugins || {}).failwatch;
            if (own && own.notify && !own.notify.popups()) return;
            var state = self.state();
            var why = state.latch.verdict ? FailWatchWords.reason(state.latch.verdict) : "";
            var message = {
                maybe: ["notice", gettext("This may be failing"), why],
                failure: ["error", gettext("The print is failing"), why],
                countdown: ["error", gettext("The print is failing"), self.countdownText()],
                action: [
                    "error",
                    event.detail === "cancel"
                        ? gettext("FailWatch cancelled the print")
                        : gettext("FailWatch paused the print"),
                    why
                ],
                action_failed: [
                    "error",
                    gettext("FailWatch could not stop the print!"),
                    gettext("Look after the printer now.") + " " + event.detail
                ],
                blind: ["notice", gettext("FailWatch cannot see"), self.blind() ? FailWatchWords.blind(self.blind()) : ""],
                seeing: ["success", gettext("FailWatch sees again"), ""]
            }[event.kind];
            if (!message) return;
            if (event.kind === "failure" && self.countdown()) return;
            new PNotify({
                title: message[1],
                text: _.escape(message[2]),
                type: message[0],
                hide: message[0] !== "error"
            });
        };
        self.onUserPermissionsChanged = self.refresh;
        self.onStartupComplete = self.refresh;
        self.onDataUpdaterReconnect = self.refresh;
        self.onSettingsHidden = self.refresh;
        window.setInterval(function () {
            if (self.isPrinting()) self.tick(self.tick() + 1);
        }, 1000);
    }

    OCTOPRINT_VIEWMODELS.push({
        construct: FailWatchViewModel,
        name: "failWatchViewModel",
        dependencies: ["loginStateViewModel", "accessViewModel", "settingsViewModel"],
        elements: [
            "#tab_plugin_failwatch",
            "#tab_plugin_failwatch_link",
            "#sidebar_plugin_failwatch_wrapper",
            "#navbar_plugin_failwatch"
        ]
    });
});
