"""Jobs that make documents, and the documents they made."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.rules.job_states import Stage, plan_of
from trial_edc.casebook.jobs.models import LongWork
from trial_edc.casebook.jobs.states import JobState


class Job(LongWork):
    """The making of one document: what of, of which site, and as of when."""

    class Kind(models.TextChoices):
        SAFETY = "safety", _("Cumulative safety report")
        SERIOUS = "serious", _("Listing of serious adverse events")
        EFFICACY = "efficacy", _("Efficacy report")
        KINETICS = "kinetics", _("Report of CAR-T cells and cytokines")
        CASEBOOK = "casebook", _("Casebook of a subject")
        COHORTS = "cohorts", _("DLT and cohort report")
        METRICS = "metrics", _("Query and source verification report")
        PACK = "src-pack", _("Meeting pack of the safety review committee")
        TRAIL = "trail", _("Audit trail as CSV")

    class State(models.TextChoices):
        QUEUED = JobState.QUEUED.value, _("Waiting")
        RUNNING = JobState.RUNNING.value, _("Generating")
        DONE = JobState.DONE.value, _("Ready")
        FAILED = JobState.FAILED.value, _("Failed")
        CANCELLED = JobState.CANCELLED.value, _("Cancelled")

    class StageName(models.TextChoices):
        SNAPSHOT = Stage.SNAPSHOT.value, _("Snapshot")
        TABLES = Stage.TABLES.value, _("Tables")
        LISTINGS = Stage.LISTINGS.value, _("Listings")
        PDF = Stage.PDF.value, _("PDF and checksum")
        ROWS = Stage.ROWS.value, _("Changes")
        FILE = Stage.FILE.value, _("File and checksum")

    kind = models.CharField(max_length=12, choices=Kind)
    cutoff = models.DateTimeField()
    site = models.ForeignKey("accounts.Site", models.PROTECT, null=True, blank=True, related_name="+")
    idempotency_key = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    stage = models.CharField(max_length=10, choices=StageName, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="jobs_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state=JobState.FAILED.value) | ~models.Q(failure_reason=""),
                name="a_failed_job_says_why",
            ),
            models.CheckConstraint(condition=models.Q(progress__lte=100), name="job_progress_in_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.state}"

    @property
    def title(self) -> str:
        """Return what the document is, and of whom where it is about one subject."""
        return f"{self.get_kind_display()} {self.about}".strip()

    @property
    def about(self) -> str:
        """Return the subject that the document is about, "" where it is about more."""
        return str(self.parameters.get("about", ""))

    @property
    def plan(self) -> dict[Stage, int]:
        """Return the steps of this kind of document."""
        return plan_of(self.kind)


class ReportFile(models.Model):
    """A document as it was made; never changed. The trail holds its checksum, not its bytes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.OneToOneField(Job, models.PROTECT, related_name="file")
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    content_hash = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    pages = models.PositiveIntegerField()
    rows = models.PositiveIntegerField(default=0, db_default=0)
    cutoff = models.DateTimeField()
    generated_at = models.DateTimeField()
    generated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    software_version = models.CharField(max_length=40)

    trail_ignore = ("content",)

    class Meta:
        ordering = ["-generated_at"]

    def __str__(self) -> str:
        return self.name
