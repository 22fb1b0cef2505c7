"""Ask a service what its user can choose from, for the pickers of both hosts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Choice:
    """A value for a setting, and what people are shown for it."""

    value: str
    title: str


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """A sentence on what answers there, and the choices for the settings that it can fill.

    The keys of `choices` are those of the settings: `model_id`, `spec`, `labels`.
    """

    says: str
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
