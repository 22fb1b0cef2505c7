/* A new identity for an OctoPrint whose folder was copied. */
function FailWatchIdentity() {
    "use strict";
    var self = this;

    self.says = ko.observable("");
    self.failed = ko.observable(false);
    function renew() {
        OctoPrint.simpleApiCommand("failwatch", "new_identity", {})
            .done(function () {
                self.failed(false);
                self.says(gettext("This OctoPrint has a new identity."));
            })
            .fail(function () {
                self.failed(true);
                self.says(gettext("That did not work."));
            });
    }
    self.renew = function () {
        showConfirmationDialog({
            message: gettext("Home Assistant will take this OctoPrint for another one until you link it again, or confirm in its repairs that it is the same."),
            proceed: gettext("New identity"),
            onproceed: renew
        });
    };
}
