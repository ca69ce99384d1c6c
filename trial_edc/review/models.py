"""What people say about a data point: queries, reasons for missing, confirmations, verification against source."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trial_edc.crf.models import CrfRow


class Address(models.Model):
    """The address of one data point: form, record, field. Everything said about it hangs here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey("enrollment.Subject", models.PROTECT, related_name="+")
    form = models.CharField(max_length=12)
    record = models.UUIDField()
    field = models.CharField(max_length=60)

    class Meta:
        abstract = True


class Query(Address):
    """A question about a data point, from a monitor, an edit check or a rule.

    `record` is the form, or one row of its repeating tables; `root_record` is always the form. Whoever has to act next
    stands in `assigned_to`, or, while no person is named, in `assigned_role`. `reopened` counts how often it came back.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Query open")
        ANSWERED = "answered", _("Query answered")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")

    class Origin(models.TextChoices):
        PERSON = "person", _("Person")
        CHECK = "check", _("Edit check")
        RULE = "rule", _("Rule")

    number = models.PositiveIntegerField(unique=True)
    root_record = models.UUIDField()
    visit = models.CharField(max_length=8)
    sequence = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.PERSON)
    rule = models.CharField(max_length=60, blank=True)
    assigned_role = models.CharField(max_length=20, blank=True, default="coordinator")
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reopened = models.PositiveSmallIntegerField(default=0)
    value_at_opening = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["record", "field"], name="queries_of_item"),
            models.Index(fields=["root_record"], name="queries_of_form"),
            models.Index(fields=["state", "subject"], name="queries_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "field", "rule"],
                condition=models.Q(state__in=("open", "answered")) & ~models.Q(rule=""),
                name="one_unresolved_query_per_rule",
            ),
        ]

    def __str__(self) -> str:
        return f"Query {self.number:04d}"

    @property
    def is_unresolved(self) -> bool:
        return self.state in (self.State.OPEN, self.State.ANSWERED)


class QueryMessage(models.Model):
    """One turn of a query's conversation; never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    query = models.ForeignKey(Query, models.PROTECT, related_name="messages")
    subject = models.ForeignKey("enrollment.Subject", models.PROTECT, related_name="+")
    text = models.TextField(_("Message"), max_length=4000)
    new_state = models.CharField(max_length=10, choices=Query.State)
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["said_at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]


class MissingReason(Address):
    """Why an item has no value: a choice, not an empty box."""

    class Code(models.TextChoices):
        NOT_DONE = "NOT DONE", _("Not done")
        UNKNOWN = "UNKNOWN", _("Unknown")
        NOT_APPLICABLE = "NOT APPLICABLE", _("Not applicable")

    code = models.CharField(max_length=14, choices=Code)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "field"], name="one_missing_reason_per_item")]

    def __str__(self) -> str:
        return f"{self.field}: {self.code}"


class SoftConfirmation(Address):
    """A person looked at a soft check and said the value is correct; holds for exactly that value."""

    check_oid = models.CharField(max_length=60)
    value = models.TextField()
    explanation = models.CharField(max_length=200, blank=True)
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["record"], name="confirmations_of_form")]

    def __str__(self) -> str:
        return f"{self.check_oid} confirmed"


class SourceVerification(models.Model):
    """A monitor saw this version in the source. A newer version is simply not verified: nothing has to be reset."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey("enrollment.Subject", models.PROTECT, related_name="+")
    record = models.UUIDField()
    root_record = models.UUIDField()
    field = models.CharField(max_length=60)
    change = models.OneToOneField("audit.ItemChange", models.PROTECT, related_name="verification", db_constraint=False)
    verified_at = models.DateTimeField()
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    #: The version it is about says the rest, and the trail itself says who and when.
    trail_ignore = ("record", "root_record", "field", "verified_at", "verified_by_id")

    class Meta:
        indexes = [
            models.Index(fields=["root_record"], name="verifications_of_form"),
            models.Index(fields=["record", "field"], name="verifications_of_item"),
        ]

    def __str__(self) -> str:
        return f"{self.field} verified"


def address_of(record: Any, field: str) -> dict[str, Any]:
    """Return the address of one item of a saved form or row, as keyword arguments."""
    return {"subject_id": record.subject_id, "form": record.crf.oid, "record": record.pk, "field": field}


def form_of(record: Any) -> Any:
    """Return the form that a record is, or of which it is a row."""
    is_row = isinstance(record, CrfRow)
    return record.record if is_row else record


class RuleResult(models.Model):
    """What a rule computed, beside what people entered and never over it.

    `root` is what the result is about: a form, a subject, or a dose level. The present answer stands here; earlier
    answers stand in the trail. `valid_until` is the moment at which time alone may change the answer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey("enrollment.Subject", models.PROTECT, null=True, related_name="+")
    root = models.UUIDField()
    rule = models.CharField(max_length=40)
    rule_version = models.CharField(max_length=12)
    inputs = models.JSONField()
    input_hash = models.CharField(max_length=64)
    output = models.JSONField()
    because = models.TextField()
    computed_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    trail_root = "root"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "rule"], name="one_present_result_per_rule")]
        indexes = [
            models.Index(fields=["rule", "subject"], name="results_by_rule"),
            models.Index(fields=["valid_until"], name="results_by_validity"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.because}"


class Closure(models.Model):
    """Nothing more may be entered here: one visit of a subject, a whole subject (no visit), or the study (no subject).

    The forms in it carry the same state; the closure also keeps new forms out. Reopening removes it.
    """

    class State(models.TextChoices):
        FROZEN = "FROZEN", _("Frozen")
        LOCKED = "LOCKED", _("Locked")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey("enrollment.Subject", models.PROTECT, null=True, related_name="+")
    visit = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=8, choices=State)
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "visit"], nulls_distinct=False, name="one_closure_per_place")
        ]

    def __str__(self) -> str:
        return f"{self.visit or 'all visits'} {self.state}"


class UnlockRequest(models.Model):
    """One person asks to reopen what is locked and says why; another person decides."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey("enrollment.Subject", models.PROTECT, null=True, related_name="+")
    visit = models.CharField(max_length=8, blank=True)
    reason = models.CharField(max_length=500)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "visit"], condition=models.Q(granted=None), nulls_distinct=False,
                name="one_waiting_unlock_request",
            ),
            models.CheckConstraint(
                condition=models.Q(granted=None, decided_at=None, decided_by=None)
                | models.Q(granted__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="unlock_decided_at_and_by",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"unlock {self.visit or 'all visits'}"
