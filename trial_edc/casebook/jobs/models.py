"""What every piece of long work remembers about itself."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models

from trial_edc.casebook.jobs.states import ACTIVE, RETRIABLE, JobState


class LongWork(models.Model):
    """One piece of long work: its parameters, how far it is, and why it failed if it did.

    `attempt` counts how often it was started: a worker whose attempt is no longer the present one stops without effect.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=JobState.QUEUED.value)
    stage = models.CharField(max_length=10, blank=True)
    stage_counts = models.JSONField(default=dict)
    progress = models.PositiveSmallIntegerField(default=0)
    attempt = models.PositiveSmallIntegerField(default=1)
    failure_reason = models.TextField(blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def plan(self) -> Mapping[Any, int]:
        """Return the steps of this kind of work in order, each with the percent of the bar that it begins at."""
        raise NotImplementedError

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def is_retriable(self) -> bool:
        return self.state in RETRIABLE
