"""What the DLT rule is told: contradictory records, terms, and dates that are only partly known."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from safety.rules.dlt import Dlt
from safety.rules.facts import TRIAL_TIME_ZONE
from safety.rules.moments import instant, parse_moment
from tests.rules.events import judge
from tests.rules.tables import rows

CONTRADICTORY = rows("""
onset            | end              | max | grades                                                     | cutoff     | says
2025-03-10       | 2025-03-09       | 4   |                                                            | 2025-06-01 | end lies before the onset
2025-03-10       | -                | 4   |                                                            | 2025-03-05 | onset lies after the data cut-off
2025-03-10       | -                | 4   |                                                            | 2025-03-01 | cut-off lies before the infusion
2025-03-10       | -                | 2   | 4 2025-03-10                                               | 2025-06-01 | maximum grade 2 is below grade 4
2025-03-10       | -                |     | 3 2025-03-12..2025-03-11                                   | 2025-06-01 | ends before it starts
2025-03-10       | -                |     | 3 2025-03-09..2025-03-11                                   | 2025-06-01 | starts before the onset
2025-03-10       | 2025-03-12       |     | 3 2025-03-10..2025-03-13                                   | 2025-06-01 | lasts beyond the end
2025-03-10       | -                |     | 3 2025-03-12..2025-03-13, 2 2025-03-11..2025-03-12         | 2025-06-01 | not in order
2025-03-10       | -                |     | 3 2025-03-12..2025-03-15, 2 2025-03-13..2025-03-16         | 2025-06-01 | starts before grade 3 ends
2025-03-10       | -                |     | 3 2025-03-12T08:00, 2 2025-03-12T08:00                     | 2025-06-01 | same moment
2025-03-10       | -                |     | 5 2025-03-12T08:00, 2 2025-03-13T08:00                     | 2025-06-01 | follows grade 5
2025-03-10       | -                |     | 3 2025-03-12                                               | 2025-03-11 | starts after the data cut-off
""")  # noqa: E501 - a table keeps its rows whole


@pytest.mark.parametrize("row", CONTRADICTORY, ids=lambda row: row["says"])
def test_contradictory_facts_are_for_review(row: dict[str, str]) -> None:
    maximum = int(row["max"]) if row["max"] else None
    verdict = judge("Colitis", row["onset"], row["end"], row["grades"], maximum, cutoff=row["cutoff"])
    assert (verdict.dlt, verdict.flags) == (Dlt.REVIEW, ("CONTRADICTORY_FACTS",))
    assert row["says"] in verdict.because


@pytest.mark.parametrize(
    ("term", "specify", "soc", "expected"),
    [
        ("Blood and lymphatic system disorders - Other, specify", None, None, Dlt.REVIEW),
        ("Blood and lymphatic system disorders – Other,  Specify", "x", None, Dlt.REVIEW),
        ("Other, specify", "x", "Blood and lymphatic system disorders", Dlt.REVIEW),
        ("Investigations - Other, specify", "Monocyte count decreased", None, Dlt.REVIEW),
        ("Investigations - Other, specify", "Troponin", None, Dlt.YES),
        ("Investigations - Other, specify", None, None, Dlt.YES),
        ("Other", "Reticulocytes", "Investigations", Dlt.REVIEW),
        ("Gastrointestinal disorders - Other, specify", "white blood cells in stool", None, Dlt.YES),
        ("ANAEMIA", None, None, Dlt.NO),
        ("Haemolytic uraemic syndrome", None, None, Dlt.REVIEW),
        ("disseminated  intravascular coagulation", None, None, Dlt.REVIEW),
        ("Leucocytosis", None, None, Dlt.NO),
    ],
)
def test_grade_4_by_term(term: str, specify: str | None, soc: str | None, expected: Dlt) -> None:
    assert judge(term, maximum=4, specify=specify, soc=soc).dlt is expected


@pytest.mark.parametrize(
    "text",
    ["", "25-03-01", "2025-13", "2025-02-30", "2025-03-01T25:00", "1600", "2025-03-01T08", "２０２５", "2025-03-01 x"],
)
def test_text_that_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        parse_moment(text, TRIAL_TIME_ZONE)


def test_dates_read_to_what_they_may_mean() -> None:
    year = parse_moment("2024", TRIAL_TIME_ZONE)
    assert year.local_dates(TRIAL_TIME_ZONE) == (date(2024, 1, 1), date(2024, 12, 31))
    december = parse_moment("2024-12", TRIAL_TIME_ZONE)
    assert december.local_dates(TRIAL_TIME_ZONE) == (date(2024, 12, 1), date(2024, 12, 31))
    assert (
        parse_moment("2025-03-01T08:00:00.5-05:30", TRIAL_TIME_ZONE).first.isoformat().endswith("13:30:00.500000+00:00")
    )
    with pytest.raises(ValueError, match="zone"):
        instant(datetime(2025, 3, 1))  # noqa: DTZ001 - the missing zone is the point
