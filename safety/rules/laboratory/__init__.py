"""Laboratory values: the CTCAE v5.0 grade of one value for one term.

Purpose: compute the grade that stands beside the investigator's own, and find values of grade 3 and above.

Inputs: the term, the value with its unit, the laboratory's limits of normal (LLN, ULN) and the subject's baseline in
the same unit; whether the baseline was abnormal, symptoms, anticoagulation. Ionized calcium has numbers of its own.

Algorithm
    1. A published number has the milder of the two grades that share it: "< 1.5 - 1.0" ends at 1.0, and grade 3 begins
       below it. The number itself counts for triglycerides (grade 1), for 1.5 times an abnormal baseline of a
       transaminase and 2 times one of alkaline phosphatase or GGT (grade 1), and for falls of fibrinogen.
    2. A value is read against the column of the criterion in its kind of unit (mass or amount of substance, where both
       are published); any other unit is converted exactly.
    3. A value beyond a fixed number has that number's grade, whatever the laboratory's limits are; within them it is
       flagged. Otherwise it is grade 1 beyond LLN or ULN, and 0 within.
    4. Enzymes, bilirubin and fibrinogen are measured in multiples of the limit, or of the baseline when that was
       abnormal on the same side; a baseline that is not known counts as normal and is flagged. Creatinine is measured
       in both, INR by fixed numbers, or by the baseline on anticoagulation.
    5. Symptoms raise the grade where the criterion names them: potassium, sodium and calcium too low, calcium too
       high, lipase, amylase, urate (physiologic consequences).
    6. A limit, a unit or a baseline that the criterion needs and nobody gave leaves the grade open: missing is not
       zero. A value that lies beyond a fixed number needs no limit.
    7. The grade is a floor: what only a clinician can judge (transfusion, bleeding, life-threatening consequences) is
       not in it, and a laboratory value never has grade 5.

Source: NCI, Common Terminology Criteria for Adverse Events v5.0, 27 November 2017. No numeric criterion there, and so
no grade here: hyperglycemia, hypo- and hyperphosphatemia, bicarbonate. No term at all: CRP, ferritin, IL-6, D-dimer,
urea, procalcitonin, chloride.

>>> from decimal import Decimal
>>> low = LaboratoryResult("Neutrophil count decreased", Decimal("0.9"), "10^9/L", lln=Decimal("2.0"))
>>> grade_laboratory(low).grade, grade_laboratory(low).because
(3, '0.9 10^9/L is below 1 10^9/L (grade 3).')
>>> open_grade = grade_laboratory(LaboratoryResult("Neutrophil count decreased", Decimal("1.7"), "10^9/L"))
>>> open_grade.grade, open_grade.because
(None, 'Cannot grade: the lower limit of normal is missing.')
>>> tripled = LaboratoryResult("ALT increased", Decimal(300), "U/L", uln=Decimal(40), baseline=Decimal(100))
>>> grade_laboratory(tripled).because
'300 U/L is at or above 1.5 × baseline (100) (grade 1).'
"""

from __future__ import annotations

from safety.rules.laboratory.analytes import (
    ANALYTES,
    Analyte,
    CanonicalValue,
    Terms,
    UnknownAnalyte,
    UnknownUnit,
    analyte,
    canonical,
    corrected_calcium,
    find_analyte,
    terms_of,
)
from safety.rules.laboratory.criteria import CRITERIA, Side, find_criterion
from safety.rules.laboratory.grade import TermGrade, grade_laboratory, grades_of
from safety.rules.laboratory.result import Flag, ImpossibleResult, LaboratoryGrade, LaboratoryResult

RULE = "ctcae-lab-grade"
VERSION = "1.0.0"

__all__ = [
    "ANALYTES",
    "CRITERIA",
    "RULE",
    "VERSION",
    "Analyte",
    "CanonicalValue",
    "Flag",
    "ImpossibleResult",
    "LaboratoryGrade",
    "LaboratoryResult",
    "Side",
    "TermGrade",
    "Terms",
    "UnknownAnalyte",
    "UnknownUnit",
    "analyte",
    "canonical",
    "corrected_calcium",
    "find_analyte",
    "find_criterion",
    "grade_laboratory",
    "grades_of",
    "terms_of",
]
