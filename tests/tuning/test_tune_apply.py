"""`failwatch tune --apply` sets all that was found in the plugin after asking, and `--undo` takes that back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from click.testing import CliRunner, Result

from octoprint_failwatch.cli import main
from octoprint_failwatch.cli import tune as command
from octoprint_failwatch.engine.history import History
from octoprint_failwatch.tuning.candidates import Choice
from octoprint_failwatch.tuning.tune import Finding
from tests.emulators.threaded import served

KEY = "key-41"


BEFORE = {"rules": {"name": "failwatch", "numbers": {"failure": 0.5}}, "interval": 10.0, "regions": []}
REGION = ((0.6, 0.1), (0.8, 0.1), (0.8, 0.4))


class Plugin:
    """The plugin's API, as far as tuning goes."""

    def __init__(self) -> None:
        """Begin with a number changed."""
        self.settings: dict[str, Any] = dict(BEFORE)
        self.before: dict[str, Any] | None = None

    def application(self) -> web.Application:
        """Return it as an application."""
        app = web.Application()
        app.router.add_get("/octo/api/plugin/failwatch", self.get)
        app.router.add_post("/octo/api/plugin/failwatch", self.post)
        return app

    async def get(self, request: web.Request) -> web.Response:
        """Answer with the state."""
        self._check(request)
        rules = self.settings["rules"]
        return web.json_response({"rules": {"name": rules["name"], **rules["numbers"]}})

    async def post(self, request: web.Request) -> web.Response:
        """Take an order."""
        self._check(request)
        order = await request.json()
        assert order["command"] == "tuning"
        if order["do"] == "apply":
            self.before, self.settings = self.settings, {**self.settings, **order["settings"]}
        elif self.before is None:
            return web.json_response({"error": "There is nothing to undo."}, status=400)
        else:
            self.settings, self.before = self.before, None
        return web.json_response({"running": False, "undo": self.before is not None})

    def _check(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            raise web.HTTPForbidden


@pytest.fixture
def plugin() -> Iterator[tuple[Plugin, str]]:
    """Serve it below a path, as behind a proxy."""
    made = Plugin()
    with served(made.application()) as url:
        yield made, f"{url}/octo/"


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Have tuning find something without searching; return the history."""
    choice = Choice("failwatch", {"failure": 0.44, "maybe": 0.264}, every=30.0, ignore_regions=True)
    finding = Finding(Choice(), choice, (), (), (), (), {"": (REGION,)}, worth_it=True, at_most=3.0)
    monkeypatch.setattr(command, "tune_printer", lambda *_: finding)
    monkeypatch.setattr(command, "find_printer", lambda *_: "printer")
    history = History(tmp_path / "history.db")
    history.close()
    return history.path


def run(history: Path, *arguments: str, text: str = "", key: str = KEY) -> Result:
    """Run the command."""
    environment = {"FAILWATCH_OCTOPRINT_KEY": key}
    return CliRunner().invoke(
        main, ["tune", "--history", str(history), *arguments], input=text, env=environment
    )


def test_all_of_it_is_set_after_asking_and_undone(plugin: Any, found: Path) -> None:
    """Rules, interval and regions, then exactly what was there."""
    made, url = plugin
    assert run(found, "--apply", url, text="n\n").exit_code == 1
    assert made.settings == BEFORE
    result = run(found, "--apply", url, text="y\n")
    assert result.exit_code == 0, result.output
    assert made.settings == {
        "rules": {"name": "failwatch", "numbers": {"failure": 0.44, "maybe": 0.264}},
        "interval": 30.0,
        "regions": {"": [[list(corner) for corner in REGION]]},
    }
    assert run(found, "--undo", "--apply", url).exit_code == 0
    assert made.settings == BEFORE
    again = run(found, "--undo", "--apply", url)
    assert again.exit_code == 1
    assert "nothing to undo" in again.output


def test_the_answer_for_machines_is_not_mixed_with_questions(plugin: Any, found: Path) -> None:
    """What is found goes to the standard output, all else beside it."""
    made, url = plugin
    result = run(found, "--json", "--yes", "--apply", url)
    assert json.loads(result.stdout)["settings"] == made.settings != BEFORE
    assert "Applied." in result.stderr


@pytest.mark.parametrize(
    ("key", "place", "says"),
    [
        ("wrong", "", "refuses the API key"),
        ("", "", "API key is needed"),
        (KEY, "elsewhere/", "no FailWatch plugin"),
    ],
)
def test_what_goes_wrong_is_said(
    plugin: Any, found: Path, key: str, place: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is set; nor is anything searched for minutes before it is said."""
    monkeypatch.setattr(command, "tune_printer", lambda *_: pytest.fail("It searches."))
    made, url = plugin
    result = run(found, "--yes", "--apply", url + place, key=key)
    assert result.exit_code != 0
    assert says in result.output
    assert made.settings == BEFORE


@pytest.mark.parametrize("by_sum", [False, True])
def test_numbers_that_no_picture_reaches_are_told(
    found: Path, monkeypatch: pytest.MonkeyPatch, by_sum: bool
) -> None:
    """Those in force and those that were found; a service that adds up its boxes may reach them."""
    now, then = Choice("failwatch", {"sure": 1.0}), Choice("failwatch", {"failure": 2.0})
    finding = Finding(now, then, (), (), (), (), {}, worth_it=True, at_most=3.0, by_sum=by_sum)
    monkeypatch.setattr(command, "tune_printer", lambda *_: finding)
    result = CliRunner().invoke(main, ["tune", "--history", str(found), "--json"])
    assert json.loads(result.stdout)["settings"]["rules"]["numbers"] == {"failure": 2.0}
    told = [line.rpartition(" ")[::2] for line in result.stderr.split("\n") if ":" in line]
    wanted = [("Now", "sure."), ("Found", "failure.")]
    assert [(words.partition(":")[0], number) for words, number in told] == ([] if by_sum else wanted)


def test_nobody_answers(found: Path) -> None:
    """An address without an OctoPrint."""
    result = run(found, "--yes", "--apply", "http://127.0.0.1:1")
    assert result.exit_code == 1
    assert "cannot be reached: connection refused" in result.output
