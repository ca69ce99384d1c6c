"""The forms of the study on paper."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from trial_edc.accounts.access import require
from trial_edc.accounts.models import user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.paper import paper_form
from trial_edc.crf import registry
from trial_edc.protocol.amendments import current_amendment
from trial_edc.protocol.study import STUDY
from trial_edc.review.models import MissingReason


@require_GET
def paper(request: HttpRequest, oid: str) -> HttpResponse:
    """Show a blank form to be printed and filled in by hand; it holds no data."""
    require(user_from_request(request), Permission.VIEW_STUDY)
    model = registry.find(oid)
    if model is None:
        raise Http404("the study has no such form")
    version = current_amendment()
    context = {
        "heading": model.crf.title,
        "lead": f"{model.crf.code} {oid}",
        "crumbs": [{"label": _("Study"), "url": f"{reverse('casebook:study')}#forms"}, {"label": model.crf.title}],
        "study": STUDY,
        "crf": model.crf,
        "version": version.version,
        "sections": paper_form(model, version.number),
        "missing": MissingReason.Code.labels,
    }
    return render(request, "casebook/paper.html", context)
