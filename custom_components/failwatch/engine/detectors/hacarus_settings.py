"""Connect to HACARUS by the settings, and ask what can be chosen there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..clients.hacarus import Dialect, Hacarus, HacarusCheck, HacarusSdk, connect
from ..clients.hacarus.client import ACTIVE
from ..clients.hacarus.connection import Connection
from ..clients.http import base_url
from ..errors import BadSetting
from .choices import Choice, ServiceInfo
from .context import DetectorContext


async def query_hacarus(settings: Mapping[str, Any], host: DetectorContext) -> ServiceInfo:
    """Return the trained models; raises BadSetting or DetectionError."""
    client = await connect(hacarus_connection(settings, host), hacarus_dialect(settings))
    models = [model for model in await client.models() if model.status not in ("creating", "failed")]
    choices = [Choice(ACTIVE, "Active model")]
    choices += [Choice(model.model_id, f"{model.name} ({model.algorithm_id})") for model in models]
    return ServiceInfo(
        f"HACARUS {name_of(client)} at {client.where} accepts the credentials and has"
        f" {len(models)} trained models{remark(client)}.",
        {"model_id": tuple(choices)},
    )


def hacarus_connection(settings: Mapping[str, Any], host: DetectorContext) -> Connection:
    """Return a connection by `url`, `client_id` and `client_secret`; raises BadSetting."""
    client_id, secret = str(settings.get("client_id") or ""), str(settings.get("client_secret") or "")
    if not client_id or not secret:
        raise BadSetting("HACARUS needs a client id and its secret.")
    return Connection(host.network(), base_url(settings), client_id, secret)


def hacarus_dialect(settings: Mapping[str, Any]) -> Dialect:
    """Return the setting `dialect`; raises BadSetting."""
    try:
        return Dialect(settings.get("dialect") or Dialect.AUTO)
    except ValueError:
        raise BadSetting("The dialect must be one of %(known)s.", known=", ".join(Dialect)) from None


def name_of(client: Hacarus) -> str:
    """Return what the client's dialect is called."""
    if isinstance(client, HacarusSdk):
        return "Visual Inspection SDK"
    return "CHECK v1" if isinstance(client, HacarusCheck) else "Saas web detection v1"


def remark(client: Hacarus) -> str:
    """Return what should be known of the client's dialect before pictures are sent."""
    return "" if client.deletes_items else ", but keeps every picture that it is sent"
