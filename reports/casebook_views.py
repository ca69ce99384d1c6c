"""The page on which the casebook of a subject is asked for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reports import services
from reports.forms import CasebookForm
from reports.models import Job
from trial_edc.casebook.views.access import subject_for
from trial_edc.errors import DomainError


@require_http_methods(["GET", "POST"])
def casebook(request: HttpRequest, identifier: str) -> HttpResponse:
    """Ask as of when and whether with the audit trail; a posted form asks for the document."""
    user, subject = subject_for(request, identifier)
    services.require_kind(user, Job.Kind.CASEBOOK, subject.site)
    form = CasebookForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data
        try:
            services.request_casebook(
                by=user, subject=subject, with_trail=chosen["trail"], cutoff=chosen["cutoff"],
                idempotency_key=chosen["token"],
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error("cutoff", str(refusal))
        else:
            return redirect("reports:list")
    return render(request, "reports/casebook.html", _page(identifier, form), status=422 if form.errors else 200)


def _page(identifier: str, form: CasebookForm) -> dict[str, Any]:
    return {
        "heading": _("Casebook PDF"),
        "crumbs": [
            {"label": _("Subjects"), "url": reverse("casebook:matrix")},
            {"label": identifier, "url": reverse("casebook:subject", args=[identifier])},
            {"label": _("Casebook PDF")},
        ],
        "identifier": identifier,
        "form": form,
    }
