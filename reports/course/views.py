"""The course of one subject as pages: the timeline, and the tumour lesion by lesion."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from reports.course.events import timeline
from reports.course.figure import timeline_figure, timeline_sheet
from reports.course.tumour import TumourCourse, lesion_sheet, response_sheet, sums_figure
from reports.efficacy.page import Part
from reports.figures.files import TYPES, figure_answer
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.views.access import subject_for
from trial_edc.protocol.study import STUDY
from trial_edc.protocol.visits.schedule import order_of, visit

#: Days after the infusion that the timeline shows: the choices of the page; 0 is everything.
SPANS = {"28": gettext_lazy("To Day 28"), "90": gettext_lazy("To Month 3"), "all": gettext_lazy("Everything")}


@require_safe
def subject_timeline(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show grades, temperature, treatments, laboratory, cells and responses of a subject on one axis of time."""
    _user, subject = subject_for(request, identifier)
    span = _span(request)
    spans = [(key, label, key == span) for key, label in SPANS.items()]
    parts = _timeline_parts(subject, span)
    return _page(request, subject, _("Timeline"), parts, {"spans": spans, "query": f"?span={span}"})


def _span(request: HttpRequest) -> str:
    span = request.GET.get("span", "28")
    return span if span in SPANS else "28"


def _timeline_parts(subject: Any, span: str) -> list[Part]:
    if subject.infused_at is None:
        return []
    line = timeline(subject)
    until = max(int(line.today) + 2, 7) if span == "all" else int(span) + 1
    return [Part(timeline_sheet(line), timeline_figure(line, until=until))]


@require_safe
def subject_tumour(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show the lesions of a subject at every assessment, the sums, and the responses with their reasons."""
    _user, subject = subject_for(request, identifier)
    tumour = TumourCourse(subject)
    more = {"problem": tumour.course.problem, "visits": _visits(tumour)}
    return _page(request, subject, _("Tumour"), _tumour_parts(tumour), more)


def _tumour_parts(tumour: TumourCourse) -> list[Part]:
    if tumour.history.baseline_date is None:
        return []
    parts = [Part(lesion_sheet(tumour)), Part(response_sheet(tumour))]
    figure = sums_figure(tumour)
    if figure is not None:
        parts.insert(1, Part(parts[0].sheet, figure, "RECIST 1.1"))
    return parts


@require_safe
def figure_file(request: HttpRequest, identifier: str, name: str, kind: str) -> HttpResponse:
    """Hand out the timeline or the sums of a subject as a file that says whose they are and as of when."""
    _user, subject = subject_for(request, identifier)
    made = {"timeline": lambda: _timeline_parts(subject, _span(request)),
            "sums": lambda: _tumour_parts(TumourCourse(subject))}  # fmt: skip
    parts = [part for part in made[name]() if part.picture is not None] if name in made else []
    if not parts:
        raise Http404
    picture, today = parts[0].picture, timezone.localdate()
    assert picture is not None
    stamp = _stamp(subject, parts[0])
    return figure_answer(
        request, picture, kind=kind, name=f"{STUDY.protocol_number}_{identifier}_{name}_{today:%Y%m%d}",
        stamp=stamp, data_hash=parts[0].data_hash,
    )  # fmt: skip


def _stamp(subject: Any, part: Part) -> str:
    said = _("Subject %(subject)s · data as of %(day)s · data %(hash)s") % {
        "subject": subject.identifier, "day": study_date(timezone.localdate()), "hash": part.data_hash,
    }  # fmt: skip
    return f"{said} · {part.criterion}" if part.criterion else said


def _visits(tumour: TumourCourse) -> list[dict[str, Any]]:
    """Return the visits that have tumour forms, each with the page that shows them."""
    codes = {form.visit for found in tumour.forms.values() for form in found.forms}
    return [
        {
            "label": visit_label(visit(code)),
            "url": reverse("course:assessment", args=[tumour.subject.identifier, code]),
        }
        for code in sorted(codes, key=order_of)
    ]


def _files(subject: Any, part: Part, more: dict[str, Any]) -> dict[str, str]:
    """Return the addresses of a figure's files by their kind; none for a table."""
    if part.picture is None:
        return {}
    query = str(more.get("query", ""))
    names = {kind: [subject.identifier, part.picture.name, kind] for kind in TYPES}
    return {kind: reverse("course:figure", args=arguments) + query for kind, arguments in names.items()}


def _page(request: HttpRequest, subject: Any, name: str, parts: list[Part], more: dict[str, Any]) -> HttpResponse:
    home = reverse("casebook:subject", args=[subject.identifier])
    crumbs = [
        {"label": _("Subjects"), "url": reverse("casebook:matrix")}, {"label": subject.identifier, "url": home},
        {"label": name},
    ]  # fmt: skip
    heading = f"{subject.identifier} · {name}"
    context = {
        "heading": heading,
        "crumbs": crumbs,
        "subject": subject,
        "parts": [(part, _files(subject, part, more), _stamp(subject, part)) for part in parts],
        **more,
    }
    return render(request, "reports/subject_course.html", context)
