"""CTCAE v5.0 terms: names, system organ classes and the grades each term defines.

The data file holds names and defined grades only, taken from the spreadsheet that NCI publishes
(CTCAE_v5.0.xlsx): a grade is defined when its cell is neither empty nor a dash. The wording of the grades is
not in the file, nor are the MedDRA codes, which need a licence.

CRS and ICANS are graded by the ASTCT consensus in this trial. CTCAE v5.0 has a term for cytokine release
syndrome whose grades mean something else; it has none for ICANS.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

CTCAE_VERSION = "CTCAE v5.0"
ASTCT_VERSION = "ASTCT 2019"
CRS_TERM = "Cytokine release syndrome"
ICANS_TERM = "Immune effector cell-associated neurotoxicity syndrome"

_FILE = Path(__file__).parent / "data" / "ctcae_v5_terms.csv"


@dataclass(frozen=True)
class Term:
    """One adverse event term; `other_specify` asks for the event in words."""

    name: str
    soc: str
    grades: tuple[int, ...]
    other_specify: bool = False
    grading: str = CTCAE_VERSION


#: Terms graded by the ASTCT consensus; they replace the CTCAE row of the same name.
ASTCT_TERMS: tuple[Term, ...] = (
    Term(CRS_TERM, "Immune system disorders", (1, 2, 3, 4, 5), grading=ASTCT_VERSION),
    Term(ICANS_TERM, "Nervous system disorders", (1, 2, 3, 4, 5), grading=ASTCT_VERSION),
)


@cache
def ctcae_terms() -> Mapping[str, Term]:
    """The 837 terms as CTCAE v5.0 publishes them, in its order."""
    with _FILE.open(encoding="utf-8", newline="") as lines:
        rows = [
            Term(
                name=row["term"],
                soc=row["soc"],
                grades=tuple(int(grade) for grade in row["grades"].split()),
                other_specify=row["other_specify"] == "Y",
            )
            for row in csv.DictReader(lines)
        ]
    return MappingProxyType({row.name: row for row in rows})


#: Name -> term as this trial grades it: CTCAE v5.0, with CRS and ICANS by ASTCT.
TERMS: Mapping[str, Term] = MappingProxyType({**ctcae_terms(), **{row.name: row for row in ASTCT_TERMS}})

SYSTEM_ORGAN_CLASSES: tuple[str, ...] = tuple(sorted({row.soc for row in TERMS.values()}))

_BY_FOLDED_NAME = {name.casefold(): row for name, row in TERMS.items()}
_BY_FOLDED_NAME["icans"] = TERMS[ICANS_TERM]
_BY_FOLDED_NAME["crs"] = TERMS[CRS_TERM]


def find_term(name: str) -> Term | None:
    """The term of this name in any capitalisation, also by the abbreviations CRS and ICANS; None when unknown."""
    return _BY_FOLDED_NAME.get(" ".join(name.split()).casefold())


def canonical_term(text: str) -> str:
    """Return a typed term as the dictionary writes it, unknown text as it is.

    >>> canonical_term("neutrophil  COUNT decreased"), canonical_term("crs"), canonical_term("feeling odd")
    ('Neutrophil count decreased', 'Cytokine release syndrome', 'feeling odd')
    """
    known = find_term(text)
    return known.name if known else text


def term(name: str) -> Term:
    """The term of exactly this name; KeyError with a readable text otherwise."""
    try:
        return TERMS[name]
    except KeyError:
        raise KeyError(f"{name} is not a term of {CTCAE_VERSION}.") from None


def defined_grades(name: str) -> tuple[int, ...]:
    """The grades a term defines; any other grade is refused.

    >>> defined_grades("Alopecia"), defined_grades("Neutrophil count decreased")
    ((1, 2), (1, 2, 3, 4))
    """
    return term(name).grades


def soc_of(name: str) -> str:
    """The system organ class of a term.

    >>> soc_of("Neutrophil count decreased")
    'Investigations'
    """
    return term(name).soc


def grading_of(name: str) -> str:
    """The standard that grades a term: "ASTCT 2019" for CRS and ICANS, "CTCAE v5.0" for every other."""
    return term(name).grading


def described(name: str) -> str:
    """What is said about a term in the list to choose from: its class, the standard, and the grades it defines.

    >>> described("Alopecia")
    'Skin and subcutaneous tissue disorders · CTCAE v5.0 · 1, 2'
    >>> described(CRS_TERM)
    'Immune system disorders · ASTCT 2019 · 1, 2, 3, 4, 5'
    """
    known = term(name)
    return f"{known.soc} · {known.grading} · {', '.join(str(grade) for grade in known.grades)}"


def search(text: str, limit: int = 20) -> list[Term]:
    """Terms that contain the text, in any capitalisation.

    Names that begin with the text come first, then names with a word that begins with it, then the rest;
    alphabetical within each. CRS and ICANS are also found by their abbreviations. Blank text finds nothing.

    >>> [found.name for found in search("neutro", 2)]
    ['Neutrophil count decreased', 'Febrile neutropenia']
    """
    wanted = " ".join(text.split()).casefold()
    if not wanted:
        return []
    ranked = [(rank, row.name, row) for row in TERMS.values() if (rank := _rank(row, wanted)) is not None]
    return [row for _, _, row in sorted(ranked, key=lambda found: found[:2])[:limit]]


def _rank(row: Term, wanted: str) -> int | None:
    name = row.name.casefold()
    if name.startswith(wanted) or _BY_FOLDED_NAME.get(wanted) is row:
        return 0
    if f" {wanted}" in name:
        return 1
    return 2 if wanted in name else None
