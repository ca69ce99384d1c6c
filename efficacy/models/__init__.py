from efficacy.models.cytokines import CytokineResult, Cytokines
from efficacy.models.kinetics import BloodDetermination, BloodKinetics, TumourDetermination, TumourKinetics
from efficacy.models.new_lesions import NewLesion, NewLesionFinding, NewLesions
from efficacy.models.non_target_lesions import NonTargetFinding, NonTargetLesion, NonTargetLesions
from efficacy.models.overall_response import ResponseAssessment
from efficacy.models.target_lesions import TargetLesion, TargetLesions, TargetMeasurement

__all__ = [
    "BloodDetermination",
    "BloodKinetics",
    "CytokineResult",
    "Cytokines",
    "NewLesion",
    "NewLesionFinding",
    "NewLesions",
    "NonTargetFinding",
    "NonTargetLesion",
    "NonTargetLesions",
    "ResponseAssessment",
    "TargetLesion",
    "TargetLesions",
    "TargetMeasurement",
    "TumourDetermination",
    "TumourKinetics",
]
