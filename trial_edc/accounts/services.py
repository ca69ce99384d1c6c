"""What an administrator and the principal investigator do about people. Every change is in the trail."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from axes.models import AccessAttempt, AccessLog
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.accounts.models import Delegation, Membership, Site, User
from trial_edc.accounts.roles import ROLES, Task
from trial_edc.errors import DomainError


def create_site(*, code: str, name: str, time_zone: str = "Asia/Shanghai") -> Site:
    """Add a site; runs inside `acting`."""
    return Site.objects.create(code=code, name=name, time_zone=time_zone)


def create_user(
    *, username: str, full_name: str, password: str, email: str = "", must_change_password: bool = False
) -> User:
    """Add a person; a name that was ever used is refused. Runs inside `acting`.

    A password that someone else chose is changed at the first sign-in: `must_change_password`.
    """
    username = username.strip()
    if User.objects.annotate(lower=Lower("username")).filter(lower=username.lower()).exists():
        raise DomainError(_("The user name %(name)s is or was in use. Choose another.") % {"name": username})
    user = User(
        username=username, full_name=full_name.strip(), email=email.strip(), must_change_password=must_change_password
    )
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise DomainError(" ".join(problem.messages), field="password") from None
    user.set_password(password)
    user.save()
    return user


def grant_role(
    *, user: User, role: str, site: Site | None, start_date: date, end_date: date | None = None
) -> Membership:
    """Give a person a role at a site (None: all sites) from a date on; runs inside `acting`."""
    if role not in ROLES:
        raise DomainError(_("There is no role %(role)s.") % {"role": role})
    if end_date is not None and end_date < start_date:
        raise DomainError(_("The last day is before the first."))
    return Membership.objects.create(user=user, role=role, site=site, start_date=start_date, end_date=end_date)


def delegate(
    *, by: User, user: User, site: Site, task: Task, start_date: date, end_date: date | None = None
) -> Delegation:
    """Enter a line in the delegation log: the principal investigator entrusts a task; runs inside `acting`."""
    if end_date is not None and end_date < start_date:
        raise DomainError(_("The last day is before the first."))
    return Delegation.objects.create(
        user=user, site=site, task=task, start_date=start_date, end_date=end_date, delegated_by=by
    )


def end_membership(*, membership: Membership, end_date: date) -> Membership:
    """Let a role end after `end_date`; a day before its start is refused. Runs inside `acting`."""
    if end_date < membership.start_date:
        raise DomainError(_("The last day is before the first."), field="end_date")
    membership.end_date = end_date
    membership.save(update_fields=["end_date"])
    return membership


def end_delegation(*, delegation: Delegation, end_date: date) -> Delegation:
    """Let a delegation end after `end_date`; runs inside `acting`."""
    if end_date < delegation.start_date:
        raise DomainError(_("The last day is before the first."), field="end_date")
    delegation.end_date = end_date
    delegation.save(update_fields=["end_date"])
    return delegation


def switch_off(*, by: User, user: User) -> User:
    """Take an account out of use; its name stays taken and its entries stay its own. Runs inside `acting`."""
    if user.pk == by.pk:
        raise DomainError(_("Nobody can switch off their own account."))
    if user.is_system:
        raise DomainError(_("The system's own account cannot be switched off."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    return user


def locked_sign_ins() -> list[AccessAttempt]:
    """Return the failed attempts that have reached the limit and not cooled off, newest first."""
    since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    attempts = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gte=since
    )
    return list(attempts.order_by("-attempt_time"))


def unlock(*, username: str) -> int:
    """Forget the failed attempts on a user name; return how many there were."""
    forgotten: int = reset(username=username.casefold())
    return forgotten


def last_sign_ins() -> dict[str, datetime]:
    """Return when each user name, in small letters, last signed in."""
    latest: dict[str, datetime] = {}
    for name, moment in AccessLog.objects.values_list("username").annotate(Max("attempt_time")):
        key = (name or "").casefold()
        latest[key] = max(moment, latest.get(key, moment))
    return latest
