"""Laboratory files: send one, name its columns, see every fault by line, take it in."""

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
from django.views.decorators.http import require_http_methods

from safety.lab_import import services
from safety.lab_import.mapping import TARGETS
from safety.lab_import.planning import Plan, plan_of
from safety.lab_import.reading import LARGEST_FILE, Sheet, read_sheet
from safety.models.laboratory_import import LaboratoryImport
from trial_edc.accounts.access import may, require, sites_of
from trial_edc.accounts.models import Site, User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.errors import DomainError

PREVIEW, MOST_FAULTS = 10, 200


class UploadForm(forms.Form):
    """A file and the site it is of."""

    site = forms.ModelChoiceField(label=gettext_lazy("Site"), queryset=Site.objects.none())
    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("CSV or XLSX, one result per row."))

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]  # a model choice
        self.fields["site"].initial = sites.first()


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
            return redirect("laboratory:import", _upload(user, form).pk)
        except DomainError as refusal:
            form.add_error("file", str(refusal))
    files = LaboratoryImport.objects.filter(site__in=sites_of(user, Permission.VIEW_SUBJECTS)).defer("content")
    context = {
        "heading": _("Laboratory files"),
        "lead": _("A file is taken in as a whole or not at all, and never over a result that is saved."),
        "form": form,
        "files": files.select_related("site", "uploaded_by")[:100],
        "failed": posted,
    }
    return render(request, "safety/import_list.html", context, status=422 if posted else 200)


def _upload(user: User, form: UploadForm) -> LaboratoryImport:
    sent = form.cleaned_data["file"]
    if sent.size > LARGEST_FILE:
        raise DomainError(_("The file is larger than 20 MB."), field="file")
    return services.upload_file(by=user, site=form.cleaned_data["site"], name=sent.name, content=sent.read())


@require_http_methods(["GET", "POST"])
def import_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a file with its columns and faults; a post names the columns or takes the file in."""
    user = _reader(request)
    found = LaboratoryImport.objects.select_related("site", "uploaded_by").filter(
        pk=pk, site__in=sites_of(user, Permission.VIEW_SUBJECTS)
    )
    upload = found.first()
    if upload is None:
        raise Http404("no such file")
    if request.method == "POST":
        return _act(request, user, upload)
    return render(request, "safety/import_detail.html", _context(user, upload))


def _act(request: HttpRequest, user: User, upload: LaboratoryImport) -> HttpResponse:
    require(user, Permission.ENTER_DATA, upload.site)
    try:
        if request.POST.get("act") == "import":
            services.start_import(by=user, upload=upload)
        else:
            services.name_columns(by=user, upload=upload, mapping=_mapping(request))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("laboratory:import", upload.pk)


def _mapping(request: HttpRequest) -> dict[str, int]:
    texts = {target: request.POST.get(f"column-{target}", "") for target in TARGETS}
    return {target: int(text) for target, text in texts.items() if text.isdecimal() and text.isascii()}


def _context(user: User, upload: LaboratoryImport) -> dict[str, Any]:
    sheet = read_sheet(upload.name, bytes(upload.content))
    context: dict[str, Any] = {
        "heading": upload.name,
        "crumbs": [
            {"label": _("Laboratory files"), "url": reverse("laboratory:imports")}, {"label": upload.name},
        ],
        "upload": upload,
        "sheet": sheet,
        "preview": sheet.rows[:PREVIEW],
        "columns": _columns(upload, sheet),
        "may_enter": may(user, Permission.ENTER_DATA, upload.site),
        "open": upload.state in (LaboratoryImport.State.CHECKED, LaboratoryImport.State.FAILED),
    }  # fmt: skip
    if context["open"]:
        context |= _plan_context(upload)
    return context


def _plan_context(upload: LaboratoryImport) -> dict[str, Any]:
    try:
        plan: Plan = plan_of(upload)
    except DomainError as problem:
        return {"problem": str(problem)}
    return {"plan": plan, "faults": plan.faults[:MOST_FAULTS], "more": max(0, len(plan.faults) - MOST_FAULTS)}


def _columns(upload: LaboratoryImport, sheet: Sheet) -> list[dict[str, Any]]:
    headings = list(enumerate(sheet.header))
    return [
        {"target": target, "label": label, "needed": needed, "headings": headings, "chosen": upload.mapping.get(target)}
        for target, (label, needed, _names) in TARGETS.items()
    ]
