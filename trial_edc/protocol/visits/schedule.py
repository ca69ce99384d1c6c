"""The schedule of assessments: every visit, its window and its forms.

Windows are data, counted from consent, lymphodepletion Day 1 and infusion (Day 0). A public holiday never
moves a visit: a DLT-relevant date depends on the infusion alone. The visit window of Day 28 (−0/+3 days) is
not the DLT window, which stays Day 0 to Day 28 whenever the visit takes place.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from trial_edc.protocol.forms import FORMS, LOG_FORMS
from trial_edc.protocol.visits.matrix import EXPECTED_RECORDS, Mark, mark_for
from trial_edc.protocol.visits.model import Anchor, Anchors, Group, Timing, Visit, VisitKind, VisitWindow
from trial_edc.protocol.visits.unscheduled import FIRST, number_of
from trial_edc.protocol.windows import add_months

#: Days from lymphodepletion Day 1 to the planned infusion (lymphodepletion on Day −5, −4, −3).
LYMPHODEPLETION_TO_INFUSION_DAYS = 5


def _forms(column: str, mark: Mark, study_day: int | None) -> tuple[str, ...]:
    return tuple(form.oid for form in FORMS if mark_for(form.oid, column, study_day) is mark)


def _visit(
    code: str,
    label: str,
    group: Group,
    timing: Timing | None,
    *,
    column: str,
    kind: VisitKind = VisitKind.PLANNED,
    provisional: Timing | None = None,
    study_day: int | None = None,
    assumption: bool = True,
    note: str = "",
) -> Visit:
    """A visit whose forms come from a column of the matrix."""
    return Visit(
        code=code,
        label=label,
        group=group,
        timing=timing,
        required_forms=_forms(column, Mark.REQUIRED, study_day),
        optional_forms=_forms(column, Mark.OPTIONAL, study_day),
        log_forms=_forms(column, Mark.LOG, study_day),
        column=column,
        kind=kind,
        provisional=provisional,
        study_day=study_day,
        assumption=assumption,
        note=note,
    )


def _infusion_day(
    day: int, column: str, *, lower: int = 0, upper: int = 0, assumption: bool = True, note: str = ""
) -> Visit:
    group = Group.DAYS_1_14 if day <= 14 else Group.DAYS_17_28
    timing = Timing(Anchor.INFUSION, offset_days=day, lower=lower, upper=upper)
    return _visit(
        f"D{day}", f"Day {day}", group, timing, column=column, study_day=day, assumption=assumption, note=note
    )


def _follow_up_days(month: int, days: int, width: int, column: str, *, assumption: bool, note: str) -> Visit:
    timing = Timing(Anchor.INFUSION, offset_days=days, lower=-width, upper=width)
    label = f"Month {month}"
    return _visit(
        f"M{month}", label, Group.MONTHS_2_12, timing, column=column, study_day=days, assumption=assumption, note=note
    )


def _follow_up_months(month: int) -> Visit:
    timing = Timing(Anchor.INFUSION, offset_months=month, lower=-30, upper=30)
    note = "Response assessment while there is no progression; cellular kinetics to 3 years."
    label = f"Month {month}"
    return _visit(f"M{month}", label, Group.MONTHS_18_36, timing, column="M18-36", assumption=False, note=note)


_BEFORE_INFUSION = (
    _visit(
        "PRE", "CD70 pre-screening", Group.SCREENING, Timing(Anchor.CONSENT, lower=None, upper=None), column="PRE",
        note="Any time; archival or fresh tumour. Immunohistochemistry is required for entry.",
    ),
    _visit(
        "SCR", "Screening", Group.SCREENING, Timing(Anchor.CONSENT, upper=28), column="SCR",
        note="At most 28 days before leukapheresis; laboratory values at most 7 days and imaging at most 28 days "
        "before lymphodepletion.",
    ),
    _visit(
        "APH", "Leukapheresis", Group.PRODUCT, Timing(Anchor.ELIGIBILITY, upper=14), column="APH",
        note="At most 14 days after eligibility is confirmed. The chain-of-identity number is issued here.",
    ),
    Visit(
        code="MFG", label="Manufacturing and release", group=Group.PRODUCT,
        timing=Timing(Anchor.LEUKAPHERESIS, offset_days=28, lower=-7, upper=0),
        required_forms=(), optional_forms=(), log_forms=("PROD", "REL"), kind=VisitKind.LOG, assumption=False,
        note="No subject visit: a log of milestones, expected to take 21 to 28 days.",
    ),
    Visit(
        code="BRG", label="Bridging therapy", group=Group.PRODUCT, timing=None,
        required_forms=(), optional_forms=(), log_forms=("CM",), kind=VisitKind.LOG, assumption=False,
        note="A log between leukapheresis and lymphodepletion; the wash-out is checked before lymphodepletion.",
    ),
    _visit(
        "BL", "Baseline", Group.LYMPHODEPLETION,
        Timing(Anchor.LYMPHODEPLETION, offset_days=-1, lower=-2, upper=0), column="BL",
        note="Three days to one day before lymphodepletion (Day −8 to Day −6). Eligibility is checked again; a new "
        "baseline scan when the last one is older than 28 days.",
    ),
    *(
        _visit(
            f"LD{day}", f"Lymphodepletion day {day}", Group.LYMPHODEPLETION,
            Timing(Anchor.LYMPHODEPLETION, offset_days=day - 1), column="LD", assumption=False,
            note="Fludarabine and cyclophosphamide per square metre of body surface.",
        )
        for day in (1, 2, 3)
    ),
    _visit(
        "PIG", "Pre-infusion gate", Group.LYMPHODEPLETION,
        Timing(Anchor.INFUSION, offset_days=-1, lower=-1, upper=0), column="PIG", study_day=-1, assumption=False,
        provisional=Timing(
            Anchor.LYMPHODEPLETION, offset_days=LYMPHODEPLETION_TO_INFUSION_DAYS - 1, lower=-1, upper=0
        ),
        note="Temperature over 48 hours, oxygen saturation, vasopressors, infection, ECOG.",
    ),
)  # fmt: skip

_INFUSION = (
    _visit(
        "D0", "Infusion", Group.INFUSION, Timing(Anchor.INFUSION), column="D0", study_day=0, assumption=False,
        provisional=Timing(Anchor.LYMPHODEPLETION, offset_days=LYMPHODEPLETION_TO_INFUSION_DAYS),
        note="Identity check, dose check, vital signs at seven time points.",
    ),
    *(
        _infusion_day(day, "D1-14", assumption=False, note="Inpatient; vital signs every six hours, ICE daily.")
        for day in range(1, 15)
    ),
    _infusion_day(17, "D17-21", lower=-1, upper=1),
    _infusion_day(21, "D17-21", lower=-2, upper=2),
    _infusion_day(
        28, "D28", lower=0, upper=3, assumption=False,
        note="DLT assessment and first response. The visit may be up to three days late; "
        "the DLT window stays Day 0 to Day 28.",
    ),
)  # fmt: skip

_FOLLOW_UP = (
    _follow_up_days(2, 60, 7, "M2", assumption=True, note=""),
    _follow_up_days(3, 90, 7, "M3", assumption=False, note="Response; every three months to Month 12."),
    _follow_up_days(6, 180, 14, "M6-12", assumption=False, note="Response."),
    _follow_up_days(9, 270, 14, "M6-12", assumption=False, note="Response."),
    _follow_up_days(12, 365, 14, "M6-12", assumption=False, note="Response."),
    *(_follow_up_months(month) for month in (18, 24, 30, 36)),
)

_WITHOUT_PLAN = (
    Visit(
        code="SURV", label="Survival contact", group=Group.LOGS,
        timing=Timing(Anchor.SURVIVAL, lower=-30, upper=30),
        required_forms=("SURV",), optional_forms=("DTH",), log_forms=("AE", "SAE"), kind=VisitKind.EVENT,
        repeat_months=3, note="Every three months after progression or the end of visits; new anticancer therapy.",
    ),
    _visit("UNS", "Unscheduled visit", Group.LOGS, None, column="UNS", kind=VisitKind.UNSCHEDULED),
    _visit("EOS", "End of study", Group.LOGS, None, column="EOS", kind=VisitKind.EVENT),
    Visit(
        code="LTFU", label="Gene-therapy follow-up hand-over", group=Group.LOGS, timing=None,
        required_forms=(), optional_forms=(), log_forms=(), kind=VisitKind.EVENT,
        note="To 15 years under a separate protocol; only the hand-over is recorded here.",
    ),
    Visit(
        code="LOG", label="Running logs", group=Group.LOGS, timing=None,
        required_forms=(), optional_forms=(), log_forms=LOG_FORMS, kind=VisitKind.LOG, assumption=False,
    ),
)  # fmt: skip

#: Every visit in protocol order.
SCHEDULE: tuple[Visit, ...] = _BEFORE_INFUSION + _INFUSION + _FOLLOW_UP + _WITHOUT_PLAN

GROUPS: tuple[Group, ...] = tuple(Group)

_BY_CODE = {visit.code: visit for visit in SCHEDULE}
_ORDER = {visit.code: number for number, visit in enumerate(SCHEDULE)}


def visit(code: str) -> Visit:
    """The visit with this code; KeyError with a readable text otherwise.

    A further unscheduled visit is the unscheduled visit of the schedule under its own code and label.

    >>> visit("UNS3").label, visit("UNS3").optional_forms == visit("UNS").optional_forms
    ('Unscheduled visit 3', True)
    """
    found = _BY_CODE.get(code)
    return found if found is not None else _further(code)


@cache
def _further(code: str) -> Visit:
    number = number_of(code)
    if number is None:
        raise KeyError(f"The protocol has no visit {code}.")
    definition = _BY_CODE[FIRST]
    return replace(definition, code=code, label=f"{definition.label} {number}")


def order_of(code: str) -> tuple[int, int]:
    """Where a visit stands in protocol order, unscheduled ones by their number; KeyError for an unknown code.

    >>> order_of("D3") < order_of("D28") < order_of("UNS") < order_of("UNS2") < order_of("EOS")
    True
    """
    number = number_of(code)
    return (_ORDER[FIRST], number) if number is not None else (_ORDER[visit(code).code], 0)


def visits_in(group: Group) -> tuple[Visit, ...]:
    """The visits of one group of the matrix, in protocol order."""
    return tuple(candidate for candidate in SCHEDULE if candidate.group is group)


def forms_for(visit_code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """OIDs of the required and of the optional forms of a visit; running logs are in `Visit.log_forms`.

    >>> forms_for("LD1")
    (('VS', 'PE', 'HEM', 'LD'), ('CHEM', 'COAG'))
    """
    found = visit(visit_code)
    return found.required_forms, found.optional_forms


def expected_records(oid: str, visit_code: str) -> int:
    """How many records of a required form one visit expects: 7 sets of vital signs on Day 0, 4 on each of Days 1–14.

    >>> expected_records("VS", "D0"), expected_records("VS", "D3"), expected_records("VS", "D28")
    (7, 4, 1)
    """
    found = visit(visit_code)
    if oid not in found.required_forms:
        return 0
    return EXPECTED_RECORDS.get((oid, found.column or ""), 1)


def window(planned: Visit, anchors: Anchors, *, occurrence: int = 1) -> VisitWindow | None:
    """When a visit of one subject should take place, or None while nothing is known to count from.

    The visit's own anchor wins; while it is unknown, the provisional timing gives a forecast. `occurrence`
    counts repeating visits (survival contacts) from 1.

    >>> day_28 = window(visit("D28"), Anchors(infusion=date(2025, 3, 3)))
    >>> str(day_28.first), str(day_28.last)
    ('2025-03-31', '2025-04-03')
    """
    for timing in (planned.timing, planned.provisional):
        start = anchors.on(timing.anchor) if timing else None
        if timing is not None and start is not None:
            months = timing.offset_months + planned.repeat_months * occurrence
            return _around(start, timing, months, provisional=timing is planned.provisional)
    return None


def _around(start: date, timing: Timing, months: int, *, provisional: bool) -> VisitWindow:
    target = add_months(start, months) + timedelta(days=timing.offset_days)
    first = None if timing.lower is None else target + timedelta(days=timing.lower)
    last = None if timing.upper is None else target + timedelta(days=timing.upper)
    return VisitWindow(target, first, last, provisional)
