"""A small project around the real `run.py`, so that starting is tested without the product's own start-up time."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

MANAGE = """
import sys
if "load_demonstration" in sys.argv:
    print("coordinator  demo-password" if "--sign-ins" in sys.argv else "loaded")
else:
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
"""
SETTINGS = """
import environ
env = environ.Env()
SECRET_KEY = env.str("SECRET_KEY")
DATABASES = {"default": env.db("DATABASE_URL")}
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.staticfiles", "django_celery_beat", "trial_edc"]
STATIC_URL, STATIC_ROOT = "/static/", env.str("STATIC_ROOT")
CELERY_BROKER_URL = env.str("REDIS_URL")
USE_TZ = True
"""
GRANTS = """
from django.apps import AppConfig
from django.db.models.signals import post_migrate
def grant(using, **_):
    from django.db import connections
    with connections[using].cursor() as cursor:
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO edc_app")
        cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO edc_app")
class Config(AppConfig):
    name = "trial_edc"
    def ready(self):
        post_migrate.connect(grant)
"""
CELERY = """
import os
from celery import Celery
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial_edc.settings")
app = Celery("trial_edc")
app.config_from_object("django.conf:settings", namespace="CELERY")
"""
WSGI = """
def application(environ, start_response):
    start_response("200 OK" if environ["PATH_INFO"] == "/health/" else "404 Not Found", [])
    return [b""]
"""


@dataclass
class Project:
    """A copy of the start with a data folder of its own."""

    path: Path
    data: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def popen(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start `run.py` as a script's `&` would, with SIGINT ignored; killed with the fixture at the latest."""
        inherited = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "STATIC_ROOT")}
        process = subprocess.Popen(
            [sys.executable, "run.py", *arguments],
            cwd=self.path,
            env={**inherited, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        )
        self.started.append(process)
        return process

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        process = self.popen(*arguments, **environment)
        output, errors = process.communicate(timeout=180)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def start(self, port: int) -> subprocess.Popen[str]:
        """Start the product and wait until it says where it runs."""
        process = self.popen(f"--data={self.data}", f"--port={port}")
        assert process.stdout is not None and process.stderr is not None
        for line in process.stdout:
            if line.startswith("Running at"):
                return process
        pytest.fail(f"the start ended: {process.stderr.read()}")

    def processes(self) -> list[int]:
        """Ids of all processes that name this project's data folder or work in the project."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
                folder = os.readlink(entry / "cwd")
            except OSError:
                continue
            if str(self.data) in command or folder.startswith((str(self.path), str(self.data))):
                found.append(int(entry.name))
        return found

    def left(self, seconds: float = 60) -> list[str]:
        """The commands of the project's processes that have not ended within the time."""
        until = time.monotonic() + seconds
        while (ids := self.processes()) and time.monotonic() < until:
            time.sleep(0.1)
        found = []
        for pid in ids:
            with contextlib.suppress(OSError):
                found.append(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        return found


@pytest.fixture(scope="module")
def project() -> Iterator[Project]:
    """A project under a folder that PostgreSQL's user can enter also when the tests run as root."""
    base = Path(tempfile.mkdtemp(prefix="edc-start-", dir="/var/tmp"))
    base.chmod(0o755)
    made = Project(base / "project", base / "data")
    _write(made.path)
    yield made
    for process in made.started:
        if process.poll() is None:
            process.kill()
        process.communicate()
    if made.left():
        for pid in made.processes():
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(base, ignore_errors=True)


def _write(path: Path) -> None:
    package = path / "trial_edc"
    shutil.copytree(ROOT / "trial_edc" / "launch", package / "launch", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "trial_edc" / "deploy", package / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    (path / "requirements").mkdir()
    shutil.copy(ROOT / "run.py", path)
    shutil.copy(ROOT / "requirements" / "dev.txt", path / "requirements")
    (path / ".venv").symlink_to(sys.prefix)
    (path / "manage.py").write_text(MANAGE)
    for name, text in {"__init__": "", "settings": SETTINGS, "apps": GRANTS, "celery": CELERY, "wsgi": WSGI}.items():
        (package / f"{name}.py").write_text(text)


@pytest.fixture(autouse=True)
def needs_the_start_environment() -> None:
    if not (Path(sys.prefix) / "lock.sha256").exists():
        pytest.skip("the environment was not made by run.py: run the tests with `python3 run.py test`")
