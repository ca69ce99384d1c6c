"""Throw-away stores for a run: nothing of any data folder or given database is read or written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from trial_edc.launch import product
from trial_edc.launch import stores as launch_stores
from trial_edc.launch.folder import Folder
from trial_edc.launch.processes import Child, Children, run_step


@dataclass
class Stage:
    """A migrated database and a queue; `environment` is that of an application process on them."""

    folder: Folder
    children: Children
    environment: dict[str, str]
    worker: Child | None = None

    def start_worker(self) -> Child:
        """Start one worker process, as a deployment does; a second call finds the first one's."""
        if self.worker is not None:
            return self.worker
        command = [sys.executable, "-m", "celery", "--app", "trial_edc", "worker", "--loglevel=INFO", "--concurrency=1"]
        log = self.folder.log("worker")
        self.worker = self.children.start("worker", command, log=log, environment=self.environment)
        return self.worker


@contextmanager
def throw_away() -> Iterator[Stage]:
    """Start PostgreSQL and Valkey in a temporary folder, migrate, and remove everything at the end."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    folder, children = Folder.temporary(), Children()
    try:
        found = launch_stores.start(folder, children)
        product.migrate(folder, found)
        environment = launch_stores.environment(folder, found) | {"LOG_LEVEL": "WARNING"}
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
        run_step(collect, log=folder.log("setup"), environment=environment)
        yield Stage(folder, children, environment)
    finally:
        children.stop_all()
        folder.remove()
