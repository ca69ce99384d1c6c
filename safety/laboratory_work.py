"""Severe laboratory results that no adverse event explains, for many subjects at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from safety.ae_checks import certainly_before
from safety.laboratory_grades import ASKS_FOR_EVENT
from safety.links import propose_event
from safety.models import AdverseEvent, Chemistry, Coagulation, Haematology
from safety.rules import laboratory
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.casebook.standings.lists import Rows
from trial_edc.casebook.work import Desk, Line
from trial_edc.crf.models import FormStatus
from trial_edc.review.models import RuleResult

GRADED_FORMS: tuple[Any, ...] = (Haematology, Chemistry, Coagulation)
Spans = dict[tuple[UUID, str], list[tuple[str, str]]]


#: The name under which these results are counted of each casebook, and the forms they follow from.
NUMBER = "lab-without-event"
FORMS = (*(model.crf.oid for model in GRADED_FORMS), AdverseEvent.crf.oid)


def count_severe_without_event(subjects: Sequence[UUID]) -> Counter[UUID]:
    """Return how many such results there are, by subject."""
    return Counter(form.subject_id for form, _term, _grade in _without_event(subjects))


def severe_without_event(desk: Desk) -> Rows[Line]:
    """Return each stored grade of 3 or above for whose term no event was going on that day, subject by subject."""

    def of(subjects: list[UUID]) -> list[Line]:
        found = sorted(_without_event(subjects), key=lambda each: desk.identifier(each[0].subject_id))
        return [_line(desk.identifier(form.subject_id), form, term, grade) for form, term, grade in found]

    return desk.standings.counted(NUMBER, of)


def _without_event(subjects: Sequence[UUID]) -> Iterator[tuple[Any, str, int]]:
    """Yield (form, term, grade) in order of time: five queries, or one.

    Of several results for one term the earliest stands for all: its event, once it is in the log, covers the others.
    """
    results = RuleResult.objects.filter(subject__in=subjects, rule=laboratory.RULE, output__highest__gte=ASKS_FOR_EVENT)
    stored = {result.root: result for result in results}
    if not stored:
        return
    events = _events(stored.values())
    seen: set[tuple[UUID, str]] = set()
    for form, term, grade in sorted(_severe(stored), key=lambda each: each[0].collected_date):
        key = (form.subject_id, term)
        if key not in seen and not _covered(events.get(key, []), form.collected_date):
            seen.add(key)
            yield form, term, grade


def _severe(stored: dict[UUID, RuleResult]) -> Iterator[tuple[Any, str, int]]:
    for model in GRADED_FORMS:
        forms = model.objects.filter(pk__in=list(stored), collected_date__isnull=False)
        for form in forms.exclude(status=FormStatus.NOT_DONE):
            for _analyte, term, grade, _because in stored[form.pk].output["grades"]:
                if grade is not None and grade >= ASKS_FOR_EVENT:
                    yield form, term, grade


def _events(results: Any) -> Spans:
    found: Spans = defaultdict(list)
    events = AdverseEvent.objects.filter(subject__in={result.subject_id for result in results})
    rows = events.exclude(status=FormStatus.NOT_DONE).values_list("subject", "term", "onset_date", "end_date")
    for subject, term, onset, end in rows:
        found[subject, term].append((onset, end))
    return found


def _covered(spans: list[tuple[str, str]], on: date) -> bool:
    day = on.isoformat()
    return any(
        not (onset and certainly_before(day, onset)) and not (end and certainly_before(end, day))
        for onset, end in spans
    )


def _line(identifier: str, form: Any, term: str, grade: int) -> Line:
    words = {"term": term, "grade": grade, "day": study_date(form.collected_date)}
    what = _("%(term)s grade %(grade)s on %(day)s; no such event is in the log") % words
    url = propose_event(identifier, term, grade, form.collected_date)
    return Line(identifier, what, url, form.crf.title)
