"""How a program's clock and its look-up of names are broken from outside."""

from __future__ import annotations

from pathlib import Path


def variables(faults: Path, authority: Path) -> dict[str, str]:
    """Return the environment of a program that follows a file of faults, and trusts an authority."""
    return {
        "FAILWATCH_PROGRAM_FAULTS": str(faults),
        "PYTHONPATH": str(Path(__file__).parent),
        "SSL_CERT_FILE": str(authority),
        "REQUESTS_CA_BUNDLE": str(authority),
    }
