"""What a laboratory file says, row by row; no database."""

from __future__ import annotations

import random
import time
from datetime import date, datetime, timedelta

import pytest

from safety.lab_import.checking import Checked, check_rows
from safety.lab_import.mapping import TARGETS, analyte_of, guess, lacking, unit_of
from safety.lab_import.reading import read_sheet
from tests.lab_import.files import COUNTS, FAULTS, HEADER, LIVER, as_csv, as_xlsx, rows_of
from trial_edc.errors import DomainError

TODAY, DAY = date(2026, 11, 5), date(2026, 3, 5)
SUBJECTS = {f"01-{number:03d}": object() for number in range(1, 41)}


def check(content: bytes, name: str = "lab.csv") -> Checked:
    sheet = read_sheet(name, content)
    return check_rows(sheet, guess(sheet.header), subjects=SUBJECTS, today=TODAY)


def test_a_good_sample_becomes_one_form_per_kind() -> None:
    found = check(as_csv(rows_of("01-001", DAY)))
    assert found.faults == []
    assert [(key.form, key.clock, len(sample.results)) for key, sample in sorted(found.samples.items())] == [
        ("CHEM", "08:10", 2), ("HEM", "08:10", 4),
    ]  # fmt: skip
    haemoglobin = next(sample for key, sample in found.samples.items() if key.form == "HEM").results["HGB"]
    assert (haemoglobin.value, haemoglobin.unit, haemoglobin.low, haemoglobin.high) == ("13.1", "g/dL", "11.5", "15.0")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators(separator: str) -> None:
    assert check(as_csv(rows_of("01-001", DAY), separator=separator)).rows == 6


def test_a_workbook_says_the_same() -> None:
    moment = datetime(2026, 3, 5, 8, 10)  # noqa: DTZ001  # a cell of a workbook knows no zone
    rows = [
        ["01-001", moment, None, "WBC", 5.1, "10^9/L", 3.5, 9.5],
        ["01-001", moment, None, "PLT", 210, "10^9/L", 125, 350.0],
    ]
    found = check(as_xlsx(rows), "lab.xlsx")
    assert found.faults == []
    ((key, sample),) = found.samples.items()
    assert (key.day, key.clock) == (DAY, "08:10")
    assert sample.results["PLAT"].content == ("210", "10^9/L", "125", "350")


def test_unicode_text_of_a_spreadsheet_and_a_row_too_long() -> None:
    content = as_csv(rows_of("01-001", DAY), separator="\t").decode("utf-8-sig").encode("utf-16")
    assert (check(content).faults, check(content).rows) == ([], 6)
    found = check(as_csv([[*rows_of("01-001", DAY)[0], "", "9"]]))
    assert ["more cells than there are headings" in fault.sentence for fault in found.faults] == [True]


TIMES = [
    ("2026-03-05", "8:10", "2026-03-05 08:10"),
    ("2026-03-05T08:10:59", "", "2026-03-05 08:10"),
    ("05-MAR-2026 08:10", "", "2026-03-05 08:10"),
    ("05OCT2025", "0810", "2025-10-05 08:10"),
    ("2026-03-05T16:30:00Z", "", "2026-03-06 00:30"),
    ("2026-03-05T15:59:00.000+00:00", "", "2026-03-05 23:59"),
    ("2026-03-05T00:30:00+08:00", "", "2026-03-05 00:30"),
    ("2026-03-05", "00:30 +0900", "2026-03-04 23:30"),
    ("2025-12-31T16:00Z", "", "2026-01-01 00:00"),
    ("2024-02-28T16:00Z", "", "2024-02-29 00:00"),
]


@pytest.mark.parametrize(("collected", "clock", "expected"), TIMES, ids=[f"{day} {clock}" for day, clock, _e in TIMES])
def test_a_time_of_another_zone_becomes_that_of_the_trial(collected: str, clock: str, expected: str) -> None:
    (row,) = rows_of("01-001", DAY, results=[("WBC", "5.1", "10^9/L", "3.5", "9.5")])
    found = check(as_csv([[row[0], collected, clock, *row[3:]]]))
    assert found.faults == []
    assert [f"{key.day} {key.clock}" for key in found.samples] == [expected]


@pytest.mark.parametrize("clock", ["08:10 PM", "08:10:00 +99:00", "8", "24:00", "16:30 CST"])
def test_a_time_that_may_mean_another_is_refused(clock: str) -> None:
    (row,) = rows_of("01-001", DAY, clock, results=[("WBC", "5.1", "10^9/L", "3.5", "9.5")])
    found = check(as_csv([row]))
    assert len(found.faults) == 1 and not found.samples


def test_a_chinese_export_in_gb18030() -> None:
    text = "受试者,采样日期,项目,结果,单位\n01-001,2026-03-05,WBC,5.1,10^9/L\n"
    found = check(text.encode("gb18030"))
    assert (found.faults, len(found.samples)) == ([], 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lab.csv", b""),
        ("lab.csv", b"\n\n"),
        ("lab.csv", b"a\x00b"),
        ("lab.csv", b"\xff\xfe\x81"),
        ("lab.xlsx", b"PK\x03\x04 not a workbook"),
        ("lab.xlsx", as_csv(rows_of("01-001", DAY))),
        ("lab.csv", ",".join(["a"] * 61).encode()),
        ("lab.csv", b'a,b\n"' + b"x" * 200_000),
        ("lab.csv", b"a\n" + b"1\n" * 50_001),
    ],
    ids=["empty", "blank", "binary", "encoding", "zip", "csv as xlsx", "columns", "field", "rows"],
)
def test_what_is_no_table_is_refused_with_a_sentence(name: str, content: bytes) -> None:
    with pytest.raises(DomainError) as refusal:
        read_sheet(name, content)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(("changed", "word"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_fault_is_named_with_its_line_and_spares_the_others(changed: dict[int, str], word: str) -> None:
    rows = rows_of("01-001", DAY)
    rows[0] = [changed.get(number, cell) for number, cell in enumerate(rows[0])]
    found = check(as_csv(rows))
    assert [fault.line for fault in found.faults] == [2]
    assert word in found.faults[0].sentence
    assert sum(len(sample.results) for sample in found.samples.values()) == 5


def test_a_short_row_and_a_contradiction() -> None:
    rows = rows_of("01-001", DAY, results=COUNTS[:1]) * 2
    rows += rows_of("01-001", DAY, results=[("WBC", "6.0", "10^9/L", "3.5", "9.5")])
    found = check(as_csv([*rows, ["01-001"]]))
    assert found.repeated == 1
    assert [fault.line for fault in found.faults] == [4, 5]
    assert "line 2" in found.faults[0].sentence


def test_columns_are_guessed_and_what_lacks_is_said() -> None:
    assert guess(HEADER) == {
        "subject": 0, "collected": 1, "time": 2, "analyte": 3, "value": 4, "unit": 5, "low": 6, "high": 7,
    }  # fmt: skip
    assert [str(label) for label in lacking({"subject": 0})] == [
        str(TARGETS[name][0]) for name in ("collected", "analyte", "value", "unit")
    ]
    assert guess(("Foo", "Foo")) == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("neut", "NEUT"),
        ("ANC", "NEUT"),
        ("platelet count", "PLAT"),
        ("Bilirubin, total", "BILI"),
        ("TBIL", "BILI"),
        ("?", None),
    ],
)
def test_names_of_analytes(text: str, code: str | None) -> None:
    assert analyte_of(text) == code


def test_units_are_those_of_the_form_or_none() -> None:
    assert unit_of("WBC", "×10⁹/L") == "10^9/L"
    assert unit_of("WBC", "THOU/uL") == "10^3/uL"
    assert unit_of("ALT", "IU/L") == "U/L"
    assert unit_of("UREA", "mg/dL") is None


def test_twenty_thousand_rows_with_every_kind_of_fault() -> None:
    """Every fault is found at its line, every other row is part of a sample, and it takes seconds."""
    chance = random.Random(20_000)
    results = (*COUNTS, *LIVER)
    rows: list[list[str]] = []
    wrong: dict[int, str] = {}
    for number in range(20_000):
        sample = number // len(results)
        subject = f"01-{sample % 40 + 1:03d}"
        row = [
            subject,
            (DAY + timedelta(days=sample // 40 % 200)).isoformat(),
            "08:10",
            *results[number % len(results)],
        ]
        if chance.random() < 0.05:
            _what, changed, word = FAULTS[number % len(FAULTS)]
            row = [changed.get(place, cell) for place, cell in enumerate(row)]
            wrong[number + 2] = word
        rows.append(row)
    began = time.monotonic()
    found = check(as_csv(rows))
    assert time.monotonic() - began < 8
    assert {fault.line for fault in found.faults} == set(wrong)
    assert all(wrong[fault.line] in fault.sentence for fault in found.faults)
    assert sum(len(sample.results) for sample in found.samples.values()) + len(wrong) == 20_000
