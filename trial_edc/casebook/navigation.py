"""The frame of every page: who is signed in, where they may go, which environment this is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazystr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial_edc import __version__
from trial_edc.accounts.access import holds, may, memberships, sites_of, training_gap
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.identity import needs_code
from trial_edc.casebook.notices import unread_count
from trial_edc.protocol.study import STUDY
from trial_edc.review.selectors import open_queries


@dataclass(frozen=True)
class Destination:
    """One entry of the main navigation; shown to whoever holds the permission, or the other one."""

    label: Any
    url_name: str
    permission: Permission
    prefix: str
    other: Permission | None = None

    def is_open_to(self, user: User) -> bool:
        """Test whether the person may open it; reading takes no training."""
        return holds(user, self.permission) or (self.other is not None and holds(user, self.other))


DESTINATIONS = (
    Destination(
        gettext_lazy("My work"), "casebook:my-work", Permission.VIEW_SUBJECTS, "/desk/", Permission.MANAGE_USERS
    ),
    Destination(gettext_lazy("Subjects"), "casebook:matrix", Permission.VIEW_SUBJECTS, "/subjects/"),
    Destination(gettext_lazy("Queries"), "casebook:query-list", Permission.VIEW_SUBJECTS, "/queries/"),
    Destination(gettext_lazy("Verification"), "casebook:verification", Permission.VIEW_SUBJECTS, "/verification/"),
    Destination(gettext_lazy("Dose escalation"), "dosing:board", Permission.VIEW_BOARD, "/dose-escalation/"),
    Destination(gettext_lazy("Adverse events"), "explorer:page", Permission.VIEW_SUBJECTS, "/safety/events/"),
    Destination(gettext_lazy("Efficacy"), "efficacy:page", Permission.VIEW_SUBJECTS, "/efficacy/"),
    Destination(gettext_lazy("Laboratory"), "laboratory:shifts", Permission.VIEW_SUBJECTS, "/laboratory/"),
    Destination(gettext_lazy("Ranges"), "safety:ranges", Permission.MANAGE_RANGES, "/normal-ranges/"),
    Destination(gettext_lazy("Reports"), "reports:list", Permission.MAKE_REPORT, "/reports/"),
    Destination(gettext_lazy("Audit trail"), "casebook:audit", Permission.VIEW_AUDIT, "/audit/"),
    Destination(gettext_lazy("Freeze and lock"), "casebook:closing", Permission.CLOSE_DATA, "/closing/"),
    Destination(gettext_lazy("Study"), "casebook:study", Permission.VIEW_STUDY, "/study/"),
    Destination(gettext_lazy("Rule bench"), "bench:page", Permission.USE_BENCH, "/rules/"),
    Destination(gettext_lazy("People"), "casebook:people", Permission.MANAGE_USERS, "/people/"),
)


#: Entries that stand side by side; the rest is in a menu, so that the bar fits a laptop.
MOST_BESIDE = 6


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Return what `base.html` needs; for someone who is not signed in, only the environment."""
    frame: dict[str, Any] = {
        "study_title": f"{STUDY.short_title} EDC",
        "study_short_title": STUDY.short_title,
        "software_version": __version__,
        "environment_badge": "" if settings.IS_PRODUCTION else _("Training data"),
        "site_zone": zone_text(),
        "idle_seconds": settings.IDLE_MINUTES * 60,
    }
    user = getattr(request, "user", None)
    if isinstance(user, User):
        frame["may_find_subjects"] = may(user, Permission.VIEW_SUBJECTS)
        entries = _navigation(request, user)
        room = len(entries) if len(entries) <= MOST_BESIDE else MOST_BESIDE - 1
        frame["navigation"], frame["navigation_more"] = entries[:room], entries[room:]
        frame["user_role"] = _role_line(user)
        frame["training_gap"] = training_gap(user)
        # Called by the templates of forms that sign, and by no other page.
        frame["signing_needs_code"] = partial(needs_code, user, request.session)
        frame["notices_unread"] = lazystr(_Unread(user))
    return frame


def zone_text() -> str:
    """Return the trial's time zone as an offset from UTC, as it stands beside instants."""
    offset = timezone.localtime().strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:]}"


def _navigation(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    entries = []
    for destination in DESTINATIONS:
        if not destination.is_open_to(user):
            continue
        entries.append(
            {
                "label": destination.label,
                "url": reverse(destination.url_name),
                "current": request.path.startswith(destination.prefix),
                "count": lazystr(_OpenQueries(user)) if destination.prefix == "/queries/" else None,
            }
        )
    return entries


class _OpenQueries:
    """Counts only when a page with navigation is drawn, not for fragments."""

    def __init__(self, user: User) -> None:
        self.user = user

    def __str__(self) -> str:
        sites = sites_of(self.user, Permission.VIEW_SUBJECTS)
        return str(open_queries().filter(subject__site__in=sites).count() or "")


class _Unread:
    """Counts only when the frame of a page is drawn."""

    def __init__(self, user: User) -> None:
        self.user = user

    def __str__(self) -> str:
        return str(unread_count(self.user) or "")


def _role_line(user: User) -> str:
    held = memberships(user)
    if not held:
        return _("No role")
    site = held[0].site
    where = _("Site %(code)s") % {"code": site.code} if site else _("all sites")
    return f"{held[0].definition.title} · {where}"
