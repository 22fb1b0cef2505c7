"""A service's address, the statuses that it may answer with, and how long it has."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from octoprint_failwatch.engine.clients.http import REQUEST_TIMEOUT, Endpoint, base_url
from octoprint_failwatch.engine.errors import (
    BadRequest,
    BadSetting,
    Busy,
    DetectionError,
    NotAuthorised,
    NotFound,
    NotPermitted,
    RateLimited,
    ServerFailed,
    WrongAddress,
)
from octoprint_failwatch.engine.watch.settings import WatchSettings
from tests.emulators.running import running


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("http://host", "host"),
        ("http://host:80/a", "host"),
        ("https://host:443", "host"),
        ("http://host:443", "host:443"),
        ("https://host:8000", "host:8000"),
    ],
)
def test_a_service_is_named_by_its_host_and_a_port_that_is_not_the_usual_one(
    address: str, where: str
) -> None:
    endpoint = Endpoint(None, URL(address), {"Authorization": "s3cret"}, ("s3cret",))  # type: ignore[arg-type]
    assert endpoint.where == where
    assert "s3cret" not in repr(endpoint)


@pytest.mark.parametrize(
    ("status", "retry_after", "error"),
    [
        (299, None, None),
        (300, None, WrongAddress),
        (399, None, WrongAddress),
        (400, None, BadRequest),
        (401, None, NotAuthorised),
        (402, None, BadRequest),
        (403, None, NotPermitted),
        (404, None, NotFound),
        (405, None, NotFound),
        (406, None, BadRequest),
        (408, None, Busy),
        (409, None, BadRequest),
        (410, None, NotFound),
        (411, None, BadRequest),
        (424, None, BadRequest),
        (426, None, BadRequest),
        (428, None, BadRequest),
        (430, None, BadRequest),
        (425, None, Busy),
        (429, None, RateLimited),
        (429, "9", RateLimited),
        (499, None, BadRequest),
        (500, "9", ServerFailed),
        (503, None, ServerFailed),
        (503, "9", Busy),
        (599, None, ServerFailed),
    ],
)
async def test_each_status_is_told_as_what_people_can_do_about_it(
    status: int, retry_after: str | None, error: type[DetectionError] | None
) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Retry-After": retry_after} if retry_after else {})

    app = web.Application()
    app.router.add_get("/a", handle)
    async with running(app) as url, aiohttp.ClientSession() as session:
        endpoint = Endpoint(session, url)
        if error is None:
            assert (await endpoint.call("GET", "a")).status == status
            return
        with pytest.raises(DetectionError) as told:
            await endpoint.call("GET", "/a")
        assert type(told.value) is error
        waits = error in (RateLimited, Busy) and retry_after is not None
        assert told.value.retry_after == (9.0 if waits else None)
        assert (await endpoint.call("GET", "a", accept=(status,))).status == status


@pytest.mark.parametrize(
    ("settings", "default", "url"),
    [
        ({"url": "host"}, None, "http://host/"),
        ({"url": ""}, "https://default", "https://default/"),
        ({}, "https://default/v1", "https://default/v1"),
        ({"url": "https://host/a"}, "https://default", "https://host/a"),
    ],
)
def test_a_service_without_an_address_of_its_own_is_the_public_one(
    settings: dict[str, str], default: str | None, url: str
) -> None:
    assert base_url(settings, default) == URL(url)
    with pytest.raises(BadSetting, match="must look like"):
        base_url({})


def test_one_request_of_a_look_ends_before_the_look_does() -> None:
    look_timeout = WatchSettings().look_timeout
    assert look_timeout is not None
    assert look_timeout > REQUEST_TIMEOUT
