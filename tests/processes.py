"""The product as real processes on the test's stores: a database of its own, gunicorn, a worker, beat."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "for-this-run-only"
CREATE_ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} LOGIN; END IF;
END $$;
ALTER ROLE {role} LOGIN NOSUPERUSER PASSWORD '{password}';
"""


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _url(base: str, *, user: str | None = None, database: str) -> str:
    parts = urlsplit(base)
    place = parts.netloc.rpartition("@")[2]
    netloc = f"{user}:{PASSWORD}@{place}" if user else parts.netloc
    return urlunsplit((parts.scheme, netloc, f"/{database}", parts.query, ""))


class Product:
    """One running installation. `start` and `kill` act on single processes; leaving the context stops all of them."""

    def __init__(self, *, superuser_url: str, redis_url: str, redis_database: int = 7) -> None:
        self.superuser_url = superuser_url
        self.database = f"product_{uuid.uuid4().hex[:8]}"
        self.folder = Path(tempfile.mkdtemp(prefix="product-"))
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        redis = urlunsplit(urlsplit(redis_url)._replace(path=f"/{redis_database}"))
        self.environment = {
            "PATH": os.pathsep.join([str(Path(sys.prefix) / "bin"), os.environ.get("PATH", os.defpath)]),
            "HOME": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "trial_edc.settings",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "SECRET_KEY": "for-this-run-only-" + "x" * 50,
            "EDC_ENVIRONMENT": "training",
            "EDC_TLS": "off",
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "STATIC_ROOT": str(self.folder / "static"),
            "REDIS_URL": redis,
            "DATABASE_URL": _url(superuser_url, user="edc_app", database=self.database),
        }
        self.owner_url = _url(superuser_url, user="edc_owner", database=self.database)

    def create(self, *, demonstration: bool = True) -> None:
        """Create the roles and the database, migrate as the owner, load the demonstration study as the application."""
        self._as_superuser(*(CREATE_ROLE.format(role=role, password=PASSWORD) for role in ("edc_owner", "edc_app")))
        self._as_superuser(f"CREATE DATABASE {self.database} OWNER edc_owner")
        self.manage("migrate", "--noinput", owner=True)
        self.manage("collectstatic", "--noinput", "--verbosity=0")
        if demonstration:
            self.manage("load_demonstration")

    def _as_superuser(self, *statements: str) -> None:
        connection = psycopg2.connect(self.superuser_url)
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.close()

    def manage(self, *arguments: str, owner: bool = False) -> str:
        """Run a management command as the application (or the owner) and return what it printed."""
        environment = self.environment | ({"DATABASE_URL": self.owner_url} if owner else {})
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def start(self, *names: str) -> None:
        """Start `web`, `worker`, `beat` (all of them without names) and wait for the health page."""
        celery = [sys.executable, "-m", "celery", "--app", "trial_edc"]
        commands = {
            "web": [sys.executable, "-m", "gunicorn", "--no-control-socket", f"--bind=127.0.0.1:{self.port}",
                    "--workers=2", "--threads=4", "trial_edc.wsgi"],
            "worker": [*celery, "worker", "--loglevel=INFO", "--concurrency=1"],
            "beat": [*celery, "beat", "--loglevel=INFO", "--schedule", str(self.folder / "schedule"),
                     "--scheduler=django_celery_beat.schedulers:DatabaseScheduler"],
        }  # fmt: skip
        for name in names or tuple(commands):
            log = (self.folder / f"{name}.log").open("ab")
            self.children[name] = subprocess.Popen(
                commands[name], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        if "web" in (names or tuple(commands)):
            self._wait_for_health()

    def _wait_for_health(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/health/", timeout=2) as answer:
                if answer.status == 200:
                    return
            time.sleep(0.2)
        raise AssertionError(f"the product did not come up: {self.log('web')}")

    def log(self, name: str) -> str:
        """Return the end of a process's log."""
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Kill a process and everything it started."""
        child = self.children.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        child.wait(timeout=30)

    def stop(self) -> None:
        """Stop every process and drop the database."""
        for name in list(self.children):
            self.kill(name, signal.SIGKILL)
        self._as_superuser(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")


@contextlib.contextmanager
def running_product(*, demonstration: bool = True, redis_database: int = 7) -> Iterator[Product]:
    """Run the product on the stores of the test run for as long as the context lasts."""
    product = Product(
        superuser_url=os.environ["DATABASE_URL"], redis_url=os.environ["REDIS_URL"], redis_database=redis_database
    )
    try:
        product.create(demonstration=demonstration)
        product.start()
        yield product
    finally:
        product.stop()
