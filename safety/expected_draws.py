"""The cytokine form becomes required at visits where CRS or ICANS asks for an extra draw: one statement for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from safety.models import CrsAssessment, IcansAssessment
from safety.rules import crs, icans
from safety.rules.extra_draws import Assessment, extra_draws
from safety.selectors import trial_zone
from trial_edc.audit.selectors import load
from trial_edc.casebook.required import Requirement
from trial_edc.crf import registry
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.parameters import integer
from trial_edc.review.models import RuleResult

CYTOKINES = "CYT"

#: The grade that stands is the investigator's, else the computed one.
GRADES = """
SELECT a.subject_id, %s, a.visit, a.assessed_date, a.assessed_time, a.sequence,
    COALESCE(a.investigator_grade, (r.output ->> 'grade')::int)
FROM {table} a LEFT JOIN review_ruleresult r ON r.root = a.id AND r.rule = %s
WHERE a.subject_id = ANY (%s::uuid[]) AND a.status <> %s AND a.assessed_date IS NOT NULL
"""
KINDS: tuple[tuple[str, Any, str], ...] = (
    ("CRS", CrsAssessment, crs.RULE), ("ICANS", IcansAssessment, icans.RULE),
)  # fmt: skip


def cytokine_draws(
    subject_ids: Sequence[UUID], /, *, as_of: datetime | None = None
) -> dict[tuple[UUID, str], list[Requirement]]:
    """Return the visits of the given subjects at which the cytokine form is required, and because of what."""
    if registry.find(CYTOKINES) is None:
        return {}
    limits = {
        "onset_from": integer("schedule.extra_cytokines_from_grade"),
        "daily_from": integer("schedule.daily_cytokines_from_grade"),
    }
    assessed = _assessments(subject_ids) if as_of is None else _assessments_then(subject_ids, as_of)
    return {
        (subject, draw.visit): [_requirement(draw.reason)]
        for subject, assessments in assessed.items()
        for draw in extra_draws(assessments, **limits)
    }


def _assessments(subject_ids: Sequence[UUID]) -> dict[UUID, list[Assessment]]:
    wanted = [str(pk) for pk in subject_ids]
    parts: list[str] = []
    arguments: list[Any] = []
    for toxicity, model, rule in KINDS:
        parts.append(GRADES.format(table=connection.ops.quote_name(model._meta.db_table)))
        arguments += [toxicity, rule, wanted, FormStatus.NOT_DONE.value]
    found: dict[UUID, list[Assessment]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), arguments)
        for subject, *assessed in cursor.fetchall():
            found[subject].append(Assessment(*assessed))
    return found


def _assessments_then(subject_ids: Sequence[UUID], as_of: datetime) -> dict[UUID, list[Assessment]]:
    """Return the same as it was known at a cut-off, from the trail."""
    ids = list(subject_ids)
    only: dict[str, Any] = {"subject": ids[0]} if len(ids) == 1 else {"subject__in": ids}
    found: dict[UUID, list[Assessment]] = defaultdict(list)
    for toxicity, model, rule in KINDS:
        computed = {row.root: row.output.get("grade") for row in load(RuleResult, as_of=as_of, rule=rule, **only)}
        for row in load(model, as_of=as_of, **only):
            if row.status != FormStatus.NOT_DONE and row.assessed_date is not None:
                grade = computed.get(row.pk) if row.investigator_grade is None else row.investigator_grade
                place = (row.visit, row.assessed_date, row.assessed_time, row.sequence)
                found[row.subject_id].append(Assessment(toxicity, *place, grade))
    return found


def _requirement(reason: Assessment) -> Requirement:
    because = _("%(toxicity)s grade %(grade)s") % {"toxicity": reason.toxicity, "grade": reason.grade}
    return Requirement(CYTOKINES, _since(reason), because)


def _since(reason: Assessment) -> datetime | date:
    if reason.clock is None:
        return reason.day
    return datetime.combine(reason.day, reason.clock, tzinfo=trial_zone())
