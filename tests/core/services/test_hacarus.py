"""HACARUS: every call of the clients of all three dialects."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from octoprint_failwatch.engine.clients.hacarus import (
    Algorithm,
    AlgorithmParameter,
    Annotation,
    Assessment,
    Dialect,
    HacarusCheck,
    HacarusSaas,
    HacarusSdk,
    Item,
    ItemType,
    Model,
    NewAnnotation,
    PredictCallback,
    PredictParameters,
    Preprocessing,
    Target,
    connect,
    parsing,
    sdk_parsing,
)
from octoprint_failwatch.engine.clients.hacarus.connection import Connection
from octoprint_failwatch.engine.errors import (
    BadAnswer,
    BadRequest,
    Busy,
    DetectionError,
    NotAuthorised,
    NotFound,
    NotPermitted,
    ServerFailed,
    TimedOut,
    Unavailable,
)
from tests.emulators import hacarus, hacarus_sdk
from tests.emulators.hacarus_state import CLIENT_ID, CLIENT_SECRET, State
from tests.emulators.judging import red_spot
from tests.emulators.running import running
from tests.patience import PATIENCE

PLACE = NewAnnotation(1, 2, 9, 8, notes="here")


def server(dialect: str, state: State) -> web.Application:
    if dialect == "sdk":
        return hacarus_sdk.HacarusSdk(state).application()
    return hacarus.Hacarus(state, check=dialect == "check").application()


@asynccontextmanager
async def connected(
    dialect: str, state: State | None = None, secret: str = CLIENT_SECRET
) -> AsyncIterator[Any]:
    app = server(dialect, state or State())
    async with running(app) as url, aiohttp.ClientSession() as session:
        yield await connect(Connection(session, url, CLIENT_ID, secret))


@pytest.mark.parametrize(
    ("dialect", "kind"), [("check", HacarusCheck), ("saas", HacarusSaas), ("sdk", HacarusSdk)]
)
async def test_the_dialect_is_found_out(dialect: str, kind: type) -> None:
    async with connected(dialect) as client:
        assert type(client) is kind


@pytest.mark.parametrize("dialect", list(Dialect)[1:])
async def test_the_dialect_may_be_said(dialect: Dialect) -> None:
    async with running(server(dialect, State())) as url, aiohttp.ClientSession() as session:
        client = await connect(Connection(session, url / "api", CLIENT_ID, CLIENT_SECRET), dialect)
        assert await client.algorithms()


@pytest.mark.parametrize("dialect", ["check", "saas", "sdk"])
async def test_wrong_credentials(dialect: str) -> None:
    with pytest.raises(NotAuthorised, match="Client id and secret mismatch"):
        async with connected(dialect, secret="wrong"):
            pass


@pytest.mark.parametrize("dialect", ["check", "saas", "sdk"])
async def test_a_token_that_is_refused_is_renewed_once(dialect: str) -> None:
    state = State()
    async with connected(dialect, state) as client:
        state.tokens.clear()
        assert await client.models()
        assert state.logins == 2
        await client.login()
        assert state.logins == 3


async def test_a_client_logs_in_before_it_asks() -> None:
    app, statuses = server("saas", State()), set()

    async def note(_: web.Request, response: web.StreamResponse) -> None:
        statuses.add(response.status)

    app.on_response_prepare.append(note)
    async with running(app) as url, aiohttp.ClientSession() as session:
        assert await HacarusSaas(Connection(session, url, CLIENT_ID, CLIENT_SECRET)).algorithms()
    assert statuses == {200}


async def test_a_token_that_stays_refused_is_an_error() -> None:
    state = State()
    async with connected("check", state) as client:
        state.tokens = _Forgetful()
        with pytest.raises(NotAuthorised, match="Unauthorized"):
            await client.models()
    assert state.logins == 2


class _Forgetful(set[str]):
    def add(self, token: str) -> None:
        """Keep no token."""


@pytest.mark.parametrize("dialect", ["check", "saas"])
async def test_targets(dialect: str) -> None:
    state = State()
    async with connected(dialect, state) as client:
        assert [target.name for target in await client.targets()] == ["Printer", "Bed"]
        assert (await client.target(2)).preprocessing[0].name == "crop"
        assert (await client.set_default_target(2)).target_id == 2
        assert state.default_target == 2
        with pytest.raises(NotFound, match="No match for target_id"):
            await client.target(9)


@pytest.mark.parametrize("dialect", ["check", "saas", "sdk"])
async def test_a_model_is_trained_and_deleted(dialect: str) -> None:
    state = State(polls=3)
    async with connected(dialect, state) as client:
        pictures = {"good-1.jpg": red_spot(0), "good-2.png": red_spot(0)}
        item_ids = await client.add_items(pictures, training=True, good=True)
        assert item_ids == ("good-1", "good-2")
        algorithm = (await client.algorithms())[0]
        threshold = algorithm.parameters[0]
        assert (threshold.name, threshold.value) == ("threshold", "0.1")
        model = await client.train(
            algorithm.algorithm_id, "mine", item_ids, {threshold.algorithm_parameter_id: "0.2"}
        )
        assert model.status == "creating"
        seen: list[str] = []
        done = await client.wait_for_model(
            model.model_id, timeout=PATIENCE, interval=0.01, progress=lambda one: seen.append(one.status)
        )
        assert (done.name, done.status, seen[0], seen[-1]) == ("mine", "active", "creating", "active")
        assert len(await client.models()) == 2
        assert await client.delete_models([model.model_id]) == (model.model_id,)
        assert len(await client.models()) == 1


@pytest.mark.parametrize("dialect", ["check", "sdk"])
async def test_training_that_fails_or_takes_too_long(dialect: str) -> None:
    state = State(polls=1, training_fails=True)
    async with connected(dialect, state) as client:
        model = await client.train("Reconstructor", "mine", [])
        with pytest.raises(ServerFailed, match="Training 'mine' failed"):
            await client.wait_for_model(model.model_id, timeout=PATIENCE, interval=0.01)
        state.polls, state.training_fails = 1000, False
        model = await client.train("Reconstructor", "slow", [])
        with pytest.raises(TimedOut, match="'slow' was not trained"):
            await client.wait_for_model(model.model_id, timeout=0.05, interval=0.02)


@pytest.mark.parametrize("dialect", ["check", "sdk"])
async def test_a_training_is_waited_for_over_faults_of_the_connection(
    dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on at the server; one that is never heard of again is said to be out of reach."""
    async with connected(dialect, State(polls=2)) as client:
        model = await client.train("Reconstructor", "mine", [])
        ask, faults = client.model, [Unavailable("No connection."), ServerFailed("Status 502.")]

        async def shaky(model_id: str) -> Model:
            if faults:
                raise faults.pop()
            return await ask(model_id)

        monkeypatch.setattr(client, "model", shaky)
        done = await client.wait_for_model(model.model_id, timeout=PATIENCE, interval=0.01)
        assert done.status == "active"
        faults += [Unavailable("No connection.")] * 1000
        with pytest.raises(Unavailable, match=r"No connection\."):
            await client.wait_for_model(model.model_id, timeout=0.05, interval=0.02)


@pytest.mark.parametrize("refusal", [NotPermitted("no"), NotFound("no model"), BadAnswer("what")])
async def test_what_waiting_cannot_mend_ends_the_wait_for_a_training(
    refusal: DetectionError, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected("check", State(polls=2)) as client:
        asked = 0

        async def refuse(model_id: str) -> Model:
            nonlocal asked
            asked += 1
            raise refusal

        monkeypatch.setattr(client, "model", refuse)
        with pytest.raises(type(refusal)):
            await client.wait_for_model("1", timeout=PATIENCE, interval=0.001)
        assert asked == 1


@pytest.mark.parametrize("dialect", ["check", "saas"])
async def test_models_and_algorithms_by_name(dialect: str) -> None:
    async with connected(dialect) as client:
        (model,) = await client.models("Reconstructor")
        assert await client.models("PatternSample") == ()
        assert await client.model(model.model_id) == model
        assert (await client.algorithm("PatternSample")).version == "0.5.1"
        with pytest.raises(NotFound, match="No algorithms found"):
            await client.algorithm("none")


@pytest.mark.parametrize("dialect", ["check", "saas"])
async def test_models_are_exported_and_imported(dialect: str) -> None:
    async with connected(dialect) as client:
        (model,) = await client.models()
        archive = await client.export_models([model.model_id])
        assert zipfile.ZipFile(io.BytesIO(archive)).namelist() == [f"{model.model_id}.json"]
        (imported,) = await client.import_models(archive)
        assert (imported.name, imported.model_id == model.model_id) == (model.name, False)
        with pytest.raises(BadRequest, match="models: This is no ZIP file"):
            await client.import_models(b"no archive")


@pytest.mark.parametrize("dialect", ["check", "saas"])
async def test_a_picture_is_judged_and_the_results_read(dialect: str) -> None:
    state = State(polls=2)
    async with connected(dialect, state) as client:
        (item_id,) = await client.add_items({"a-1.jpg": red_spot(0.9)}, training=False)
        begun = await client.predict("active", [item_id])
        assert begun.item_ids == (item_id,)
        statuses = [(await client.item(item_id)).status for _ in range(3)]
        assert statuses == ["pending", "pending", "done"]
        (model,) = await client.models()
        item = await client.item(item_id, model_id=model.model_id)
        (assessment,) = item.assessments
        assert (assessment.model_id, assessment.label) == (model.model_id, "NG")
        assert assessment.annotations[0].x_min == pytest.approx(80, abs=10)
        assert (assessment.anomaly_score is not None) == (dialect == "check")
        assert (await client.item(item_id, show_assessments=False)).assessments == ()
        assert (await client.item(item_id, model_id="another")).assessments == ()
        assert (await client.item(item_id, show_annotations=False)).assessments[0].annotations == ()
        csv = (await client.results([model.model_id])).decode().splitlines()
        assert csv[1].startswith(f"{model.model_id},{item_id},")


@pytest.mark.parametrize("dialect", ["check", "saas"])
async def test_predictions_that_cannot_be(dialect: str) -> None:
    state = State()
    async with connected(dialect, state) as client:
        with pytest.raises(NotFound, match="Cannot find items"):
            await client.predict("active", ["none"])
        with pytest.raises(BadRequest, match="model_id not found"):
            await client.predict("none", [])
        state.busy = True
        with pytest.raises(Busy, match="busy processing"):
            await client.predict("active", [])


@pytest.mark.parametrize("dialect", ["check", "saas"])
async def test_items_are_listed_page_by_page(dialect: str) -> None:
    async with connected(dialect) as client:
        pictures = {f"p{n}.jpg": b"no picture" for n in range(60)}
        added = await client.add_items(pictures, training=True, good=False)
        page = await client.item_page(ItemType.TRAINING, page=2, count=25)
        assert (page.current_page, page.end_page, page.count_per_page) == (2, 3, 25)
        assert [item.item_id async for item in client.items(ItemType.TRAINING)] == list(added)
        assert [item async for item in client.items(ItemType.PREDICTION)] == []


@pytest.mark.parametrize("dialect", ["check", "saas"])
async def test_places_are_marked(dialect: str) -> None:
    async with connected(dialect) as client:
        (item_id,) = await client.add_items({"a.jpg": red_spot(1)}, training=True, good=False)
        await client.annotate_item(item_id, [PLACE])
        marked = (await client.item(item_id)).user_assessment
        assert (marked.label, marked.annotations[0].x_max, marked.annotations[0].notes) == ("NG", 9, "here")
        with pytest.raises(BadRequest, match="Cannot find items"):
            await client.annotate_item("none", [PLACE])


@pytest.mark.parametrize("dialect", ["check", "saas"])
async def test_licence_logs_and_identity(dialect: str) -> None:
    state = State()
    async with connected(dialect, state) as client:
        assert await client.set_license(b"key") == "2030-01-01"
        assert state.license == b"key"
        assert (await client.logs()).startswith(b"PK")
        assert await client.node_hash() == "node-41"


async def test_check_deletes_items() -> None:
    state = State()
    async with connected("check", state) as client:
        added = await client.add_items({"a.jpg": b"1", "b.jpg": b"2"}, training=False)
        await client.delete_items(added[:1])
        assert list(state.items) == ["b"]
        with pytest.raises(BadRequest, match="Cannot find items"):
            await client.delete_items(["none"])


async def test_check_changes_how_a_model_judges() -> None:
    async with connected("check") as client:
        (model,) = await client.models()
        now = await client.set_predict_parameters(model.model_id, PredictParameters(threshold=0.4))
        assert now == PredictParameters(0.4, "(0, 0)", 0.0)
        with pytest.raises(BadRequest, match="Cannot find models"):
            await client.set_predict_parameters("none", PredictParameters(threshold=0.4))


@pytest.mark.parametrize("method", ["post", "get"])
async def test_check_reports_predictions_to_an_address(method: str) -> None:
    reported: list[Any] = []

    async def receive(request: web.Request) -> web.Response:
        reported.append(await request.json())
        return web.Response()

    state, receiver = State(), web.Application()
    receiver.router.add_route(method, "/done", receive)
    async with running(receiver) as url, connected("check", state) as client:
        (model,) = await client.models()
        callback = PredictCallback(str(url / "done"), method)
        assert await client.set_predict_callback(model.model_id, callback) == callback
        (item_id,) = await client.add_items({"a.jpg": red_spot(1)}, training=False)
        await client.predict(model.model_id, [item_id])
        while not state.reported:
            await client.node_hash()
    assert [item["item_id"] for item in reported[0]["data"]["items"]] == [item_id]


# The oldest dialect


async def test_the_sdk_judges_a_picture() -> None:
    async with connected("sdk", State(polls=1)) as client:
        (item_id,) = await client.add_items({"IMG6760_U.jpg": red_spot(0.9)})
        assert item_id == "IMG6760_U"
        await client.predict("active", [item_id])
        assert (await client.item(item_id)).assessments[0].result == ""
        item = await client.item(item_id)
        (assessment,) = item.assessments
        assert (item.status, assessment.result, assessment.detected_objects) == ("done", "bad", 1)
        assert assessment.annotations[0].x_min == pytest.approx(80, abs=10)
        assert "/raw/" in item.images[0].url
        assert "/processed/" in assessment.images[0].url
        (model,) = await client.models()
        assert (await client.predict(model.model_id, [item_id])).item_ids == (item_id,)


@pytest.mark.parametrize(
    ("given", "judged"),
    [
        ({"detected_objects": 2, "detection_accuracy": 90, "good": False}, (2, 90)),  # as lists have it
        ({"computed_assessment": {"detected_objects": 1, "detection_accuracy": 80}}, (1, 80)),
        ({"detected_objects": 2, "computed_assessment": {"detected_objects": 1}}, (1, None)),
        ({"good": True}, None),  # nothing has judged it yet
    ],
)
def test_an_item_of_the_sdk_is_judged_by_itself_in_lists(
    given: Mapping[str, Any], judged: tuple[int, int | None] | None
) -> None:
    item = sdk_parsing.item({"item_id": "one", **given})
    found = [(one.detected_objects, one.detection_accuracy) for one in item.assessments]
    assert found == ([] if judged is None else [judged])


async def test_the_sdk_lists_marks_and_tells_of_itself() -> None:
    state = State(polls=5)
    async with connected("sdk", state) as client:
        await client.add_items({"good.jpg": b"1"}, training=True, good=True)
        (item_id,) = await client.add_items({"new.jpg": b"2"})
        items = await client.items()
        assert [item.item_id for item in items.training] == ["good"]
        assert [item.item_id for item in items.predict] == [item_id]
        assert (items.archived, items.summary["title"]) == ((), "Context #1")
        image_id = (await client.item(item_id)).images[0].image_id
        assert await client.annotate_image(image_id, [PLACE]) == (item_id,)
        assert "label" not in state.items[item_id].annotations[0]
        assert await client.version() == "1.0.0.0"
        await client.train("Reconstructor", "mine", [])
        assert (await client.processes()).training == ("Reconstructor",)
        await client.set_license(b"key")
        with pytest.raises(NotPermitted, match="Invalid license!: License already exists"):
            await client.set_license(b"key")


async def test_the_sdks_documented_errors() -> None:
    state = State()
    async with connected("sdk", state) as client:
        with pytest.raises(NotFound, match="No match for item_id!"):
            await client.item("none")
        with pytest.raises(NotFound, match="Cannot find image"):
            await client.annotate_image("10", [PLACE])
        with pytest.raises(NotFound, match="Cannot find items"):
            await client.predict("active", ["none"])
        with pytest.raises(NotFound, match="No model found"):
            await client.delete_models(["9"])
        with pytest.raises(NotFound, match="no model 9"):
            await client.model("9")
        with pytest.raises(NotPermitted, match="You do not have access to one or more item ids"):
            await client.train("Reconstructor", "mine", ["none"])
        with pytest.raises(
            BadRequest, match=r"Invalid Request: Invalid filename 2019-05-24 at 3\.27\.11 PM\.png"
        ):
            await client.add_items({"2019-05-24 at 3.27.11 PM.png": b"1"})
        with pytest.raises(BadRequest, match="No images to upload"):
            await client.add_items({})
        with pytest.raises(BadRequest, match="good or bad"):
            await client.add_items({"a.jpg": b""}, training=True)
        state.models.clear()
        with pytest.raises(BadRequest, match="There is no available model"):
            await client.predict("active", [])


async def test_what_is_not_permitted_is_said_and_neither_renews_the_token_nor_asks_twice() -> None:
    state, sent = State(), []

    @web.middleware
    async def note(request: web.Request, handler: Any) -> web.StreamResponse:
        sent.append(f"{request.method} {request.path}")
        answer: web.StreamResponse = await handler(request)
        return answer

    app = server("sdk", state)
    app.middlewares.append(note)
    async with running(app) as url, aiohttp.ClientSession() as session:
        client: Any = await connect(Connection(session, url, CLIENT_ID, CLIENT_SECRET))
        (item_id,) = await client.add_items({"theirs.jpg": b"1"}, training=True, good=True)
        state.of_others.add(item_id)
        with pytest.raises(NotPermitted, match="No permission to view item!"):
            await client.item(item_id)
        with pytest.raises(NotPermitted, match="You do not have access"):
            await client.train("Reconstructor", "mine", [item_id])
        state.of_others.clear()
        state.tokens.clear()
        assert (await client.item(item_id)).item_id == item_id
    assert state.logins == 2
    assert sent.count("POST /api/v1/train") == 1


async def test_a_model_passes_where_the_sdks_server_has_no_list_of_them() -> None:
    app = web.Application()
    app.router.add_post("/api/auth/token", hacarus_sdk.HacarusSdk().login)
    async with running(app) as url, aiohttp.ClientSession() as session:
        await (await connect(Connection(session, url, CLIENT_ID, CLIENT_SECRET))).check_model("7")
    async with connected("sdk") as client:
        (known,) = await client.models()
        await client.check_model(known.model_id)
        with pytest.raises(NotFound, match="no model 9999"):
            await client.check_model("9999")


async def test_messages_come_in_the_language_asked_for() -> None:
    async def token(request: web.Request) -> web.Response:
        title = "Kein Zugang" if request.headers.get("Accept-Language") == "ja" else "?"
        return web.json_response({"errors": {"title": title}}, status=401)

    app = web.Application()
    app.router.add_post("/api/auth/token", token)
    async with running(app) as url, aiohttp.ClientSession() as session:
        with pytest.raises(NotAuthorised, match="Kein Zugang"):
            await Connection(session, url, "me", "secret", language="ja").login()


KEYS = (
    "data item_id item_ids items images assessments annotations model_id anomaly_score status stats url"
    " width x_min computed_assessment"
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner),
    max_leaves=20,
)
READERS = (
    parsing.item,
    sdk_parsing.item,
    parsing.item_page,
    parsing.model,
    parsing.target,
    parsing.algorithm,
    parsing.prediction,
    parsing.predict_parameters,
    parsing.token,
)


@pytest.mark.parametrize("read", READERS)
@given(data=JSON)
def test_whatever_the_server_answers_is_read_or_refused(read: Any, data: Any) -> None:
    try:
        read(data)
    except DetectionError:
        return


def test_the_address_may_end_with_api_or_not() -> None:
    session: Any = None
    roots = {
        Connection(session, URL(address), "me", "secret").base
        for address in ("https://host", "https://host/", "https://host/api", "https://host/api/")
    }
    assert roots == {URL("https://host/")}


@pytest.mark.parametrize("target_id", [None, "two", [], True])
def test_a_target_without_a_number_is_refused(target_id: Any) -> None:
    assert parsing.target({"target_id": "2"}).target_id == 2
    with pytest.raises(BadAnswer, match="has no target_id"):
        parsing.target({"target_id": target_id})


@pytest.mark.parametrize(
    ("read", "bare", "expected"),
    [
        (parsing.target, {"target_id": 2}, Target(2, "")),
        (parsing.algorithm, {"algorithm_id": "a"}, Algorithm("a", "")),
        (
            parsing.algorithm,
            {"algorithm_id": "a", "parameters": [{}]},
            Algorithm("a", "", "", None, (AlgorithmParameter(""),)),
        ),
        (parsing.target, {"target_id": 2, "preprocessing": [{}]}, Target(2, "", (Preprocessing(""),))),
        (parsing.model, {"model_id": "m"}, Model("m", "", "")),
        (parsing.model, {"model_id": "m", "stats": {}}, Model("m", "", "")),
        (parsing.predict_parameters, {}, PredictParameters()),
        (parsing.annotation, {}, Annotation(None, None, None, None)),
        (parsing.item, {"item_id": "i"}, Item("i")),
        (sdk_parsing.item, {"item_id": "i"}, Item("i")),
        (parsing.item, {"item_id": "i", "assessments": [{}]}, Item("i", assessments=(Assessment(),))),
    ],
)
def test_what_an_answer_does_not_tell_is_not_there(read: Any, bare: Any, expected: Any) -> None:
    assert read(bare) == expected


def test_what_a_page_does_not_tell_of_its_place_is_0() -> None:
    bare = parsing.item_page({})
    assert (bare.items, bare.current_page, bare.end_page, bare.count_per_page) == ((), 0, 0, 0)
    told = parsing.item_page({"current_page": 2, "end_page": "3", "count_per_page": 4})
    assert (told.current_page, told.end_page, told.count_per_page) == (2, 3, 4)


def test_what_a_picture_does_not_tell_of_its_size_is_0() -> None:
    bare = parsing.image({})
    assert (bare.width, bare.height, bare.file_size, bare.image_id) == (0, 0, 0, None)
    told = parsing.image({"url": "u", "width": 4, "height": "3", "file_size": 9, "image_id": 5})
    assert (told.width, told.height, told.file_size, told.image_id) == (4, 3, 9, "5")
