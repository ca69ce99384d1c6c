"""Which form is expected at which visit: the table of the schedule of assessments, kept as a table.

R = required, O = if applicable, L = running log, . = not collected. Read it beside the protocol's table.

Three combined rows of that table are split here, because one mark cannot be true of every form in the row:
new lesions and the overall response do not exist at baseline; the release certificate is complete once the
product is released; and of deviation, death, survival status and end of study only the survival status is
due at every late visit and only the end-of-study form is due at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How a form belongs to a visit."""

    REQUIRED = "R"
    OPTIONAL = "O"
    LOG = "L"
    NONE = "."


@dataclass(frozen=True)
class SampleDays:
    """Study days on which a form is required inside a column, and how it stands on the column's other days."""

    days: tuple[int, ...]
    otherwise: Mark


_TABLE = """
FORM  PRE SCR APH BL LD PIG D0 D1-14 D17-21 D28 M2 M3 M6-12 M18-36 UNS EOS
IC     R   R   O  O  .   .  .    .     .     .  .  .    .     .     .   .
CD70   R   .   .  .  .   .  .    .     .     .  .  .    .     .     .   .
DM     .   R   .  .  .   .  .    .     .     .  .  .    .     .     .   .
MH     .   R   .  .  .   .  .    .     .     .  .  .    .     .     .   .
PT     .   R   .  .  .   .  .    .     .     .  .  .    .     .     .   .
IE     .   R   .  R  .   R  .    .     .     .  .  .    .     .     .   .
VS     .   R   R  R  R   R  R    R     R     R  R  R    R     R     O   .
PE     .   R   R  R  R   R  R    R     R     R  R  R    R     R     O   R
HEM    .   R   R  R  R   R  R    R     R     R  R  R    R     R     O   .
CHEM   .   R   .  R  O   R  R    R     R     R  R  R    O     O     .   .
COAG   .   R   .  R  O   R  R    R     R     R  R  R    O     O     .   .
SER    .   R   O  O  .   .  .    .     .     .  .  .    .     .     .   .
PREG   .   R   O  O  .   .  .    .     .     .  .  .    .     .     .   .
ECG    .   R   .  R  .   O  R    O     .     R  .  R    O     .     O   .
ECHO   .   R   .  R  .   O  .    O     .     R  .  R    O     .     O   .
APH    .   .   R  .  .   .  .    .     .     .  .  .    .     .     .   .
PROD   .   .   L  R  .   R  .    .     .     .  .  .    .     .     .   .
REL    .   .   L  R  .   .  .    .     .     .  .  .    .     .     .   .
LD     .   .   .  .  R   .  .    .     .     .  .  .    .     .     .   .
INF    .   .   .  .  .   .  R    .     .     .  .  .    .     .     .   .
CRS    .   .   .  .  .   .  R    R     O     R  .  .    .     .     O   .
ICANS  .   .   .  R  .   .  R    R     O     R  O  .    .     .     O   .
CYT    .   .   .  R  .   .  R    R     R     R  .  .    .     .     O   .
PKB    .   .   .  R  .   .  R    R     R     R  R  R    R     R     O   .
PKT    .   O   .  O  .   .  .    O     .     O  O  .    .     .     O   .
TL     .   R   .  O  .   .  .    .     .     R  .  R    R     O     O   .
NTL    .   R   .  O  .   .  .    .     .     R  .  R    R     O     O   .
NL     .   .   .  .  .   .  .    .     .     R  .  R    R     O     O   .
RESP   .   .   .  .  .   .  .    .     .     R  .  R    R     O     O   .
DLT    .   .   .  .  .   .  .    L     L     R  .  .    .     .     .   .
AE     .   L   L  L  L   L  L    L     L     L  L  L    L     L     L   L
SAE    .   L   L  L  L   L  L    L     L     L  L  L    L     L     L   L
CM     .   L   L  L  L   L  L    L     L     L  L  L    L     L     L   L
TX     .   L   L  L  L   L  L    L     L     L  L  L    L     L     L   L
IMM    .   O   .  R  .   .  .    .     .     O  .  R    R     R     .   .
HOSP   .   .   .  .  .   .  L    L     L     L  .  .    .     .     L   .
DV     .   L   L  L  L   L  L    L     L     L  L  L    L     L     L   L
DTH    .   .   .  .  .   .  .    .     .     .  .  O    O     O     O   O
SURV   .   .   .  .  .   .  .    .     .     .  .  O    O     R     O   O
EOS    .   .   .  .  .   .  .    .     .     .  .  .    .     .     .   R
"""

#: Forms due only on some days of the daily columns. An extra cytokine draw at the onset of CRS or ICANS is
#: possible on any day, so the form stays open there; kinetics are not collected on other days.
SAMPLE_DAYS: Mapping[str, SampleDays] = {
    "CYT": SampleDays((1, 3, 5, 7, 10, 14, 21, 28), Mark.OPTIONAL),
    "PKB": SampleDays((1, 4, 7, 10, 14, 17, 21, 28), Mark.NONE),
    "HEM": SampleDays((1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 17, 21, 28), Mark.OPTIONAL),
    "CHEM": SampleDays((1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 17, 21, 28), Mark.OPTIONAL),
    "COAG": SampleDays((1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 17, 21, 28), Mark.OPTIONAL),
}

#: (form, column) -> records expected at one visit, where that is more than one.
EXPECTED_RECORDS: Mapping[tuple[str, str], int] = {
    ("VS", "D0"): 7,  # 15 minutes before, at infusion, then 15, 30, 60, 120 minutes and 4 hours after
    ("VS", "D1-14"): 4,  # every six hours
}

#: (form, column) -> what is special about the form there, for the study-definition page.
NOTES: Mapping[tuple[str, str], str] = {
    ("IE", "BL"): "Eligibility is checked again before lymphodepletion.",
    ("IE", "PIG"): "Gate before infusion.",
    ("VS", "D0"): "Seven sets: 15 minutes before, at infusion, then 15, 30, 60, 120 minutes and 4 hours after.",
    ("VS", "D1-14"): "At least every six hours.",
    ("HEM", "D1-14"): "Daily to Day 7, then every 48 hours.",
    ("CHEM", "D1-14"): "Daily to Day 7, then every 48 hours.",
    ("COAG", "D1-14"): "Daily to Day 7, then every 48 hours.",
    ("PROD", "BL"): "Milestone: released.",
    ("PROD", "PIG"): "Milestone: received at the site.",
    ("REL", "BL"): "The product must be released.",
    ("ICANS", "BL"): "Baseline ICE score.",
    ("ICANS", "D1-14"): "At least daily; every 12 hours while CRS or ICANS is present.",
    ("CYT", "D1-14"): "Required on Days 1, 3, 5, 7, 10 and 14; extra draws while CRS or ICANS is present.",
    ("CYT", "D17-21"): "Required on Day 21.",
    ("PKB", "D1-14"): "Days 1, 4, 7, 10 and 14.",
    ("PKT", "M2"): "Biopsy about Day 42.",
    ("DLT", "D28"): "Signed by the investigator.",
}


def _parse(table: str) -> dict[str, dict[str, Mark]]:
    header, *lines = table.strip().splitlines()
    columns = header.split()[1:]
    parsed: dict[str, dict[str, Mark]] = {}
    for line in lines:
        oid, *marks = line.split()
        parsed[oid] = {column: Mark(mark) for column, mark in zip(columns, marks, strict=True)}
    return parsed


#: Form OID -> column -> mark.
MATRIX: Mapping[str, Mapping[str, Mark]] = _parse(_TABLE)

#: The columns of the table, in protocol order.
COLUMNS: tuple[str, ...] = tuple(_TABLE.strip().splitlines()[0].split()[1:])


def mark_for(oid: str, column: str, study_day: int | None = None) -> Mark:
    """How a form stands in a column, narrowed to the study day where the form has sample days.

    >>> mark_for("CYT", "D1-14", 3).name, mark_for("CYT", "D1-14", 4).name, mark_for("PKB", "D1-14", 5).name
    ('REQUIRED', 'OPTIONAL', 'NONE')
    """
    mark = MATRIX[oid][column]
    sample_days = SAMPLE_DAYS.get(oid)
    if mark is not Mark.REQUIRED or sample_days is None or column not in ("D1-14", "D17-21"):
        return mark
    return mark if study_day in sample_days.days else sample_days.otherwise
