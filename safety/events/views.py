"""The adverse events of one subject as a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safety.events.log import event_lines, starts_of
from safety.events.panels import WORDS
from trial_edc.accounts.access import may
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.page import subject_bar
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.casebook.views.access import subject_for


@require_safe
def event_log(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show every adverse event of a subject with its grades, attributions, DLT proposal and emergence."""
    user, subject = subject_for(request, identifier)
    home = reverse("casebook:subject", args=[subject.identifier])
    context = {
        "heading": _("Adverse events"),
        "crumbs": [
            {"label": _("Subjects"), "url": reverse("casebook:matrix")}, {"label": subject.identifier, "url": home},
            {"label": _("Adverse events")},
        ],
        "page": {"subject": subject_bar(subject), "read_only": True},
        "subject": subject,
        "starts": starts_of(subject),
        "lines": [
            (line, WORDS[line.by_lymphodepletion], WORDS[line.by_cells]) for line in event_lines(subject)
        ],
        "add_url": form_url(subject.identifier, "LOG", "AE") if may(user, Permission.ENTER_DATA, subject.site) else "",
    }  # fmt: skip
    return render(request, "safety/event_log.html", context)
