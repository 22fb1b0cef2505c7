/* The settings, and the first-run wizard, which shows the most important of them. */
$(function () {
    "use strict";

    function FailWatchSettingsViewModel(parameters) {
        var self = this;
        self.settings = parameters[0];
        self.loginState = parameters[1];
        self.access = parameters[2];
        self.main = parameters[3];

        self.fw = function () {
            return self.settings.settings.plugins.failwatch;
        };
        self.described = ko.observable({fields: {}, rule_sets: {}, secrets: [], cameras: []});

        /* The detector */

        var DETECTORS = {
            built_in: [
                gettext("Built-in"),
                gettext("Runs on this machine; needs no account, and no picture leaves it.")
            ],
            super_api: [
                gettext("Super Detection API (Obico, or a FailWatch server)"),
                gettext("Sends each picture to the service with your token.")
            ],
            ml_api: [
                gettext("Obico ml_api"),
                gettext("A container on your own network; it fetches each picture from this OctoPrint.")
            ],
            obico_printer: [
                gettext("Obico server, by its printer"),
                gettext("Your own or Obico's server, for a printer that is known there.")
            ],
            hacarus: ["HACARUS", gettext("Sends each picture to HACARUS' spaghetti detection.")],
            deepomatic: ["Deepomatic", gettext("Sends each picture to a recognition that you trained at Deepomatic.")]
        };
        var FIELDS = {
            url: gettext("Address"),
            token: gettext("Token"),
            printer: gettext("Printer"),
            client_id: gettext("Client ID"),
            client_secret: gettext("Client secret"),
            dialect: gettext("Kind of service"),
            model_id: gettext("Model"),
            model: gettext("Folder of an own model"),
            threshold: gettext("Score that counts as one half"),
            answer_within: gettext("Seconds to wait for an answer"),
            api_key: gettext("API key"),
            spec: gettext("Recognition"),
            labels: gettext("Labels that mean failure"),
            combine: gettext("p from several boxes")
        };
        self.kinds = ko.pureComputed(function () {
            return _.map(_.keys(self.described().fields), function (kind) {
                return {kind: kind, title: (DETECTORS[kind] || [kind])[0]};
            });
        });
        self.kindHelp = ko.pureComputed(function () {
            return (DETECTORS[self.fw().detector.kind()] || ["", ""])[1];
        });
        self.offered = ko.observable({});
        self.fields = ko.pureComputed(function () {
            var kind = self.fw().detector.kind();
            return _.map(self.described().fields[kind] || [], function (field) {
                var stored = field.type === "secret" && _.includes(self.described().secrets, field.key);
                var value = self.fw().detector[field.key];
                var offered = self.offered()[field.key];
                var choices = _.map(field.options, function (option) {
                    return {value: option, title: option};
                });
                if (offered) {
                    choices = _.map(offered, function (pair) {
                        return {value: pair[0], title: pair[1]};
                    });
                }
                _.each([].concat(value() || []), function (present) {
                    if (!_.find(choices, {value: present})) choices.push({value: present, title: present});
                });
                if (field["default"] && !_.find(choices, {value: field["default"]})) {
                    choices.unshift({value: field["default"], title: field["default"]});
                }
                return {
                    key: field.key,
                    type: field.type,
                    required: field.required,
                    title: FIELDS[field.key] || field.key,
                    value: value,
                    input: {url: "url", text: "text", secret: "password", number: "number"}[field.type],
                    placeholder: stored ? gettext("stored; type to replace it") : field["default"] || "",
                    choices: choices
                };
            });
        });
        self.checking = ko.observable(false);
        self.says = ko.observable("");
        self.saysBad = ko.observable(false);
        self._draft = function () {
            var detector = _.pick(ko.mapping.toJS(self.fw().detector), function (value) {
                return value !== null && value !== "";
            });
            return {detector: detector, regions: ko.mapping.toJS(self.fw().regions)};
        };
        self.checkDetector = function () {
            self.checking(true);
            self.says("");
            OctoPrint.simpleApiCommand("failwatch", "offers", {settings: self._draft()})
                .done(function (answer) {
                    self.saysBad(!!answer.problem);
                    self.says(answer.problem ? answer.problem.detail : answer.says);
                    if (answer.choices) self.offered(answer.choices);
                })
                .fail(function (answer) {
                    self.saysBad(true);
                    self.says((answer.responseJSON || {}).error || gettext("That did not work."));
                })
                .always(function () {
                    self.checking(false);
                });
        };

        /* Cameras */

        self.cameras = ko.pureComputed(function () {
            return self.described().cameras;
        });
        self.canSee = ko.pureComputed(function () {
            return !self.cameras().length ? !self.described().version : _.some(self.cameras(), "can_snapshot");
        });
        self.chosen = ko.observableArray([]);
        self.ownChoice = ko.observable(false);
        self._storeCameras = function () {
            if (self.fw()) self.fw().cameras(self.ownChoice() ? self.chosen().slice() : []);
        };
        self.testable = ko.pureComputed(function () {
            if (!self.ownChoice() || !self.chosen().length) return [{name: "", title: gettext("OctoPrint's choice")}];
            return _.filter(self.cameras(), function (camera) {
                return _.includes(self.chosen(), camera.name);
            });
        });
        self.testCamera = ko.observable("");
        self.testing = ko.observable(false);
        self.tested = ko.observable(null);
        self.testProblem = ko.observable("");
        self.test = function () {
            self.testing(true);
            self.tested(null);
            self.testProblem("");
            OctoPrint.simpleApiCommand("failwatch", "test", {
                camera: self.testCamera() || "",
                settings: self._draft()
            })
                .done(function (answer) {
                    if (answer.problem) {
                        self.testProblem(FailWatchWords.blind(answer.problem) + " (" + answer.problem.detail + ")");
                        return;
                    }
                    self.tested({
                        p: answer.p.toFixed(3),
                        picture: answer.picture,
                        boxes: FailWatchWords.placed(answer.boxes),
                        raw: answer.raw ? JSON.stringify(answer.raw, null, 2) : "",
                        timing: _.sprintf(gettext("picture in %(picture)s s, answer in %(answer)s s"), {
                            picture: answer.snapshot_seconds.toFixed(2),
                            answer: answer.answer_seconds.toFixed(2)
                        })
                    });
                })
                .fail(function (answer) {
                    self.testProblem((answer.responseJSON || {}).error || gettext("That did not work."));
                })
                .always(function () {
                    self.testing(false);
                });
        };
        self.regions = new FailWatchRegions(self);
        self.testCamera.subscribe(function () {
            if (self.regions.isOpen()) self.regions.open();
        });

        /* Judgement */

        var RULES = {
            failwatch: [
                gettext("FailWatch"),
                gettext("Works from the first print on, at any interval, and also sees a failure that grows slowly.")
            ],
            obico: [gettext("Like Obico's server"), gettext("What Obico's open server does; needs some prints to learn.")],
            super_api: [
                gettext("Like the Super Detection API's advice"),
                gettext("The rule of thumb that comes with Obico's Super Detection API.")
            ]
        };
        var NUMBERS = {
            sensitivity: [gettext("Sensitivity"), gettext("Above 1 alarms earlier, below 1 later.")],
            maybe: [gettext("Limit for a suspicion"), gettext("How far the recent mean may rise above the usual.")],
            failure: [gettext("Limit for a failure"), gettext("How far the recent mean may rise above the usual.")],
            sustained: [gettext("Limit for minutes on end"), gettext("A lower rise that lasts is a failure too.")],
            warm_up_frames: [gettext("Pictures before the first verdict"), ""]
        };
        self.ruleSets = ko.pureComputed(function () {
            return [{name: "", title: gettext("What suits the detector")}].concat(
                _.map(_.keys(self.described().rule_sets), function (name) {
                    return {name: name, title: (RULES[name] || [name])[0]};
                })
            );
        });
        self.ruleSet = ko.pureComputed(function () {
            return self.fw().rules.name() || self.described().default_rules;
        });
        self.ruleHelp = ko.pureComputed(function () {
            return (RULES[self.ruleSet()] || ["", ""])[1];
        });
        self.numbers = ko.pureComputed(function () {
            var stored = self.fw().rules.numbers;
            return _.map(self.described().rule_sets[self.ruleSet()] || {}, function (usual, key) {
                if (!stored[key]) stored[key] = ko.observable(null);
                var words = NUMBERS[key] || [key.replace(/_/g, " "), ""];
                return {key: key, title: words[0], help: words[1], usual: usual, value: stored[key]};
            });
        });
        self.callsText = ko.pureComputed(function () {
            var state = self.main.state();
            if (!state) return "";
            function left(limit, used) {
                return limit() ? used + " / " + limit() : String(used);
            }
            return _.sprintf(gettext("Used: %(hour)s this hour, %(month)s this month."), {
                hour: left(self.fw().calls_per_hour, state.calls.in_hour),
                month: left(self.fw().calls_per_month, state.calls.in_month)
            });
        });

        /* Whom to tell */

        self.targets = ko.observableArray([]);
        self.newTarget = ko.observable("");
        self.targetSays = ko.observable("");
        self.targetBad = ko.observable(false);
        self._target = function (command, data) {
            self.targetSays("");
            return OctoPrint.simpleApiCommand("failwatch", command, data)
                .done(function (answer) {
                    self.targets(answer.targets);
                    self.targetBad(!!answer.problem);
                    self.targetSays(answer.problem || answer.says || "");
                })
                .fail(function (answer) {
                    self.targetBad(true);
                    self.targetSays((answer.responseJSON || {}).error || gettext("That did not work."));
                });
        };
        self.addTarget = function () {
            self._target("add_target", {url: self.newTarget()}).done(function () {
                self.newTarget("");
            });
        };
        self.removeTarget = function (index) {
            self._target("remove_target", {index: index});
        };
        self.testTargets = function () {
            self._target("test_targets", {});
        };

        /* Coming and going */

        self._load = function () {
            if (!self.loginState.hasPermission(self.access.permissions.PLUGIN_FAILWATCH_CONFIGURE)) return;
            OctoPrint.simpleApiCommand("failwatch", "describe", {}).done(function (answer) {
                var kind = self.fw().detector.kind();
                self.described(answer);
                self.fw().detector.kind(kind);
                self.targets(answer.targets);
                var cameras = self.fw().cameras();
                self.chosen(cameras.slice());
                self.ownChoice(cameras.length > 0);
                self.regions.load();
            });
        };
        self.onSettingsShown = self._load;
        self.onBeforeWizardTabChange = function () {
            if (!self.described().version) self._load();
            return true;
        };
        self.onWizardDetails = self._load;
        self.onSettingsBeforeSave = self._storeCameras;
        self.onSettingsHidden = function () {
            self.tested(null);
            self.regions.isOpen(false);
        };
        self.onWizardFinish = function () {
            self._storeCameras();
            self.fw().set_up(true);
        };
    }

    OCTOPRINT_VIEWMODELS.push({
        construct: FailWatchSettingsViewModel,
        dependencies: ["settingsViewModel", "loginStateViewModel", "accessViewModel", "failWatchViewModel"],
        elements: ["#settings_plugin_failwatch", "#wizard_plugin_failwatch_form"]
    });
});
