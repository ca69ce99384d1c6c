"""The product as processes with a queue of its own that can be stopped, and a look into its database."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from tests.processes import ROOT, Product, free_port
from trial_edc.launch.queue import _binary

#: Made by the services and builders that the other tests use, in a process of the product.
PREPARE = """
import django; django.setup()
import dosing.services.later as later
from tests.dosing.builders import Trial
from tests.people import make_people
later.enqueue = lambda *args: True
trial = Trial(make_people())
for days in (60, 50, 10):
    trial.infused(days=days)
trial.compute()
"""


class Installation(Product):
    """A product whose queue is its own child."""

    def __init__(self) -> None:
        self.queue_port = free_port()
        queue = f"redis://127.0.0.1:{self.queue_port}/0"
        super().__init__(superuser_url=os.environ["DATABASE_URL"], redis_url=queue, redis_database=0)
        self.queue: subprocess.Popen[bytes] | None = None

    def start_queue(self) -> None:
        """Start Valkey on the port it always has; it forgets everything when it is killed."""
        options = ["--port", str(self.queue_port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        with (self.folder / "queue.log").open("ab") as log:
            self.queue = subprocess.Popen([str(_binary()), *options], stdout=log, stderr=log)
        until(self._queue_listens, seconds=10, what="the queue to listen")

    def kill_queue(self) -> None:
        if self.queue is not None:
            self.queue.kill()
            self.queue.wait(timeout=10)
            self.queue = None

    def _queue_listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.queue_port), timeout=1):
            return True
        return False

    def python(self, program: str) -> None:
        """Run a program as a process of the product."""
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr[-3000:]

    def connect(self) -> Any:
        """Return a connection to the product's database as superuser, for holding locks and looking."""
        parts = urlsplit(self.superuser_url)
        return psycopg2.connect(urlunsplit(parts._replace(path=f"/{self.database}")))

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        connection = self.connect()
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql, values)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()


def until(test: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """Return the first true answer; fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := test():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds:g} s in vain for {what}")


@contextlib.contextmanager
def installation() -> Iterator[Installation]:
    """Run the product with three treated subjects for as long as the context lasts."""
    product = Installation()
    try:
        product.start_queue()
        product.create(demonstration=False)
        product.python(PREPARE)
        product.start()
        yield product
    finally:
        product.stop()
        product.kill_queue()
