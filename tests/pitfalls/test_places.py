"""Mistakes of other systems about where data belong: the wrong subject, a lost item, a moved day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import GradeChange
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import enter, post
from tests.casebook.test_matrix import text_of, vitals
from tests.people import People
from tests.pitfalls.test_entry import EVENT, GRADE_3
from trial_edc.casebook.submission import Saved
from trial_edc.protocol.visits.due import Phase, phase_of
from trial_edc.protocol.visits.model import Anchors
from trial_edc.protocol.visits.schedule import visit, window
from trial_edc.review.models import Query
from trial_edc.review.selectors import open_queries
from trial_edc.review.services import raise_query

#: Days off in mainland China: New Year, Spring Festival, Tomb Sweeping, Labour Day, Mid-Autumn, National Day.
HOLIDAYS = [
    date(2026, 1, 1), date(2026, 2, 17), date(2026, 4, 5), date(2026, 5, 1), date(2026, 9, 25), date(2026, 10, 1),
]  # fmt: skip


@pytest.mark.req("P05")
def test_an_unscheduled_visit_is_its_own_subjects_alone(
    people: People, infused: Subject, elsewhere: Subject, signed_in: SignedIn
) -> None:
    neighbour = add_subject(by=people.coordinator, site=people.site)
    vitals(people, infused, "UNS", heart_rate="137")
    client = signed_in(people.coordinator)
    assert 'value="137"' in text_of(client.get("/subjects/01-001/UNS/VS/1/"))
    for page in ("UNS/", "UNS/card/", "UNS/VS/1/", ""):
        assert "/subjects/01-001/UNS/VS/1/" not in text_of(client.get(f"/subjects/{neighbour.identifier}/{page}"))
    assert 'value="137"' not in text_of(client.get(f"/subjects/{neighbour.identifier}/UNS/VS/1/"))
    assert client.get(f"/subjects/{neighbour.identifier}/UNS/VS/1/history/").status_code == 404
    there = signed_in(people.elsewhere)
    for page in ("UNS/", "UNS/card/", "UNS/VS/1/", "UNS/VS/1/history/"):
        assert there.get(f"/subjects/01-001/{page}").status_code == 404
    assert 'value="137"' not in text_of(there.get("/subjects/02-001/UNS/VS/1/"))


@pytest.mark.req("P06")
def test_a_query_outlives_the_row_that_was_asked_about(people: People, infused: Subject, signed_in: SignedIn) -> None:
    event = enter(people.coordinator, infused, "LOG", "AE", sequence=0, rows=GRADE_3, **EVENT)
    query = raise_query(by=people.monitor, record=event, field="term", text="Is the first grade right?")
    row = GradeChange.objects.get()
    removed = {
        "AEG-TOTAL_FORMS": "2", "AEG-INITIAL_FORMS": "1", "AEG-0-id": str(row.pk), "AEG-0-grade": "3",
        "AEG-0-start_date": "10-Nov-2026", "AEG-0-DELETE": "on", "AEG-1-grade": "2", "AEG-1-start_date": "10-Nov-2026",
    }  # fmt: skip
    assert isinstance(post(people.coordinator, infused, "LOG", "AE", **EVENT, **removed), Saved)
    assert not GradeChange.objects.filter(pk=row.pk).exists()
    assert list(open_queries([infused.pk])) == [query]
    client = signed_in(people.monitor)
    (line,) = client.get("/queries/?state=unresolved").context["lines"]
    assert line.query == query
    assert "Is the first grade right?" in text_of(client.get("/subjects/01-001/LOG/AE/1/item/term/query/"))


@pytest.mark.req("P06")
def test_nobody_asks_about_an_item_that_can_be_removed(people: People, infused: Subject, signed_in: SignedIn) -> None:
    enter(people.coordinator, infused, "LOG", "AE", sequence=0, rows=GRADE_3, **EVENT)
    for item in ("grade", "AEG", "AEG-0-grade"):
        address = f"/subjects/01-001/LOG/AE/1/item/{item}/query/"
        asked = signed_in(people.monitor).post(address, {"action": "open", "text": "Which grade?"})
        assert asked.status_code == 404
    assert not Query.objects.exists()


@pytest.mark.req("P11")
@pytest.mark.parametrize("holiday", HOLIDAYS, ids=str)
def test_day_28_on_a_public_holiday_stays_there(holiday: date) -> None:
    infused = Anchors(infusion=holiday - timedelta(days=28))
    found = window(visit("D28"), infused)
    assert found is not None
    assert (found.target, found.first, found.last) == (holiday, holiday, holiday + timedelta(days=3))
    phases = [phase_of(visit("D28"), infused, today=holiday + timedelta(days=n)) for n in (-1, 0, 3, 4)]
    assert phases == [Phase.NOT_DUE, Phase.DUE, Phase.DUE, Phase.OVERDUE]


@pytest.mark.req("P11")
@pytest.mark.parametrize("days", range(1, 8))
def test_no_day_of_the_week_moves_a_visit(days: int) -> None:
    first, later = (Anchors(infusion=date(2026, 9, 1) + timedelta(days=shift)) for shift in (0, days))
    for code in ("D1", "D3", "D7", "D14", "D17", "D21", "D28", "M2", "M3"):
        one, other = window(visit(code), first), window(visit(code), later)
        assert one is not None and other is not None
        assert other.target - one.target == timedelta(days=days), code
