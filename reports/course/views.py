"""The course of one subject as pages: the timeline, and the tumour lesion by lesion."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from reports.course.events import timeline
from reports.course.figure import timeline_figure, timeline_sheet
from reports.course.tumour import TumourCourse, lesion_sheet, response_sheet, sums_figure
from reports.efficacy.page import Part
from trial_edc.casebook.views.access import subject_for

#: Days after the infusion that the timeline shows: the choices of the page; 0 is everything.
SPANS = {"28": gettext_lazy("To Day 28"), "90": gettext_lazy("To Month 3"), "all": gettext_lazy("Everything")}


@require_safe
def subject_timeline(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show grades, temperature, treatments, laboratory, cells and responses of a subject on one axis of time."""
    _user, subject = subject_for(request, identifier)
    span = request.GET.get("span", "28")
    span = span if span in SPANS else "28"
    parts = []
    if subject.infused_at is not None:
        line = timeline(subject)
        until = max(int(line.today) + 2, 7) if span == "all" else int(span) + 1
        parts.append(Part(timeline_sheet(line), timeline_figure(line, until=until)))
    spans = [(key, label, key == span) for key, label in SPANS.items()]
    return _page(request, subject, _("Timeline"), parts, {"spans": spans})


@require_safe
def subject_tumour(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show the lesions of a subject at every assessment, the sums, and the responses with their reasons."""
    _user, subject = subject_for(request, identifier)
    tumour = TumourCourse(subject)
    parts: list[Part] = []
    if tumour.history.baseline_date is not None:
        parts = [Part(lesion_sheet(tumour)), Part(response_sheet(tumour))]
        figure = sums_figure(tumour)
        if figure is not None:
            parts.insert(1, Part(parts[0].sheet, figure, "RECIST 1.1"))
    return _page(request, subject, _("Tumour"), parts, {"problem": tumour.course.problem})


def _page(request: HttpRequest, subject: Any, name: str, parts: list[Part], more: dict[str, Any]) -> HttpResponse:
    home = reverse("casebook:subject", args=[subject.identifier])
    crumbs = [
        {"label": _("Subjects"), "url": reverse("casebook:matrix")}, {"label": subject.identifier, "url": home},
        {"label": name},
    ]  # fmt: skip
    heading = f"{subject.identifier} · {name}"
    context = {"heading": heading, "crumbs": crumbs, "subject": subject, "parts": parts, **more}
    return render(request, "reports/subject_course.html", context)
