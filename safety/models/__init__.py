from safety.models.adverse_event import AdverseEvent, GradeChange
from safety.models.chemistry import Chemistry, ChemistryResult
from safety.models.coagulation import Coagulation, CoagulationResult
from safety.models.crs_assessment import CrsAssessment
from safety.models.death import Death
from safety.models.dictionaries import CtcaeDescription, MeddraTerm
from safety.models.echocardiogram import Echocardiogram
from safety.models.electrocardiogram import Electrocardiogram
from safety.models.haematology import Haematology, HaematologyResult
from safety.models.icans_assessment import IcansAssessment
from safety.models.immunology import Immunology, ImmunologyResult
from safety.models.infection_serology import InfectionSerology
from safety.models.normal_range import NormalRange
from safety.models.physical_examination import PhysicalExamination, SystemFinding
from safety.models.pregnancy_test import PregnancyTest
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
    "IcansAssessment",
    "Immunology",
    "ImmunologyResult",
    "InfectionSerology",
    "MeddraTerm",
    "NormalRange",
    "PhysicalExamination",
    "PregnancyTest",
    "SystemFinding",
    "VitalSigns",
]
