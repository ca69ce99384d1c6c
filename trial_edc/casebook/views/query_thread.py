"""One query by its number: as a panel beside the list, or as a page of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from trial_edc.accounts.access import may, require
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.casebook import threads
from trial_edc.casebook.selectors import queries
from trial_edc.casebook.views.access import is_fragment, note_reading
from trial_edc.errors import DomainError
from trial_edc.review.models import Query

#: The parameter that names the query shown beside the list.
OPEN = "open"


def query_for(user: User, number: int) -> Query:
    """Return a query that the person may read; 404 for one of a site that is not theirs."""
    require(user, Permission.VIEW_SUBJECTS)
    found = Query.objects.select_related("subject__site", "assigned_to").filter(number=number).first()
    if found is None or not may(user, Permission.VIEW_SUBJECTS, found.subject.site):
        raise Http404("no such query")
    return found


@require_http_methods(["GET", "POST"])
def query_page(request: HttpRequest, number: int) -> HttpResponse:
    """Show a conversation with its place and who has to act; a post takes a step, or hands the query over."""
    user = user_from_request(request)
    query = query_for(user, number)
    note_reading(request, user)
    error: DomainError | None = None
    if request.method == "POST":
        try:
            _act(user, query, request.POST)
        except DomainError as refusal:
            error, query = refusal, query_for(user, number)
        else:
            return _done(request, number)
    context = panel(
        user, query, back=request.GET.get("back"), live=is_fragment(request), error=error,
        text=request.POST.get("text", ""),
    )  # fmt: skip
    template = "casebook/_query_panel.html" if is_fragment(request) else "casebook/query_detail.html"
    return render(request, template, context | {"failed": error}, status=422 if error else 200)


def _act(user: User, query: Query, data: QueryDict) -> None:
    if data.get("action") == "assign":
        threads.hand_over(user, query, data.get("assignee", ""))
    else:
        threads.take(user, query, data.get("action", ""), data.get("text", ""))


def _done(request: HttpRequest, number: int) -> HttpResponse:
    """Return to where the person came from: the list with this query beside it, or the query's own page."""
    back = request.GET.get("back")
    address = reverse("casebook:query", args=[number]) if back is None else list_address(back, number)
    if is_fragment(request):
        return HttpResponse(status=200, headers={"HX-Redirect": address})
    return redirect(address)


def list_address(back: str, number: int | None = None) -> str:
    """Return the address of the list under the filter `back`, with one query open beside it."""
    kept = QueryDict(back, mutable=True)
    kept.pop(OPEN, None)
    if number is not None:
        kept[OPEN] = str(number)
    return f"{reverse('casebook:query-list')}?{kept.urlencode()}"


def panel(
    user: User, query: Query, *, back: str | None, live: bool, error: DomainError | None = None, text: str = ""
) -> dict[str, Any]:
    """Return what the panel shows; `back` is the filter of the list it stands beside, None on its own page."""
    line = queries.lines(queries.with_numbers([query.number]))[0]
    url = reverse("casebook:query", args=[query.number])
    if back is not None:
        url = f"{url}?{urlencode({'back': back})}"
    return {
        "heading": _("Query %(number)s") % {"number": f"{query.number:04d}"},
        "crumbs": [
            {"label": _("Queries"), "url": reverse("casebook:query-list")},
            {"label": f"{query.number:04d}"},
        ],
        "line": line,
        "thread": threads.thread(
            user, query, label=line.item, name=f"query-{query.number}", url=url, live=live, error=error, text=text
        ),
        "assignees": threads.assignees(user, query),
        "close_url": None if back is None else list_address(back),
    }
