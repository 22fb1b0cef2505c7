"""Check a camera's certificate against the system's or a file's, or not at all if so chosen."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import BadSetting

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Trust:
    """What to trust: the system's authorities, a file's in addition, or anything."""

    verify: bool = True
    certificate: Path | None = None

    def context(self) -> ssl.SSLContext:
        """Return the settings of a connection. Reads files; raises BadSetting."""
        if not self.verify:
            return _trusting()
        context = ssl.create_default_context()
        if self.certificate is not None:
            try:
                context.load_verify_locations(self.certificate)
            except OSError as error:  # also ssl.SSLError
                message = "%(file)s is not a certificate file (PEM)."
                raise BadSetting(message, file=self.certificate.name) from error
            # Cameras sign their own certificates, and few of them follow the standard.
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context

    def pins(self) -> frozenset[bytes]:
        """Return the certificates of the file. Reads it.

        A camera with one of these certificates needs neither a matching name nor a long key: many have none.
        """
        if self.certificate is None or not self.verify:
            return frozenset()
        text = self.certificate.read_text(errors="replace")
        return frozenset(ssl.PEM_cert_to_DER_cert(found[0]) for found in _PEM.finditer(text))

    def ffmpeg_options(self) -> Mapping[str, str]:
        """Return the same choice for FFmpeg's own connections."""
        if not self.verify:
            return {"tls_verify": "0"}
        file = self.certificate or ssl.get_default_verify_paths().cafile
        return {"tls_verify": "1"} | ({"ca_file": str(file)} if file else {})


SYSTEM = Trust()


MENDED_BY_PIN = (62, 64, 66, 67, 68)
"""OpenSSL's codes for a certificate of another name or address, with a short key, or with an old signature."""


def for_pins(context: ssl.SSLContext, trust: Trust) -> ssl.SSLContext:
    """Return the settings for one more try, whose certificate then has to be one of the pins."""
    relaxed = trust.context()
    relaxed.check_hostname = False
    relaxed.verify_mode = context.verify_mode
    relaxed.set_ciphers("DEFAULT:@SECLEVEL=0")  # many cameras' own keys have 1024 bits
    return relaxed


def _trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # Old cameras only support outdated encryption, and the user gave up security.
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context
