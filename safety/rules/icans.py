"""Immune effector cell-associated neurotoxicity syndrome (ICANS): the ASTCT consensus grade of one assessment.

Purpose: compute the grade that stands beside the investigator's own.

Inputs: age (years, None = adult), ICE score 0-10 or CAPD 0-32 (None = not assessed), level of consciousness, seizure,
deep focal motor weakness, cerebral oedema on imaging and signs of raised intracranial pressure. None = not assessed.

Algorithm
    1. Death due to ICANS is grade 5.
    2. Grade every domain that was assessed (tables below). Under 12 years CAPD replaces ICE. ICE 0 in an awake subject
       is 3; unarousable is 4 through the consciousness domain.
    3. Consciousness depressed by another documented cause (sedation) is left out; oedema due to intracranial
       haemorrhage is left out. Tremor and myoclonus are not inputs.
    4. Nothing left: no grade (not assessed is not 0). Otherwise the grade is the worst domain.

Source: Lee DW et al., Biol Blood Marrow Transplant 2019;25:625-638, tables 4 and 5.

>>> grade_icans(IcansObservation(ice=0, consciousness=Consciousness.NORMAL)).grade
3
>>> grade_icans(IcansObservation(ice=0, consciousness=Consciousness.UNAROUSABLE)).grade
4
>>> grade_icans(IcansObservation()).grade is None
True
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

RULE = "icans-grade"
VERSION = "1.0.0"

CAPD_BELOW_YEARS = 12


class Consciousness(StrEnum):
    """Level of consciousness."""

    NORMAL = "normal"
    SPONTANEOUS = "awakens_spontaneously"
    VOICE = "awakens_to_voice"
    TACTILE = "awakens_to_tactile"
    UNAROUSABLE = "unarousable_or_vigorous"


class Seizure(StrEnum):
    """Worst seizure."""

    NONE = "none"
    BRIEF = "brief_resolves_rapidly"
    NONCONVULSIVE = "nonconvulsive_eeg_resolves"
    PROLONGED = "prolonged_gt_5min"
    REPETITIVE = "repetitive_no_return_to_baseline"


class Edema(StrEnum):
    """Cerebral oedema on imaging."""

    NONE = "none"
    FOCAL = "focal"
    DIFFUSE = "diffuse"


#: ICE score -> grade.
ICE_GRADE = {10: 0, 9: 1, 8: 1, 7: 1, 6: 2, 5: 2, 4: 2, 3: 2, 2: 3, 1: 3, 0: 3}
CONSCIOUSNESS_GRADE = {
    Consciousness.NORMAL: 0,
    Consciousness.SPONTANEOUS: 1,
    Consciousness.VOICE: 2,
    Consciousness.TACTILE: 3,
    Consciousness.UNAROUSABLE: 4,
}
SEIZURE_GRADE = {
    Seizure.NONE: 0,
    Seizure.BRIEF: 3,
    Seizure.NONCONVULSIVE: 3,
    Seizure.PROLONGED: 4,
    Seizure.REPETITIVE: 4,
}
EDEMA_GRADE = {Edema.NONE: 0, Edema.FOCAL: 3, Edema.DIFFUSE: 4}
#: Signs that are grade 4 by themselves, with the words of the sentence.
GRADE_4_SIGNS = {
    "deep_focal_motor_weakness": "deep focal motor weakness",
    "posturing": "posturing",
    "cn6_palsy": "cranial nerve VI palsy",
    "papilledema": "papilloedema",
    "cushings_triad": "Cushing's triad",
}


@dataclass(frozen=True)
class IcansObservation:
    """What one ICANS assessment saw; None = not assessed."""

    age_years: Decimal | None = None
    ice: int | None = None
    capd: int | None = None
    unable_to_perform_capd: bool | None = None
    consciousness: Consciousness | None = None
    consciousness_other_cause: bool = False
    seizure: Seizure | None = None
    deep_focal_motor_weakness: bool | None = None
    cerebral_edema: Edema | None = None
    edema_due_to_intracranial_hemorrhage: bool = False
    posturing: bool | None = None
    cn6_palsy: bool | None = None
    papilledema: bool | None = None
    cushings_triad: bool | None = None
    death_due_to_icans: bool = False


@dataclass(frozen=True)
class IcansGrade:
    """Grade 0-5, or None when nothing was assessed, with the sentence that explains it."""

    grade: int | None
    because: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Domain:
    grade: int
    sentence: str


def _under_12(seen: IcansObservation) -> bool:
    return seen.age_years is not None and seen.age_years < CAPD_BELOW_YEARS


def _capd_grade(capd: int) -> int:
    """CAPD 0 -> 0, 1-8 -> 1 (2 comes from consciousness), 9 and more -> 3."""
    if capd == 0:
        return 0
    return 3 if capd >= 9 else 1


def _encephalopathy(seen: IcansObservation) -> _Domain | None:
    if not _under_12(seen):
        if seen.ice is None:
            return None
        awake = ", awake" if seen.ice == 0 and seen.consciousness is not Consciousness.UNAROUSABLE else ""
        return _Domain(ICE_GRADE[seen.ice], f"ICE {seen.ice}{awake}")
    if seen.unable_to_perform_capd:
        return _Domain(4, "unable to perform CAPD")
    if seen.capd is None:
        return None
    return _Domain(_capd_grade(seen.capd), f"CAPD {seen.capd}")


def _consciousness(seen: IcansObservation) -> _Domain | None:
    if seen.consciousness is None or seen.consciousness_other_cause:
        return None
    return _Domain(
        CONSCIOUSNESS_GRADE[seen.consciousness], f"consciousness {seen.consciousness.value.replace('_', ' ')}"
    )


def _seizure(seen: IcansObservation) -> _Domain | None:
    if seen.seizure is None:
        return None
    return _Domain(SEIZURE_GRADE[seen.seizure], f"seizure {seen.seizure.value.replace('_', ' ')}")


def _edema(seen: IcansObservation) -> _Domain | None:
    if seen.cerebral_edema is None or seen.edema_due_to_intracranial_hemorrhage:
        return None
    return _Domain(EDEMA_GRADE[seen.cerebral_edema], f"cerebral oedema {seen.cerebral_edema.value}")


def _signs(seen: IcansObservation) -> list[_Domain]:
    found: list[_Domain] = []
    for name, words in GRADE_4_SIGNS.items():
        present: bool | None = getattr(seen, name)
        if present is not None:
            found.append(_Domain(4, words) if present else _Domain(0, f"no {words}"))
    return found


def _flags(seen: IcansObservation) -> tuple[str, ...]:
    """What a reader must know about inputs that were left out."""
    child = _under_12(seen)
    conditions = {
        "ICE_NOT_USED_UNDER_12": child and seen.ice is not None,
        "CAPD_NOT_USED_FROM_12": not child and (seen.capd is not None or bool(seen.unable_to_perform_capd)),
        "ICE_NOT_ASSESSED": not child and seen.ice is None,
        "CONSCIOUSNESS_OTHER_CAUSE": seen.consciousness_other_cause,
        "EDEMA_DUE_TO_HEMORRHAGE": seen.edema_due_to_intracranial_hemorrhage,
    }
    return tuple(name for name, holds in conditions.items() if holds)


def grade_icans(seen: IcansObservation) -> IcansGrade:
    """Grade one assessment by the algorithm above."""
    if seen.death_due_to_icans:
        return IcansGrade(5, "Death due to ICANS is grade 5.")
    graded = (_encephalopathy(seen), _consciousness(seen), _seizure(seen), _edema(seen), *_signs(seen))
    domains = [domain for domain in graded if domain is not None]
    if not domains:
        return IcansGrade(None, "No domain was assessed; not assessed is not 0, so there is no grade.", _flags(seen))
    grade = max(domain.grade for domain in domains)
    deciding = "; ".join(domain.sentence for domain in domains if domain.grade == grade)
    sentence = f"Worst domain assessed: {deciding} (grade {grade})."
    return IcansGrade(grade, sentence, _flags(seen))
