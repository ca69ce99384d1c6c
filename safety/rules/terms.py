"""Which adverse event terms are CRS, hematologic, or to be reviewed by a physician at grade 4.

Hematologic is a list of CTCAE v5.0 terms and not a system organ class: the blood counts sit under Investigations.
Spelling variants (case, spacing, dashes, British ae/oe) name the same term.

>>> category("Neutrophil  count decreased")
<Category.HEMATOLOGIC: 'hematologic'>
>>> category("Blood and lymphatic system disorders – Other, specify")
<Category.REVIEW: 'review'>
>>> category("Alanine aminotransferase increased")
<Category.NON_HEMATOLOGIC: 'non-hematologic'>
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache


class Category(StrEnum):
    """How a grade 4 event counts."""

    NON_HEMATOLOGIC = "non-hematologic"
    HEMATOLOGIC = "hematologic"
    REVIEW = "review"


HEMATOLOGIC_TERMS = (
    "Anemia",
    "Bone marrow hypocellular",
    "Leukocytosis",
    "Eosinophilia",
    "Lymph node pain",
    "Neutrophil count decreased",
    "Platelet count decreased",
    "White blood cell decreased",
    "Lymphocyte count decreased",
    "CD4 lymphocytes decreased",
    "Lymphocyte count increased",
    "Hemoglobin increased",
    "Haptoglobin decreased",
)
REVIEW_TERMS = (
    "Febrile neutropenia",
    "Disseminated intravascular coagulation",
    "DIC",
    "Hemolytic uremic syndrome",
    "Thrombotic thrombocytopenic purpura",
    "Hemolysis",
    "Methemoglobinemia",
    "Fibrinogen decreased",
    "INR increased",
    "aPTT prolonged",
    "Activated partial thromboplastin time prolonged",
)
CRS_TERMS = ("Cytokine release syndrome", "CRS", "Cytokine release syndrome (CRS)")
BLOOD_CLASS = "Blood and lymphatic system disorders"
INVESTIGATIONS_CLASS = "Investigations"

#: Words that make a free-text investigation a blood count, which only a physician can place.
BLOOD_CELL_WORDS = re.compile(
    r"neutro|platelet|thrombocyt|leukocyt|leukopen|white blood|\bwbc\b|lympho|monocyt|granulocyt|eosinophil|basophil"
    r"|hemoglobin|hematocrit|erythrocyt|red blood|\brbc\b|reticulocyt|cytopeni|anemi|blast|blood count|cell count"
)


def plain_term(term: str) -> str:
    """A term reduced to what identifies it.

    >>> plain_term("Blood … –  Other,specify") == plain_term("blood ... - other, specify")
    True
    """
    text = term.casefold().replace("æ", "ae").replace("ae", "e").replace("leuco", "leuko")
    return " ".join(re.sub(r"[^\w%()]+", " ", text).split())


_HEMATOLOGIC = frozenset(map(plain_term, HEMATOLOGIC_TERMS))
_REVIEW = frozenset(map(plain_term, REVIEW_TERMS))
_CRS = frozenset(map(plain_term, CRS_TERMS))
_BLOOD = plain_term(BLOOD_CLASS)
_INVESTIGATIONS = plain_term(INVESTIGATIONS_CLASS)


@lru_cache(maxsize=4096)
def is_crs(term: str) -> bool:
    """Whether the term is cytokine release syndrome."""
    return plain_term(term) in _CRS


@lru_cache(maxsize=4096)
def category(term: str, soc: str | None = None, term_specify: str | None = None) -> Category:
    """How a grade 4 event of this term counts.

    1. A listed hematologic term is hematologic; a listed review term is for review.
    2. "Blood and lymphatic system disorders - Other, specify", and any unlisted term of that class, is for review.
    3. "Investigations - Other, specify" whose text names a blood cell is for review.
    4. Everything else is non-hematologic.
    """
    plain = plain_term(term)
    if plain in _HEMATOLOGIC:
        return Category.HEMATOLOGIC
    if plain in _REVIEW:
        return Category.REVIEW
    other = plain.endswith(("other specify", " other")) or plain == "other"
    organ_class = plain_term(soc or "")
    if organ_class == _BLOOD or (other and plain.startswith("blood")):
        return Category.REVIEW
    investigation = other and (plain.startswith(_INVESTIGATIONS) or organ_class == _INVESTIGATIONS)
    if investigation and BLOOD_CELL_WORDS.search(plain_term(term_specify or "")):
        return Category.REVIEW
    return Category.NON_HEMATOLOGIC
