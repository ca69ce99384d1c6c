"""The recommended phase 2 dose: propose, sign, release; and the boundary of the expansion that it opens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dosing import services
from dosing.forms import PasswordForm, Rp2dForm
from dosing.models import Rp2dDecision
from dosing.selectors.expansion import boundary_ranges, declared_mtd
from dosing.selectors.trial import trial_now
from dosing.services.rp2d import rp2d_signatures
from dosing.services.signers import may_sign, out_of_turn
from dosing.views.signing import empty, signed
from trial_edc.accounts.access import may, require
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.audit.models import Signature
from trial_edc.errors import DomainError
from trial_edc.protocol.dose_levels import dose_level
from trial_edc.protocol.parameters import integer


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show the MTD in force, the choices so far, and the expansion."""
    user = user_from_request(request)
    require(user, Permission.VIEW_BOARD)
    return _show(request, user)


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Record the committee's choice."""
    user = user_from_request(request)
    require(user, Permission.PREPARE_DECISION)
    declared = declared_mtd(trial_now().decisions)
    form = Rp2dForm(request.POST, mtd_level=declared.level if declared else 0, prefix="rp2d")
    if form.is_valid():
        try:
            services.propose_rp2d(by=user, proposal=form.proposal())
            messages.success(request, _("The choice is recorded. Two people sign next."))
            return redirect("dosing:rp2d")
        except DomainError as refusal:
            form.refuse(refusal)
    return _show(request, user, propose=form)


@require_POST
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign the choice with the password entered again."""
    user = user_from_request(request)
    require(user, Permission.SIGN_DECISION)
    said = _("Signed. Your name, the time and the meaning of your signature are recorded.")
    return _act(request, user, pk, "sign", services.sign_rp2d, said)


@require_POST
def release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put the choice in force."""
    user = user_from_request(request)
    require(user, Permission.RELEASE_DECISION)
    return _act(request, user, pk, "release", services.release_rp2d, _("The expansion is open."))


def _act(request: HttpRequest, user: User, pk: UUID, name: str, act: Callable[..., object], said: str) -> HttpResponse:
    choice = get_object_or_404(Rp2dDecision, pk=pk)
    return signed(
        request, user, PasswordForm, name, partial(act, by=user, choice=choice), said=said, to="dosing:rp2d",
        show=lambda form: _show(request, user, **{name: form}),
    )  # fmt: skip


def _show(request: HttpRequest, user: User, **bound: Any) -> HttpResponse:
    now = trial_now()
    declared = declared_mtd(now.decisions)
    rows = list(Rp2dDecision.objects.select_related("rests_on", "proposed_by", "released_by"))
    open_choice = next((row for row in rows if row.status in Rp2dDecision.OPEN), None)
    ready = partial(empty, request, user, PasswordForm)
    turn = out_of_turn(user, len(rp2d_signatures(open_choice.pk))) if open_choice else ""
    context: dict[str, Any] = {
        "declared": declared,
        "mtd": dose_level(declared.level) if declared else None,
        "expansion": now.expansion,
        "boundary": boundary_ranges(now.expansion),
        "choices": [(row, list(Signature.objects.filter(root=row.pk).order_by("signed_at"))) for row in rows],
        "open_choice": open_choice,
        "needed": integer("escalation.signatures_per_decision"),
        "may_propose": declared is not None and may(user, Permission.PREPARE_DECISION),
        "may_sign": open_choice is not None and open_choice.status == "IN REVIEW" and may_sign(user),
        "may_release": open_choice is not None and open_choice.status == "SIGNED"
        and may(user, Permission.RELEASE_DECISION),
        "propose_form": bound.get("propose") or Rp2dForm(mtd_level=declared.level if declared else 0, prefix="rp2d"),
        "sign_blocked": turn,
        "sign_form": bound.get("sign") or ready("sign"),
        "release_form": bound.get("release") or ready("release"),
        "refused": next((form for form in bound.values() if form.errors), None),
    }  # fmt: skip
    return render(request, "dosing/rp2d_detail.html", context, status=422 if bound else 200)
