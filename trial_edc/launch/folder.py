"""The folder that holds one environment's data: stores, generated secrets, logs, static files and its locks.

secrets.json   generated passwords and the secret key, readable by their owner only
running.json   addresses of the stores while they run
lock           held (flock) by the process whose children the stores are; freed by the kernel when that process ends
users          held shared by commands that use stores started by another process
postgres/ valkey/ logs/ static/
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .problem import Problem

ROOT = Path(__file__).resolve().parents[2]
THROW_AWAY_PREFIX = "trial-edc-throw-away-"
LEFT_OVER_AFTER_SECONDS = 6 * 3600
SECRET_NAMES = ("secret_key", "superuser_password", "owner_password", "app_password", "queue_password")


def is_root() -> bool:
    return os.geteuid() == 0


def default_folder() -> Path:
    """`.devstack` in the project; for root a folder under /var/tmp, which PostgreSQL's own user can enter."""
    if not is_root():
        return ROOT / ".devstack"
    return Path("/var/tmp") / ("trial-edc-" + hashlib.sha256(str(ROOT).encode()).hexdigest()[:12])


@dataclass
class Folder:
    """One environment's data folder."""

    path: Path
    throw_away: bool = False
    secrets: dict[str, str] = field(default_factory=dict)
    _lock: int | None = None
    _users: int | None = None

    @classmethod
    def open(cls, path: Path) -> Folder:
        """Make the folder where needed. Raises Problem when it cannot be written or belongs to somebody else."""
        folder = cls(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
            if path.stat().st_uid != os.geteuid():
                raise Problem(f"{path} belongs to another user: choose another folder with --data")
            path.chmod(0o711 if is_root() else 0o700)
            for name in ("logs", "static"):
                (path / name).mkdir(exist_ok=True)
                (path / name).chmod(0o700)
        except OSError as error:
            raise Problem(f"cannot write to {path} ({error.strerror}): choose another folder with --data") from error
        return folder

    @classmethod
    def temporary(cls) -> Folder:
        """A folder for throw-away stores; left-overs of tests that were killed are cleared away first."""
        parent = Path("/var/tmp") if is_root() else Path(tempfile.gettempdir())
        for old in parent.glob(THROW_AWAY_PREFIX + "*"):
            _clear_left_over(old)
        folder = cls.open(Path(tempfile.mkdtemp(prefix=THROW_AWAY_PREFIX, dir=parent)))
        folder.throw_away = True
        folder.own()
        return folder

    def log(self, name: str) -> Path:
        return self.path / "logs" / f"{name}.log"

    def own(self) -> bool:
        """Take the lock; False where another process has it. Fills `secrets`."""
        self._lock = _flock(self.path / "lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
        if self._lock is None:
            return False
        self.secrets = _load_secrets(self.path)
        return True

    def read_secrets(self) -> None:
        """Fill `secrets` without the lock, for a command that uses another process's stores."""
        self.secrets = _load_secrets(self.path)

    def has_stores(self) -> bool:
        return (self.path / "postgres" / "PG_VERSION").exists()

    def announce(self, **facts: Any) -> None:
        """Tell other processes the addresses of the stores (they contain passwords: owner only)."""
        _write_private(self.path / "running.json", json.dumps(facts))

    def silence(self) -> None:
        (self.path / "running.json").unlink(missing_ok=True)

    def announced(self, *, timeout: float = 0) -> dict[str, Any]:
        """What the lock's holder announced, waiting up to `timeout` seconds; empty when nothing came."""
        until = time.monotonic() + timeout
        while True:
            try:
                return dict(json.loads((self.path / "running.json").read_text()))
            except (OSError, ValueError):
                if time.monotonic() >= until:
                    return {}
                time.sleep(0.2)

    def use(self) -> None:
        """Keep the holder from stopping the stores until this process ends."""
        self._users = _flock(self.path / "users", fcntl.LOCK_SH)

    def wait_for_users(self) -> None:
        self._users = _flock(self.path / "users", fcntl.LOCK_EX)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def _flock(path: Path, how: int) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _clear_left_over(path: Path) -> None:
    try:
        mine = path.stat().st_uid == os.geteuid()
        old = time.time() - path.stat().st_mtime > LEFT_OVER_AFTER_SECONDS
        if not (mine and old):
            return
        descriptor = _flock(path / "lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    if descriptor is not None:
        shutil.rmtree(path, ignore_errors=True)
        os.close(descriptor)


def _load_secrets(path: Path) -> dict[str, str]:
    """Read the generated secrets, or generate them for a folder that has no data yet."""
    file = path / "secrets.json"
    if not file.exists():
        if (path / "postgres").exists():
            raise Problem(f"{file} is missing but {path} holds data: restore it, or choose another folder with --data")
        _write_private(file, json.dumps({name: secrets.token_urlsafe(48) for name in SECRET_NAMES}))
    try:
        found = json.loads(file.read_text())
        return {name: str(found[name]) for name in SECRET_NAMES}
    except (ValueError, KeyError, TypeError) as error:
        raise Problem(f"{file} is damaged: restore it, or choose another folder with --data") from error


def _write_private(path: Path, text: str) -> None:
    """Write whole or not at all, readable by the owner only."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
