"""Laboratory files of a hospital for tests: good rows, and every kind of fault."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from openpyxl import Workbook

HEADER = ("Subject", "Collection date", "Time", "Test", "Result", "Unit", "LLN", "ULN")
#: analyte as the hospital calls it, result, unit, limits.
COUNTS = (
    ("WBC", "5.1", "x10*9/L", "3.5", "9.5"), ("Neutrophils", "3.0", "10^9/L", "1.8", "6.3"),
    ("HGB", "13.1", "g/dL", "11.5", "15.0"), ("PLT", "210", "10^9/L", "125", "350"),
)  # fmt: skip
LIVER = (("ALT", "31", "U/L", "7", "40"), ("Creatinine", "70", "µmol/L", "45", "84"))
#: what is wrong -> the cells of a good row that it changes, by number, and a word of the sentence.
FAULTS: tuple[tuple[str, dict[int, str], str], ...] = (
    ("unknown subject", {0: "99-999"}, "not one of this site"),
    ("no subject", {0: ""}, "not one of this site"),
    ("no date", {1: ""}, "date"),
    ("impossible date", {1: "31-Feb-2026"}, "February"),
    ("date in the future", {1: "2099-01-01"}, "future"),
    ("unreadable time", {2: "25:70"}, "time"),
    ("unknown analyte", {3: "Unobtainium"}, "no analyte"),
    ("no result", {4: ""}, "missing"),
    ("result in words", {4: "haemolysed"}, "not a number"),
    ("two readings", {4: "1,200"}, "not a number"),
    ("unit of another analyte", {5: "mmHg"}, "no unit of"),
    ("no unit", {5: ""}, "no unit of"),
    ("limit in words", {6: "low"}, "not a number"),
    ("limit with a sign", {6: "<3"}, "not a number"),
    ("limits swapped", {6: "9.5", 7: "3.5"}, "above the upper"),
    ("a formula", {4: "=1+1"}, "not a number"),
)


def rows_of(
    subject: str, day: date, clock: str = "08:10", results: Iterable[Sequence[str]] = (*COUNTS, *LIVER)
) -> list[list[str]]:
    """Return the rows of one sample."""
    return [[subject, day.isoformat(), clock, *result] for result in results]


def as_csv(rows: Iterable[Sequence[str]], *, header: Sequence[str] = HEADER, separator: str = ",") -> bytes:
    """Write rows as a hospital's system does."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([header, *rows])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Sequence[object]]) -> bytes:
    """Write rows as a workbook."""
    book = Workbook()
    sheet = book.create_sheet(index=0)
    for row in (HEADER, *rows):
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
