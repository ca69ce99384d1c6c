"""The life of one start: up, used, refused twice, killed, up again, a child dying, Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.launch.conftest import Project
from trial_edc.launch.ports import free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")

CURSOR = "import os, sys, psycopg2; c = psycopg2.connect(os.environ['DATABASE_URL']).cursor(); "
WHO = CURSOR + (
    "c.execute('SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user'); print(c.fetchone())"
)


def _one_line(errors: str) -> str:
    """The single line of a failure."""
    lines = errors.strip().splitlines()
    assert len(lines) == 1, errors
    assert lines[0].startswith("run.py: ")
    return lines[0]


def _child(project: Project, words: str) -> int:
    for pid in project.processes():
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        if words in command:
            return pid
    raise AssertionError(f"no process with {words}")


def _stop(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=180)
    assert process.returncode == 0, errors
    return errors


def test_a_start_answers_is_shared_and_is_not_doubled(project: Project) -> None:
    port = free_port()
    process = project.start(port)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=5) as answer:
        assert answer.status == 200

    second = project.run(f"--data={project.data}", f"--port={free_port()}")
    assert second.returncode == 1
    assert f"already running at http://localhost:{port}/" in _one_line(second.stderr)

    shared = project.run("exec", f"--data={project.data}", "python", "-c", WHO)
    assert shared.stdout.strip() == "('edc_app', False)", shared.stderr
    owner = project.run("exec", f"--data={project.data}", "--as=owner", "python", "-c", WHO)
    assert owner.stdout.strip() == "('edc_owner', False)", owner.stderr

    for name in ("secrets.json", "running.json", "valkey/valkey.conf"):
        assert stat.S_IMODE((project.data / name).stat().st_mode) == 0o600, name
    for log in (project.data / "logs").iterdir():
        assert "Traceback" not in log.read_text(), log.name
    assert _stop(process) == ""
    assert project.left() == []
    assert not (project.data / "running.json").exists()


def test_killed_outright_it_leaves_nothing_running_and_keeps_every_row(project: Project) -> None:
    process = project.start(free_port())
    make = CURSOR + "c.execute('CREATE TABLE kept AS SELECT 1'); c.connection.commit(); sys.exit(7)"
    assert project.run("exec", f"--data={project.data}", "--as=owner", "python", "-c", make).returncode == 7
    process.kill()
    process.communicate()
    assert project.left() == [], "children outlived the start"
    read = CURSOR + "c.execute('SELECT count(*) FROM kept'); print(c.fetchone()[0])"
    again = project.run("exec", f"--data={project.data}", "--as=owner", "python", "-c", read)
    assert again.stdout.strip() == "1", again.stderr


def test_all_killed_at_once_it_starts_again_and_a_dying_child_stops_it(project: Project) -> None:
    process = project.start(free_port())
    for pid in [process.pid, *project.processes()]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.communicate()
    # A recycled process id in the lock file must not stop the next start.
    lock = project.data / "postgres" / "postmaster.pid"
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")

    process = project.start(free_port())
    os.kill(_child(project, "celery --app trial_edc worker"), signal.SIGKILL)
    _, errors = process.communicate(timeout=180)
    assert process.returncode == 1
    log = project.data / "logs" / "worker.log"
    assert f"worker ended unexpectedly (signal 9): read {log}" in _one_line(errors)
    assert project.left() == []


def test_exec_without_stores_uses_throw_away_ones(project: Project) -> None:
    elsewhere = project.data.parent / "never-started"
    done = project.run("exec", f"--data={elsewhere}", "python", "-c", WHO)
    assert done.stdout.strip() == "('edc_app', False)", done.stderr
    assert not elsewhere.exists()


def test_tests_get_throw_away_stores_and_their_status_is_passed_through(project: Project) -> None:
    (project.path / "test_one.py").write_text(
        "import os\n"
        "def test_environment():\n"
        "    assert os.environ['EDC_ENVIRONMENT'] == 'test' and 'edc_superuser' in os.environ['DATABASE_URL']\n"
        "def test_failing():\n"
        "    assert False\n"
    )
    done = project.run("test", "-p", "no:cacheprovider", "-p", "no:django", "-q", "test_one.py")
    assert "1 failed, 1 passed" in done.stdout, done.stdout
    assert done.returncode == 1
