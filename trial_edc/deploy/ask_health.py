"""`python -m trial_edc.deploy.ask_health`: exit status 0 when this container's web server is healthy."""

from __future__ import annotations

import http.client
import os
import sys

PORT = 8000


def is_healthy(port: int = PORT) -> bool:
    """Ask with the first allowed host's name, since the application answers no other."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".") or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/", headers={"Host": host, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_healthy() else 1)
