"""The items of one form beside the source: read them, tick one; or confirm several forms of one subject at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trial_edc.accounts.access import may, require
from trial_edc.accounts.models import user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.place import Place
from trial_edc.casebook.selectors.verification import ALL, FormProgress, VerificationFilter, progress
from trial_edc.casebook.selectors.verification_items import item_lines
from trial_edc.casebook.tokens import new_token
from trial_edc.casebook.verifying import plan_verification, verify_forms
from trial_edc.casebook.views.access import is_fragment, record_for, subject_for
from trial_edc.casebook.views.verification import form_lines, forms_words, items_words
from trial_edc.errors import DomainError
from trial_edc.review.services import unverify_version, verify_versions

MOST_FORMS = 100


@require_GET
def verification_form(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int) -> HttpResponse:
    """Show the items of a form that the address asks for, as a part of the list or as a page."""
    user, place, record = record_for(request, identifier, visit, oid, sequence)
    wanted = VerificationFilter.read(request.GET)
    address = reverse("casebook:verification-form", args=[identifier, visit, oid, sequence])
    context = {
        "heading": _("Verify %(form)s") % {"form": record.crf.title},
        "lead": f"{identifier} · {_(place.definition.label)}",
        "crumbs": [
            {"label": _("Verification"), "url": reverse("casebook:verification")},
            {"label": identifier, "url": f"{reverse('casebook:verification')}?q={identifier}"},
            {"label": record.crf.title},
        ],
        "form_url": place.url,
        "lines": item_lines(place, record, wanted),
        "wanted": wanted,
        "all_url": f"{address}?state={ALL}",
        "tick_url": _tick_url(place, wanted),
        "name": _name(place),
        "may_verify": may(user, Permission.VERIFY_SOURCE, place.subject.site),
    }
    template = "casebook/_verification_items.html" if is_fragment(request) else "casebook/verification_form.html"
    return render(request, template, context)


def _tick_url(place: Place, wanted: VerificationFilter) -> str:
    arguments = [place.subject.identifier, place.visit, place.oid, place.sequence]
    url = reverse("casebook:verification-tick", args=arguments)
    return f"{url}?state={wanted.state}&critical={wanted.critical}"


def _name(place: Place) -> str:
    """Return how the confirmation names a form."""
    return f"{place.subject.identifier}.{place.visit}.{place.oid}.{place.sequence}"


@require_POST
def tick_item(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int) -> HttpResponse:
    """Note that the monitor saw one version of one item in the source, or take it back; answer with its row."""
    user, place, record = record_for(request, identifier, visit, oid, sequence)
    require(user, Permission.VERIFY_SOURCE, place.subject.site)
    text = request.POST.get("change", "")
    number = int(text) if text.isdecimal() and text.isascii() and len(text) < 19 else 0
    version = get_object_or_404(ItemChange, pk=number, root=record.pk)
    wanted, error = VerificationFilter.read(request.GET), None
    try:
        if request.POST.get("verified") == "1":
            verify_versions(by=user, subject=place.subject, changes={version.pk})
        else:
            unverify_version(by=user, subject=place.subject, change=version.pk)
    except DomainError as refusal:
        error = refusal
    lines = item_lines(place, record, VerificationFilter(state=ALL))
    here = (version.record, version.field)
    line = next((each for each in lines if (each.item.record, each.item.field) == here), None)
    found = progress([place.subject.pk], roots=[record.pk])
    context = {
        "line": line, "error": error, "tick_url": _tick_url(place, wanted), "may_verify": True,
        "form_line": next(iter(form_lines(found, {place.subject.pk: place.subject}, wanted)), None),
        "address": f"state={wanted.state}&critical={wanted.critical}",
    }  # fmt: skip
    response = render(request, "casebook/_verification_ticked.html", context, status=409 if error else 200)
    response["HX-Trigger"] = "verification-changed"
    return response


@require_http_methods(["GET", "POST"])
def verification_confirm(request: HttpRequest) -> HttpResponse:
    """Repeat what would be verified, form by form; a post verifies exactly that."""
    user = user_from_request(request)
    require(user, Permission.VERIFY_SOURCE)
    data = request.POST if request.method == "POST" else request.GET
    wanted = VerificationFilter.read(data)
    back = f"{reverse('casebook:verification')}?state={wanted.state}&critical={wanted.critical}"
    try:
        identifier, names = _chosen(data.getlist("form"))
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    subject = subject_for(request, identifier)[1]
    require(user, Permission.VERIFY_SOURCE, subject.site)
    forms = {_name_of(identifier, form): form for form in progress([subject.pk])}
    chosen = {forms[name].root: forms[name] for name in names if name in forms}
    error: DomainError | None = None
    if request.method == "POST":
        try:
            done = verify_forms(
                by=user, subject=subject, roots=list(chosen), wanted=wanted, shown=data.get("seen", ""),
                token=data.get("token", ""),
            )  # fmt: skip
        except DomainError as refusal:
            error = refusal
        else:
            already = _("This had been done already; nothing happened twice.")
            messages.success(
                request, already if done is None else _("Verified: %(items)s.") % {"items": items_words(done)}
            )
            return redirect(back)
    context = _confirm_context(subject, chosen, wanted) | {"error": error, "failed": error, "back_url": back}
    return render(request, "casebook/verification_confirm.html", context, status=422 if error else 200)


def _chosen(names: list[str]) -> tuple[str, list[str]]:
    """Return the one subject and the names of the chosen forms; DomainError for none, several subjects, too many."""
    subjects = {name.rsplit(".", 3)[0] for name in names}
    if not subjects:
        raise DomainError(_("Choose at least one form."))
    if len(subjects) > 1:
        raise DomainError(_("Verify the forms of one subject at a time."))
    if len(names) > MOST_FORMS:
        raise DomainError(_("Choose at most %(most)s at once.") % {"most": MOST_FORMS})
    return subjects.pop(), names


def _name_of(identifier: str, form: FormProgress) -> str:
    return f"{identifier}.{form.visit}.{form.oid}.{form.sequence}"


def _confirm_context(subject: Any, chosen: dict[UUID, FormProgress], wanted: VerificationFilter) -> dict[str, Any]:
    plan = plan_verification(subject, list(chosen), wanted)
    lines = form_lines([chosen[root] for root in chosen if root in plan.of_form], {subject.pk: subject}, wanted)
    what = {
        "items": items_words(len(plan.changes)), "forms": forms_words(len(lines)), "subject": subject.identifier,
    }  # fmt: skip
    return {
        "heading": _("Confirm source verification"),
        "crumbs": [{"label": _("Verification"), "url": reverse("casebook:verification")}, {"label": _("Confirm")}],
        "question": _("Verify %(items)s in %(forms)s of subject %(subject)s?") % what,
        "do_it": _("Verify %(items)s in %(forms)s of subject %(subject)s") % what,
        "lines": [line | {"count": plan.of_form[line["form"].root]} for line in lines],
        "plan": plan,
        "wanted": wanted,
        "subject": subject,
        "token": new_token(),
    }
