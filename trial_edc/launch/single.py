"""One command with stores: the tests on throw-away ones, anything else on those of the data folder if any."""

from __future__ import annotations

import sys
from pathlib import Path

from . import product, stores
from .folder import Folder
from .problem import Problem
from .processes import Children, hand_over
from .stores import Stores

STARTING_SECONDS = 90
#: The rules, whose own tests must run every branch of them.
RULES = ("safety/rules", "dosing/rules", "efficacy/rules", "enrollment/rules", "reports/rules")
BROWSER = "tests/browser"
#: All tests in two rounds: those of the rules alone are slowed down by measuring what they run. Then the others share
#: the cores file by file, and beside them one process drives the browser, which waits more than it works.
ROUNDS = (
    [[
        "tests/rules", *RULES, "-n", "auto", "--dist", "loadfile",
        *(f"--cov={path}" for path in RULES), "--cov-branch", "--cov-fail-under=100",
        "--cov-report=term-missing:skip-covered",
    ]],
    [
        [
            "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder",
            *(f"--ignore={path}" for path in ("tests/rules", *RULES, BROWSER)),
        ],
        [BROWSER],
    ],
)  # fmt: skip


def test(children: Children, arguments: list[str]) -> int:
    """Run pytest as the superuser of throw-away stores; it makes its own database and roles. Returns its status."""
    folder = Folder.temporary()
    statuses: list[int] = []
    try:
        found = stores.start(folder, children)
        environment = stores.environment(folder, found, role="superuser", kind="test")
        for tests in [[arguments]] if arguments else ROUNDS:
            commands = [[sys.executable, "-m", "pytest", *each] for each in tests]
            statuses += hand_over(*commands, environment=environment)
        return next((status for status in statuses if status), 0)
    finally:
        children.stop_all()
        folder.remove()


def execute(children: Children, command: list[str], *, path: Path, role: str) -> int:
    """Run one command as a database role of `stores.ROLES`. Returns its status.

    Stores of the data folder that run already are used as they are; those that do not run are started for the command;
    where none were ever made, throw-away ones with an empty schema serve.
    """
    made = Folder(path).has_stores() or stores.are_given()
    folder = Folder.open(path) if made else Folder.temporary()
    try:
        if folder.throw_away or folder.own():
            found = stores.start(folder, children)
            folder.announce(databases=found.databases, redis=found.redis)
            if folder.throw_away and role == "application":
                product.migrate(folder, found)
        else:
            found = _running(folder)
        [status] = hand_over(command, environment=stores.environment(folder, found, role=role))
        if children.running:
            folder.silence()
            folder.wait_for_users()
        return status
    finally:
        children.stop_all()
        if folder.throw_away:
            folder.remove()


def _running(folder: Folder) -> Stores:
    """The stores that another process runs on this folder."""
    folder.use()
    facts = folder.announced(timeout=STARTING_SECONDS)
    if not facts:
        raise Problem(f"another start on {folder.path} did not bring its stores up: stop it and run this again")
    folder.read_secrets()
    return Stores(dict(facts["databases"]), str(facts["redis"]))
