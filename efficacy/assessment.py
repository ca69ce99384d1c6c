"""The tumour forms of one visit in front of a person at the same time: each sees the others as they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from efficacy.filed import Filed, filed
from efficacy.panels import COURSE
from efficacy.responses import Course, course_of
from efficacy.selectors.history import FORMS, LesionHistory, history_of
from trial_edc.casebook.entry import Entry


@dataclass(frozen=True)
class Assessment:
    """The subject's tumour with the forms of the visit as they are typed, and what the rules make of it."""

    forms: Mapping[str, Filed]
    history: LesionHistory
    course: Course


def read_together(entries: Mapping[str, Entry]) -> Assessment:
    """Return the assessment, and let checks and panels of each form see the others as typed.

    Only the investigator's response is seen as it is saved: one that is merely typed does not open the computed one.
    """
    subject = next(iter(entries.values())).place.subject
    saved = {oid: filed(subject, oid) for oid in FORMS}
    typed = saved | {oid: saved[oid].replaced(entry.record, entry.all_rows()) for oid, entry in entries.items()}
    history = history_of(subject.pk, typed)
    course = course_of(history)
    for oid, entry in entries.items():
        entry.record.__dict__["_filed"] = typed | {"RESP": saved["RESP"], oid: saved[oid]}
        entry.record.__dict__[COURSE] = course
    return Assessment(typed, history, course)
