"""The typed errors between a camera and a verdict."""

from __future__ import annotations

from typing import ClassVar, TypeVar

E = TypeVar("E", bound=Exception)


class FailWatchError(Exception):
    """The base of every error that FailWatch raises on purpose.

    `kind` is a stable key: hosts translate it, and it is the reason shown while a watch is blind.
    The text is for people and never contains a token.
    """

    kind: ClassVar[str] = "error"

    def __init__(self, template: str = "", **values: object) -> None:
        """Keep the text also as a template such as "No %(name)s." and its values: hosts translate that."""
        super().__init__(template % values if values else template)
        self.template = template
        self.values = values


def without_origin(error: E) -> E:
    """Return an error that is kept as a value, without its traceback and the errors before it.

    They hold every local variable on the way to it, such as a picture of 50 MB that did not end. Whoever keeps the
    error there keeps itself, and all of that, until Python looks for such circles, which an idle program seldom does.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


class BadSetting(FailWatchError):
    """A setting that cannot work; the text says which, and what would work."""

    kind = "bad_setting"


class SnapshotError(FailWatchError):
    """The camera gave no picture."""

    kind = "no_snapshot"


class LateSnapshot(SnapshotError):
    """The camera gave no whole picture in time."""


class DarkPicture(SnapshotError):
    """The picture is too dark to make anything out."""

    kind = "dark"


class FrozenPicture(SnapshotError):
    """The camera keeps giving the same picture."""

    kind = "frozen"


class DetectionError(FailWatchError):
    """The detector gave no answer to a frame."""

    kind = "detection"

    def __init__(self, message: str, *, retry_after: float | None = None, said: str = "") -> None:
        """Keep what the service itself said, if anything, and the seconds that it wants to wait."""
        super().__init__(message)
        self.retry_after = retry_after
        self.said = said


class BadPicture(DetectionError):
    """The bytes are not a picture, or it is too large to open."""

    kind = "bad_picture"


class ModelUnavailable(DetectionError):
    """The built-in detector cannot run on this machine."""

    kind = "model_unavailable"


class BadRequest(DetectionError):
    """The service did not accept what it was sent."""

    kind = "bad_request"


class NotAuthorised(DetectionError):
    """The service refused the token or the credentials."""

    kind = "not_authorised"


class NotPermitted(DetectionError):
    """The service accepts the credentials, but not for what was asked for."""

    kind = "not_permitted"


class NotFound(DetectionError):
    """The service does not know what was asked for: a model, a spec, or the address itself."""

    kind = "not_found"


class RateLimited(DetectionError):
    """Too many requests; `retry_after` says how many seconds to wait, if the service did."""

    kind = "rate_limited"


class Busy(DetectionError):
    """The service is up, but has no room for this request now."""

    kind = "busy"


class Unavailable(DetectionError):
    """The service cannot be reached, or failed; the kinds of this say more where more is known."""

    kind = "unavailable"


class UnknownHost(Unavailable):
    """No address is known for the service's name (DNS)."""

    kind = "unknown_host"


class UntrustedServer(Unavailable):
    """No secure connection: the certificate is not trusted, or TLS failed otherwise."""

    kind = "untrusted_server"


class TimedOut(Unavailable):
    """The service did not answer in time."""

    kind = "timed_out"


class ServerFailed(Unavailable):
    """The service reports a fault of its own (5xx)."""

    kind = "server_failed"


class BadAnswer(DetectionError):
    """The service's answer is invalid."""

    kind = "bad_answer"


class WrongAddress(BadAnswer):
    """Something answers at the address, but not this service: a web page, or a redirect."""

    kind = "wrong_address"


class CutShort(BadAnswer):
    """The connection ended in the middle of the answer."""

    kind = "cut_short"
