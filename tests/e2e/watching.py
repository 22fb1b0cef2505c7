"""A printer that Home Assistant watches by itself, set up through its own flows."""

from collections.abc import Mapping
from types import MappingProxyType

from stack.homeassistant import HomeAssistant
from tests.patience import eventually

PRINTER = """
input_select:
  printer:
    options: [idle, printing, paused]
input_button:
  pause_printer:
"""
"""Configuration of Home Assistant for such a printer: what it says, and the button that pauses it."""
BUILT_IN = "built_in", {}


async def watch_camera(
    home_assistant: HomeAssistant,
    camera: str,
    *,
    veto: int,
    wanted: set[str],
    detector: tuple[str, Mapping[str, str]] = BUILT_IN,
    rules: str = "failwatch",
    orders: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Have a detector watch the camera, and return the entities as soon as those wanted are there.

    `detector` is the kind of service and what its form is filled in with. `input_select.printer` says when it
    prints, `input_button.pause_printer` pauses; `veto` is in seconds. `orders` has what else the printer can be told by.
    """
    kind, filled_in = detector
    service = await home_assistant.configure({"next_step_id": kind}, dict(filled_in))
    assert service["type"] == "create_entry", service
    made = await home_assistant.configure(
        {"picture_entity": camera, "status_entity": "input_select.printer"},
        {"printing_states": ["printing"], "paused_states": ["paused"]},
        {
            "interval": 10,
            "rules": rules,
            "actions": {
                "on_maybe": "notify",
                "on_failure": "pause",
                "pause_with": "input_button.pause_printer",
                **orders,
                "veto": veto,
                "cancel_after": 0,
            },
        },
        handler=[service["result"]["entry_id"], "camera"],
    )
    assert made["type"] == "create_entry", made

    async def all_there() -> dict[str, str] | None:
        """Wait for the last platform: a new camera reloads the entry."""
        entities = await home_assistant.entities()
        return entities if wanted <= entities.keys() else None

    return await eventually(all_there)
