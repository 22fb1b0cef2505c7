"""Small parts on their own: regions, rows, pictures for others, the built-in detector's needs."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.requirements import RequirementsNotFound
from homeassistant.setup import async_setup_component
from hypothesis import given
from hypothesis import strategies as st

from custom_components.failwatch.cameras.detector import async_create_detector
from custom_components.failwatch.cameras.picture_urls import async_publisher
from custom_components.failwatch.cameras.settings import ignored_regions
from custom_components.failwatch.engine.detectors import Field, FieldType
from custom_components.failwatch.engine.errors import BadSetting, ModelUnavailable
from custom_components.failwatch.flows.service_forms import schema
from custom_components.failwatch.shared.deadband import Value, Written, is_near

SHARE = st.integers(0, 100)
REGION = st.lists(st.tuples(SHARE, SHARE), min_size=3, max_size=8)


@given(st.lists(REGION, max_size=4))
def test_regions_are_read_as_written(regions: list[list[tuple[int, int]]]) -> None:
    text = "\n".join(" ".join(f"{x},{y}" for x, y in region) for region in regions)
    expected = tuple(tuple((x / 100, y / 100) for x, y in region) for region in regions)
    assert ignored_regions(text) == expected


@given(st.text(max_size=40))
def test_any_text_is_regions_or_a_bad_setting(text: str) -> None:
    try:
        regions = ignored_regions(text)
    except BadSetting:
        return
    assert all(len(region) >= 3 for region in regions)
    assert all(0 <= value <= 1 for region in regions for corner in region for value in corner)


async def test_a_published_picture_is_fetched_once(hass: HomeAssistant, hass_client_no_auth) -> None:
    assert await async_setup_component(hass, "http", {})
    await hass.config.async_update(internal_url="http://homeassistant.example:8123")
    publish = async_publisher(hass)
    client = await hass_client_no_auth()
    with publish(b"picture") as published:
        path = published.url.removeprefix("http://homeassistant.example:8123")
        answer = await client.get(path)
        assert (answer.status, await answer.read()) == (200, b"picture")
        assert (await client.get(path)).status == 404
    assert (await client.get("/api/failwatch/picture/nonsense.jpg")).status == 404


async def test_a_home_assistant_that_does_not_know_its_address(hass: HomeAssistant) -> None:
    from homeassistant.helpers.network import NoURLAvailableError

    assert await async_setup_component(hass, "http", {})
    publish = async_publisher(hass)
    with (
        patch("custom_components.failwatch.cameras.picture_urls.get_url", side_effect=NoURLAvailableError),
        pytest.raises(BadSetting),
        publish(b"picture"),
    ):
        pass


@pytest.mark.parametrize(
    ("process", "load"), [(RequirementsNotFound("failwatch", ["ncnn"]), None), (None, ImportError("no"))]
)
async def test_where_the_built_in_detector_cannot_be_installed(
    hass: HomeAssistant, process: Exception | None, load: Exception | None
) -> None:
    assert await async_setup_component(hass, "http", {})
    with (
        patch("custom_components.failwatch.cameras.detector.async_process_requirements", side_effect=process),
        patch("custom_components.failwatch.cameras.detector.importlib.import_module", side_effect=load),
        pytest.raises(ModelUnavailable),
    ):
        await async_create_detector(hass, {"kind": "built_in"})


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "now", "seconds", "near"),
    [
        (0.30, 0.34, 10, True),
        (0.30, 0.36, 10, False),
        (0.30, 0.30, 301, False),
        (NOON, NOON + timedelta(seconds=0.04), 10, True),
        (NOON, NOON + timedelta(seconds=59), 10, False),
        ("watching", "watching", 59, True),
        ("watching", "watching", 61, False),
        ("watching", "blind", 1, False),
        (None, 0.3, 10, False),
    ],
)
def test_what_is_worth_a_row(before: Value, now: Value, seconds: float, near: bool) -> None:
    assert is_near(Written(before, 0.0, ()), Written(now, seconds, ()), deadband=0.05) is near


def test_what_stands_is_always_worth_a_row() -> None:
    written = Written(0.3, 0.0, ("none",))
    assert is_near(written, Written(0.3, 1.0, ("none",)), deadband=0.05)
    assert not is_near(written, Written(0.3, 1.0, ("maybe",)), deadband=0.05)


def test_a_setting_that_is_on_or_off() -> None:
    form = schema([Field("flag", FieldType.FLAG, default=True)], {})
    assert form({"flag": False}) == {"flag": False}
    assert form({}) == {"flag": True}
