"""The inventory of case report forms, F01 to F40, as the schedule of assessments names them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FormDefinition:
    """One form of the study.

    `repeats`: more than one record of this form may be filed at one visit (vital signs every six hours).
    `log`: a running record of the whole study, kept at the LOG pseudo-visit and shown on every visit.
    """

    code: str
    oid: str
    title: str
    repeats: bool = False
    log: bool = False


FORMS: tuple[FormDefinition, ...] = (
    FormDefinition("F01", "IC", "Informed consent"),
    FormDefinition("F02", "CD70", "CD70 expression"),
    FormDefinition("F03", "DM", "Demography"),
    FormDefinition("F04", "MH", "Medical history", repeats=True),
    FormDefinition("F05", "PT", "Prior anticancer therapy", repeats=True),
    FormDefinition("F06", "IE", "Eligibility"),
    FormDefinition("F07", "VS", "Vital signs", repeats=True),
    FormDefinition("F08", "PE", "Physical examination"),
    FormDefinition("F09", "HEM", "Haematology", repeats=True),
    FormDefinition("F10", "CHEM", "Chemistry", repeats=True),
    FormDefinition("F11", "COAG", "Coagulation", repeats=True),
    FormDefinition("F12", "SER", "Infection serology"),
    FormDefinition("F13", "PREG", "Pregnancy test"),
    FormDefinition("F14", "ECG", "Electrocardiogram", repeats=True),
    FormDefinition("F15", "ECHO", "Echocardiogram"),
    FormDefinition("F16", "APH", "Leukapheresis", repeats=True),
    FormDefinition("F17", "PROD", "Product milestones", repeats=True),
    FormDefinition("F18", "REL", "Release certificate", repeats=True),
    FormDefinition("F19", "LD", "Lymphodepletion"),
    FormDefinition("F20", "INF", "Infusion"),
    FormDefinition("F21", "CRS", "Cytokine release syndrome assessment", repeats=True),
    FormDefinition("F22", "ICANS", "ICE score and ICANS assessment", repeats=True),
    FormDefinition("F23", "CYT", "Cytokines and inflammation", repeats=True),
    FormDefinition("F24", "PKB", "Cellular kinetics, blood", repeats=True),
    FormDefinition("F25", "PKT", "Cellular kinetics, tumour", repeats=True),
    FormDefinition("F26", "TL", "Target lesions"),
    FormDefinition("F27", "NTL", "Non-target lesions"),
    FormDefinition("F28", "NL", "New lesions"),
    FormDefinition("F29", "RESP", "Overall response"),
    FormDefinition("F30", "DLT", "Day-28 DLT assessment"),
    FormDefinition("F31", "AE", "Adverse event", repeats=True, log=True),
    FormDefinition("F32", "SAE", "Serious adverse event report", repeats=True, log=True),
    FormDefinition("F33", "CM", "Concomitant and rescue medication", repeats=True, log=True),
    FormDefinition("F34", "TX", "Transfusions and growth factors", repeats=True, log=True),
    FormDefinition("F35", "IMM", "Immunology"),
    FormDefinition("F36", "HOSP", "Hospital and intensive care stay", repeats=True, log=True),
    FormDefinition("F37", "DV", "Protocol deviation", repeats=True, log=True),
    FormDefinition("F38", "DTH", "Death"),
    FormDefinition("F39", "SURV", "Survival status and new therapy", repeats=True),
    FormDefinition("F40", "EOS", "End of study"),
)

_BY_NAME = {name: definition for definition in FORMS for name in (definition.code, definition.oid)}

#: Forms that begin with a sample taken from the subject.
SAMPLE_FORMS: tuple[str, ...] = ("HEM", "CHEM", "COAG", "SER", "CYT", "PKB", "PKT", "IMM")

#: Forms kept once for the whole study rather than at a visit.
LOG_FORMS: tuple[str, ...] = tuple(definition.oid for definition in FORMS if definition.log)


def form(name: str) -> FormDefinition:
    """The form with this code ("F07") or OID ("VS"); KeyError with a readable text otherwise.

    >>> form("F07").oid, form("VS").title
    ('VS', 'Vital signs')
    """
    try:
        return _BY_NAME[name]
    except KeyError:
        raise KeyError(f"The protocol has no form {name}.") from None
