"""Home Assistant accepts every example of the docs unchanged."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from tests.homeassistant.test_automations import enable_new_triggers

PAGE = Path(__file__).parents[2] / "docs" / "home-assistant.md"
EXAMPLES = [yaml.safe_load(one) for one in re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)]


def _automation(example: Any) -> dict[str, Any]:
    """Return a whole automation with what an example leaves out."""
    parts = {"actions": example} if isinstance(example, list) else example
    return {
        "id": "example",
        "alias": "example",
        "triggers": [{"trigger": "event", "event_type": "try"}],
        "actions": [],
        **parts,
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example)[:60])
async def test_an_example_of_the_docs_works(
    hass: HomeAssistant, example: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert await async_setup_component(hass, "failwatch", {})
    await enable_new_triggers(hass)
    assert await async_setup_component(hass, "automation", {"automation": [_automation(example)]})
    await hass.async_block_till_done()
    assert hass.states.get("automation.example").state == "on", caplog.text
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    for action in _automation(example)["actions"]:
        domain, name = action["action"].split(".")
        if domain == "failwatch":
            service = hass.services.async_services_for_domain(domain)[name]
            assert service.schema is not None
            service.schema({**action.get("data", {}), **action.get("target", {})})


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4
