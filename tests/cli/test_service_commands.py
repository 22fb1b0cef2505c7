"""The commands check, detect --service, hacarus and deepomatic, against emulators."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from octoprint_failwatch.cli import main
from octoprint_failwatch.cli.shared.detector_options import gather, write_setting
from octoprint_failwatch.engine.errors import BadSetting
from tests.emulators import deepomatic, hacarus, hacarus_sdk
from tests.emulators.broken import answer, broken
from tests.emulators.hacarus_state import CLIENT_ID, CLIENT_SECRET, State
from tests.emulators.judging import red_spot
from tests.emulators.obico import TOKEN, Obico, PrinterRecord
from tests.emulators.threaded import served, threaded

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Begin without settings, in an empty folder with two pictures."""
    for name in ("DETECTOR", "URL", "TOKEN", "CLIENT_ID", "CLIENT_SECRET", "API_KEY"):
        monkeypatch.delenv(f"FAILWATCH_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    Path("bad.jpg").write_bytes(red_spot(0.9))
    Path("good.jpg").write_bytes(red_spot(0.0))


def run(*arguments: str, exit_code: int = 0, **environment: str) -> str:
    result = CliRunner().invoke(main, [*arguments], env={**environment, "COLUMNS": "200"})
    assert result.exit_code == exit_code, result.output
    return result.output


def found(*arguments: str, **environment: str) -> Any:
    return json.loads(run(*arguments, "--json", **environment))


# check and detect


@pytest.fixture
def obico() -> Iterator[tuple[Obico, str]]:
    emulator = Obico(printers={"7": PrinterRecord()})
    with served(emulator.application()) as url:
        yield emulator, url


def test_check_says_whether_the_token_is_good(obico: Any) -> None:
    _, url = obico
    assert "accepts the token" in run("check", "--service", "super_api", "--url", url, FAILWATCH_TOKEN=TOKEN)
    output = run("check", "--service", "super_api", "--url", url, exit_code=1, FAILWATCH_TOKEN="wrong-41")
    assert output == "Error: Invalid or Inactive Token\n"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://failwatch.invalid", "is not known in the network"),
        ("http://127.0.0.1:1", "connection refused"),
        ("nonsense://", "must look like https://example.org"),
    ],
)
def test_check_says_what_is_wrong_with_the_address(url: str, words: str) -> None:
    assert words in run("check", "--service", "super_api", "--url", url, exit_code=1)


FAULTS = {
    "wrong token": (answer("401 No", b'{"error": "No such token"}'), "No such token"),
    "wrong path": (answer("404 No", b"<html>", kind="text/html"), "is the address right?"),
    "web page": (answer("200 OK", b"<html>", kind="text/html"), "a web page, not as a detection service"),
    "server error": (answer("500 Oh"), "failed (status 500)"),
    "too hot": (answer("429 Hot", b'{"error": "Slow down"}'), "Slow down"),
    "cut short": (answer("200 OK", b"{", length="99"), "ended in the middle"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "does not speak HTTP"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_user_reads_what_went_wrong(fault: str) -> None:
    reply, words = FAULTS[fault]
    with threaded(broken(reply)) as url:
        settings = ("--service", "super_api", "--url", str(url))
        checked = run("check", *settings, exit_code=1, FAILWATCH_TOKEN=TOKEN)
        asked = run("detect", "bad.jpg", *settings, exit_code=1, FAILWATCH_TOKEN=TOKEN)
    for output in (checked, asked):
        assert words in output
        assert TOKEN not in output
        assert len(output.splitlines()) == 1


@pytest.mark.parametrize("service", ["super_api", "ml_api", "obico_printer"])
def test_detect_asks_a_service(obico: Any, service: str) -> None:
    _, url = obico
    settings = (
        "--service",
        service,
        "--url",
        url,
        *(["--set", "printer=7"] if service == "obico_printer" else []),
    )
    lines = run("detect", "bad.jpg", "good.jpg", "--json", *settings, FAILWATCH_TOKEN=TOKEN).splitlines()
    scores = {Path(answer["file"]).stem: answer["p"] for answer in map(json.loads, lines)}
    assert scores["bad"] == pytest.approx(0.9, abs=0.03)
    assert scores["good"] == 0


def test_detect_does_not_tell_where_a_picture_lies(obico: Any) -> None:
    """What a folder is called is nobody's business; each picture is still a print of its own."""
    emulator, url = obico
    run("detect", "bad.jpg", "good.jpg", "--service", "super_api", "--url", url, FAILWATCH_TOKEN=TOKEN)
    print_ids = [request["print_id"] for request in emulator.requests]
    assert len(set(print_ids)) == 2
    assert not any("jpg" in print_id for print_id in print_ids)


def test_detect_sends_the_identifiers_it_is_told(obico: Any) -> None:
    emulator, url = obico
    run(
        *(
            "detect",
            "bad.jpg",
            "--service",
            "super_api",
            "--url",
            url,
            "--printer",
            "prusa",
            "--print",
            "job",
        ),
        FAILWATCH_TOKEN=TOKEN,
    )
    assert emulator.requests == [{"printer_id": "prusa", "print_id": "job"}]


def test_settings_come_from_a_file_too(obico: Any) -> None:
    _, url = obico
    Path("obico.json").write_text(json.dumps({"kind": "super_api", "url": url, "token": TOKEN}))
    assert "accepts" in run("check", "--detector", "obico.json")
    assert "accepts" in run("check", FAILWATCH_DETECTOR="obico.json")
    assert "Inactive" in run("check", "--detector", "obico.json", exit_code=1, FAILWATCH_TOKEN="other")


def test_secrets_are_not_taken_from_the_process_list() -> None:
    output = run("check", "--service", "super_api", "--set", "token=s3cret", exit_code=1)
    assert "FAILWATCH_TOKEN" in output
    assert "s3cret" not in output


def test_no_token_is_shown_by_a_real_process(obico: Any) -> None:
    _, url = obico
    command = [sys.executable, "-m", "octoprint_failwatch", "check", "--service", "super_api", "--url", url]
    done = subprocess.run(
        command, env={"FAILWATCH_TOKEN": "s3cret-41"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "Error: Invalid or Inactive Token\n"


@pytest.mark.parametrize(
    ("kind", "pairs", "words"),
    [
        ("super_api", ["nonsense"], "KEY=VALUE"),
        ("super_api", ["labels=a"], "KEY=VALUE"),
        ("hacarus", ["threshold=low"], "must be a number"),
        ("hacarus", ["dialect=klingon"], "must be one of"),
    ],
)
def test_settings_that_cannot_be(kind: str, pairs: list[str], words: str) -> None:
    with pytest.raises(BadSetting, match=words):
        gather(kind, None, None, pairs)


@pytest.mark.parametrize("content", ["no json", "[]", '{"kind": "crystal ball"}'])
def test_files_of_settings_that_cannot_be(content: str) -> None:
    Path("odd.json").write_text(content)
    with pytest.raises(BadSetting):
        gather(None, Path("odd.json"), None, ())


def test_settings_are_read_as_what_they_are() -> None:
    settings = gather("deepomatic", None, "http://host", ["labels=a, b,", "answer_within=3"])
    assert settings["labels"] == ["a", "b"]
    assert settings["answer_within"] == 3.0
    assert settings["url"] == "http://host"


def test_a_changed_file_stays_as_private_as_it_was() -> None:
    path = Path("own.json")
    path.write_text('{"kind": "hacarus", "client_secret": "x"}')
    path.chmod(0o600)
    write_setting(path, "model_id", "m-1")
    assert json.loads(path.read_text()) == {"kind": "hacarus", "client_secret": "x", "model_id": "m-1"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# HACARUS


class Server:
    """An emulator, and the commands on it."""

    def __init__(self, url: str, state: State) -> None:
        self.state = state
        self.environment = {
            "FAILWATCH_URL": url,
            "FAILWATCH_CLIENT_ID": CLIENT_ID,
            "FAILWATCH_CLIENT_SECRET": CLIENT_SECRET,
        }

    def run(self, *arguments: str, exit_code: int = 0) -> str:
        return run("hacarus", *arguments, exit_code=exit_code, **self.environment)

    def found(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json"))


@pytest.fixture(params=["check", "saas", "sdk"])
def any_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    state = State()
    app = (
        hacarus_sdk.HacarusSdk(state).application()
        if request.param == "sdk"
        else hacarus.Hacarus(state, check=request.param == "check").application()
    )
    with served(app) as url:
        yield Server(url, state)


@pytest.fixture
def server() -> Iterator[Server]:
    state = State()
    with served(hacarus.Hacarus(state).application()) as url:
        yield Server(url, state)


@pytest.fixture
def sdk() -> Iterator[Server]:
    state = State()
    with served(hacarus_sdk.HacarusSdk(state).application()) as url:
        yield Server(url, state)


def test_check_lists_models(any_server: Server) -> None:
    output = run("check", "--service", "hacarus", **any_server.environment)
    assert "accepts the credentials" in output
    assert "Webcam (Reconstructor)" in output


def test_upload_train_use_and_judge(any_server: Server) -> None:
    good = any_server.run("upload", "--good", "good.jpg").split()
    assert good == ["good"]
    assert "threshold" in str(any_server.found("algorithms"))
    model = any_server.found(
        *("train", "--algorithm", "Reconstructor", "--name", "mine", "--set", "252=0.2", "--interval", "0.01")
    )
    assert (model["name"], model["status"]) == ("mine", "active")
    assert "mine" in any_server.run("models", "ls", "--algorithm", "Reconstructor")
    assert any_server.found("models", "show", model["model_id"])["name"] == "mine"
    Path("own.json").write_text('{"kind": "hacarus"}')
    any_server.run("--detector", "own.json", "use", model["model_id"])
    settings = gather(None, Path("own.json"), None, ())
    assert settings["model_id"] == model["model_id"]
    (bad,) = any_server.found("upload", "--predict", "bad.jpg")
    any_server.found("predict", model["model_id"], bad)
    any_server.found("items", "show", bad)
    item = any_server.found("items", "show", bad)
    assert item["assessments"][0]["result"] == "bad"
    assert [one["item_id"] for one in any_server.found("items", "ls")] == [bad]
    assert [one["item_id"] for one in any_server.found("items", "ls", "--training")] == good
    any_server.run("annotate", bad, "--box", "1,2,9,8", "--notes", "here")
    assert any_server.state.items[bad].annotations[0]["x_max"] == 9
    assert "Aborted" in any_server.run("models", "rm", model["model_id"], exit_code=1)
    any_server.run("models", "rm", model["model_id"], "--yes")
    assert len(any_server.state.models) == 1
    Path("key").write_bytes(b"licence")
    assert "licence" in any_server.run("license", "key")


@pytest.mark.parametrize(
    ("flags", "kept"),
    [
        ((), (False, None)),
        (("--predict",), (False, None)),
        (("--good",), (True, True)),
        (("--bad",), (True, False)),
    ],
)
def test_what_is_uploaded_is_to_be_judged_unless_something_else_is_said(
    server: Server, flags: tuple[str, ...], kept: tuple[bool, bool | None]
) -> None:
    """Releases of click disagree on what several flags of one option are without any of them."""
    (item,) = server.found("upload", *flags, "bad.jpg")
    assert (server.state.items[item].training, server.state.items[item].good) == kept


def test_pictures_of_one_name_are_all_uploaded(any_server: Server) -> None:
    """They lie in different folders."""
    places = []
    for folder, content in (("first", b"one"), ("second", b"two"), ("third", b"three")):
        Path(folder).mkdir()
        places.append(f"{folder}/0001.jpg")
        Path(places[-1]).write_bytes(Path("good.jpg").read_bytes() + content)
    added = any_server.found("upload", "--good", *places)
    assert len(set(added)) == 3
    kept = [any_server.state.items[item_id].picture for item_id in added]
    assert kept == [Path(place).read_bytes() for place in places]


def test_training_without_pictures_is_refused(any_server: Server) -> None:
    output = any_server.run("train", "--algorithm", "Reconstructor", "--name", "mine", exit_code=1)
    assert "upload some first" in output


def test_targets_results_and_the_server(server: Server) -> None:
    assert "Printer" in server.run("targets")
    assert server.found("target", "2", "--default")["name"] == "Bed"
    assert server.state.default_target == 2
    assert server.found("target", "1")["name"] == "Printer"
    assert "252" in server.run("algorithms", "Reconstructor")
    (model,) = server.state.models
    server.run("models", "results", model, "-o", "results.csv")
    assert Path("results.csv").read_text().startswith("model_id,")
    server.run("models", "export", model, "-o", "models.zip")
    assert server.found("models", "import", "models.zip")[0]["name"] == "Webcam"
    server.run("logs", "-o", "logs.zip")
    assert Path("logs.zip").read_bytes().startswith(b"PK")
    assert server.run("node-hash") == "node-41\n"


def test_what_only_check_can(server: Server) -> None:
    (model,) = server.state.models
    changed = server.found(
        "params", model, "--threshold", "0.4", "--ignore-outer", "(1, 1)", "--min-area", "9"
    )
    assert changed == {"threshold": 0.4, "ignore_outer": "(1, 1)", "min_detected_area": 9.0}
    callback = server.found("callback", model, "http://host/done", "--method", "get")
    assert callback == {"callback_url": "http://host/done", "callback_method": "get"}
    (item,) = server.found("upload", "bad.jpg")
    server.run("items", "rm", item, "--yes")
    assert server.state.deleted == [item]
    assert "Give something to change" in server.run("params", model, exit_code=2)


def test_what_only_the_sdks_server_can(sdk: Server) -> None:
    assert sdk.run("version") == "1.0.0.0\n"
    assert sdk.found("processes") == {"predicting": [], "training": []}


def test_what_a_dialect_cannot_is_said(server: Server, sdk: Server) -> None:
    assert "HACARUS CHECK v1 at 127.0.0.1" in server.run("version", exit_code=1)
    assert "cannot do this" in sdk.run("targets", exit_code=1)


# Deepomatic


def test_specifications_are_set_up() -> None:
    emulator = deepomatic.Deepomatic()
    with served(emulator.application()) as url:
        environment = {"FAILWATCH_URL": f"{url}/v0.7", "FAILWATCH_API_KEY": deepomatic.KEY}

        def ask(*arguments: str) -> Any:
            return found("deepomatic", *arguments, **environment)

        made = ask(
            "specs", "create", "prints", "--labels", "failure, good", "--exclusive", "--metadata", '{"a": 1}'
        )
        number = str(made["id"])
        assert made["outputs"][0]["roi"] == "NONE"
        emulator.versions[7] = {"id": 7, "spec_id": made["id"]}
        assert ask("specs", "edit", number, "--name", "better", "--version", "7")["current_version_id"] == 7
        assert ask("specs", "edit", number, "--no-version")["current_version_id"] is None
        assert ask("specs", "edit", number, "--version", "7")["current_version_id"] == 7
        assert [spec["name"] for spec in ask("specs", "ls")] == ["better"]
        assert ask("specs", "ls", "--public")[0]["id"] == "prints-v1"
        assert ask("specs", "show", "prints-v1")["outputs"][0]["roi"] == "BBOX"
        ((label,),) = ask(
            "infer", "prints-v1", "bad.jpg", "--crop", "0,0,1,1", "--max", "3", "--show-discarded"
        )
        assert label["score"] == pytest.approx(0.9, abs=0.03)
        task = next(iter(emulator.tasks))
        assert ask("task", task)["id"] == task
        assert "spaghetti" in run("deepomatic", "infer", "prints-v1", "bad.jpg", "--base64", **environment)
        binary = run("deepomatic", "infer", "prints-v1", "bad.jpg", "--encoding", "binary", **environment)
        assert "spaghetti" in binary
        settings = ("--set", f"spec={number}", "--set", "labels=failure")
        output = run("check", "--service", "deepomatic", *settings, **environment)
        assert "better" in output
        answer = run("detect", "bad.jpg", "--json", "--service", "deepomatic", *settings, **environment)
        assert json.loads(answer)["p"] == pytest.approx(0.9, abs=0.03)
        assert "Aborted" in run("deepomatic", "specs", "rm", number, exit_code=1, **environment)
        run("deepomatic", "specs", "rm", number, "--yes", **environment)
    assert emulator.specs == {}


@pytest.mark.parametrize(
    "arguments",
    [
        ["infer", "x", "bad.jpg", "--crop", "1,2"],
        ["specs", "edit", "1", "--metadata", "[]"],
        ["specs", "edit", "1", "--version", "2", "--no-version"],
    ],
)
def test_deepomatic_arguments_that_cannot_be(arguments: list[str]) -> None:
    run("deepomatic", *arguments, exit_code=2)
