"""The queue's application: workers compute decisions and produce reports."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial_edc.settings")

app = Celery("trial_edc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_unsafe_start(**_: object) -> None:
    """Stop a production worker or beat that connected as a role which could alter the trail."""
    from django.core.exceptions import ImproperlyConfigured

    from trial_edc.health import refuse_superuser

    try:
        refuse_superuser()
    except ImproperlyConfigured as error:
        # Celery logs and forgets an Exception raised in a signal's receiver; only this one ends the process.
        raise SystemExit(str(error)) from error


@worker_init.connect
def keep_what_workers_load(**_: object) -> None:
    """Before the worker forks, so that its processes share what is loaded."""
    from trial_edc.loaded import keep_what_is_loaded

    keep_what_is_loaded()
