"""What an administrator and the principal investigator do about people. Every change is in the trail."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from trial_edc.accounts.models import Delegation, Membership, Site, User
from trial_edc.accounts.roles import ROLES, Task
from trial_edc.errors import DomainError


def create_site(*, code: str, name: str, time_zone: str = "Asia/Shanghai") -> Site:
    """Add a site; runs inside `acting`."""
    return Site.objects.create(code=code, name=name, time_zone=time_zone)


def create_user(*, username: str, full_name: str, password: str) -> User:
    """Add a person; a name that was ever used is refused. Runs inside `acting`."""
    username = username.strip()
    if User.objects.annotate(lower=Lower("username")).filter(lower=username.lower()).exists():
        raise DomainError(_("The user name %(name)s is or was in use. Choose another.") % {"name": username})
    user = User(username=username, full_name=full_name.strip())
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
