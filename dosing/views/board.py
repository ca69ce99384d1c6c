"""The dose board and the fragment that keeps it current."""

from __future__ import annotations

import time

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import reswap, retarget

from dosing.rules.three_plus_three import VERSION
from dosing.selectors.board import board as read_board
from dosing.selectors.board import freshness
from dosing.selectors.levels import rule_set
from dosing.selectors.shared import Shared
from dosing.services import freeze_decision
from trial_edc.accounts.access import may, require
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.audit.selectors import last_change
from trial_edc.protocol.dose_levels import dose_level
from trial_edc.protocol.parameters import integer

LOOK_AGAIN_SECONDS = 2
#: Stands for the token of the reader's forms in a board that is drawn once for many.
READERS_TOKEN = "token-of-the-reader"
_shared = Shared()


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Show the ladder, the recommendation, the evidence and the history."""
    user = user_from_request(request)
    require(user, Permission.VIEW_BOARD)
    return render(request, "dosing/board_detail.html", _context(user, poll_mark()))


@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """Answer the board's poll: nothing while nothing changed, else the next poll or the board anew."""
    user = user_from_request(request)
    require(user, Permission.VIEW_BOARD)
    mark, seen = poll_mark(), request.GET.get("seen", "")
    if request.GET.get("mark") == mark:
        return HttpResponse(status=204)
    if seen and seen == _shared.get("version", mark, lambda: freshness().version):
        answer = render(request, "dosing/_poll.html", {"version": seen, "mark": mark})
        return retarget(reswap(answer, "outerHTML"), "#board-poll")
    return HttpResponse(_drawn(user, mark).replace(READERS_TOKEN, get_token(request)))


def _drawn(user: User, mark: str) -> str:
    """Return the board as everybody with the same rights and language sees it, but for the token of their forms."""
    kind = ("drawn", get_language(), may(user, Permission.PREPARE_DECISION), may(user, Permission.VIEW_DESIGNS))
    context = {**_context(user, mark), "csrf_token": READERS_TOKEN}
    return _shared.get(kind, mark, lambda: render_to_string("dosing/_board.html", context))


def poll_mark() -> str:
    """Return what tells in one cheap question whether the board has to be looked at again.

    Nothing changes what the board shows but a change in the trail, or time. Two changes can be committed in another
    order than they were numbered, so that after two seconds the whole question is asked anyway.
    """
    return f"{last_change()}.{int(time.time() / LOOK_AGAIN_SECONDS)}"


def _context(user: User, mark: str) -> dict[str, object]:
    """Return what the board shows; `mark` was read before: what changes meanwhile is seen by the next poll."""
    return {
        "board": _shared.get(("board", get_language()), mark, read_board),
        "mark": mark,
        "may_prepare": may(user, Permission.PREPARE_DECISION),
        "may_view_designs": may(user, Permission.VIEW_DESIGNS),
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
