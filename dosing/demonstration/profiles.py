"""Who takes part in the demonstration: disease, staining, and what happened after the infusion, in study days."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

CRS_TERM = "Cytokine release syndrome"
ICANS_TERM = "Immune effector cell-associated neurotoxicity syndrome"
NEUTROPENIA = "Neutrophil count decreased"


@dataclass(frozen=True)
class Crs:
    """One assessment of cytokine release syndrome on a study day; the grade follows from it by the rule."""

    day: int
    temperature: str
    hypotension: bool = False
    vasopressors: tuple[str, ...] = ()
    oxygen: str = "none"
    flow: str = ""
    diagnosed: bool = False
    tocilizumab: bool = False
    steroid: bool = False


@dataclass(frozen=True)
class Ice:
    """One neurological assessment: points for orientation, naming, command, writing, attention."""

    day: int
    points: tuple[int, int, int, int, int] = (4, 3, 1, 1, 1)
    consciousness: str = "normal"
    steroid: bool = False


@dataclass(frozen=True)
class Event:
    """One adverse event: grades as (study day, grade), end as study day or None while it goes on."""

    term: str
    grades: tuple[tuple[int, int], ...]
    end: int | None
    related: str = "probable"
    lymphodepletion: str = "unrelated"
    serious: tuple[str, ...] = ()
    specify: str = ""
    treatment: str = ""
    #: What the report of the serious event tells; '' while nobody has written one.
    narrative: str = ""


@dataclass(frozen=True)
class Given:
    """One drug given for an event: the term it is given for, study days and the hour of its first administration.

    `last` is the study day of the last administration; a single dose ends on the day it begins.
    """

    drug: str
    drug_class: str
    dose: str
    first: int
    clock: str
    term: str = CRS_TERM
    last: int | None = None
    unit: str = "mg"
    route: str = "INTRAVENOUS"
    frequency: str = "ONCE"


@dataclass(frozen=True)
class Support:
    """One blood product or course of a growth factor, given for an event on study days."""

    product: str
    amount: str
    unit: str
    first: int
    term: str
    last: int | None = None


@dataclass(frozen=True)
class Profile:
    """One subject. `percent_of_plan` is what was infused of the planned cells."""

    birth_year: int
    sex: str
    tumour: str
    lines: int
    staining: tuple[int, int, int]
    weight: str = "65.0"
    percent_of_plan: Decimal = Decimal(100)
    crs: tuple[Crs, ...] = ()
    ice: tuple[Ice, ...] = ()
    events: tuple[Event, ...] = field(default_factory=tuple)
    given: tuple[Given, ...] = ()
    support: tuple[Support, ...] = ()

    @property
    def regimens(self) -> tuple[str, ...]:
        """Usual regimens of this tumour, in the order of the lines."""
        return REGIMENS[self.tumour]


#: Tumour -> regimens in the order of the lines; a long history begins again.
REGIMENS = {
    "RENAL CELL CARCINOMA": ("Pembrolizumab and axitinib", "Cabozantinib", "Everolimus and lenvatinib", "Sunitinib"),
    "PANCREATIC CARCINOMA": ("Gemcitabine and nab-paclitaxel", "Liposomal irinotecan and fluorouracil"),
    "OVARIAN CARCINOMA": ("Carboplatin and paclitaxel", "Liposomal doxorubicin", "Topotecan", "Gemcitabine"),
    "NASOPHARYNGEAL CARCINOMA": ("Gemcitabine and cisplatin", "Toripalimab", "Capecitabine"),
    "NON-SMALL CELL LUNG CARCINOMA": ("Pembrolizumab and pemetrexed", "Docetaxel", "Gemcitabine", "Anlotinib"),
    "GLIOBLASTOMA": ("Temozolomide", "Bevacizumab"),
}

CYTOPENIA = (
    Event(NEUTROPENIA, ((2, 3), (5, 4), (12, 2)), 21, "possible", "definite", treatment="G-CSF"),
    Event("Lymphocyte count decreased", ((0, 4), (10, 3)), 35, "possible", "definite"),
)
MILD_CRS = (
    Crs(1, "38.4"),
    Crs(2, "39.1", diagnosed=True),
    Crs(3, "37.6", diagnosed=True, tocilizumab=True),
    Crs(4, "36.8", diagnosed=True, tocilizumab=True),
)

CRS_NARRATIVE = (
    "Fever of 39.4 °C on Day 2 after the infusion of CD70 CAR-T cells, cultures taken, paracetamol. Hypotension on"
    " Day 3 that answered to fluids; tocilizumab 8 mg/kg at 15:20. On Day 4 at 03:40 norepinephrine for six hours and"
    " oxygen 3 L/min by nasal cannula: cytokine release syndrome grade 3, with ICANS grade 1. Dexamethasone from 10:30."
    " No vasopressor after 09:40, no oxygen after Day 6. Cultures without growth. Resolved on Day 7."
)
PARACETAMOL = Given("Paracetamol", "ANTIPYRETIC", "500", 1, "13:30", last=3, route="ORAL", frequency="Q6H")
TOCILIZUMAB = Given("Tocilizumab", "ANTI-IL-6", "8", 2, "16:00", unit="mg/kg")
GROWTH_FACTOR = Support("G-CSF", "300", "ug/day", 5, NEUTROPENIA, last=11)

PROFILES: dict[str, Profile] = {
    "01-001": Profile(
        1961, "M", "RENAL CELL CARCINOMA", 3, (10, 25, 55), "71.5", Decimal(99), MILD_CRS[:2],
        events=(
            Event(CRS_TERM, ((1, 1),), 4, treatment="Paracetamol"),
            *CYTOPENIA,
            Event("Fatigue", ((3, 1), (9, 2)), 40, "possible"),
        ),
        given=(PARACETAMOL,), support=(GROWTH_FACTOR,),
    ),
    "01-002": Profile(
        1955, "F", "PANCREATIC CARCINOMA", 2, (20, 30, 20), "52.0", Decimal(101),
        events=(Event("Nausea", ((1, 1),), 3, "unlikely", "probable"), CYTOPENIA[0]),
        support=(GROWTH_FACTOR,),
    ),
    "01-003": Profile(
        1970, "M", "RENAL CELL CARCINOMA", 4, (5, 20, 70), "80.2", Decimal(97), (),
        events=(CYTOPENIA[1], Event("Headache", ((5, 1),), 7, "possible")),
    ),
    "01-004": Profile(
        1967, "F", "OVARIAN CARCINOMA", 5, (15, 40, 30), "58.8", Decimal(100), MILD_CRS[:1],
        events=(
            Event(CRS_TERM, ((1, 1),), 2),
            Event("Alanine aminotransferase increased", ((6, 2), (13, 1)), 20, "possible"),
        ),
    ),
    "01-005": Profile(
        1959, "M", "RENAL CELL CARCINOMA", 2, (10, 30, 50), "76.0", Decimal(98), MILD_CRS,
        (Ice(2), Ice(4)),
        (Event(CRS_TERM, ((1, 1), (2, 1)), 5, treatment="Tocilizumab 8 mg/kg"), *CYTOPENIA),
        given=(PARACETAMOL, TOCILIZUMAB), support=(GROWTH_FACTOR,),
    ),
    "01-006": Profile(
        1963, "F", "NASOPHARYNGEAL CARCINOMA", 3, (10, 35, 45), "61.3", Decimal(102),
        (
            Crs(2, "39.4"),
            Crs(3, "39.6", hypotension=True, diagnosed=True),
            Crs(4, "38.2", hypotension=True, vasopressors=("NOREPINEPHRINE",), oxygen="nasal_cannula", flow="3",
                diagnosed=True, tocilizumab=True),
            Crs(5, "37.9", diagnosed=True, tocilizumab=True, steroid=True, oxygen="nasal_cannula", flow="2"),
            Crs(7, "36.7", diagnosed=True, tocilizumab=True, steroid=True),
        ),
        (Ice(4, (4, 3, 1, 0, 0)), Ice(5, (3, 2, 1, 0, 0), "awakens_to_voice", True), Ice(8)),
        (
            Event(CRS_TERM, ((2, 1), (3, 2), (4, 3), (5, 2)), 7, "definite",
                  serious=("HOSPITALIZATION", "LIFE THREATENING"),
                  treatment="Tocilizumab, norepinephrine, dexamethasone", narrative=CRS_NARRATIVE),
            Event(ICANS_TERM, ((4, 1), (5, 2)), 8, "definite",
                  treatment="Dexamethasone"),
            Event("Alanine aminotransferase increased", ((9, 3),), 24, "possible"),
            *CYTOPENIA,
        ),
        given=(
            Given("Paracetamol", "ANTIPYRETIC", "500", 2, "14:10", last=4, route="ORAL", frequency="Q6H"),
            Given("Tocilizumab", "ANTI-IL-6", "8", 3, "15:20", unit="mg/kg"),
            Given("Norepinephrine", "VASOPRESSOR", "0.06", 4, "03:40", unit="ug/kg/min", frequency="CONTINUOUS"),
            Given("Dexamethasone", "CORTICOSTEROID", "10", 4, "10:30", ICANS_TERM, last=7, frequency="Q6H"),
            Given("Levetiracetam", "ANTICONVULSANT", "500", 4, "11:00", ICANS_TERM, last=21, route="ORAL",
                  frequency="BID"),
        ),
        support=(GROWTH_FACTOR, Support("PLATELETS", "1", "U", 9, NEUTROPENIA)),
    ),
    "01-007": Profile(
        1972, "M", "NON-SMALL CELL LUNG CARCINOMA", 4, (20, 25, 35), "83.0", Decimal(100), MILD_CRS[:2],
        events=(Event(CRS_TERM, ((1, 1),), 3), Event("Diarrhea", ((4, 2),), 9, "possible")),
    ),
    "01-008": Profile(
        1958, "F", "RENAL CELL CARCINOMA", 2, (15, 30, 40), "55.4", Decimal(96), MILD_CRS[:3], (Ice(3),),
        (
            Event(CRS_TERM, ((1, 1), (2, 1)), 4, treatment="Tocilizumab"),
            Event("Skin and subcutaneous tissue disorders - Other, specify", ((8, 1),), 15, "possible",
                  specify="Transient facial flushing"),
        ),
        given=(TOCILIZUMAB,),
    ),
    "01-009": Profile(
        1966, "M", "GLIOBLASTOMA", 2, (25, 30, 25), "69.0", Decimal(99), MILD_CRS[:2], (Ice(2), Ice(5)),
        (Event(CRS_TERM, ((1, 1),), 4), Event("Fatigue", ((2, 2),), None, "possible")),
    ),
    "01-010": Profile(1975, "F", "RENAL CELL CARCINOMA", 3, (10, 20, 60), "63.5"),
    "01-011": Profile(1964, "F", "OVARIAN CARCINOMA", 6, (20, 20, 40)),
    "01-012": Profile(1969, "F", "PANCREATIC CARCINOMA", 2, (30, 20, 10)),
    "01-013": Profile(1951, "M", "RENAL CELL CARCINOMA", 1, (10, 5, 2)),
    "01-014": Profile(1973, "M", "NASOPHARYNGEAL CARCINOMA", 2, (0, 0, 0)),
}  # fmt: skip
