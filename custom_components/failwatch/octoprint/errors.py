"""Typed errors between Home Assistant and an OctoPrint."""

from typing import ClassVar


class OctoPrintError(Exception):
    """OctoPrint did not do what it was asked.

    `kind` is the key of the texts that users read; the error's own text is a technical detail, and never
    contains the key.
    """

    kind: ClassVar[str] = "command_failed"


class NotReachable(OctoPrintError):
    """Nothing answers there, or not in time."""

    kind = "not_reachable"


class CannotConnect(NotReachable):
    """The machine refuses the connection, or there is no way to it."""

    kind = "cannot_connect"


class NoAnswer(NotReachable):
    """The connection stands, but no answer comes in time."""

    kind = "no_answer"


class UnknownName(NotReachable):
    """No machine has the name."""

    kind = "unknown_name"


class ConnectionLost(NotReachable):
    """The connection stood, and ended."""

    kind = "connection_lost"


class ServerFault(NotReachable):
    """OctoPrint, or a server in front of it, answers with a fault of its own."""

    kind = "server_fault"


class NoHttps(NotReachable):
    """Something answers there, but not with encryption."""

    kind = "no_https"


class Redirected(NotReachable):
    """What answers sends on to another address, where no key is sent unasked."""

    kind = "redirected"


class ProxyLogin(NotReachable):
    """A server in front of OctoPrint wants a user name and a password, or others."""

    kind = "proxy_login"


class NoWebsocket(NotReachable):
    """OctoPrint answers, but what is in front of it passes no websocket."""

    kind = "no_websocket"


class UntrustedCertificate(NotReachable):
    """The connection is encrypted, but the certificate is not trusted."""

    kind = "untrusted_certificate"


class NotOctoPrint(OctoPrintError):
    """Something answers, but it is no OctoPrint."""

    kind = "not_octoprint"


class OtherOctoPrint(OctoPrintError):
    """Another OctoPrint than the one that was linked answers; the error has its `uuid`."""

    kind = "other_octoprint"

    def __init__(self, printer_name: str, uuid: str) -> None:
        """Take what it says of itself."""
        super().__init__(printer_name)
        self.uuid = uuid


class NoAppKeys(OctoPrintError):
    """OctoPrint answers, but its part that hands out application keys is switched off."""

    kind = "no_app_keys"


class KeyRefused(OctoPrintError):
    """The application key is not, or no longer, accepted."""

    kind = "key_refused"


class NotAllowed(OctoPrintError):
    """The application key is accepted, but its user may not do this."""

    kind = "not_allowed"


class PluginMissing(OctoPrintError):
    """OctoPrint answers, but the FailWatch plugin does not."""

    kind = "plugin_missing"


class PluginTooOld(OctoPrintError):
    """The plugin says things that this integration does not understand."""

    kind = "plugin_too_old"


class NoSuchPrint(OctoPrintError):
    """The plugin has no record of the print."""

    kind = "no_such_print"


class WrongMoment(OctoPrintError):
    """There is no print, or none in a state that allows what was asked."""

    kind = "wrong_moment"


class KeyDenied(OctoPrintError):
    """Somebody answered no to the request for an application key, or nobody answered in time."""

    kind = "key_denied"


class TooManyRequests(OctoPrintError):
    """OctoPrint wants a pause before the next request for an application key."""

    kind = "too_many_requests"
