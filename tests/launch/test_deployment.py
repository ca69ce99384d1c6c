"""The deployment without containers: the compose file's settings, roles and commands on Debian's own servers.

What the containers would do is done by hand: initialise the server, run the mounted script, migrate as the owner, start
web, worker and beat as the application in production. Settings and commands are read from the files that describe them.
"""

from __future__ import annotations

import http.client
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from trial_edc.deploy.ask_health import is_healthy
from trial_edc.launch.ports import free_port
from trial_edc.launch.processes import Child, Children

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
REDIS = shutil.which("redis-server")
PATH = os.pathsep.join([str(Path(sys.prefix) / "bin"), "/usr/bin", "/bin"])

pytestmark = [
    pytest.mark.skipif(not POSTGRES, reason="Debian's postgresql is not installed: apt-get install postgresql"),
    pytest.mark.skipif(REDIS is None, reason="redis-server is not installed: apt-get install redis-server"),
]


@dataclass
class Deployment:
    """Running servers and what an administrator would have put into `.env`."""

    folder: Path
    values: dict[str, str]
    postgres_port: int
    redis_port: int
    web_port: int
    children: Children

    def fill(self, text: str) -> str:
        """Replace ${NAME…} as compose does; the service names become addresses on loopback."""

        def value(found: re.Match[str]) -> str:
            return self.values.get(found["name"]) or (found["default"] or "")

        filled = re.sub(r"\$\{(?P<name>\w+)(?::\?[^}]*|:-(?P<default>[^}]*))?\}", value, text)
        filled = filled.replace("@postgres:5432", f"@127.0.0.1:{self.postgres_port}")
        return filled.replace("@redis:6379", f"@127.0.0.1:{self.redis_port}")

    def environment(self, service: str) -> dict[str, str]:
        """Exactly what the container would get, and the image's own variables."""
        settings = {name: self.fill(str(value)) for name, value in COMPOSE[service]["environment"].items()}
        image = {"PATH": PATH, "PYTHONUNBUFFERED": "1", "STATIC_ROOT": str(self.folder / "static")}
        return {**image, **settings}

    def superuser_url(self) -> str:
        return f"postgres://postgres:{self.values['POSTGRES_PASSWORD']}@127.0.0.1:{self.postgres_port}/edc"

    def run(self, command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
        )

    def start(self, service: str, command: list[str], **changed: str) -> Child:
        environment = {**self.environment(service), **changed}
        return self.children.start(service, command, log=self.folder / f"{service}.log", environment=environment)

    def ask(self, sql: str, role: str = "edc_app") -> str:
        """Unaligned output of one statement run as a role, or the error it ended with."""
        password = self.values["EDC_APP_PASSWORD" if role == "edc_app" else "EDC_OWNER_PASSWORD"]
        where = f"postgresql://{role}:{password}@127.0.0.1:{self.postgres_port}/edc"
        done = self.run([str(POSTGRES[-1] / "psql"), "-X", "-A", "-t", "-c", sql, where], {"PATH": PATH})
        return (done.stdout + done.stderr).strip()


def web_command(port: int) -> list[str]:
    """The image's CMD, listening on loopback."""
    found = re.search(r"^CMD (\[.*?\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE | re.DOTALL)
    assert found
    command: list[str] = json.loads(found.group(1).replace("\\\n", ""))
    return [part.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for part in command]


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    folder = Path(tempfile.mkdtemp(prefix="edc-deployment-", dir="/var/tmp"))
    folder.chmod(0o711)
    names = ("SECRET_KEY", "POSTGRES_PASSWORD", "EDC_OWNER_PASSWORD", "EDC_APP_PASSWORD", "REDIS_PASSWORD")
    values = {name: secrets.token_hex(32) for name in names} | {"ALLOWED_HOSTS": "edc.example.org"}
    made = Deployment(folder, values, free_port(), free_port(), free_port(), Children())
    try:
        _start_servers(made)
        _migrate(made)
        yield made
    finally:
        for child in reversed(made.children.running):
            child.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _start_servers(made: Deployment) -> None:
    binaries, data, password_file = POSTGRES[-1], made.folder / "data", made.folder / "password"
    password_file.write_text(made.values["POSTGRES_PASSWORD"])
    data.mkdir(mode=0o700)
    user = None
    if os.geteuid() == 0:
        entry = pwd.getpwnam("nobody")
        user = {"user": entry.pw_uid, "group": entry.pw_gid}
        for path in (data, password_file):
            os.chown(path, entry.pw_uid, entry.pw_gid)
    initialise = [binaries / "initdb", "-D", data, "-U", "postgres", f"--pwfile={password_file}", "--no-sync"]
    done = subprocess.run(
        [*map(str, initialise), "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        user=user["user"] if user else None,
        group=user["group"] if user else None,
        extra_groups=[] if user else None,
    )
    assert done.returncode == 0, done.stderr
    options = ["-c", f"port={made.postgres_port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    command: list[str | Path] = [binaries / "postgres", "-D", data, *options, "-c", "fsync=off"]
    log = made.folder / "postgres.log"
    made.children.start("postgres", command, log=log, user=user, stop_signal=signal.SIGINT)
    redis = [str(REDIS), "--port", str(made.redis_port), "--bind", "127.0.0.1", "--save", "", "--dir", str(made.folder)]
    redis += ["--requirepass", made.values["REDIS_PASSWORD"]]
    made.children.start("redis", redis, log=made.folder / "redis.log")
    ready = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(made.postgres_port)]
    made.children.wait_until(
        lambda: subprocess.run(ready, check=False).returncode == 0, what="PostgreSQL", log=log, seconds=30
    )


def _migrate(made: Deployment) -> None:
    script = next(volume.split(":")[0] for volume in COMPOSE["postgres"]["volumes"] if "initdb.d" in volume)
    container = {name: made.fill(str(value)) for name, value in COMPOSE["postgres"]["environment"].items()}
    connect = {"PGHOST": "127.0.0.1", "PGPORT": str(made.postgres_port), "PGUSER": "postgres", "PGDATABASE": "postgres"}
    psql = [str(POSTGRES[-1] / "psql"), "-v", "ON_ERROR_STOP=1", "--no-psqlrc", "--no-password", "-f", script]
    environment = {"PATH": PATH, **connect, **container, "PGPASSWORD": made.values["POSTGRES_PASSWORD"]}
    for _ in range(2):  # the second run changes nothing and is no error
        done = made.run(psql, environment)
        assert done.returncode == 0, done.stderr
    done = made.run(COMPOSE["migrate"]["command"], made.environment("migrate"))
    assert done.returncode == 0, done.stderr
    collected = made.run(["python", "manage.py", "collectstatic", "--noinput"], made.environment("web"))
    assert collected.returncode == 0, collected.stderr


def test_web_worker_and_beat_work_as_the_application(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", deployment.values["ALLOWED_HOSTS"])
    web = deployment.start("web", web_command(deployment.web_port))
    worker = deployment.start("worker", COMPOSE["worker"]["command"])
    beat = deployment.start("beat", COMPOSE["beat"]["command"])
    deployment.children.wait_until(
        lambda: is_healthy(deployment.web_port), what="the health page", log=web.log, seconds=60
    )
    ping = ["celery", "--app", "trial_edc", "inspect", "ping", "--timeout", "5"]
    environment = deployment.environment("worker")
    deployment.children.wait_until(
        lambda: "pong" in deployment.run(ping, environment).stdout, what="the worker", log=worker.log, seconds=60
    )
    deployment.children.check()
    assert "beat: Starting" in beat.log.read_text()

    connection = http.client.HTTPConnection("127.0.0.1", deployment.web_port, timeout=5)
    connection.request("GET", "/health/", headers={"Host": "elsewhere.example.org", "X-Forwarded-Proto": "https"})
    assert connection.getresponse().status == http.client.BAD_REQUEST, "a host that is not ours"
    connection.close()


@pytest.mark.req("R04")
def test_the_application_role_owns_nothing_and_cannot_make_anything(deployment: Deployment) -> None:
    assert deployment.ask("SELECT count(*) FROM pg_class WHERE relowner = 'edc_app'::regrole") == "0"
    rights = "SELECT has_database_privilege('edc', 'CREATE'), has_schema_privilege('public', 'CREATE')"
    assert deployment.ask(rights) == "f|f"
    assert deployment.ask(rights, role="edc_owner") == "t|t"
    assert "permission denied for schema public" in deployment.ask("CREATE TABLE mine AS SELECT 1")


@pytest.mark.req("R04")
def test_the_application_role_reads_the_trail_and_nothing_more(deployment: Deployment) -> None:
    assert deployment.ask("SELECT count(*) >= 0 FROM audit_itemchange") == "t"
    for write in ("UPDATE audit_itemchange SET id = id", "DELETE FROM audit_itemchange", "TRUNCATE audit_itemchange"):
        assert "permission denied for table audit_itemchange" in deployment.ask(write)


@pytest.mark.req("R04")
@pytest.mark.parametrize("service", ["web", "worker"])
def test_a_database_superuser_is_refused(deployment: Deployment, service: str) -> None:
    command = web_command(free_port()) if service == "web" else COMPOSE["worker"]["command"]
    environment = {**deployment.environment(service), "DATABASE_URL": deployment.superuser_url()}
    done = deployment.run(command, environment)
    assert done.returncode != 0
    assert "superuser" in done.stdout + done.stderr


@pytest.mark.req("R31")
@pytest.mark.parametrize(
    ("changed", "said"),
    [({"SECRET_KEY": ""}, "SECRET_KEY"), ({"SECRET_KEY": "short"}, "SECRET_KEY"), ({"DEBUG": "on"}, "DEBUG")],
)
def test_unsafe_settings_are_refused(deployment: Deployment, changed: dict[str, str], said: str) -> None:
    done = deployment.run(["python", "manage.py", "check"], {**deployment.environment("web"), **changed})
    assert done.returncode != 0
    assert said in done.stderr
