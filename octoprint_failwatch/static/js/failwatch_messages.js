/* Messages in the corner: one for each change that is worth it, gone once it is no longer true. */
function FailWatchMessages(host) {
    "use strict";
    var self = this;
    var live = host.live;
    var picture = host.picture;
    var shown = [];

    /* Title and text. Errors stay until they are closed, or no longer true. */
    function worded(event) {
        var verdict = live.state().latch.verdict;
        var why = live.isBlindOnly()
            ? FailWatchWords.blind(live.blind())
            : verdict
              ? FailWatchWords.reason(verdict)
              : "";
        switch (event.kind) {
            case "maybe":
                return {type: "notice", title: gettext("This may be failing"), text: why};
            case "failure":
                /* The countdown's own message says all of it. */
                return live.countdown() ? null : {type: "error", title: gettext("The print is failing"), text: why};
            case "countdown":
                return {
                    type: "error",
                    title: live.isBlindOnly() ? gettext("FailWatch cannot see") : gettext("The print is failing"),
                    text: live.countdownText()
                };
            case "action":
                return {
                    type: "error",
                    title:
                        event.detail === "cancel"
                            ? gettext("FailWatch cancelled the print")
                            : gettext("FailWatch paused the print"),
                    text: why
                };
            case "action_failed":
                return {
                    type: "error",
                    title: gettext("FailWatch could not stop the print!"),
                    text: gettext("Look after the printer now.") + " " + event.detail
                };
            case "blind":
                return live.isSilent()
                    ? null
                    : {type: "notice", title: gettext("FailWatch cannot see"), text: FailWatchWords.blind(live.blind())};
            case "camera_blind":
                return live.isSilent()
                    ? null
                    : {
                          type: "notice",
                          title: _.sprintf(gettext("%(camera)s sees nothing"), {camera: picture.title(event.camera)}),
                          text: FailWatchWords.blind(blindCamera(event.camera))
                      };
            case "camera_seeing":
                return live.isSilent()
                    ? null
                    : {
                          type: "success",
                          title: _.sprintf(gettext("%(camera)s sees again"), {camera: picture.title(event.camera)}),
                          text: ""
                      };
            case "seeing":
                return live.isSilent() ? null : {type: "success", title: gettext("FailWatch sees again"), text: ""};
            default:
                return null;
        }
    }

    function blindCamera(name) {
        return _.find(live.state().blind_cameras, {camera: name});
    }

    function isOver(event, events) {
        switch (event.kind) {
            case "maybe":
            case "failure":
                return live.level() !== event.kind;
            case "countdown":
                return !live.countdown();
            case "action":
                return _.some(events, {kind: "acknowledged"}) || _.some(events, {kind: "action_failed"});
            case "blind":
                return !live.blind() || _.some(events, {kind: "blind", minor: false});
            case "camera_blind":
                return !blindCamera(event.camera) || _.some(events, {kind: "camera_blind", camera: event.camera, minor: false});
            default:
                return false;
        }
    }

    /* Two buttons: PNotify adds its own to fewer. */
    function buttons() {
        return [
            {
                text: gettext("Show"),
                click: host.showTab
            },
            {
                text: gettext("Keep printing"),
                addClass: "btn-success",
                click: host.answers.notAFailure
            }
        ];
    }

    function show(event) {
        var message = worded(event);
        if (!message) return;
        message.title = _.escape(message.title);
        message.text = _.escape(message.text);
        message.hide = message.type !== "error";
        var isCountdown = event.kind === "countdown";
        if (isCountdown && host.mayControl()) message.confirm = {confirm: true, buttons: buttons()};
        var notice = new PNotify(message);
        var counting =
            isCountdown &&
            live.countdownText.subscribe(function (text) {
                if (text) notice.text_container.text(text);
            });
        shown.push({event: event, notice: notice, counting: counting});
    }
    function takeAway(one) {
        if (one.counting) one.counting.dispose();
        one.notice.remove();
    }

    /* Shows those of the events that are wanted. */
    self.follow = function (events, isWanted) {
        var over = _.remove(shown, function (one) {
            return isOver(one.event, events);
        });
        _.each(over, takeAway);
        _.each(_.filter(_.reject(events, "minor"), isWanted), show);
    };
}
