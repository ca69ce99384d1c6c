"""Visits that took place, drafts that are not records yet, and the memory of answered form posts."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SubjectVisit(models.Model):
    """One visit of one subject as it happened: its date, or the reason why it did not take place."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey("enrollment.Subject", models.PROTECT, related_name="visits")
    code = models.CharField(max_length=8)
    visit_date = models.DateField(_("Date of visit"), null=True, blank=True)
    not_done_reason = models.CharField(_("Reason why the visit was not done"), max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "code"], name="one_row_per_visit")]

    def __str__(self) -> str:
        return f"{self.code}"


class Draft(models.Model):
    """What one person has typed into one form and not saved; only that person may take it up again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    subject = models.ForeignKey("enrollment.Subject", models.CASCADE, related_name="+")
    form = models.CharField(max_length=12)
    visit = models.CharField(max_length=8)
    sequence = models.PositiveSmallIntegerField(default=1)
    data = models.TextField()
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "subject", "form", "visit", "sequence"], name="one_draft_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.form} {self.visit}"


class Submission(models.Model):
    """A form post that was answered; the same token again is answered the same, and nothing is written twice."""

    token = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    record = models.UUIDField()
    version = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.token)


class Notice(models.Model):
    """One thing a person was told. `cause` names what happened, so that nobody is told twice of the same."""

    class Kind(models.TextChoices):
        QUERY = "query", _("Queries for me")
        SIGNATURE = "signature", _("A signature of mine was voided")
        DECISION = "decision", _("A dose decision waits, was released or was superseded")
        PAUSE = "pause", _("The trial or its expansion is paused")
        SAE = "sae", _("A reporting clock of a serious event runs")
        JOB = "job", _("A report of mine failed")
        UNLOCK = "unlock", _("A request to unlock waits")
        SECURITY = "security", _("Somebody was refused a signature again and again")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    cause = models.CharField(max_length=120)
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "cause"], name="one_notice_per_cause")]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notices_of_person"),
            models.Index(fields=["created_at"], condition=models.Q(mailed_at=None), name="notices_to_mail"),
        ]

    def __str__(self) -> str:
        return self.text


class NoticePreference(models.Model):
    """Whether a person wants notices of a kind by e-mail too; without a row, yes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Notice.Kind)
    by_mail = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_preference_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.by_mail}"


class Standing(models.Model):
    """What was last read of one subject's casebook, and of which state of the data: nobody enters anything here.

    It holds while the subject's chain in the trail has this `length`, its unsaved `drafts` and the study's `basis` are
    these; a reader who finds it behind reads the casebook again. See trial_edc.casebook.standings.
    """

    subject = models.OneToOneField("enrollment.Subject", models.CASCADE, primary_key=True, related_name="+")
    length = models.BigIntegerField()
    drafts = models.CharField(max_length=32, blank=True)
    basis = models.CharField(max_length=32)
    numbers = models.JSONField(default=dict)
    logs = models.JSONField(default=dict)
    unsigned = models.JSONField(default=list)
    milestones = models.JSONField(default=list)
    endorsements = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.subject_id} at {self.length}"


class VisitStanding(models.Model):
    """How one visit of one subject stands from `first_day` to `last_day`, both included: time alone changes nothing.

    `place` is its order in the casebook, `samples` the forms of samples that wait, `done` and `required` count forms.
    """

    subject = models.ForeignKey("enrollment.Subject", models.CASCADE, related_name="+")
    visit = models.CharField(max_length=8)
    place = models.PositiveSmallIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    status = models.CharField(max_length=14)
    is_due = models.BooleanField()
    due_day = models.DateField(null=True)
    samples = models.JSONField(default=list)
    done = models.PositiveSmallIntegerField()
    required = models.PositiveSmallIntegerField()
    begun = models.PositiveSmallIntegerField()
    open_queries = models.PositiveIntegerField()
    answered_queries = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "visit", "first_day"], name="one_standing_per_span")]
        indexes = [
            models.Index(fields=["first_day", "last_day"], condition=models.Q(status="OVERDUE"), name="overdue_visits"),
            models.Index(fields=["last_day", "first_day"], condition=models.Q(is_due=True), name="due_visits"),
            models.Index(fields=["last_day", "first_day"], condition=~models.Q(samples=[]), name="visits_with_samples"),
        ]

    def __str__(self) -> str:
        return f"{self.visit} {self.status}"


class FormStanding(models.Model):
    """How one form of one subject stands, whatever the day: the lists it is on, and its items for verification.

    `id` is that of the form. A form that is typed but was never saved has a row too, without a `state`.
    """

    id = models.UUIDField(primary_key=True)
    subject = models.ForeignKey("enrollment.Subject", models.CASCADE, related_name="+")
    form = models.CharField(max_length=12)
    visit = models.CharField(max_length=8)
    sequence = models.PositiveSmallIntegerField()
    place = models.PositiveIntegerField()
    state = models.CharField(max_length=8, blank=True)
    status = models.CharField(max_length=14)
    in_progress = models.BooleanField()
    to_verify = models.BooleanField()
    to_sign = models.BooleanField()
    items = models.PositiveIntegerField()
    items_verified = models.PositiveIntegerField()
    items_changed = models.PositiveIntegerField()
    critical = models.PositiveIntegerField()
    critical_verified = models.PositiveIntegerField()
    critical_changed = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["form", "subject"], name="standings_of_form")]

    def __str__(self) -> str:
        return f"{self.form} {self.visit}/{self.sequence} {self.status}"
