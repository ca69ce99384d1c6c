from dosing.models.dlt_adjudication import DltAdjudication
from dosing.models.dlt_assessment import DltAssessment
from dosing.models.dose_decision import DoseDecision
from dosing.models.infusion import Infusion
from dosing.models.lymphodepletion import Lymphodepletion
from dosing.models.slot import Slot

__all__ = ["DltAdjudication", "DltAssessment", "DoseDecision", "Infusion", "Lymphodepletion", "Slot"]
