"""Who imports: sites as the files name them, and a person with the roles and delegations that entering needs."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.utils.translation import gettext as _

from trial_edc.accounts.access import is_delegated, may, may_judge, today
from trial_edc.accounts.models import Site, Training, User
from trial_edc.accounts.roles import Permission, Task
from trial_edc.accounts.services import create_site, create_user, delegate, grant_role
from trial_edc.accounts.training import record_training
from trial_edc.audit.context import acting, system_user
from trial_edc.errors import DomainError

IMPORTER = "importer"


def ensure_sites(codes: Iterable[str], *, study: str) -> dict[str, Site]:
    """Return the sites by code, those that are new created under the system account."""
    with acting(system_user(), f"SDTM import of {study}", source="command"):
        known = {site.code: site for site in Site.objects.all()}
        for code in sorted(set(codes) - known.keys()):
            known[code] = create_site(code=code, name=_("Site %(code)s") % {"code": code})
    return known


def ensure_importer(sites: Iterable[Site], *, study: str) -> User:
    """Return the account “importer”: a sub-investigator at all sites, delegated for judgement at these.

    Attribution is a physician's judgement; the source's physician made it, and the import enters it, so its account
    needs the delegation. Nobody knows its password, so nobody signs in with it.
    """
    with acting(system_user(), f"SDTM import of {study}", source="command"):
        user = User.objects.filter(username__iexact=IMPORTER).first() or _create_importer()
        for site in sites:
            if not is_delegated(user, Task.MEDICAL_JUDGEMENT, site, today()):
                delegate(by=system_user(), user=user, site=site, task=Task.MEDICAL_JUDGEMENT, start_date=today())
    # Read again: what an account may do is remembered on the instance.
    return User.objects.get(pk=user.pk)


def _create_importer() -> User:
    user = create_user(username=IMPORTER, full_name="SDTM import", password=secrets.token_urlsafe(32))
    grant_role(user=user, role="sub-investigator", site=None, start_date=today())
    # No person stands behind this account: what it does is what the people did who entered the source data.
    record_training(
        by=system_user(), people=[user], topics=Training.Topic.values, completed_date=today(), expiry_date=None,
        today=today(),
    )  # fmt: skip
    return user


def named_person(username: str) -> User:
    """Return the person the import is to run as; DomainError when there is none of that name."""
    user = User.objects.filter(username__iexact=username, is_active=True).first()
    if user is None:
        raise DomainError(_("There is no active user %(name)s.") % {"name": username})
    return user


def require_rights(user: User, sites: Iterable[Site]) -> None:
    """Raise DomainError unless the person may enrol, enter data and judge at every site."""
    lacking = [site.code for site in sites if not _may_import(user, site)]
    if lacking:
        raise DomainError(
            _("%(name)s lacks enrolment, data entry or delegated judgement at site %(codes)s: grant them first.")
            % {"name": user.username, "codes": ", ".join(lacking)}
        )


def _may_import(user: User, site: Site) -> bool:
    return may(user, Permission.ENROL, site) and may(user, Permission.ENTER_DATA, site) and may_judge(user, site)
