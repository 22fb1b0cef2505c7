/* The choice of the detector: its own fields, and whether it answers. */
function FailWatchDetector(host) {
    "use strict";
    var self = this;

    var DETECTORS = {
        built_in: [
            gettext("Built-in"),
            gettext("Runs on this machine; needs no account, and no picture leaves it.")
        ],
        super_api: [
            gettext("Super Detection API"),
            gettext("Sends each picture with your token to Obico or to a FailWatch server.")
        ],
        ml_api: [
            gettext("Obico ml_api"),
            gettext("A container on your own network; it fetches each picture from this OctoPrint.")
        ],
        obico_printer: [
            gettext("Printer of an Obico server"),
            gettext("Your own or Obico's server, for a printer that is registered there.")
        ],
        hacarus: ["HACARUS", gettext("Sends each picture to HACARUS' spaghetti detection.")],
        deepomatic: ["Deepomatic", gettext("Sends each picture to a model that you trained at Deepomatic.")]
    };
    var FIELDS = {
        url: gettext("Address"),
        token: gettext("Token"),
        printer: gettext("Printer"),
        client_id: gettext("Client ID"),
        client_secret: gettext("Client secret"),
        dialect: gettext("Kind of service"),
        model_id: gettext("Model"),
        model: gettext("Folder of your own model"),
        threshold: gettext("Score that counts as one half"),
        answer_within: gettext("Seconds to wait for an answer"),
        api_key: gettext("API key"),
        spec: gettext("Recognition"),
        labels: gettext("Labels that mean failure"),
        combine: gettext("p from several boxes")
    };

    self.kinds = ko.pureComputed(function () {
        return _.map(_.keys(host.described().fields), function (kind) {
            return {kind: kind, title: (DETECTORS[kind] || [kind])[0]};
        });
    });
    self.help = ko.pureComputed(function () {
        return (DETECTORS[host.fw().detector.kind()] || ["", ""])[1];
    });
    self.offered = ko.observable({});
    self.fields = ko.pureComputed(function () {
        var kind = host.fw().detector.kind();
        return _.map(host.described().fields[kind] || [], function (field) {
            var stored = field.type === "secret" && _.includes(host.described().secrets, field.key);
            var value = host.fw().detector[field.key];
            var offered = self.offered()[field.key];
            var choices = _.map(field.options, function (option) {
                return {value: option, title: option};
            });
            if (offered) {
                choices = _.map(offered, function (pair) {
                    return {value: pair[0], title: pair[1]};
                });
            }
            /* Without depending on it: fields that are made anew while somebody types lose the cursor. */
            _.each([].concat(value.peek() || []), function (present) {
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
    var checkedWith = ko.observable("");
    self.isOfThisForm = ko.pureComputed(function () {
        return checkedWith() === host.draftText();
    });
    self.check = function () {
        checkedWith(host.draftText());
        self.checking(true);
        self.says("");
        OctoPrint.simpleApiCommand("failwatch", "offers", {settings: host.draft()})
            .done(function (answer) {
                self.saysBad(!!answer.problem);
                self.says(answer.problem ? FailWatchWords.problem(answer.problem) : answer.says);
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
}
