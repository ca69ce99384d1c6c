from enrollment.models.cd70_result import Cd70Result
from enrollment.models.consent import Consent
from enrollment.models.demographics import Demographics
from enrollment.models.disposition import Disposition
from enrollment.models.eligibility import Eligibility
from enrollment.models.medical_history import MedicalHistory
from enrollment.models.prior_therapy import PriorTherapy
from enrollment.models.protocol_deviation import ProtocolDeviation
from enrollment.models.subject import Subject
from enrollment.models.survival_status import SubsequentTherapy, SurvivalStatus

__all__ = [
    "Cd70Result",
    "Consent",
    "Demographics",
    "Disposition",
    "Eligibility",
    "MedicalHistory",
    "PriorTherapy",
    "ProtocolDeviation",
    "Subject",
    "SubsequentTherapy",
    "SurvivalStatus",
]
