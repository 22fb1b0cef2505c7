/* Messages in the corner: one for each change that is worth it, gone once it is no longer true. */
function FailWatchMessages(host) {
    "use strict";
    var self = this;
    var live = host.live;
    var status = host.status;
    var picture = host.picture;
    var shown = [];

    /* Title and text. Errors stay until they are closed, or no longer true. */
    function worded(event) {
        var verdict = live.state().latch.verdict;
        var why = live.isBlindOnly()
            ? FailWatchWords.blind(live.blind())
            : verdict
              ? FailWatchWords.plainReason(verdict)
              : "";
        switch (event.kind) {
            case "maybe":
                return {type: "notice", title: gettext("The print looks suspicious"), text: why};
            case "failure":
                /* The countdown's own message says all of it. */
                return live.countdown() ? null : {type: "error", title: gettext("The print is failing"), text: why};
            case "countdown":
                return {
                    type: "error",
                    title: live.isBlindOnly() ? FailWatchWords.cannotCheck(live.blind() || {}) : gettext("The print is failing"),
                    text: status.countdownText()
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
            case "called_off":
                return {type: "notice", title: gettext("FailWatch does not cancel the print"), text: gettext("It was paused in the meantime.")};
            case "action_failed":
                return {
                    type: "error",
                    title: gettext("FailWatch could not stop the print!"),
                    text: gettext("Check the printer now. FailWatch keeps trying.") + " " + status.orderedText()
                };
            case "blind":
                return live.isSilent()
                    ? null
                    : {type: "notice", title: FailWatchWords.cannotCheck(live.blind() || {}), text: FailWatchWords.blind(live.blind())};
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
            case "camera_moved":
                return live.isSilent()
                    ? null
                    : {
                          type: "notice",
                          title: _.sprintf(gettext("%(camera)s was moved"), {camera: picture.title(event.camera)}),
                          text: gettext(
                              "FailWatch is learning the background of its picture again. Until then it may mistake cables or lights for a failure. Check the ignored regions, too."
                          )
                      };
            case "seeing":
                return live.isSilent() ? null : {type: "success", title: gettext("FailWatch can check again"), text: ""};
            default:
                return null;
        }
    }

    function blindCamera(name) {
        return _.find(live.state().blind_cameras, {camera: name});
    }

    function isOver(one, events) {
        var event = one.event;
        switch (event.kind) {
            case "maybe":
            case "failure":
                return live.level() !== event.kind;
            case "countdown":
                return !live.countdown();
            case "action":
                if (event.detail === "cancel") return _.some(events, {kind: "started"});
                /* A pause asks how to go on, until somebody answers. It may be told before the page hears
                   that the print is paused. */
                one.wasPaused = one.wasPaused || live.phase() === "paused";
                if (one.wasPaused ? live.phase() !== "paused" : !live.isPrinting()) return true;
                return _.some(events, {kind: "acknowledged"});
            case "action_failed":
                return !live.ordered();
            case "blind":
                return !live.blind() || _.some(events, {kind: "blind", minor: false});
            case "camera_blind":
                return !blindCamera(event.camera) || _.some(events, {kind: "camera_blind", camera: event.camera, minor: false});
            default:
                return false;
        }
    }

    /* How to go on after a pause. */
    function pauseButtons() {
        return [
            {text: gettext("Resume, this is fine"), addClass: "btn-success", click: host.answers.resume},
            {text: gettext("Resume, I cleared it"), click: host.answers.resumeCleared},
            {text: gettext("Cancel print"), addClass: "btn-danger", click: host.answers.cancel}
        ];
    }
    /* Two buttons: PNotify adds its own to fewer. */
    function countdownButtons() {
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

    /* The last picture that shows something. */
    function pictureTag() {
        var views = live.look() ? live.look().views : [];
        var view = _.find(views, "boxes.length") || _.reject(views, "problem")[0];
        if (!view || !_.includes(live.pictures(), view.camera)) return "";
        var query = $.param({at: live.look().at, camera: view.camera});
        var url = OctoPrint.getBlueprintUrl("failwatch") + "tagged.jpg?" + query;
        return '<img class="failwatch-message-picture" src="' + _.escape(url) + '" alt="">';
    }

    function show(event) {
        var message = worded(event);
        if (!message) return;
        var isPause = event.kind === "action" && event.detail === "pause";
        message.title = _.escape(message.title);
        message.text = _.escape(message.text) + (isPause ? pictureTag() : "");
        message.hide = message.type !== "error";
        var isCountdown = event.kind === "countdown";
        if (isCountdown && host.mayControl()) message.confirm = {confirm: true, buttons: countdownButtons()};
        if (isPause && host.mayPrint() && host.mayControl()) {
            message.addclass = "failwatch-asks";
            message.confirm = {confirm: true, buttons: pauseButtons()};
        }
        var notice = new PNotify(message);
        var counting =
            isCountdown &&
            status.countdownText.subscribe(function (text) {
                if (text) notice.text_container.text(text);
            });
        shown.push({event: event, notice: notice, counting: counting, wasPaused: live.phase() === "paused"});
    }
    function takeAway(one) {
        if (one.counting) one.counting.dispose();
        one.notice.remove();
    }

    /* Shows those of the events that are wanted. */
    self.follow = function (events, isWanted) {
        var over = _.remove(shown, function (one) {
            return isOver(one, events);
        });
        _.each(over, takeAway);
        _.each(_.filter(_.reject(events, "minor"), isWanted), show);
    };
}
