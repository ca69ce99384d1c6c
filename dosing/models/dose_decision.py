"""The decision record of one dose level: frozen evidence, meeting, choice, signatures, release."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dosing.rules.three_plus_three import Action
from trial_edc.protocol.dose_levels import DOSE_LEVELS

#: The advice in words for the page; the values are those of the rule.
ACTION_WORDS = {
    Action.ENROLL_TO_3: _("Enrol until three subjects are evaluable"),
    Action.WAIT: _("Wait: hold enrolment"),
    Action.ESCALATE: _("Escalate to the next dose level"),
    Action.EXPAND_TO_6: _("Expand this level to six subjects"),
    Action.ENROLL_TO_6: _("Enrol until six subjects are evaluable"),
    Action.ENROLL_TO_6_AFTER_SRC_REVIEW: _("Enrol to six subjects after review by the committee"),
    Action.DECLARE_MTD: _("Declare this level the MTD"),
    Action.DECLARE_MTD_NO_ESCALATION: _("Declare this level the MTD, do not escalate"),
    Action.STOP_NO_TOLERATED_DOSE: _("Stop: no tolerated dose"),
    Action.TOO_TOXIC_MTD_IS_LOWER: _("Too toxic: the level below is the MTD"),
    Action.TOO_TOXIC_EXPAND_LOWER_TO_6: _("Too toxic: fill the level below to six"),
    Action.SRC_DECISION: _("Outside 3+3: the committee decides"),
}


class DoseDecision(models.Model):
    """One revision of the decision on a level. A signed revision is never edited: a new one replaces it."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        READY = "DATA READY", _("Data ready")
        IN_REVIEW = "IN REVIEW", _("In review")
        SIGNED = "SIGNED", _("Signed")
        RELEASED = "RELEASED", _("Released")
        SUPERSEDED = "SUPERSEDED", _("Superseded, review required")

    class Choice(models.TextChoices):
        AGREE = "AGREE", _("Agree with the recommendation")
        MORE_CONSERVATIVE = "MORE CONSERVATIVE", _("Decide more conservatively")
        RULING = "RULING", _("Rule outside 3+3")

    OPEN = (Status.DRAFT, Status.READY, Status.IN_REVIEW)
    BINDING = (Status.SIGNED, Status.RELEASED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dose_level = models.PositiveSmallIntegerField(
        _("Dose level"), choices=[(d.number, d.short_label) for d in DOSE_LEVELS]
    )
    revision = models.PositiveSmallIntegerField(_("Revision"), default=1)
    status = models.CharField(_("Status"), max_length=10, choices=Status, default=Status.DRAFT)
    rule_set = models.CharField(max_length=12)
    rule_version = models.CharField(max_length=12)
    data_cutoff = models.DateTimeField(_("Data cut-off"))
    evidence = models.JSONField()
    evidence_hash = models.CharField(max_length=64)
    n_evaluable = models.PositiveSmallIntegerField()
    n_dlt = models.PositiveSmallIntegerField()
    n_pending = models.PositiveSmallIntegerField()
    advised_action = models.CharField(
        _("Advice"), max_length=28, choices=[(a.value, w) for a, w in ACTION_WORDS.items()]
    )
    advised_because = models.TextField()
    choice = models.CharField(_("Choice"), max_length=17, choices=Choice, blank=True)
    chosen_action = models.CharField(
        _("Decision"), max_length=28, choices=[(a.value, w) for a, w in ACTION_WORDS.items()], blank=True
    )
    choice_reason = models.TextField(_("Reason"), max_length=2000, blank=True)
    meeting_date = models.DateField(_("Date of the meeting"), null=True, blank=True)
    attendees = models.TextField(_("Attendees"), max_length=2000, blank=True)
    minutes = models.TextField(_("Minutes"), max_length=8000, blank=True)
    override_reason = models.TextField(_("Reason for deciding on incomplete data"), max_length=2000, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_because = models.TextField(blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        ordering = ["-data_cutoff"]
        constraints = [
            models.UniqueConstraint(fields=["dose_level", "revision"], name="decision_revision_once_per_level"),
            models.UniqueConstraint(
                fields=["dose_level"],
                condition=Q(status__in=["DRAFT", "DATA READY", "IN REVIEW"]),
                name="one_open_decision_per_level",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="decision_released_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(status="RELEASED") | Q(released_at__isnull=False), name="decision_released_has_a_moment"
            ),
            models.CheckConstraint(
                condition=(Q(status="SUPERSEDED") & Q(superseded_at__isnull=False) & ~Q(superseded_because=""))
                | (~Q(status="SUPERSEDED") & Q(superseded_at=None, superseded_because="")),
                name="decision_superseded_at_and_because",
            ),
        ]

    def __str__(self) -> str:
        return f"DL{self.dose_level} decision {self.revision}"

    @property
    def is_open(self) -> bool:
        """Test whether the record can still be prepared."""
        return self.status in self.OPEN
