"""May this person do this, here, today? The one place that answers."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.accounts.models import Delegation, Membership, Site, User
from trial_edc.accounts.roles import Permission, Task


def today() -> date:
    """Return today's date in the trial's time zone."""
    return timezone.localdate()


def midnight(day: date) -> datetime:
    """Return the instant at which a day begins in the trial's time zone."""
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001  # the zone follows


def memberships(user: User) -> list[Membership]:
    """Return the memberships in force today; read once per request and person."""
    cached: list[Membership] | None = getattr(user, "_memberships_today", None)
    if cached is None:
        day = today()
        cached = list(
            user.memberships.select_related("site")
            .filter(start_date__lte=day)
            .filter(Q(end_date=None) | Q(end_date__gte=day))
        )
        user._memberships_today = cached  # type: ignore[attr-defined]  # kept on the instance, not in the database
    return cached


def may(user: User, permission: Permission, site: Site | None = None) -> bool:
    """Test whether `user` holds `permission` at `site` (None: anywhere)."""
    if not user.is_active:
        return False
    return any(
        m.definition.may(permission) and (site is None or m.site_id is None or m.site_id == site.pk)
        for m in memberships(user)
    )


def require(user: User, permission: Permission, site: Site | None = None) -> None:
    """Raise PermissionDenied with a readable sentence unless `user` holds `permission` at `site`."""
    if not may(user, permission, site):
        raise PermissionDenied(_("Your role does not allow this."))


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
    """Return the sites at which `user` holds `permission`."""
    held = [m for m in memberships(user) if m.definition.may(permission)]
    if not user.is_active or not held:
        return Site.objects.none()
    if any(m.site_id is None for m in held):
        return Site.objects.all()
    return Site.objects.filter(pk__in=[m.site_id for m in held])


def role_title(user: User) -> str:
    """Return the title of the person's first role today, for the page frame and signatures."""
    held = memberships(user)
    return held[0].definition.title if held else _("No role")
