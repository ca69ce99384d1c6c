"""Drugs that matter for this trial, with their class; the list helps while typing and is not complete.

Names are international non-proprietary names. A site types any other drug as it is in the source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class DrugClass(StrEnum):
    """What a drug is given for, as far as the trial's rules ask."""

    ANTIPYRETIC = "ANTIPYRETIC"
    ANTI_IL6 = "ANTI-IL-6"
    CORTICOSTEROID = "CORTICOSTEROID"
    ANAKINRA = "ANTI-IL-1"
    VASOPRESSOR = "VASOPRESSOR"
    ANTIBIOTIC = "ANTIBIOTIC"
    ANTIFUNGAL = "ANTIFUNGAL"
    ANTIVIRAL = "ANTIVIRAL"
    ANTICONVULSANT = "ANTICONVULSANT"
    G_CSF = "G-CSF"
    IMMUNOGLOBULIN = "IMMUNOGLOBULIN"
    OTHER = "OTHER"


@dataclass(frozen=True)
class Drug:
    """One drug; `other_names` are spellings and brand names under which it is also found."""

    name: str
    drug_class: DrugClass
    other_names: tuple[str, ...] = ()


_C = DrugClass
DRUGS: tuple[Drug, ...] = (
    Drug("Paracetamol", _C.ANTIPYRETIC, ("acetaminophen",)),
    Drug("Ibuprofen", _C.ANTIPYRETIC),
    Drug("Metamizole", _C.ANTIPYRETIC, ("dipyrone",)),
    Drug("Naproxen", _C.ANTIPYRETIC),
    Drug("Indometacin", _C.ANTIPYRETIC, ("indomethacin",)),
    Drug("Tocilizumab", _C.ANTI_IL6, ("actemra",)),
    Drug("Siltuximab", _C.ANTI_IL6),
    Drug("Sarilumab", _C.ANTI_IL6),
    Drug("Dexamethasone", _C.CORTICOSTEROID),
    Drug("Methylprednisolone", _C.CORTICOSTEROID),
    Drug("Prednisone", _C.CORTICOSTEROID),
    Drug("Prednisolone", _C.CORTICOSTEROID),
    Drug("Hydrocortisone", _C.CORTICOSTEROID),
    Drug("Anakinra", _C.ANAKINRA),
    Drug("Norepinephrine", _C.VASOPRESSOR, ("noradrenaline",)),
    Drug("Epinephrine", _C.VASOPRESSOR, ("adrenaline",)),
    Drug("Dopamine", _C.VASOPRESSOR),
    Drug("Phenylephrine", _C.VASOPRESSOR),
    Drug("Metaraminol", _C.VASOPRESSOR),
    Drug("Vasopressin", _C.VASOPRESSOR, ("argipressin",)),
    Drug("Cefepime", _C.ANTIBIOTIC),
    Drug("Cefoperazone and sulbactam", _C.ANTIBIOTIC),
    Drug("Levofloxacin", _C.ANTIBIOTIC),
    Drug("Meropenem", _C.ANTIBIOTIC),
    Drug("Piperacillin and tazobactam", _C.ANTIBIOTIC),
    Drug("Sulfamethoxazole and trimethoprim", _C.ANTIBIOTIC, ("co-trimoxazole",)),
    Drug("Vancomycin", _C.ANTIBIOTIC),
    Drug("Caspofungin", _C.ANTIFUNGAL),
    Drug("Fluconazole", _C.ANTIFUNGAL),
    Drug("Micafungin", _C.ANTIFUNGAL),
    Drug("Posaconazole", _C.ANTIFUNGAL),
    Drug("Voriconazole", _C.ANTIFUNGAL),
    Drug("Aciclovir", _C.ANTIVIRAL, ("acyclovir",)),
    Drug("Valaciclovir", _C.ANTIVIRAL, ("valacyclovir",)),
    Drug("Ganciclovir", _C.ANTIVIRAL),
    Drug("Entecavir", _C.ANTIVIRAL),
    Drug("Levetiracetam", _C.ANTICONVULSANT, ("keppra",)),
    Drug("Diazepam", _C.ANTICONVULSANT),
    Drug("Lorazepam", _C.ANTICONVULSANT),
    Drug("Phenobarbital", _C.ANTICONVULSANT),
    Drug("Filgrastim", _C.G_CSF, ("g-csf", "granulocyte colony-stimulating factor")),
    Drug("Pegfilgrastim", _C.G_CSF),
    Drug("Immunoglobulin, human", _C.IMMUNOGLOBULIN, ("ivig",)),
    Drug("Allopurinol", _C.OTHER),
    Drug("Diphenhydramine", _C.OTHER),
    Drug("Mesna", _C.OTHER),
    Drug("Omeprazole", _C.OTHER),
    Drug("Ondansetron", _C.OTHER),
    Drug("Promethazine", _C.OTHER),
    Drug("Ruxolitinib", _C.OTHER),
)  # fmt: skip

_BY_NAME: Mapping[str, Drug] = {name.casefold(): drug for drug in DRUGS for name in (drug.name, *drug.other_names)}


def find_drug(typed: str) -> Drug | None:
    """Return the listed drug of exactly this name, spelling or brand name; None for any other text.

    >>> find_drug("acetaminophen").name, find_drug("green tea")
    ('Paracetamol', None)
    """
    return _BY_NAME.get(" ".join(typed.split()).casefold())


def canonical_drug(typed: str) -> str:
    """Return a typed name as the list writes it, any other text as it is.

    >>> canonical_drug("TOCILIZUMAB"), canonical_drug("Green tea")
    ('Tocilizumab', 'Green tea')
    """
    known = find_drug(typed)
    return known.name if known else typed


def search_drugs(typed: str, limit: int = 12) -> list[str]:
    """Return the listed names that contain the typed text, those that begin with it first; blank text finds nothing.

    >>> search_drugs("pred"), search_drugs(" ")
    (['Prednisolone', 'Prednisone', 'Methylprednisolone'], [])
    """
    wanted = " ".join(typed.split()).casefold()
    if not wanted:
        return []
    found = [drug.name for drug in DRUGS if any(wanted in name.casefold() for name in (drug.name, *drug.other_names))]
    return sorted(found, key=lambda name: (not name.casefold().startswith(wanted), name))[:limit]
