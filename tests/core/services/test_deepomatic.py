"""Deepomatic: every call of the client, and the detector on it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from octoprint_failwatch.engine.clients.deepomatic import (
    Crop,
    Deepomatic,
    Encoding,
    ImageInput,
    Label,
    Output,
    Spec,
    Task,
    parsing,
    recognised,
)
from octoprint_failwatch.engine.detectors import create_detector, query_service
from octoprint_failwatch.engine.detectors.deepomatic import spec_id
from octoprint_failwatch.engine.errors import (
    BadAnswer,
    BadRequest,
    BadSetting,
    DetectionError,
    NotAuthorised,
    NotFound,
    NotPermitted,
    ServerFailed,
    TimedOut,
)
from tests.core.services.asking import frame, host
from tests.emulators import deepomatic as emulated
from tests.emulators.broken import hanging_up
from tests.emulators.judging import red_spot
from tests.emulators.running import running
from tests.patience import PATIENCE

PENDING = Task("1", "pending")
KEPT = "Deepomatic took the pictures, but does not tell what came of them (task 1)"
CLASSES = Output((Label(0, "failure"), Label(1, "good")), exclusive=True, roi="NONE")


@asynccontextmanager
async def client(emulator: emulated.Deepomatic, key: str = emulated.KEY) -> AsyncIterator[Deepomatic]:
    async with running(emulator.application()) as url, aiohttp.ClientSession() as session:
        yield Deepomatic(session, url / "v0.7", key)


def with_version(emulator: emulated.Deepomatic, spec: Spec) -> int:
    """Give a specification a version, which is done outside the documented calls."""
    emulator.versions[7] = {"id": 7, "spec_id": spec.id, "network_id": 1}
    return 7


async def test_a_specification_is_created_edited_and_deleted() -> None:
    emulator = emulated.Deepomatic()
    async with client(emulator) as api:
        made = await api.create_spec("prints", [CLASSES], description="of mine", metadata={"by": "me"})
        assert (made.outputs, made.current_version_id, made.metadata) == ((CLASSES,), None, {"by": "me"})
        assert made.task_id is not None
        assert isinstance(made.id, int)
        version = with_version(emulator, made)
        edited = await api.edit_spec(made.id, name="better", current_version_id=version)
        assert (edited.name, edited.description, edited.current_version_id) == ("better", "of mine", version)
        assert await api.spec(made.id) == edited
        assert (await api.edit_spec(made.id, unbind=True)).current_version_id is None
        edited = await api.edit_spec(made.id, current_version_id=version)
        with pytest.raises(BadRequest, match="Unknown version"):
            await api.edit_spec(made.id, current_version_id=999)
        await api.delete_spec(made.id)
        with pytest.raises(NotFound, match="Not found"):
            await api.spec(made.id)


async def test_lists_are_read_page_by_page() -> None:
    async with client(emulated.Deepomatic()) as api:
        made = [(await api.create_spec(f"{n}", [CLASSES])).id for n in range(5)]
        page = await api.spec_page(offset=2, limit=2)
        assert (page.count, page.has_next, page.has_previous) == (5, True, True)
        assert [spec.id for spec in page.results] == made[2:4]
        assert [spec.id async for spec in api.specs()] == made
        assert [spec.id async for spec in api.specs(public=True)] == ["prints-v1"]
        assert (await api.spec("prints-v1")).outputs[0].roi == "BBOX"


async def test_the_next_page_is_never_asked_of_another_host() -> None:
    async def lure(request: web.Request) -> web.Response:
        results = [{"id": 1, "name": "one"}] if request.query["offset"] == "0" else []
        return web.json_response(
            {"count": 2, "next": "http://evil.invalid/", "previous": None, "results": results}
        )

    app = web.Application()
    app.router.add_get("/recognition/specs", lure)
    async with running(app) as url, aiohttp.ClientSession() as session:
        assert [spec.id async for spec in Deepomatic(session, url, "key").specs()] == [1]


@pytest.mark.parametrize("way", [*Encoding, "address"])
@pytest.mark.parametrize("crop", [None, Crop(0.1, 0.2, 0.8, 0.9)], ids=["whole", "crop"])
async def test_inference_of_every_kind_of_source(way: str, crop: Crop | None) -> None:
    async def picture(request: web.Request) -> web.Response:
        return web.Response(body=red_spot(0.8), content_type="image/jpeg")

    emulator, pictures = emulated.Deepomatic(polls=2), web.Application()
    pictures.router.add_get("/spot.jpg", picture)
    async with running(pictures) as url, client(emulator) as api:
        source = str(url / "spot.jpg") if way == "address" else red_spot(0.8)
        task = await api.infer(
            "prints-v1",
            [ImageInput(source, crop, Encoding.FILE if way == "address" else Encoding(way))],
            show_discarded=True,
        )
        ((label,),) = recognised(await api.wait(task))
    assert (label.label_name, label.discarded) == ("spaghetti", False)
    assert label.score == pytest.approx(0.8, abs=0.03)
    assert label.box is not None
    assert label.box.xmin == pytest.approx(0.25, abs=0.03)
    sent = emulator.received[0]["inputs"][0]["image"].get("bbox")
    assert sent == (None if crop is None else {"xmin": 0.1, "ymin": 0.2, "xmax": 0.8, "ymax": 0.9})


async def test_several_pictures_and_a_limit() -> None:
    emulator = emulated.Deepomatic()
    async with client(emulator) as api:
        inputs = [
            ImageInput(red_spot(0.8)),
            ImageInput(red_spot(0.3), encoding=Encoding.BASE64),
            ImageInput(red_spot(0)),
        ]
        task = await api.infer("prints-v1", inputs, show_discarded=True, max_predictions=5)
        found = recognised(await api.wait(task))
    assert [[label.discarded for label in output] for output in found] == [[False], [True], []]
    assert emulator.received[0]["max_predictions"] == "5"


async def test_tasks_are_polled_fail_and_run_out_of_time() -> None:
    emulator = emulated.Deepomatic(polls=1)
    async with client(emulator) as api:
        task = await api.infer("prints-v1", [ImageInput(red_spot(0.5))])
        assert (await api.task(task.id)).status == "pending"
        assert [one.status for one in await api.tasks([task.id])] == ["success"]
        with pytest.raises(NotFound):
            await api.task("none")
        emulator.breaks = "out of memory"
        with pytest.raises(ServerFailed, match="out of memory"):
            await api.wait(await api.infer("prints-v1", [ImageInput(red_spot(0.5))]))
        emulator.polls = 1000
        with pytest.raises(TimedOut, match="not done within"):
            await api.wait(await api.infer("prints-v1", [ImageInput(red_spot(0.5))]), timeout=0.2)


async def test_a_question_that_is_cut_short_at_the_end_is_not_told_as_the_reason() -> None:
    asked = 0

    async def task(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        if asked > 1:
            await asyncio.Event().wait()
        return web.json_response({"id": 1, "status": "pending"})

    app = web.Application()
    app.router.add_get("/v0.7/tasks/1", task)
    async with running(app) as url, aiohttp.ClientSession() as session:
        with pytest.raises(TimedOut, match="not done within"):
            await Deepomatic(session, url / "v0.7", emulated.KEY).wait(PENDING, timeout=0.3)


@pytest.mark.parametrize(
    ("error", "told"),
    [("out of memory", "out of memory"), ({"code": 7}, '{"code": 7}'), (None, ""), ({}, "")],
)
def test_why_a_task_failed_is_told_as_it_was_said(error: object, told: str) -> None:
    task = {"id": 1, "status": "error", "error": error}
    assert parsing.task(task).error == told


async def test_a_list_begins_at_its_beginning() -> None:
    async with client(emulated.Deepomatic()) as api:
        made = [(await api.create_spec(f"{n}", [CLASSES])).id for n in range(3)]
        assert [spec.id for spec in (await api.spec_page()).results] == made


async def test_a_fault_of_the_connection_is_sat_out() -> None:
    app = emulated.Deepomatic().application()
    # The first is asked for again by aiohttp itself.
    app.middlewares.append(hanging_up(3, "GET", "/v0.7/tasks/"))
    async with running(app) as url, host() as lent:
        detection = await create_detector(settings(url), lent).detect(frame(0.8))
    assert detection.p == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    ("status", "body", "error", "told"),
    [
        (401, {"detail": "Invalid API key."}, NotAuthorised, "Invalid API key."),
        (403, {"detail": "Not yours."}, NotPermitted, f"{KEPT}: Not yours."),
        (404, {"detail": "Not found."}, NotFound, f"{KEPT}: Not found."),
        (405, {}, NotFound, KEPT),
        (200, {"status": 3.5}, BadAnswer, ""),
    ],
)
async def test_what_waiting_cannot_mend_is_told_at_once(
    status: int, body: Any, error: type[DetectionError], told: str
) -> None:
    async def task(request: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    app = web.Application()
    app.router.add_get("/v0.7/tasks/1", task)
    async with running(app) as url, aiohttp.ClientSession() as session:
        with pytest.raises(error, match=re.escape(told) or None) as raised:
            await Deepomatic(session, url / "v0.7", emulated.KEY).wait(PENDING, timeout=300)
        assert raised.value.said.startswith(told)


async def test_an_answer_that_is_there_already_is_not_asked_for() -> None:
    """The document shows a task's number and its data as the answer to an inference: either will do."""
    emulator = emulated.Deepomatic(polls=0)
    asked = []

    @web.middleware
    async def at_once(request: web.Request, handler: Any) -> web.StreamResponse:
        asked.append(request.path.rsplit("/", 1)[-1])
        answer = await handler(request)
        if request.path.endswith("/inference"):
            return web.json_response(emulator.tasks[json.loads(answer.body)["task_id"]]["data"])
        return answer

    app = emulator.application()
    app.middlewares.append(at_once)
    async with running(app) as url, host() as lent:
        detection = await create_detector(settings(url), lent).detect(frame(0.8))
    assert detection.p == pytest.approx(0.8, abs=0.03)
    assert asked == ["prints-v1", "inference"]


async def test_refusals() -> None:
    async with client(emulated.Deepomatic()) as api:
        with pytest.raises(BadRequest, match="at least one picture"):
            await api.infer("prints-v1", [])
        made = await api.create_spec("prints", [CLASSES])
        with pytest.raises(BadRequest, match="no current version"):
            await api.infer(made.id, [ImageInput(red_spot(0.5))])
    async with client(emulated.Deepomatic(), key="wrong") as api:
        with pytest.raises(NotAuthorised, match="Invalid API key"):
            await api.spec("prints-v1")


@pytest.mark.parametrize(("last", "names"), [(3, ["0", "1", "2"]), (99, ["0", "1", "2", "3"])])
async def test_all_pages_of_specifications_are_read(last: int, names: list[str]) -> None:
    """Up to the last one, or to one that is empty whatever it says."""

    async def page(request: web.Request) -> web.Response:
        offset = int(request.query["offset"])
        results = [{"id": offset, "name": str(offset)}] if offset < 4 else []
        more = "http://a/" if offset + 1 < last else None
        return web.json_response({"count": 4, "next": more, "previous": None, "results": results})

    app = web.Application()
    app.router.add_get("/{path:.*}", page)
    async with running(app) as url, aiohttp.ClientSession() as session:
        api = Deepomatic(session, url / "v0.7", emulated.KEY)
        assert [spec.name async for spec in api.specs()] == names


def test_a_specification_is_read_whole_or_bare() -> None:
    bare = parsing.spec({"id": 7, "name": "prints"})
    assert bare == Spec(7, "prints", description="", update_date="", metadata={}, outputs=(), task_id=None)
    assert bare.current_version_id is None
    told = {"description": "of mine", "update_date": "2026-11-28", "metadata": {"by": "me"}, "task_id": 5}
    whole = parsing.spec(
        {"id": "public", "name": "prints", "current_version_id": "9", "outputs": None, **told}
    )
    assert whole == Spec("public", "prints", **{**told, "task_id": "5"}, current_version_id=9)


@pytest.mark.parametrize("labels", [{}, {"tagged": []}])
def test_an_output_that_tells_of_no_labels_is_no_good_print(labels: dict[str, Any]) -> None:
    assert recognised({"outputs": [{"labels": {"predicted": []}}, {"labels": {"discarded": None}}]}) == (
        (),
        (),
    )
    with pytest.raises(BadAnswer, match="no predicted labels"):
        recognised({"outputs": [{"labels": labels}]})


# The detector


def settings(url: URL, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "deepomatic",
        "url": str(url / "v0.7"),
        "api_key": emulated.KEY,
        "spec": "prints-v1",
        "labels": ["spaghetti"],
        "answer_within": PATIENCE,
        **changes,
    }


@pytest.mark.parametrize("redness", [0.8, 0.3], ids=["above the threshold", "below"])
async def test_scores_below_the_threshold_count_too(redness: float) -> None:
    async with running(emulated.Deepomatic().application()) as url, host() as lent:
        detector = create_detector(settings(url), lent)
        detection = await detector.detect(frame(redness))
    assert detection.p == pytest.approx(redness, abs=0.03)
    assert detection.boxes[0].label == "spaghetti"
    assert detection.boxes[0].x_max == pytest.approx(0.75, abs=0.03)
    assert detector.returns_boxes
    assert detection.statistics is None


async def test_nothing_located_is_no_failure() -> None:
    async with running(emulated.Deepomatic().application()) as url, host() as lent:
        detector = create_detector(settings(url), lent)
        assert (await detector.detect(frame(0))).p == 0
        assert (await detector.detect(frame(0.8))).p > 0.5


async def test_a_classification_is_the_failures_score() -> None:
    emulator = emulated.Deepomatic()
    async with client(emulator) as api:
        made = await api.create_spec("prints", [CLASSES])
        await api.edit_spec(made.id, current_version_id=with_version(emulator, made))  # type: ignore[arg-type]
    async with running(emulator.application()) as url, host() as lent:
        detector = create_detector(settings(url, spec=str(made.id), labels="failure"), lent)
        assert (await detector.detect(frame(0.7))).p == pytest.approx(0.7, abs=0.03)
        assert "classifies" in await detector.check()
        assert not detector.returns_boxes


async def test_a_label_without_a_score_is_an_error_and_never_a_zero() -> None:
    emulator = emulated.Deepomatic()
    async with client(emulator) as api:
        made = await api.create_spec("prints", [CLASSES])
        await api.edit_spec(made.id, current_version_id=with_version(emulator, made))  # type: ignore[arg-type]
    original = emulated.output
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emulated, "output", lambda spec, seen, _, limit: original(spec, seen, False, limit))
        async with running(emulator.application()) as url, host() as lent:
            detector = create_detector(settings(url, spec=made.id, labels=["failure"]), lent)
            with pytest.raises(BadAnswer, match="no score for failure"):
                await detector.detect(frame(0.1))


async def test_an_unknown_label_is_named_with_those_there_are() -> None:
    async with running(emulated.Deepomatic().application()) as url, host() as lent:
        detector = create_detector(settings(url, labels=["stringing"]), lent)
        with pytest.raises(BadSetting, match=r"no label 'stringing', but: spaghetti, hair"):
            await detector.detect(frame())


async def test_what_there_is_to_choose() -> None:
    emulator = emulated.Deepomatic()
    async with client(emulator) as api:
        made = await api.create_spec("prints", [CLASSES])
    async with running(emulator.application()) as url, host() as lent:
        found = await query_service(settings(url, spec="", labels=[]), lent)
        assert [choice.value for choice in found.choices["spec"]] == [str(made.id), "prints-v1"]
        assert "labels" not in found.choices
        found = await query_service(settings(url, labels=[]), lent)
        assert [choice.value for choice in found.choices["labels"]] == ["spaghetti", "hair"]


@pytest.mark.parametrize("missing", ["spec", "labels", "api_key"])
async def test_what_is_needed_is_said(missing: str) -> None:
    async with host() as lent:
        with pytest.raises(BadSetting):
            create_detector(settings(URL("http://host"), **{missing: ""}), lent)


async def test_a_frame_never_takes_longer_than_it_may() -> None:
    async with running(emulated.Deepomatic(polls=1000).application()) as url, host() as lent:
        with pytest.raises(TimedOut):
            await create_detector(settings(url, answer_within=0.3), lent).detect(frame())


@given(st.integers(min_value=0))
def test_identifiers_of_ones_own_are_numbers(number: int) -> None:
    assert spec_id(str(number)) == number


@given(st.text(min_size=1).filter(lambda text: not text.isdecimal()))
def test_all_other_identifiers_are_public_names(text: str) -> None:
    assert spec_id(text) == text


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["outputs", "labels", "predicted", "discarded", "roi", "bbox", "score"]),
                inner,
            )
        ),
        max_leaves=20,
    )
)
def test_whatever_a_task_answers_is_read_or_refused(data: Any) -> None:
    try:
        recognised(data)
    except DetectionError:
        return
    assert isinstance(data["outputs"], list)
