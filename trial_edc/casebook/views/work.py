"""My work: the numbers of a person's roles, the lists behind them, and what to do next."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from trial_edc.accounts.access import may, require
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.casebook import work
from trial_edc.casebook.work import Desk

LINES_PER_PAGE = 100
MOST_ACTIONS = 15


@require_GET
def my_work(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person; every number leads to exactly its list."""
    user = _person(request)
    desk = Desk(user)
    context = {
        "heading": _("My work"),
        "lead": _("What waits for you today. Every number opens exactly its list."),
        "counters": _counters(user, desk),
        "actions": [
            {"list": each, "line": line, "late": _late(line, desk)}
            for each, line in work.next_actions(user, desk, most=MOST_ACTIONS)
        ],
        "panels": _panels(desk),
    }  # fmt: skip
    return render(request, "casebook/my_work.html", context)


def _counters(user: User, desk: Desk) -> list[dict[str, Any]]:
    found = [
        {"value": each.number(desk), "label": each.title, "url": each.address, "icon": each.icon,
         "css": f"c-{each.colour}", "quiet": each.quiet}
        for each in work.lists_for(user)
    ]  # fmt: skip
    return [counter for counter in found if counter["value"] or not counter["quiet"]]


def _person(request: HttpRequest) -> User:
    """Return who asks, if they have a desk: who sees subjects, and who manages accounts."""
    user = user_from_request(request)
    if not may(user, Permission.MANAGE_USERS):
        require(user, Permission.VIEW_SUBJECTS)
    return user


def _late(line: work.Line, desk: Desk) -> str:
    days = (desk.day - line.due).days if line.due else 0
    if days <= 0:
        return ""
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


def _panels(desk: Desk) -> list[dict[str, Any]]:
    return [
        {"template": template, "context": context(desk)}
        for permission, template, context in work.panels()
        if may(desk.user, permission)
    ]


@require_GET
def work_list(request: HttpRequest, name: str) -> HttpResponse:
    """Show what a number of My work counts."""
    user = _person(request)
    wanted = work.find(name)
    if wanted is None or wanted.lines is None:
        raise Http404
    require(user, wanted.permission)
    if wanted.url:
        return redirect(wanted.url)
    desk = Desk(user)
    lines = wanted.found(desk)
    page = Paginator(lines, LINES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "heading": wanted.title,
        "lead": ngettext("%(count)s entry", "%(count)s entries", len(lines)) % {"count": len(lines)},
        "crumbs": [{"label": _("My work"), "url": reverse("casebook:my-work")}, {"label": wanted.title}],
        "total": len(lines),
        "lines": [{"line": line, "late": _late(line, desk)} for line in page.object_list],
        "page_obj": page,
        "empty": wanted.empty,
    }
    return render(request, "casebook/work.html", context)
