"""The evidence of a decision: rebuilt from the trail for any cut-off, always with the same hash."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from dosing.models import Slot
from dosing.rules import evaluability, three_plus_three
from dosing.rules.three_plus_three import decide_level
from dosing.selectors.assessment import SubjectAssessment
from dosing.selectors.levels import rule_set
from dosing.selectors.readiness import points
from dosing.selectors.trial import TrialNow, trial_now
from safety.rules import dlt
from trial_edc.audit.selectors import load
from trial_edc.audit.signatures import holding
from trial_edc.errors import DomainError
from trial_edc.protocol.dose_levels import dose_level
from trial_edc.review.models import Query
from trial_edc.review.results import canonical
from trial_edc.review.selectors import UNRESOLVED, critical_items, unverified_critical

#: 2: whether the Day-28 assessment was signed, and unverified data points by subject.
FORMAT = 2


def evidence(level: int, cutoff: datetime) -> dict[str, Any]:
    """Return the evidence for a decision on `level`, as the data were at `cutoff`; codes and numbers, no translations.

    DomainError when the level has no advice: it was not opened, or may not be acted on.
    """
    now = trial_now(as_of=cutoff)
    advice = now.advice.levels[level - 1]
    if advice.decision is None:
        name = dose_level(level).short_label
        raise DomainError(_("There is nothing to decide on %(level)s: it is not open.") % {"level": name})
    rows = _subject_rows(now, level, cutoff)
    # What the committee ruled before is no advice to the committee: frozen again, the level is read by the rule alone.
    lower = now.advice.levels[level - 2].tally if level > 1 else None
    decision = decide_level(rule_set(), advice.tally, higher=advice.decision.higher, lower=lower)
    content = {
        "format": FORMAT,
        "dose_level": level,
        "data_cutoff": cutoff.astimezone(UTC).isoformat(),
        "time_zone": settings.TRIAL_TIME_ZONE,
        "rule_set": rule_set().name,
        "rules": {
            "dose-escalation": three_plus_three.VERSION, "evaluability": evaluability.VERSION, "dlt": dlt.VERSION,
        },
        "advice": {
            "action": decision.action, "because": decision.because, "row_key": decision.row_key,
            "higher": decision.higher, "provisional": decision.provisional,
        },
        "tally": asdict(advice.tally),
        "lower": asdict(lower) if lower else None,
        "levels": [
            {"level": each.level, "standing": each.standing, "tally": asdict(each.tally)} for each in now.advice.levels
        ],
        "subjects": rows,
        "not_ready": [point.plain() for point in points(rows, action=decision.action, moment=cutoff)],
    }  # fmt: skip
    plain: dict[str, Any] = json.loads(canonical(content))
    return plain


def evidence_hash(content: dict[str, Any]) -> str:
    """Return the SHA-256 of the evidence in canonical form."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _subject_rows(now: TrialNow, level: int, cutoff: datetime) -> list[dict[str, Any]]:
    here = [
        one
        for one in now.subjects
        if one.file.slot and one.file.slot.dose_level == level and one.file.slot.part == Slot.Part.ESCALATION
    ]
    return subject_rows(here, cutoff)


def subject_rows(subjects: Sequence[SubjectAssessment], cutoff: datetime) -> list[dict[str, Any]]:
    """Return how judged subjects count and why, with what was open about each at a cut-off."""
    ids = [one.file.subject.pk for one in subjects]
    queries, unverified = open_queries_at(ids, cutoff), unverified_at(ids, cutoff)
    signed = signed_at([one.file.assessment.pk for one in subjects if one.file.assessment], cutoff)
    return [
        _subject_row(one, queries[one.file.subject.pk], unverified[one.file.subject.pk], signed) for one in subjects
    ]


def _subject_row(one: SubjectAssessment, queries: list[int], unverified: int, signed: set[UUID]) -> dict[str, Any]:
    slot, form = one.file.slot, one.file.assessment
    return {
        **one.output(),
        "id": str(one.file.subject.pk),
        "identifier": one.file.subject.identifier,
        "day28_signed": form is not None and form.pk in signed,
        "slot": slot.number if slot else None,
        "because": one.verdict.because,
        "dose_assigned_cells": one.facts.dose_assigned,
        "dose_given_cells": one.facts.dose_given,
        "open_queries": queries,
        "unverified": unverified,
    }


def signed_at(forms: list[UUID], as_of: datetime | None) -> set[UUID]:
    """Return those of the given forms under which a signature held at a moment, or holds now."""
    return set(holding(forms, as_of=as_of)) if forms else set()


def open_queries_at(subject_ids: list[UUID], as_of: datetime | None) -> dict[UUID, list[int]]:
    """Return the numbers of unresolved queries on critical items, by subject."""
    critical = set(critical_items())
    found: dict[UUID, list[int]] = defaultdict(list)
    for query in load(Query, as_of=as_of, subject__in=subject_ids):
        if query.state in UNRESOLVED and (query.form, query.field) in critical:
            found[query.subject_id].append(query.number)
    return defaultdict(list, {pk: sorted(numbers) for pk, numbers in found.items()})


def unverified_at(subject_ids: list[UUID], as_of: datetime | None) -> Counter[UUID]:
    """Return how many critical data points of each subject nobody verified in their version of that moment."""
    return Counter(row["subject"] for row in unverified_critical(subject_ids, as_of)) if subject_ids else Counter()
