"""Who could do what on a day: accounts, roles and delegations as the trail knew them at the end of it.

What was granted later, even with an earlier first day, is not in the list of a day: nobody could have used it then.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as day_time
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.accounts.access import today
from trial_edc.accounts.models import SYSTEM_USER_ID, Delegation, Membership, Site, Training, User
from trial_edc.accounts.roles import ROLES, TASK_CHOICES
from trial_edc.audit.models import ItemChange
from trial_edc.audit.selectors import load
from trial_edc.casebook.rendering.dates import study_date, study_moment
from trial_edc.errors import DomainError
from trial_edc.protocol.partial_dates import DateText, parse_full_date

#: Entities of the trail that say who may do what.
ENTITIES = ("accounts.user", "accounts.membership", "accounts.delegation")


@dataclass(frozen=True)
class Change:
    """When something was last changed, and by whom."""

    at: datetime
    by: str


@dataclass(frozen=True)
class Right:
    """A role or a delegated task in force on the day; `site` is a code, '' for all sites."""

    kind: Any
    code: str
    title: Any
    site: str
    first: date
    last: date | None
    permissions: tuple[str, ...]
    change: Change | None


@dataclass(frozen=True)
class PersonRights:
    """One account and what it allowed; one that is switched off or has no role allowed nothing.

    `missing` are the topics without a training in force: with a role that takes training, the person could only read.
    """

    user: User
    rights: tuple[Right, ...]
    missing: tuple[str, ...]
    change: Change | None

    @property
    def has_access(self) -> bool:
        return self.user.is_active and bool(self.rights)

    @property
    def only_reads(self) -> bool:
        roles = [ROLES[right.code] for right in self.rights if right.code in ROLES]
        return bool(self.missing) and any(role.needs_training for role in roles)


def read_day(text: str) -> date:
    """Return the day an address names, today when it names none; DomainError when it cannot be read or lies ahead."""
    if not text.strip():
        return today()
    try:
        day = parse_full_date(text)
    except DateText as problem:
        raise DomainError(_(problem.template) % problem.values, field="date") from None
    if day > today():
        raise DomainError(_("That day is still to come. Enter today's date or an earlier one."), field="date")
    return day


def end_of(day: date) -> datetime:
    """Return the last instant of a day in the trial's zone."""
    zone = timezone.get_default_timezone()
    return datetime.combine(day + timedelta(days=1), day_time.min, zone) - timedelta(microseconds=1)


def rights_on(day: date, *, sites: set[UUID] | None = None, moment: datetime | None = None) -> list[PersonRights]:
    """Return every account known at `moment` (the end of the day) with the rights in force on the day, by name.

    `sites` leaves only the people who could do something there; None means all of them.
    """
    as_of = moment or end_of(day)
    changes, codes = _changes(as_of), {site.pk: site.code for site in load(Site, as_of=as_of)}
    rights: dict[UUID, list[Right]] = defaultdict(list)
    held: list[Membership | Delegation] = [*load(Membership, as_of=as_of), *load(Delegation, as_of=as_of)]
    for each in held:
        if _within(each.start_date, each.end_date, day) and (
            sites is None or each.site_id is None or each.site_id in sites
        ):
            rights[each.user_id].append(_right(each, codes, changes.get(each.pk)))
    people = [user for user in load(User, as_of=as_of) if user.pk != SYSTEM_USER_ID]
    trained = {
        (each.user_id, each.topic)
        for each in load(Training, as_of=as_of)
        if _within(each.completed_date, each.expiry_date, day)
    }
    found = [
        PersonRights(user, tuple(rights[user.pk]), _missing(user, trained), changes.get(user.pk)) for user in people
    ]
    if sites is not None:
        found = [person for person in found if person.rights]
    return sorted(found, key=lambda person: (not person.has_access, person.user.full_name.casefold()))


def _within(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or last >= day)


def _missing(user: User, trained: set[tuple[UUID, str]]) -> tuple[str, ...]:
    return tuple(topic.value for topic in Training.Topic if (user.pk, topic.value) not in trained)


def _right(each: Membership | Delegation, codes: dict[UUID, str], change: Change | None) -> Right:
    site = codes.get(each.site_id, "?") if each.site_id else ""
    if isinstance(each, Delegation):
        title = {task.value: name for task, name in TASK_CHOICES}.get(each.task, each.task)
        return Right(_("Delegated task"), each.task, title, site, each.start_date, each.end_date, (), change)
    role = ROLES.get(each.role)
    permissions = tuple(sorted(permission.value.replace("-", " ") for permission in role.permissions)) if role else ()
    return Right(
        _("Role"),
        each.role,
        role.title if role else each.role,
        site,
        each.start_date,
        each.end_date,
        permissions,
        change,
    )


def _changes(moment: datetime) -> dict[UUID, Change]:
    """Return the last change of every account, role and delegation up to an instant."""
    rows = (
        ItemChange.objects.filter(entity__in=ENTITIES, changed_at__lte=moment)
        .order_by("record", "-id")
        .distinct("record")
        .values_list("record", "changed_at", "changed_by_name")
    )
    return {record: Change(at, by) for record, at, by in rows}


def fingerprint(people: Iterable[PersonRights]) -> str:
    """Return the SHA-256 of a list: names, accounts, rights with their dates, and missing trainings."""
    content = [
        [
            person.user.username, person.user.full_name, person.user.is_active, person.missing,
            sorted([right.code, right.site, str(right.first), str(right.last)] for right in person.rights),
        ]
        for person in people
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()


def header() -> tuple[str, ...]:
    """Return the headings of `rows`."""
    return (
        _("Person"), _("User name"), _("Account"), _("Account changed"), _("Account changed by"), _("Right"),
        _("Name of the right"), _("Site"), _("From"), _("Until"), _("May"), _("Recorded"), _("Recorded by"),
        _("Training missing"),
    )  # fmt: skip


def rows(people: Iterable[PersonRights]) -> Iterator[tuple[str, ...]]:
    """Yield the list as rows under `header`, one per right; whoever had none has one row that says so."""
    for person in people:
        account = _("active") if person.user.is_active else _("switched off")
        start = (person.user.full_name, person.user.username, account, *_change(person.change))
        for right in person.rights:
            yield (
                *start, str(right.kind), str(right.title), right.site or _("all"),
                study_date(right.first), study_date(right.last), "; ".join(right.permissions), *_change(right.change),
                "; ".join(person.missing),
            )  # fmt: skip
        if not person.rights:
            yield (*start, _("none"), "", "", "", "", "", "", "", "; ".join(person.missing))


def _change(change: Change | None) -> tuple[str, str]:
    return (study_moment(change.at), change.by) if change else ("", "")
