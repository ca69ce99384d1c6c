#!/usr/bin/env python3
"""Set everything up and start the product, its tests, or one command, with nothing but Python 3.11 on the machine.

    python3 run.py [--empty] [--port N] [--data DIR]        the product with its demonstration study
    python3 run.py test [PYTEST ARGUMENT ...]               the tests, on throw-away stores
    python3 run.py exec [--data DIR] [--as ROLE] CMD ...    one command with the stores and the environment

This file makes the environment `.venv` from the hash-pinned lock and hands over to `trial_edc.launch` inside it.
It uses the standard library only, and syntax that an older Python can still read, so that the version check answers.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements" / "dev.txt"
STAMP = VENV / "lock.sha256"
INSTALL_LOG = VENV / "install.log"
OLDEST = (3, 11)


def fail(sentence: str) -> NoReturn:
    """End with one line that says what to do."""
    sys.exit("run.py: " + sentence)


def parse(arguments: list[str]) -> list[str]:
    """Return the arguments of `trial_edc.launch`, paths made absolute; wrong ones end here, before any installation."""
    if arguments[:1] == ["test"]:
        return ["test", *arguments[1:]]
    if arguments[:1] == ["exec"]:
        return _parse_exec(arguments[1:])
    parser = argparse.ArgumentParser(
        "run.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("--empty", action="store_true", help="start without the demonstration study")
    parser.add_argument("--port", type=int, default=8000, help="port of the web server (8000)")
    parser.add_argument("--data", type=os.path.abspath, help="folder of the data (.devstack)")
    options = parser.parse_args(arguments)
    return [
        "start",
        *(["--empty"] if options.empty else []),
        f"--port={options.port}",
        *([f"--data={options.data}"] if options.data else []),
    ]


def _parse_exec(arguments: list[str]) -> list[str]:
    parser = argparse.ArgumentParser("run.py exec")
    parser.add_argument("--data", type=os.path.abspath, help="folder of the data (.devstack)")
    parser.add_argument(
        "--as",
        dest="role",
        choices=["application", "owner", "superuser"],
        default="application",
        help="database role of DATABASE_URL (application)",
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="CMD ...")
    options = parser.parse_args(arguments)
    if not options.command:
        fail("exec needs a command, for example: python3 run.py exec python manage.py verify_trail")
    data = [f"--data={options.data}"] if options.data else []
    return ["exec", *data, f"--as={options.role}", "--", *options.command]


def ensure_environment() -> None:
    """Make `.venv` match the lock; two starts at the same time wait for each other."""
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if _is_current(wanted):
        return
    if not os.access(ROOT, os.W_OK):
        fail(f"cannot write to {ROOT}: start as the user who owns it, or copy the project to a folder of your own")
    folder = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        if not _is_current(wanted):
            _build_environment(wanted)
    finally:
        os.close(folder)


def _is_current(wanted: str) -> bool:
    """A stamp with the lock's hash, and an interpreter that still starts (its Python may have been removed)."""
    try:
        if STAMP.read_text().strip() != wanted:
            return False
    except OSError:
        return False
    return _starts(PYTHON)


def _starts(python: Path) -> bool:
    check = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([python, "-c", check], stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def _build_environment(wanted: str) -> None:
    print("Installing the locked packages into .venv (once for every change of the lock) ...", flush=True)
    if not _starts(PYTHON):
        _create_venv()
    with INSTALL_LOG.open("w") as log:
        if not _install(log):
            fail(f"the packages could not be installed: check the network, then read {INSTALL_LOG}")
    STAMP.write_text(wanted + "\n")


def _create_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        fail("this Python has no ensurepip: install python3-venv (apt-get install python3-venv), then start again")
    if VENV.is_symlink():
        VENV.unlink()
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        last = (made.stdout + made.stderr).strip().splitlines() or ["no output"]
        fail(f"the environment {VENV} could not be made ({last[-1].strip()}): delete it and start again")


def _install(log: IO[str]) -> bool:
    """Install with uv, itself installed by its hash from the same lock; with pip where uv cannot."""
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "-r"]
    entry = re.search(r"^uv==.*?(?=^\S)", LOCK.read_text() + "end\n", re.MULTILINE | re.DOTALL)
    if entry:
        only_uv = VENV / "uv.txt"
        only_uv.write_text(entry.group())
        if _run([*pip, only_uv], log):
            uv: list[str | Path] = [VENV / "bin" / "uv", "pip", "install", "--python", PYTHON]
            if _run([*uv, "--system-certs", "--require-hashes", "-r", LOCK], log):
                return True
    return _run([*pip, LOCK], log)


def _run(command: Sequence[str | Path], log: IO[str]) -> bool:
    done = subprocess.run([str(part) for part in command], stdout=log, stderr=subprocess.STDOUT, cwd=ROOT, check=False)
    return done.returncode == 0


def main() -> None:
    if sys.version_info < OLDEST:
        fail("Python {}.{} or newer is needed, this is {}.{}".format(*OLDEST, *sys.version_info[:2]))
    arguments = parse(sys.argv[1:])
    try:
        ensure_environment()
    except OSError as error:
        fail(f"{error.strerror}: {error.filename}: make it writable, or copy the project to a folder of your own")
    except KeyboardInterrupt:
        fail("stopped before the environment was ready; the next start goes on from here")
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "trial_edc.launch", *arguments])


if __name__ == "__main__":
    main()
