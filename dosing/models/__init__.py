from dosing.models.dlt_assessment import DltAssessment
from dosing.models.infusion import Infusion
from dosing.models.lymphodepletion import Lymphodepletion

__all__ = ["DltAssessment", "Infusion", "Lymphodepletion"]
