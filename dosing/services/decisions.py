"""Prepare a decision: freeze the evidence at a cut-off, record the meeting and its choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import DoseDecision
from dosing.rules import three_plus_three
from dosing.rules.three_plus_three import Action, Higher, LevelTally, permitted_rulings
from dosing.selectors.evidence import evidence, evidence_hash
from dosing.selectors.levels import rule_set
from dosing.selectors.readiness import BLOCKING
from dosing.services.later import lock_board
from trial_edc.accounts.access import require, today
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.audit.selectors import settle
from trial_edc.audit.signatures import holding
from trial_edc.errors import DomainError

#: Advice -> what the committee may decide instead. Only the more conservative is offered; the rest is refused.
MORE_CONSERVATIVE: dict[Action, tuple[Action, ...]] = {
    Action.ESCALATE: (Action.EXPAND_TO_6, Action.WAIT),
    Action.ENROLL_TO_3: (Action.WAIT,),
    Action.EXPAND_TO_6: (Action.WAIT, Action.TOO_TOXIC_EXPAND_LOWER_TO_6),
    Action.ENROLL_TO_6: (Action.WAIT, Action.TOO_TOXIC_EXPAND_LOWER_TO_6),
    Action.ENROLL_TO_6_AFTER_SRC_REVIEW: (Action.WAIT, Action.TOO_TOXIC_EXPAND_LOWER_TO_6),
    Action.DECLARE_MTD: (Action.WAIT, Action.TOO_TOXIC_EXPAND_LOWER_TO_6),
    Action.DECLARE_MTD_NO_ESCALATION: (Action.WAIT, Action.TOO_TOXIC_EXPAND_LOWER_TO_6),
}
#: Outside 3+3 there is no advice to agree with: the committee rules, within what the shares 1/6 and 1/3 permit.
HOLDS = (Action.WAIT, Action.TOO_TOXIC_EXPAND_LOWER_TO_6)
#: At the lowest level there is nothing below to fill: too toxic there means that no dose is tolerated.
AT_LOWEST = {Action.TOO_TOXIC_EXPAND_LOWER_TO_6: Action.STOP_NO_TOLERATED_DOSE}


def alternatives(decision: DoseDecision) -> tuple[Action, ...]:
    """Return what the committee may choose instead of agreeing: more conservative, or its ruling outside 3+3."""
    offered = MORE_CONSERVATIVE.get(Action(decision.advised_action), ())
    if is_outside(decision):
        advice = decision.evidence["advice"]
        offered = (
            *permitted_rulings(LevelTally(decision.n_evaluable, decision.n_dlt), Higher(advice["higher"])), *HOLDS,
        )  # fmt: skip
    if decision.dose_level == 1:
        offered = tuple(AT_LOWEST.get(action, action) for action in offered)
    return offered


def is_outside(decision: DoseDecision) -> bool:
    """Test whether 3+3 has no advice on this tally, so that the committee rules."""
    return decision.advised_action == Action.SRC_DECISION


def choices_for(decision: DoseDecision) -> list[DoseDecision.Choice]:
    """Return how the committee may decide: agree or be more conservative, or rule where there is no advice."""
    if is_outside(decision):
        return [DoseDecision.Choice.RULING]
    more = [DoseDecision.Choice.MORE_CONSERVATIVE] if alternatives(decision) else []
    return [DoseDecision.Choice.AGREE, *more]


def freeze_decision(*, by: User, dose_level: int, source: str = "web") -> DoseDecision:
    """Freeze the evidence on a level at a cut-off of now, as a new draft or in place of the unsigned one.

    A draft that somebody signed is not touched: it is superseded by the new revision.
    """
    require(by, Permission.PREPARE_DECISION)
    cutoff = _database_time()
    settle()
    content = evidence(dose_level, cutoff)
    with acting(by, source=source):
        lock_board()
        rows = list(DoseDecision.objects.select_for_update().filter(dose_level=dose_level).order_by("revision"))
        present = next((row for row in rows if row.is_open), None)
        if present is not None and holding([present.pk]):
            _set_aside(present)
            present = None
        decision = present or DoseDecision(dose_level=dose_level, **_succession(rows))
        _fill(decision, content, cutoff)
        decision.save()
    return decision


def _succession(rows: list[DoseDecision]) -> dict[str, object]:
    last = rows[-1] if rows else None
    return {"revision": last.revision + 1 if last else 1, "replaces": last}


def _set_aside(decision: DoseDecision) -> None:
    decision.status = DoseDecision.Status.SUPERSEDED
    decision.superseded_at = timezone.now()
    decision.superseded_because = _("The evidence was frozen again before two people had signed.")
    decision.save(update_fields=["status", "superseded_at", "superseded_because"])


def _fill(decision: DoseDecision, content: dict[str, Any], cutoff: datetime) -> None:
    tally: dict[str, int] = content["tally"]
    advice: dict[str, str] = content["advice"]
    decision.status = DoseDecision.Status.DRAFT if blocking_points(decision, content) else DoseDecision.Status.READY
    decision.rule_set, decision.rule_version = rule_set().name, three_plus_three.VERSION
    decision.data_cutoff = cutoff
    decision.evidence, decision.evidence_hash = content, evidence_hash(content)
    decision.n_evaluable, decision.n_dlt = tally["n_evaluable"], tally["n_dlt"]
    decision.n_pending = tally["n_pending"] + tally["n_review"]
    decision.advised_action, decision.advised_because = advice["action"], advice["because"]
    decision.choice, decision.chosen_action, decision.choice_reason = "", "", ""
    decision.override_reason = ""


def blocking_points(decision: DoseDecision, content: dict[str, Any] | None = None) -> list[str]:
    """Return the keys of the frozen points because of which the data are not ready."""
    frozen = decision.evidence if content is None else content
    return [point["key"] for point in frozen["not_ready"] if point["key"] in BLOCKING]


def _database_time() -> datetime:
    """The trail's own clock: the cut-off is compared with moments that the database wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


@dataclass(frozen=True)
class Meeting:
    """What the committee did: when, who, what was discussed, and what it chose."""

    meeting_date: date
    attendees: str
    minutes: str
    choice: str
    chosen_action: str = ""
    choice_reason: str = ""


def record_meeting(
    *, by: User, decision: DoseDecision, meeting: Meeting, seen_hash: str, source: str = "web"
) -> DoseDecision:
    """Record the meeting and its choice; the decision is then in review and can be signed."""
    require(by, Permission.PREPARE_DECISION)
    with acting(by, source=source):
        locked = open_decision(decision.pk, seen_hash)
        if holding([locked.pk]):
            raise DomainError(_("Somebody has signed this record. Freeze again to change it."))
        if locked.status == DoseDecision.Status.DRAFT:
            raise DomainError(
                _("The data are not ready. Resolve the points listed and freeze again, or let two people sign why the "
                  "committee decides anyway.")
            )  # fmt: skip
        chosen = _chosen(locked, meeting)
        _require_minutes(locked, meeting)
        locked.meeting_date, locked.attendees = meeting.meeting_date, meeting.attendees.strip()
        locked.minutes, locked.choice, locked.chosen_action = meeting.minutes.strip(), meeting.choice, chosen
        locked.choice_reason = meeting.choice_reason.strip()
        locked.status = DoseDecision.Status.IN_REVIEW
        locked.save()
    return locked


def open_decision(pk: UUID, seen_hash: str) -> DoseDecision:
    """Return the locked record, refusing one that is closed or whose evidence is not what the person saw."""
    locked = DoseDecision.objects.select_for_update(of=("self",)).get(pk=pk)
    if not locked.is_open:
        raise DomainError(_("This record is %(status)s. Reload the page.") % {"status": locked.get_status_display()})
    if locked.evidence_hash != seen_hash:
        raise DomainError(_("The evidence was frozen again since you opened this page. Reload and read it first."))
    return locked


def _chosen(decision: DoseDecision, meeting: Meeting) -> Action:
    if meeting.choice not in choices_for(decision):
        words = (
            _("Outside 3+3 there is nothing to agree with: the committee rules, with its reason.")
            if is_outside(decision)
            else _("Choose: agree, or decide more conservatively.")
        )
        raise DomainError(words, field="choice")
    if meeting.choice == DoseDecision.Choice.AGREE:
        return Action(decision.advised_action)
    if meeting.chosen_action not in alternatives(decision):
        raise DomainError(
            _("Only a more conservative decision than the recommendation is possible."), field="chosen_action"
        )
    if sum(letter.isalnum() for letter in meeting.choice_reason) < 10:
        raise DomainError(
            _("Say why the committee decides otherwise, in at least 10 characters."), field="choice_reason"
        )
    return Action(meeting.chosen_action)


def _require_minutes(decision: DoseDecision, meeting: Meeting) -> None:
    if meeting.meeting_date > today():
        raise DomainError(_("The meeting lies in the future."), field="meeting_date")
    if not meeting.attendees.strip():
        raise DomainError(_("Name who took part."), field="attendees")
    if not meeting.minutes.strip():
        raise DomainError(_("Write what was discussed."), field="minutes")
