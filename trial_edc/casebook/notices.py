"""Tell people what concerns them: in the product, and by e-mail for who wants it. Never a clinical value.

What there is to tell is found by looking at the data, not by hooks on the ways of changing them: a change by a form, an
import, a task or plain SQL is found alike, and a queue that was down delays a notice but loses none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.accounts.access import today
from trial_edc.accounts.models import Membership, User
from trial_edc.accounts.roles import ROLES, Permission
from trial_edc.casebook.models import Notice, NoticePreference
from trial_edc.protocol.study import STUDY

#: How far back what happened is looked at; older causes were told long ago.
LOOK_BACK = timedelta(days=14)
MAILS_PER_ROUND = 100


@dataclass(frozen=True)
class Told:
    """One thing to tell one person."""

    user_id: Any
    kind: str
    cause: str
    text: str
    url: str


Finder = Callable[[], Iterable[Told]]
_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Add a way to find what there is to tell; applications register theirs when they are ready."""
    if finder not in _finders:
        _finders.append(finder)


def holders(permission: Permission, site_id: Any) -> list[Any]:
    """Return the people who hold a permission at a site today."""
    day = today()
    roles = [role.code for role in ROLES.values() if role.may(permission)]
    found = Membership.objects.filter(role__in=roles, start_date__lte=day, user__is_active=True).filter(
        Q(end_date=None) | Q(end_date__gte=day)
    )
    if site_id is not None:
        found = found.filter(Q(site=None) | Q(site=site_id))
    return list(found.values_list("user_id", flat=True).distinct())


def look_around() -> int:
    """Find what there is to tell and note it; return how many notices are new."""
    found = [told for finder in _finders for told in finder()]
    known: dict[Any, set[str]] = defaultdict(set)
    causes = {told.cause for told in found}
    for user_id, cause in Notice.objects.filter(cause__in=causes).values_list("user_id", "cause"):
        known[user_id].add(cause)
    fresh = [_notice(told) for told in found if told.cause not in known[told.user_id]]
    Notice.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _notice(told: Told) -> Notice:
    return Notice(
        user_id=told.user_id, kind=told.kind, cause=told.cause, text=told.text[:300], url=told.url,
        created_at=timezone.now(),
    )  # fmt: skip


def unread_count(user: User) -> int:
    """Return how many notices a person has not read."""
    return Notice.objects.filter(user=user, read_at=None).count()


def mark_read(*, by: User, pk: Any | None = None) -> int:
    """Note that a person read one of their notices, or all of them; return how many."""
    mine = Notice.objects.filter(user=by, read_at=None)
    return (mine if pk is None else mine.filter(pk=pk)).update(read_at=timezone.now())


def wants_mail(user: User) -> dict[str, bool]:
    """Return, for every kind, whether a person wants it by e-mail."""
    said = dict(NoticePreference.objects.filter(user=user).values_list("kind", "by_mail"))
    return {kind: said.get(kind, True) for kind in Notice.Kind.values}


def prefer(*, by: User, kinds: Iterable[str]) -> None:
    """Set for which kinds a person wants e-mail."""
    wanted = set(kinds)
    with transaction.atomic():
        for kind in Notice.Kind.values:
            NoticePreference.objects.update_or_create(user=by, kind=kind, defaults={"by_mail": kind in wanted})


def send_mails() -> int:
    """Send what waits to be mailed, one e-mail per person; return how many were sent.

    A notice is marked before it is sent: better one e-mail lost than one sent again and again.
    """
    sent = 0
    for user, waiting in _to_mail():
        Notice.objects.filter(pk__in=[notice.pk for notice in waiting]).update(mailed_at=timezone.now())
        wanted = wants_mail(user)
        lines = [notice for notice in waiting if wanted.get(notice.kind) and notice.read_at is None]
        if user.email and user.is_active and lines:
            send_mail(_subject(lines), _body(lines), settings.DEFAULT_FROM_EMAIL, [user.email])
            sent += 1
    return sent


def _to_mail() -> Iterator[tuple[User, list[Notice]]]:
    waiting = Notice.objects.filter(mailed_at=None).select_related("user").order_by("created_at")[:MAILS_PER_ROUND]
    by_user: dict[Any, list[Notice]] = defaultdict(list)
    for notice in waiting:
        by_user[notice.user_id].append(notice)
    for notices in by_user.values():
        yield notices[0].user, notices


def _subject(lines: list[Notice]) -> str:
    return f"[{STUDY.short_title}] " + (
        lines[0].text if len(lines) == 1 else _("%(count)s notices") % {"count": len(lines)}
    )


def _body(lines: list[Notice]) -> str:
    said = "\n".join(f"- {notice.text}\n  {settings.PUBLIC_URL}{notice.url}" for notice in lines)
    return _("%(said)s\n\nYou can choose which notices you get by e-mail on the page of your notices.") % {"said": said}
