"""The public pilot study, where it is at hand: every count in the database equals one made from the files directly.

Set SDTM_PILOT_DIR to a folder with the dm, ex, ae and ds files of the CDISC pilot study (CDISCPILOT01) as CSV.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Count

from dosing.models import Infusion
from enrollment.models import Demographics, Disposition, Subject
from safety.ctcae import soc_of
from safety.models import AdverseEvent, Death
from safety.models.adverse_event import GradeChange

FOLDER = os.environ.get("SDTM_PILOT_DIR", "")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER, reason="SDTM_PILOT_DIR does not name a folder with the pilot study"),
]
LEVELS = {"Pbo": 1, "Xan_Lo": 2, "Xan_Hi": 3}
GRADES = {"MILD": 1, "MODERATE": 2, "SEVERE": 3}
ATTRIBUTION = {"NONE": "unrelated", "REMOTE": "unlikely", "POSSIBLE": "possible", "PROBABLE": "probable", "": ""}
REASONS = {
    "STUDY TERMINATED BY SPONSOR": "OTHER", "PROTOCOL VIOLATION": "OTHER", "LACK OF EFFICACY": "OTHER"
}  # fmt: skip


def rows(domain: str) -> list[dict[str, str]]:
    with (Path(FOLDER) / f"{domain}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def counted(model: type, name: str) -> Counter[object]:
    """Count the rows of a table by one column, in the database."""
    found = model.objects.order_by().values_list(name).annotate(Count("pk"))  # type: ignore[attr-defined]
    return Counter(dict(found))


def test_every_count_equals_that_of_the_files() -> None:
    call_command("load_sdtm", FOLDER, stdout=StringIO())
    dm, ex, ae, ds = (rows(domain) for domain in ("dm", "ex", "ae", "ds"))
    level = {row["USUBJID"]: LEVELS.get(row["ACTARMCD"]) for row in dm}

    assert counted(Subject, "dose_level") == Counter(level.values())
    assert counted(Subject, "site__code") == Counter(row["SITEID"] for row in dm)
    assert counted(Demographics, "sex") == Counter(row["SEX"] for row in dm)
    assert counted(Demographics, "age_years") == Counter(int(float(row["AGE"])) for row in dm)
    assert counted(Demographics, "birth_year") == Counter(int(row["BRTHDTC"][:4]) for row in dm)

    first_dose: dict[str, str] = {}
    for row in ex:
        first_dose[row["USUBJID"]] = min(row["EXSTDTC"], first_dose.get(row["USUBJID"], "9999"))
    assert {
        name: str(day) for name, day in Infusion.objects.values_list("subject__identifier", "start_date")
    } == first_dose

    fatal = [row for row in ae if row["AEOUT"] == "FATAL"]
    assert counted(AdverseEvent, "subject__identifier") == Counter(row["USUBJID"] for row in ae)
    assert counted(AdverseEvent, "subject__dose_level") == Counter(level[row["USUBJID"]] for row in ae)
    assert counted(AdverseEvent, "outcome") == Counter(row["AEOUT"] for row in ae)
    assert counted(AdverseEvent, "onset_date") == Counter(row["AESTDTC"] for row in ae)
    assert counted(AdverseEvent, "relationship_car_t") == Counter(ATTRIBUTION[row["AEREL"]] for row in ae)
    assert counted(AdverseEvent, "serious") == Counter(row["AESER"] == "Y" or row in fatal for row in ae)
    assert counted(GradeChange, "grade") == Counter(5 if row in fatal else GRADES[row["AESEV"]] for row in ae)
    assert AdverseEvent.objects.exclude(end_date="").count() == sum(
        bool(row["AEENDTC"]) and row["AEOUT"] != "NOT RECOVERED/NOT RESOLVED" for row in ae
    )

    ends = [row for row in ds if row["DSCAT"] == "DISPOSITION EVENT"]
    assert counted(Disposition, "reason") == Counter(REASONS.get(row["DSDECOD"], row["DSDECOD"]) for row in ends)
    assert {
        name: str(day) for name, day in Disposition.objects.values_list("subject__identifier", "off_study_date")
    } == {row["USUBJID"]: row["DSSTDTC"] for row in ends}
    assert {name: str(day) for name, day in Death.objects.values_list("subject__identifier", "death_date")} == {
        row["USUBJID"]: row["DTHDTC"] for row in dm if row["DTHDTC"]
    }
    assert Counter(soc_of(term).upper() for term in AdverseEvent.objects.values_list("term", flat=True)) == Counter(
        row["AESOC"] for row in ae
    )
