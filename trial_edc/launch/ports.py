"""Ports on loopback."""

from __future__ import annotations

import socket

from .problem import Problem


def free_port() -> int:
    """A port that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def require_free(port: int) -> None:
    """Raise Problem when the web server could not listen on `port`."""
    if not 1 <= port <= 65535:
        raise Problem(f"{port} is no port: choose one from 1024 to 65535 with --port")
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except PermissionError as error:
        raise Problem(f"port {port} needs administrator rights: choose one from 1024 up with --port") from error
    except OSError as error:
        raise Problem(f"port {port} is in use: stop what listens there, or choose another with --port") from error
