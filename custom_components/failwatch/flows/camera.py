"""Add and change a watched camera of a detection service."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import ATTR_FRIENDLY_NAME, CONF_NAME
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from ..cameras.detector import async_create_detector
from ..cameras.print_status_listener import watts
from ..cameras.printers import POWER
from ..cameras.proposals import async_propose
from ..cameras.settings import camera_unique_id, ignored_regions
from ..cameras.snapshots import create_cameras
from ..const import (
    CONF_ACTIONS,
    CONF_CANCEL_AFTER,
    CONF_CANCEL_WITH,
    CONF_IGNORE,
    CONF_KIND,
    CONF_LIGHT,
    CONF_MESSAGES,
    CONF_MORE_CAMERAS,
    CONF_NUMBERS,
    CONF_ON_FAILURE,
    CONF_ON_MAYBE,
    CONF_PAUSE_WHEN_BLIND,
    CONF_PAUSE_WITH,
    CONF_PAUSED_STATES,
    CONF_PICTURE_ENTITY,
    CONF_PRINTING_STATES,
    CONF_RULES,
    CONF_STATUS_ENTITY,
    KIND_SUPER_API,
)
from ..coordinator import FailWatchConfigEntry
from ..engine.clients import clouds
from ..engine.errors import BadSetting, FailWatchError
from ..engine.watch.policy import Action
from ..engine.watch.trial import try_out
from ..shared.problems import text_key, text_values
from .camera_forms import JUDGEMENT_KEYS, SECTIONS, SOURCE_KEYS, judgement_form, sources_form
from .print_status_forms import (
    STATUS_KEYS,
    power_form,
    states_form,
    status_error,
    status_question,
    status_settings,
    suggested_status,
)

PLACES: Final = {
    "no_snapshot": CONF_PICTURE_ENTITY,
    "dark": CONF_PICTURE_ENTITY,
    "bad_picture": CONF_PICTURE_ENTITY,
    "light_failed": CONF_LIGHT,
}
"""The field that a kind of error is about; the others are about the form as a whole."""


class CameraFlow(ConfigSubentryFlow):
    """Ask on three pages where to look, when to look, and how to judge."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._data: dict[str, Any] = {}
        self._asked: set[str] = set()
        """What the user was asked about once; who goes on all the same means it."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the camera and for what tells that the printer prints."""
        errors: dict[str, str] = {}
        values = {"problem": ""}
        if user_input is not None:
            if self._is_watched(user_input):
                return self.async_abort(reason="already_configured")
            try:
                await self._try(user_input)
            except FailWatchError as error:
                errors[PLACES.get(error.kind, "base")] = text_key(error)
                values = text_values(error, self._get_entry().data)
            else:
                kept = {key: value for key, value in self._data.items() if key not in SOURCE_KEYS}
                self._data = {**kept, **user_input}
                return await self.async_step_states()
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                sources_form(self.hass), user_input or self._data
            ),
            errors=errors,
            description_placeholders=values,
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Begin with what is set now."""
        self._data = dict(self._get_reconfigure_subentry().data)
        return await self.async_step_user()

    async def async_step_states(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which states mean printing, paused, neither and over."""
        proposal = async_propose(self.hass, self._data[CONF_STATUS_ENTITY])
        if proposal.preset is POWER:
            return await self.async_step_power()
        errors: dict[str, str] = {}
        problem = ""
        if user_input is not None:
            settings = status_settings(user_input)
            if (error := status_error(settings)) is not None:
                errors[error[0]] = error[1]
            elif (question := status_question(proposal, settings)) and question[1] not in self._asked:
                place, key, problem = question
                self._asked.add(key)
                errors[place] = key
            else:
                return await self._keep_status({CONF_PAUSED_STATES: [], **settings})
        return self.async_show_form(
            step_id="states",
            data_schema=self.add_suggested_values_to_schema(
                states_form(self.hass, proposal), user_input or suggested_status(proposal, self._data)
            ),
            errors=errors,
            description_placeholders={
                "entity": self._name(self._data[CONF_STATUS_ENTITY]),
                "state": proposal.state,
                "problem": problem,
            },
        )

    async def async_step_power(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask above which power the printer prints."""
        if user_input is not None:
            return await self._keep_status(status_settings(user_input))
        proposal = async_propose(self.hass, self._data[CONF_STATUS_ENTITY])
        power = watts(self.hass, self._data[CONF_STATUS_ENTITY])
        return self.async_show_form(
            step_id="power",
            data_schema=self.add_suggested_values_to_schema(
                power_form(proposal), suggested_status(proposal, self._data)
            ),
            description_placeholders={
                "entity": self._name(self._data[CONF_STATUS_ENTITY]),
                "state": proposal.state if power is None else f"{power:.4g}",
            },
        )

    async def _keep_status(self, settings: Mapping[str, Any]) -> SubentryFlowResult:
        kept = {key: value for key, value in self._data.items() if key not in STATUS_KEYS}
        self._data = {CONF_PRINTING_STATES: [], CONF_PAUSED_STATES: [], **kept, **settings}
        return await self.async_step_judgement()

    async def async_step_judgement(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask how to judge and what to do."""
        errors: dict[str, str] = {}
        if user_input is not None:
            settings = {
                **user_input[CONF_ACTIONS],
                **user_input.get(CONF_MESSAGES, {}),
                **{key: value for key, value in user_input.items() if key not in (*SECTIONS, CONF_NAME)},
            }
            actions = {settings[CONF_ON_MAYBE], settings[CONF_ON_FAILURE]}
            try:
                ignored_regions(settings.get(CONF_IGNORE, ""))
            except BadSetting:
                errors[CONF_IGNORE] = "bad_regions"
            pauses = Action.PAUSE in actions or settings[CONF_PAUSE_WHEN_BLIND]
            if pauses and not settings.get(CONF_PAUSE_WITH):
                errors["base"] = "no_pause"
            elif (Action.CANCEL in actions or settings[CONF_CANCEL_AFTER]) and not settings.get(
                CONF_CANCEL_WITH
            ):
                errors["base"] = "no_cancel"
            if not errors:
                return self._finish(settings, user_input.get(CONF_NAME, "").strip() or self._title())
        proposed = async_propose(self.hass, self._data[CONF_STATUS_ENTITY]).entities
        values = user_input or {
            CONF_RULES: self._usual_rules(),
            CONF_NAME: self._title(),
            **self._data,
            CONF_ACTIONS: self._data if self.source == SOURCE_RECONFIGURE else {**proposed, **self._data},
            CONF_MESSAGES: self._data,
        }
        return self.async_show_form(
            step_id="judgement",
            data_schema=self.add_suggested_values_to_schema(
                judgement_form(1 + len(self._data.get(CONF_MORE_CAMERAS, ()))), values
            ),
            errors=errors,
        )

    def _finish(self, settings: Mapping[str, Any], name: str) -> SubentryFlowResult:
        data = {key: value for key, value in self._data.items() if key not in JUDGEMENT_KEYS} | dict(settings)
        if data.get(CONF_RULES) != self._data.get(CONF_RULES):
            # The numbers of one rule set mean nothing to another.
            data[CONF_NUMBERS] = {}
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=name,
                data=data,
                unique_id=camera_unique_id(data),
            )
        return self.async_create_entry(title=name, data=data, unique_id=camera_unique_id(data))

    def _is_watched(self, sources: Mapping[str, Any]) -> bool:
        own = self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None
        return any(
            subentry.unique_id == camera_unique_id(sources)
            for subentry in self._get_entry().subentries.values()
            if own is None or subentry.subentry_id != own.subentry_id
        )

    async def _try(self, sources: Mapping[str, Any]) -> None:
        """Take a picture and have it looked at; raises FailWatchError."""
        entry: FailWatchConfigEntry = self._get_entry()
        cameras = create_cameras(self.hass, sources, trial=True)
        detector = await async_create_detector(self.hass, entry.data)
        try:
            for camera in cameras:
                await try_out(camera, detector)
        finally:
            await detector.close()

    def _usual_rules(self) -> str:
        data = self._get_entry().data
        url = str(data.get("url", "")).rstrip("/")
        return "super_api" if data[CONF_KIND] == KIND_SUPER_API and url == clouds.OBICO else "failwatch"

    def _title(self) -> str:
        """Return the printer's name: its own, or that of the device of its status entity."""
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_subentry().title
        entity = er.async_get(self.hass).async_get(self._data[CONF_STATUS_ENTITY])
        if entity is not None and entity.device_id is not None:
            device = dr.async_get(self.hass).async_get(entity.device_id)
            if device is not None and (name := device.name_by_user or device.name):
                return name
        return self._name(self._data[CONF_PICTURE_ENTITY])

    def _name(self, entity_id: str) -> str:
        """Return what the user calls an entity."""
        state = self.hass.states.get(entity_id)
        return str(state.attributes.get(ATTR_FRIENDLY_NAME, entity_id)) if state else entity_id
