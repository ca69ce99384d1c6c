"""What hangs on one item: its history, its conversation, its verification; and help while typing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trial_edc.accounts.access import require
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.audit.models import ItemChange
from trial_edc.audit.selectors import item_history as history_of
from trial_edc.casebook import suggestions, threads
from trial_edc.casebook.display import display_trail_text
from trial_edc.casebook.rendering.dates import echo_of
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.views.access import is_fragment, record_for, subject_for
from trial_edc.crf import registry
from trial_edc.errors import DomainError
from trial_edc.protocol.partial_dates import DateText, parse_full_date, parse_partial_date
from trial_edc.review.models import Query, SourceVerification
from trial_edc.review.selectors import UNRESOLVED
from trial_edc.review.services import raise_query, unverify_items, verify_items

SHORTEST_SEARCH = 3


def _item(record: Any, name: str) -> Any:
    for field, _meaning in registry.items(type(record)):
        if field.name == name:
            return field
    raise Http404("no such item")


@require_GET
def read_date(request: HttpRequest) -> JsonResponse:
    """Read a date as typed: answer with its written form and an echo, or with what to enter instead."""
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    identifier = request.GET.get("subject", "")
    infused = subject_for(request, identifier)[1].infusion_date if identifier else None
    typed = request.GET.get("value", "")[:60]
    try:
        if request.GET.get("partial") == "1":
            parsed = parse_partial_date(typed)
            return JsonResponse({"ok": True, "text": parsed.display(), "echo": echo_of(parsed.iso(), infused)})
        day = parse_full_date(typed)
        text = f"{day.day:02}-{day.strftime('%b')}-{day.year:04}"
        return JsonResponse({"ok": True, "text": text, "echo": echo_of(day, infused)})
    except DateText as problem:
        return JsonResponse({"ok": False, "error": _(problem.template) % problem.values})


@require_GET
def find_terms(request: HttpRequest) -> HttpResponse:
    """Suggest the terms of a dictionary that contain what was typed, from three letters on: as options of a list.

    A page asks with the field's own name in `name`; without one the answer is JSON.
    """
    require(user_from_request(request), Permission.VIEW_SUBJECTS)
    wanted, field = request.GET.get("list", ""), request.GET.get("name", "")
    typed = request.GET.get(field or "value", "").strip()[:60]
    found = suggestions.find(wanted, typed) if len(typed) >= SHORTEST_SEARCH else []
    if not is_fragment(request):
        return JsonResponse({"terms": found})
    options = [(term, suggestions.detail(wanted, term)) for term in found]
    return render(request, "casebook/_suggestions.html", {"options": options, "field": field, "typed": typed})


@require_GET
def item_history(
    request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int, field: str
) -> HttpResponse:
    """Show every version of one item, newest first, with verifications between them."""
    _user, _place, form = record_for(request, identifier, visit, oid, sequence)
    record = _form_or_row(request, form)
    item = _item(record, field)
    entries = [_history_entry(item, change) for change in history_of(record.pk, item.column)]
    entries += [_verified_entry(v) for v in SourceVerification.objects.filter(record=record.pk, field=item.column)]
    entries.sort(key=lambda entry: entry["at"], reverse=True)
    return render(request, "casebook/_history.html", {"label": item.verbose_name, "entries": entries})


def _history_entry(item: Any, change: ItemChange) -> dict[str, Any]:
    source = "" if change.source == "web" else f" · {change.source}"
    return {
        "old": display_trail_text(item, change.old), "new": display_trail_text(item, change.new), "event": "",
        "by": f"{change.changed_by_name}{source}", "at": change.changed_at, "reason": change.reason,
    }  # fmt: skip


def _verified_entry(verification: SourceVerification) -> dict[str, Any]:
    person = verification.verified_by.full_name
    return {"event": _("Source verified"), "by": person, "at": verification.verified_at, "reason": ""}


@require_GET
def form_history(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int) -> HttpResponse:
    """Show every change of a form and its rows, newest first."""
    _user, place, record = record_for(request, identifier, visit, oid, sequence)
    fields = _labels(record)
    changes = [
        {"item": fields[key][0], "change": change, "old": display_trail_text(fields[key][1], change.old),
         "new": display_trail_text(fields[key][1], change.new)}
        for change in ItemChange.objects.filter(root=record.pk).order_by("-id")[:500]
        if (key := (change.entity, change.field)) in fields
    ]  # fmt: skip
    context = {"place": place, "record": record, "changes": changes, "visit_label": visit_label(place.definition)}
    return render(request, "casebook/crf_history.html", context)


def _labels(record: Any) -> dict[tuple[str, str], tuple[Any, Any]]:
    """Return label and field of everything a form and its rows hold, and of the state of the form."""
    tables: list[Any] = [type(record), *registry.row_tables(type(record))]
    found = {
        (table.crf.oid, str(field.column)): (field.verbose_name, field)
        for table in tables
        for field, _meaning in registry.items(table)
    }
    return found | {(record.crf.oid, "status"): (_("State of the form"), record._meta.get_field("status"))}


@require_http_methods(["GET", "POST"])
def item_query(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int, field: str) -> HttpResponse:
    """Show the conversation about one item, or add to it."""
    user, _place, form = record_for(request, identifier, visit, oid, sequence)
    record = _form_or_row(request, form)
    item = _item(record, field)
    error: DomainError | None = None
    if request.method == "POST":
        try:
            _speak(user, record, field, request.POST.get("action", ""), request.POST.get("text", ""))
        except DomainError as refusal:
            error = refusal
    live = is_fragment(request)
    shown = threads.thread(
        user, _latest_query(record, field), label=item.verbose_name, name=f"{field}-{record.pk}" if live else field,
        url=request.get_full_path(), live=live, new_on=form.subject.site, error=error,
        text=request.POST.get("text", ""),
    )  # fmt: skip
    return render(request, "casebook/_query_thread.html", {"thread": shown}, status=422 if error else 200)


def _form_or_row(request: HttpRequest, form: Any) -> Any:
    """Return the form, or the row of one of its tables that `?row=` names; 404 for a row it does not have."""
    wanted = request.GET.get("row", "")
    if not wanted:
        return form
    tables: list[Any] = registry.row_tables(type(form))
    for table in tables:
        for row in table._default_manager.filter(record=form.pk):
            if str(row.pk) == wanted:
                row.subject, row.record = form.subject, form
                return row
    raise Http404("no such row")


def _speak(user: User, record: Any, field: str, action: str, text: str) -> None:
    if action == threads.ASK.name:
        raise_query(by=user, record=record, field=field, text=text)
    else:
        threads.take(user, _latest_query(record, field), action, text)


def _latest_query(record: Any, field: str) -> Query | None:
    about = Query.objects.select_related("subject__site", "assigned_to").filter(record=record.pk, field=field)
    return about.filter(state__in=UNRESOLVED).first() or about.first()


@require_POST
def verify_item(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int, field: str) -> HttpResponse:
    """Note that the monitor saw one item's present value in the source, or take the note back."""
    user, _place, record = record_for(request, identifier, visit, oid, sequence)
    item = _item(record, field)
    act = verify_items if request.POST.get("verified") == "1" else unverify_items
    return JsonResponse({"ok": True, "count": act(by=user, record=record, fields={item.column})})


@require_POST
def verify_form(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int) -> HttpResponse:
    """Verify every item of a form in the version that was shown."""
    user, place, record = record_for(request, identifier, visit, oid, sequence)
    if str(record.version) != request.POST.get("version"):
        raise DomainError(_("The form has changed since you opened it. Compare it again, then verify."))
    verify_items(by=user, record=record)
    return redirect(place.url)
