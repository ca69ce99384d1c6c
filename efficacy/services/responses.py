"""What follows the save of a tumour form: the whole course is computed again, and a difference is asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from efficacy.filed import Filed, filed
from efficacy.responses import (
    Course,
    Discrepancy,
    as_immune_output,
    as_output,
    because_of,
    course_of,
    discrepancies,
)
from efficacy.rules import irecist_sequence, recist_sequence
from efficacy.selectors.history import FORMS, LesionHistory, history_of
from trial_edc.accounts.models import User
from trial_edc.crf.models import FormStatus
from trial_edc.review.results import store_result
from trial_edc.review.services import raise_by_rule

#: Forms without which a response is not computed for good.
NEEDED = ("TL", "NL", "RESP")


#: The subjects whose course is computed when all their forms of one post are saved; None outside of such a post.
_waiting: ContextVar[dict[UUID, Any] | None] = ContextVar("waiting", default=None)


@contextmanager
def computed_once() -> Iterator[None]:
    """Compute the course when the last of several forms is saved, not after each.

    Nobody is asked about a difference between a form and another one that the same post changes as well.
    """
    waiting: dict[UUID, Any] = {}
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    for subject in waiting.values():
        _compute(subject)


def follow_tumour_form(*, record: Any, by: User, changed: set[str]) -> None:
    """Keep what the rules make of the course now: an edit of an old visit changes later ones, and the trail shows."""
    waiting = _waiting.get()
    if waiting is None:
        _compute(record.subject)
    else:
        waiting[record.subject.pk] = record.subject


def _compute(subject: Any) -> None:
    forms = {oid: filed(subject, oid) for oid in FORMS}
    history = history_of(subject.pk, forms)
    course = course_of(history)
    _keep(subject, history, course)
    for found in discrepancies(course):
        _ask(forms, found)


def _keep(subject: Any, history: LesionHistory, course: Course) -> None:
    inputs = {
        "baseline": None if history.baseline is None else asdict(history.baseline),
        "time_points": [asdict(point) for point in history.time_points],
    }
    answers = (
        (recist_sequence, as_output(course), course.recist),
        (irecist_sequence, as_immune_output(course), course.immune),
    )
    for rule, output, result in answers:
        store_result(
            root=subject.pk, subject_id=subject.pk, rule=rule.RULE, version=rule.VERSION, inputs=inputs,
            output=output, because=because_of(course, result.because) if result else course.problem,
        )  # fmt: skip


def _ask(forms: Mapping[str, Filed], found: Discrepancy) -> None:
    """Raise a query on the investigator's item, once for each pair of answers, when the visit's forms are complete."""
    at_visit: dict[str, Any] = {oid: forms[oid].at(found.visit) for oid in FORMS}
    if any(at_visit[oid] is None for oid in NEEDED):
        return
    if any(form is not None and form.status == FormStatus.STARTED for form in at_visit.values()):
        return
    record = at_visit["RESP"]
    pair = f"{found.judged} ≠ {found.computed}"
    text = _("%(pair)s: investigator and rule differ. Both are kept. %(because)s Check the measurements and the"
             " judgement.") % {"pair": pair, "because": found.because}  # fmt: skip
    raise_by_rule(record=record, field=found.item, text=text, rule=recist_sequence.RULE)
