"""Where watched printers stand, what they are called, and what can be done to their prints."""

from unittest.mock import patch

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import label_registry as lr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.failwatch.engine.detectors import ServiceInfo
from tests.homeassistant.printer import PAUSE, Printer, until, watch
from tests.homeassistant.test_service_flow import OFFERS, answer, opened


async def test_a_watched_printer_stands_below_the_printer_and_in_its_area(
    hass: HomeAssistant,
    printer: Printer,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    workshop, attic = (ar.async_get(hass).async_create(name) for name in ("Workshop", "Attic"))
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    real = device_registry.async_get_or_create(config_entry_id=other.entry_id, identifiers={("other", "1")})
    device_registry.async_update_device(real.id, area_id=workshop.id)
    status = entity_registry.async_get_or_create(
        "sensor", "other", "1", device_id=real.id, config_entry=other
    )
    hass.states.async_set(status.entity_id, "idle")
    entry = await watch(hass, status_entity=status.entity_id)
    (own,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert (own.via_device_id, own.area_id) == (real.id, workshop.id)
    device_registry.async_update_device(own.id, area_id=attic.id)
    await hass.config_entries.async_reload(entry.entry_id)
    device_registry.async_update_device(own.id, area_id=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert device_registry.async_get(own.id).area_id is None, "where the user puts it, it stays"


@pytest.mark.usefixtures("no_set_up")
@pytest.mark.parametrize(
    "spelling", ["10.0.0.2:3333", "http://10.0.0.2:3333", "http://10.0.0.2:3333/", " HTTP://10.0.0.2:3333 "]
)
@pytest.mark.parametrize("known", ["http://10.0.0.2:3333", "10.0.0.2:3333/"])
async def test_one_server_is_one_entry_however_it_is_written(
    hass: HomeAssistant, spelling: str, known: str
) -> None:
    MockConfigEntry(domain="failwatch", data={"kind": "super_api", "url": known}).add_to_hass(hass)
    with patch(OFFERS, return_value=ServiceInfo("It answers.")):
        page = await opened(hass, await begin(hass))
        end = await answer(hass, page, {"url": spelling})
    assert end["reason"] == "service_already_configured"


async def begin(hass: HomeAssistant):
    menu = await hass.config_entries.flow.async_init("failwatch", context={"source": "user"})
    return await hass.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": "super_api"})


@pytest.mark.usefixtures("no_set_up")
async def test_two_entries_have_two_names(hass: HomeAssistant) -> None:
    titles = []
    for url, token in (("10.0.0.2:3333", "a"), ("10.0.0.2:3333", "b"), ("https://app.obico.io", "c")):
        with patch(OFFERS, return_value=ServiceInfo("It answers.")):
            page = await opened(hass, await begin(hass))
            titles.append((await answer(hass, page, {"url": url, "token": token}))["title"])
    assert titles == [
        "Super Detection API (10.0.0.2:3333)",
        "Super Detection API (10.0.0.2:3333) 2",
        "Super Detection API",
    ]


async def test_a_print_is_resumed_by_an_entity(
    hass: HomeAssistant, printer: Printer, entity_registry: er.EntityRegistry
) -> None:
    entry = await watch(hass, resume_with=PAUSE)
    assert hass.states.get("button.voron_pause_print") is None
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.voron_resume_print"}, blocking=True
    )
    assert printer.pause.presses == 1
    subentry = entry.subentries["camera1"]
    data = {key: value for key, value in subentry.data.items() if key != "resume_with"}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    await hass.async_block_till_done()
    assert entity_registry.async_get("button.voron_resume_print") is None


async def test_an_area_and_a_label_mean_a_printer_whose_entities_are_hidden(
    hass: HomeAssistant,
    printer: Printer,
    area_registry: ar.AreaRegistry,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
    label_registry: lr.LabelRegistry,
) -> None:
    """Whoever has only the card on a dashboard hides the rest."""
    entry = await watch(hass)
    own = entry.runtime_data.printers["camera1"].device
    area, other = (area_registry.async_create(name).id for name in ("Workshop", "Attic"))
    label = label_registry.async_create("Printers").label_id
    device_registry.async_update_device(own.id, area_id=area, labels={label})
    for one in er.async_entries_for_device(entity_registry, own.id, include_disabled_entities=True):
        entity_registry.async_update_entity(one.entity_id, hidden_by=er.RegistryEntryHider.USER)
    await printer.says("printing")
    await until(hass, "sensor.voron_watch", "watching")
    for muted, target in ((True, {"area_id": area}), (False, {"label_id": label})):
        await hass.services.async_call("failwatch", "mute", {**target, "muted": muted}, blocking=True)
        assert entry.runtime_data.printers["camera1"].data.muted is muted
    with pytest.raises(ServiceValidationError, match="None of your watched printers"):
        await hass.services.async_call("failwatch", "mute", {"area_id": other}, blocking=True)
