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
    /* In the order in which they are shown: what is changed most comes first. */
    var NUMBERS = {
        sensitivity: [gettext("Sensitivity"), gettext("Above 1 alarms earlier, below 1 later.")],
        maybe: [gettext("Limit for a suspicion"), gettext("How far the recent mean may rise above the usual.")],
        failure: [gettext("Limit for a failure"), gettext("How far the recent mean may rise above the usual.")],
        sustained: [gettext("Limit for minutes on end"), gettext("A lower rise that lasts is a failure too.")],
        low: [gettext("Lower limit"), gettext("A smaller rise is never a failure.")],
        high: [gettext("Upper limit"), gettext("A greater rise always counts.")],
        rising_multiple: [
            gettext("Rise that counts"),
            gettext("Between the limits: so many times what the mean of the last hour has risen.")
        ],
        escalation: [gettext("Failure above a suspicion"), gettext("How many times as sure it has to be.")],
        warm_up_frames: [gettext("Pictures before the first verdict"), ""],
        safe_frames: [gettext("Pictures before the first verdict"), ""],
        prior: [gettext("Usual of a new printer"), gettext("What is taken for usual until the printer is known.")],
        prior_frames: [gettext("Pictures until it is known"), gettext("How much that assumption weighs.")],
        learn_below: [gettext("Learn the usual below"), gettext("Pictures that rise more do not change what is usual.")],
        usual_at_most: [gettext("Usual at most"), gettext("More is never taken for usual.")]
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
        var usual = host.described().rule_sets[self.ruleSet()] || {};
        return _.map(_.intersection(_.keys(NUMBERS), _.keys(usual)), function (key) {
            if (!stored[key]) stored[key] = ko.observable(null);
            return {
                key: key,
                title: NUMBERS[key][0],
                help: NUMBERS[key][1],
                usual: usual[key],
                value: stored[key]
            };
        });
    });
}
