"""Run the tests of one module again and again, each time with another change in it.

The tests are collected once. Every mutant is tested in a forked process: the change is grafted onto the loaded module
and the tests that run the changed line are repeated, the quickest first, until one fails.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

import pytest
from _pytest.doctest import DoctestItem
from _pytest.runner import runtestprotocol
from hypothesis import HealthCheck, settings

from tests.mutation.graft import forget_remembered_answers, graft
from tests.mutation.mutants import Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
#: Without the database and its plugin: these tests are pure.
OPTIONS = (
    "-qq", "--no-header", "--no-summary", "--tb=no", "-W", "ignore", "-p", "no:cacheprovider", "-p", "no:django",
    "--noconftest", "-c", "/dev/null", f"--rootdir={ROOT}", "-p", "tests.rules.conftest", "--doctest-modules",
)  # fmt: skip
SECONDS = 60
#: How much testing one mutant gets, measured without a change.
BUDGET_SECONDS = 6.0


class Outcome(StrEnum):
    """What the tests said of a changed module."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"


Tell = Callable[[Mutant, Outcome], None]


class Repeat:
    """A pytest plugin: instead of running the tests once it runs them for every mutant and tells what came of it."""

    def __init__(self, module: str, path: Path, tell: Tell, end: Callable[[], None]) -> None:
        self.module, self.path, self.tell, self.end = module, path, tell, end

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of the loop that runs every test."""
        seconds, lines = _told(lambda: _first_run(session.items, self.path))
        failing = [number for number, taken in seconds.items() if taken is None]
        if failing:
            raise pytest.UsageError(f"{session.items[failing[0]].nodeid} fails without any change")
        quickest = sorted(seconds, key=lambda number: seconds[number] or 0)
        for mutant in mutants(self.path.read_text(encoding="utf-8")):
            # A line that only the import runs is a constant or a default, which every test may read.
            running = lines.get(mutant.line) or set(quickest)
            wanted, left = [], BUDGET_SECONDS
            for number in quickest:
                if number in running and left > 0:
                    wanted.append(session.items[number])
                    left -= seconds[number] or 0
            self.tell(mutant, self._outcome(mutant, wanted))
        self.end()
        return True

    def _outcome(self, mutant: Mutant, items: Sequence[pytest.Item]) -> Outcome:
        child = os.fork()
        if child == 0:
            os._exit(self._test(mutant, items))
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return Outcome.TIMED_OUT
        return Outcome.KILLED if os.WEXITSTATUS(status) else Outcome.SURVIVED

    def _test(self, mutant: Mutant, items: Sequence[pytest.Item]) -> int:
        """In the child: 1 as soon as a test fails, 0 when none does. An endless loop is ended by the alarm."""
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(SECONDS)
        try:
            graft(sys.modules[self.module], mutant.tree, mutant.line)
            for item in items:
                if isinstance(item, DoctestItem) and item.dtest.globs.get("__name__") == self.module:
                    item.dtest.globs.update(vars(sys.modules[self.module]))
            return int(any(_fails(item) for item in items))
        except BaseException:
            return 1


def _fails(item: pytest.Item) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


_FirstRun = tuple[dict[int, float | None], dict[int, set[int]]]


def _first_run(items: Sequence[pytest.Item], path: Path) -> _FirstRun:
    """Seconds per test (None = it fails), and which tests run each line of the file after its import."""
    import coverage

    measured = coverage.Coverage(data_file=None, config_file=False, branch=False, include=[str(path)])
    seconds: dict[int, float | None] = {}
    with measured.collect():
        for number, item in enumerate(items):
            measured.switch_context(str(number))
            forget_remembered_answers()  # a test that finds an answer in a cache runs the rule all the same
            start = time.process_time()
            seconds[number] = None if _fails(item) else time.process_time() - start
    lines: dict[int, set[int]] = defaultdict(set)
    for line, contexts in measured.get_data().contexts_by_lineno(str(path)).items():
        lines[line] = {int(context) for context in contexts if context}
    return seconds, dict(lines)


def _told(compute: Callable[[], _FirstRun]) -> _FirstRun:
    """What a forked process computes: the first run leaves no trace in this one."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(compute(), pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        found: _FirstRun = pickle.load(pipe)
    os.waitpid(child, 0)
    return found


def run_all(module: str, path: Path, files: Sequence[str], tell: Tell, end: Callable[[], None]) -> int:
    """Test every mutant of a module with these files, in a process of its own; return pytest's status."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        # Few examples, always the same, and no deadline: a busy machine must not look like a failing test.
        settings.register_profile("mutation", max_examples=25, derandomize=True, database=None, deadline=None,
                                  suppress_health_check=list(HealthCheck))  # fmt: skip
        settings.load_profile("mutation")
        os._exit(int(pytest.main([*OPTIONS, *files], plugins=[Repeat(module, path, tell, end)])))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)
