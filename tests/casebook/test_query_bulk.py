"""Many queries at once: the exact list first, then all of it or nothing, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.http import QueryDict

from enrollment.models import Subject
from safety.models import AdverseEvent, GradeChange, VitalSigns
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import enter
from tests.casebook.test_matrix import text_of, vitals
from tests.faults.test_together import together
from tests.people import People, make_people
from tests.review.conftest import EVENT, GRADES, VITALS
from trial_edc.audit.context import acting, system_user
from trial_edc.casebook import query_bulk
from trial_edc.casebook.query_bulk import Ask, ask_many, close_many, plan_ask, plan_close
from trial_edc.errors import DomainError
from trial_edc.review.models import Query
from trial_edc.review.services import move_query, raise_query


@pytest.fixture
def records(people: People, infused: Subject, elsewhere: Subject) -> list[VitalSigns]:
    other = People(**{**people.__dict__, "coordinator": people.elsewhere})
    return [vitals(people, infused, "D3"), vitals(people, infused, "D4"), vitals(other, elsewhere, "SCR")]


@pytest.fixture
def three(people: People, records: list[VitalSigns]) -> list[Query]:
    return [
        raise_query(by=people.monitor, record=each, field="heart_rate", text="Pulse or monitor?") for each in records
    ]


def numbers(queries: list[Query]) -> list[int]:
    return [query.number for query in queries]


def states() -> dict[int, str]:
    return dict(Query.objects.values_list("number", "state"))


def test_closing_shows_the_exact_count_and_closes_exactly_these(
    people: People, three: list[Query], signed_in: SignedIn
) -> None:
    move_query(by=people.monitor, query=three[0], to="closed", text="Seen.")
    move_query(by=people.coordinator, query=three[1], to="answered", text="Pulse.")
    client = signed_in(people.monitor)
    page = client.get("/queries/close/", {"chosen": ["1", "2", "3"], "back": "state=open"})
    words = " ".join(text_of(page).split())
    assert "2 queries will be closed" in words and "Close 2 queries?" in words
    assert "1 of the chosen is resolved already and stays as it is." in words
    data = {"chosen": [2, 3], "seen": page.context["plan"].seen, "token": page.context["token"], "text": "Reviewed."}
    answer = client.post("/queries/close/", data | {"back": "state=open"})
    assert answer["Location"] == "/queries/?state=open"
    assert states() == {1: "closed", 2: "closed", 3: "closed"}
    assert "2 queries closed." in text_of(client.get("/queries/"))
    again = client.post("/queries/close/", data)
    assert again.status_code == 302 and "nothing happened twice" in text_of(client.get("/queries/"))
    assert Query.objects.get(number=3).messages.count() == 2


def test_an_answer_in_between_refuses_the_whole(people: People, three: list[Query], signed_in: SignedIn) -> None:
    client = signed_in(people.monitor)
    page = client.get("/queries/close/", {"chosen": numbers(three)})
    move_query(by=people.coordinator, query=three[1], to="answered", text="Pulse.")
    data = {"chosen": numbers(three), "seen": page.context["plan"].seen, "token": page.context["token"]}
    refused = client.post("/queries/close/", data | {"text": "Reviewed."})
    assert refused.status_code == 422 and "The data have changed since this list was made." in text_of(refused)
    assert states() == {1: "open", 2: "answered", 3: "open"}
    data |= {"seen": refused.context["plan"].seen, "text": "Reviewed."}
    assert client.post("/queries/close/", data).status_code == 302
    assert set(states().values()) == {"closed"}


def test_closing_needs_words(people: People, three: list[Query], signed_in: SignedIn) -> None:
    client = signed_in(people.data_manager)
    page = client.get("/queries/close/", {"chosen": numbers(three)})
    data = {"chosen": numbers(three), "seen": page.context["plan"].seen, "token": page.context["token"], "text": " "}
    refused = client.post("/queries/close/", data)
    assert refused.status_code == 422 and 'aria-invalid="true"' in text_of(refused)
    assert set(states().values()) == {"open"}


def test_nothing_to_close_is_said(people: People, three: list[Query], signed_in: SignedIn) -> None:
    client = signed_in(people.monitor)
    assert "None of the chosen queries can be closed." in text_of(client.get("/queries/close/", {"chosen": ["x", "9"]}))
    shown = plan_close(people.monitor, []).seen
    with pytest.raises(DomainError, match="nothing to close"):
        close_many(by=people.monitor, numbers=[], shown=shown, text="Reviewed.", token=str(uuid4()))
    many = client.get("/queries/close/", {"chosen": list(range(1, 202))})
    assert many.status_code == 302 and "Choose at most 200 at once." in text_of(client.get("/queries/"))


@pytest.mark.parametrize("role", ["coordinator", "investigator", "inspector", "statistician"])
def test_only_who_closes_and_raises_sees_these_pages(
    people: People, three: list[Query], signed_in: SignedIn, role: str
) -> None:
    client = signed_in(getattr(people, role))
    for url in ("/queries/close/", "/queries/raise/"):
        assert client.get(url).status_code == client.post(url).status_code == 403
    page = text_of(client.get("/queries/"))
    assert "/queries/close/" not in page and "/queries/raise/" not in page


def ask(**parameters: Any) -> Ask:
    data = QueryDict(mutable=True)
    for name, value in ({"item": "VS.heart_rate"} | parameters).items():
        data.setlist(name, value if isinstance(value, list) else [value])
    found = Ask.read(data)
    assert found is not None
    assert Ask.read(QueryDict(found.query())) == found
    return found


def places(people: People, wanted: Ask) -> list[str]:
    points = plan_ask(people.monitor, wanted).points
    return [f"{point.record.subject.identifier} {point.form.visit}" for point in points]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, ["01-001 D3", "01-001 D4", "02-001 SCR"]),
        ({"site": "01"}, ["01-001 D3", "01-001 D4"]),
        ({"subject": ["02-001"]}, ["02-001 SCR"]),
        ({"visit": ["D4", "SCR"]}, ["01-001 D4", "02-001 SCR"]),
        ({"condition": "equals", "value": "70"}, ["01-001 D3", "01-001 D4", "02-001 SCR"]),
        ({"condition": "equals", "value": "71"}, []),
        ({"condition": "equals", "value": "fast"}, []),
        ({"condition": "empty"}, []),
        ({"item": "VS.respiratory_rate", "condition": "equals", "value": "016"}, []),
    ],
)
def test_the_data_points_are_those_of_the_choice(
    people: People, records: list[VitalSigns], parameters: dict[str, Any], expected: list[str]
) -> None:
    assert places(people, ask(**parameters)) == expected


def test_empty_means_without_a_value_and_without_a_reason(people: People, infused: Subject) -> None:
    empty = VITALS | {"heart_rate": ""}
    for visit, more in (("D1", {}), ("D2", {"missing-heart_rate": "NOT DONE"})):
        enter(people.coordinator, infused, visit, "VS", **empty, **more)
    skipped = enter(people.coordinator, infused, "D3", "VS", **empty)
    with acting(people.coordinator, "test"):
        VitalSigns.objects.filter(pk=skipped.pk).update(status="NOT DONE")
    assert places(people, ask(condition="empty")) == ["01-001 D1"]


def test_decimals_and_words_are_compared_as_people_write_them(people: People, infused: Subject) -> None:
    event = enter(people.investigator, infused, "LOG", "AE", sequence=0, rows=GRADES, **EVENT)
    enter(people.coordinator, infused, "D1", "VS", **VITALS)
    assert places(people, ask(item="VS.temperature_c", condition="equals", value="36.60")) == ["01-001 D1"]
    assert places(people, ask(item="AE.serious", condition="equals", value="no")) == ["01-001 LOG"]
    assert places(people, ask(item="AEG.grade", condition="equals", value="3")) == ["01-001 LOG"]
    assert places(people, ask(item="AEG.grade", visit=["LOG"])) == ["01-001 LOG", "01-001 LOG"]
    assert places(people, ask(item="AEG.grade", visit=["D1"])) == []
    assert AdverseEvent.objects.get() == event


def test_the_page_lists_asks_and_asks_once(people: People, records: list[VitalSigns], signed_in: SignedIn) -> None:
    raise_query(by=people.data_manager, record=records[0], field="heart_rate", text="Sure?")
    client = signed_in(people.monitor)
    assert "plan" not in client.get("/queries/raise/?item=VS.nothing").context
    page = client.get("/queries/raise/?item=VS.heart_rate&condition=equals&value=70")
    words = " ".join(text_of(page).split())
    assert "Raise 2 queries?" in words and "1 data point is left out: it has an unresolved query." in words
    assert len(page.context["points"]) == 2
    data = {"item": "VS.heart_rate", "condition": "equals", "value": "70", "text": "Pulse or monitor?",
            "seen": page.context["plan"].seen, "token": page.context["token"]}  # fmt: skip
    assert client.post("/queries/raise/", data)["Location"] == "/queries/"
    assert client.post("/queries/raise/", data).status_code == 302
    assert "nothing happened twice" in text_of(client.get("/queries/"))
    asked = Query.objects.filter(opened_by=people.monitor)
    assert {query.record for query in asked} == {records[1].pk, records[2].pk}
    assert [query.messages.get().text for query in asked] == ["Pulse or monitor?"] * 2


def change_a_value(people: People, records: list[VitalSigns]) -> None:
    with acting(system_user(), "test", source="task"):
        VitalSigns.objects.filter(pk=records[0].pk).update(heart_rate=71)


def add_a_form(people: People, records: list[VitalSigns]) -> None:
    vitals(people, records[0].subject, "D5")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (change_a_value, "The data have changed since this list"),
        (add_a_form, "The list showed 3, and now there are 4."),
    ],
)
def test_a_change_after_the_preview_refuses_the_whole(
    people: People, records: list[VitalSigns], signed_in: SignedIn, change: Callable[..., None], sentence: str
) -> None:
    client = signed_in(people.monitor)
    page = client.get("/queries/raise/?item=VS.heart_rate")
    change(people, records)
    data = {"item": "VS.heart_rate", "text": "Pulse?", "seen": page.context["plan"].seen, "token": str(uuid4())}
    refused = client.post("/queries/raise/", data)
    assert refused.status_code == 422 and sentence in text_of(refused) and "Pulse?</textarea>" in text_of(refused)
    assert not Query.objects.exists()


def test_too_many_are_refused(
    people: People, records: list[VitalSigns], signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_bulk, "MOST", 2)
    page = signed_in(people.monitor).get("/queries/raise/?item=VS.heart_rate")
    assert "This would raise 3 queries; at most 2 at once." in text_of(page) and page.context["points"] == []
    wanted = ask()
    with pytest.raises(DomainError, match="at most 2 at once"):
        ask_many(
            by=people.monitor, ask=wanted, shown=plan_ask(people.monitor, wanted).seen, text="Why?", token=str(uuid4())
        )
    none = ask(subject=["02-999"])
    with pytest.raises(DomainError, match="nothing to ask about"):
        ask_many(
            by=people.monitor, ask=none, shown=plan_ask(people.monitor, none).seen, text="Why?", token=str(uuid4())
        )


def test_the_same_confirmation_twice_at_once_asks_once(transactional_db: None) -> None:
    people = make_people()
    with acting(system_user(), "test", source="command"):
        subject = Subject.objects.create(identifier="01-001", site=people.site)
    enter(people.coordinator, subject, "SCR", "VS", **VITALS)
    wanted, token = ask(), str(uuid4())
    shown = plan_ask(people.monitor, wanted).seen

    def send() -> int | None:
        return ask_many(by=people.monitor, ask=wanted, shown=shown, text="Pulse?", token=token)

    assert sorted(together(send, send, send), key=str) == [1, None, None]
    (query,) = Query.objects.all()
    closing, key = plan_close(people.monitor, [query.number]).seen, str(uuid4())

    def close() -> int | None:
        return close_many(by=people.monitor, numbers=[query.number], shown=closing, text="Seen.", token=key)

    assert sorted(together(close, close), key=str) == [1, None]
    assert query.messages.count() == 2


def test_conversations_and_saves_at_once_wait_in_no_circle(transactional_db: None) -> None:
    """Saves, questions on the same subject and a confirmation over several subjects all come to an end."""
    people = make_people()
    with acting(system_user(), "test", source="command"):
        subjects = [Subject.objects.create(identifier=f"01-00{n}", site=people.site) for n in (1, 2)]
    records = [enter(people.coordinator, subject, "SCR", "VS", **VITALS) for subject in subjects]

    def save(number: int) -> Callable[[], Any]:
        texts = VITALS | {"temperature_c": "37.1"}
        return lambda: enter(people.coordinator, subjects[number], "SCR", "VS", **texts)

    def question(number: int) -> Callable[[], Any]:
        return lambda: raise_query(
            by=people.data_manager, record=records[number], field="systolic_bp", text="Which arm?"
        )

    wanted = ask()
    shown = plan_ask(people.monitor, wanted).seen
    together(
        save(0), question(1), save(1), question(0),
        lambda: ask_many(by=people.monitor, ask=wanted, shown=shown, text="Pulse?", token=str(uuid4())),
    )  # fmt: skip
    assert Query.objects.count() == 4
    assert sorted(Query.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert GradeChange.objects.count() == 0
