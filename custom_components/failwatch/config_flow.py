"""Add, repair and change an OctoPrint link or a detection service."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_IGNORE,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import callback
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from yarl import URL

from .const import CONF_KIND, DOMAIN, KIND_OCTOPRINT, SUBENTRY_CAMERA
from .flows.camera import CameraFlow
from .flows.message_forms import LinkOptionsFlow
from .flows.octoprint import LinkFlow
from .flows.service import SERVICES, ServiceFlow
from .octoprint import issues as octoprint_issues
from .octoprint.coordinator import linked_uuid, octoprint_url
from .octoprint.discovery import async_take_address


class FailWatchConfigFlow(LinkFlow, ServiceFlow, domain=DOMAIN):
    """One flow for both kinds of entry."""

    VERSION = 1
    MINOR_VERSION = 1

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """A detection service watches cameras; an OctoPrint link has its own."""
        if config_entry.source == SOURCE_IGNORE or config_entry.data[CONF_KIND] == KIND_OCTOPRINT:
            return {}
        return {SUBENTRY_CAMERA: CameraFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> LinkOptionsFlow:
        """Return the options of a link; a detection service has its own at each watched printer."""
        return LinkOptionsFlow()

    @classmethod
    @callback
    @override
    def async_supports_options_flow(cls, config_entry: ConfigEntry) -> bool:
        """Whether an entry has options."""
        return config_entry.data.get(CONF_KIND) == KIND_OCTOPRINT

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what to add."""
        return self.async_show_menu(step_id="user", menu_options=[KIND_OCTOPRINT, *SERVICES])

    @override
    async def async_step_zeroconf(self, discovery_info: ZeroconfServiceInfo) -> ConfigFlowResult:
        """Take what the plugin announces."""
        uuid = discovery_info.properties.get("uuid")
        if not uuid:
            return self.async_abort(reason="not_failwatch")
        url = _announced(discovery_info)
        links = [one for one in self._async_current_entries() if one.data.get(CONF_KIND) == KIND_OCTOPRINT]
        for link in links:
            if linked_uuid(link) != uuid:
                octoprint_issues.async_forget_copy(self.hass, link, url)
        await self.async_set_unique_id(uuid)
        if known := next((link for link in links if linked_uuid(link) == uuid), None):
            instance = discovery_info.properties.get("instance") or ""
            await async_take_address(self.hass, known, url, instance)
            return self.async_abort(reason="already_configured")
        self._abort_if_unique_id_configured()
        self._data = {CONF_KIND: KIND_OCTOPRINT, CONF_URL: str(url), CONF_VERIFY_SSL: True}
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

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Ask for new credentials."""
        self._name = self._get_reauth_entry().title
        if entry_data[CONF_KIND] != KIND_OCTOPRINT:
            return await self.async_step_reauth_confirm()
        self._data = dict(entry_data)
        return await self.async_step_reauth_link()

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change an address or credentials."""
        entry = self._get_reconfigure_entry()
        if entry.data[CONF_KIND] == KIND_OCTOPRINT:
            self._data = dict(entry.data)
            return self._address_form({})
        return self._service_form(entry.data[CONF_KIND])


def _announced_name(info: ZeroconfServiceInfo) -> str:
    """Return what the user calls the printer, out of OctoPrint's 'OctoPrint instance "Workshop"'."""
    name = info.name.removesuffix(f".{info.type}").removeprefix("OctoPrint instance ")
    return name.removeprefix("on ").strip('"')


def _announced(info: ZeroconfServiceInfo) -> URL:
    path = "/" + (info.properties.get("path") or "").strip("/")
    return URL.build(scheme="http", host=info.host, port=info.port or 80, path=path)
