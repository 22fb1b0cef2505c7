"""Explain in whole sentences why a camera gives no picture, without its address.

Where such a sentence is shown later, it is found again by what `%(what)s` may stand for: see `VARIABLE`.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl

from ..errors import LateSnapshot, SnapshotError

VARIABLE = r"[a-z]+/[a-z0-9.+-]+|\b[A-Z]\w*(?:Error|Exception|Timeout)\b|\d+(?:\.\d+)?"
"""A content type, an exception's name, or a number: one of these at most stands in a sentence."""
_NO_TLS = re.compile(r"wrong.version|record.layer|packet.length|http.request|unexpected.eof", re.IGNORECASE)
_NO_ROUTE = (
    *(errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL),
    errno.EINVAL,  # an IPv6 address of the link without its zone
)
_SELF_SIGNED, _OUT_OF_DATE, _OTHER_NAME = (18, 19, 20, 21), (9, 10), (62, 64)
"""OpenSSL's codes for what is wrong with a certificate."""


class WebPage(SnapshotError):
    """The address is that of a page for people."""


def of_status(status: int, *, with_login: bool) -> SnapshotError:
    """Return the meaning of an error status."""
    if status == 401 and with_login:
        return SnapshotError("401: the camera refuses the user name or the password.")
    if status == 401:
        return SnapshotError("401: the camera wants a log-in.")
    if status == 403:
        return SnapshotError("403: the camera does not allow this.")
    if status in (404, 410):
        return SnapshotError("%(what)s: the camera has no picture at this address.", what=status)
    if status in (429, 503):
        return SnapshotError("%(what)s: the camera is busy.", what=status)
    if status >= 500:
        return SnapshotError("%(what)s: the camera reports a fault of its own.", what=status)
    return SnapshotError("%(what)s: the camera gives no picture.", what=status)


def of_error(error: Exception, seconds: float) -> SnapshotError:
    """Return why a connection failed; `seconds` is how long it was waited for."""
    if isinstance(error, SnapshotError):
        return error
    if isinstance(error, TimeoutError):
        return no_answer(seconds)
    if isinstance(error, ssl.SSLCertVerificationError):
        return _of_certificate(error.verify_code)
    if isinstance(error, ssl.SSLError):
        if _NO_TLS.search(str(error.reason or error)):
            return SnapshotError(
                "There is no secure connection to the camera: should its address begin with http://?"
            )
        return SnapshotError("There is no secure connection to the camera: its encryption is too old.")
    if isinstance(error, socket.gaierror):
        return SnapshotError("The camera's name is not known in the network.")
    number = _number(error)
    if number == errno.ECONNREFUSED:
        return SnapshotError("The camera refuses the connection: nothing answers at this port.")
    if number in _NO_ROUTE:
        return SnapshotError("The camera cannot be reached: there is nothing at this address.")
    if number == errno.ETIMEDOUT:
        return no_answer(seconds)
    return SnapshotError("The camera broke off the connection.")


def no_http() -> SnapshotError:
    """Say that the answer is not HTTP."""
    return SnapshotError("What answers at the camera's address does not speak HTTP.")


def no_answer(seconds: float) -> SnapshotError:
    """Say that nothing came in time."""
    return LateSnapshot("The camera did not answer within %(what)s seconds.", what=f"{seconds:g}")


def not_whole(seconds: float) -> SnapshotError:
    """Say that too little came in time."""
    return LateSnapshot("The picture did not arrive whole within %(what)s seconds.", what=f"{seconds:g}")


def of_content(content_type: str, data: bytes) -> SnapshotError:
    """Say what came instead of a picture."""
    start = data[:512].lstrip().lower()
    if not data:
        return SnapshotError("The camera gives an empty picture.")
    if start.startswith((b"\xff\xd8", b"\x89png")):
        return SnapshotError("The camera's picture is damaged or cut off.")
    if content_type in ("text/html", "application/xhtml+xml") or start.startswith(
        (b"<!doctype html", b"<html")
    ):
        return WebPage("The address answers with a web page, not with a picture.")
    if re.fullmatch(rb"....ftyp(hei|hev|mif1|msf1).*", start[:64], re.DOTALL):
        return SnapshotError("The picture is a HEIF, which cannot be opened here: install pillow-heif.")
    if re.fullmatch(rb"....ftypavi.*", start[:64], re.DOTALL):
        return SnapshotError("The picture is an AVIF, which cannot be opened here: install a newer Pillow.")
    if re.fullmatch(r"[a-z]+/[a-z0-9.+-]{1,40}", content_type) and not content_type.startswith("image/"):
        return SnapshotError("The address answers with %(what)s, not with a picture.", what=content_type)
    return SnapshotError("The address answers with something that is no picture.")


def _of_certificate(code: int) -> SnapshotError:
    if code in _SELF_SIGNED:
        return SnapshotError("The certificate is not trusted: nobody that is known here has signed it.")
    if code in _OUT_OF_DATE:
        return SnapshotError("The certificate is not trusted: it is out of date, or the clock is wrong.")
    if code in _OTHER_NAME:
        return SnapshotError("The certificate is not trusted: it is for another name than the address has.")
    return SnapshotError("The certificate is not trusted.")


def _number(error: Exception) -> int | None:
    """Return the system's number of an error, also where asyncio gathered those of several addresses."""
    if isinstance(error, OSError) and error.errno:
        return error.errno
    found = re.findall(r"\[Errno (\d+)\]", str(error))
    return int(found[-1]) if found else None
