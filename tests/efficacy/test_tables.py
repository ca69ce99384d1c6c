"""What the tables say, read against the subjects behind them."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from fractions import Fraction

import pytest

from reports.efficacy import tables
from reports.efficacy.content import Sheet, content_hash, interval, percent, rounded, sheet
from reports.efficacy.parameters import parameter_sheet
from reports.efficacy.population import Population, read_population
from reports.efficacy.samples import assays, cytokine_courses, cytokine_sheet, kinetics_sheet
from tests.efficacy.builders import cells, day, form, subject
from tests.efficacy.conftest import COMPUTED, INVESTIGATOR
from tests.people import People
from trial_edc.protocol.parameters import parameters_in
from trial_edc.protocol.parameters.model import Section

pytestmark = pytest.mark.django_db


def line(table: Sheet, start: str, occurrence: int = 0) -> tuple[str, ...]:
    """Return a row by its first text."""
    return [row for row in table.rows if row[0] == start][occurrence][1:]


def test_rates_have_everybody_infused_in_the_denominator(population: Population) -> None:
    found = tables.response_rates(population, INVESTIGATOR)
    assert found.heads == ("", "DL1 (N=2)", "DL2 (N=2)", "DL3 (N=0)", "All (N=4)")
    assert line(found, "PR") == ("1 (50.0 %)", "1 (50.0 %)", "0", "2 (50.0 %)")
    assert line(found, "No assessment") == ("0", "1 (50.0 %)", "0", "1 (25.0 %)")
    assert line(found, "Objective response, RECIST 1.1")[3] == "2/4  50.0 % (6.8 %; 93.2 %)"
    assert line(found, "Objective response, RECIST 1.1")[2] == "–"
    assert line(found, "Efficacy evaluable") == ("2", "1", "0", "3")
    computed = tables.response_rates(population, COMPUTED)
    assert line(computed, "Objective response, RECIST 1.1")[3] == "1/4  25.0 % (0.6 %; 80.6 %)"


def test_times_to_event_by_level(population: Population) -> None:
    found = tables.survival(population, INVESTIGATOR)
    assert line(found, "Progression-free survival: events / subjects") == ("1/2", "0/2", "0/0", "1/4")
    assert line(found, "Overall survival: events / subjects")[3] == "0/4"
    assert line(found, "Duration of response: events / subjects") == ("0/1", "0/1", "0/0", "0/2")
    assert line(found, "Time to response of responders, months: median (range)")[3] == "1.0 (1.0–1.0), n=2"
    assert line(found, "median, months (95 % interval)")[2] == "–"


def test_every_subject_has_a_line_with_its_reasons(population: Population) -> None:
    rows = {row[0]: row for row in tables.subject_listing(population, INVESTIGATOR).rows}
    assert list(rows) == ["01-001", "01-002", "01-003", "01-004"]
    assert rows["01-002"][7] == "91 days, event 05-Apr-2026: disease progression"
    assert rows["01-004"][7].startswith("1 day, censored 05-Jan-2026: infusion: no or incomplete baseline")


def test_differences_are_listed_with_the_reason(population: Population) -> None:
    rows = tables.concordance(population).rows
    assert {(row[0], row[2], row[3], row[4]) for row in rows} == {
        ("01-003", "RECIST 1.1", "PR", "SD"), ("01-003", "iRECIST", "iPR", "iSD"),
    }  # fmt: skip
    assert all("-26" in row[5] or "−26" in row[5] for row in rows if row[2] == "RECIST 1.1")


def test_the_registrys_sentences_are_reconciled(population: Population) -> None:
    rows = tables.registry_reconciliation(population, INVESTIGATOR).rows
    assert ("01-002", "OS", "181 days, censored 04-Jul-2026: last date known to be alive",
            "91 days, event 05-Apr-2026: disease progression") in rows  # fmt: skip


def test_kinetics_of_each_assay_stand_alone(people: People, population: Population) -> None:
    (copies,) = assays(population)
    table = kinetics_sheet(copies, INVESTIGATOR)
    first = next(row for row in table.rows if row[0] == "01-001")
    assert (first[2], first[3], first[6]) == ("20000", "14.0", "90.0")
    fourth = next(row for row in table.rows if row[0] == "01-004")
    assert fourth[4] == "–" and "no area to that day" in fourth[9]
    assert [row[0] for row in table.rows][2:] == ["DL1", "DL2", "Responders", "Non-responders"]
    cells(subject(people, 5), {7: "12"}, unit="cells/uL", method="FLOW CYTOMETRY")
    titles = [each.title for each in assays(read_population([people.site]))]
    assert titles == ["qPCR, blood, copies/µg DNA", "Flow cytometry, blood, CAR+ cells/µL"]


def test_two_samples_at_one_time_are_said_not_raised(people: People) -> None:
    patient = subject(people, 1)
    cells(patient, {7: "1000"})
    row = {"method": "QPCR", "unit": "copies/ug", "result": "1200"}
    drawn = {"sample_taken": True, "drawn_date": day(7), "drawn_time": time(10)}
    form(patient, "PKB", "UNS", {"PKBR": [row]}, **drawn)
    (copies,) = assays(read_population([people.site]))
    assert "Not estimable: two samples have the same time" in kinetics_sheet(copies, INVESTIGATOR).rows[0][9]


def test_peaks_with_rise_over_baseline(population: Population) -> None:
    (row,) = cytokine_sheet(cytokine_courses(population)).rows
    assert row == ("01-001", "DL1", "0", "IL-6", "3 pg/mL", "600 pg/mL", "3", "200.0 ×")


def test_every_parameter_is_shown() -> None:
    keys = {row[0] for row in parameter_sheet().rows}
    assert keys == {p.key for s in (Section.RESPONSE, Section.SURVIVAL, Section.KINETICS) for p in parameters_in(s)}


def test_numbers_are_rounded_half_away_from_zero_with_a_true_minus() -> None:
    assert [rounded(each) for each in (Decimal("-2.25"), 2.25, Fraction(1, 3), None)] == ["−2.3", "2.3", "0.3", "–"]
    assert percent(Fraction(1, 8)) == "12.5 %" and interval(None, 2) == "(NE; 2.0)"


def test_a_row_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        sheet("T", ["a", "b"], [["1"]])


def test_the_checksum_is_of_the_texts() -> None:
    one, two = sheet("T", ["a"], [["1"]]), sheet("T", ["a"], [["2"]])
    assert content_hash([one]) == content_hash([sheet("T", ["a"], [["1"]], numbers=[0])]) != content_hash([two])
