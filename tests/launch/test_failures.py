"""Each way a start can fail ends in one line that says what to do."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.launch.conftest import ROOT, Project
from trial_edc.launch.folder import Folder
from trial_edc.launch.ports import free_port


def _one_line(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    lines = done.stderr.strip().splitlines()
    assert done.returncode == 1
    assert len(lines) == 1, done.stderr
    for part in ("run.py: ", *parts):
        assert part in lines[0]


def _patched(folder: Path, patch: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `run.py` in `folder` after one statement that stands for a property of the machine."""
    shutil.copy(ROOT / "run.py", folder)
    (folder / "requirements").mkdir(exist_ok=True)
    shutil.copy(ROOT / "requirements" / "dev.txt", folder / "requirements")
    program = f"import sys, os, runpy; {patch}; sys.argv = ['run.py', *{list(arguments)!r}]; "
    program += "runpy.run_path('run.py', run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, timeout=180, check=False
    )


def test_missing_ensurepip_names_the_package(tmp_path: Path) -> None:
    _one_line(_patched(tmp_path, "sys.modules['ensurepip'] = None"), "install python3-venv")
    assert not (tmp_path / ".venv").exists()


def test_too_old_a_python_is_named(tmp_path: Path) -> None:
    _one_line(_patched(tmp_path, "sys.version_info = (3, 9, 0)"), "Python 3.11 or newer is needed, this is 3.9")


def test_unwritable_project_folder(tmp_path: Path) -> None:
    _one_line(_patched(tmp_path, "os.access = lambda *_: False"), f"cannot write to {tmp_path}")


def test_unwritable_data_folder(project: Project) -> None:
    _one_line(project.run("--data=/dev/null/data"), "cannot write to /dev/null/data", "--data")


def test_busy_port(project: Project) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        done = project.run(f"--data={project.data}", f"--port={port}")
    _one_line(done, f"port {port} is in use", "--port")


def test_impossible_port(project: Project) -> None:
    _one_line(project.run(f"--data={project.data}", "--port=70000"), "70000 is no port")


def test_exec_without_a_command(project: Project) -> None:
    _one_line(project.run("exec"), "exec needs a command")


def test_exec_of_an_unknown_command(project: Project) -> None:
    _one_line(project.run("exec", "--as=owner", "no-such-command"), "cannot run no-such-command")


def test_data_of_another_major_version(project: Project) -> None:
    data = project.data.parent / "older"
    (data / "postgres").mkdir(parents=True)
    shutil.copy(_some_secrets(project), data / "secrets.json")
    (data / "postgres" / "PG_VERSION").write_text("17\n")
    _one_line(project.run("exec", f"--data={data}", "true"), "made by PostgreSQL 17", "pg_dump", "--data")


def test_data_without_its_secrets(project: Project) -> None:
    data = project.data.parent / "no-secrets"
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("18\n")
    _one_line(project.run("exec", f"--data={data}", "true"), "secrets.json is missing", "--data")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_root_with_data_where_nobody_can_enter(project: Project) -> None:
    closed = project.data.parent / "closed"
    closed.mkdir(mode=0o700)
    _one_line(project.run(f"--data={closed / 'data'}"), "the user nobody", "--data")


def test_failing_migration_names_the_log(project: Project) -> None:
    data = project.data.parent / "failing"
    manage = project.path / "manage.py"
    kept = manage.read_text()
    manage.write_text("import sys; sys.exit('the schema is broken')\n")
    try:
        done = project.run(f"--data={data}", f"--port={free_port()}")
    finally:
        manage.write_text(kept)
    _one_line(done, "manage.py migrate --noinput` failed (the schema is broken)", str(data / "logs" / "setup.log"))


def _some_secrets(project: Project) -> Path:
    """A valid secrets file, as a start writes it."""
    folder = Folder.open(project.data.parent / "secrets-only")
    assert folder.own()
    return folder.path / "secrets.json"
