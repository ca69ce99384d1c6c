"""What is kept of every casebook is what a fresh reading says, after whatever was written, on whichever day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrollment.models import Subject
from safety.models import VitalSigns
from tests.casebook.entering import post
from tests.casebook.test_matrix import VITALS
from tests.faults.test_together import together
from tests.people import People, make_people
from trial_edc.accounts.access import today
from trial_edc.audit.context import acting
from trial_edc.audit.signatures import sign
from trial_edc.casebook import drafts
from trial_edc.casebook.endorsing import waiting_endorsements
from trial_edc.casebook.models import FormStanding, Standing, VisitStanding
from trial_edc.casebook.obstacles import Scope
from trial_edc.casebook.place import Place
from trial_edc.casebook.selectors.matrix import Matrix, read_matrix
from trial_edc.casebook.selectors.verification import STATES, VerificationFilter, narrow, progress, total
from trial_edc.casebook.selectors.worklists import WORK_LISTS, Entry, entry, is_due, samples_waiting
from trial_edc.casebook.standings import reading, settling
from trial_edc.casebook.standings.cells import rows_of
from trial_edc.casebook.standings.endorsed import kept_endorsements
from trial_edc.casebook.standings.lists import Standings
from trial_edc.casebook.standings.settling import behind, settle
from trial_edc.casebook.standings.worklists import (
    ROWS,
    count_items,
    due_visits,
    forms_with_items,
    samples,
)
from trial_edc.casebook.visits import record_visit
from trial_edc.protocol.parameters import PARAMETERS
from trial_edc.review.models import Query
from trial_edc.review.services import move_query, raise_query, verify_items

DAYS = (-70, -1, 0, 0, 1, 45, 400)
VISITS = ("SCR", "D1", "D3", "UNS")
EVERY_FILTER = [
    VerificationFilter(state, critical, form) for state in STATES for critical in ("", "1") for form in ("", "VS")
]


def key(line: Entry) -> tuple[Any, ...]:
    return line.subject.identifier, line.visit, line.oid, line.sequence, line.status.code


def kept_key(row: VisitStanding | FormStanding) -> tuple[Any, ...]:
    if isinstance(row, VisitStanding):
        return row.subject.identifier, row.visit, "", 0, row.status
    return row.subject.identifier, row.visit, row.form, row.sequence, row.status


def agrees(day: date) -> None:
    """Compare everything that pages read of many subjects with a fresh reading of the same casebooks."""
    fresh = read_matrix(Subject.objects.order_by("identifier"), today=day)
    standings = Standings(Subject.objects.all(), day)
    for name, wanted in WORK_LISTS.items():
        expected = Counter(key(entry(each, fresh.facts)) for each in wanted.find(fresh.books, fresh.facts))
        rows = ROWS[name](standings)
        assert Counter(kept_key(row) for row in rows) == expected, name
        assert len(rows) == expected.total() == sum(len(rows[start : start + 2]) for start in range(0, len(rows), 2))
    assert (standings.number("open"), standings.number("answered")) == fresh.queries
    for book, there in zip(fresh.books, standings.by_subject, strict=True):
        numbers = Scope(book, fresh.facts).numbers()
        assert {name: there.numbers[name] for name in numbers} == numbers, book.subject
    agrees_today(fresh, standings)
    if day == today():
        agrees_on_endorsements(fresh, standings)
    agrees_on_items(standings)


def agrees_today(fresh: Matrix, standings: Standings) -> None:
    due = Counter((b.subject.pk, s.visit.code, s.done_count) for b in fresh.books for s in b.visits if is_due(s))
    found = due_visits(standings)
    assert Counter((row.subject_id, row.visit, row.done) for row in found) == due and len(found) == due.total()
    waiting = {(b.subject.pk, s.visit.code, oid) for b in fresh.books for s in b.visits for oid in samples_waiting(s)}
    assert {(row.subject_id, row.visit, oid) for row, oid in samples(standings)} == waiting
    rows = rows_of([book.subject for book in fresh.books], standings.day)
    for row, book in zip(rows, fresh.books, strict=True):
        assert [tuple(cell) for cell in row.visits] == [(s.visit, s.status, s.queries) for s in book.visits]
        assert [cell[1:] for cell in row.logs] == [(log.status, len(log.records), log.queries) for log in book.logs]


def agrees_on_endorsements(fresh: Matrix, standings: Standings) -> None:
    expected = [
        (book.subject.identifier, each.milestone, each.due, len(each.forms))
        for book in fresh.books
        for each in waiting_endorsements(fresh.books, fresh.facts)[book.subject.pk]
    ]
    found = [(who, each.milestone, each.due, sum(each.forms)) for who, each in kept_endorsements(standings)]
    assert found == expected


def agrees_on_items(standings: Standings) -> None:
    forms = progress(standings.identifiers)
    for wanted in EVERY_FILTER:
        chosen = narrow(forms, wanted)
        counted = total([form for form in forms if wanted.form in ("", form.oid)], wanted)
        rows = forms_with_items(standings, wanted)
        assert set(rows) == set(chosen) and len(rows) == len(chosen), wanted
        assert count_items(standings, wanted) == counted, wanted


STEP = st.tuples(
    st.sampled_from([
        "save", "complete", "delete", "draft", "discard", "not done", "ask", "answer", "verify", "sign", "date by SQL",
        "visit", "died", "read",
    ]),
    st.sampled_from(VISITS), st.integers(0, 60),
)  # fmt: skip


def take(people: People, subject: Subject, step: tuple[str, str, int]) -> None:
    """Do one of the things that happen to a casebook; what is not possible now does nothing."""
    kind, visit, number = step
    record = VitalSigns.objects.filter(subject=subject, visit=visit).first()
    place = Place(subject, visit, "VS", 1)
    if kind in ("save", "complete"):
        texts = VITALS | {"assessed_date": today().isoformat(), "heart_rate": str(60 + number), "action": kind}
        post(people.coordinator, subject, visit, "VS", **texts, reason_code="TRANSCRIPTION")
    elif kind == "draft":
        drafts.keep(by=people.coordinator, place=place, data=QueryDict(f"heart_rate={number}"), version=0)
    elif kind == "discard":
        drafts.discard(people.coordinator, place)
    elif kind == "visit":
        record_visit(by=people.coordinator, subject=subject, code=visit, visit_date=today() - timedelta(days=number))
    elif kind == "date by SQL":
        _by_sql(people, "infused_at = infused_at + %s * interval '1 day'", number - 30, subject)
    elif kind == "died":
        _by_sql(people, "death_date = current_date - %s::int", number, subject)
    elif kind == "read":
        settle(Subject.objects.filter(pk=subject.pk))
    elif record is not None:
        _to_record(people, record, kind)


def _by_sql(people: People, change: str, number: int, subject: Subject) -> None:
    with acting(people.investigator, "by hand", source="command"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE enrollment_subject SET {change} WHERE id = %s", [number, str(subject.pk)])
    subject.refresh_from_db()


def _to_record(people: People, record: VitalSigns, kind: str) -> None:
    query = Query.objects.filter(root_record=record.pk, state="open").first()
    if kind == "ask":
        raise_query(by=people.monitor, record=record, field="heart_rate", text="Please check.")
    elif kind == "answer" and query is not None:
        move_query(by=people.coordinator, query=query, to=Query.State.ANSWERED, text="It is so.")
    elif kind == "verify":
        verify_items(by=people.monitor, record=record)
    elif kind == "sign":
        with acting(people.investigator):
            sign(record, by=people.investigator, meaning="review", subject_key=record.subject_id)
    elif kind in ("delete", "not done"):
        with acting(people.investigator, "test"):
            one = VitalSigns.objects.filter(pk=record.pk)
            if kind == "delete":
                one.delete()
            else:
                one.update(status="NOT DONE")


@pytest.mark.req("P08")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=14), offset=st.sampled_from(DAYS))
def test_what_is_kept_is_what_a_fresh_reading_says(
    people: People, infused: Subject, elsewhere: Subject, steps: list[tuple[str, str, int]], offset: int
) -> None:
    with transaction.atomic():
        infused.refresh_from_db()
        for step in steps:
            take(people, infused, step)
        agrees(today() + timedelta(days=offset))
        assert behind(Subject.objects.all()) == []
        transaction.set_rollback(True)


def test_every_step_does_something(people: People, infused: Subject) -> None:
    """Else the property above would hold for want of anything to see."""
    kinds = ("save", "complete", "ask", "answer", "verify", "sign", "date by SQL", "visit", "draft", "not done", "died",
             "delete")  # fmt: skip
    for kind in kinds:
        settle(Subject.objects.all())
        take(people, infused, (kind, "UNS" if kind == "draft" else "D3", 5))
        assert behind(Subject.objects.all()) != [], kind
    settle(Subject.objects.all())
    take(people, infused, ("discard", "UNS", 0))
    assert behind(Subject.objects.all()) != []
    agrees(today())


def test_another_study_or_version_of_the_code_reads_everything_again(
    people: People, infused: Subject, elsewhere: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(Subject.objects.all())
    before = reading.basis()
    reading.basis.cache_clear()
    monkeypatch.setattr("trial_edc.casebook.standings.reading.PARAMETERS", PARAMETERS[1:])
    try:
        assert reading.basis() != before and len(behind(Subject.objects.all())) == 2
    finally:
        reading.basis.cache_clear()


def test_a_row_that_says_the_same_is_left_alone(people: People, infused: Subject) -> None:
    for step in (("complete", "D1", 1), ("complete", "D3", 1)):
        take(people, infused, step)
    settle(Subject.objects.all())
    kept = set(VisitStanding.objects.filter(subject=infused).values_list("pk", flat=True))
    take(people, infused, ("save", "UNS", 1))
    settle(Subject.objects.all())
    again = set(VisitStanding.objects.filter(subject=infused).values_list("pk", flat=True))
    assert len(kept - again) <= 1 and len(again) >= len(kept)


@pytest.fixture
def committed(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> tuple[People, Subject]:
    """People and a subject that threads see."""
    monkeypatch.setattr("dosing.services.later.enqueue", lambda *args: True)
    people = make_people()
    with acting(people.coordinator):
        return people, Subject.objects.create(identifier="01-001", site=people.site, consent_date=today())


def test_a_write_while_somebody_reads_makes_it_be_read_again(
    committed: tuple[People, Subject], monkeypatch: pytest.MonkeyPatch
) -> None:
    people, subject = committed
    read, place = reading.read, "trial_edc.casebook.standings.settling.read"

    def write() -> bool:
        take(people, Subject.objects.get(pk=subject.pk), ("complete", "SCR", 1))
        return True

    def read_then_another_writes(subjects: Any, since: Any) -> Any:
        found = read(subjects, since)
        together(write)
        return found

    monkeypatch.setattr(place, read_then_another_writes)
    settle(Subject.objects.filter(pk=subject.pk))
    monkeypatch.setattr(place, read)
    assert FormStanding.objects.count() == 0 and len(behind(Subject.objects.all())) == 1
    agrees(today())
    assert FormStanding.objects.get().to_verify


def test_who_read_earlier_does_not_undo_who_read_later(committed: tuple[People, Subject]) -> None:
    people, subject = committed
    earlier, kept = behind(Subject.objects.all()), reading.read([subject])
    take(people, subject, ("complete", "SCR", 1))
    settle(Subject.objects.filter(pk=subject.pk))
    later = Standing.objects.get().length
    settling._store(earlier, kept)
    assert (
        Standing.objects.get().length == later
        and behind(Subject.objects.all()) == []
        and FormStanding.objects.count() == 1
    )


def test_readers_and_writers_at_once_leave_nothing_behind(committed: tuple[People, Subject]) -> None:
    people, subject = committed

    def write() -> bool:
        for number, visit in enumerate(("SCR", "BL", "PIG")):
            take(people, Subject.objects.get(pk=subject.pk), ("complete", visit, number))
        return True

    def look() -> bool:
        for _again in range(4):
            settle(Subject.objects.filter(pk=subject.pk))
        return True

    together(write, look, look)
    agrees(today())
    assert FormStanding.objects.count() == VitalSigns.objects.count() > 0
