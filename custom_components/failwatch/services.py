"""Actions: check a picture, answer an alarm, control a print, replay and label recorded prints."""

import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

import voluptuous as vol
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType

from .cameras.detector import async_create_detector
from .cameras.snapshots import async_snapshot
from .const import CONF_KIND, DOMAIN, KIND_OCTOPRINT
from .coordinator import FailWatchConfigEntry, PrinterCoordinator
from .engine.errors import BadPicture, BadSetting, FailWatchError
from .engine.imaging.jpeg import as_jpeg
from .engine.judging.failwatch_rules import FailWatchRules
from .engine.judging.rules import RULE_SETS, create_rules
from .engine.models import Frame
from .engine.serialization import to_json
from .engine.watch.state import present_level
from .engine.watch.trial import TRIAL_PRINTER_ID
from .shared.history_actions import LABEL_PRINT, PAST_PRINTS, async_label_print, async_past_prints
from .shared.problems import foreign_text, translated
from .shared.targets import async_targeted_printers

_LOGGER = logging.getLogger(__name__)

ATTR_ANSWER = "answer"
ATTR_COMMAND = "command"
ATTR_ENTRY = "config_entry_id"
ATTR_MEDIA = "media"
ATTR_MINUTES = "minutes"
ATTR_MUTED = "muted"
ATTR_NUMBERS = "numbers"
ATTR_RULES = "rules"

DETECT = vol.Schema(
    {
        vol.Optional(ATTR_ENTRY): cv.string,
        vol.Exclusive(ATTR_ENTITY_ID, "picture"): cv.entity_domain(["camera", "image"]),
        vol.Exclusive(ATTR_MEDIA, "picture"): vol.Any(
            cv.string,
            vol.Schema({vol.Required("media_content_id"): cv.string}, extra=vol.REMOVE_EXTRA),
        ),
    }
)
ACKNOWLEDGE = vol.Schema(
    {
        **cv.TARGET_SERVICE_FIELDS,
        vol.Required(ATTR_ANSWER): vol.In(["not_a_failure", "failure"]),
    }
)
SNOOZE = vol.Schema(
    {
        **cv.TARGET_SERVICE_FIELDS,
        vol.Required(ATTR_MINUTES): vol.All(vol.Coerce(float), vol.Range(min=0, max=1440)),
    }
)
MUTE = vol.Schema({**cv.TARGET_SERVICE_FIELDS, vol.Optional(ATTR_MUTED, default=True): cv.boolean})
CONTROL = vol.Schema(
    {**cv.TARGET_SERVICE_FIELDS, vol.Required(ATTR_COMMAND): vol.In(["pause", "resume", "cancel"])}
)
REPLAY = vol.Schema(
    {
        **cv.TARGET_SERVICE_FIELDS,
        vol.Required(ATTR_RULES): vol.In(list(RULE_SETS)),
        vol.Optional(ATTR_NUMBERS, default=dict): {cv.string: vol.Coerce(float)},
    }
)


type Handler = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""

    def register(name: str, handle: Handler, schema: vol.Schema, supports: SupportsResponse) -> None:
        hass.services.async_register(DOMAIN, name, _validated(handle), schema, supports_response=supports)

    register("detect", _detect, DETECT, SupportsResponse.ONLY)
    for name, schema, ask in (
        ("acknowledge", ACKNOWLEDGE, _acknowledge),
        ("snooze", SNOOZE, _snooze),
        ("mute", MUTE, _mute),
        ("control", CONTROL, _control),
    ):
        register(name, _ask_each(ask), schema, SupportsResponse.OPTIONAL)
    register("replay", _replay, REPLAY, SupportsResponse.ONLY)
    for name, schema, answer, supports in (
        ("past_prints", PAST_PRINTS, async_past_prints, SupportsResponse.ONLY),
        ("label_print", LABEL_PRINT, async_label_print, SupportsResponse.OPTIONAL),
    ):
        register(name, _answer_each(answer), schema, supports)


def _validated(handle: Handler) -> Handler:
    """Return an action whose failures are told in words: over HTTP any other error would be a status 500."""

    async def validated(call: ServiceCall) -> ServiceResponse:
        try:
            return await handle(call)
        except ServiceValidationError:
            raise
        except HomeAssistantError as error:
            if error.translation_key is None:
                raise ServiceValidationError(
                    translation_domain=DOMAIN,
                    translation_key="error",
                    translation_placeholders={"problem": foreign_text(error)},
                ) from error
            raise ServiceValidationError(
                translation_domain=error.translation_domain,
                translation_key=error.translation_key,
                translation_placeholders=error.translation_placeholders,
            ) from error
        except Exception as error:
            _LOGGER.exception("The action %s failed", call.service)
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="unexpected") from error

    return validated


async def _acknowledge(printer: PrinterCoordinator, call: ServiceCall) -> None:
    await printer.async_acknowledge(failure=call.data[ATTR_ANSWER] == "failure")


async def _snooze(printer: PrinterCoordinator, call: ServiceCall) -> None:
    await printer.async_snooze(call.data[ATTR_MINUTES] * 60)


async def _mute(printer: PrinterCoordinator, call: ServiceCall) -> None:
    await printer.async_mute(call.data[ATTR_MUTED])


async def _control(printer: PrinterCoordinator, call: ServiceCall) -> None:
    await printer.async_job(call.data[ATTR_COMMAND])


def _ask_each(
    ask: Callable[[PrinterCoordinator, ServiceCall], Awaitable[None]],
) -> Handler:
    """Return an action that asks every printer meant, and answers with what then stands.

    One that cannot do it keeps no other from being asked: its error comes last.
    """

    async def handle(call: ServiceCall) -> ServiceResponse:
        printers = _printers(call)
        problems: list[HomeAssistantError] = []
        for printer in printers:
            try:
                await ask(printer, call)
            except HomeAssistantError as error:
                problems.append(error)
        if problems:
            raise problems[0]
        return cast(JsonObjectType, {"printers": [_standing(printer) for printer in printers]})

    return handle


def _answer_each(
    answer: Callable[[PrinterCoordinator, ServiceCall], Awaitable[dict[str, Any]]],
) -> Handler:
    """Return an action that answers for every printer meant."""

    async def handle(call: ServiceCall) -> ServiceResponse:
        answers = [_standing(printer) | await answer(printer, call) for printer in _printers(call)]
        return cast(JsonObjectType, {"printers": answers})

    return handle


async def _replay(call: ServiceCall) -> ServiceResponse:
    """Judge the looks at the present or last print by other rules."""
    try:
        rules = create_rules(call.data[ATTR_RULES], call.data[ATTR_NUMBERS])
    except BadSetting as error:
        raise ServiceValidationError(**translated(error, {})) from error
    printers = _printers(call)
    outcomes = [
        _standing(printer) | await call.hass.async_add_executor_job(printer.course.judged_by, rules)
        for printer in printers
    ]
    return cast(JsonObjectType, {"printers": outcomes})


async def _detect(call: ServiceCall) -> ServiceResponse:
    """Ask a detection service about one picture."""
    hass = call.hass
    entry = _service(hass, call.data.get(ATTR_ENTRY))
    try:
        if entity_id := call.data.get(ATTR_ENTITY_ID):
            picture = await async_snapshot(hass, entity_id)
        elif media := call.data.get(ATTR_MEDIA):
            picture = await _media(hass, media if isinstance(media, str) else media["media_content_id"])
        else:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_picture")
        detector = await async_create_detector(hass, entry.data)
        try:
            detection = await detector.detect(Frame(picture, 0.0, TRIAL_PRINTER_ID, "trial"))
        finally:
            await detector.close()
    except FailWatchError as error:
        raise HomeAssistantError(**translated(error, entry.data)) from error
    return cast(
        JsonObjectType,
        {
            "p": detection.p,
            "boxes": to_json(detection.boxes),
            "verdict": FailWatchRules().level_that_lasts(detection.p).value,
        },
    )


async def _media(hass: HomeAssistant, media_id: str) -> bytes:
    """Return a picture of the media folders as JPEG."""
    from homeassistant.components import media_source

    try:
        media = await media_source.async_resolve_media(hass, media_id, None)
    except media_source.Unresolvable as error:
        raise _invalid("no_media", media_id) from error
    path = media.path
    if path is None:
        raise _invalid("no_media", media_id)
    try:
        return await hass.async_add_executor_job(lambda: as_jpeg(path.read_bytes()))
    except (OSError, BadPicture) as error:
        raise _invalid("no_media", media_id) from error


def _printers(call: ServiceCall) -> list[PrinterCoordinator]:
    printers = async_targeted_printers(call.hass, call.data)
    if not printers:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_printer")
    return printers


def _service(hass: HomeAssistant, entry_id: str | None) -> FailWatchConfigEntry:
    """Return the detection service that is meant: the only one, where none is named."""
    services = [
        entry
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        if entry.data[CONF_KIND] != KIND_OCTOPRINT and entry_id in (None, entry.entry_id)
    ]
    if len(services) != 1:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_service" if not services else "which_service",
        )
    return services[0]


def _standing(printer: PrinterCoordinator) -> dict[str, Any]:
    device = printer.device
    return {
        "device_id": device.id if device else None,
        "print_name": printer.data.print_name,
        "failure_state": present_level(printer.data).value,
        "watch": printer.data.phase.value,
    }


def _invalid(key: str, problem: object) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"problem": str(problem)},
    )
