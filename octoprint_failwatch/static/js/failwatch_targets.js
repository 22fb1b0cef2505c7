/* Whom messages are sent to: a list, and a form for one of them. */
function FailWatchTargets(host) {
    "use strict";
    var self = this;

    self.list = ko.observableArray([]);
    self.says = ko.observable("");
    self.saysBad = ko.observable(false);
    self.isBusy = ko.observable(false);
    /* The form that is open: {service, index, fields}; index is null for a new one. */
    self.open = ko.observable(null);
    self.chosen = ko.observable("");

    self.services = ko.pureComputed(function () {
        return host.described().services || [];
    });
    function service(kind) {
        return _.find(self.services(), {service: kind});
    }
    function described(form, index, shown) {
        return {index: index, form: form, title: (service(form.service) || {}).title || form.service, shown: shown};
    }
    self.take = function (answer) {
        self.list(
            _.map(answer.target_forms, function (form, index) {
                return described(form, index, answer.targets[index]);
            })
        );
    };

    function fieldOf(field, value, isStored) {
        return _.extend({}, field, {
            value: ko.observable(value || field["default"]),
            input: {url: "url", text: "text", secret: "password", number: "number"}[field.type],
            label: field.required ? field.title : _.sprintf(gettext("%(field)s (optional)"), {field: field.title}),
            placeholder: isStored ? gettext("stored; type to replace it") : "",
            choices: _.map(field.options, function (pair) {
                return {value: pair[0], title: pair[1]};
            })
        });
    }
    function edit(kind, index, values, secrets) {
        var known = service(kind);
        if (!known) return;
        self.says("");
        self.open({
            service: kind,
            index: index,
            title: known.title,
            help: known.help,
            fields: _.map(known.fields, function (field) {
                return fieldOf(field, values[field.key], _.includes(secrets, field.key));
            })
        });
    }
    self.chosen.subscribe(function (kind) {
        if (kind) edit(kind, null, {}, []);
    });
    self.change = function (target) {
        self.chosen("");
        edit(target.form.service, target.index, target.form.values, target.form.secrets);
    };
    self.close = function () {
        self.open(null);
        self.chosen("");
    };

    function order(command, data) {
        self.says("");
        self.isBusy(true);
        return OctoPrint.simpleApiCommand("failwatch", command, data)
            .done(function (answer) {
                self.take(answer);
                self.saysBad(!!answer.problem);
                self.says(answer.problem || answer.says || "");
            })
            .fail(function (answer) {
                self.saysBad(true);
                self.says((answer.responseJSON || {}).error || gettext("That did not work."));
            })
            .always(function () {
                self.isBusy(false);
            });
    }
    function filledIn() {
        var form = self.open();
        return {
            service: form.service,
            index: form.index,
            values: _.zipObject(
                _.map(form.fields, function (field) {
                    return [field.key, field.value() === null || field.value() === undefined ? "" : String(field.value())];
                })
            )
        };
    }
    self.save = function () {
        return order("save_target", filledIn()).done(self.close);
    };
    /* A form that is filled in when the settings are saved is meant to be saved, too: after them, who would
       otherwise put the addresses back as they were. */
    var unsaved = null;
    self.keepForm = function () {
        var form = self.open();
        var isFilledIn =
            form &&
            _.every(form.fields, function (field) {
                return field.value() || !field.required || field.placeholder;
            });
        unsaved = isFilledIn ? filledIn() : null;
    };
    self.saveKept = function () {
        var form = unsaved;
        unsaved = null;
        if (form) order("save_target", form);
    };
    self.insist = function () {
        self.saysBad(true);
        self.says(gettext("Add this service first, or choose Cancel."));
    };
    self.testForm = function () {
        order("test_target", filledIn());
    };
    self.test = function (target) {
        order("test_target", {index: target.index});
    };
    self.remove = function (target) {
        self.close();
        order("remove_target", {index: target.index});
    };
    self.testAll = function () {
        order("test_targets", {});
    };
}
