"""`python -m trial_edc.launch start|test|exec …`, called by `run.py` inside the environment it made."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from . import product, single
from .folder import Folder, default_folder
from .problem import Problem
from .processes import Children
from .stores import ROLES


def main(arguments: list[str]) -> int:
    """Do what the arguments say and return the exit status; every Problem is one line on standard error."""
    os.umask(0o022)
    # SIGINT too: a shell without job control starts what runs in the background with this signal ignored.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    try:
        return _dispatch(arguments)
    except Problem as problem:
        sys.stderr.write(f"run.py: {problem}\n")
    except OSError as error:
        sys.stderr.write(f"run.py: {error.strerror or error}: {error.filename or 'no file'}: check space and rights\n")
    except KeyboardInterrupt:
        sys.stderr.write("run.py: stopped\n")
        return 128 + signal.SIGINT
    return 1


def _dispatch(arguments: list[str]) -> int:
    children = Children()
    if arguments[:1] == ["test"]:
        return single.test(children, arguments[1:])
    options = _parser().parse_args(arguments)
    path = Path(options.data) if options.data else default_folder()
    if options.action == "exec":
        command = options.command[1:] if options.command[:1] == ["--"] else options.command
        return single.execute(children, command, path=path, role=options.role)
    return _start(children, path, port=options.port, empty=options.empty)


def _start(children: Children, path: Path, *, port: int, empty: bool) -> int:
    folder = Folder.open(path)
    try:
        product.start(folder, children, port=port, empty=empty)
    except KeyboardInterrupt:
        sys.stdout.write("\nStopping ...\n")
        sys.stdout.flush()
    finally:
        if children.running:
            folder.silence()
        children.stop_all()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("run.py")
    actions = parser.add_subparsers(dest="action", required=True)
    start = actions.add_parser("start")
    start.add_argument("--empty", action="store_true")
    start.add_argument("--port", type=int, required=True)
    execute = actions.add_parser("exec")
    execute.add_argument("--as", dest="role", choices=ROLES, required=True)
    execute.add_argument("command", nargs=argparse.REMAINDER)
    for parser_of_action in (start, execute):
        parser_of_action.add_argument("--data")
    return parser


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
