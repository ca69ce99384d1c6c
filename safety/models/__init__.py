from safety.models.adverse_event import AdverseEvent, GradeChange
from safety.models.crs_assessment import CrsAssessment
from safety.models.death import Death
from safety.models.dictionaries import CtcaeDescription, MeddraTerm
from safety.models.icans_assessment import IcansAssessment
from safety.models.vital_signs import VitalSigns

__all__ = [
    "AdverseEvent",
    "CrsAssessment",
    "CtcaeDescription",
    "Death",
    "GradeChange",
    "IcansAssessment",
    "MeddraTerm",
    "VitalSigns",
]
