"""Who may: sites, people, what they are at which site, and what was delegated to them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from trial_edc.accounts.roles import ROLE_CHOICES, ROLES, TASK_CHOICES, Role

SYSTEM_USER_ID = uuid.UUID("00000000-0000-4000-8000-000000000001")


class Site(models.Model):
    """A trial site; its code starts every subject identifier."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("Site code"), max_length=3, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    time_zone = models.CharField(_("Time zone"), max_length=40, default="Asia/Shanghai")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class UserManager(BaseUserManager["User"]):
    """Finds people by name without regard to case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """One person. Names are unique for ever: an account is switched off, never deleted or handed on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(_("User name"), max_length=60)
    full_name = models.CharField(_("Printed name"), max_length=120)
    email = models.EmailField(_("E-mail address"), blank=True, db_default="")
    is_active = models.BooleanField(_("Active"), default=True)
    must_change_password = models.BooleanField(_("Changes the password next"), default=False, db_default=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]
    trail_ignore = ("password", "last_login")

    class Meta:
        constraints = [models.UniqueConstraint(Lower("username"), name="user_name_unique_for_ever")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_system(self) -> bool:
        return self.pk == SYSTEM_USER_ID


class Membership(models.Model):
    """What a person is, at one site or (no site) everywhere, from one date to another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(_("Role"), max_length=20, choices=ROLE_CHOICES)
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True)
    start_date = models.DateField(_("From"))
    end_date = models.DateField(_("Until"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user} as {self.role}"

    @property
    def definition(self) -> Role:
        return ROLES[self.role]


class Delegation(models.Model):
    """A line of the delegation log: the investigator entrusts a task to a person, with dates."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="delegations")
    site = models.ForeignKey(Site, models.PROTECT)
    task = models.CharField(_("Task"), max_length=24, choices=TASK_CHOICES)
    start_date = models.DateField(_("From"))
    end_date = models.DateField(_("Until"), null=True, blank=True)
    delegated_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.task} to {self.user}"


class Training(models.Model):
    """One training that a person completed, as an administrator recorded it; a later one renews it."""

    class Topic(models.TextChoices):
        PROTOCOL = "protocol", _("Protocol")
        EDC = "edc", _("This system")
        GCP = "gcp", _("Good clinical practice")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="trainings")
    topic = models.CharField(_("Topic"), max_length=12, choices=Topic)
    completed_date = models.DateField(_("Completed"))
    expiry_date = models.DateField(_("Valid until"), null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["user", "topic"], name="trainings_of_person")]

    def __str__(self) -> str:
        return f"{self.topic} of {self.user}"


class UserReview(models.Model):
    """Somebody went through the list of users and confirms it; `content_hash` is the SHA-256 of what they saw."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    note = models.CharField(max_length=1000)
    people = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-reviewed_at"]

    def __str__(self) -> str:
        return f"{self.people} people, {self.content_hash[:8]}"


def user_from_request(request: Any) -> User:
    """Return the signed-in person of a request that has passed the sign-in wall."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionError("no one is signed in")
    return user
