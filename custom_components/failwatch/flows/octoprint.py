"""Link an OctoPrint: ask for its address, and get an application key."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_API_KEY, CONF_PASSWORD, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.helpers.selector import (
    BooleanSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from yarl import URL

from ..const import APP_NAME, CONF_KIND, CONF_MACHINE, CONF_UUID, KIND_OCTOPRINT
from ..octoprint.coordinator import linked_uuid, octoprint_client, octoprint_url
from ..octoprint.discovery import async_is_copy
from ..octoprint.errors import (
    KeyDenied,
    KeyRefused,
    NoAppKeys,
    NotOctoPrint,
    NotReachable,
    NoWebsocket,
    OctoPrintError,
    ProxyLogin,
    UntrustedCertificate,
)
from .base import EntryFlow

KEY_TIMEOUT: Final = 300.0
"""Seconds that somebody has to allow access in OctoPrint."""

PASSWORD = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
ADDRESS = vol.Schema(
    {
        vol.Required(CONF_URL): TextSelector(),
        vol.Optional(CONF_API_KEY): PASSWORD,
        vol.Optional(CONF_VERIFY_SSL, default=True): BooleanSelector(),
    }
)
PROXY = ADDRESS.extend({vol.Optional(CONF_USERNAME): TextSelector(), vol.Optional(CONF_PASSWORD): PASSWORD})
"""The form for an OctoPrint behind a server that asks for a user name and a password."""
KEY = vol.Schema(
    {
        vol.Required(CONF_API_KEY): PASSWORD,
    }
)

PLACES: Final[Mapping[type[OctoPrintError], str]] = {
    KeyRefused: CONF_API_KEY,
    NoAppKeys: CONF_API_KEY,
    ProxyLogin: CONF_USERNAME,
    UntrustedCertificate: "base",
    NotOctoPrint: CONF_URL,
    NotReachable: CONF_URL,
}
"""The field that an error is about, the narrow ones first; the others are about the form as a whole."""
KEPT_SECRETS: Final = (CONF_API_KEY, CONF_PASSWORD)
"""What stays as it is where its field is left empty."""


class LinkFlow(EntryFlow):
    """Asks where OctoPrint is, gets a key, and checks that the plugin answers to it."""

    _key_task: asyncio.Task[str] | None = None
    _key_place = ""
    _asked_instead = ""
    """The address of which the user knows that no websocket comes through."""

    async def async_step_octoprint(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where OctoPrint is."""
        if user_input is None:
            return self._address_form({})
        self._data = {
            CONF_KIND: KIND_OCTOPRINT,
            **{
                key: value
                for key, value in self._data.items()
                if key in (*KEPT_SECRETS, CONF_MACHINE, CONF_UUID)
            },
            **user_input,
        }
        try:
            self._data |= _address(user_input[CONF_URL])
        except ValueError:
            return self._address_form({CONF_URL: "bad_address"})
        if not self._data.get(CONF_USERNAME):
            self._data.pop(CONF_USERNAME, None)
            self._data.pop(CONF_PASSWORD, None)
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
            asyncio.wait_for(client.decided_key(self._key_place), KEY_TIMEOUT),
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

    async def async_step_reauth_link(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a new key after OctoPrint withdrew the old one."""
        return self.async_show_menu(
            step_id="reauth_link",
            menu_options=["ask_for_key", "paste_key"],
            description_placeholders={"name": self._name, "url": str(octoprint_url(self._data))},
        )

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
        client = octoprint_client(self.hass, self._data)
        try:
            report = await client.report()
            if self.source != SOURCE_REAUTH and self._asked_instead != self._data[CONF_URL]:
                await client.check_push()
        except OctoPrintError as error:
            if isinstance(error, NoWebsocket):
                self._asked_instead = self._data[CONF_URL]
            return self._link_error(error)
        await self.async_set_unique_id(report.uuid, raise_on_progress=False)
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            entry = (
                self._get_reauth_entry() if self.source == SOURCE_REAUTH else self._get_reconfigure_entry()
            )
            if report.uuid != linked_uuid(entry):
                return self.async_abort(reason="other_octoprint")
            return self._changed(entry)
        for known in self._async_current_entries(include_ignore=False):
            if known.data[CONF_KIND] == KIND_OCTOPRINT and linked_uuid(known) == report.uuid:
                copied = await async_is_copy(self.hass, known, report)
                return self.async_abort(reason="copied_octoprint" if copied else "already_configured")
        self._abort_if_unique_id_configured()
        if report.machine:
            self._data[CONF_MACHINE] = report.machine
        return self.async_create_entry(title=report.printer_name or self._name, data=self._data)

    def _link_error(self, error: OctoPrintError) -> ConfigFlowResult:
        place = next((place for kind, place in PLACES.items() if isinstance(error, kind)), "base")
        key = error.kind
        if isinstance(error, KeyRefused):
            # Left empty after that, the field means what it always means: that OctoPrint is to be asked.
            self._data.pop(CONF_API_KEY, None)
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
            key: self._data[key] for key in (CONF_URL, CONF_VERIFY_SSL, CONF_USERNAME) if key in self._data
        }
        behind_proxy = CONF_USERNAME in errors or CONF_USERNAME in shown
        return self.async_show_form(
            step_id="octoprint",
            data_schema=self.add_suggested_values_to_schema(PROXY if behind_proxy else ADDRESS, shown),
            errors=errors,
            description_placeholders={"problem": problem},
        )


def _address(text: str) -> dict[str, str]:
    """Return the address that somebody entered, also where the scheme was left out, and a login in it.

    Raises ValueError.
    """
    text = text.strip()
    url = URL(text if "://" in text else f"http://{text}")
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(text)
    plain = url.origin().with_path(url.path.rstrip("/") or "/")
    login = {CONF_USERNAME: url.user, CONF_PASSWORD: url.password or ""} if url.user else {}
    return {CONF_URL: str(plain), **login}
