"""Setting up a detection service, repairing and changing it, as a user goes through the pages."""

from typing import Any
from unittest.mock import patch

import pytest
from homeassistant import config_entries
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.failwatch.engine.detectors import Choice, ServiceInfo
from custom_components.failwatch.engine.errors import (
    BadSetting,
    FailWatchError,
    ModelUnavailable,
    NotAuthorised,
    NotFound,
    RateLimited,
    UnknownHost,
)
from tests.homeassistant.pages import answer, choose, opened
from tests.homeassistant.printer import Told

OFFERS = "custom_components.failwatch.flows.service.query_service"


@pytest.mark.usefixtures("no_set_up")
@pytest.mark.parametrize(("language", "title"), [("en", "Built-in detector"), ("de", "Eingebauter Detektor")])
async def test_built_in_detector(hass: HomeAssistant, language: str, title: str) -> None:
    hass.config.language = language
    told = Told()
    with (
        patch("custom_components.failwatch.cameras.detector.create_detector", return_value=told),
        patch("custom_components.failwatch.cameras.detector.async_require_built_in") as require,
    ):
        require.side_effect = ModelUnavailable("no wheel")
        page = await answer(hass, await choose(hass, "built_in"), {})
        assert page["errors"] == {"base": "model_unavailable"}
        require.side_effect = None
        end = await answer(hass, page, {})
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert end["data"] == {"kind": "built_in"}
    assert end["title"] == title
    if hasattr(config_entries.FlowType, "CONFIG_SUBENTRIES_FLOW"):
        kind, flow_id = end["next_flow"]
        assert kind == "config_subentries_flow"
        assert hass.config_entries.subentries.async_get(flow_id)["step_id"] == "user"
    assert (await choose(hass, "built_in"))["reason"] == "service_already_configured"


@pytest.mark.usefixtures("no_set_up")
@pytest.mark.parametrize(
    ("error", "errors"),
    [
        (NotAuthorised("no"), {"token": "not_authorised"}),
        (UnknownHost("who?"), {"url": "unknown_host"}),
        (RateLimited("slow down"), {"base": "rate_limited"}),
        (BadSetting("odd"), {"base": "bad_setting"}),
        (RuntimeError("bug"), {"base": "unexpected"}),
        (
            BadSetting("The service's address must look like https://example.org.", key="url"),
            {"url": "bad_address"},
        ),
        (BadSetting("Deepomatic needs an API key."), {"base": "deepomatic_needs_key"}),
    ],
)
async def test_super_api(hass: HomeAssistant, error: Exception, errors: dict[str, str]) -> None:
    page = await choose(hass, "super_api")
    settings = {"url": "http://detector.example", "token": "secret"}
    with patch(OFFERS, side_effect=error):
        page = await answer(hass, page, settings)
    assert page["errors"] == errors
    assert "secret" not in str(page["description_placeholders"])
    assert page["description_placeholders"]["problem"] == "detector.example"
    with patch(OFFERS, return_value=ServiceInfo("It answers.")):
        end = await answer(hass, page, settings)
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert end["data"] == {"kind": "super_api", **settings}
    with patch(OFFERS, return_value=ServiceInfo("It answers.")):
        end = await answer(hass, await choose(hass, "super_api"), settings)
    assert end["reason"] == "service_already_configured"


@pytest.mark.usefixtures("no_set_up")
async def test_ml_api_needs_no_token(hass: HomeAssistant) -> None:
    with patch(OFFERS, return_value=ServiceInfo("It answers.")):
        end = await answer(hass, await choose(hass, "ml_api"), {"url": "http://ml.example"})
    assert end["type"] is FlowResultType.CREATE_ENTRY, end
    assert end["data"] == {"kind": "ml_api", "url": "http://ml.example"}


@pytest.mark.usefixtures("no_set_up")
async def test_a_wrong_token_can_be_taken_out_again(hass: HomeAssistant) -> None:
    page = await choose(hass, "ml_api")
    with patch(OFFERS, side_effect=NotAuthorised("no")):
        page = await answer(hass, page, {"url": "http://ml.example", "token": "wrong"})
    with patch(OFFERS, return_value=ServiceInfo("It answers.")):
        end = await answer(hass, page, {"url": "http://ml.example"})
    assert end["data"] == {"kind": "ml_api", "url": "http://ml.example"}


@pytest.mark.usefixtures("no_set_up")
async def test_a_secret_need_not_be_entered_again_for_another_mistake(hass: HomeAssistant) -> None:
    page = await choose(hass, "obico_printer")
    with patch(OFFERS, side_effect=UnknownHost("who?")):
        page = await answer(hass, page, {"url": "http://typo.example", "token": "t", "printer": "1"})
    with patch(OFFERS, return_value=ServiceInfo("It answers.")):
        end = await answer(hass, page, {"url": "http://obico.example", "printer": "1"})
    assert end["data"]["token"] == "t"


@pytest.mark.usefixtures("no_set_up")
@pytest.mark.parametrize(
    ("url", "token"), [("http://detector.example/", "t"), ("http://other.example", None), ("other", None)]
)
async def test_a_stored_secret_goes_to_its_own_address_only(
    hass: HomeAssistant, url: str, token: str | None
) -> None:
    stored = {"kind": "super_api", "url": "detector.example", "token": "t"}
    entry = MockConfigEntry(domain="failwatch", data=stored)
    entry.add_to_hass(hass)
    asked: list[Any] = []

    async def down(settings: dict[str, Any], host: Any) -> ServiceInfo:
        asked.append(settings.get("token"))
        raise UnknownHost("who?")

    context = {"source": "reconfigure", "entry_id": entry.entry_id}
    page = await hass.config_entries.flow.async_init("failwatch", context=context)
    with patch(OFFERS, side_effect=down):
        # It was with the first that the secret came to stand beside whatever address followed.
        page = await answer(hass, page, {"url": "http://detector.example"})
        page = await answer(hass, page, {"url": url})
        await answer(hass, page, {"url": url, "token": "typed"})
    assert asked == ["t", token, "typed"]


@pytest.mark.usefixtures("no_set_up")
async def test_a_wrong_choice_can_be_made_again(hass: HomeAssistant) -> None:
    async def offer(settings: dict[str, Any], host: Any) -> ServiceInfo:
        if settings.get("model_id") == "typed":
            raise NotFound("There is no such model.")
        return ServiceInfo("One model.", {"model_id": (Choice("active", "The active one"),)})

    first = {"url": "https://h.example", "client_id": "i", "client_secret": "s", "dialect": "auto"}
    with patch(OFFERS, side_effect=offer):
        page = await answer(hass, await choose(hass, "hacarus"), first)
        page = await answer(hass, page, {"model_id": "typed", "threshold": 0.2})
        assert page["errors"] == {"base": "not_found"}
        page = await opened(hass, page)
        assert page["step_id"] == "choices"
        end = await answer(hass, page, {"model_id": "active", "threshold": 0.2})
    assert {**first, "model_id": "active", "threshold": 0.2}.items() <= end["data"].items()


@pytest.mark.usefixtures("no_set_up")
async def test_what_the_service_offers_is_chosen_from(hass: HomeAssistant) -> None:
    async def offer(settings: dict[str, Any], host: Any) -> ServiceInfo:
        choices = {"spec": (Choice("7", "Prints"),)}
        if "spec" in settings:
            choices["labels"] = (Choice("spaghetti", "spaghetti"),)
        return ServiceInfo("Two models.", choices)

    with patch(OFFERS, side_effect=offer):
        page = await answer(
            hass, await choose(hass, "deepomatic"), {"url": "https://deepomatic.example", "api_key": "k"}
        )
        assert page["step_id"] == "choices"
        assert [str(key) for key in page["data_schema"].schema] == ["spec"]
        page = await answer(hass, page, {"spec": "7"})
        assert [str(key) for key in page["data_schema"].schema] == ["labels", "combine", "answer_within"]
        end = await answer(hass, page, {"labels": ["spaghetti"], "combine": "sum"})
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert end["data"]["labels"] == ["spaghetti"]


@pytest.mark.usefixtures("no_set_up")
async def test_hacarus(hass: HomeAssistant) -> None:
    offered = ServiceInfo("One model.", {"model_id": (Choice("active", "The active one"),)})
    with patch(OFFERS, return_value=offered):
        page = await answer(
            hass,
            await choose(hass, "hacarus"),
            {"url": "https://h.example", "client_id": "i", "client_secret": "s", "dialect": "auto"},
        )
        end = await answer(hass, page, {"model_id": "active", "threshold": 0.2})
    assert end["data"]["threshold"] == 0.2


def service_entry(kind: str = "super_api", **data: Any) -> MockConfigEntry:
    return MockConfigEntry(
        domain="failwatch",
        title="Service",
        data={"kind": kind, "url": "http://detector.example", "token": "old", **data},
    )


@pytest.mark.usefixtures("no_set_up")
@pytest.mark.parametrize(
    ("error", "errors"),
    [(NotAuthorised("no"), {"token": "not_authorised"}), (UnknownHost("who?"), {"base": "unknown_host"})],
)
async def test_reauthentication_of_a_service(
    hass: HomeAssistant, error: FailWatchError, errors: dict[str, str]
) -> None:
    entry = service_entry()
    entry.add_to_hass(hass)
    page = await opened(hass, await entry.start_reauth_flow(hass))
    assert page["step_id"] == "reauth_confirm"
    with patch(OFFERS, side_effect=error):
        page = await answer(hass, page, {"token": "bad"})
    assert page["errors"] == errors
    with patch(OFFERS, return_value=ServiceInfo("It answers.")):
        end = await answer(hass, page, {"token": "new"})
    assert end["reason"] == "reauth_successful"
    assert entry.data["token"] == "new"


@pytest.mark.usefixtures("no_set_up")
@pytest.mark.parametrize(("kind", "rest"), [("super_api", {}), ("obico_printer", {"printer": "1"})])
async def test_reconfigure_a_service_keeps_a_secret_that_is_left_empty(
    hass: HomeAssistant, kind: str, rest: dict[str, str]
) -> None:
    entry = service_entry(kind, **rest)
    entry.add_to_hass(hass)
    page = await opened(hass, await entry.start_reconfigure_flow(hass))
    assert page["step_id"] == kind
    shown = {str(key): key.description for key in page["data_schema"].schema}
    assert shown["url"] == {"suggested_value": "http://detector.example"}
    assert not shown["token"]
    with patch(OFFERS, return_value=ServiceInfo("It answers.")):
        end = await answer(hass, page, {"url": "http://detector.example/api", **rest})
    assert end["reason"] == "reconfigure_successful"
    assert entry.data == {"kind": kind, "url": "http://detector.example/api", "token": "old", **rest}


@pytest.mark.usefixtures("no_set_up")
async def test_reconfigure_the_built_in_detector(hass: HomeAssistant) -> None:
    """There is nothing to change in it, but to try it again is something to ask for."""
    entry = MockConfigEntry(domain="failwatch", data={"kind": "built_in"})
    entry.add_to_hass(hass)
    with (
        patch("custom_components.failwatch.cameras.detector.create_detector", return_value=Told()),
        patch("custom_components.failwatch.cameras.detector.async_require_built_in"),
    ):
        page = await opened(hass, await entry.start_reconfigure_flow(hass))
        assert (await answer(hass, page, {}))["reason"] == "reconfigure_successful"


@pytest.mark.usefixtures("no_set_up")
async def test_reconfigure_to_what_is_set_up_already(hass: HomeAssistant) -> None:
    service_entry(url="http://other.example").add_to_hass(hass)
    entry = service_entry()
    entry.add_to_hass(hass)
    page = await entry.start_reconfigure_flow(hass)
    with patch(OFFERS, return_value=ServiceInfo("It answers.")):
        end = await answer(hass, page, {"url": "http://other.example"})
    assert end["reason"] == "service_already_configured"
