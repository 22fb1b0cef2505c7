"""Manage the addresses that messages are sent to: their forms, and commands that add, change, test and remove them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from ..engine.errors import BadSetting
from ..notify.sending import Message, NotSent, shown, understood
from ..notify.services import FORMS, address, completed, form
from .arguments import mapping, number, text
from .error_messages import translate_error
from .notification_words import field_labels, help_texts, option_titles, service_titles
from .saving import save

if TYPE_CHECKING:
    from ..watching.runtime import Service

Answer = dict[str, Any]


class TargetCommands:
    """The plugin's commands for notification addresses."""

    def __init__(self, settings: Callable[[], Any]) -> None:
        """`settings` returns OctoPrint's."""
        self._settings_of = settings

    def add(self, service: Service, data: Mapping[str, Any]) -> Answer:
        """Add an address of Apprise."""
        url = text(data, "url").strip()
        understood(url)
        return self._keep(service, [*_urls(service), url])

    def save(self, service: Service, data: Mapping[str, Any]) -> Answer:
        """Add the address of a form, or replace the one with an index."""
        url = _filled_in(service, data)
        urls = _urls(service)
        index = _index(urls, data)
        if index is None:
            urls.append(url)
        else:
            urls[index] = url
        return self._keep(service, urls)

    def remove(self, service: Service, data: Mapping[str, Any]) -> Answer:
        """Remove the address with an index."""
        urls = _urls(service)
        index = _index(urls, data)
        if index is not None:
            del urls[index]
        return self._keep(service, urls)

    def _keep(self, service: Service, urls: list[str]) -> Answer:
        settings = self._settings_of()
        settings.set(["notify", "urls"], urls)
        save(settings)
        return targets_json(service)


def try_one(service: Service, data: Mapping[str, Any]) -> Answer:
    """Send a message to the address in a form, or to the stored address with an index."""
    urls = _urls(service)
    index = _index(urls, data)
    url = urls[index] if index is not None and "service" not in data else _filled_in(service, data)
    return targets_json(service) | _tried(service, [url])


def try_all(service: Service, _data: Mapping[str, Any]) -> Answer:
    """Send a message to all stored addresses, and return whether it was sent."""
    return targets_json(service) | _tried(service, _urls(service))


def targets_json(service: Service) -> Answer:
    """Return the addresses that messages are sent to, without their secrets."""
    urls = _urls(service)
    forms = [form(url) for url in urls]
    return {
        "targets": [_shown(url) for url in urls],
        "target_forms": [
            {"service": one.kind, "values": one.without_secrets().values, "secrets": one.stored_secrets()}
            for one in forms
        ],
    }


def undelivered_json(service: Service) -> list[dict[str, Any]]:
    """Return which addresses did not take their last message, of when, and why."""
    return [
        {"target": _shown(one.url), "at": one.at, "problem": translate_error(one.problem)}
        for one in service.notifications.undelivered()
    ]


def forms_json() -> list[dict[str, Any]]:
    """Return the form of each service, in the asker's language."""
    titles, labels, helps = service_titles(), field_labels(), help_texts()
    return [
        {
            "service": kind,
            "title": titles[kind],
            "help": helps.get(kind, ""),
            "fields": [
                {
                    "key": field.key,
                    "type": field.type.value,
                    "required": field.required,
                    "default": field.default,
                    "title": labels[f"{kind}.{field.key}"],
                    "help": helps.get(f"{kind}.{field.key}", ""),
                    "options": [[option, option_titles()[option]] for option in field.options],
                }
                for field in fields
            ],
        }
        for kind, fields in FORMS.items()
    ]


def _urls(service: Service) -> list[str]:
    return list(service.host.settings()["notify"]["urls"])


def _index(urls: list[str], data: Mapping[str, Any]) -> int | None:
    if data.get("index") is None:
        return None
    index = number(data, "index")
    if index not in range(len(urls)):
        raise ValueError(gettext("This address is not in the list."))
    return int(index)


def _filled_in(service: Service, data: Mapping[str, Any]) -> str:
    """Return the address of a form; a stored secret is only kept for the server it belongs to."""
    kind, values = text(data, "service"), mapping(data, "values")
    urls = _urls(service)
    index = _index(urls, data)
    url = address(kind, values if index is None else completed(kind, values, urls[index]))
    understood(url)
    return url


def _tried(service: Service, urls: list[str]) -> Answer:
    frames = service.ask(lambda watcher: watcher.frames)
    picture = next((frame.jpeg for frame in frames.values()), None)
    if not service.host.settings()["notify"]["picture"]:
        picture = None
    message = Message("FailWatch", gettext("This is a test."), picture)
    problems = []
    for url in urls:
        try:
            service.notifications.try_out(url, message)
        except NotSent as problem:
            problems.append(translate_error(problem))
    return {"problem": " ".join(problems)} if problems else {"says": gettext("Sent."), "at": time.time()}


def _shown(url: str) -> str:
    try:
        return shown(url)
    except BadSetting:  # another release of Apprise took it
        return str(gettext("(an address that is no longer understood)"))
