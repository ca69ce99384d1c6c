"""The dose board and the fragment that keeps it current."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dosing.rules.three_plus_three import VERSION
from dosing.selectors.board import board as read_board
from dosing.selectors.board import freshness
from dosing.selectors.levels import rule_set
from dosing.services import freeze_decision
from trial_edc.accounts.access import may, require
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.protocol.dose_levels import dose_level
from trial_edc.protocol.parameters import integer


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Show the ladder, the recommendation, the evidence and the history."""
    user = user_from_request(request)
    require(user, Permission.VIEW_BOARD)
    return render(request, "dosing/board_detail.html", _context(user))


@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """Answer the board's poll: nothing while it is current, else the board anew."""
    user = user_from_request(request)
    require(user, Permission.VIEW_BOARD)
    if request.GET.get("seen") == freshness().version:
        return HttpResponse(status=204)
    return render(request, "dosing/_board.html", _context(user))


def _context(user: User) -> dict[str, object]:
    return {
        "board": read_board(),
        "may_prepare": may(user, Permission.PREPARE_DECISION),
        "rule_version": VERSION,
        "rule_set": rule_set().name,
        "window_days": integer("dlt.window_days"),
        "needed": integer("escalation.signatures_per_decision"),
    }


@require_POST
def freeze(request: HttpRequest, level: int) -> HttpResponse:
    """Freeze the evidence on a level and open its record."""
    user = user_from_request(request)
    require(user, Permission.PREPARE_DECISION)
    decision = freeze_decision(by=user, dose_level=_level(level))
    return redirect("dosing:decision", decision.pk)


def _level(number: int) -> int:
    try:
        return dose_level(number).number
    except KeyError:
        raise Http404(_("The protocol has no such dose level.")) from None
