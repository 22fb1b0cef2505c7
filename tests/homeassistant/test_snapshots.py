"""What a printer looks like in Home Assistant, as a whole."""

import json
import os
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from homeassistant.components.diagnostics import REDACTED
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from custom_components.failwatch.diagnostics import async_get_config_entry_diagnostics
from custom_components.failwatch.engine.errors import Unavailable
from custom_components.failwatch.engine.judging.verdict import Level
from custom_components.failwatch.engine.statistics import TemporalStatistics, advance
from custom_components.failwatch.engine.watch.state import Event, EventKind
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import KEY, Linked, OctoPrintServer
from tests.homeassistant.printer import JOB, Printer, service_entry, until
from tests.patience import eventually

SHOWN = (
    "device_class",
    "state_class",
    "unit_of_measurement",
    "options",
    "icon",
    "min",
    "max",
    "friendly_name",
)


def check(name: str, value: Any) -> None:
    """Compare with what was kept; FAILWATCH_UPDATE_SNAPSHOTS=1 keeps what is."""
    path = Path(__file__).parent / "snapshots" / f"{name}.json"
    value = json.loads(json.dumps(value))
    if os.environ.get("FAILWATCH_UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")
    assert value == json.loads(path.read_text())


async def test_entities_and_device(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    entry = await linked()
    await octoprint.push(state=states.watching(Level.MAYBE, p=0.5))
    await until(hass, "sensor.ender_3_failure_state", "maybe")
    found = {}
    for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id):
        state = hass.states.get(entity.entity_id)
        found[entity.entity_id] = {
            "unique_id": entity.unique_id,
            "category": entity.entity_category and entity.entity_category.value,
            "disabled": entity.disabled_by is not None,
            "state": state and state.state,
            **({key: state.attributes.get(key) for key in SHOWN if key in state.attributes} if state else {}),
        }
    check("entities", dict(sorted(found.items())))
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    shown = {
        "name": device.name,
        "manufacturer": device.manufacturer,
        "model": device.model,
        "sw_version": device.sw_version,
        "identifiers": sorted(device.identifiers),
    }
    check("device", shown)


async def test_diagnostics_of_a_link(hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked) -> None:
    entry = await linked()
    await octoprint.push(
        state=states.watching(Level.FAILURE, p=0.9),
        events=[Event(EventKind.FAILURE, states.AT, "print-1", "because", Level.FAILURE)],
    )
    await until(hass, "sensor.ender_3_failure_state", "failure")
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    text = json.dumps(diagnostics)
    assert KEY not in text
    assert "127.0.0.1" not in text
    assert "benchy" not in text
    diagnostics["settings"]["url"] = "http://redacted"
    check("diagnostics", diagnostics)


async def test_diagnostics_of_a_watched_camera(hass: HomeAssistant, printer: Printer) -> None:
    entry = service_entry()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await printer.says("printing")
    await printer.looks(3)
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    assert diagnostics["settings"]["token"] == REDACTED
    (described,) = diagnostics["printers"]
    assert described["settings"]["picture_entity"] == "camera.printer"
    assert [look["p"] for look in described["recent_looks"]][:2] == [0.02, 0.02]
    assert "detector.example" not in json.dumps(diagnostics)


async def test_diagnostics_tell_no_addresses_and_no_names_of_prints(
    hass: HomeAssistant, printer: Printer
) -> None:
    entry = service_entry(job_entity=JOB)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    hass.states.async_set(JOB, "present-for-anna")
    await printer.says("printing")
    await printer.looks(1)
    printer.detector.error = Unavailable(
        "No way to detector.example:80 ('192.168.7.9', 80), fe80::1ff:fe23, https://me:secret@nas.lan:81/p"
    )
    await until(hass, "sensor.voron_watch", "blind")
    told = json.dumps(await async_get_config_entry_diagnostics(hass, entry))
    for private in ("present-for-anna", "detector.example", "192.168.7.9", "fe80", "secret", "nas.lan"):
        assert private not in told
    assert "No way to" in told
    assert '"started"' in told


async def test_diagnostics_of_a_link_that_is_down(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    entry = await linked()
    await octoprint.stop()
    await until(hass, "sensor.ender_3_p", "unavailable")
    (described,) = (await async_get_config_entry_diagnostics(hass, entry))["printers"]
    assert described["problem"]
    assert not described["connected"]
    assert "127.0.0.1" not in json.dumps(described)


LOOKS = 360
"""An hour at one every ten seconds."""


async def test_an_hour_of_printing_does_not_flood_the_recorder(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    """Every change of a state is a row; without restraint these would be more than 3000."""
    entry = await linked()
    rows: Counter[str] = Counter()
    hass.bus.async_listen("state_changed", callback(lambda event: rows.update([event.data["entity_id"]])))
    chance, statistics = random.Random(1), TemporalStatistics()
    for number in range(1, LOOKS + 1):
        p = max(0.0, chance.gauss(0.03, 0.01))
        statistics = advance(statistics, p)
        state = states.watching(p=p, number=number, at=states.AT + number * 10)
        assert state.look is not None
        verdict = replace(state.look.verdict, score=statistics.ewm_mean - 0.02)
        look = replace(state.look, statistics=statistics, verdict=verdict)
        await octoprint.push(state=replace(state, look=look))
    link = entry.runtime_data.printers[None]
    await eventually(lambda: link.data.look is not None and link.data.look.number >= LOOKS)
    assert sum(rows.values()) < 350, rows
