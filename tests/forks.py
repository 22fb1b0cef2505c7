"""Run tests in several processes: `pytest -p tests.forks --forks 3`.

Each process of pytest-xdist imports and collects everything for itself, and tells another one of each step of a test:
together a third of the processor's time. These are copies of one process that has collected everything.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import traceback
import warnings
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing.connection import wait
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

FORK = multiprocessing.get_context("fork")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--forks", type=int, default=0, help="how many processes share the tests")
    parser.addoption("--whole-files", action="store_true", help="each file's tests run in one of them")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    config, left = session.config, range(len(session.items))
    if not config.option.forks or config.option.collectonly or session.testsfailed:
        return None
    config.pluginmanager.getplugin("terminalreporter").showfspath = False  # tests of many files come in turns
    config._tmp_path_factory.getbasetemp()
    # Each process begins to capture anew: they would share the file that it writes to.
    config.pluginmanager.getplugin("capturemanager").stop_global_capturing()
    while left:  # again only if a process died, for what it had taken beside the test that it died of
        done = set(_run(session, left))
        left = [number for number in left if number not in done]
    return True


def _run(session: pytest.Session, numbers: Sequence[int]) -> Iterator[int]:
    """Share tests between processes, report what comes of each, and yield its number."""
    tests = Queue(session.items, numbers, divides_files=not session.config.option.whole_files)
    forks = [Fork(session, tests) for _ in range(min(session.config.option.forks, len(numbers)))]
    under_way = {fork.answers: fork for fork in forks}
    try:
        while under_way:
            for answers in wait([*under_way]):
                try:
                    number, reports, warned = answers.recv()
                except EOFError:
                    fork = under_way.pop(answers)
                    fork.process.join()
                    if fork.runs.value < 0:
                        continue
                    number, reports, warned = fork.runs.value, [_death(session, fork)], []
                for warning in warned:
                    session.ihook.pytest_warning_recorded.call_historic(kwargs=warning)
                _report(session.items[number], reports)
                yield number
            if session.shouldfail or session.shouldstop:
                tests.stop()
    finally:
        for fork in forks:
            fork.process.terminate()
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)


def _report(item: pytest.Item, reports: Iterable[dict[str, Any]]) -> None:
    hook = item.config.hook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in reports:
        read = hook.pytest_report_from_serializable(config=item.config, data=report)
        hook.pytest_runtest_logreport(report=read)
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


def _death(session: pytest.Session, fork: Fork) -> dict[str, Any]:
    """Return what is reported of a test whose process did not survive it."""
    item = session.items[fork.runs.value]
    died = f"The process ended with {fork.process.exitcode} during this test."
    report = pytest.TestReport(item.nodeid, item.location, {}, "failed", died, "call")
    return session.config.hook.pytest_report_to_serializable(config=session.config, report=report)


class Queue:
    """Tests by file; all processes share what of them is taken."""

    def __init__(self, items: Sequence[pytest.Item], numbers: Iterable[int], *, divides_files: bool) -> None:
        files: dict[Any, list[int]] = {}
        for number in numbers:
            files.setdefault(items[number].path, []).append(number)
        self._files = [*files.values()]
        self._taken = FORK.Array("i", len(files))
        self._at = -1
        self._divides_files = divides_files

    def take(self) -> int | None:
        """Take one of the file that this process is at, or of one that nobody began, or help with the longest."""
        with self._taken.get_lock():
            left = [len(file) - taken for file, taken in zip(self._files, self._taken, strict=True)]
            if self._at < 0 or not left[self._at]:
                fresh = next((place for place, taken in enumerate(self._taken) if not taken), None)
                if fresh is None and not self._divides_files:
                    return None
                self._at = max(range(len(left)), key=left.__getitem__) if fresh is None else fresh
            if not left[self._at]:
                return None
            self._taken[self._at] += 1
            return self._files[self._at][-left[self._at]]

    def stop(self) -> None:
        """Let nobody take any more."""
        with self._taken.get_lock():
            self._taken[:] = [len(file) for file in self._files]


class Fork:
    """A copy of the process that has collected the tests, and runs its share of them."""

    def __init__(self, session: pytest.Session, tests: Queue) -> None:
        """Begin."""
        self.runs = FORK.RawValue("i", -1)
        self.answers, self._answers = FORK.Pipe(duplex=False)
        self._session = session
        self._tests = tests
        self._reports: list[dict[str, Any]] = []
        self._warned: list[dict[str, Any]] = []
        self.process = FORK.Process(target=self._run)
        self.process.start()
        self._answers.close()

    def _run(self) -> None:
        """Run tests until none is left, and end without what the first process does at its end."""
        ended = 1
        try:
            self._settle(self._session.config)
            following = self._tests.take()
            while following is not None:
                self.runs.value, following = following, self._tests.take()
                self._session.config.hook.pytest_runtest_protocol(
                    item=self._session.items[self.runs.value],
                    nextitem=None if following is None else self._session.items[following],
                )
                self._answers.send((self.runs.value, self._reports, self._warned))
                self._warned = []
            self.runs.value, ended = -1, 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(ended)

    def _settle(self, config: pytest.Config) -> None:
        capture = config.pluginmanager.getplugin("capturemanager")
        capture.start_global_capturing()
        capture.suspend_global_capture()
        folder = config._tmp_path_factory.getbasetemp() / f"fork-{os.getpid()}"
        folder.mkdir(mode=0o700)
        config._tmp_path_factory._basetemp = folder
        config.pluginmanager.register(self)
        self._warned = []  # whoever registers is told of all warnings so far

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run a test, and keep what comes of it for the first process."""
        self._reports = [
            item.config.hook.pytest_report_to_serializable(config=item.config, report=report)
            for report in runtestprotocol(item, log=False, nextitem=nextitem)
        ]
        return True

    @pytest.hookimpl
    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str, location: Any
    ) -> None:
        """Keep a warning, without the object that it is about."""
        one = warning_message
        copy = warnings.WarningMessage(str(one.message), one.category, one.filename, one.lineno)
        self._warned.append({"warning_message": copy, "when": when, "nodeid": nodeid, "location": location})
