"""Pages of the reports: ask for one, watch it being made, download it."""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from dosing.models import DoseDecision
from reports import selectors, services
from reports.forms import ReportForm
from reports.models import Job, ReportFile
from reports.presentation import job_card
from trial_edc.accounts.access import may, require, sites_of
from trial_edc.accounts.models import Site, User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.errors import DomainError


def report_list(request: HttpRequest) -> HttpResponse:
    """Show the form, the job under way and the earlier reports; a posted form asks for a report."""
    user = user_from_request(request)
    require(user, Permission.MAKE_REPORT)
    if request.method == "POST":
        return _request(request, user)
    return render(request, "reports/report_list.html", _page(user, _form(user)))


def _request(request: HttpRequest, user: User) -> HttpResponse:
    form = _form(user, request.POST)
    if form.is_valid():
        chosen = form.cleaned_data
        try:
            services.request_report(
                by=user, kind=chosen["kind"], cutoff=chosen["cutoff"], site=form.site, idempotency_key=chosen["token"]
            )
        except DomainError as refusal:
            form.add_error("cutoff", str(refusal))
        else:
            return redirect("reports:list")
    return render(request, "reports/report_list.html", _page(user, form), status=422)


def _form(user: User, data: Any = None) -> ReportForm:
    sites = sites_of(user, Permission.MAKE_REPORT)
    all_sites = sites.count() == Site.objects.count()
    return ReportForm(
        data, sites=sites, all_sites=all_sites, trial_wide=all_sites or selectors.reads_packs(user)
    )  # fmt: skip


def _page(user: User, form: ReportForm) -> dict[str, Any]:
    job = selectors.present_job(user)
    queries, unverified = selectors.open_points(user)
    return {
        "form": form,
        "card": job_card(job) if job else None,
        "files": selectors.earlier_files(user),
        "open_queries": queries,
        "unverified": unverified,
    }


@require_GET
def job_progress(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Answer the open page that asks how far a job is; at the end, with the list of reports."""
    user = user_from_request(request)
    require(user, Permission.MAKE_REPORT)
    job = get_object_or_404(selectors.visible_jobs(user), pk=job_id)
    context: dict[str, Any] = {"card": job_card(job)}
    if not job.is_active:
        context["files"] = selectors.earlier_files(user)
    return render(request, "reports/_progress_answer.html", context)


@require_POST
def job_cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Stop a job."""
    return _step(request, job_id, services.cancel)


@require_POST
def job_retry(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Start a failed or cancelled job again."""
    return _step(request, job_id, services.retry)


class _Step(Protocol):
    def __call__(self, *, by: User, job: Job) -> Job: ...


def _step(request: HttpRequest, job_id: UUID, step: _Step) -> HttpResponse:
    """Do something to a job that the person sees, and go back to its page."""
    user = user_from_request(request)
    own = selectors.own_exports(user).filter(pk=job_id).first() if may(user, Permission.VIEW_AUDIT) else None
    if own is None:
        require(user, Permission.MAKE_REPORT)
    job = own or get_object_or_404(selectors.visible_jobs(user), pk=job_id)
    try:
        step(by=user, job=job)
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    return redirect("reports:trail" if job.kind == Job.Kind.TRAIL else "reports:list")


@require_POST
def report_again(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Ask for a report of exactly the instant of an earlier one; its content must be the same."""
    user = user_from_request(request)
    require(user, Permission.MAKE_REPORT)
    file = get_object_or_404(selectors.earlier_files(user), pk=file_id)
    services.request_report(
        by=user,
        kind=file.job.kind,
        cutoff=file.cutoff,
        site=file.job.site,
        idempotency_key=request.POST.get("token", ""),
        parameters=file.job.parameters,
    )
    messages.info(request, _("A report with the same data cut-off is being made."))
    return redirect("reports:list")


@require_POST
def decision_pack(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """Ask for the meeting pack of a decision; the list of reports shows how far it is."""
    user = user_from_request(request)
    require(user, Permission.MAKE_REPORT)
    decision = get_object_or_404(DoseDecision, pk=decision_id)
    services.request_pack(by=user, decision=decision, idempotency_key=request.POST.get("token", ""))
    return redirect("reports:list")


@require_safe
def report_download(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Hand out a document, and write down who took it."""
    user = user_from_request(request)
    require(user, Permission.MAKE_REPORT)
    file = get_object_or_404(selectors.earlier_files(user).defer(None), pk=file_id)
    services.note_download(by=user, file=file)
    return document_response(file)


def document_response(file: ReportFile) -> HttpResponse:
    """Return the bytes of a document as a download that no cache keeps."""
    response = HttpResponse(bytes(file.content), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["Content-Length"] = str(file.size)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
