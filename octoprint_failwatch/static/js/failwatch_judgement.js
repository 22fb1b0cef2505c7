/* The choice of rules and of their numbers. */
function FailWatchJudgement(host) {
    "use strict";
    var self = this;

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
            _.map(_.keys(host.described().rule_sets), function (name) {
                return {name: name, title: (RULES[name] || [name])[0]};
            })
        );
    });
    self.ruleSet = ko.pureComputed(function () {
        return host.fw().rules.name() || host.described().default_rules;
    });
    self.help = ko.pureComputed(function () {
        return (RULES[self.ruleSet()] || ["", ""])[1];
    });
    self.numbers = ko.pureComputed(function () {
        var stored = host.fw().rules.numbers;
        return _.map(host.described().rule_sets[self.ruleSet()] || {}, function (usual, key) {
            if (!stored[key]) stored[key] = ko.observable(null);
            var words = NUMBERS[key] || [key.replace(/_/g, " "), ""];
            return {key: key, title: words[0], help: words[1], usual: usual, value: stored[key]};
        });
    });
}
