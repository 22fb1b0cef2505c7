"""How the clients of HACARUS read answers, and what they ask next."""

from __future__ import annotations

import asyncio

import pytest

from octoprint_failwatch.engine.clients.hacarus import (
    Dialect,
    HacarusCheck,
    HacarusSaas,
    HacarusSdk,
    connect,
    parsing,
    sdk_parsing,
)
from octoprint_failwatch.engine.clients.hacarus.connection import Connection
from octoprint_failwatch.engine.clients.hacarus.training import picture_type
from octoprint_failwatch.engine.errors import NotFound, ServerFailed, TimedOut
from tests.core.services.noted_requests import MODEL, PLACE, Service
from tests.patience import PATIENCE


async def test_an_older_sdk_takes_its_licence_elsewhere() -> None:
    service = Service([404, {}])
    async with service.running() as (session, url):
        await HacarusSdk(Connection(session, url, "me", "s")).set_license(b"key")
    parts = [("license", "license.key", "application/octet-stream", b"key")]
    assert service.asked == [("POST", "/api/auth/license", parts), ("POST", "/api/v1/license", parts)]


async def test_a_model_of_the_sdk_is_not_passed_where_the_list_cannot_be_asked_for() -> None:
    service = Service([500])
    async with service.running() as (session, url):
        with pytest.raises(ServerFailed):
            await HacarusSdk(Connection(session, url, "me", "s")).check_model("7")
        assert len(service.asked) == 1, "another token would not help"
        with pytest.raises(ServerFailed):
            await HacarusSdk(Connection(session, url, "me", "s")).set_license(b"key")
        assert len(service.asked) == 2, "nor would the other address"


async def test_a_model_that_a_server_does_not_know_is_no_model() -> None:
    service = Service([404])
    async with service.running() as (session, url):
        with pytest.raises(NotFound):
            await HacarusSaas(Connection(session, url / "behind" / "api", "me", "s")).check_model("7")
    assert service.asked == [("GET", "/behind/api/v1/models/7")]


async def test_all_pictures_of_an_item_are_marked_that_have_a_number() -> None:
    item = {"item_id": "i", "images": [{"image_id": 3}, {"url": "u"}, {"image_id": 4}]}
    service = Service([item, {"item_ids": ["i"]}])
    async with service.running() as (session, url):
        await HacarusSdk(Connection(session, url, "me", "s")).annotate_item("i", [PLACE])
    paths = [f"/api/v1/image/{image}/annotation" for image in (3, 4)]
    assert [path for _, path, *_ in service.asked[1:]] == paths


@pytest.mark.parametrize(
    ("status", "kind"), [(400, HacarusCheck), (404, HacarusSaas), (405, HacarusCheck), (422, HacarusCheck)]
)
async def test_whoever_knows_an_operation_of_check_speaks_it(status: int, kind: type) -> None:
    service = Service([status])
    async with service.running() as (session, url):
        assert type(await connect(Connection(session, url, "me", "s"))) is kind
        service.asked.clear()
        for dialect, said in ((Dialect.CHECK, HacarusCheck), (Dialect.SAAS, HacarusSaas)):
            assert type(await connect(Connection(session, url, "me", "s"), dialect)) is said
        assert service.asked == [], "what was said is not tried"
    service = Service([500])
    async with service.running() as (session, url):
        with pytest.raises(ServerFailed):
            await connect(Connection(session, url, "me", "s"))


async def test_a_training_is_not_waited_for_beyond_its_time() -> None:
    service = Service([{**MODEL, "name": "mine", "status": "creating"}])
    async with service.running() as (session, url), asyncio.timeout(PATIENCE):
        api = HacarusSaas(Connection(session, url, "me", "s"))
        with pytest.raises(TimedOut, match=r"'mine' was not trained within 1 seconds\."):
            await api.wait_for_model("7", timeout=1.0, interval=2 * PATIENCE)
        assert len(service.asked) == 1
        for told, says in (("no memory", "no memory"), (None, "no reason given")):
            service.replies = [{**MODEL, "name": "mine", "status": "failed", "status_text": told}]
            with pytest.raises(ServerFailed, match=f"Training 'mine' failed: {says}."):
                await api.wait_for_model("7", timeout=1.0)


def test_what_an_answer_of_hacarus_tells_is_read() -> None:
    told = {"name": "mine", "stats": {"accuracy": 0.9}, "precision": "0.8", "recall": 0.7, "active": True}
    model = parsing.model({**MODEL, **told, "ok_img_count": 5, "training_time": "60"})
    assert (model.accuracy, model.precision, model.recall, model.active) == (0.9, 0.8, 0.7, True)
    assert (model.ok_img_count, model.training_time) == (5, 60)
    assert parsing.model({**MODEL, "stats": [1], "active": 1}).active is None
    by_user = {"item_id": "i", "user_assessment": {"label": "NG"}}
    by_hand = {"item_id": "i", "manual_assessment": {"assessment_result": "NG", "good": True}}
    for item, result in ((parsing.item(by_user), ""), (sdk_parsing.item(by_hand), "good")):
        assert item.user_assessment is not None
        assert (item.user_assessment.label, item.user_assessment.result) == ("NG", result)
    bad = sdk_parsing.item({"item_id": "i", "computed_assessment": {"good": False}})
    assert bad.assessments[0].result == "bad"
    picture = sdk_parsing.item({"item_id": "i", "images": [{"url": "u", "raw_url": "r"}, {"url": "u"}]})
    assert [image.url for image in picture.images] == ["r", "u"]
    assert parsing.data({"data": {"a": 1}}) == {"a": 1}
    assert parsing.data({"a": 1}) == {"a": 1}
    assert parsing.data([1]) == [1]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.png", "image/png"),
        ("a.TIFF", "image/tiff"),
        ("a.b.tif", "image/tiff"),
        ("a.jpeg", "image/jpeg"),
        ("a", "image/jpeg"),
    ],
)
def test_the_media_type_goes_by_the_files_ending(name: str, kind: str) -> None:
    assert picture_type(name) == kind
