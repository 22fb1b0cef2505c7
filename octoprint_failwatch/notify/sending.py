"""Send one message to one address with Apprise, and find out why it was not accepted."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar
from urllib.parse import urlsplit

from ..engine.errors import BadSetting, FailWatchError
from .services import OTHER, form

_LOGGER = logging.getLogger("octoprint.plugins.failwatch")


class NotSent(FailWatchError):
    """An address did not take a message; the text says why."""

    kind: ClassVar[str] = "not_sent"


@dataclass(frozen=True, slots=True)
class Message:
    """A message to send."""

    title: str
    text: str
    picture: bytes | None = field(default=None, repr=False)


def send(url: str, message: Message) -> None:
    """Send a message, and return once it was taken; raises NotSent. Blocks for some seconds at most."""
    try:
        service = understood(url)
    except BadSetting as error:
        raise NotSent("Apprise no longer understands this address.") from error
    name = str(service.service_name)
    with _heard() as heard, _attachment(message.picture) as attached:
        try:
            sent = service.notify(body=message.text, title=message.title, attach=attached)
        except Exception as error:  # a hundred services may raise anything
            raise NotSent("%(name)s: %(what)s.", name=name, what=type(error).__name__) from error
    if not sent:
        raise _why_not(name, _status("\n".join(heard)))


def understood(url: str) -> Any:
    """Return Apprise's service of an address; raises BadSetting where it understands none."""
    import apprise

    service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if service is None:
        raise BadSetting("Apprise does not understand this address.")
    return service


def shown(url: str) -> str:
    """Return an address without its secrets; raises BadSetting if it is not one."""
    service = understood(url)
    whole = str(service.url(privacy=True))
    if form(url).kind != OTHER:
        return whole.partition("?")[0]
    # Paths of webhooks are as good as passwords, and Apprise shows some of them.
    parts = urlsplit(whole)
    return f"{service.service_name}: {parts.scheme}://{parts.netloc}"


def _why_not(name: str, status: int | None) -> NotSent:
    if status is None:
        return NotSent("%(name)s does not answer, or refuses the log-in.", name=name)
    if status in (401, 403):
        return NotSent("%(name)s refuses the token or password (%(status)s).", name=name, status=status)
    if status == 404:
        return NotSent("%(name)s does not know this address or recipient (404).", name=name)
    if status == 429:
        return NotSent("%(name)s takes no more messages for now (429).", name=name)
    if status >= 500:
        return NotSent("%(name)s has a fault of its own (%(status)s).", name=name, status=status)
    return NotSent("%(name)s does not accept the message (%(status)s).", name=name, status=status)


def _status(said: str) -> int | None:
    """Return the last status of HTTP that Apprise said it got."""
    found = re.findall(r"error=(\d{3})\b", said)
    return int(found[-1]) if found else None


@contextmanager
def _attachment(picture: bytes | None) -> Iterator[Any]:
    """Lend Apprise a picture, as a file: some of its services read no other kind. A full disk costs the picture."""
    from apprise import AppriseAttachment

    attached = None
    with ExitStack() as stack:
        if picture is not None:
            try:
                folder = stack.enter_context(TemporaryDirectory(prefix="failwatch-"))
                file = Path(folder, "failwatch.jpg")
                file.write_bytes(picture)
                attached = AppriseAttachment(str(file))
            except OSError as error:
                _LOGGER.warning("A message is sent without its picture: %s", error.strerror)
        yield attached


@contextmanager
def _heard() -> Iterator[list[str]]:
    """Collect Apprise's log messages on this thread, as it returns no reasons."""
    handler = _Listener(threading.get_ident())
    logger = logging.getLogger("apprise")
    logger.addHandler(handler)
    try:
        yield handler.said
    finally:
        logger.removeHandler(handler)


class _Listener(logging.Handler):
    def __init__(self, thread: int) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []
        self._thread = thread

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.said.append(record.getMessage())
