"""A laboratory file that a site took in, with what became of it, and the work on it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trial_edc.casebook.jobs.models import LongWork
from trial_edc.casebook.jobs.states import JobState


class LaboratoryImport(models.Model):
    """One file of one site. Its rows become forms all at once or not at all; how far that is, its last job says.

    `head` is what a person sees of the file to name its columns: `header`, the first `rows` as (line, cells), and how
    many `other_sheets` of a workbook are not read.
    """

    class State(models.TextChoices):
        CHECKED = "checked", _("Not taken in")
        DONE = "done", _("Taken in")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey("accounts.Site", models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    size = models.PositiveIntegerField(default=0)
    head = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.CHECKED)
    rows = models.PositiveIntegerField(default=0)
    forms_created = models.PositiveIntegerField(default=0)
    forms_present = models.PositiveIntegerField(default=0)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)

    trail_ignore = ("content", "head")

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.UniqueConstraint(fields=["site", "sha256"], name="a_laboratory_file_is_kept_once_per_site"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class LaboratoryJob(LongWork):
    """The check of a file, or the saving of its samples. `found` counts what the file amounts to; `faults`
    are (line, sentence, what the row says).

    `parameters` keeps the columns (`mapping`) that the work was asked for with, and the language of its sentences.
    """

    class Kind(models.TextChoices):
        CHECK = "check", _("Check of the file")
        TAKE = "take", _("Saving of the samples")

    class State(models.TextChoices):
        QUEUED = JobState.QUEUED.value, _("Waiting")
        RUNNING = JobState.RUNNING.value, _("At work")
        DONE = JobState.DONE.value, _("Done")
        FAILED = JobState.FAILED.value, _("Failed")
        CANCELLED = JobState.CANCELLED.value, _("Cancelled")

    class Step(models.TextChoices):
        READ = "read", _("Rows read")
        CHECK = "check", _("Rows checked")
        COMPARE = "compare", _("Samples compared")
        SAVE = "save", _("Forms saved")

    #: The steps, each with the percent of the bar that it begins at.
    PLANS = {
        Kind.CHECK: {Step.READ: 0, Step.CHECK: 30, Step.COMPARE: 75},
        Kind.TAKE: {Step.READ: 0, Step.CHECK: 3, Step.COMPARE: 6, Step.SAVE: 9},
    }

    upload = models.ForeignKey(LaboratoryImport, models.PROTECT, related_name="jobs")
    kind = models.CharField(max_length=5, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    stage = models.CharField(max_length=10, choices=Step, blank=True)
    found = models.JSONField(default=dict)
    faults = models.JSONField(default=list)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="laboratory_jobs_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["upload"],
                condition=models.Q(state__in=(JobState.QUEUED.value, JobState.RUNNING.value)),
                name="one_job_at_a_time_for_a_file",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=JobState.FAILED.value) | ~models.Q(failure_reason=""),
                name="a_failed_laboratory_job_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def plan(self) -> dict[Step, int]:
        """Return the steps of this kind of work."""
        return self.PLANS[self.Kind(self.kind)]
