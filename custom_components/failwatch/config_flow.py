"""Adding, repairing and changing an OctoPrint link or a detection service."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final, override

import voluptuous as vol
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
)
from homeassistant.const import (
    CONF_API_KEY,
    CONF_URL,
    CONF_VERIFY_SSL,
)
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from yarl import URL

from . import forms
from .camera_flow import CameraFlow
from .const import (
    APP_NAME,
    CONF_KIND,
    DOMAIN,
    KIND_BUILT_IN,
    KIND_DEEPOMATIC,
    KIND_HACARUS,
    KIND_ML_API,
    KIND_OBICO_PRINTER,
    KIND_OCTOPRINT,
    KIND_SUPER_API,
    SUBENTRY_CAMERA,
)
from .detection.detectors import Field, Offers, offers
from .detection.errors import BadSetting, DetectionError, FailWatchError
from .detector import async_create_detector, detector_host
from .link import octoprint_client, octoprint_url
from .octoprint import (
    KeyDenied,
    KeyRefused,
    NotOctoPrint,
    OctoPrintError,
    PluginMissing,
    PluginTooOld,
    TooManyRequests,
)

_LOGGER = logging.getLogger(__name__)

KEY_PATIENCE: Final = 300.0
"""Seconds that somebody has to allow access in OctoPrint."""

KINDS = (
    KIND_BUILT_IN,
    KIND_SUPER_API,
    KIND_ML_API,
    KIND_OBICO_PRINTER,
    KIND_HACARUS,
    KIND_DEEPOMATIC,
)

ADDRESS = vol.Schema(
    {
        vol.Required(CONF_URL): TextSelector(),
        vol.Optional(CONF_API_KEY): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
        ),
        vol.Optional(CONF_VERIFY_SSL, default=True): BooleanSelector(),
    }
)
KEY = vol.Schema(
    {
        vol.Required(CONF_API_KEY): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
        )
    }
)

ERRORS: Mapping[type[OctoPrintError], tuple[str, str]] = {
    NotOctoPrint: (CONF_URL, "not_octoprint"),
    KeyRefused: (CONF_API_KEY, "key_refused"),
    PluginMissing: ("base", "plugin_missing"),
    PluginTooOld: ("base", "plugin_too_old"),
    TooManyRequests: ("base", "too_many_requests"),
}


class FailWatchConfigFlow(ConfigFlow, domain=DOMAIN):
    """One flow for both kinds of entry."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        """Know nothing yet."""
        self._data: dict[str, Any] = {}
        self._name = "OctoPrint"
        self._key_task: asyncio.Task[str] | None = None
        self._key_place = ""

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """A detection service watches cameras; an OctoPrint link has its own."""
        if config_entry.data[CONF_KIND] == KIND_OCTOPRINT:
            return {}
        return {SUBENTRY_CAMERA: CameraFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what to add."""
        return self.async_show_menu(step_id="user", menu_options=[KIND_OCTOPRINT, *KINDS])

    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on to the first camera of a new service, on releases that lead from one flow to the next."""
        if result["data"][CONF_KIND] == KIND_OCTOPRINT:
            return result
        page = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_CAMERA), context={"source": SOURCE_USER}
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, page["flow_id"])
        return result

    # An OctoPrint link

    async def async_step_octoprint(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where OctoPrint is."""
        if user_input is None:
            return self._address_form({})
        self._data = {
            CONF_KIND: KIND_OCTOPRINT,
            **{key: value for key, value in self._data.items() if key == CONF_API_KEY},
            **user_input,
        }
        try:
            self._data[CONF_URL] = str(_address(user_input[CONF_URL]))
        except ValueError:
            return self._address_form({CONF_URL: "bad_address"})
        return await self._ask_or_check()

    @override
    async def async_step_zeroconf(self, discovery_info: ZeroconfServiceInfo) -> ConfigFlowResult:
        """Take what the plugin announces."""
        uuid = discovery_info.properties.get("uuid")
        if not uuid:
            return self.async_abort(reason="not_failwatch")
        self._data = {
            CONF_KIND: KIND_OCTOPRINT,
            CONF_URL: str(_announced(discovery_info)),
            CONF_VERIFY_SSL: True,
        }
        known = await self.async_set_unique_id(uuid)
        if known is not None and URL(known.data[CONF_URL]).scheme == "https":
            # What is announced is the plain address; one that was entered with encryption stays.
            return self.async_abort(reason="already_configured")
        self._abort_if_unique_id_configured({CONF_URL: self._data[CONF_URL]}, reload_on_update=False)
        self._name = _announced_name(discovery_info) or self._name
        self.context["title_placeholders"] = {"name": self._name}
        return await self.async_step_zeroconf_confirm()

    async def async_step_zeroconf_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether to link what was discovered."""
        if user_input is None:
            self._set_confirm_only()
            return self.async_show_form(
                step_id="zeroconf_confirm",
                description_placeholders={"name": self._name, "url": str(octoprint_url(self._data))},
            )
        return await self._ask_or_check()

    async def _ask_or_check(self) -> ConfigFlowResult:
        """Use the key that was pasted, or ask OctoPrint for one."""
        if self._data.get(CONF_API_KEY):
            return await self.async_step_finish()
        client = octoprint_client(self.hass, self._data)
        try:
            await client.probe()
            self._key_place = await client.request_key(APP_NAME, None)
        except OctoPrintError as error:
            return self._link_error(error)
        self._key_task = self.hass.async_create_task(
            asyncio.wait_for(client.decided_key(self._key_place), KEY_PATIENCE),
            "FailWatch waits for an application key",
        )
        return await self.async_step_wait_for_key()

    async def async_step_wait_for_key(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Wait until somebody has answered in OctoPrint."""
        assert self._key_task is not None
        if not self._key_task.done():
            return self.async_show_progress(
                step_id="wait_for_key",
                progress_action="wait_for_key",
                progress_task=self._key_task,
                description_placeholders={
                    "url": str(octoprint_url(self._data)),
                    "dialog": str(octoprint_url(self._data) / self._key_place.replace("/request/", "/auth/")),
                },
            )
        task, self._key_task = self._key_task, None
        try:
            self._data[CONF_API_KEY] = task.result()
        except TimeoutError:
            return self.async_show_progress_done(next_step_id="key_timed_out")
        except KeyDenied:
            return self.async_show_progress_done(next_step_id="key_denied")
        except OctoPrintError:
            return self.async_show_progress_done(next_step_id="key_interrupted")
        return self.async_show_progress_done(next_step_id="finish")

    async def async_step_key_denied(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer another way after a no."""
        return self.async_show_menu(step_id="key_denied", menu_options=["ask_for_key", "paste_key"])

    async def async_step_key_timed_out(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer another way after no answer."""
        return self.async_show_menu(step_id="key_timed_out", menu_options=["ask_for_key", "paste_key"])

    async def async_step_key_interrupted(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer another way after OctoPrint went away."""
        return self.async_show_menu(step_id="key_interrupted", menu_options=["ask_for_key", "paste_key"])

    async def async_step_ask_for_key(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask OctoPrint for a key."""
        self._data.pop(CONF_API_KEY, None)
        return await self._ask_or_check()

    async def async_step_paste_key(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take a key that the user made in OctoPrint."""
        if user_input is None:
            return self._key_form({})
        self._data[CONF_API_KEY] = user_input[CONF_API_KEY].strip()
        return await self.async_step_finish()

    async def async_step_finish(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Check that the plugin answers to the key, and keep the link."""
        try:
            report = await octoprint_client(self.hass, self._data).report()
        except OctoPrintError as error:
            return self._link_error(error)
        await self.async_set_unique_id(report.uuid, raise_on_progress=False)
        if self.source == SOURCE_REAUTH:
            self._abort_if_unique_id_mismatch(reason="other_octoprint")
            return self._changed(self._get_reauth_entry())
        if self.source == SOURCE_RECONFIGURE:
            self._abort_if_unique_id_mismatch(reason="other_octoprint")
            return self._changed(self._get_reconfigure_entry())
        self._abort_if_unique_id_configured()
        # "Default" is what OctoPrint calls a printer that nobody has named.
        unnamed = report.printer_name in ("", "Default")
        return self.async_create_entry(title=self._name if unnamed else report.printer_name, data=self._data)

    def _link_error(self, error: OctoPrintError) -> ConfigFlowResult:
        place, key = ERRORS.get(type(error), (CONF_URL, "not_reachable"))
        if self.source == SOURCE_REAUTH or (place == CONF_API_KEY and self.cur_step_id == "paste_key"):
            return self._key_form({CONF_API_KEY if place == CONF_API_KEY else "base": key}, str(error))
        return self._address_form({place: key}, str(error))

    @property
    def cur_step_id(self) -> str | None:
        """The step that was shown last."""
        return self.cur_step["step_id"] if self.cur_step else None

    def _key_form(self, errors: dict[str, str], problem: str = "") -> ConfigFlowResult:
        return self.async_show_form(
            step_id="paste_key",
            data_schema=KEY,
            errors=errors,
            description_placeholders={"url": str(octoprint_url(self._data)), "problem": problem},
        )

    def _address_form(self, errors: dict[str, str], problem: str = "") -> ConfigFlowResult:
        shown: dict[str, Any] = {
            key: self._data[key] for key in (CONF_URL, CONF_VERIFY_SSL) if key in self._data
        }
        return self.async_show_form(
            step_id="octoprint",
            data_schema=self.add_suggested_values_to_schema(ADDRESS, shown),
            errors=errors,
            description_placeholders={"problem": problem},
        )

    # A detection service

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
                description_placeholders={"says": answer.says},
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
        return self.async_create_entry(title=_TITLES[kind], data=self._data)

    def _old_settings(self) -> Mapping[str, Any]:
        return self._get_reconfigure_entry().data if self.source == SOURCE_RECONFIGURE else {}

    # Both

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Ask for new credentials."""
        self._name = self._get_reauth_entry().title
        if entry_data[CONF_KIND] != KIND_OCTOPRINT:
            return await self.async_step_reauth_confirm()
        self._data = dict(entry_data)
        return self.async_show_menu(
            step_id="reauth",
            menu_options=["ask_for_key", "paste_key"],
            description_placeholders={"name": self._name, "url": str(octoprint_url(entry_data))},
        )

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

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change an address or credentials."""
        entry = self._get_reconfigure_entry()
        if entry.data[CONF_KIND] == KIND_OCTOPRINT:
            self._data = dict(entry.data)
            return self._address_form({})
        return self._service_form(entry.data[CONF_KIND], forms.first_fields(entry.data[CONF_KIND]))

    def _changed(self, entry: ConfigEntry) -> ConfigFlowResult:
        """Keep the new settings; a loaded entry reloads by itself when it sees them."""
        if not entry.update_listeners:
            return self.async_update_reload_and_abort(entry, data=self._data)
        return self.async_update_and_abort(entry, data=self._data)


def _address(text: str) -> URL:
    """Return the address that somebody entered, also where the scheme was left out.

    Raises ValueError.
    """
    text = text.strip()
    url = URL(text if "://" in text else f"http://{text}")
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(text)
    return url.origin().with_path(url.path.rstrip("/") or "/")


def _announced_name(info: ZeroconfServiceInfo) -> str:
    """Return what the user calls the printer, out of OctoPrint's 'OctoPrint instance "Workshop"'."""
    name = info.name.removesuffix(f".{info.type}").removeprefix("OctoPrint instance ")
    return name.removeprefix("on ").strip('"')


def _announced(info: ZeroconfServiceInfo) -> URL:
    path = "/" + (info.properties.get("path") or "").strip("/")
    return URL.build(scheme="http", host=info.host, port=info.port or 80, path=path)


_TITLES = {
    KIND_BUILT_IN: "Built-in detector",
    KIND_SUPER_API: "Super Detection API",
    KIND_ML_API: "Obico ml_api",
    KIND_OBICO_PRINTER: "Obico printer",
    KIND_HACARUS: "HACARUS Check",
    KIND_DEEPOMATIC: "Deepomatic",
}
