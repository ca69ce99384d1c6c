"""Texts of complete examinations and laboratory forms, as a coordinator types them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safety.models.physical_examination import BodySystem
from safety.rules.form_analytes import CHEMISTRY, COAGULATION, HAEMATOLOGY, IMMUNOLOGY
from tests.casebook.entering import row_texts
from trial_edc.casebook.submission import Refused

ANALYTES = {"HEM": HAEMATOLOGY, "CHEM": CHEMISTRY, "COAG": COAGULATION, "IMM": IMMUNOLOGY}
#: analyte -> result, unit, lower and upper limit of normal.
COUNTS = {
    "WBC": ("5.1", "10^9/L", "3.5", "9.5"),
    "NEUT": ("3.0", "10^9/L", "1.8", "6.3"),
    "LYM": ("1.5", "10^9/L", "1.1", "3.2"),
    "MONO": ("0.4", "10^9/L", "0.1", "0.6"),
    "EOS": ("0.1", "10^9/L", "0.02", "0.52"),
    "HGB": ("131", "g/L", "115", "150"),
    "PLAT": ("210", "10^9/L", "125", "350"),
}
SAMPLE: dict[str, Any] = {
    "collected_date": "10-Mar-2026",
    "collected_time": "08:10",
    "laboratory": "Central laboratory",
}
Result = tuple[str, ...]
Texts = dict[str, Any]


def result_rows(oid: str, results: Mapping[str, Result]) -> Texts:
    """Return the texts of every row of a laboratory form; an analyte without a result is "not done"."""
    names = ("value", "unit", "range_low", "range_high", "clinically_significant")
    rows = []
    for analyte in ANALYTES[oid]:
        row: dict[str, Any] = {"analyte": analyte.code}
        found = results.get(analyte.code)
        row |= {"not_done": "NOT DONE"} if found is None else dict(zip(names, found, strict=False))
        rows.append(row)
    return row_texts(f"{oid}R", rows)


def counts(**changed: Result) -> Texts:
    """Return the texts of a complete haematology form, some results changed."""
    return SAMPLE | result_rows("HEM", COUNTS | changed)


def systems(**findings: str) -> Texts:
    """Return the rows of the body systems, all normal but those whose finding is described."""
    rows = [
        {"body_system": system.value, "result": "ABNORMAL", "finding": findings[system.name]}
        if system.name in findings
        else {"body_system": system.value, "result": "NORMAL"}
        for system in BodySystem
    ]
    return row_texts("PES", rows)


EXAMINATION: dict[str, Any] = {"assessed_date": "10-Mar-2026", "weight_kg": "65.5", "height_cm": "170", "ecog": "1"}
SEROLOGY: dict[str, Any] = {
    "collected_date": "10-Mar-2026", "laboratory": "Central laboratory", "hbsag": "NEGATIVE", "anti_hbc": "NEGATIVE",
    "hcv_antibody": "NEGATIVE", "hiv": "NEGATIVE", "syphilis": "NEGATIVE", "ebv_dna": "NEGATIVE", "cmv_dna": "NEGATIVE",
}  # fmt: skip
PREGNANCY: dict[str, Any] = {
    "childbearing_potential": "true", "test_done": "true", "specimen": "SERUM", "collected_date": "10-Mar-2026",
    "result": "NEGATIVE",
}  # fmt: skip
TRACING: dict[str, Any] = {
    "assessed_date": "10-Mar-2026", "assessed_time": "09:00", "heart_rate": "60", "pr_ms": "160", "qrs_ms": "90",
    "qt_ms": "400", "interpretation": "NORMAL",
}  # fmt: skip
ECHO: dict[str, Any] = {
    "assessed_date": "10-Mar-2026", "method": "ECHOCARDIOGRAPHY", "lvef_percent": "60", "pericardial_effusion": "NONE",
    "interpretation": "NORMAL",
}  # fmt: skip
IMMUNOLOGY_VALUES = {
    "IGG": ("9.1", "g/L", "8.6", "17.4"), "IGA": ("1.5", "g/L", "1.0", "4.2"), "IGM": ("<0.2", "g/L", "0.5", "2.8"),
    "BCELL": ("0", "/uL", "90", "560"),
}  # fmt: skip
VECTOR: dict[str, Any] = {"anti_drug_antibodies": "NEGATIVE", "rcl": "NEGATIVE"}
#: A complete form of each kind.
COMPLETE: dict[str, dict[str, Any]] = {
    "PE": EXAMINATION | systems(),
    "SER": SEROLOGY,
    "PREG": PREGNANCY,
    "ECG": TRACING,
    "ECHO": ECHO,
    "IMM": SAMPLE | VECTOR | result_rows("IMM", IMMUNOLOGY_VALUES),
}


def refusals(outcome: Any) -> dict[str, list[str]]:
    """Return the errors of a refused form: its own by item, those of its rows by number and item."""
    assert isinstance(outcome, Refused), outcome
    found = {name: [str(e) for e in errors] for name, errors in outcome.entry.form.errors.items()}
    for formset in outcome.entry.rowsets.values():
        for number, row in enumerate(formset.forms):
            found |= {f"{number} {name}": [str(e) for e in errors] for name, errors in row.errors.items()}
    return found
