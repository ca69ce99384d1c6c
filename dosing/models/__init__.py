from dosing.models.dlt_adjudication import DltAdjudication
from dosing.models.dlt_assessment import DltAssessment
from dosing.models.dose_decision import DoseDecision
from dosing.models.explicit_choice import ExplicitChoice
from dosing.models.infusion import Infusion, InfusionBag
from dosing.models.leukapheresis import Leukapheresis
from dosing.models.lymphodepletion import Lymphodepletion
from dosing.models.pause_resolution import PauseResolution
from dosing.models.product_milestone import ProductMilestone
from dosing.models.release_certificate import ReleaseCertificate
from dosing.models.reservation import Reservation
from dosing.models.rp2d_decision import Rp2dDecision
from dosing.models.slot import Slot
from dosing.models.stored_characteristics import StoredCharacteristics

__all__ = [
    "DltAdjudication",
    "DltAssessment",
    "DoseDecision",
    "ExplicitChoice",
    "Infusion",
    "InfusionBag",
    "Leukapheresis",
    "Lymphodepletion",
    "PauseResolution",
    "ProductMilestone",
    "ReleaseCertificate",
    "Reservation",
    "Rp2dDecision",
    "Slot",
    "StoredCharacteristics",
]
