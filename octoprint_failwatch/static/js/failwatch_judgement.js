/* The choice of rules and of their numbers. */
function FailWatchJudgement(host) {
    "use strict";
    var self = this;

    var RULES = FailWatchJudgement.rules();
    var NUMBERS = FailWatchJudgement.numbers();

    /* Most people need no more than this: three steps of the sensitivity. */
    var STEPS = [0.75, 1, 1.5];
    self.hasSteps = ko.pureComputed(function () {
        return self.ruleSet() in host.described().rule_sets && "sensitivity" in host.described().rule_sets[self.ruleSet()];
    });
    function sensitivity() {
        return _.find(self.numbers(), {key: "sensitivity"});
    }
    self.step = ko.pureComputed({
        read: function () {
            var number = self.hasSteps() && sensitivity();
            if (!number) return 1;
            var value = Number(number.value() || number.usual);
            /* The step that is nearest, as a ratio: 1.4 is nearer to 1.5 than to 1. */
            return _.indexOf(STEPS, _.min(STEPS, function (step) {
                return Math.abs(Math.log(value / step));
            }));
        },
        write: function (step) {
            var value = STEPS[Number(step)];
            if (sensitivity()) sensitivity().value(value === sensitivity().usual ? null : value);
        }
    });
    self.stepText = ko.pureComputed(function () {
        var number = self.hasSteps() && sensitivity();
        var exact = number && Number(number.value() || number.usual);
        var word = [
            gettext("Low: fewer false alarms, later"),
            gettext("Medium: suits most printers"),
            gettext("High: earlier, more false alarms")
        ][self.step()];
        return exact && !_.includes(STEPS, exact) ? word + " (" + FailWatchWords.number(exact) + ")" : word;
    });
    self.areNumbersOpen = ko.observable(false);
    self.toggleNumbers = function () {
        self.areNumbersOpen(!self.areNumbersOpen());
    };

    /* The rules as the form has them, without what was left as it is. */
    self.chosen = function () {
        var changed = _.filter(self.numbers(), function (number) {
            return number.value() !== null && number.value() !== "";
        });
        return {
            name: self.ruleSet(),
            numbers: _.zipObject(
                _.map(changed, function (number) {
                    return [number.key, Number(number.value())];
                })
            )
        };
    };

    self.ruleSets = ko.pureComputed(function () {
        return [{name: "", title: gettext("Recommended")}].concat(
            _.map(_.keys(host.described().rule_sets), function (name) {
                return {name: name, title: FailWatchJudgement.rulesTitle(name)};
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
                title: FailWatchJudgement.title(key),
                help: NUMBERS[key][1],
                usual: usual[key],
                placeholder: FailWatchWords.plain(usual[key]),
                value: stored[key],
                isOutOfReach: ko.pureComputed(function () {
                    return height(key) >= 1;
                })
            };
        });
    });

    /* How far p has to rise for what a number stands for; as `out_of_reach` of the rules has it. */
    function number(key) {
        var one = _.find(self.numbers(), {key: key});
        return one ? Number(one.value() || one.usual) : 1;
    }
    function height(key) {
        switch (key) {
            case "sure":
                return number(key);
            case "maybe":
            case "failure":
            case "sustained":
            case "low":
                return number(key) / number("sensitivity");
            case "escalation":
                return (number("low") * number(key)) / number("sensitivity");
            default:
                return 0;
        }
    }
}

/* What the rules and their numbers are called: only known once the page has its language. */
FailWatchJudgement.rules = function () {
    "use strict";
    return {
        failwatch: [
            gettext("FailWatch"),
            gettext("Works from the first print on, at any interval, and also sees a failure that grows slowly.")
        ],
        obico: [gettext("Obico's server"), gettext("What Obico's open server does; needs some prints to learn.")],
        super_api: [
            gettext("Super Detection API"),
            gettext("The rule of thumb that comes with Obico's Super Detection API.")
        ]
    };
};
/* In the order in which they are shown: what is changed most comes first. */
FailWatchJudgement.numbers = function () {
    "use strict";
    return {
        sensitivity: [gettext("Exact sensitivity"), gettext("Above 1 alarms earlier, below 1 later.")],
        maybe: [
            gettext("Suspicious above normal by"),
            gettext(
                "How far the recent mean may rise above normal. Of a printer whose good prints are calm, seven tenths of it are enough."
            )
        ],
        failure: [gettext("Failure above normal by"), gettext("How far the recent mean may rise above normal.")],
        sustained: [gettext("Slow-failure threshold"), gettext("A lower rise that lasts for minutes is a failure too.")],
        low: [gettext("Lower limit"), gettext("A smaller rise is never a failure.")],
        high: [gettext("Upper limit"), gettext("A greater rise always counts.")],
        rising_multiple: [
            gettext("Rise that counts"),
            gettext("Between the limits: this many times the rise of the last hour's mean.")
        ],
        escalation: [gettext("Failure above suspicious"), gettext("How many times the limit for suspicious.")],
        warm_up_frames: [gettext("Pictures before the first verdict"), ""],
        safe_frames: [gettext("Pictures before the first verdict"), ""],
        prior: [gettext("Normal of a new printer"), gettext("What counts as normal until the printer is known.")],
        prior_frames: [gettext("Pictures until it is known"), gettext("How much that assumption weighs.")],
        learn_below: [gettext("Learn as normal below"), gettext("Pictures above this do not change what is normal.")],
        usual_at_most: [gettext("Normal at most"), gettext("More than this never counts as normal.")],
        sure: [gettext("Sure failure from p"), gettext("Ten such pictures in a row are a failure on any printer.")]
    };
};
FailWatchJudgement.title = function (key) {
    "use strict";
    return (FailWatchJudgement.numbers()[key] || [key])[0];
};
FailWatchJudgement.rulesTitle = function (name) {
    "use strict";
    return (FailWatchJudgement.rules()[name] || [name])[0];
};
