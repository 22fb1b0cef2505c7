"""Going through the pages that add, repair and change entries."""

import asyncio
from typing import Any

from homeassistant import config_entries
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component

from tests.patience import PATIENCE


async def choose(hass: HomeAssistant, option: str) -> ConfigFlowResult:
    """Begin as a user does, and choose what to add."""
    result = await hass.config_entries.flow.async_init(
        "failwatch", context={"source": config_entries.SOURCE_USER}
    )
    assert result["type"] is FlowResultType.MENU
    return await hass.config_entries.flow.async_configure(result["flow_id"], {"next_step_id": option})


async def answer(
    hass: HomeAssistant, result: ConfigFlowResult, user_input: dict[str, Any]
) -> ConfigFlowResult:
    """Fill in a page, and return the next one."""
    return await hass.config_entries.flow.async_configure(result["flow_id"], user_input)


async def opened(hass: HomeAssistant, result: ConfigFlowResult) -> ConfigFlowResult:
    """Open a page later than its flow was begun, as the frontend does: it asks for it once more."""
    again = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert (again["type"], again["step_id"]) == (result["type"], result["step_id"])
    return again


async def after_progress(hass: HomeAssistant, result: ConfigFlowResult) -> ConfigFlowResult:
    """Return the page that follows the wait for OctoPrint's user."""
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    async with asyncio.timeout(PATIENCE):
        while True:
            await hass.async_block_till_done()
            result = await hass.config_entries.flow.async_configure(result["flow_id"])
            if result["type"] not in (FlowResultType.SHOW_PROGRESS, FlowResultType.SHOW_PROGRESS_DONE):
                return result
            await asyncio.sleep(0.01)


async def fix(hass_client: Any, hass: HomeAssistant, issue_id: str) -> dict[str, Any]:
    """Open the repair, submit it, and return how it ended."""
    await async_setup_component(hass, REPAIRS, {})
    client = await hass_client()
    shown = await client.post("/api/repairs/issues/fix", json={"handler": "failwatch", "issue_id": issue_id})
    flow = await shown.json()
    if flow["type"] != "form":
        return flow
    return await (await client.post(f"/api/repairs/issues/fix/{flow['flow_id']}", json={})).json()
