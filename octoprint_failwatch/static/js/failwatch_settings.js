/* The settings, and the first-run wizard, which shows the most important of them. */
$(function () {
    "use strict";

    function FailWatchSettingsViewModel(parameters) {
        var self = this;
        var settings = parameters[0];
        var login = parameters[1];
        var permissions = parameters[2].permissions;
        var live = parameters[3].live;

        self.fw = function () {
            return settings.settings.plugins.failwatch;
        };
        /* What there is to choose from, as the server says. */
        self.described = ko.observable({fields: {}, rule_sets: {}, secrets: [], cameras: [], services: []});
        /* What a test is made with: the form as it stands. */
        self.draft = function () {
            var detector = _.pick(ko.mapping.toJS(self.fw().detector), function (value) {
                return value !== null;
            });
            return {
                detector: detector,
                own_url: self.fw().own_url(),
                regions: ko.mapping.toJS(self.fw().regions)
            };
        };

        /* What was found out with another form than the present one is shown no longer. */
        self.draftText = ko.pureComputed(function () {
            return JSON.stringify(self.draft());
        });

        self.detector = new FailWatchDetector(self);
        self.cameras = new FailWatchCameras(self);
        self.regions = new FailWatchRegions(self.fw, self.cameras.tried);
        self.usual = new FailWatchUsual(live);
        self.judgement = new FailWatchJudgement(self);
        self.preview = new FailWatchPreview(self);
        self.targets = new FailWatchTargets(self);
        self.identity = new FailWatchIdentity();

        self.callsText = ko.pureComputed(function () {
            if (!live.state()) return "";
            var calls = live.state().calls;
            /* Hours and months are counted in UTC, and begin with nothing. */
            var now = new Date(live.now() * 1000).toISOString();
            function told(limit, count) {
                return limit
                    ? _.sprintf(gettext("%(used)d used, %(left)d left"), {used: count, left: Math.max(0, limit - count)})
                    : _.sprintf(gettext("%(used)d used"), {used: count});
            }
            return _.sprintf(gettext("This hour: %(hour)s. This month: %(month)s."), {
                hour: told(Number(self.fw().calls_per_hour()), now.indexOf(calls.hour) ? 0 : calls.in_hour),
                month: told(Number(self.fw().calls_per_month()), now.indexOf(calls.month) ? 0 : calls.in_month)
            });
        });

        function load() {
            if (!login.hasPermission(permissions.PLUGIN_FAILWATCH_CONFIGURE)) return;
            OctoPrint.simpleApiCommand("failwatch", "describe", {}).done(function (answer) {
                /* New choices take the chosen one's place until it is among them. */
                var kind = self.fw().detector.kind();
                self.described(answer);
                self.fw().detector.kind(kind);
                self.targets.take(answer);
                self.cameras.load();
                self.regions.load();
                self.usual.load();
                self.preview.ask();
            });
        }
        self.onSettingsShown = load;
        self.onBeforeWizardTabChange = function () {
            if (!self.described().version) load();
            return true;
        };
        self.onWizardDetails = load;
        self.onSettingsBeforeSave = function () {
            self.cameras.store();
            self.regions.close();
            self.targets.keepForm();
        };
        /* The page takes the saved settings back before it says that it is no longer sending. */
        settings.receiving.subscribe(function (isReceiving) {
            if (isReceiving && settings.sending()) self.targets.saveKept();
        });
        self.onSettingsHidden = function () {
            self.cameras.leave();
            self.regions.isOpen(false);
            self.targets.close();
            self.preview.stop();
        };
        self.onBeforeWizardFinish = function () {
            if (!self.targets.open()) return true;
            self.targets.insist();
            return false;
        };
        self.onWizardFinish = function () {
            self.cameras.store();
            self.fw().set_up(true);
        };
    }

    OCTOPRINT_VIEWMODELS.push({
        construct: FailWatchSettingsViewModel,
        dependencies: ["settingsViewModel", "loginStateViewModel", "accessViewModel", "failWatchViewModel"],
        elements: ["#settings_plugin_failwatch", "#wizard_plugin_failwatch_form"]
    });
});
