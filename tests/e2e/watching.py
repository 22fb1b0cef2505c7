"""A printer that Home Assistant watches by itself, set up through its own flows."""

from stack.homeassistant import HomeAssistant
from tests.patience import eventually


async def watch_camera(
    home_assistant: HomeAssistant, camera: str, *, veto: int, wanted: set[str]
) -> dict[str, str]:
    """Have the built-in detector watch the camera, and return the entities as soon as those wanted are there.

    `input_select.printer` says when it prints, `input_button.pause_printer` pauses; `veto` is in seconds.
    """
    service = await home_assistant.configure({"next_step_id": "built_in"}, {})
    assert service["type"] == "create_entry", service
    made = await home_assistant.configure(
        {"picture_entity": camera, "status_entity": "input_select.printer"},
        {"printing_states": ["printing"], "paused_states": ["paused"]},
        {
            "interval": 10,
            "rules": "failwatch",
            "actions": {
                "on_maybe": "notify",
                "on_failure": "pause",
                "pause_with": "input_button.pause_printer",
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
