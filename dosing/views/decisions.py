"""The decision record: minutes and choice, signatures, release."""

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
from dosing.forms import MeetingForm, PasswordForm
from dosing.models import DoseDecision
from dosing.rules.three_plus_three import Action
from dosing.selectors.changes import Change, difference
from dosing.selectors.history import PastDecision, history
from dosing.selectors.readiness import Point, in_order
from dosing.selectors.statistics import kept_with
from dosing.selectors.verdict import table
from dosing.services.decisions import alternatives, choices_for
from dosing.services.release import decision_signatures
from dosing.services.signers import may_sign, out_of_turn
from dosing.views.choices import asked_of, overrides_of
from dosing.views.signing import Act, empty, signed
from trial_edc.accounts.access import may, require
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.errors import DomainError
from trial_edc.protocol.parameters import integer


@dataclass
class Forms:
    """The forms of the page; the one that was refused carries its errors and what was typed."""

    meeting: MeetingForm
    sign: PasswordForm
    release: PasswordForm

    @property
    def refused(self) -> Any:
        return next((form for form in (self.meeting, self.sign, self.release) if form.errors), None)


@require_GET
def decision(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one revision: evidence, meeting, choice, signatures, what became of it."""
    user = user_from_request(request)
    require(user, Permission.VIEW_BOARD)
    row = get_object_or_404(DoseDecision, pk=pk)
    return _show(request, user, row)


@require_POST
def meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record the meeting and the choice of the committee."""
    user = user_from_request(request)
    require(user, Permission.PREPARE_DECISION)
    row = get_object_or_404(DoseDecision, pk=pk)
    form = meeting_form(row, request.POST)
    if form.is_valid():
        try:
            services.record_meeting(by=user, decision=row, meeting=form.meeting(), seen_hash=form.cleaned_data["seen"])
            messages.success(request, _("The meeting is recorded. Two people sign next."))
            return redirect("dosing:decision", row.pk)
        except DomainError as refusal:
            form.refuse(refusal)
    return _show(request, user, row, meeting=form)


@require_POST
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign the record with the password entered again."""
    user = user_from_request(request)
    require(user, Permission.SIGN_DECISION)
    row = get_object_or_404(DoseDecision, pk=pk)
    act = partial(services.sign_decision, by=user, decision=row, seen_hash=request.POST.get("sign-seen", ""))
    said = _("Signed. Your name, the time and the meaning of your signature are recorded.")
    return _act(request, user, row, "sign", act, said)


@require_POST
def release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put the signed decision in force."""
    user = user_from_request(request)
    require(user, Permission.RELEASE_DECISION)
    row = get_object_or_404(DoseDecision, pk=pk)
    act = partial(services.release_decision, by=user, decision=row)
    return _act(request, user, row, "release", act, _("The decision is released and in force."))


def _act(request: HttpRequest, user: User, row: DoseDecision, name: str, act: Act, said: str) -> HttpResponse:
    return signed(
        request, user, PasswordForm, name, act, said=said, to=("dosing:decision", row.pk),
        show=lambda form: _show(request, user, row, **{name: form}),
    )  # fmt: skip


def meeting_form(row: DoseDecision, data: Any = None) -> MeetingForm:
    """Return the form of the meeting, filled with what is recorded, choices as the advice allows."""
    initial = {
        "seen": row.evidence_hash,
        "meeting_date": study_date(row.meeting_date),
        **{name: getattr(row, name) for name in ("attendees", "minutes", "choice", "chosen_action", "choice_reason")},
    }
    return MeetingForm(data, initial=initial, choices=choices_for(row), offered=alternatives(row), prefix="meeting")


def _show(request: HttpRequest, user: User, row: DoseDecision, **bound: Any) -> HttpResponse:
    row.refresh_from_db()
    ready = partial(empty, request, user, PasswordForm, seen=row.evidence_hash)
    forms = Forms(
        meeting=bound.get("meeting") or meeting_form(row),
        sign=bound.get("sign") or ready("sign"),
        release=bound.get("release") or ready("release"),
    )
    past = history([row])[0]
    context = {
        "past": past, "decision": row, "forms": forms, "record": Record.of(row, user, past), "kept": kept_with(row),
        "may_view_designs": may(user, Permission.VIEW_DESIGNS), "changes": changes_of(row),
        "anyway": asked_of(request, user, row), "answered": overrides_of(row), "may_override": may_sign(user),
    }  # fmt: skip
    return render(request, "dosing/decision_detail.html", context, status=422 if bound else 200)


@dataclass(frozen=True)
class Record:
    """What the page says about one revision, and what this person may do with it."""

    not_ready: list[Point]
    ready: list[str]
    rows: list[dict[str, Any]]
    table: Any
    effects: list[str]
    needed: int
    signed: int
    may_prepare: bool
    may_meet: bool
    may_sign: bool
    may_release: bool
    may_report: bool
    sign_blocked: str

    @classmethod
    def of(cls, row: DoseDecision, user: User, past: PastDecision) -> Record:
        points = [Point(each["key"], each["details"]) for each in row.evidence["not_ready"]]
        signed = decision_signatures(row)
        advice = row.evidence["advice"]
        return cls(
            not_ready=points,
            ready=in_order(points),
            rows=row.evidence["subjects"],
            table=table(advice["row_key"], advice["higher"]),
            effects=effects(row),
            needed=integer("escalation.signatures_per_decision"),
            signed=len(signed),
            may_prepare=row.is_open and not signed and may(user, Permission.PREPARE_DECISION),
            may_meet=row.status != DoseDecision.Status.DRAFT,
            may_sign=row.is_open and may_sign(user),
            may_release=row.status == DoseDecision.Status.SIGNED and may(user, Permission.RELEASE_DECISION),
            may_report=may(user, Permission.MAKE_REPORT),
            sign_blocked=_why_not(row, user, [each.signed_by_id for each in signed]) if may_sign(user) else "",
        )


def _why_not(row: DoseDecision, user: User, signers: list[UUID]) -> str:
    if user.pk in signers:
        return _("You have signed. The second signature is another person's.")
    if row.status == DoseDecision.Status.DRAFT:
        return _("The data are not ready: see the list. Two people may sign why the committee decides anyway.")
    if row.status == DoseDecision.Status.READY:
        return _("The meeting and its choice are recorded before anyone signs.")
    return out_of_turn(user, len(signers))


def changes_of(row: DoseDecision) -> list[Change]:
    """Return what changed on the subjects of a superseded decision, item by item, until it was superseded."""
    if row.superseded_at is None:
        return []
    return difference([UUID(each["id"]) for each in row.evidence["subjects"]], row.data_cutoff, row.superseded_at)


def effects(row: DoseDecision) -> list[str]:
    """Return what the release will do, said before anyone signs."""
    action = row.chosen_action or row.advised_action
    level = row.dose_level
    said = {
        Action.ESCALATE: [
            _("Opens 3 slots at dose level %(level)s.") % {"level": level + 1},
            _("Allows infusions at dose level %(level)s.") % {"level": level + 1},
        ],
        Action.EXPAND_TO_6: [_("Dose level %(level)s takes subjects up to six.") % {"level": level}],
        Action.ENROLL_TO_6_AFTER_SRC_REVIEW: [_("Dose level %(level)s takes subjects up to six.") % {"level": level}],
        Action.WAIT: [
            _("Nobody is enrolled or infused at dose level %(level)s until a new decision.") % {"level": level}
        ],
    }
    closes = [_("Closes dose level %(level)s and every level above for good.") % {"level": level}]
    found = said.get(Action(action), [])
    if action.startswith(("TOO_TOXIC", "STOP")):
        found = closes
    return found or [_("Records the decision; opens and closes nothing.")]
