"""The pausing rules: what pauses now, on what evidence, and how earlier pauses were answered."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dosing import services
from dosing.forms import PasswordForm, PauseForm
from dosing.selectors.trial import trial_now
from dosing.services.signers import may_sign
from dosing.views.signing import empty, signed
from trial_edc.accounts.access import require
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission


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
    act = partial(services.resolve_pause, by=user)
    show = partial(_show, request, user)
    return signed(
        request, user, PauseForm, "pause", act, said=_("Resolved and signed."), to="dosing:pauses", show=show
    )  # fmt: skip


def _show(request: HttpRequest, user: User, bound: PasswordForm | None = None) -> HttpResponse:
    pauses = trial_now().pauses
    typed = bound.data.get("pause-key") if bound else None
    forms: list[tuple[Any, Any]] = [
        (pause, bound if pause.key == typed else empty(request, user, PauseForm, "pause", key=pause.key))
        for pause in pauses.open
    ]
    context = {"pauses": forms, "resolutions": pauses.resolutions, "may_resolve": may_sign(user), "refused": bound}
    return render(request, "dosing/pause_list.html", context, status=422 if bound else 200)
