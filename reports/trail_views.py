"""Pages of the exports of the audit trail: ask, watch, come back later, download."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from reports import selectors
from reports.models import ReportFile
from reports.presentation import job_card
from reports.trail_exports import note_trail_download, request_trail_export
from trial_edc.accounts.access import require
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.selectors.trail_list import TrailFilter
from trial_edc.errors import DomainError


@require_http_methods(["GET", "POST"])
def trail(request: HttpRequest) -> HttpResponse:
    """Show the person's exports and the one under way; a post asks for what the filter in the address shows."""
    user = user_from_request(request)
    require(user, Permission.VIEW_AUDIT)
    if request.method == "GET":
        return render(request, "reports/trail.html", _page(user))
    chosen = TrailFilter.read(request.GET)
    try:
        request_trail_export(by=user, chosen=chosen, idempotency_key=request.POST.get("token", "")[:64])
    except DomainError as refusal:
        if refusal.field is None:  # which date it cannot read, the page of the trail says itself
            messages.warning(request, str(refusal))
        return redirect(f"{reverse('casebook:audit')}?{chosen.query()}")
    return redirect("reports:trail")


def _page(user: User) -> dict[str, Any]:
    job = selectors.present_export(user)
    return {
        "heading": _("Exports of the audit trail"),
        "lead": _("Each holds what its filter found when it was asked for. You can leave this page and come back."),
        "crumbs": [
            {"label": _("Audit trail"), "url": reverse("casebook:audit")},
            {"label": _("Exports")},
        ],
        "card": job_card(job) if job else None,
        "files": _files(user),
    }  # fmt: skip


def _files(user: User) -> list[dict[str, Any]]:
    return [
        {"file": file, "filter": TrailFilter(**file.job.parameters["filter"]).query()}
        for file in selectors.export_files(user)
    ]


@require_GET
def trail_progress(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Answer the open page that asks how far an export is; at the end, with the list of exports."""
    user = user_from_request(request)
    require(user, Permission.VIEW_AUDIT)
    job = get_object_or_404(selectors.own_exports(user), pk=job_id)
    context: dict[str, Any] = {"card": job_card(job)}
    if not job.is_active:
        context["files"] = _files(user)
    return render(request, "reports/_trail_answer.html", context)


@require_safe
def trail_download(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Hand out one of the person's own exports, and write down that they took it."""
    user = user_from_request(request)
    require(user, Permission.VIEW_AUDIT)
    file: ReportFile = get_object_or_404(selectors.export_files(user).defer(None), pk=file_id)
    note_trail_download(by=user, file=file)
    response = HttpResponse(bytes(file.content), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
