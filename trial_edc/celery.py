"""The queue's application: workers compute decisions and produce reports."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial_edc.settings")

app = Celery("trial_edc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_unsafe_start(**_: object) -> None:
    """Stop a production worker that connected as a role which could alter the trail."""
    from trial_edc.health import refuse_superuser

    refuse_superuser()
