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
from trial_edc.casebook.required import Requirement
from trial_edc.crf import registry
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.parameters import integer

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


def cytokine_draws(subject_ids: Sequence[UUID]) -> dict[tuple[UUID, str], list[Requirement]]:
    """Return the visits of the given subjects at which the cytokine form is required, and because of what."""
    if registry.find(CYTOKINES) is None:
        return {}
    limits = {
        "onset_from": integer("schedule.extra_cytokines_from_grade"),
        "daily_from": integer("schedule.daily_cytokines_from_grade"),
    }
    return {
        (subject, draw.visit): [_requirement(draw.reason)]
        for subject, assessments in _assessments(subject_ids).items()
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


def _requirement(reason: Assessment) -> Requirement:
    because = _("%(toxicity)s grade %(grade)s") % {"toxicity": reason.toxicity, "grade": reason.grade}
    return Requirement(CYTOKINES, _since(reason), because)


def _since(reason: Assessment) -> datetime | date:
    if reason.clock is None:
        return reason.day
    return datetime.combine(reason.day, reason.clock, tzinfo=trial_zone())
