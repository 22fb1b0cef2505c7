"""Names and numbers that several modules use."""

from typing import Final

DOMAIN: Final = "failwatch"
APP_NAME: Final = "FailWatch"
"""How the integration calls itself when it asks OctoPrint for an application key."""

NO_STATUS: Final = "no_status"
"""Why a print cannot be checked: its printing entity says nothing."""
NO_LINK: Final = "no_link"
"""Why a print cannot be checked: its OctoPrint does not answer."""

EVENT_FAILWATCH: Final = "failwatch_event"
"""Home Assistant's bus event for everything that a watch has to tell."""

KIND_OCTOPRINT: Final = "octoprint"
KIND_BUILT_IN: Final = "built_in"
KIND_SUPER_API: Final = "super_api"
KIND_ML_API: Final = "ml_api"
KIND_OBICO_PRINTER: Final = "obico_printer"
KIND_HACARUS: Final = "hacarus"
KIND_DEEPOMATIC: Final = "deepomatic"

SUBENTRY_CAMERA: Final = "camera"

CONF_KIND: Final = "kind"

CONF_ACTIONS: Final = "actions"
CONF_CALLS_PER_HOUR: Final = "calls_per_hour"
CONF_CALLS_PER_MONTH: Final = "calls_per_month"
CONF_CANCEL_AFTER: Final = "cancel_after"
CONF_CANCEL_WITH: Final = "cancel_with"
CONF_DARK_BELOW: Final = "dark_below"
CONF_ENDED_STATES: Final = "ended_states"
CONF_CRITICAL: Final = "critical"
CONF_IGNORE: Final = "ignore"
CONF_IGNORE_OTHERS: Final = "ignore_others"
"""The ignored regions of the cameras beside the first one, by entity; they are drawn in the dashboard card."""
CONF_INTERVAL: Final = "interval"
CONF_JOB_ENTITY: Final = "job_entity"
CONF_LIGHT: Final = "light"
CONF_LIGHT_MODE: Final = "light_mode"
CONF_MACHINE: Final = "machine"
"""In a link: what tells the machine of its OctoPrint from every other, where it has a serial number."""
CONF_MAX_PAUSES: Final = "max_pauses"
CONF_MORE_CAMERAS: Final = "more_cameras"
CONF_MESSAGES: Final = "messages"
CONF_NOTIFY_DEVICES: Final = "notify_devices"
CONF_NOTIFY_ENTITIES: Final = "notify_entities"
CONF_NUMBERS: Final = "numbers"
CONF_ON_FAILURE: Final = "on_failure"
CONF_ON_MAYBE: Final = "on_maybe"
CONF_PAUSE_WHEN_BLIND: Final = "pause_when_blind"
CONF_PAUSE_WITH: Final = "pause_with"
CONF_PAUSED_STATES: Final = "paused_states"
CONF_PICTURE_ENTITY: Final = "picture_entity"
CONF_POWER_ABOVE: Final = "power_above"
CONF_POWER_CUT: Final = "power_cut"
CONF_PREPARING_STATES: Final = "preparing_states"
CONF_PRINTING_STATES: Final = "printing_states"
CONF_PROGRESS_ENTITY: Final = "progress_entity"
CONF_QUORUM: Final = "quorum"
CONF_RESUME_WITH: Final = "resume_with"
CONF_RULES: Final = "rules"
CONF_SETTLING: Final = "settling"
CONF_START_ENTITY: Final = "start_entity"
CONF_STATUS_ENTITY: Final = "status_entity"
CONF_TELL: Final = "tell"
CONF_UUID: Final = "uuid"
"""In a link: the uuid that its OctoPrint has now, where it is not the one that it was linked with."""
CONF_VETO: Final = "veto"
CONF_WATCHING: Final = "watching"

DEFAULT_DARK_BELOW: Final = 20  # percent
DEFAULT_INTERVAL: Final = 10
DEFAULT_POWER_CUT: Final = 12  # hours
SNOOZE_SECONDS: Final = 10 * 60
"""What the snooze button asks for, as the one in OctoPrint does."""

BLIND_FOR_LONG: Final = 10 * 60
"""Seconds without seeing anything, in the middle of a print, that are worth a repair issue."""
