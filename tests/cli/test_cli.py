"""The command line's frame."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import octoprint_failwatch
from octoprint_failwatch import cli
from octoprint_failwatch.cli import COMMANDS, main
from octoprint_failwatch.engine.errors import NotAuthorised


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch):
    """Return a function that makes a command `broken` which raises an error."""

    def install(error: Exception) -> None:
        @click.command("broken")
        def command() -> None:
            raise error

        original = cli.import_module
        monkeypatch.setitem(COMMANDS, "broken", ".broken")
        monkeypatch.setattr(
            cli,
            "import_module",
            lambda name, package: (
                type("module", (), {"command": command}) if name == ".broken" else original(name, package)
            ),
        )

    return install


def test_a_full_disk_is_told_in_a_line(tmp_path: Path) -> None:
    """Whether it is met while a file is written or while the answer is."""
    table, picture = tmp_path / "p.csv", tmp_path / "p.svg"
    table.write_text("time,p\n0,0.1\n10,0.1\n")
    picture.symlink_to("/dev/full")
    result = CliRunner().invoke(main, ["replay", str(table), "--picture", str(picture)])
    assert isinstance(result.exception, SystemExit)
    assert result.stderr == "Error: No space left on device\n"
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-u", "-m", "octoprint_failwatch", "replay", str(table), "--json"]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Error: No space left on device\n")
    assert "Traceback" not in ended.stderr


def test_version() -> None:
    """The one version number."""
    result = CliRunner().invoke(main, ["--version"])
    assert result.output == f"failwatch, version {octoprint_failwatch.__version__}\n"


def test_every_command_is_there_and_explains_itself() -> None:
    """Each one loads, and has a help text."""
    listed = CliRunner().invoke(main, ["--help"]).output
    for name in COMMANDS:
        assert f"  {name} " in listed
        result = CliRunner().invoke(main, [name, "--help"])
        assert result.exit_code == 0
        assert "Usage: " in result.output


def test_an_unknown_command() -> None:
    """Is a usage error."""
    result = CliRunner().invoke(main, ["detcet"])
    assert result.exit_code == 2
    assert "No such command" in result.output


def test_an_error_is_one_line(broken) -> None:
    """What FailWatch raises on purpose, and what the operating system says of a file."""
    broken(NotAuthorised("The token is refused."))
    result = CliRunner().invoke(main, ["broken"])
    assert (result.exit_code, result.output) == (1, "Error: The token is refused.\n")


def test_a_file_that_cannot_be_used_is_one_line(broken) -> None:
    """With the file's name."""
    broken(PermissionError(13, "Permission denied", "/secret"))
    result = CliRunner().invoke(main, ["broken"])
    assert (result.exit_code, result.output) == (1, "Error: /secret: Permission denied\n")


def test_a_fault_of_the_program_is_not_hidden(broken) -> None:
    """Or nobody would mend it."""
    broken(ZeroDivisionError())
    assert isinstance(CliRunner().invoke(main, ["broken"]).exception, ZeroDivisionError)


def test_commands_load_only_what_they_need() -> None:
    """Neither a host, nor the detector's runtime, nor any other command."""
    code = (
        "import sys\n"
        "from octoprint_failwatch.cli import main\n"
        "main(['detect', '--help'], standalone_mode=False)\n"
        "heavy = {'octoprint', 'homeassistant', 'numpy', 'ncnn', 'apprise', 'octoprint_failwatch.cli.serve'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", ["serve", "simulate"])
def test_a_port_that_is_none_is_refused(name: str) -> None:
    """Before anything is begun."""
    result = CliRunner().invoke(main, [name, "--port", "99999"])
    assert result.exit_code == 2
    assert "0<=x<=65535" in result.output


def test_as_a_module(tmp_path: Path) -> None:
    """`python -m octoprint_failwatch` is the same."""
    out = subprocess.run(
        [sys.executable, "-m", "octoprint_failwatch", "--version"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert out.stdout.startswith("failwatch, version ")


@pytest.mark.parametrize("number", ["nan", "inf", "-1"])
@pytest.mark.parametrize(
    "words",
    [
        ("watch", "pictures", "--interval"),
        ("replay", "table.csv", "--every"),
        ("tune", "--limit"),
        ("history", "label", "3f2a", "--failed", "--from-minute"),
    ],
)
def test_a_number_that_cannot_be_worked_with(words: tuple[str, ...], number: str) -> None:
    """No bound keeps `nan` out by itself."""
    result = CliRunner().invoke(main, [*words, number])
    assert result.exit_code == 2
    assert f"Invalid value for '{words[-1]}'" in result.output
