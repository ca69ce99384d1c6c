from enrollment.models.cd70_result import Cd70Result
from enrollment.models.consent import Consent
from enrollment.models.demographics import Demographics
from enrollment.models.disposition import Disposition
from enrollment.models.eligibility import Eligibility
from enrollment.models.subject import Subject

__all__ = ["Cd70Result", "Consent", "Demographics", "Disposition", "Eligibility", "Subject"]
