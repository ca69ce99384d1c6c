"""The two stores, embedded or given by DATABASE_URL and REDIS_URL, and the environment that points at them."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from . import queue
from .folder import ROOT, Folder
from .postgres import Server
from .processes import Children

ROLES = ("application", "owner", "superuser")


@dataclass(frozen=True)
class Stores:
    """URLs of the stores; `databases` maps each role of ROLES to a database URL."""

    databases: dict[str, str]
    redis: str


def are_given() -> bool:
    """Whether the environment names both stores, so that none is started."""
    return bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def start(folder: Folder, children: Children) -> Stores:
    """Start what the environment does not name."""
    given = os.environ.get("DATABASE_URL")
    if given:
        owner = os.environ.get("DATABASE_OWNER_URL", given)
        databases = {"application": given, "owner": owner, "superuser": owner}
    else:
        database = Server(folder).start(children)
        databases = {role: database.url(role) for role in ROLES}
    return Stores(databases, os.environ.get("REDIS_URL") or queue.start(folder, children))


def environment(folder: Folder, stores: Stores, *, role: str = "application", kind: str = "training") -> dict[str, str]:
    """The environment of one process: who it is in the database, and the settings of a start on one machine."""
    own = {
        "DATABASE_URL": stores.databases[role],
        "DATABASE_OWNER_URL": stores.databases["owner"],
        "DATABASE_SUPERUSER_URL": stores.databases["superuser"],
        "REDIS_URL": stores.redis,
        "SECRET_KEY": folder.secrets["secret_key"],
        "EDC_ENVIRONMENT": kind,
        "DEBUG": "off",
        "STATIC_ROOT": str(folder.path / "static"),
        "DJANGO_SETTINGS_MODULE": "trial_edc.settings",
        "VIRTUAL_ENV": sys.prefix,
        "PATH": os.pathsep.join([str(Path(sys.prefix) / "bin"), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    changeable = {"EDC_TLS": "off", "ALLOWED_HOSTS": "localhost,127.0.0.1"}
    return {**changeable, **os.environ, **own}
