"""Certificates of a proxy: one whose authority the programs trust, and one that nobody vouches for."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme

from .proxy import Certificates


def certificates(authority_file: Path) -> Certificates:
    """Make both, and write the trusted one's authority into the file."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(authority_file))
    return Certificates(_context(authority), _context(trustme.CA()))


def _context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context
