from safety.models.adverse_event import AdverseEvent, GradeChange
from safety.models.crs_assessment import CrsAssessment
from safety.models.death import Death
from safety.models.dictionaries import CtcaeDescription, MeddraTerm
from safety.models.hospital_stay import HospitalStay, IntensiveCare
from safety.models.icans_assessment import IcansAssessment
from safety.models.medication import Medication
from safety.models.serious_event_report import SeriousEventReport
from safety.models.transfusion import Transfusion
from safety.models.vital_signs import VitalSigns

__all__ = [
    "AdverseEvent",
    "CrsAssessment",
    "CtcaeDescription",
    "Death",
    "GradeChange",
    "HospitalStay",
    "IcansAssessment",
    "IntensiveCare",
    "MeddraTerm",
    "Medication",
    "SeriousEventReport",
    "Transfusion",
    "VitalSigns",
]
