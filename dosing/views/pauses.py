"""The pausing rules: what pauses now, on what evidence, and how earlier pauses were answered."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dosing import services
from dosing.forms import PauseForm
from dosing.selectors.trial import trial_now
from dosing.services.release import may_sign
from trial_edc.accounts.access import require
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.audit.identity import needs_code
from trial_edc.errors import DomainError


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show what pauses, and what paused before."""
    user = user_from_request(request)
    require(user, Permission.VIEW_BOARD)
    return _show(request, user)


@require_POST
def resolve(request: HttpRequest) -> HttpResponse:
    """End a pause with reason and signature."""
    user = user_from_request(request)
    require(user, Permission.SIGN_DECISION)
    form = PauseForm(request.POST, prefix="pause", needs_code=needs_code(user, request.session))
    if form.is_valid():
        try:
            services.resolve_pause(
                by=user,
                key=form.cleaned_data["key"],
                reason=form.cleaned_data["reason"],
                password=form.cleaned_data["password"],
                second=form.second(request.session),
            )
            messages.success(request, _("Resolved and signed."))
            return redirect("dosing:pauses")
        except DomainError as refusal:
            form.refuse(refusal)
    return _show(request, user, form)


def _show(request: HttpRequest, user: User, bound: PauseForm | None = None) -> HttpResponse:
    pauses, asked = trial_now().pauses, needs_code(user, request.session)
    typed = bound.data.get("pause-key") if bound else None
    forms = [
        (pause, bound if bound and pause.key == typed else _empty(pause.key, needs_code=asked))
        for pause in pauses.open
    ]  # fmt: skip
    context = {"pauses": forms, "resolutions": pauses.resolutions, "may_resolve": may_sign(user), "refused": bound}
    return render(request, "dosing/pause_list.html", context, status=422 if bound else 200)


def _empty(key: str, *, needs_code: bool) -> PauseForm:
    return PauseForm(initial={"key": key}, prefix="pause", needs_code=needs_code)
