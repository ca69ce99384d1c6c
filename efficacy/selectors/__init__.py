from efficacy.selectors.history import AssessmentOnFile, Judgement, LesionHistory, lesion_history
from efficacy.selectors.samples import CytokineOnFile, KineticOnFile, Matrix, cytokine_samples, kinetic_samples

__all__ = [
    "AssessmentOnFile",
    "CytokineOnFile",
    "Judgement",
    "KineticOnFile",
    "LesionHistory",
    "Matrix",
    "cytokine_samples",
    "kinetic_samples",
    "lesion_history",
]
