"""The statistician's page: operating characteristics as they are typed, other designs, what-if."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import replace_url

from dosing import services
from dosing.forms import CharacteristicsForm
from dosing.models import DoseDecision
from dosing.selectors.characteristics import SCENARIOS
from dosing.selectors.levels import rule_set
from dosing.selectors.statistics import (
    Worked,
    decision_to_store_with,
    last_treated,
    other_designs,
    worked,
)
from dosing.selectors.trial import trial_now
from dosing.selectors.verdict import verdict
from dosing.selectors.what_if import suppositions
from trial_edc.accounts.access import may, require
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.errors import DomainError
from trial_edc.protocol.dose_levels import DOSE_LEVELS, dose_level


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show the trial now, what other designs say, what if, and the characteristics at the probabilities asked for."""
    user = user_from_request(request)
    require(user, Permission.VIEW_DESIGNS)
    now = trial_now()
    treated = last_treated(now)
    context = {
        "verdict": verdict(now.advice, list(now.counted), now.recruitment, None),
        "suppositions": suppositions(now),
        "designs": other_designs(now.advice, treated),
        "last_treated": dose_level(treated),
        "rule_set": rule_set().name,
        "scenarios": [(_words(each), _query(each)) for each in SCENARIOS],
        **_worked(request, user),
    }
    return render(request, "dosing/statistics_detail.html", context)


@require_GET
def what_if(request: HttpRequest) -> HttpResponse:
    """Answer the board that opens its panel: what would be advised if; nothing is stored."""
    user = user_from_request(request)
    require(user, Permission.VIEW_DESIGNS)
    now = trial_now()
    context = {
        "verdict": verdict(now.advice, list(now.counted), now.recruitment, None),
        "suppositions": suppositions(now),
    }
    return render(request, "dosing/_what_if.html", context)


@require_GET
def characteristics(request: HttpRequest) -> HttpResponse:
    """Answer the probabilities being typed: the characteristics at them, or what is wrong with them."""
    user = user_from_request(request)
    require(user, Permission.VIEW_DESIGNS)
    context = _worked(request, user)
    answer = render(request, "dosing/_characteristics.html", context, status=422 if context["form"].errors else 200)
    return replace_url(answer, f"{reverse('dosing:statistics')}?{request.GET.urlencode()}")


@require_POST
def store(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep the characteristics with the minutes of a decision."""
    user = user_from_request(request)
    require(user, Permission.STORE_CHARACTERISTICS)
    row = get_object_or_404(DoseDecision, pk=pk)
    form = CharacteristicsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Not stored: a probability is a number from 0 to 1."))
        return redirect("dosing:statistics")
    try:
        services.store_characteristics(
            by=user, decision=row, probabilities=form.probabilities, seen_hash=request.POST.get("seen", "")
        )
        messages.success(request, _("Stored with the minutes. The signatures on the record will cover it."))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("dosing:decision", row.pk)


def _worked(request: HttpRequest, user: User) -> dict[str, Any]:
    initial = {f"p{level.number}": p for level, p in zip(DOSE_LEVELS, SCENARIOS[0], strict=True)} | {"cohorts": 2}
    form = CharacteristicsForm({**initial, **request.GET.dict()})
    found = worked(form.probabilities, cohorts=form.cleaned_data["cohorts"] or 2) if form.is_valid() else Worked()
    open_decision = decision_to_store_with() if may(user, Permission.STORE_CHARACTERISTICS) else None
    return {"form": form, "worked": found, "open_decision": open_decision}


def _words(scenario: tuple[Any, ...]) -> str:
    return " / ".join(f"{p:.2f}" for p in scenario)


def _query(scenario: tuple[Any, ...]) -> str:
    return "&".join(f"p{number}={p}" for number, p in enumerate(scenario, start=1))
