"""Obico's self-hosted ml_api as a detector, and the single-use addresses it needs."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from octoprint_failwatch.engine.detectors import (
    DetectorContext,
    SingleUsePictures,
    create_detector,
    query_service,
)
from octoprint_failwatch.engine.detectors.single_use_pictures import LIFETIME
from octoprint_failwatch.engine.errors import (
    BadRequest,
    BadSetting,
    NotAuthorised,
    ServerFailed,
    Unavailable,
    WrongAddress,
)
from tests.core.services.asking import frame, host
from tests.emulators.broken import answer, broken
from tests.emulators.obico import TOKEN, Obico
from tests.emulators.running import running


def settings(url: Any, **changes: Any) -> dict[str, Any]:
    return {"kind": "ml_api", "url": str(url), "token": TOKEN, **changes}


async def test_p_is_the_sum_of_the_boxes_found_in_the_fetched_picture() -> None:
    async with running(Obico().application()) as url, host() as lent:
        detection = await create_detector(settings(url), lent).detect(frame(0.8))
    assert detection.p == pytest.approx(0.8, abs=0.03)
    assert detection.p == sum(box.score for box in detection.boxes)
    assert detection.boxes[0].x_min == pytest.approx(0.25, abs=0.03)
    assert detection.statistics is None


async def test_nothing_found_is_a_zero_only_if_the_picture_was_fetched() -> None:
    async with host() as lent:
        async with running(Obico().application()) as url:
            assert (await create_detector(settings(url), lent).detect(frame(0.0))).p == 0
        async with running(Obico(fetches=False).application()) as url:
            with pytest.raises(Unavailable, match="without fetching"):
                await create_detector(settings(url), lent).detect(frame(0.0))


async def test_an_unreachable_picture_is_said_in_the_services_words() -> None:
    async with running(Obico().application()) as url, aiohttp.ClientSession() as session:
        nowhere = SingleUsePictures(lambda name: f"http://127.0.0.1:1/{name}")
        detector = create_detector(settings(url), DetectorContext(session, publish=nowhere.publish))
        with pytest.raises(BadRequest, match="Failed to get the image"):
            await detector.detect(frame())


async def test_checking_tries_the_token() -> None:
    async with running(Obico().application()) as url, host() as lent:
        assert "accepts the token" in (await query_service(settings(url), lent)).says
        with pytest.raises(NotAuthorised):
            await query_service(settings(url, token="wrong"), lent)


@pytest.mark.parametrize(
    ("health", "error"), [(b"error", ServerFailed), (b"<html>", WrongAddress), (b"pong", WrongAddress)]
)
async def test_checking_asks_for_the_services_health(health: bytes, error: type[Exception]) -> None:
    async with broken(answer("200 OK", health, kind="text/plain")) as url, host() as lent:
        with pytest.raises(error):
            await query_service(settings(url), lent)


async def test_a_host_that_cannot_serve_pictures_is_told_so() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(BadSetting, match="fetches the pictures"):
            create_detector(settings("http://127.0.0.1"), DetectorContext(session))


def test_a_picture_is_given_once_and_not_after_its_time() -> None:
    now = [0.0]
    pictures = SingleUsePictures(lambda name: f"http://host/{name}", now=lambda: now[0])

    with pictures.publish(b"jpeg") as published:
        name = published.url.rpartition("/")[2]
        assert pictures.take(name) == b"jpeg"
        assert published.fetched
        assert pictures.take(name) is None

    with pictures.publish(b"late") as published:
        now[0] += LIFETIME + 1
        assert pictures.take(published.url.rpartition("/")[2]) is None
        assert not published.fetched

    with pictures.publish(b"over") as published:
        pass
    assert pictures.take(published.url.rpartition("/")[2]) is None


def test_names_cannot_be_guessed() -> None:
    pictures = SingleUsePictures(str)
    with pictures.publish(b"") as one, pictures.publish(b"") as other:
        assert one.url != other.url
        assert len(one.url) > 40
