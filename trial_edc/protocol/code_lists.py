"""Code lists: stored value and label, in the order of the choices. Values are CDISC submission values where a
CDISC list exists, and the words of the grading consensus elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

CodeList: TypeAlias = tuple[tuple[str, str], ...]

NO_YES: CodeList = (("Y", "Yes"), ("N", "No"))
NO_YES_NA: CodeList = (*NO_YES, ("NA", "Not applicable"))
SEX: CodeList = (("M", "Male"), ("F", "Female"))
RACE: CodeList = (
    ("ASIAN", "Asian"),
    ("WHITE", "White"),
    ("BLACK OR AFRICAN AMERICAN", "Black or African American"),
    ("AMERICAN INDIAN OR ALASKA NATIVE", "American Indian or Alaska Native"),
    ("NATIVE HAWAIIAN OR OTHER PACIFIC ISLANDER", "Native Hawaiian or other Pacific Islander"),
    ("OTHER", "Other"),
    ("UNKNOWN", "Unknown"),
)

TUMOUR_TYPE: CodeList = (
    ("RENAL CELL CARCINOMA", "Renal cell carcinoma"),
    ("NASOPHARYNGEAL CARCINOMA", "Nasopharyngeal carcinoma"),
    ("MESOTHELIOMA", "Mesothelioma"),
    ("NON-SMALL CELL LUNG CANCER", "Non-small cell lung cancer"),
    ("OVARIAN CANCER", "Ovarian cancer"),
    ("PANCREATIC CANCER", "Pancreatic cancer"),
    ("HEAD AND NECK CANCER", "Head and neck cancer"),
    ("GLIOBLASTOMA", "Glioblastoma"),
    ("MELANOMA", "Melanoma"),
    ("SARCOMA", "Sarcoma"),
    ("OTHER", "Other"),
)
SPECIMEN: CodeList = (("ARCHIVAL", "Archival tumour"), ("FRESH", "Fresh biopsy"))
STAINING_INTENSITY: CodeList = (("0", "0"), ("1", "1+"), ("2", "2+"), ("3", "3+"))

RELATIONSHIP: CodeList = (
    ("definite", "Definite"),
    ("probable", "Probable"),
    ("possible", "Possible"),
    ("unlikely", "Unlikely"),
    ("unrelated", "Unrelated"),
)
OUTCOME: CodeList = (
    ("RECOVERED/RESOLVED", "Recovered or resolved"),
    ("RECOVERED/RESOLVED WITH SEQUELAE", "Recovered or resolved with sequelae"),
    ("RECOVERING/RESOLVING", "Recovering or resolving"),
    ("NOT RECOVERED/NOT RESOLVED", "Not recovered or not resolved"),
    ("FATAL", "Fatal"),
    ("UNKNOWN", "Unknown"),
)
ACTION_TAKEN: CodeList = (
    ("DOSE NOT CHANGED", "Dose not changed"),
    ("DOSE REDUCED", "Dose reduced"),
    ("DRUG INTERRUPTED", "Interrupted"),
    ("DRUG WITHDRAWN", "Withdrawn"),
    ("NOT APPLICABLE", "Not applicable"),
    ("UNKNOWN", "Unknown"),
)
SERIOUS_CRITERIA: CodeList = (
    ("AESDTH", "Death"),
    ("AESLIFE", "Life-threatening"),
    ("AESHOSP", "Hospitalisation or its prolongation"),
    ("AESDISAB", "Disability"),
    ("AESCONG", "Congenital anomaly"),
    ("AESMIE", "Other medically important event"),
)
GRADING_STANDARD: CodeList = (("CTCAE v5.0", "CTCAE v5.0"), ("ASTCT 2019", "ASTCT 2019"))

OXYGEN_SUPPORT: CodeList = (
    ("none", "None"),
    ("nasal_cannula", "Nasal cannula"),
    ("blow_by", "Blow-by"),
    ("facemask", "Face mask"),
    ("nonrebreather", "Non-rebreather mask"),
    ("venturi", "Venturi mask"),
    ("high_flow_nc", "High-flow nasal cannula"),
    ("cpap", "CPAP"),
    ("bipap", "BiPAP"),
    ("mechanical_ventilation", "Intubation with mechanical ventilation"),
)
VASOPRESSOR: CodeList = (
    ("norepinephrine", "Norepinephrine"),
    ("epinephrine", "Epinephrine"),
    ("dopamine", "Dopamine"),
    ("phenylephrine", "Phenylephrine"),
    ("metaraminol", "Metaraminol"),
    ("vasopressin", "Vasopressin"),
)
CONSCIOUSNESS: CodeList = (
    ("normal", "Normal"),
    ("awakens_spontaneously", "Awakens spontaneously"),
    ("awakens_to_voice", "Awakens to voice"),
    ("awakens_to_tactile", "Awakens only to tactile stimulus"),
    ("unarousable_or_vigorous", "Unarousable, or only to vigorous or repetitive stimuli"),
)
SEIZURE: CodeList = (
    ("none", "None"),
    ("brief_resolves_rapidly", "Clinical seizure that resolved rapidly"),
    ("nonconvulsive_eeg_resolves", "Non-convulsive on EEG, resolved with treatment"),
    ("prolonged_gt_5min", "Longer than 5 minutes"),
    ("repetitive_no_return_to_baseline", "Repetitive without return to baseline"),
)
CEREBRAL_EDEMA: CodeList = (("none", "None"), ("focal", "Focal"), ("diffuse", "Diffuse"))

MISSING_REASON: CodeList = (("NOT DONE", "Not done"), ("UNKNOWN", "Unknown"), ("NOT APPLICABLE", "Not applicable"))
REASON_FOR_CHANGE: CodeList = (
    ("TRANSCRIPTION ERROR", "Transcription error"),
    ("SOURCE CORRECTED", "Source document was corrected"),
    ("NEW INFORMATION", "New information became available"),
    ("QUERY", "Answer to a query"),
    ("OTHER", "Other, explained in words"),
)
DISPOSITION: CodeList = (
    ("COMPLETED", "Completed"),
    ("ADVERSE EVENT", "Adverse event"),
    ("DEATH", "Death"),
    ("LOST TO FOLLOW-UP", "Lost to follow-up"),
    ("PHYSICIAN DECISION", "Physician decision"),
    ("PROGRESSIVE DISEASE", "Progressive disease"),
    ("PREGNANCY", "Pregnancy"),
    ("PROTOCOL DEVIATION", "Protocol deviation"),
    ("SCREEN FAILURE", "Screen failure"),
    ("STUDY TERMINATED BY SPONSOR", "Study terminated by sponsor"),
    ("TECHNICAL PROBLEMS", "Product could not be manufactured"),
    ("WITHDRAWAL BY SUBJECT", "Withdrawal by subject"),
    ("OTHER", "Other"),
)
CAUSE_OF_DEATH: CodeList = (
    ("PROGRESSIVE DISEASE", "Progressive disease"),
    ("ADVERSE EVENT", "Adverse event"),
    ("OTHER", "Other"),
    ("UNKNOWN", "Unknown"),
)
#: Why a subject without DLT does not count towards the decision and is replaced.
NOT_EVALUABLE_REASON: CodeList = (
    ("NOT INFUSED", "Not infused"),
    ("PROGRESSION DEATH", "Death from progression before Day 28"),
    ("WITHDRAWAL BY SUBJECT", "Withdrawal before Day 28"),
    ("OTHER THERAPY", "Other anticancer therapy before Day 28"),
    ("LOST TO FOLLOW-UP", "Lost to follow-up before Day 28"),
    ("DOSE OUTSIDE LIMITS", "Infused dose outside the limits"),
)

#: Every list by name.
CODE_LISTS: Mapping[str, CodeList] = {
    "NO_YES": NO_YES, "NO_YES_NA": NO_YES_NA, "SEX": SEX, "RACE": RACE, "TUMOUR_TYPE": TUMOUR_TYPE,
    "SPECIMEN": SPECIMEN, "STAINING_INTENSITY": STAINING_INTENSITY, "RELATIONSHIP": RELATIONSHIP, "OUTCOME": OUTCOME,
    "ACTION_TAKEN": ACTION_TAKEN, "SERIOUS_CRITERIA": SERIOUS_CRITERIA, "GRADING_STANDARD": GRADING_STANDARD,
    "OXYGEN_SUPPORT": OXYGEN_SUPPORT, "VASOPRESSOR": VASOPRESSOR, "CONSCIOUSNESS": CONSCIOUSNESS, "SEIZURE": SEIZURE,
    "CEREBRAL_EDEMA": CEREBRAL_EDEMA, "MISSING_REASON": MISSING_REASON, "REASON_FOR_CHANGE": REASON_FOR_CHANGE,
    "DISPOSITION": DISPOSITION, "CAUSE_OF_DEATH": CAUSE_OF_DEATH, "NOT_EVALUABLE_REASON": NOT_EVALUABLE_REASON,
}  # fmt: skip


def label(code_list: CodeList, value: str) -> str:
    """The label of a stored value; KeyError when the list does not hold it.

    >>> label(OUTCOME, "FATAL")
    'Fatal'
    """
    return dict(code_list)[value]
