"""The product on its stores: schema, demonstration study, web, worker and beat."""

from __future__ import annotations

import http.client
import sys
import time
from pathlib import Path

from . import stores as stores_module
from .folder import Folder
from .ports import require_free
from .problem import Problem
from .processes import Children, run_step
from .stores import Stores

BIN = Path(sys.prefix) / "bin"
PYTHON = Path(sys.executable)
WORKER_GRACE_SECONDS = 30


def start(folder: Folder, children: Children, *, port: int, empty: bool) -> None:
    """Bring everything up, print where it is, and watch until Ctrl-C or until a child ends."""
    require_free(port)
    if not folder.own():
        raise Problem(_already_running(folder))
    folder.silence()
    _say(f"Starting the stores in {folder.path} ...")
    stores = stores_module.start(folder, children)
    folder.announce(databases=stores.databases, redis=stores.redis, address=f"http://localhost:{port}/")
    sign_ins = prepare(folder, stores, empty=empty)
    children.check()
    start_processes(folder, stores, children, port=port)
    _say(f"\nRunning at http://localhost:{port}/\n\n{sign_ins}\n\nLogs: {folder.path / 'logs'}. Stop with Ctrl-C.")
    watch(children)


def prepare(folder: Folder, stores: Stores, *, empty: bool) -> str:
    """Schema as the owner, static files, demonstration study as the application; returns the table of sign-ins."""
    application = stores_module.environment(folder, stores)
    _say("Preparing the database ...")
    setup = folder.log("setup")
    setup.unlink(missing_ok=True)
    migrate(folder, stores)
    manage: list[str | Path] = [PYTHON, "manage.py"]
    run_step([*manage, "collectstatic", "--noinput", "--verbosity=0"], log=setup, environment=application)
    if empty:
        return (
            "There is no site and no account yet: python3 run.py exec python manage.py create_site 01 Shanghai,\n"
            'then python3 run.py exec python manage.py create_administrator NAME "Printed Name"'
        )
    _say("Loading the demonstration study (once) ...")
    run_step([*manage, "load_demonstration"], log=setup, environment=application)
    return run_step([*manage, "load_demonstration", "--sign-ins"], log=setup, environment=application).strip()


def migrate(folder: Folder, stores: Stores) -> None:
    owner = stores_module.environment(folder, stores, role="owner")
    run_step([PYTHON, "manage.py", "migrate", "--noinput"], log=folder.log("setup"), environment=owner)


def start_processes(folder: Folder, stores: Stores, children: Children, *, port: int) -> None:
    """Start worker, beat and web, and wait until the health page answers 200."""
    environment = stores_module.environment(folder, stores)
    celery: list[str | Path] = [PYTHON, "-m", "celery", "--app", "trial_edc"]
    worker = [*celery, "worker", "--loglevel=INFO", "--concurrency=2"]
    beat = [*celery, "beat", "--loglevel=INFO", "--scheduler=django_celery_beat.schedulers:DatabaseScheduler"]
    gunicorn: list[str | Path] = [PYTHON, "-m", "gunicorn", "--no-control-socket", f"--bind=127.0.0.1:{port}"]
    web = [*gunicorn, "--workers=2", "--threads=4", "--access-logfile=-", "trial_edc.wsgi"]
    for name, command, grace in (
        ("worker", worker, WORKER_GRACE_SECONDS),
        ("beat", beat, 10),
        ("web", web, 15),
    ):
        children.start(name, command, log=folder.log(name), environment=environment, grace=grace, together=True)
    children.wait_until(lambda: _is_healthy(port), what="the health page", log=folder.log("web"), seconds=120)


def watch(children: Children) -> None:
    """Return never; Problem or KeyboardInterrupt ends it."""
    while True:
        children.check()
        time.sleep(0.5)


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/", headers={"Host": "localhost"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _already_running(folder: Folder) -> str:
    address = folder.announced().get("address", "")
    where = f" at {address}" if address else ""
    return f"already running{where} on {folder.path}: use that one, stop it, or choose another folder with --data"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
