"""`failwatch serve` as a process: it starts, stops, is killed, and loses nothing."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from octoprint_failwatch.cli import main
from octoprint_failwatch.engine.statistics import TemporalStatistics, advance
from tests.core.brightness import brightness_model, grey, p_of
from tests.patience import PATIENCE, eventually_blocking
from tests.programs import Program
from tests.server.serving import PREDICT, another

pytest.importorskip("ncnn")

TOKEN = "top-secret-token"
CURL = shutil.which("curl")


@dataclass
class Process:
    """A running `failwatch serve`. `lines` is its log so far."""

    program: Program
    address: str
    said: list[str]
    lines: list[str] = field(default_factory=list)

    def predict(
        self, value: int, printer_id: str = "printer", print_id: str = "print", token: str = TOKEN
    ) -> tuple[int, Mapping[str, str], dict[str, object]]:
        """Return status, headers and body of a prediction."""
        body = b"".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
            for name, text in (("printer_id", printer_id), ("print_id", print_id))
        )
        body += b'--b\r\nContent-Disposition: form-data; name="img"; filename="a.jpg"\r\n\r\n'
        body += another(grey(value)) + b"\r\n--b--\r\n"
        headers = {"Authorization": f"Token {token}", "Content-Type": "multipart/form-data; boundary=b"}
        request = urllib.request.Request(f"{self.address}{PREDICT}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.headers, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, error.headers, json.load(error)

    def statistics(self, value: int, **options: str) -> dict[str, float]:
        """Return the statistics after a prediction."""
        status, _, body = self.predict(value, **options)
        assert status == 200, body
        return body["result"]["temporal_stats"]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code; all of the log is read then."""
        self.program.send_signal(number)
        code = self.program.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def logged(self, after: int, count: int) -> list[str]:
        """Return so many lines of the log, once they have come."""
        return eventually_blocking(lambda: self.lines[after:], lambda lines: len(lines) >= count)

    def read(self) -> None:
        """Keep what the process writes to its log."""
        self._reader = threading.Thread(target=lambda: self.lines.extend(self.program.stdout))
        self._reader.start()


@contextmanager
def served(
    data: Path, *options: str, token: str | None = TOKEN, environment: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """Run `failwatch serve` with the brightness model on a free port."""
    command = ["serve", "--port", "0", "--data", data, "--model", brightness_model(data.parent / "model")]
    program = Program(*command, *options, *(["--token", token] if token else []), environment=environment)
    try:
        first = program.stderr.readline()
        assert first.startswith("FailWatch server: http://127.0.0.1:"), first + program.stderr.read()
        process = Process(program, first.split()[2], [first])
        process.read()
        yield process
    finally:
        program.kill()
        program.wait()
        process.said.extend(program.stderr)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Run one server for all tests that leave it as it was."""
    with served(tmp_path_factory.mktemp("server") / "data") as process:
        yield process


def test_killed_in_the_middle(tmp_path: Path) -> None:
    """After kill -9 the statistics go on where the last answer left them, to the last digit."""
    expected = TemporalStatistics()
    for value in (30, 200):
        with served(tmp_path / "data") as process:
            for _ in range(3):
                _, _, body = process.predict(value)
                assert body["result"]["p"] == pytest.approx(p_of(value), abs=0.01)
                expected = advance(expected, body["result"]["p"])
            stats = body["result"]["temporal_stats"]
            assert stats == {key: pytest.approx(getattr(expected, key), abs=1e-12) for key in stats}
            assert process.stop(signal.SIGKILL) == -signal.SIGKILL


def test_killed_while_many_ask(tmp_path: Path) -> None:
    """Whatever was answered is counted, whenever the kill comes."""
    with served(tmp_path / "data") as process:
        answered: list[float] = []

        def ask() -> None:
            try:
                while True:
                    answered.append(process.statistics(99)["prediction_num_lifetime"])
            except (OSError, ValueError):
                return

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        eventually_blocking(lambda: len(answered) >= 20)
        process.stop(signal.SIGKILL)
        for thread in threads:
            thread.join()
    with served(tmp_path / "data") as process:
        count = process.statistics(99)["prediction_num_lifetime"]
        assert max(answered) < count <= max(answered) + 1 + len(threads)
        assert len(set(answered)) == len(answered)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_graceful_stop(tmp_path: Path, number: int) -> None:
    """What is under way is answered, then the process ends well."""
    with served(tmp_path / "data") as process:
        answers: list[int] = []
        threads = [threading.Thread(target=lambda: answers.append(process.predict(99)[0])) for _ in range(8)]
        for thread in threads:
            thread.start()
        eventually_blocking(lambda: answers)
        assert process.stop(number) == 0
        for thread in threads:
            thread.join()
        assert set(answers) == {200}
    assert not any("Traceback" in line for line in (*process.lines, *process.said))


def test_the_log(tmp_path: Path) -> None:
    """One object a line with what an operator needs; never a token or a picture's name."""
    with served(tmp_path / "data") as process:
        _, _, body = process.predict(200, printer_id='a "b"\n')
        address = body["result"]["tagged_img_url"]
        with urllib.request.urlopen(address) as answer:
            assert answer.headers["Content-Type"] == "image/jpeg"
        assert process.predict(200, token="another-secret")[0] == 401
        process.stop()
        predicted, fetched, refused = (json.loads(line) for line in process.lines)
    assert predicted | {"ms": 0, "time": ""} == {
        "time": "",
        "level": "info",
        "client": "127.0.0.1",
        "method": "POST",
        "path": PREDICT,
        "status": 200,
        "ms": 0,
        "token": 1,
        "printer_id": 'a "b"\n',
        "p": round(body["result"]["p"], 4),
    }
    assert (fetched["path"], fetched["status"]) == ("/tagged/{name}.jpg", 200)
    assert (refused["status"], refused["error"]) == (401, "Invalid or Inactive Token")
    everything = "".join((*process.lines, *process.said))
    assert "secret" not in everything
    assert address.rsplit("/", 1)[1].removesuffix(".jpg") not in everything
    assert TOKEN.encode() not in b"".join(file.read_bytes() for file in (tmp_path / "data").iterdir())


@pytest.mark.parametrize(
    "request_head",
    [
        b"no HTTP",
        b"GET / HTTP/1.1\r\nAuthorization: Token top-\x00secret",
        b"GET / HTTP/1.1\r\nAuthorization Token top-secret",
        b"GET / HTTP/1.1\r\nAuthorization: Token " + 9999 * b"top-secret",
        b"GET /top-secret\xc3 HTTP/1.1\r\nHost: x",
    ],
    ids=lambda head: head[:50].decode(errors="replace"),
)
def test_what_is_no_http_is_not_repeated_in_the_log(server: Process, request_head: bytes) -> None:
    """Only that it came, and that it was refused."""
    before = len(server.lines)
    with socket.create_connection(server.address.removeprefix("http://").split(":")) as client:
        client.sendall(request_head + b"\r\n\r\n")
        client.settimeout(PATIENCE)
        assert client.recv(100).split()[1] == b"400"
    server.statistics(0)
    new = server.logged(before, 2)
    assert [json.loads(line)["status"] for line in new] == [400, 200]
    assert "secret" not in "".join(new)
    assert "traceback" not in "".join(new)


def test_tokens_from_everywhere(tmp_path: Path) -> None:
    """From options, the environment and a file, as some editors write it."""
    file = tmp_path / "tokens"
    file.write_text("# ours\n\nfrom-file\n", encoding="utf-8-sig", newline="\r\n")
    with served(tmp_path / "data", "--token-file", str(file), "--token", "two") as process:
        assert [process.predict(0, token=token)[0] for token in (TOKEN, "two", "from-file")] == [200] * 3
        assert process.predict(0, token="# ours")[0] == 401
    environment = {"FAILWATCH_TOKEN": "three four", "FAILWATCH_TOKEN_FILE": str(file)}
    with served(tmp_path / "data", token=None, environment=environment) as process:
        assert [process.predict(0, token=token)[0] for token in ("three", "four", "from-file")] == [200] * 3
        assert process.predict(0)[0] == 401


def test_a_token_of_its_own(tmp_path: Path) -> None:
    """Where none is given one is made, kept for the next start, and readable by its owner alone."""
    file = tmp_path / "data" / "token"
    with served(tmp_path / "data", token=None) as process:
        token = file.read_text().strip()
        assert file.stat().st_mode & 0o777 == 0o600
        assert process.predict(0, token=token)[0] == 200
        assert process.predict(0, token="")[0] == 401
    assert process.said[1] == f"Token: the one in {file}\n"
    with served(tmp_path / "data", token=None) as process:
        assert process.statistics(0, token=token)["prediction_num"] == 2


def test_the_rate_limit(tmp_path: Path) -> None:
    """N a minute, then 429 with the time to wait."""
    with served(tmp_path / "data", "--rate-limit", "3") as process:
        assert [process.predict(0)[0] for _ in range(3)] == [200] * 3
        status, headers, body = process.predict(0)
        assert (status, body) == (429, {"error": "You are running too hot! Take it easy buddy..."})
        assert 1 <= int(headers["Retry-After"]) <= 60


@pytest.mark.parametrize("workers", ["3", "auto"])
def test_workers_share_one_port_and_keep_each_printers_count(tmp_path: Path, workers: str) -> None:
    """Frames that come together are looked at at once, and each counts once."""
    with served(tmp_path / "data", "--workers", workers) as process:
        counts: dict[str, list[float]] = {"a": [], "b": []}

        def ask(printer_id: str) -> None:
            for _ in range(5):
                counts[printer_id].append(process.statistics(99, printer_id=printer_id)["prediction_num"])

        threads = [threading.Thread(target=ask, args=(printer_id,)) for printer_id in ("a", "b") * 3]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {key: sorted(value) for key, value in counts.items()} == {
            key: list(range(1, 16)) for key in ("a", "b")
        }


@pytest.mark.skipif(CURL is None, reason="curl is the foreign client")
def test_curl(server: Process, tmp_path: Path) -> None:
    """A client that FailWatch has no part in, sending as the documentation says."""
    picture = tmp_path / "snapshot.jpg"
    picture.write_bytes(grey(240, (1920, 1080)))
    out = subprocess.run(
        [
            *(CURL, "-sS", "-w", "\n%{http_code}", "-H", f"Authorization: Token {TOKEN}"),
            *("-F", "printer_id=1", "-F", "print_id=2", "-F", f"img=@{picture}"),
            f"{server.address}{PREDICT}",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    body, status = out.rsplit("\n", 1)
    assert status == "200"
    result = json.loads(body)["result"]
    assert result["p"] == pytest.approx(p_of(240), abs=0.01)
    saved = subprocess.run([CURL, "-sSf", result["tagged_img_url"]], capture_output=True, check=True).stdout
    assert saved.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--token", "two words"], "A token is made of letters, digits and signs"),
        (["--token", ""], "A token is made of letters"),
        (["--token-file", os.devnull], "There is no token in"),
        (["--token-file", "{tmp}/latin-1"], "is no text"),
        (["--public-url", "ftp://x"], "must look like https://"),
    ],
    ids=str,
)
def test_wrong_options_are_told_in_a_line(tmp_path: Path, options: list[str], says: str) -> None:
    """Before anything is begun."""
    (tmp_path / "latin-1").write_bytes("Schlüssel".encode("latin-1"))
    given = [option.format(tmp=tmp_path) for option in options]
    done = CliRunner().invoke(main, ["serve", "--data", str(tmp_path / "data"), *given])
    assert isinstance(done.exception, SystemExit)
    assert (done.exit_code, done.stdout) == (1, "")
    assert says in done.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--model", "{tmp}"], "model.json"),
        (["--data", "{tmp}/damaged"], "cannot be used"),
        (["--data", "{tmp}/newer"], "later release of FailWatch"),
        (["--data", "{tmp}/empty/below"], "Not a directory"),
        (["--port", "{taken}"], "Cannot listen on 127.0.0.1"),
        (["--host", "256.0.0.1"], "Cannot listen on 256.0.0.1"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_mistakes_are_told_in_a_line(tmp_path: Path, options: list[str], says: str) -> None:
    """Never a traceback, always a failing exit code."""
    (tmp_path / "empty").touch()
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "printers.sqlite").mkdir()
    (tmp_path / "newer").mkdir()
    with sqlite3.connect(tmp_path / "newer" / "printers.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        filled = [
            option.format(tmp=tmp_path, taken=taken.getsockname()[1]) if "{" in option else option
            for option in options
        ]
        model = brightness_model(tmp_path / "model")
        program = Program(*("serve", "--port", 0, "--data", tmp_path / "data", "--model", model, *filled))
        said, shown = program.stderr.read(), program.stdout.read()
    assert program.wait() in (1, 2)
    assert says in said
    assert "Traceback" not in said
    assert shown == ""
