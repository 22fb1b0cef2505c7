"""The steps that set up a detection service: its address, its credentials, and what it offers to choose."""

import logging
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult

from . import forms
from .const import (
    CONF_KIND,
    KIND_BUILT_IN,
    KIND_DEEPOMATIC,
    KIND_HACARUS,
    KIND_ML_API,
    KIND_OBICO_PRINTER,
    KIND_SUPER_API,
)
from .detection.detectors import Field, Offers, offers
from .detection.errors import BadSetting, DetectionError, FailWatchError
from .detector import async_create_detector, detector_host
from .entry_flow import EntryFlow

_LOGGER = logging.getLogger(__name__)

TITLES = {
    KIND_BUILT_IN: "Built-in detector",
    KIND_SUPER_API: "Super Detection API",
    KIND_ML_API: "Obico ml_api",
    KIND_OBICO_PRINTER: "Obico printer",
    KIND_HACARUS: "HACARUS Check",
    KIND_DEEPOMATIC: "Deepomatic",
}


class ServiceFlow(EntryFlow):
    """Tries what was entered on the service, and asks for the rest."""

    async def async_step_built_in(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Set up the detector that runs on this machine."""
        if any(entry.data[CONF_KIND] == KIND_BUILT_IN for entry in self._async_current_entries()):
            return self.async_abort(reason="already_configured")
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

    async def async_step_choices(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for what only the service could tell the choices of."""
        return await self._service_step(self._data[CONF_KIND], user_input, step_id="choices")

    async def _service_step(
        self, kind: str, user_input: dict[str, Any] | None, step_id: str | None = None
    ) -> ConfigFlowResult:
        """Take what was entered, try it on the service, and ask for the rest."""
        if user_input is None:
            return self._service_form(kind, forms.first_fields(kind))
        old = self._old_settings()
        self._data = {**self._data, CONF_KIND: kind, **user_input}
        for field in forms.secret_fields(kind):
            # A secret that is left empty stays as it is.
            if not self._data.get(field.key) and field.key in old:
                self._data[field.key] = old[field.key]
        try:
            answer = await self._offers()
        except FailWatchError as error:
            return self._service_form(
                kind,
                forms.first_fields(kind),
                errors={forms.error_place(error, kind): error.kind},
                problem=str(error),
            )
        fields = forms.open_fields(self._data, answer.choices)
        if fields:
            return self.async_show_form(
                step_id="choices",
                data_schema=forms.schema(fields, {**old, **self._data}, answer.choices),
            )
        return self._finish_service(kind)

    async def _offers(self) -> Offers:
        try:
            if self._data[CONF_KIND] != KIND_BUILT_IN:
                return await offers(self._data, detector_host(self.hass))
            detector = await async_create_detector(self.hass, self._data)
            try:
                return Offers(await detector.check())
            finally:
                await detector.close()
        except BadSetting, DetectionError:
            raise
        except Exception as error:
            _LOGGER.exception("The detection service could not be tried")
            raise BadSetting(f"Unexpected: {type(error).__name__}") from error

    def _service_form(
        self,
        kind: str,
        fields: list[Field],
        errors: dict[str, str] | None = None,
        problem: str = "",
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=kind,
            data_schema=forms.schema(fields, {**self._old_settings(), **self._data}),
            errors=errors,
            description_placeholders={"problem": problem},
        )

    def _finish_service(self, kind: str) -> ConfigFlowResult:
        if self.source == SOURCE_RECONFIGURE:
            return self._changed(self._get_reconfigure_entry())
        self._async_abort_entries_match(self._data)
        return self.async_create_entry(title=TITLES[kind], data=self._data)

    def _old_settings(self) -> Mapping[str, Any]:
        return self._get_reconfigure_entry().data if self.source == SOURCE_RECONFIGURE else {}

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take new credentials of a service."""
        entry = self._get_reauth_entry()
        kind = entry.data[CONF_KIND]
        errors: dict[str, str] = {}
        problem = ""
        if user_input is not None:
            self._data = {**entry.data, **user_input}
            try:
                await self._offers()
            except FailWatchError as error:
                place = forms.error_place(error, kind)
                errors[place if place in user_input else "base"] = error.kind
                problem = str(error)
            else:
                return self._changed(entry)
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=forms.schema(forms.secret_fields(kind), {}),
            errors=errors,
            description_placeholders={"problem": problem},
        )
