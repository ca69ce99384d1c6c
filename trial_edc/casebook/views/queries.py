"""The list of queries, and its export."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from trial_edc.accounts.access import may, require, sites_of
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.audit.signatures import note
from trial_edc.casebook.csv_file import csv_response
from trial_edc.casebook.rendering.dates import file_moment
from trial_edc.casebook.selectors import queries
from trial_edc.casebook.selectors.query_filter import MINE, UNRESOLVED_NAME, QueryFilter
from trial_edc.casebook.selectors.subjects import SubjectFilter, filter_choices
from trial_edc.casebook.views.access import note_reading
from trial_edc.casebook.views.query_thread import OPEN, panel, query_for
from trial_edc.crf import registry
from trial_edc.crf.registry import subject_model
from trial_edc.review.models import Query

LINES_PER_PAGE = 100


class Choice:
    """What an address asks for: subjects, queries, and both together for this person."""

    def __init__(self, user: User, request: HttpRequest) -> None:
        self.user = user
        self.subjects = SubjectFilter.read(request.GET)
        self.wanted = QueryFilter.read(request.GET)
        self.sites = list(sites_of(user, Permission.VIEW_SUBJECTS))
        self.visible = self.subjects.narrow(subject_model().objects.filter(site__in=self.sites))

    def found(self) -> QuerySet[Query]:
        return self.wanted.narrow(queries.of_subjects(self.visible), self.user, timezone.now())

    def query(self, **changes: str) -> str:
        """Return the address parameters of this choice with some changed."""
        return self.subjects.query(**self.wanted.but(**changes).parts())


@require_GET
def query_list(request: HttpRequest) -> HttpResponse:
    """Show the queries that the address asks for; without a state, those someone still has to act on."""
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    choice = Choice(user, request)
    page = Paginator(choice.found(), LINES_PER_PAGE).get_page(request.GET.get("page"))
    total, address = page.paginator.count, choice.query()
    context = {
        "heading": _("Queries"),
        "lead": ngettext("%(count)s query", "%(count)s queries", total) % {"count": total},
        "filter": choice.subjects,
        "wanted": choice.wanted,
        "choices": filter_choices(choice.sites),
        "forms": sorted(((m.crf.oid, str(m.crf.title)) for m in registry.all_forms()), key=lambda pair: pair[1]),
        "states": [(UNRESOLVED_NAME, _("Unresolved")), ("all", _("All")), *Query.State.choices],
        "types": Query.Origin.choices,
        "views": _views(choice),
        "lines": queries.lines(page.object_list),  # type: ignore[arg-type]  # a slice of the query set
        "total": total,
        "sorting": _sorting(choice),
        "page_obj": page,
        "page_query": f"{address}&",
        "address": address,
        "export_url": f"{reverse('casebook:query-export')}?{address}",
        "may_close": may(user, Permission.CLOSE_QUERY),
        "may_raise": may(user, Permission.RAISE_QUERY),
        **_counters(choice),
        **_beside(user, request, address),
    }
    return render(request, "casebook/query_list.html", context)


def _counters(choice: Choice) -> dict[str, Any]:
    summary = queries.summary(choice.visible, choice.wanted, choice.user)
    looks = {"open": ("chat-left-text-fill", "q"), "answered": ("chat-left-text", "info")}
    shown = []
    for state, label in Query.State.choices:
        icon, colour = looks.get(state, ("check-lg" if state == "closed" else "x-lg", "mute"))
        current = choice.wanted.state == state
        shown.append(
            {"value": summary.states[state], "label": label, "url": f"?{choice.query(state=state)}", "icon": icon,
             "css": f"c-{colour}", "current": current}
        )  # fmt: skip
    median = "–" if summary.median_days is None else f"{summary.median_days:.1f}".removesuffix(".0")
    oldest = f"?{choice.query(state=UNRESOLVED_NAME, sort='age')}"
    return {"counters": shown, "median": {"value": median, "url": oldest}}


def _views(choice: Choice) -> list[dict[str, Any]]:
    """Return the saved views: everything unresolved, and what waits for this person."""
    mine = choice.wanted.assigned == MINE
    return [
        {"label": _("All queries"), "url": f"?{choice.query(assigned='')}", "current": not mine},
        {"label": _("Mine"), "url": f"?{choice.query(assigned=MINE, state='')}", "current": mine},
    ]


def _sorting(choice: Choice) -> dict[str, str]:
    """Return where the heading of the age leads to, and how the column is sorted now."""
    order = {"age": "descending", "-age": "ascending"}.get(choice.wanted.sort, "none")
    following = {"": "age", "age": "-age", "-age": ""}[choice.wanted.sort]
    return {"url": f"?{choice.query(sort=following)}", "order": order}


def _beside(user: User, request: HttpRequest, address: str) -> dict[str, Any]:
    """Return the conversation that the address opens beside the list, if any."""
    number = request.GET.get(OPEN, "")
    if not (number.isdecimal() and number.isascii() and len(number) < 9):
        return {"panel": None, "opened": None}
    try:
        query = query_for(user, int(number))
    except Http404:
        return {"panel": None, "opened": None}
    note_reading(request, user, reverse("casebook:query", args=[query.number]))
    return {"panel": panel(user, query, back=address, live=True), "opened": query.number}


@require_GET
def query_export(request: HttpRequest) -> StreamingHttpResponse:
    """Download the same list as CSV; the download is noted."""
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    choice = Choice(user, request)
    note(user, "query list downloaded", choice.query())
    header = (
        _("Number"), _("Subject"), _("Visit"), _("Form"), _("Item"), _("Present value"), _("Value when asked"),
        _("Question"), _("State"), _("Type"), _("Assigned to"), _("Asked by"), _("Asked at"), _("Age in days"),
        _("Last said at"), _("Days since last said"), _("Times reopened"), _("Messages"),
    )  # fmt: skip
    found = queries.lines(choice.found())
    return csv_response("queries", header, (_row(line) for line in found))


def _row(line: queries.QueryLine) -> tuple[Any, ...]:
    query = line.query
    return (
        query.number, line.subject, line.visit, line.form, line.item, line.value_now, line.value, line.text,
        query.get_state_display(), query.get_origin_display(), line.assigned, query.opened_by.full_name,
        file_moment(query.opened_at), line.days, file_moment(line.last_said_at), line.days_quiet, query.reopened,
        line.turns,
    )  # fmt: skip
