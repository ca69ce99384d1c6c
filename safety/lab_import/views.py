"""Laboratory files: send one, name its columns, see every fault by line, take it in, follow the work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from safety.lab_import import presentation, selectors, services
from safety.lab_import.mapping import TARGETS, lacking
from safety.lab_import.reading import LARGEST_FILE
from safety.models.laboratory_import import LaboratoryImport, LaboratoryJob
from trial_edc.accounts.access import may, require, sites_of
from trial_edc.accounts.models import Site, User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.csv_file import noted_csv
from trial_edc.errors import DomainError

#: Files listed, the newest first.
MOST_FILES = 100


class UploadForm(forms.Form):
    """A file and the site it is of."""

    site = forms.ModelChoiceField(label=gettext_lazy("Site"), queryset=Site.objects.none(), empty_label=None)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or XLSX with a line of headings, one result per row: subject, date, analyte, result, unit; at most"
            " 50,000 rows and 20 MB."
        ),
        error_messages={
            "required": gettext_lazy("Choose a file."), "empty": gettext_lazy("The file is empty."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx", "class": "form-control"}),
    )  # fmt: skip

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]  # a model choice
        self.fields["site"].initial = sites.first()
        self.fields["site"].widget.attrs["class"] = "form-select"


def _reader(request: HttpRequest) -> User:
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    return user


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Show the laboratory files of one's sites; a post sends one."""
    user = _reader(request)
    posted = request.method == "POST"
    if posted:
        require(user, Permission.ENTER_DATA)
    sites = sites_of(user, Permission.ENTER_DATA)
    form = UploadForm(request.POST or None, request.FILES or None, sites=sites) if sites else None
    if form is not None and posted and form.is_valid():
        try:
            return _sent(request, user, form)
        except DomainError as refusal:
            form.add_error("file", str(refusal))
    files = list(selectors.visible_files(user)[:MOST_FILES])
    jobs = selectors.last_jobs(files)
    context = {
        "heading": _("Laboratory files"),
        "lead": _("A file is taken in as a whole or not at all, and never over a result that is saved."),
        "crumbs": [{"label": _("Laboratory"), "url": reverse("laboratory:shifts")}, {"label": _("Files")}],
        "form": form,
        "files": [_line(file, jobs.get(file.pk)) for file in files],
        "failed": posted,
    }
    return render(request, "safety/import_list.html", context, status=422 if posted else 200)


def _line(file: LaboratoryImport, job: LaboratoryJob | None) -> dict[str, Any]:
    rows = file.rows or (job.found.get("rows") if job else None)
    return {"file": file, "standing": presentation.standing_of(file, job), "rows": rows}


def _sent(request: HttpRequest, user: User, form: UploadForm) -> HttpResponse:
    sent, before = form.cleaned_data["file"], LaboratoryImport.objects.count()
    if sent.size > LARGEST_FILE:
        raise DomainError(_("The file is larger than 20 MB."), field="file")
    upload = services.upload_file(by=user, site=form.cleaned_data["site"], name=sent.name, content=sent.read())
    if LaboratoryImport.objects.count() == before:
        messages.info(request, _("Exactly this file was sent before; this is what became of it."))
    return redirect("laboratory:import", upload.pk)


def _found(user: User, pk: UUID) -> LaboratoryImport:
    upload = selectors.visible_files(user).filter(pk=pk).first()
    if upload is None:
        raise Http404("no such file")
    return upload


@require_http_methods(["GET", "POST"])
def import_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a file with the work on it, its columns and faults; a post names the columns, starts or stops the work."""
    user = _reader(request)
    upload = _found(user, pk)
    if request.method == "POST":
        return _act(request, user, upload)
    return render(request, "safety/import_detail.html", _context(user, upload))


def _act(request: HttpRequest, user: User, upload: LaboratoryImport) -> HttpResponse:
    require(user, Permission.ENTER_DATA, upload.site)
    try:
        match request.POST.get("act"):
            case "import":
                services.start_import(by=user, upload=upload)
            case "check":
                services.name_columns(by=user, upload=upload, mapping=upload.mapping)
            case "cancel":
                services.cancel_work(by=user, upload=upload)
            case _:
                services.name_columns(by=user, upload=upload, mapping=_mapping(request))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("laboratory:import", upload.pk)


def _mapping(request: HttpRequest) -> dict[str, int]:
    texts = {target: request.POST.get(f"column-{target}", "") for target in TARGETS}
    return {target: int(text) for target, text in texts.items() if text.isdecimal() and text.isascii()}


def _context(user: User, upload: LaboratoryImport) -> dict[str, Any]:
    job, finding = selectors.last_job(upload), selectors.last_finding(upload)
    done = upload.state == LaboratoryImport.State.DONE
    active = job is not None and job.is_active
    return {
        "heading": upload.name,
        "crumbs": [{"label": _("Laboratory files"), "url": reverse("laboratory:imports")}, {"label": upload.name}],
        "upload": upload,
        "standing": presentation.standing_of(upload, job),
        "job": job,
        "card": presentation.card_of(job) if job and active else None,
        "lacking": lacking(upload.mapping),
        "finding": presentation.finding_of(finding) if finding and not active and not done else None,
        "savable": bool(finding and finding.found["new"] and not finding.found["faults"]),
        "columns": presentation.columns_of(upload),
        "twice": presentation.twice_named(upload),
        "preview": presentation.preview_of(upload),
        "may_enter": may(user, Permission.ENTER_DATA, upload.site),
        "open": not done and not active,
    }


@require_GET
def import_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer the open page that asks how far the work on a file is; once it is over, the page loads itself anew."""
    job = selectors.last_job(_found(_reader(request), pk))
    if job is None or not job.is_active:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "shared/_progress.html", {"job": presentation.card_of(job)})


@require_safe
def import_faults(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand out every fault of a file, by line, as CSV."""
    user = _reader(request)
    upload = _found(user, pk)
    finding = selectors.last_finding(upload)
    if finding is None:
        raise Http404("not checked")
    name, header = f"faults-{upload.sha256[:8]}", (_("Line"), _("Fault"), _("Row"))
    detail = f"{upload.name} {upload.sha256[:8]}"
    return noted_csv(
        user, name=name, action="laboratory faults", detail=detail, header=header, rows=finding.faults
    )  # fmt: skip
