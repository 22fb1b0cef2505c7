"""Adding and changing a watched camera of a detection service."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import ATTR_FRIENDLY_NAME, STATE_OFF, STATE_ON
from homeassistant.data_entry_flow import section
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)

from .const import (
    CONF_ACTIONS,
    CONF_CALLS_PER_MONTH,
    CONF_CANCEL_AFTER,
    CONF_CANCEL_WITH,
    CONF_IGNORE,
    CONF_INTERVAL,
    CONF_JOB_ENTITY,
    CONF_KIND,
    CONF_LIGHT,
    CONF_NUMBERS,
    CONF_ON_FAILURE,
    CONF_ON_MAYBE,
    CONF_PAUSE_WITH,
    CONF_PAUSED_STATES,
    CONF_PICTURE_ENTITY,
    CONF_PRINTING_STATES,
    CONF_RULES,
    CONF_STATUS_ENTITY,
    CONF_VETO,
    DEFAULT_INTERVAL,
    KIND_SUPER_API,
)
from .coordinator import FailWatchConfigEntry
from .detection.errors import BadSetting, FailWatchError
from .detection.look import Camera
from .detection.policy import Action
from .detection.rules import RULE_SETS
from .detection.services.obico import CLOUD
from .detection.trial import try_out
from .detector import async_create_detector
from .orders import DOMAIN_SERVICES
from .snapshots import async_snapshot
from .watched_camera import ignored_regions

STATUS_DOMAINS: Final = ["sensor", "binary_sensor", "input_boolean", "input_select", "select", "switch"]

PRINTING_WORDS: Final = ("printing", "print", "running", "busy", "in_progress", STATE_ON)
PAUSED_WORDS: Final = ("paused", "pausing", "pause", "resuming")

SOURCES = vol.Schema(
    {
        vol.Required(CONF_PICTURE_ENTITY): EntitySelector(EntitySelectorConfig(domain=["camera", "image"])),
        vol.Required(CONF_STATUS_ENTITY): EntitySelector(EntitySelectorConfig(domain=STATUS_DOMAINS)),
        vol.Optional(CONF_JOB_ENTITY): EntitySelector(EntitySelectorConfig(domain=["sensor"])),
        vol.Optional(CONF_LIGHT): EntitySelector(EntitySelectorConfig(domain=["light"])),
    }
)
PRESSABLE = EntitySelector(EntitySelectorConfig(domain=list(DOMAIN_SERVICES)))
ACTION = SelectSelector(
    SelectSelectorConfig(
        options=[action.value for action in Action],
        translation_key="action",
        mode=SelectSelectorMode.DROPDOWN,
    )
)


def _seconds(lowest: float, highest: float, unit: str = "s") -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=lowest, max=highest, step=1, unit_of_measurement=unit, mode=NumberSelectorMode.BOX
        )
    )


JUDGEMENT = vol.Schema(
    {
        vol.Required(CONF_INTERVAL, default=DEFAULT_INTERVAL): _seconds(2, 600),
        vol.Required(CONF_RULES): SelectSelector(
            SelectSelectorConfig(options=list(RULE_SETS), translation_key="rule_set")
        ),
        vol.Optional(CONF_IGNORE): TextSelector(TextSelectorConfig(multiline=True)),
        vol.Optional(CONF_CALLS_PER_MONTH): NumberSelector(
            NumberSelectorConfig(min=0, step=1, mode=NumberSelectorMode.BOX)
        ),
        vol.Required(CONF_ACTIONS): section(
            vol.Schema(
                {
                    vol.Required(CONF_ON_MAYBE, default=Action.NOTIFY.value): ACTION,
                    vol.Required(CONF_ON_FAILURE, default=Action.NOTIFY.value): ACTION,
                    vol.Optional(CONF_PAUSE_WITH): PRESSABLE,
                    vol.Optional(CONF_CANCEL_WITH): PRESSABLE,
                    vol.Required(CONF_VETO, default=0): _seconds(0, 3600),
                    vol.Required(CONF_CANCEL_AFTER, default=0): _seconds(0, 1440, "min"),
                }
            ),
            {"collapsed": False},
        ),
    }
)


class CameraFlow(ConfigSubentryFlow):
    """Three pages: where to look, when to look, how to judge."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._data: dict[str, Any] = {}

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the camera and for what tells that the printer prints."""
        errors: dict[str, str] = {}
        problem = ""
        if user_input is not None:
            if self._is_watched(user_input):
                return self.async_abort(reason="already_configured")
            try:
                await self._try(user_input)
            except FailWatchError as error:
                place = (
                    CONF_PICTURE_ENTITY if error.kind in ("no_snapshot", "dark", "bad_picture") else "base"
                )
                errors[place] = error.kind
                problem = str(error)
            else:
                kept = {key: value for key, value in self._data.items() if key not in SOURCES.schema}
                self._data = {**kept, **user_input}
                return await self.async_step_states()
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(SOURCES, user_input or self._data),
            errors=errors,
            description_placeholders={"problem": problem},
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Begin with what is set now."""
        self._data = dict(self._get_reconfigure_subentry().data)
        return await self.async_step_user()

    async def async_step_states(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which states mean printing and paused."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if set(user_input[CONF_PRINTING_STATES]) & set(user_input.get(CONF_PAUSED_STATES, ())):
                errors[CONF_PAUSED_STATES] = "states_overlap"
            elif not user_input[CONF_PRINTING_STATES]:
                errors[CONF_PRINTING_STATES] = "no_states"
            else:
                self._data |= {CONF_PAUSED_STATES: [], **user_input}
                return await self.async_step_judgement()
        options, present = self._status()
        states = SelectSelector(
            SelectSelectorConfig(
                options=options, multiple=True, custom_value=True, mode=SelectSelectorMode.DROPDOWN
            )
        )
        schema = vol.Schema(
            {vol.Required(CONF_PRINTING_STATES): states, vol.Optional(CONF_PAUSED_STATES): states}
        )
        guessed = {
            CONF_PRINTING_STATES: _guess(options, PRINTING_WORDS),
            CONF_PAUSED_STATES: _guess(options, PAUSED_WORDS),
        }
        known = {key: self._data[key] for key in guessed if key in self._data}
        return self.async_show_form(
            step_id="states",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or {**guessed, **known}),
            errors=errors,
            description_placeholders={
                "entity": self._data[CONF_STATUS_ENTITY],
                "state": present,
            },
        )

    async def async_step_judgement(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask how to judge and what to do."""
        errors: dict[str, str] = {}
        problem = ""
        if user_input is not None:
            settings = {
                **user_input[CONF_ACTIONS],
                **{key: value for key, value in user_input.items() if key != CONF_ACTIONS},
            }
            actions = {settings[CONF_ON_MAYBE], settings[CONF_ON_FAILURE]}
            try:
                ignored_regions(settings.get(CONF_IGNORE, ""))
            except BadSetting as error:
                errors[CONF_IGNORE] = "bad_regions"
                problem = str(error)
            if Action.PAUSE in actions and not settings.get(CONF_PAUSE_WITH):
                errors["base"] = "no_pause"
            elif (Action.CANCEL in actions or settings[CONF_CANCEL_AFTER]) and not settings.get(
                CONF_CANCEL_WITH
            ):
                errors["base"] = "no_cancel"
            if not errors:
                return self._finish(settings)
        values = user_input or {
            CONF_RULES: self._usual_rules(),
            **self._data,
            CONF_ACTIONS: self._data,
        }
        return self.async_show_form(
            step_id="judgement",
            data_schema=self.add_suggested_values_to_schema(JUDGEMENT, values),
            errors=errors,
            description_placeholders={"problem": problem},
        )

    def _finish(self, settings: Mapping[str, Any]) -> SubentryFlowResult:
        asked = {key for key in (*JUDGEMENT.schema, *_section_keys()) if key != CONF_ACTIONS}
        data = {key: value for key, value in self._data.items() if key not in asked} | dict(settings)
        if data.get(CONF_RULES) != self._data.get(CONF_RULES):
            # The numbers of one rule set mean nothing to another.
            data[CONF_NUMBERS] = {}
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                data=data,
                unique_id=_unique_id(data),
            )
        return self.async_create_entry(title=self._title(), data=data, unique_id=_unique_id(data))

    def _is_watched(self, sources: Mapping[str, Any]) -> bool:
        own = self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None
        return any(
            subentry.unique_id == _unique_id(sources)
            for subentry in self._get_entry().subentries.values()
            if own is None or subentry.subentry_id != own.subentry_id
        )

    async def _try(self, sources: Mapping[str, Any]) -> None:
        """Take a picture and have it looked at; raises FailWatchError."""
        entry: FailWatchConfigEntry = self._get_entry()
        picture_id, light_id = sources[CONF_PICTURE_ENTITY], sources.get(CONF_LIGHT)
        camera = Camera(lambda: async_snapshot(self.hass, picture_id, light_id), picture_id)
        detector = await async_create_detector(self.hass, entry.data)
        try:
            await try_out(camera, detector)
        finally:
            await detector.close()

    def _status(self) -> tuple[list[str], str]:
        """Return the states that the status entity can have, as far as is known, and its present one."""
        entity_id: str = self._data[CONF_STATUS_ENTITY]
        state = self.hass.states.get(entity_id)
        if state is None:
            return [], ""
        options = [str(option) for option in state.attributes.get("options") or ()]
        if not options and entity_id.split(".", 1)[0] in ("binary_sensor", "input_boolean", "switch"):
            options = [STATE_ON, STATE_OFF]
        if state.state not in (*options, "unknown", "unavailable"):
            options.append(state.state)
        return options, state.state

    def _usual_rules(self) -> str:
        data = self._get_entry().data
        url = str(data.get("url", "")).rstrip("/")
        return "super_api" if data[CONF_KIND] == KIND_SUPER_API and url == CLOUD else "failwatch"

    def _title(self) -> str:
        """Return the printer's name, as the device of its status entity has it."""
        entity = er.async_get(self.hass).async_get(self._data[CONF_STATUS_ENTITY])
        if entity is not None and entity.device_id is not None:
            device = dr.async_get(self.hass).async_get(entity.device_id)
            if device is not None and (name := device.name_by_user or device.name):
                return name
        picture_id: str = self._data[CONF_PICTURE_ENTITY]
        state = self.hass.states.get(picture_id)
        return str(state.attributes.get(ATTR_FRIENDLY_NAME, picture_id)) if state else picture_id


def _section_keys() -> list[str]:
    return [str(key) for key in JUDGEMENT.schema[CONF_ACTIONS].schema.schema]


def _guess(options: list[str], words: tuple[str, ...]) -> list[str]:
    return [option for option in options if option.lower().replace(" ", "_") in words]


def _unique_id(data: Mapping[str, Any]) -> str:
    return f"{data[CONF_PICTURE_ENTITY]}/{data[CONF_STATUS_ENTITY]}"
