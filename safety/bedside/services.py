"""What people do on the bedside sheet beyond a new column: grade an assessment, keep the event of an episode.

Everything is saved by the service that saves every form: the same checks, trail, conflicts and repeated posts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from safety.bedside.courses import Course, Logged, Syndrome, moment_texts, row_texts, syndromes_of
from safety.bedside.layout import CRS, ICANS
from safety.bedside.resaving import add_rows, remove_rows, saved_texts, send
from safety.bedside.sheet import columns_of
from safety.grading import grade_crs_form, grade_icans_form
from safety.models import HospitalStay, Medication, SeriousEventReport, Transfusion
from safety.models.adverse_event import AdverseEvent, Outcome
from trial_edc.accounts.access import may_judge, training_gap
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting
from trial_edc.casebook import tokens
from trial_edc.casebook.not_done import mark_not_done
from trial_edc.casebook.place import Place
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError

TABLE = "AEG"


def _require_physician(by: User, subject: Any) -> None:
    if not may_judge(by, subject.site):
        raise PermissionDenied(training_gap(by) or _("Only a physician named in the delegation log may do this."))


def give_grade(
    *, by: User, place: Place, grade: int, version: int, token: str, reason: str = "", computed: int | None = None
) -> Any:
    """Record the investigator's grade of an assessment and return the form.

    To confirm, send the `computed` grade the person saw; it is refused when the rule says something else by now. A
    grade of one's own needs the `reason` it differs.
    """
    _require_physician(by, place.subject)
    if place.oid not in (CRS, ICANS):
        raise DomainError(_("There is no such form."))
    texts = saved_texts(by, place)
    if computed is not None and computed != _computed(place):
        raise DomainError(_("The computed grade has changed since you opened the sheet. Look at it again."))
    texts["investigator_grade"], texts["grade_reason"] = str(grade), "" if computed is not None else reason.strip()
    words = reason.strip() or _("Grade given at the bedside")
    return send(by=by, place=place, texts=texts, version=version, token=token, reason=words)


def _computed(place: Place) -> int | None:
    form = place.find()
    answer = grade_crs_form(form) if place.oid == CRS else grade_icans_form(form)
    return None if answer is None else answer.grade


@dataclass(frozen=True)
class Seen:
    """The event of an episode as the person saw it: number and version in the log, and the token of the page."""

    number: int
    version: int
    token: str


def follow_episode(*, by: User, subject: Any, seen: Seen, close: bool = False) -> Any:
    """Add the grades that the event of an episode lacks, and with `close` its end; return the event.

    Grades that are recorded stay as they are. Raises DomainError when there is nothing to add.
    """
    with acting(by):
        if (known := _answered(by, seen.token, subject)) is not None:
            return known
        course, logged, timed = _course_of(subject, seen.number)
        if not (course.may_close if close else course.may_follow):
            raise DomainError(_("The event has all grades of its episode already. Reload the page."))
        place = _place(subject, logged)
        texts = saved_texts(by, place)
        add_rows(texts, TABLE, [row_texts(change, change.at in timed) for change in course.lacking])
        end = course.episode.end
        if close and end is not None:
            texts["outcome"] = Outcome.RECOVERED.value
            for name, text in moment_texts(end, end in timed, day="end_date", clock="end_time").items():
                texts[name] = text
        words = _("Grades of the bedside assessments")
        return send(by=by, place=place, texts=texts, version=seen.version, token=seen.token, reason=words)


def merge_episodes(*, by: User, subject: Any, kept: Seen, merged: Seen) -> Any:
    """Make one event of two that belong to one episode: a physician's act. Return the event that remains.

    The grades of the second event go to the first, which takes its end and outcome; the second is emptied and marked as
    not done, with the reason. Refused while another form refers to the second event.
    """
    _require_physician(by, subject)
    with transaction.atomic(), acting(by):
        if (known := _answered(by, kept.token, subject)) is not None:
            return known
        course, first, _timed = _course_of(subject, kept.number)
        second = next((each for each in course.logged if each.event.sequence == merged.number), None)
        if second is None or second.event.pk == first.event.pk:
            raise DomainError(_("The two events do not belong to one episode. Reload the page."))
        _refuse_referred(subject, second)
        words = _("Merged into event %(number)s: one episode") % {"number": kept.number}
        _take_over(by, subject, first, second, kept)
        _empty(by, subject, second, merged, words)
        return _place(subject, first).find()


def _answered(by: User, token: str, subject: Any) -> Any | None:
    """Return the event that a post with this token led to before, None for a new post."""
    if not tokens.is_spent(token):
        return None
    record = tokens.claim(token, by)
    found = None if record is None else AdverseEvent.objects.filter(subject=subject, pk=record).first()
    if found is None:
        raise DomainError(_("This page is out of date. Reload it."))
    return found


def _course_of(subject: Any, number: int) -> tuple[Course, Logged, set[Any]]:
    columns = columns_of(subject)
    timed = {column.at for column in columns if column.clock is not None}
    for course in _courses(syndromes_of(subject, columns)):
        for logged in course.logged:
            if logged.event.sequence == number:
                return course, logged, timed
    raise DomainError(_("The log has no such event for an episode of the sheet. Reload the page."))


def _courses(syndromes: list[Syndrome]) -> list[Course]:
    return [course for syndrome in syndromes for course in syndrome.courses]


def _place(subject: Any, logged: Logged) -> Place:
    return Place(subject, logged.event.visit, "AE", logged.event.sequence)


def _take_over(by: User, subject: Any, first: Logged, second: Logged, kept: Seen) -> None:
    """Write the grades of both into the first event in order of time, each grade once until it changes."""
    texts = saved_texts(by, _place(subject, first))
    remove_rows(texts, TABLE)
    rows = sorted([*first.changes, *second.changes], key=lambda row: (row.start_date, str(row.start_time or "")))
    changes = [row for number, row in enumerate(rows) if number == 0 or row.grade != rows[number - 1].grade]
    theirs = saved_texts(by, _place(subject, second))
    numbers = {str(row.pk): number for number, row in enumerate(second.changes)}
    own = {str(row.pk): number for number, row in enumerate(first.changes)}
    names = ("grade", "start_date", "start_time")
    written = []
    for row in changes:
        source, number = (texts, own[str(row.pk)]) if str(row.pk) in own else (theirs, numbers[str(row.pk)])
        written.append({name: source.get(f"{TABLE}-{number}-{name}", "") for name in names})
    add_rows(texts, TABLE, written)
    for name in ("end_date", "end_time", "outcome"):
        texts.setlist(name, theirs.getlist(name))
    words = _("Merged with event %(number)s: one episode") % {"number": second.event.sequence}
    send(by=by, place=_place(subject, first), texts=texts, version=kept.version, token=kept.token, reason=words)


def _empty(by: User, subject: Any, second: Logged, merged: Seen, words: str) -> None:
    place = _place(subject, second)
    texts = saved_texts(by, place)
    remove_rows(texts, TABLE)
    for name in [name for name in texts if not name.startswith(TABLE)]:
        texts.setlist(name, [])
    token = str(uuid5(NAMESPACE_OID, f"{merged.token}/emptied"))
    emptied = send(by=by, place=place, texts=texts, version=merged.version, token=token, reason=words)
    token = str(uuid5(NAMESPACE_OID, f"{merged.token}/not-done"))
    mark_not_done(by=by, place=place, reason=words, version=emptied.version, token=token)


def _refuse_referred(subject: Any, second: Logged) -> None:
    """An event to which another form refers cannot go: the link would lead nowhere."""
    number = second.event.sequence
    tables: tuple[Any, ...] = (SeriousEventReport, Medication, Transfusion, HospitalStay)
    linked = [
        f"{table.crf.title} {sequence}"
        for table in tables
        for sequence in table.objects.filter(subject=subject, event_number=number).exclude(status=FormStatus.NOT_DONE)
        .values_list("sequence", flat=True)
    ]  # fmt: skip
    parts = AdverseEvent.objects.filter(subject=subject, part_of_event=number).exclude(status=FormStatus.NOT_DONE)
    linked += [f"{AdverseEvent.crf.title} {sequence}" for sequence in parts.values_list("sequence", flat=True)]
    if linked:
        raise DomainError(
            _("Other forms refer to event %(number)s: %(forms)s. Link them to the event that remains first.")
            % {"number": number, "forms": ", ".join(linked)}
        )
