"""Source verification: the list of forms, the items of one form, and the confirmation for several forms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from trial_edc.accounts.access import may, require, sites_of, today
from trial_edc.accounts.models import user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.audit.selectors import last_changes
from trial_edc.audit.signatures import holding
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors import verification
from trial_edc.casebook.selectors.facts import query_counts
from trial_edc.casebook.selectors.status import STORED
from trial_edc.casebook.selectors.subjects import SubjectFilter, filter_choices
from trial_edc.casebook.selectors.verification import STATES, Counts, FormProgress, VerificationFilter
from trial_edc.casebook.standings.lists import Standings
from trial_edc.casebook.standings.worklists import count_items, forms_with_items
from trial_edc.crf import registry
from trial_edc.crf.registry import subject_model
from trial_edc.protocol.visits.schedule import visit as visit_definition

FORMS_PER_PAGE = 100


@require_GET
def verification_list(request: HttpRequest) -> HttpResponse:
    """Show the forms with items as the address asks for; without a state, those with something to verify."""
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    subjects, wanted = SubjectFilter.read(request.GET), VerificationFilter.read(request.GET)
    sites = list(sites_of(user, Permission.VIEW_SUBJECTS))
    standings = Standings(subjects.narrow(subject_model().objects.filter(site__in=sites)), today())
    page = Paginator(forms_with_items(standings, wanted), FORMS_PER_PAGE).get_page(request.GET.get("page"))
    address = subjects.query(**wanted.parts())
    counts = count_items(standings, wanted)
    counted = counts.of(wanted.state)
    context = {
        "heading": _("Source verification"),
        "lead": _lead(counted, page.paginator.count),
        "total": counted,
        "filter": subjects,
        "wanted": wanted,
        "choices": filter_choices(sites),
        "forms": sorted(((m.crf.oid, str(m.crf.title)) for m in registry.all_forms()), key=lambda pair: pair[1]),
        "chips": _chips(counts, subjects, wanted),
        "progress": _progress(standings, subjects, wanted),
        "lines": form_lines(page.object_list, {each.pk: each for each in standings.by_subject}, wanted),
        "page_obj": page,
        "page_query": f"{address}&",
        "address": address,
        "may_verify": may(user, Permission.VERIFY_SOURCE),
        "words": _bar_words(),
    }
    return render(request, "casebook/verification.html", context)


def _lead(items: int, forms: int) -> str:
    return _("%(items)s in %(forms)s") % {"items": items_words(items), "forms": forms_words(forms)}


def _bar_words() -> dict[str, str]:
    """Return the sentences of the bar over chosen forms, with {n} where the script writes a count."""
    return {
        "item": ngettext("%(count)s item", "%(count)s items", 1) % {"count": "{n}"},
        "items": ngettext("%(count)s item", "%(count)s items", 2) % {"count": "{n}"},
        "form": ngettext("%(count)s form", "%(count)s forms", 1) % {"count": "{n}"},
        "forms": ngettext("%(count)s form", "%(count)s forms", 2) % {"count": "{n}"},
        "verify": _("Verify %(items)s in %(forms)s of subject %(subject)s")
        % {"items": "{items}", "forms": "{forms}", "subject": "{subject}"},
        "several": _("Verify the forms of one subject at a time."),
    }


def items_words(count: int) -> str:
    """Return "1 item", "34 items"."""
    return ngettext("%(count)s item", "%(count)s items", count) % {"count": count}


def forms_words(count: int) -> str:
    """Return "1 form", "3 forms"."""
    return ngettext("%(count)s form", "%(count)s forms", count) % {"count": count}


def _chips(counts: Counts, subjects: SubjectFilter, wanted: VerificationFilter) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "count": counts.of(state),
            "url": f"?{subjects.query(**wanted.but(state=state).parts())}",
            "current": state == wanted.state,
        }
        for state, label in STATES.items()
    ]


def _progress(standings: Standings, subjects: SubjectFilter, wanted: VerificationFilter) -> list[dict[str, Any]]:
    """Return how far the critical items and all items are, each as a link to what is left."""
    shown = []
    for critical, label in (("1", _("Critical items")), ("", _("All items"))):
        asked = VerificationFilter(critical=critical, form=wanted.form)
        counts = count_items(standings, asked)
        percent = 100 * counts.verified // counts.total if counts.total else 100
        url = f"?{subjects.query(**asked.parts())}"
        shown.append({"label": label, "counts": counts, "percent": percent, "url": url})
    return shown


def form_lines(
    forms: Iterable[FormProgress], subjects: dict[UUID, Any], wanted: VerificationFilter
) -> list[dict[str, Any]]:
    """Return what the list says about each form: four statements for all of them."""
    shown = list(forms)
    roots = [form.root for form in shown]
    signed, changed, asked = holding(roots), last_changes(roots), query_counts(roots)
    return [
        _line(form, subjects[form.subject], wanted)
        | {"signed": form.root in signed, "changed": changed.get(form.root), "queries": asked.get(form.root)}
        for form in shown
    ]


def _line(form: FormProgress, subject: Any, wanted: VerificationFilter) -> dict[str, Any]:
    counts = form.counts(wanted)
    title = registry.get(form.oid).crf.title
    arguments = [subject.identifier, form.visit, form.oid, form.sequence]
    return {
        "form": form,
        "subject": subject,
        "visit": visit_label(visit_definition(form.visit)),
        "title": f"{title} {form.sequence}" if form.sequence > 1 else title,
        "status": STORED[form.state],
        "counts": counts,
        "left": counts.changed if wanted.state == verification.CHANGED else counts.of(verification.UNVERIFIED),
        "name": ".".join(str(part) for part in arguments),
        "url": reverse("casebook:verification-form", args=arguments),
    }
