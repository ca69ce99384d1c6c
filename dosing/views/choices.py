"""Explicit choices: the questions that only the committee answers, each with its reason and two signatures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dosing import services
from dosing.forms import AsideForm, ChoiceForm, PasswordForm
from dosing.models import DoseDecision, ExplicitChoice
from dosing.selectors.choices import OpenQuestion, about_incomplete_data, incomplete_data_key, open_questions
from dosing.selectors.history import signed_by
from dosing.selectors.trial import trial_now
from dosing.services.choices import choice_signatures
from dosing.services.signers import may_sign, out_of_turn
from dosing.views.signing import empty, signed
from trial_edc.accounts.access import require
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.errors import DomainError


@dataclass(frozen=True)
class Asked:
    """A question as its card shows it: the proposal with its signatures, and what this person may do about it."""

    question: OpenQuestion
    proposal: ExplicitChoice | None
    signatures: list[Any]
    answer: Any
    sign: Any
    turn: str


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show the questions that are open, and the answers so far."""
    user = user_from_request(request)
    require(user, Permission.VIEW_BOARD)
    return _show(request, user)


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Answer a question as the first signer."""
    user = user_from_request(request)
    require(user, Permission.SIGN_DECISION)
    return signed(
        request, user, ChoiceForm, "choice", partial(services.propose_choice, by=user),
        said=_("Proposed and signed. The second person signs next."), to=_back(request.POST.get("choice-key", "")),
        show=lambda form: _show(request, user, choice=form),
    )  # fmt: skip


@require_POST
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign a proposed choice; with the last signature it is in force."""
    user = user_from_request(request)
    require(user, Permission.SIGN_DECISION)
    choice = get_object_or_404(ExplicitChoice, pk=pk)
    return signed(
        request, user, PasswordForm, f"sign-{pk}", partial(services.sign_choice, by=user, choice=choice),
        said=_("Signed. The choice is in force."), to=_back(choice.key),
        show=lambda form: _show(request, user, sign=form),
    )  # fmt: skip


@require_POST
def aside(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw a proposal, or take a choice back."""
    user = user_from_request(request)
    require(user, Permission.SIGN_DECISION)
    choice = get_object_or_404(ExplicitChoice, pk=pk)
    form = AsideForm(request.POST, prefix=f"aside-{pk}")
    if form.is_valid():
        try:
            services.set_choice_aside(by=user, choice=choice, reason=form.cleaned_data["reason"])
            messages.success(request, _("Set aside. What depended on it is undecided again."))
            return redirect("dosing:choices")
        except DomainError as refusal:
            form.refuse(refusal)
    return _show(request, user, aside=form)


def _back(key: str) -> Any:
    """Return where a choice is shown: the decision whose data are not ready, or the page of the choices."""
    kind, _colon, rest = key.partition(":")
    if kind == ExplicitChoice.Question.INCOMPLETE_DATA:
        try:
            return ("dosing:decision", UUID(rest.partition(":")[0]))
        except ValueError:
            return "dosing:choices"  # a key that nobody was given: the service has refused it, or will
    return "dosing:choices"


def _show(request: HttpRequest, user: User, **bound: Any) -> HttpResponse:
    decisions = list(DoseDecision.objects.filter(status=DoseDecision.Status.DRAFT))
    answered = ExplicitChoice.objects.exclude(status=ExplicitChoice.Status.PROPOSED).select_related("subject")
    rows = list(answered.order_by("-proposed_at"))
    given = signed_by([row.pk for row in rows])
    refused = next(iter(bound.values()), None)
    context = {
        "asked": [card(request, user, each, **bound) for each in open_questions(trial_now(), decisions)],
        "answered": [(row, given[row.pk], _aside_form(row, bound)) for row in rows],
        "may_sign": may_sign(user),
        "refused": refused,
    }
    return render(request, "dosing/choice_list.html", context, status=422 if bound else 200)


def _aside_form(row: ExplicitChoice, bound: dict[str, Any]) -> AsideForm | None:
    """Return the form that takes a choice back; a decision that goes on by it is frozen again instead."""
    if row.status != ExplicitChoice.Status.IN_FORCE or row.question == ExplicitChoice.Question.INCOMPLETE_DATA:
        return None
    form, prefix = bound.get("aside"), f"aside-{row.pk}"
    return form if form is not None and form.prefix == prefix else AsideForm(prefix=prefix)


def card(request: HttpRequest, user: User, asked: OpenQuestion, **bound: Any) -> Asked:
    """Return a question with its forms; the one that was refused carries its errors and what was typed."""
    proposal, given = asked.proposal, choice_signatures(asked.proposal) if asked.proposal else []
    typed, signing = bound.get("choice"), bound.get("sign")
    answer = typed if typed is not None and typed.data.get("choice-key") == asked.key else None
    if answer is None:
        answer = empty(request, user, ChoiceForm, "choice", key=asked.key)
    answer.offer(asked.options)
    prefix = f"sign-{proposal.pk}" if proposal else ""
    form = signing if signing is not None and signing.prefix == prefix else None
    sign_form = form or (empty(request, user, PasswordForm, prefix) if proposal else None)
    mine = any(each.signed_by_id == user.pk for each in given)
    turn = _("You have signed. The second signature is another person's.") if mine else out_of_turn(user, len(given))
    return Asked(asked, proposal, given, answer, sign_form, turn if may_sign(user) else "")


def asked_of(request: HttpRequest, user: User, row: DoseDecision) -> Asked | None:
    """Return the question whether a decision is taken although its data are not ready, None when it is not asked."""
    key = incomplete_data_key(row)
    proposed = ExplicitChoice.objects.filter(key=key, status=ExplicitChoice.Status.PROPOSED)
    found = about_incomplete_data(row, {each.key: each for each in proposed})
    return None if found is None else card(request, user, found)


def overrides_of(row: DoseDecision) -> list[tuple[ExplicitChoice, list[Any]]]:
    """Return why the decision is taken on data that are not ready, with the signatures of its own."""
    key = incomplete_data_key(row)
    rows = list(ExplicitChoice.objects.filter(key=key, status=ExplicitChoice.Status.IN_FORCE))
    given = signed_by([each.pk for each in rows]) if rows else {}
    return [(each, given[each.pk]) for each in rows]
