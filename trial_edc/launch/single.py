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
#: All tests, each in one of three rounds: those of the rules are the only ones slowed down by measuring what they run,
#: those in a browser have the machine to themselves, the others share its cores file by file.
ROUNDS = (
    [
        "tests/rules", *RULES, "-n", "auto", "--dist", "loadfile",
        *(f"--cov={path}" for path in RULES), "--cov-branch", "--cov-fail-under=100",
        "--cov-report=term-missing:skip-covered",
    ],
    ["-n", "auto", "--dist", "loadfile", *(f"--ignore={path}" for path in ("tests/rules", *RULES, "tests/browser"))],
    ["tests/browser"],
)  # fmt: skip


def test(children: Children, arguments: list[str]) -> int:
    """Run pytest as the superuser of throw-away stores; it makes its own database and roles. Returns its status."""
    folder = Folder.temporary()
    try:
        found = stores.start(folder, children)
        environment = stores.environment(folder, found, role="superuser", kind="test")
        rounds = [arguments] if arguments else ROUNDS
        found_wrong = [hand_over([sys.executable, "-m", "pytest", *each], environment=environment) for each in rounds]
        return next((status for status in found_wrong if status), 0)
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
        status = hand_over(command, environment=stores.environment(folder, found, role=role))
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
