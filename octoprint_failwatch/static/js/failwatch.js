/* The tab, the sidebar box and the light in the navigation bar. */
$(function () {
    "use strict";
    var TAB = "#tab_plugin_failwatch";

    /* Events after which the list of prints says something else. */
    var CHANGES_A_PRINT = ["started", "maybe", "failure", "acknowledged", "ended"];

    function FailWatchViewModel(parameters) {
        var self = this;
        var login = parameters[0];
        var permissions = parameters[1].permissions;
        var settings = parameters[2];
        var tabIsOpen = false;

        function may(permission) {
            return ko.pureComputed(function () {
                return login.hasPermission(permissions[permission]);
            });
        }
        self.mayView = may("PLUGIN_FAILWATCH_VIEW");
        self.mayControl = may("PLUGIN_FAILWATCH_CONTROL");
        self.mayConfigure = may("PLUGIN_FAILWATCH_CONFIGURE");
        self.mayPrint = may("PRINT");

        self.problem = ko.observable("");
        /* Why FailWatch cannot store what it knows: a key, "" while it can. */
        self.unsaved = ko.observable("");
        self.unsavedText = ko.pureComputed(function () {
            return FailWatchWords.unsaved(self.unsaved());
        });
        self.undelivered = new FailWatchUndelivered();
        self.detector = ko.observable("");
        self.live = new FailWatchLive();
        self.picture = new FailWatchPicture(self.live);
        self.status = new FailWatchStatus(self.live, self.picture);
        self.log = new FailWatchLog(self.picture);
        self.course = new FailWatchCourse(self.live, self.log);
        self.answers = new FailWatchAnswers(self.live, self.mayPrint);
        self.check = new FailWatchCheck(self.live, self.picture, self.answers);
        self.past = new FailWatchPast(self);
        self.improving = new FailWatchImproving(self);

        var messages = new FailWatchMessages(self);

        /* News */

        var news = 0;
        function take(data) {
            news += 1;
            if (data.unsaved !== undefined) self.unsaved(data.unsaved);
            self.live.take(data);
            self.picture.follow();
            self.course.follow();
        }
        /* Who may not read settings gets every message. */
        function wantsMessage(event) {
            var own = (settings.settings.plugins || {}).failwatch;
            if (!own || !own.notify) return true;
            var does = {maybe: own.on_maybe, failure: own.on_failure}[event.kind];
            return own.notify.popups() && !(does && does() === "nothing");
        }
        self.refresh = function () {
            if (!self.mayView()) return;
            var before = news;
            OctoPrint.simpleApiGet("failwatch").done(function (data) {
                self.detector(data.detector.name);
                self.problem(data.problem);
                self.undelivered.take(data.undelivered);
                self.picture.titles(_.zipObject(_.map(data.cameras, "name"), _.map(data.cameras, "title")));
                /* What was pushed meanwhile is newer than the answer. */
                if (news === before) take(data);
                self.log.add(data.events);
                self.past.refresh();
                if (tabIsOpen) peek();
            });
        };
        self.onDataUpdaterPluginMessage = function (plugin, data) {
            if (plugin !== "failwatch" || !self.mayView()) return;
            if (data.type === "undelivered") return self.undelivered.refresh();
            if (data.type !== "update") return;
            take(data);
            self.log.add(data.events);
            messages.follow(data.events, wantsMessage);
            if (tabIsOpen && _.intersection(CHANGES_A_PRINT, _.map(data.events, "kind")).length) self.past.refresh();
        };
        self.onUserPermissionsChanged = self.refresh;
        self.onStartupComplete = self.refresh;
        /* What was pushed while the socket was closed, be it for a moment, never came. */
        self.onServerConnect = self.onServerReconnect = function () {
            self.course.fetch();
            self.refresh();
        };
        self.onSettingsHidden = self.refresh;

        /* The tab */

        /* Who may order a look may also see what it would show. */
        function peek() {
            if (self.mayControl() && self.live.state()) self.picture.peek();
        }
        self.showTab = function () {
            $('#tabs a[href="' + TAB + '"]').tab("show");
        };
        self.onTabChange = function (current) {
            tabIsOpen = current === TAB;
            if (!tabIsOpen) return;
            /* Without a print nobody tells that there is room again. */
            if (self.unsaved()) self.refresh();
            self.past.refresh();
            self.improving.refresh();
            peek();
        };
        self.onAfterTabChange = function (current) {
            if (current === TAB) self.course.draw();
        };
    }

    OCTOPRINT_VIEWMODELS.push({
        construct: FailWatchViewModel,
        name: "failWatchViewModel",
        dependencies: ["loginStateViewModel", "accessViewModel", "settingsViewModel"],
        elements: [TAB, TAB + "_link", "#sidebar_plugin_failwatch_wrapper", "#navbar_plugin_failwatch"]
    });
});
