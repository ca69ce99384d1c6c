from safety.models.adverse_event import AdverseEvent, GradeChange
from safety.models.chemistry import Chemistry, ChemistryResult
from safety.models.coagulation import Coagulation, CoagulationResult
from safety.models.crs_assessment import CrsAssessment
from safety.models.death import Death
from safety.models.dictionaries import CtcaeDescription, MeddraTerm
from safety.models.echocardiogram import Echocardiogram
from safety.models.electrocardiogram import Electrocardiogram
from safety.models.haematology import Haematology, HaematologyResult
from safety.models.hospital_stay import HospitalStay, IntensiveCare
from safety.models.icans_assessment import IcansAssessment
from safety.models.immunology import Immunology, ImmunologyResult
from safety.models.infection_serology import InfectionSerology
from safety.models.laboratory_import import LaboratoryImport, LaboratoryJob
from safety.models.medication import Medication
from safety.models.normal_range import NormalRange
from safety.models.physical_examination import PhysicalExamination, SystemFinding
from safety.models.pregnancy_test import PregnancyTest
from safety.models.serious_event_report import SeriousEventReport
from safety.models.transfusion import Transfusion
from safety.models.vital_signs import VitalSigns

__all__ = [
    "AdverseEvent",
    "Chemistry",
    "ChemistryResult",
    "Coagulation",
    "CoagulationResult",
    "CrsAssessment",
    "CtcaeDescription",
    "Death",
    "Echocardiogram",
    "Electrocardiogram",
    "GradeChange",
    "Haematology",
    "HaematologyResult",
    "HospitalStay",
    "IcansAssessment",
    "Immunology",
    "ImmunologyResult",
    "InfectionSerology",
    "IntensiveCare",
    "LaboratoryImport",
    "LaboratoryJob",
    "MeddraTerm",
    "Medication",
    "NormalRange",
    "PhysicalExamination",
    "PregnancyTest",
    "SeriousEventReport",
    "SystemFinding",
    "Transfusion",
    "VitalSigns",
]
