"""Recent treatment, prohibited drugs, the period of adverse events, hospital stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.rules.facts import TRIAL_TIME_ZONE
from safety.rules.hospital_stay import Stay, early_discharge, overlap
from safety.rules.moments import Moment, parse_moment
from safety.rules.prohibited_medication import outside_rescue, prohibited_group
from safety.rules.recent_treatment import Answer, in_force
from safety.rules.reporting_period import Place, reporting_period
from safety.treatment_checks import PROHIBITED
from tests.rules.tables import rows
from trial_edc.protocol.medications import DRUGS, DrugClass, canonical_drug, find_drug, search_drugs
from trial_edc.protocol.parameters import parameter, values


def at(text: str) -> Moment:
    return parse_moment(text, TRIAL_TIME_ZONE)


# Asked at 2026-11-05T08:00, 24 hours back; `goes on` is "still given".
TREATMENTS = rows("""
start            | stop             | goes on | answer
2026-11-04T08:00 |                  |         | yes
2026-11-04T07:59 |                  |         | no
2026-11-05T08:00 |                  |         | yes
2026-11-05T08:01 |                  |         | no
2026-11-05T08:01 |                  | x       | no
2026-10-01T08:00 |                  | x       | yes
2026-10-01T08:00 | 2026-11-04T08:00 |         | yes
2026-10-01T08:00 | 2026-11-04T07:59 |         | no
2026-10-01T08:00 | 2026-11-30T08:00 |         | yes
2026-11-05       |                  |         | maybe
2026-11-04       |                  |         | maybe
2026-11-03       |                  |         | no
2026-11-06       |                  |         | no
2026-11-04       | 2026-11-04       |         | maybe
2026-11-03       | 2026-11-05       |         | yes
2026-11          |                  |         | maybe
2026-11          |                  | x       | maybe
2026-10          |                  | x       | yes
2026-11-04T20:00 | 2026-11          |         | yes
2026-11-01T20:00 | 2026-11          |         | maybe
2026-09-01       | 2026-10          |         | no
""")


@pytest.mark.parametrize("row", TREATMENTS, ids=lambda row: "-".join(row.values()))
def test_what_was_in_force_within_24_hours(row: dict[str, str]) -> None:
    stop = at(row["stop"]) if row["stop"] else None
    asked = at("2026-11-05T08:00").first
    assert in_force(at(row["start"]), stop, ongoing=bool(row["goes on"]), moment=asked).value == row["answer"]


def test_without_a_start_nobody_can_say() -> None:
    assert in_force(None, None, ongoing=True, moment=at("2026-11-05T08:00").first) is Answer.MAYBE


def test_a_day_that_ends_at_midnight_is_over_at_midnight() -> None:
    midnight = at("2026-11-06T00:00").first
    assert in_force(at("2026-11-04"), at("2026-11-04"), ongoing=False, moment=midnight) is Answer.NO
    assert in_force(at("2026-11-04"), at("2026-11-05T00:00"), ongoing=False, moment=midnight) is Answer.YES


@given(started=st.integers(-72, 24), lasted=st.integers(0, 72))
def test_exact_times_are_an_overlap_of_intervals(started: int, lasted: int) -> None:
    asked = at("2026-11-05T08:00").first
    start, stop = asked + timedelta(hours=started), asked + timedelta(hours=started + lasted)
    overlaps = start <= asked and stop >= asked - timedelta(hours=24)
    answer = in_force(at(start.isoformat()), at(stop.isoformat()), ongoing=False, moment=asked)
    assert answer is (Answer.YES if overlaps else Answer.NO)


NAMES = rows("""
name                                | group
Yellow fever vaccine                | live vaccine
Varicella  vaccine, LIVE ATTENUATED | live vaccine
Influenza vaccine, inactivated      |
Ciclosporin                         | systemic immunosuppressant
Tocilizumab                         |
Dexamethasone                       |
Anti-thymocyte globulin             | systemic immunosuppressant
Pembrolizumab                       | anticancer therapy
Investigational product X           | investigational agent
Paracetamol                         |
""")


@pytest.mark.parametrize("row", NAMES, ids=lambda row: row["name"])
def test_a_name_says_that_the_protocol_does_not_allow_the_drug(row: dict[str, str]) -> None:
    groups = {group: [str(word) for word in values(key)] for group, key in PROHIBITED.items()}
    assert (prohibited_group(row["name"], groups) or "") == row["group"]


def test_what_is_prohibited_is_marked_as_an_assumption() -> None:
    assert all(parameter(key).assumption for key in PROHIBITED.values())


def test_no_drug_of_the_list_is_prohibited_by_its_name() -> None:
    groups = {group: [str(word) for word in values(key)] for group, key in PROHIBITED.items()}
    assert [drug.name for drug in DRUGS if prohibited_group(drug.name, groups)] == []


STEROIDS = rows("""
steroid | route        | event | doubted
x       | INTRAVENOUS  |       | x
x       | ORAL         |       | x
x       | TOPICAL      |       |
x       | RESPIRATORY (INHALATION) | |
x       | INTRAVENOUS  | 1     |
        | INTRAVENOUS  |       |
""")


@pytest.mark.parametrize("row", STEROIDS, ids=lambda row: "-".join(row.values()))
def test_a_systemic_steroid_without_an_event_is_doubted(row: dict[str, str]) -> None:
    linked = int(row["event"]) if row["event"] else None
    doubted = outside_rescue(is_corticosteroid=bool(row["steroid"]), route=row["route"], linked_event=linked)
    assert doubted is bool(row["doubted"])


def test_the_list_of_drugs_has_every_name_once_and_every_class() -> None:
    names = [name.casefold() for drug in DRUGS for name in (drug.name, *drug.other_names)]
    assert len(set(names)) == len(names)
    assert {drug.drug_class for drug in DRUGS} == set(DrugClass)


def test_drugs_are_found_by_part_and_by_other_names() -> None:
    assert search_drugs("acetamin") == ["Paracetamol"]
    assert search_drugs("tocil")[0] == "Tocilizumab" == canonical_drug("actemra")
    assert len(search_drugs("e")) == 12
    found = find_drug("  NORADRENALINE ")
    assert found is not None and found.drug_class is DrugClass.VASOPRESSOR


# Enrolled 2025-02-01, infused 2025-03-03: the period ends with 2026-03-03.
ONSETS = rows("""
onset      | place
2025-01-31 | before enrolment
2025-02-01 | inside the period
2026-03-03 | inside the period
2026-03-04 | after the period
2025-01    | before enrolment
2025       | cannot be said
2026-03    | cannot be said
2026-02    | inside the period
2026-04    | after the period
""")


@pytest.mark.parametrize("row", ONSETS, ids=lambda row: row["onset"])
def test_the_period_of_collection(row: dict[str, str]) -> None:
    onset = at(row["onset"]).local_dates(TRIAL_TIME_ZONE)
    place = reporting_period(onset, enrolled=date(2025, 2, 1), infused=date(2025, 3, 3))
    assert place.value == row["place"]


def test_the_period_on_the_leap_day_and_without_an_infusion() -> None:
    day = (date(2025, 2, 28), date(2025, 2, 28))
    after = (date(2025, 3, 1), date(2025, 3, 1))
    infused = date(2024, 2, 29)
    assert reporting_period(day, enrolled=date(2024, 1, 1), infused=infused) is Place.INSIDE
    assert reporting_period(after, enrolled=date(2024, 1, 1), infused=infused) is Place.AFTER
    assert reporting_period(after, enrolled=date(2024, 1, 1), infused=None) is Place.INSIDE
    assert reporting_period(after, enrolled=None, infused=None) is Place.UNKNOWN
    assert reporting_period(None, enrolled=date(2024, 1, 1), infused=None) is Place.UNKNOWN


def stay(text: str) -> Stay:
    first, _dots, last = text.partition("..")
    return date(2026, 11, int(first)), date(2026, 11, int(last)) if last else None


STAYS = rows("""
one   | other  | overlap
1..9  | 9..12  |
1..9  | 8..12  | x
1..9  | 2..3   | x
1..   | 2..3   | x
1..9  | 9..    |
1..9  | 8..    | x
1..   | 5..    | x
9..9  | 9..12  |
9..12 | 9..12  | x
9..9  | 9..9   | x
9..12 | 9..10  | x
1..3  | 5..6   |
""")


@pytest.mark.parametrize("row", STAYS, ids=lambda row: f"{row['one']} {row['other']}")
def test_stays_that_overlap(row: dict[str, str]) -> None:
    one, other = stay(row["one"]), stay(row["other"])
    assert overlap(one, other) is overlap(other, one) is bool(row["overlap"])


DISCHARGES = rows("""
admitted | discharged | infused | day
1        | 20         | 7       | 13
1        | 21         | 7       |
1        | 7          | 7       | 0
7        | 8          | 7       | 1
8        | 9          | 7       |
1        | 6          | 7       |
1        |            | 7       |
1        | 20         |         |
""")


@pytest.mark.parametrize("row", DISCHARGES, ids=lambda row: "-".join(row.values()))
def test_a_discharge_before_day_14(row: dict[str, str]) -> None:
    days = {name: date(2026, 11, int(text)) if text else None for name, text in row.items() if name != "day"}
    admitted = days["admitted"]
    assert admitted is not None
    answer = early_discharge(admitted, days["discharged"], infused=days["infused"])
    assert ("" if answer is None else str(answer)) == row["day"]
