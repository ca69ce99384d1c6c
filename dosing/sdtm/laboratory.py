"""Laboratory rows of another study: each value graded by CTCAE v5.0 against its limits and its subject's baseline.

The visits of another study are not this trial's, so no laboratory form is entered; the grades are counted and listed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from dosing.sdtm.reading import LaboratoryRow
from safety.rules.laboratory import (
    ImpossibleResult,
    LaboratoryResult,
    TermGrade,
    canonical,
    corrected_calcium,
    find_analyte,
    grades_of,
)

#: Grades from which a value is listed one by one.
LISTED_FROM = 3
CALCIUM, ALBUMIN = "CA", "ALB"
#: Units of the source that the rules read under another name.
UNITS = {"THOU/uL": "10^3/uL", "MILL/uL": "10^6/uL"}


@dataclass
class LaboratoryGrades:
    """What became of the rows, and how often each term had each grade (None: cannot be graded)."""

    read: int = 0
    graded: int = 0
    without: Counter[str] = field(default_factory=Counter)
    grades: dict[str, Counter[int | None]] = field(default_factory=lambda: defaultdict(Counter))
    severe: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Baseline:
    value: Decimal
    unit: str
    indicator: str


def grade_rows(rows: Iterable[LaboratoryRow]) -> LaboratoryGrades:
    """Grade every row; what cannot be graded is counted with its reason. The counts add up to the rows read."""
    found, listed = LaboratoryGrades(), list(rows)
    baselines = dict(_baselines(listed))
    albumin = {(row.usubjid, row.lbdtc): row for row in listed if row.lbtestcd == ALBUMIN}
    for row in listed:
        found.read += 1
        reason = _grade(found, row, baselines.get((row.usubjid, row.lbtestcd)), albumin.get((row.usubjid, row.lbdtc)))
        if reason:
            found.without[reason] += 1
        else:
            found.graded += 1
    return found


def _baselines(rows: Iterable[LaboratoryRow]) -> Iterator[tuple[tuple[str, str], _Baseline]]:
    for row in rows:
        value = _number(row.lborres)
        if row.lbblfl.upper() == "Y" and value is not None:
            yield (row.usubjid, row.lbtestcd), _Baseline(value, row.lborresu, row.lbnrind.upper())


def _grade(found: LaboratoryGrades, row: LaboratoryRow, base: _Baseline | None, albumin: LaboratoryRow | None) -> str:
    """Add the grades of one row; return why it has none, '' when it has."""
    analyte = find_analyte(row.lbtestcd)
    if analyte is None or not (analyte.terms.low or analyte.terms.high):
        return _("no term of CTCAE v5.0 for the test")
    value = _number(row.lborres)
    if value is None:
        return _("the result is no number")
    try:
        graded = grades_of(analyte.code, _result(row, value, base, albumin))
    except ImpossibleResult as problem:
        return str(problem)
    graded = tuple(each for each in graded if "NO_NUMERIC_CRITERION" not in each.grade.flags)
    if not graded:
        return _("no numeric criterion in CTCAE v5.0")
    for each in graded:
        _count(found, row, each)
    return ""


def _count(found: LaboratoryGrades, row: LaboratoryRow, each: TermGrade) -> None:
    grade = each.grade.grade
    found.grades[each.term][grade] += 1
    if grade is not None and grade >= LISTED_FROM:
        words = f"{row.usubjid} {row.lbdtc} {row.lbtestcd} {row.lborres} {row.lborresu}: {each.term} {grade}"
        found.severe.append(words)


def _result(
    row: LaboratoryRow, value: Decimal, base: _Baseline | None, albumin: LaboratoryRow | None
) -> LaboratoryResult:
    unit = UNITS.get(row.lborresu, row.lborresu)
    low, high = _number(row.lbornrlo), _number(row.lbornrhi)
    if row.lbtestcd == CALCIUM and albumin is not None:
        value, unit, low, high = _corrected(value, unit, low, high, albumin)
    known = base if base is not None and base.unit == row.lborresu and base.value != 0 else None
    known = None if row.lbblfl.upper() == "Y" or row.lbtestcd == CALCIUM else known
    return LaboratoryResult(
        term="", value=value, unit=unit, lln=low, uln=high,
        baseline=None if known is None else known.value,
        baseline_high=None if known is None else known.indicator == "HIGH",
        baseline_low=None if known is None else known.indicator == "LOW",
    )  # fmt: skip


Limits = tuple[Decimal, str, Decimal | None, Decimal | None]


def _corrected(value: Decimal, unit: str, low: Decimal | None, high: Decimal | None, albumin: LaboratoryRow) -> Limits:
    """Total calcium in mmol/L, corrected for the albumin of the same moment; as measured where that is no number."""
    level = _number(albumin.lborres)
    if level is None:
        return value, unit, low, high
    measured = canonical(value, unit, CALCIUM)
    grams = canonical(level, albumin.lborresu, ALBUMIN)
    limits = [None if limit is None else canonical(limit, unit, CALCIUM).value for limit in (low, high)]
    return corrected_calcium(measured.value, grams.value), measured.unit, limits[0], limits[1]


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def grade_lines(grades: LaboratoryGrades, places: int | None) -> Iterator[str]:
    """Yield the grades as lines of the report: what was graded, each term by grade, and the severe values."""
    yield ""
    yield _("Laboratory: %(read)s results, %(graded)s graded by CTCAE v5.0; no form is entered") % {
        "read": grades.read, "graded": grades.graded,
    }  # fmt: skip
    for reason, times in sorted(grades.without.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"  {times:>6}  {reason}"
    yield f"{'':44}" + "".join(f"{head:>9}" for head in (*(f"grade {n}" for n in range(5)), _("open")))
    for term in sorted(grades.grades):
        yield f"  {term:42}" + "".join(f"{grades.grades[term][grade]:>9}" for grade in (0, 1, 2, 3, 4, None))
    shown = grades.severe if places is None else grades.severe[:places]
    yield _("Grade 3 or higher: %(number)s") % {"number": len(grades.severe)}
    yield from (f"  {line}" for line in shown)


def totals(grades: LaboratoryGrades) -> Mapping[int | None, int]:
    """Return how many grades there are of each kind, over all terms."""
    found: Counter[int | None] = Counter()
    for counts in grades.grades.values():
        found.update(counts)
    return found
