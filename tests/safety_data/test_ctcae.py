"""The CTCAE v5.0 term file and its loader."""

from __future__ import annotations

import pytest

from safety.ctcae import (
    CRS_TERM,
    ICANS_TERM,
    SYSTEM_ORGAN_CLASSES,
    TERMS,
    ctcae_terms,
    defined_grades,
    find_term,
    grading_of,
    search,
    soc_of,
    term,
)


def test_the_file_holds_version_5_0_completely() -> None:
    terms = ctcae_terms().values()
    assert len(terms) == 837
    assert len(SYSTEM_ORGAN_CLASSES) == 26
    assert {row.soc for row in terms if row.other_specify} == set(SYSTEM_ORGAN_CLASSES)
    assert sum(row.other_specify for row in terms) == 26
    assert sum(len(row.grades) for row in terms) == 837 * 5 - 1000
    assert all(row.grades == tuple(sorted(set(row.grades))) and row.grades for row in terms)


GRADES = [
    ("Anemia", (1, 2, 3, 4, 5), "Blood and lymphatic system disorders"),
    ("Neutrophil count decreased", (1, 2, 3, 4), "Investigations"),
    ("Platelet count decreased", (1, 2, 3, 4), "Investigations"),
    ("White blood cell decreased", (1, 2, 3, 4), "Investigations"),
    ("Lymphocyte count decreased", (1, 2, 3, 4), "Investigations"),
    ("CD4 lymphocytes decreased", (1, 2, 3, 4), "Investigations"),
    ("Lymphocyte count increased", (2, 3), "Investigations"),
    ("Hemoglobin increased", (1, 2, 3), "Investigations"),
    ("Haptoglobin decreased", (1,), "Investigations"),
    ("Febrile neutropenia", (3, 4, 5), "Blood and lymphatic system disorders"),
    ("Leukocytosis", (3, 4, 5), "Blood and lymphatic system disorders"),
    ("Alopecia", (1, 2), "Skin and subcutaneous tissue disorders"),
    ("Colitis", (1, 2, 3, 4, 5), "Gastrointestinal disorders"),
    ("Alanine aminotransferase increased", (1, 2, 3, 4), "Investigations"),
    ("Activated partial thromboplastin time prolonged", (1, 2, 3), "Investigations"),
    ("Blood and lymphatic system disorders - Other, specify", (1, 2, 3, 4, 5), "Blood and lymphatic system disorders"),
]


@pytest.mark.parametrize(("name", "grades", "soc"), GRADES)
def test_defined_grades_and_organ_class(name: str, grades: tuple[int, ...], soc: str) -> None:
    assert (defined_grades(name), soc_of(name), grading_of(name)) == (grades, soc, "CTCAE v5.0")


def test_crs_and_icans_are_graded_by_astct() -> None:
    assert grading_of(CRS_TERM) == grading_of(ICANS_TERM) == "ASTCT 2019"
    assert defined_grades(CRS_TERM) == defined_grades(ICANS_TERM) == (1, 2, 3, 4, 5)
    assert CRS_TERM in ctcae_terms() and ICANS_TERM not in ctcae_terms()
    assert len(TERMS) == 838


def test_search_puts_names_that_begin_with_the_text_first() -> None:
    names = [row.name for row in search("HEMO", limit=100)]
    begins = [name.lower().startswith("hemo") for name in names]
    assert any(begins) and not all(begins)
    assert begins == sorted(begins, reverse=True)
    assert all("hemo" in name.lower() for name in names)


def test_search_respects_its_limit_and_finds_abbreviations() -> None:
    assert len(search("a", limit=7)) == 7
    assert search("icans")[0].name == ICANS_TERM and search(" crs ")[0].name == CRS_TERM
    assert search("   ") == [] and search("no such event") == []


def test_names_are_found_in_any_capitalisation_but_read_exactly() -> None:
    found = find_term("  neutrophil  COUNT decreased ")
    assert found is not None and found.name == "Neutrophil count decreased"
    assert find_term("Unknown event") is None
    with pytest.raises(KeyError, match="is not a term of CTCAE"):
        term("neutrophil count decreased")
