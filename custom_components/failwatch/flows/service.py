"""Set up a detection service: address, credentials, and what it offers to choose."""

import logging
from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import voluptuous as vol
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigFlowResult,
    FlowType,
)
from homeassistant.core import HomeAssistant
from yarl import URL

from ..cameras.detector import async_create_detector, detector_context
from ..const import (
    CONF_KIND,
    KIND_BUILT_IN,
    KIND_DEEPOMATIC,
    KIND_HACARUS,
    KIND_ML_API,
    KIND_OBICO_PRINTER,
    KIND_OCTOPRINT,
    KIND_SUPER_API,
    SUBENTRY_CAMERA,
)
from ..engine.clients import clouds
from ..engine.clients.http import base_url
from ..engine.detectors import Choice, Field, ServiceInfo, query_service, same_service
from ..engine.errors import BadSetting, DetectionError, FailWatchError, NotAuthorised
from ..shared.problems import Unexpected, text_key, text_values
from ..shared.words import async_load_words, async_word
from . import service_forms
from .base import EntryFlow

_LOGGER = logging.getLogger(__name__)

SERVICES: Final = (
    KIND_BUILT_IN,
    KIND_SUPER_API,
    KIND_ML_API,
    KIND_OBICO_PRINTER,
    KIND_HACARUS,
    KIND_DEEPOMATIC,
)
"""What looks at pictures, as the menu offers it."""


def normalized_service(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a service's settings with its address in one spelling, whatever way it was entered."""
    if not settings.get("url"):
        return dict(settings)
    try:
        url = base_url(settings)
    except BadSetting:
        return dict(settings)
    return {**settings, "url": str(url).rstrip("/")}


def service_title(hass: HomeAssistant, settings: Mapping[str, Any], taken: Container[str]) -> str:
    """Return a name for a service that no other entry has: with its place, where it is one's own server."""
    title, url = async_word(hass, f"service_{settings[CONF_KIND]}"), URL(settings.get("url", ""))
    if url.host is not None and str(url) not in (clouds.OBICO, clouds.HACARUS, clouds.DEEPOMATIC):
        title += f" ({url.host})" if url.is_default_port() else f" ({url.host}:{url.port})"
    number, name = 1, title
    while name in taken:
        number += 1
        name = f"{title} {number}"
    return name


def _is_part_of(some: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    return all(key in settings and settings[key] == value for key, value in some.items())


class ServiceFlow(EntryFlow):
    """Tries what was entered on the service, and asks for the rest."""

    _choices: Mapping[str, Sequence[Choice]] = MappingProxyType({})
    """What the service offered when it was last asked."""
    _typed: Mapping[str, Any] = MappingProxyType({})
    """The secrets that were entered in this flow, whatever came of it."""

    async def async_step_built_in(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Set up the detector that runs on this machine."""
        entries = self._async_current_entries(include_ignore=False)
        is_known = any(entry.data[CONF_KIND] == KIND_BUILT_IN for entry in entries)
        if is_known and self.source != SOURCE_RECONFIGURE:
            return self.async_abort(reason="service_already_configured")
        return await self._service_step(KIND_BUILT_IN, user_input)

    async def async_step_super_api(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Set up the Super Detection API."""
        return await self._service_step(KIND_SUPER_API, user_input)

    async def async_step_ml_api(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Set up an Obico ml_api server."""
        return await self._service_step(KIND_ML_API, user_input)

    async def async_step_obico_printer(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Set up Obico's API for one of its printers."""
        return await self._service_step(KIND_OBICO_PRINTER, user_input)

    async def async_step_hacarus(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Set up HACARUS Check."""
        return await self._service_step(KIND_HACARUS, user_input)

    async def async_step_deepomatic(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Set up Deepomatic."""
        return await self._service_step(KIND_DEEPOMATIC, user_input)

    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on to the first camera of a new service, on releases that lead from one flow to the next."""
        if self.source == SOURCE_IGNORE or result["data"][CONF_KIND] == KIND_OCTOPRINT:
            return result
        page = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_CAMERA), context={"source": SOURCE_USER}
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, page["flow_id"])
        return result

    async def _service_step(self, kind: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Take the address and the credentials, try them on the service, and ask for the rest."""
        if user_input is None:
            return self._service_form(kind)
        # Nothing of FailWatch may be set up yet, and the entry's title is in Home Assistant's language.
        await async_load_words(self.hass)
        secrets = [field.key for field in service_forms.secret_fields(kind)]
        typed = {key: user_input[key] for key in secrets if user_input.get(key)}
        self._typed = {**self._typed, **typed}
        filled = {key: value for key, value in user_input.items() if value or key not in secrets}
        self._data = normalized_service({CONF_KIND: kind, **filled})
        stored = self._old_settings()
        kept = (
            {key: stored[key] for key in secrets if stored.get(key)}
            if same_service(stored, self._data)
            else {}
        )
        self._data |= {**kept, **self._typed}
        try:
            answer = await self._query_service()
        except FailWatchError as error:
            if isinstance(error, NotAuthorised):
                self._typed = {}
                for key in secrets:
                    self._data.pop(key, None)
            return self._service_form(kind, error)
        return self._rest_form(answer.choices)

    async def async_step_choices(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take what only the service could tell the choices of, and ask for what then is open."""
        if user_input is None:
            return self._rest_form(self._choices)
        before, self._data = self._data, {**self._data, **user_input}
        try:
            answer = await self._query_service()
        except FailWatchError as error:
            self._data = before
            return self._rest_form(self._choices, user_input, error)
        return self._rest_form(answer.choices)

    async def _query_service(self) -> ServiceInfo:
        try:
            if self._data[CONF_KIND] != KIND_BUILT_IN:
                return await query_service(self._data, detector_context(self.hass))
            detector = await async_create_detector(self.hass, self._data)
            try:
                return ServiceInfo(await detector.check())
            finally:
                await detector.close()
        except BadSetting, DetectionError:
            raise
        except Exception as error:
            _LOGGER.exception("The detection service could not be tried")
            raise Unexpected from error

    def _service_form(self, kind: str, error: FailWatchError | None = None) -> ConfigFlowResult:
        shown, fields = {**self._old_settings(), **self._data}, service_forms.first_fields(kind)
        return self._form(
            kind, fields, service_forms.schema(fields, shown, kept=self._kept_secrets(kind)), error
        )

    def _form(
        self, step: str, fields: Sequence[Field], schema: vol.Schema, error: FailWatchError | None
    ) -> ConfigFlowResult:
        """Show a form, with an error at the field that it is about."""
        return self.async_show_form(
            step_id=step,
            data_schema=schema,
            errors={service_forms.error_place(error, fields): text_key(error)} if error else None,
            description_placeholders=text_values(error, self._data) if error else None,
        )

    def _rest_form(
        self,
        choices: Mapping[str, Sequence[Choice]],
        entered: Mapping[str, Any] | None = None,
        error: FailWatchError | None = None,
    ) -> ConfigFlowResult:
        """Ask for what is still open, or finish if nothing is."""
        self._choices = choices
        fields = service_forms.open_fields(self._data, choices)
        if not fields:
            return self._finish_service()
        shown = {**self._old_settings(), **self._data, **(entered or {})}
        return self._form("choices", fields, service_forms.schema(fields, shown, choices), error)

    def _finish_service(self) -> ConfigFlowResult:
        own = self._get_reconfigure_entry() if self.source == SOURCE_RECONFIGURE else None
        others = [entry for entry in self._async_current_entries(include_ignore=False) if entry is not own]
        if any(_is_part_of(self._data, normalized_service(entry.data)) for entry in others):
            return self.async_abort(reason="service_already_configured")
        if own is not None:
            return self._changed(own)
        title = service_title(self.hass, self._data, {entry.title for entry in others})
        return self.async_create_entry(title=title, data=self._data)

    def _old_settings(self) -> Mapping[str, Any]:
        return self._get_reconfigure_entry().data if self.source == SOURCE_RECONFIGURE else {}

    def _kept_secrets(self, kind: str) -> dict[str, Any]:
        """Return the secrets that may be left empty: those typed before, and those stored for the address."""
        known = {**self._old_settings(), **self._typed}
        keys = (field.key for field in service_forms.secret_fields(kind))
        return {key: known[key] for key in keys if known.get(key)}

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take new credentials of a service."""
        entry = self._get_reauth_entry()
        kind = entry.data[CONF_KIND]
        fields, problem = service_forms.secret_fields(kind), None
        if user_input is not None:
            self._data = {**entry.data, **user_input}
            try:
                await self._query_service()
            except FailWatchError as error:
                problem = error
            else:
                return self._changed(entry)
        return self._form("reauth_confirm", fields, service_forms.schema(fields, {}), problem)
