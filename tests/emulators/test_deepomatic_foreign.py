"""The Deepomatic emulator, through Deepomatic's own client from PyPI, with all of its resources."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from .deepomatic import KEY, Deepomatic
from .judging import red_spot
from .running import running

pytest.importorskip("deepomatic.api", reason="deepomatic-api is not installed")
from deepomatic.api.client import Client
from deepomatic.api.exceptions import ClientError, TaskError
from deepomatic.api.inputs import ImageInput

OUTPUTS = [
    {
        "labels": {
            "roi": "NONE",
            "exclusive": True,
            "labels": [{"id": 0, "name": "failure"}, {"id": 1, "name": "good"}],
        }
    }
]
POST_PROCESSINGS = [{"classification": {"output_tensor": "prob"}}]

Use = Callable[[Any], None]


@pytest.fixture
def using() -> Callable[[Deepomatic, Use], Awaitable[None]]:
    """Run what a user of the client does, against an emulator."""

    async def run(emulator: Deepomatic, use: Use, key: str = KEY) -> None:
        async with running(emulator.application()) as url:
            client = Client(api_key=key, host=str(url), version=0.7, http_retry=None)
            await asyncio.to_thread(use, client)

    return run


def network_of(client: Any) -> Any:
    files = {"deploy_prototxt": io.BytesIO(b"net"), "snapshot_caffemodel": io.BytesIO(b"weights")}
    return client.Network.create(
        name="net", framework="nv-caffe-0.x-mod", preprocessing={"inputs": []}, files=files
    )


def version_of(client: Any) -> tuple[Any, Any]:
    spec = client.RecognitionSpec.create(name="prints", outputs=OUTPUTS, metadata={"of": "me"})
    version = client.RecognitionVersion.create(
        spec_id=spec.pk, network_id=network_of(client).pk, post_processings=POST_PROCESSINGS
    )
    return spec, version


async def test_account(using: Any) -> None:
    def use(client: Any) -> None:
        assert client.Account.retrieve("me")["account"]["name"] == "me"

    await using(Deepomatic(), use)


async def test_a_network_lives_and_dies(using: Any) -> None:
    emulator = Deepomatic()

    def use(client: Any) -> None:
        network = network_of(client)
        network.update(name="other name")
        assert client.Network.retrieve(network.pk)["name"] == "other name"
        assert [one.pk for one in client.Network.list()] == [network.pk]
        client.Task.retrieve(network["task_id"]).wait()
        network.delete()
        with pytest.raises(ClientError):
            client.Network.retrieve(network.pk)["name"]

    await using(emulator, use)
    assert emulator.networks == {}


async def test_a_specification_lives_and_dies(using: Any) -> None:
    emulator = Deepomatic()

    def use(client: Any) -> None:
        spec, version = version_of(client)
        assert [one.pk for one in spec.versions()] == [version.pk]
        assert [one.pk for one in client.RecognitionVersion.list()] == [version.pk]
        assert spec.refresh()["current_version_id"] == version.pk
        spec.update(name="better", current_version_id=version.pk)
        assert client.RecognitionSpec.retrieve(spec.pk)["outputs"] == OUTPUTS
        spec.delete()
        with pytest.raises(ClientError):
            client.RecognitionVersion.retrieve(version.pk)["id"]

    await using(emulator, use)
    assert emulator.specs == {}


async def test_a_version_is_deleted(using: Any) -> None:
    emulator = Deepomatic()

    def use(client: Any) -> None:
        version = version_of(client)[1]
        assert emulator.versions
        version.delete()

    await using(emulator, use)
    assert emulator.versions == {}


async def test_lists_have_pages(using: Any) -> None:
    def use(client: Any) -> None:
        made = [client.RecognitionSpec.create(name=f"{n}", outputs=OUTPUTS).pk for n in range(5)]
        first = client.RecognitionSpec.list(limit=2)
        assert first.count() == 5
        assert [one.pk for one in first] == made

    await using(Deepomatic(), use)


async def test_public_specifications_hide_what_is_private(using: Any) -> None:
    def use(client: Any) -> None:
        listed = list(client.RecognitionSpec.list(public=True))
        assert [one.pk for one in listed] == ["prints-v1"]
        spec = client.RecognitionSpec.retrieve("prints-v1")
        assert spec["outputs"][0]["labels"]["roi"] == "BBOX"
        assert "current_version_id" not in spec.data()

    await using(Deepomatic(), use)


def sees_the_spot(client: Any, source: Any) -> None:
    spec = client.RecognitionSpec.retrieve("prints-v1")
    data = spec.inference(inputs=[source], show_discarded=True, max_predictions=3)
    label = data["outputs"][0]["labels"]["predicted"][0]
    assert label["label_name"] == "spaghetti"
    assert label["score"] == pytest.approx(0.8, abs=0.03)
    assert label["roi"]["bbox"]["xmin"] == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize(
    "source",
    [
        lambda picture: ImageInput(io.BytesIO(picture)),
        lambda picture: ImageInput(picture, encoding="binary"),
        lambda picture: ImageInput(base64.b64encode(picture), encoding="base64"),
    ],
    ids=["file", "binary", "base64"],
)
async def test_inference_of_what_is_sent(using: Any, source: Callable[[bytes], Any]) -> None:
    await using(Deepomatic(polls=2), lambda client: sees_the_spot(client, source(red_spot(0.8))))


async def test_inference_of_an_address_with_a_crop(using: Any) -> None:
    async def picture(request: web.Request) -> web.Response:
        return web.Response(body=red_spot(0.8), content_type="image/jpeg")

    emulator, pictures = Deepomatic(), web.Application()
    pictures.router.add_get("/spot.jpg", picture)
    crop = {"xmin": 0.1, "ymin": 0.2, "xmax": 0.8, "ymax": 0.9}
    async with running(pictures) as url:
        await using(
            emulator, lambda client: sees_the_spot(client, ImageInput(str(url / "spot.jpg"), bbox=crop))
        )
    assert emulator.received[0]["inputs"][0]["image"]["bbox"] == crop


async def test_inference_of_versions_and_own_specifications(using: Any) -> None:
    def use(client: Any) -> None:
        spec, version = version_of(client)
        for resource in (spec, version):
            inputs = [ImageInput(red_spot(0.9), encoding="binary")]
            data = resource.inference(inputs=inputs, show_discarded=True)
            labels = data["outputs"][0]["labels"]
            assert [one["label_name"] for one in labels["predicted"]] == ["failure"]
            assert [one["label_name"] for one in labels["discarded"]] == ["good"]

    await using(Deepomatic(), use)


async def test_tasks_are_waited_for_together(using: Any) -> None:
    def use(client: Any) -> None:
        spec = client.RecognitionSpec.retrieve("prints-v1")
        inputs = [ImageInput(red_spot(0.5), encoding="binary")]
        tasks = [spec.inference(inputs=inputs, return_task=True, wait_task=False) for _ in range(3)]
        pending, success, error = client.Task.batch_wait(tasks)
        assert (len(pending), len(success), len(error)) == (0, 3, 0)
        assert [one.pk for one in client.Task.list([task.pk for task in tasks])] != []

    await using(Deepomatic(), use)


async def test_a_failed_task_is_an_error(using: Any) -> None:
    def use(client: Any) -> None:
        with pytest.raises(TaskError):
            client.RecognitionSpec.retrieve("prints-v1").inference(
                inputs=[ImageInput(red_spot(0.5), encoding="binary")]
            )

    await using(Deepomatic(breaks="out of memory"), use)


async def test_bad_requests_are_refused(using: Any) -> None:
    def use(client: Any) -> None:
        spec = client.RecognitionSpec.create(name="prints", outputs=OUTPUTS)
        with pytest.raises(ClientError, match="400"):
            client.RecognitionSpec.retrieve("prints-v1").inference(inputs=[])
        with pytest.raises(ClientError, match="400"):
            spec.inference(inputs=[ImageInput(red_spot(0.5), encoding="binary")])
        with pytest.raises(ClientError, match="404"):
            client.RecognitionSpec.retrieve("none")["name"]

    await using(Deepomatic(), use)


async def test_a_wrong_key_is_refused(using: Any) -> None:
    def use(client: Any) -> None:
        with pytest.raises(ClientError, match="401"):
            client.Account.retrieve("me")["account"]

    await using(Deepomatic(), use, key="wrong")
