"""May this person do this, here, today? The one place that answers.

A role and a site give a permission; what touches the data of the study also takes a training in force in every topic.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.accounts.models import Delegation, Membership, Site, Training, User
from trial_edc.accounts.roles import NEEDS_TRAINING, Permission, Task

M = TypeVar("M", bound=Model)


def today() -> date:
    """Return today's date in the trial's time zone."""
    return timezone.localdate()


def midnight(day: date) -> datetime:
    """Return the instant at which a day begins in the trial's time zone."""
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001  # the zone follows


def memberships(user: User) -> list[Membership]:
    """Return the memberships in force today; read once per request and person, with the trainings in force."""
    cached: list[Membership] | None = getattr(user, "_memberships_today", None)
    if cached is None:
        day = today()
        trained = in_force(Training.objects.filter(user=OuterRef("user"), completed_date__lte=day), day)
        cached = list(
            in_force(user.memberships.filter(start_date__lte=day), day, until="end_date")
            .select_related("site")
            .annotate(trained_topics=ArraySubquery(trained.order_by().values("topic").distinct()))
        )
        user._memberships_today = cached  # type: ignore[attr-defined]  # kept on the instance, not in the database
    return cached


def in_force(rows: QuerySet[M], day: date, *, until: str = "expiry_date") -> QuerySet[M]:
    """Return the rows that have no last day, or one that is not over on `day`."""
    return rows.filter(Q(**{until: None}) | Q(**{f"{until}__gte": day}))


def missing_training(user: User) -> list[str]:
    """Return the topics, by name, in which the person has no training in force today; none for who has no role."""
    held = memberships(user)
    trained = set(held[0].trained_topics) if held else set(Training.Topic.values)  # type: ignore[attr-defined]
    return [str(topic.label) for topic in Training.Topic if topic.value not in trained]


def training_gap(user: User) -> str:
    """Return what someone whose role works on data is told while a training is missing, '' when there is nothing."""
    if not any(m.definition.needs_training for m in memberships(user)):
        return ""
    missing = missing_training(user)
    if not missing:
        return ""
    return _(
        "You have no valid training in: %(topics)s. You can read, but not enter, change or sign, until an administrator"
        " records it."
    ) % {"topics": ", ".join(missing)}


def holds(user: User, permission: Permission, site: Site | None = None) -> bool:
    """Test whether a role of `user` gives `permission` at `site` (None: anywhere), trained or not."""
    if not user.is_active:
        return False
    return any(
        m.definition.may(permission) and (site is None or m.site_id is None or m.site_id == site.pk)
        for m in memberships(user)
    )


def may(user: User, permission: Permission, site: Site | None = None) -> bool:
    """Test whether `user` may do this at `site` (None: anywhere): by role, and trained where it takes training."""
    return holds(user, permission, site) and not _lacks_training(user, permission)


def _lacks_training(user: User, permission: Permission) -> bool:
    return permission in NEEDS_TRAINING and bool(missing_training(user))


def require(user: User, permission: Permission, site: Site | None = None) -> None:
    """Raise PermissionDenied with a readable sentence unless `user` may do this at `site`."""
    if not holds(user, permission, site):
        raise PermissionDenied(_("Your role does not allow this."))
    if _lacks_training(user, permission):
        raise PermissionDenied(training_gap(user))


def is_delegated(user: User, task: Task, site: Site, on: date) -> bool:
    """Test whether the delegation log names `user` for `task` at `site` on a date."""
    key = (task, site.pk, on)
    cache: dict[object, bool] = user.__dict__.setdefault("_delegated", {})
    if key not in cache:
        cache[key] = (
            Delegation.objects.filter(user=user, task=task, site=site, start_date__lte=on)
            .filter(Q(end_date=None) | Q(end_date__gte=on))
            .exists()
        )
    return cache[key]


def may_judge(user: User, site: Site) -> bool:
    """Test whether `user` is a physician named in the delegation log for medical judgement today."""
    return may(user, Permission.JUDGE, site) and is_delegated(user, Task.MEDICAL_JUDGEMENT, site, today())


def may_sign_casebook(user: User, site: Site) -> bool:
    """Test whether `user` may sign case report forms of `site` today."""
    return may(user, Permission.SIGN_DATA, site) and is_delegated(user, Task.SIGN_CASEBOOK, site, today())


def may_sign_decision(user: User, site: Site) -> bool:
    """Test whether `user` may sign dose decisions: a committee member, or a physician delegated for it."""
    if any(m.role == "src-member" for m in memberships(user)):
        return may(user, Permission.SIGN_DECISION)
    return may(user, Permission.SIGN_DECISION, site) and is_delegated(user, Task.DOSE_DECISION, site, today())


def sites_of(user: User, permission: Permission) -> QuerySet[Site]:
    """Return the sites at which `user` may do this."""
    held = [m for m in memberships(user) if m.definition.may(permission)]
    if not user.is_active or not held or _lacks_training(user, permission):
        return Site.objects.none()
    if any(m.site_id is None for m in held):
        return Site.objects.all()
    return Site.objects.filter(pk__in=[m.site_id for m in held])


def role_title(user: User) -> str:
    """Return the title of the person's first role today, for the page frame and signatures."""
    held = memberships(user)
    return held[0].definition.title if held else _("No role")
