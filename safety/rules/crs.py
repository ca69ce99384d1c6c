"""Cytokine release syndrome (CRS): the ASTCT consensus grade of one assessment.

Purpose: compute the grade that stands beside the investigator's own.

Inputs: highest temperature (°C), hypotension and its treatment, oxygen support (device, flow in L/min), whether another
documented cause explains fever, hypotension or hypoxia, whether CRS was diagnosed before and whether an antipyretic or
anti-cytokine drug (tocilizumab, steroid) may be hiding the fever.

Algorithm
    1. Death due to CRS is grade 5.
    2. CRS needs fever: 38.0 °C or more, not due to another cause. Fever is no longer required once CRS was diagnosed
       *and* an antipyretic or anti-cytokine drug was given. Neither holds: grade 0.
    3. Hypotension column: no vasopressor 2; one vasopressor, with or without vasopressin, 3; several vasopressors,
       vasopressin not counted, 4. Vasopressin alone is one vasopressor. The same drug twice is one drug. A vasopressor
       in use means hypotension under treatment, also when the pressure itself reads normal.
    4. Hypoxia column: nasal cannula up to 6 L/min or blow-by 2; cannula above 6 L/min, high-flow cannula, face mask,
       non-rebreather, Venturi mask 3 at any flow; CPAP, BiPAP, ventilation 4. Intubation for airway protection alone
       is hypoxia of another cause.
    5. Hypotension or hypoxia of another documented cause does not count. Organ toxicity never enters.
    6. The grade is the worse column; fever alone is 1; fever waived and neither column above zero is 0 (resolved).

Source: Lee DW et al., ASTCT consensus grading for cytokine release syndrome and neurologic toxicity associated with
immune effector cells. Biol Blood Marrow Transplant 2019;25:625-638, table 2 and its footnotes.

>>> grade_crs(CrsObservation(Decimal("38.0"))).grade
1
>>> grade_crs(CrsObservation(Decimal("39.1"), vasopressors=("Norepinephrine", "vasopressin"))).grade
3
>>> hidden = CrsObservation(Decimal("37.0"), hypotension=True, crs_already_diagnosed=True, anticytokine=True)
>>> grade_crs(hidden).grade
2
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

RULE = "crs-grade"
VERSION = "1.0.0"

FEVER_C = Decimal("38.0")
LOW_FLOW_L_MIN = Decimal(6)


class OxygenSupport(StrEnum):
    """How oxygen reaches the subject."""

    NONE = "none"
    NASAL_CANNULA = "nasal_cannula"
    BLOW_BY = "blow_by"
    FACEMASK = "facemask"
    NONREBREATHER = "nonrebreather"
    VENTURI = "venturi"
    HIGH_FLOW_NC = "high_flow_nc"
    CPAP = "cpap"
    BIPAP = "bipap"
    MECHANICAL_VENTILATION = "mechanical_ventilation"


#: Device -> grade of the hypoxia column; a nasal cannula above 6 L/min is graded as high flow.
HYPOXIA_GRADE = {
    OxygenSupport.NONE: 0,
    OxygenSupport.NASAL_CANNULA: 2,
    OxygenSupport.BLOW_BY: 2,
    OxygenSupport.FACEMASK: 3,
    OxygenSupport.NONREBREATHER: 3,
    OxygenSupport.VENTURI: 3,
    OxygenSupport.HIGH_FLOW_NC: 3,
    OxygenSupport.CPAP: 4,
    OxygenSupport.BIPAP: 4,
    OxygenSupport.MECHANICAL_VENTILATION: 4,
}

VASOPRESSIN = "vasopressin"

#: Names of one drug -> the name it is counted under.
SAME_DRUG = {
    "noradrenaline": "norepinephrine",
    "levophed": "norepinephrine",
    "去甲肾上腺素": "norepinephrine",
    "adrenaline": "epinephrine",
    "肾上腺素": "epinephrine",
    "argipressin": VASOPRESSIN,
    "arginine vasopressin": VASOPRESSIN,
    "pitressin": VASOPRESSIN,
    "血管加压素": VASOPRESSIN,
    "neosynephrine": "phenylephrine",
    "neo-synephrine": "phenylephrine",
    "去氧肾上腺素": "phenylephrine",
    "多巴胺": "dopamine",
    "间羟胺": "metaraminol",
}

SALTS = (" bitartrate", " tartrate", " hydrochloride", " hcl", " acetate")


@dataclass(frozen=True)
class CrsObservation:
    """What one CRS assessment saw; `o2_flow_l_min` None means the flow was not recorded."""

    max_temp_c: Decimal
    fever_other_cause: bool = False
    hypotension: bool = False
    hypotension_other_cause: bool = False
    vasopressors: tuple[str, ...] = ()
    o2_support: OxygenSupport = OxygenSupport.NONE
    o2_flow_l_min: Decimal | None = None
    hypoxia_other_cause: bool = False
    crs_already_diagnosed: bool = False
    antipyretic: bool = False
    anticytokine: bool = False
    death_due_to_crs: bool = False


@dataclass(frozen=True)
class CrsGrade:
    """The computed grade 0-5 with the sentence that explains it."""

    grade: int
    because: str
    flags: tuple[str, ...] = ()


def drug_name(name: str) -> str:
    """The name a vasopressor is counted under: case, spacing, salt and synonyms do not make another drug.

    >>> drug_name("  Noradrenaline   Bitartrate")
    'norepinephrine'
    """
    plain = " ".join(name.casefold().split())
    for salt in SALTS:
        plain = plain.removesuffix(salt)
    return SAME_DRUG.get(plain, plain)


def _fever(seen: CrsObservation) -> tuple[bool, bool, str]:
    """(fever of CRS, fever waived, sentence)."""
    hot = seen.max_temp_c >= FEVER_C
    fever = hot and not seen.fever_other_cause
    waived = seen.crs_already_diagnosed and (seen.antipyretic or seen.anticytokine)
    if fever:
        return True, waived, f"Fever of {seen.max_temp_c} °C (38.0 °C or more)"
    reason = "due to another cause" if hot else "below 38.0 °C"
    sentence = f"Temperature {seen.max_temp_c} °C, {reason}"
    if waived:
        drugs = [
            name for given, name in ((seen.antipyretic, "antipyretic"), (seen.anticytokine, "anti-cytokine")) if given
        ]
        sentence += f"; fever is not required: CRS was diagnosed and an {' and '.join(drugs)} drug was given"
    return False, waived, sentence


def _hypotension(seen: CrsObservation) -> tuple[int, str]:
    drugs = sorted({drug_name(name) for name in seen.vasopressors})
    if not (seen.hypotension or drugs):
        return 0, "no hypotension"
    if seen.hypotension_other_cause:
        return 0, "hypotension has another documented cause and does not count"
    if not drugs:
        return 2, "hypotension without a vasopressor (grade 2)"
    others = [name for name in drugs if name != VASOPRESSIN]
    if len(others) > 1:
        return 4, f"hypotension on several vasopressors, vasopressin not counted: {', '.join(others)} (grade 4)"
    return 3, f"hypotension on one vasopressor with or without vasopressin: {', '.join(drugs)} (grade 3)"


def _hypoxia(seen: CrsObservation) -> tuple[int, str, tuple[str, ...]]:
    device = seen.o2_support
    grade = HYPOXIA_GRADE[device]
    if device is OxygenSupport.NONE:
        return grade, "no hypoxia", ()
    if seen.hypoxia_other_cause:
        return 0, "oxygen support has another documented cause and does not count", ()
    name = device.value.replace("_", " ")
    if device is not OxygenSupport.NASAL_CANNULA:
        return grade, f"hypoxia on {name} (grade {grade})", ()
    if seen.o2_flow_l_min is None:
        sentence = f"hypoxia on nasal cannula, flow not recorded and read as 6 L/min or less (grade {grade})"
        return grade, sentence, ("OXYGEN_FLOW_MISSING",)
    limit = "6 L/min or less"
    if seen.o2_flow_l_min > LOW_FLOW_L_MIN:
        grade, limit = HYPOXIA_GRADE[OxygenSupport.HIGH_FLOW_NC], "above 6 L/min"
    return grade, f"hypoxia on nasal cannula at {seen.o2_flow_l_min} L/min, {limit} (grade {grade})", ()


def grade_crs(seen: CrsObservation) -> CrsGrade:
    """Grade one assessment by the algorithm above."""
    if seen.death_due_to_crs:
        return CrsGrade(5, "Death due to CRS is grade 5.")
    fever, waived, sentence = _fever(seen)
    if not fever and not waived:
        return CrsGrade(0, f"{sentence}: CRS needs fever, so this is not CRS (grade 0).")
    pressure, pressure_sentence = _hypotension(seen)
    oxygen, oxygen_sentence, flags = _hypoxia(seen)
    grade = max(1 if fever else 0, pressure, oxygen)
    conclusion = "resolved, grade 0" if grade == 0 else f"grade {grade}"
    return CrsGrade(grade, f"{sentence}; {pressure_sentence}; {oxygen_sentence}: {conclusion}.", flags)
