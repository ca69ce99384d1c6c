"""What the trial is: its identity, its design, its endpoints, and where the registry text contradicts itself.

Sentences in `registry_text` are quoted as registered, mistakes included.
"""

from __future__ import annotations

from dataclasses import dataclass

_ORR = (
    "Objective response rate includes complete response and partial response defined by investigators according to "
    "RECIST 1.1or iRECIST criteria."
)
_PFS = (
    "Progression Free Survival is defined as the time from the initiation of CD70-CAR-T cell therapy to documented "
    "disease progression or death."
)
_TTR = (
    "Time to response is defined as the time from the initiation of CD70-CAR-T cell therapy to first assessed CR or PR "
    "by investigators according to RECIST 1.1or iRECIST criteria."
)
_OS = (
    "Overall Survival is defined as the time from the initiation of CD70-CAR-T cell therapy to documented disease "
    "progression or death."
)
_DLT = (
    "DLT was defined as CD70-CAR-T cells-related events with onset within first 28 days following infusion: The "
    "development of Grade (G) 3 or higher grade CRS lasting > 2 weeks; All G4 non-hematologic toxicities."
)
_AE = (
    "AE is defined as any adverse medical event from the date of randomization to 12 months after CD70-CAR-T cell "
    "infusion. Among them, CRS and ICANS were graded according to American Society for Transplantation and Cellular "
    "Therapy (ASTCT) criteria. Other AEs were graded according to common terminology criteria for adverse events "
    "(CTCAE) v5.0."
)
_MTD = (
    "MTD is defined as the highest dose level of less than or equal to 2 DLT among the 6 subjects finally determined."
)
_KINETICS = "Number and copy number of CD70-CAR-T cells are evaluated by number in peripheral blood and tumor tissue."
_DOR = (
    "Duration of response is defined as the time from objective response until documented tumor progression among "
    "responders."
)
_PEAK = "Peak was defined as the maximum post-baseline level of the cytokine."
_AT_LEAST_12 = (
    "In this clinical trial, at least 12 eligible patients in dose escalation period will be enrolled to receive 3 "
    'doses of CD70-CAR cell therapy according to the "3+3" principle.'
)
_AT_MOST_21 = (
    "In dose expansion period, additional at most 21 eligible patients will be enrolled to receive CD70-CAR-T cell "
    "therapy at dose of recommended phase 2 dose(RP2D)."
)


@dataclass(frozen=True)
class Fact:
    """One row of the design table; `assumption` is true when no public text settles it."""

    name: str
    value: str
    assumption: bool = False


@dataclass(frozen=True)
class Endpoint:
    """One registered endpoint: its sentence and time frame, and what the product does differently ("" if nothing)."""

    code: str
    name: str
    registry_text: str
    time_frame: str
    primary: bool
    deviation: str = ""


@dataclass(frozen=True)
class Contradiction:
    """A place where the registry text contradicts itself, or needs a choice, and the choice made."""

    registry_text: str
    problem: str
    product_does: str
    assumption: bool


@dataclass(frozen=True)
class Study:
    """The identity of the trial. The sponsor's and site's names are not in the public record."""

    protocol_number: str
    short_title: str
    title: str
    registry_identifier: str
    phase: str
    sponsor: str
    site_code: str
    site_name: str
    time_zone: str


STUDY = Study(
    protocol_number="CD70-CART-101",
    short_title="CART-101",
    title="CD70 Targeted CAR-T Cells in CD70 Positive Advanced/Metastatic Solid Tumors",
    registry_identifier="NCT05947487",
    phase="Phase 1/2",
    sponsor="Sponsor",
    site_code="01",
    site_name="Shanghai",
    time_zone="Asia/Shanghai",
)

DESIGN_FACTS: tuple[Fact, ...] = (
    Fact("Design", "Single centre, single arm, prospective, open label, phase 1/2"),
    Fact("Population", "Adults with CD70-positive advanced or metastatic solid tumours"),
    Fact("Product", "Autologous CD70-targeting CAR-T cells, one infusion"),
    Fact("Dose levels", "DL1 1 × 10⁶, DL2 3 × 10⁶, DL3 1 × 10⁷ CAR+ cells/kg"),
    Fact("Escalation part", "“3+3”, at least 12 eligible subjects (3 + 3 + 6)"),
    Fact("Expansion part", "At most 21 additional subjects at the RP2D"),
    Fact("RP2D", "Chosen from the escalation data: DLT, PK/PD, efficacy and other parameters"),
    Fact("DLT window", "Onset within the first 28 days following infusion"),
    Fact(
        "DLT",
        "Related to the CAR-T cells, and (a) CRS grade 3 or higher lasting more than 2 weeks, or (b) any grade 4 "
        "non-hematologic toxicity",
    ),
    Fact("MTD", "Highest dose level with at most 2 DLTs among the 6 subjects finally determined"),
    Fact("AE period", "From enrolment (eligibility confirmed) to 12 months after infusion", assumption=True),
    Fact("Grading", "CRS and ICANS: ASTCT consensus (Lee 2019); every other AE: CTCAE v5.0"),
    Fact(
        "Cellular kinetics",
        "Number and copy number of CD70-CAR-T cells, peripheral blood and tumour tissue, up to 3 years",
    ),
    Fact("Efficacy", "ORR, PFS, TTR, DOR, OS by investigators, RECIST 1.1 or iRECIST, up to 3 years"),
    Fact(
        "Pharmacodynamics",
        "Peak serum IL-2, IL-6, IL-8, IL-10, TNF-α, CRP, ferritin; the highest post-baseline value to Day 28",
    ),
)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "AE", "Incidence of treatment related adverse events", _AE,
        "Up to 12 months since the initiation of CD70-CAR-T cell therapy.", True,
        "The period opens at enrolment, when eligibility is confirmed: a single arm randomises nobody.",
    ),
    Endpoint(
        "DLT", "Incidence of dose limiting toxicities (DLTs)", _DLT,
        "Up to 28 days since the initiation of CD70-CAR-T cell therapy", True,
    ),
    Endpoint(
        "MTD", "Maximum tolerated dose (MTD)", _MTD,
        "Up to 28 days since the initiation of CD70-CAR-T cell therapy", True,
        "Escalation needs at most 1 DLT in 6; at most 2 in 6 governs the declaration of the MTD.",
    ),
    Endpoint("KINETICS", "Number and copy number of CD70-CAR-T cells", _KINETICS, "Up to 3 years", False),
    Endpoint(
        "ORR", "Objective response rate (ORR)", _ORR, "Up to 3 years", False,
        "Both criteria are always derived and never mixed within a subject; RECIST 1.1 leads the tables.",
    ),
    Endpoint("PFS", "Progression Free Survival (PFS)", _PFS, "Up to 3 years", False),
    Endpoint("TTR", "Time to response (TTR)", _TTR, "Up to 3 years", False),
    Endpoint(
        "DOR", "Duration of response (DOR)", _DOR, "Up to 3 years", False,
        "Death also ends a response; the literal reading is a sensitivity analysis.",
    ),
    Endpoint(
        "OS", "Overall Survival (OS)", _OS, "Up to 3 years", False,
        "The registry's sentence defines PFS. The product computes the time from infusion to death from any cause.",
    ),
    Endpoint(
        "PEAK", "Pharmacodynamics: Peak level of cytokines in serum", _PEAK,
        "Up to 28 days since the initiation of CD70-CAR-T cell therapy", False,
    ),
)  # fmt: skip

CONTRADICTIONS: tuple[Contradiction, ...] = (
    Contradiction(
        _AE.split(".")[0] + ".",
        "A single arm randomises nobody.",
        "The adverse event period opens at enrolment, when eligibility is confirmed.",
        assumption=True,
    ),
    Contradiction(
        _OS,
        "That is progression-free survival.",
        "Overall survival ends with death from any cause; the registry's sentence and this deviation are printed here.",
        assumption=False,
    ),
    Contradiction(
        _MTD,
        "The “3+3 principle” of the same record classically allows at most 1 of 6.",
        "Both: the 3+3 principle governs escalation (at most 1 of 6), the MTD sentence governs declaration (at most 2 "
        "of 6). The classical rule is a second, selectable rule set.",
        assumption=False,
    ),
    Contradiction(
        f"{_AT_LEAST_12} {_AT_MOST_21}",
        "At least 12 and at most 21 make 33 or more; the registry enrols 30.",
        "No fixed cap on the trial. The limits are protocol parameters; 21 treated in expansion is enforced, with a "
        "signed override.",
        assumption=False,
    ),
    Contradiction(
        _DLT,
        "“Within first 28 days” does not say whether the day of infusion is Day 0 or Day 1, and the Day-28 visit may "
        "take place up to Day 31.",
        "The infusion is Day 0 and the window holds Day 0 to Day 28, whatever the day of the visit.",
        assumption=True,
    ),
    Contradiction(
        _DOR,
        "Death without progression would leave a response without end.",
        "Death ends a response; the literal reading is a sensitivity analysis.",
        assumption=True,
    ),
)
