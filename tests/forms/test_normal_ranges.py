"""Normal ranges: which one holds, that none overlap, who keeps them, and what a form opens with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.laboratory import range_text
from safety.models import NormalRange
from safety.models.normal_range import plain
from safety.range_services import TRAINING_SOURCE, add_range, close_range, load_training_ranges
from safety.ranges import Person, person_of, range_in_force, ranges_in_force, whole_years
from safety.rules.form_analytes import FORM_ANALYTES, to_canonical
from tests.casebook.entering import enter
from tests.people import People
from tests.rules.tables import rows
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.visits import record_visit
from trial_edc.errors import DomainError

FIRST = date(2025, 1, 1)


def wanted(people: People, analyte: str = "HGB", **more: Any) -> NormalRange:
    values: dict[str, Any] = {
        "site": people.site, "unit": FORM_ANALYTES[analyte].unit, "low": Decimal(115), "high": Decimal(150),
        "valid_from": FIRST, "source": "Laboratory manual 3, 2024",
    }  # fmt: skip
    return NormalRange(analyte=analyte, **values | more)


def add(people: People, analyte: str = "HGB", **more: Any) -> NormalRange:
    return add_range(by=people.data_manager, wanted=wanted(people, analyte, **more))


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# --- which range holds

IN_FORCE = rows("""
on         | sex | age | high | because
2024-12-31 | F   | 30  | -    | before the first day
2025-01-01 | F   | 30  | 150  | on the first day
2025-06-30 | F   | 30  | 150  | on the last day
2025-07-01 | F   | 30  | 155  | the next one
2030-01-01 | F   | 30  | 155  | until further notice
2025-03-01 | M   | 30  | 175  | the other sex
2025-03-01 | M   | 64  | 175  | the last year of age
2025-03-01 | M   | 65  | 170  | from 65 on
2025-03-01 | M   | 17  | -    | too young
2025-03-01 | M   | -   | -    | age unknown, and the range depends on it
2025-03-01 |     | 30  | -    | sex unknown, and the range depends on it
2025-03-01 | F   | -   | 150  | age unknown, and the range does not depend on it
""")


@pytest.mark.parametrize("row", IN_FORCE, ids=lambda row: row["because"])
def test_the_range_in_force(people: People, row: dict[str, str]) -> None:
    add(people, sex="F", valid_to=date(2025, 6, 30))
    add(people, sex="F", valid_from=date(2025, 7, 1), high=Decimal(155))
    add(people, sex="M", age_from=18, age_to=64, high=Decimal(175))
    add(people, sex="M", age_from=65, high=Decimal(170))
    age = None if row["age"] == "-" else int(row["age"])
    found = range_in_force(people.site, "HGB", date.fromisoformat(row["on"]), row["sex"], age)
    assert (found.high_text if found else "-") == row["high"]


def test_a_range_holds_at_its_site_and_for_its_analyte(people: People) -> None:
    add(people)
    assert range_in_force(people.other_site, "HGB", FIRST) is None
    assert range_in_force(people.site, "WBC", FIRST) is None


def test_sex_and_age_come_from_demography(people: People) -> None:
    subject = add_subject(by=people.coordinator, site=people.site)
    assert person_of(subject, FIRST) == Person()
    enter(people.coordinator, subject, "SCR", "DM", sex="F", age_years="59")
    assert person_of(subject, FIRST) == Person("F", 59)
    with acting(system_user(), "test", source="command"):
        subject.consent_date = date(2025, 3, 10)
        subject.save()
    ages = [person_of(subject, date(year, 3, day)).age for year, day in ((2025, 10), (2026, 9), (2026, 10), (2024, 1))]
    assert ages == [59, 59, 60, 59]


def test_whole_years() -> None:
    assert [whole_years(date(2024, 2, 29), day) for day in (date(2025, 2, 28), date(2025, 3, 1))] == [0, 1]
    assert [plain(number) for number in (Decimal("115.0000"), Decimal("1.80"), None)] == ["115", "1.8", ""]
    assert [range_text(*limits) for limits in (("1", "2"), ("", "5"), ("80", ""), ("", ""))] == [
        "1–2", "≤ 5", "≥ 80", "",
    ]  # fmt: skip


# --- what is refused

OVERLAPS = rows("""
sex | age_from | age_to | valid_from | valid_to   | overlaps
F   | 18       | 64     | 2025-01-01 |            | yes
F   | 18       | 64     | 2024-01-01 | 2024-12-31 | no
F   | 18       | 64     | 2024-01-01 | 2025-01-01 | yes
F   | 18       | 64     | 2025-12-31 |            | yes
F   | 18       | 64     | 2026-01-01 |            | no
M   | 18       | 64     | 2025-01-01 |            | no
    | 18       | 64     | 2025-01-01 |            | yes
    |          |        | 2025-01-01 |            | yes
F   | 65       |        | 2025-01-01 |            | no
F   | 64       |        | 2025-01-01 |            | yes
F   |          | 17     | 2025-01-01 |            | no
F   |          | 18     | 2025-01-01 |            | yes
""")


@pytest.mark.parametrize("row", OVERLAPS, ids=lambda row: " ".join(row.values()))
def test_no_two_ranges_hold_for_one_person_on_one_day(people: People, row: dict[str, str]) -> None:
    add(people, sex="F", age_from=18, age_to=64, valid_to=date(2025, 12, 31))
    more: dict[str, Any] = {name: int(row[name]) if row[name] else None for name in ("age_from", "age_to")}
    more |= {name: date.fromisoformat(row[name]) if row[name] else None for name in ("valid_from", "valid_to")}
    if row["overlaps"] == "no":
        assert add(people, sex=row["sex"], **more).pk
        return
    with pytest.raises(DomainError, match="Haemoglobin has a range already, 115 to 150 g/L") as refusal:
        add(people, sex=row["sex"], **more)
    assert refusal.value.field == "valid_from" and NormalRange.objects.count() == 1


def test_an_open_range_overlaps_every_later_one(people: People) -> None:
    add(people)
    with pytest.raises(DomainError, match="until further notice"):
        add(people, valid_from=date(2031, 1, 1))


IMPOSSIBLE: list[tuple[str, dict[str, Any], str, str]] = [
    ("no limit", {"low": None, "high": None}, "low", "Enter a lower limit"),
    ("limits swapped", {"low": Decimal(151)}, "low", "above the upper limit"),
    ("another analyte's unit", {"unit": "10^9/L"}, "unit", "Haemoglobin is recorded in one of these units: g/L, g/dL"),
    ("ages swapped", {"age_from": 65, "age_to": 18}, "age_from", "first age"),
    ("days swapped", {"valid_to": date(2024, 12, 31)}, "valid_to", "last day is before the first"),
]


@pytest.mark.parametrize(("more", "field", "sentence"), [row[1:] for row in IMPOSSIBLE], ids=[r[0] for r in IMPOSSIBLE])
def test_an_impossible_range_is_refused_and_the_database_refuses_it_too(
    people: People, more: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence) as refusal:
        add(people, **more)
    assert refusal.value.field == field
    if field != "unit":
        with pytest.raises(IntegrityError), acting(system_user(), "test", source="command"), transaction.atomic():
            wanted(people, **more).save()


# --- closing


def test_a_range_is_closed_with_a_reason_and_never_reopened(people: People) -> None:
    found = add(people)
    with pytest.raises(DomainError, match="before the first"):
        close_range(by=people.data_manager, pk=found.pk, last_day=date(2024, 12, 31), reason="new analyser")
    close_range(by=people.data_manager, pk=found.pk, last_day=date(2025, 6, 30), reason="new analyser")
    change = ItemChange.objects.get(record=found.pk, field="valid_to", new="2025-06-30")
    assert (change.reason, change.entity) == ("new analyser", "safety.normalrange")
    with pytest.raises(DomainError, match="closed already"):
        close_range(by=people.data_manager, pk=found.pk, last_day=date(2026, 6, 30), reason="again")
    assert add(people, valid_from=date(2025, 7, 1)).pk


# --- what a form opens with


@pytest.fixture
def subject(people: People) -> Subject:
    found = add_subject(by=people.coordinator, site=people.site)
    enter(people.coordinator, found, "SCR", "DM", sex="F", age_years="59")
    return found


def cell(page: str, name: str) -> str:
    return page.split(f'name="{name}"')[1].split('value="')[1].split('"')[0]


def test_a_form_opens_with_unit_and_range_of_the_visits_day(people: People, subject: Subject) -> None:
    add(people, sex="F", valid_to=date(2025, 6, 30))
    add(people, sex="F", valid_from=date(2025, 7, 1), unit="g/dL", low=Decimal("11.6"), high=None)
    add(people, sex="M")
    client = browser(people.coordinator)
    today = client.get(f"/subjects/{subject.identifier}/SCR/HEM/1/").content.decode()
    assert (cell(today, "HEMR-5-range_low"), cell(today, "HEMR-5-range_high")) == ("11.6", "")
    assert 'value="g/dL" selected' in today.split('name="HEMR-5-unit"')[1].split("</select>")[0]
    record_visit(by=people.coordinator, subject=subject, code="SCR", visit_date=date(2025, 6, 30))
    then = client.get(f"/subjects/{subject.identifier}/SCR/HEM/1/").content.decode()
    assert (cell(then, "HEMR-5-range_low"), cell(then, "HEMR-5-range_high")) == ("115", "150")
    assert " selected" not in then.split('name="HEMR-0-unit"')[1].split("</select>")[0]


# --- training values


def test_the_training_ranges_fit_the_forms(people: People) -> None:
    with acting(system_user(), "test", source="command"):
        count = load_training_ranges(site=people.site, valid_from=FIRST)
    assert count == NormalRange.objects.count() and set(NormalRange.objects.values_list("source", flat=True)) == {
        TRAINING_SOURCE
    }
    for sex in ("F", "M"):
        held = ranges_in_force(people.site, FIRST, Person(sex, 60))
        assert set(held) == set(FORM_ANALYTES)
        for each in held.values():
            low, high = FORM_ANALYTES[each.analyte].plausible
            limit = each.high if each.high is not None else each.low
            assert limit is not None
            number = to_canonical(each.analyte, each.unit, limit)
            assert number is not None and low <= number <= high, each
