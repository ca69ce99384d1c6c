"""The audit trail, and signatures bound to what they sign."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemChange(models.Model):
    """One version of one item: who changed it, from what, to what, when and why. Written by the database alone.

    `record` is the row that changed, `root` the form (or other thing) it belongs to. `chain` groups the changes of one
    subject; each row's `digest` covers the digest before it in its chain.
    """

    id = models.BigAutoField(primary_key=True)
    chain = models.UUIDField()
    position = models.BigIntegerField()
    entity = models.TextField()
    record = models.UUIDField()
    root = models.UUIDField()
    field = models.TextField()
    old = models.TextField(null=True)
    new = models.TextField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField()
    changed_by_name = models.TextField()
    reason = models.TextField()
    source = models.TextField()
    digest = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="trail_one_row_per_position")]
        indexes = [
            models.Index(fields=["record", "field", "-id"], name="trail_versions"),
            models.Index(fields=["root", "-id"], name="trail_of_form"),
            models.Index(fields=["entity", "changed_at"], name="trail_as_of"),
            models.Index(fields=["field", "-id"], name="trail_of_item"),
            models.Index(fields=["changed_at"], name="trail_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.field}: {self.old} → {self.new}"


class ChainHead(models.Model):
    """The end of each subject's chain; a missing tail shows because the head no longer matches."""

    chain = models.UUIDField(primary_key=True)
    length = models.BigIntegerField(default=0)
    digest = models.TextField(default="")

    def __str__(self) -> str:
        return f"{self.chain}: {self.length}"


class Signature(models.Model):
    """A person's signature under one form or decision, bound to its content.

    It holds while the trail has no change of the signed items later than `last_change`; nothing has to be reset.
    """

    class Meaning(models.TextChoices):
        REVIEW = "review", _("I have reviewed these data and confirm that they are accurate and complete")
        AUTHOR = "author", _("I am the author of this entry")
        DECISION = "decision", _("I reviewed the data and make this dose decision")
        RELEASE = "release", _("I release this dose decision")
        OVERRIDE = "override", _("I take responsibility for going ahead despite the warning shown")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entity = models.CharField(max_length=60)
    root = models.UUIDField()
    subject_key = models.UUIDField(null=True)
    last_change = models.BigIntegerField()
    content_hash = models.CharField(max_length=64)
    meaning = models.CharField(max_length=12, choices=Meaning)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    printed_name = models.CharField(max_length=120)
    role_title = models.CharField(max_length=60)

    trail_subject = "subject_key"
    trail_root = "root"

    class Meta:
        indexes = [models.Index(fields=["root"], name="signatures_of_form")]

    def __str__(self) -> str:
        return f"{self.printed_name}: {self.get_meaning_display()}"


class AccessEvent(models.Model):
    """Reading, exporting, signing in: what people did that changed no data. Append-only like the trail."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    by_name = models.TextField()
    by_id = models.UUIDField(null=True)
    action = models.TextField()
    detail = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="access_by_time")]

    def __str__(self) -> str:
        return f"{self.by_name} {self.action}"


class TrailReview(models.Model):
    """A reviewer read a range of the trail, through some filter, and notes what they found."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_change = models.BigIntegerField()
    last_change = models.BigIntegerField()
    count = models.PositiveIntegerField()
    filter = models.CharField(max_length=500, blank=True)
    note = models.CharField(max_length=1000)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.first_change} to {self.last_change}"
