"""docs/generated/schedule.md: every visit, its window and its forms."""

from __future__ import annotations

from reports.docs.markdown import code, codes, page, section, table
from trial_edc.crf import registry
from trial_edc.protocol.visits.matrix import COLUMNS, MATRIX, NOTES, SAMPLE_DAYS, Mark
from trial_edc.protocol.visits.model import Anchor, Timing, Visit
from trial_edc.protocol.visits.schedule import GROUPS, expected_records, visits_in

INTRODUCTION = """\
Windows are counted from consent, from the first day of lymphodepletion and from the infusion (Day 0), in the trial's
time zone; both ends are included and no holiday moves one. The window of the Day-28 *visit* is not the DLT window,
which is always Day 0 to Day 28. *Assumed* marks a timing that no public text settles."""

ANCHOR_WORDS = {
    Anchor.CONSENT: "consent",
    Anchor.ELIGIBILITY: "eligibility confirmed",
    Anchor.LEUKAPHERESIS: "leukapheresis",
    Anchor.LYMPHODEPLETION: "lymphodepletion day 1",
    Anchor.INFUSION: "infusion",
    Anchor.SURVIVAL: "start of survival follow-up",
    Anchor.NONE: "",
}
MARK_WORDS = {Mark.REQUIRED: "R", Mark.OPTIONAL: "O", Mark.LOG: "L", Mark.NONE: ""}
HEADERS = ("Visit", "Label", "Target", "Window", "Required", "If applicable", "Running logs", "Assumed", "Note")


def write() -> str:
    """Return the page."""
    groups = [section(group.value, table(HEADERS, [_visit(visit) for visit in visits_in(group)])) for group in GROUPS]
    return page("Schedule of assessments", INTRODUCTION, *groups, _matrix(), _sample_days(), _notes())


def _visit(visit: Visit) -> tuple[object, ...]:
    return (
        code(visit.code), visit.label, target(visit), window(visit.timing), _required(visit),
        codes(visit.optional_forms), codes(visit.log_forms), visit.assumption, visit.note,
    )  # fmt: skip


def target(visit: Visit) -> str:
    """Return when a visit is planned, in words; a forecast stands in brackets."""
    if visit.timing is None:
        return "when it happens"
    words = _offset(visit.timing)
    if visit.repeat_months:
        words = f"every {visit.repeat_months} months from {ANCHOR_WORDS[visit.timing.anchor]}"
    return f"{words} (forecast: {_offset(visit.provisional)})" if visit.provisional else words


def _offset(timing: Timing) -> str:
    anchor = ANCHOR_WORDS[timing.anchor]
    if timing.offset_months:
        return f"{anchor} + {timing.offset_months} months"
    if timing.offset_days:
        return f"{anchor} {'+' if timing.offset_days > 0 else '−'} {abs(timing.offset_days)} days"
    return anchor


def window(timing: Timing | None) -> str:
    """Return the days around the target.

    >>> window(Timing(Anchor.INFUSION, offset_days=28, lower=0, upper=3)), window(Timing(Anchor.CONSENT, lower=None))
    ('0/+3 days', 'open/0 days')
    """
    if timing is None:
        return ""
    low = "open" if timing.lower is None else f"−{-timing.lower}" if timing.lower else "0"
    high = "open" if timing.upper is None else f"+{timing.upper}" if timing.upper else "0"
    return "open" if low == high == "open" else "on the day" if low == high == "0" else f"{low}/{high} days"


def _required(visit: Visit) -> str:
    shown = []
    for oid in visit.required_forms:
        count = expected_records(oid, visit.code)
        shown.append(code(oid) + (f" × {count}" if count > 1 else ""))
    return " ".join(shown)


def _matrix() -> str:
    registered = {model.crf.oid for model in registry.all_forms()}
    rows = [
        (code(oid), *(MARK_WORDS[marks[column]] for column in COLUMNS), oid in registered or "not yet")
        for oid, marks in MATRIX.items()
    ]
    words = "R = required, O = if applicable, L = running log. A form without an entry page is asked of no site yet."
    return section("Forms by column of the protocol's table", words, table(("Form", *COLUMNS, "Entry page"), rows))


def _sample_days() -> str:
    rows = [
        (code(oid), ", ".join(map(str, days.days)), days.otherwise.name.lower()) for oid, days in SAMPLE_DAYS.items()
    ]
    return section("Study days with a sample", table(("Form", "Required on days", "On other days"), rows))


def _notes() -> str:
    rows = [(code(oid), column, note) for (oid, column), note in NOTES.items()]
    return section("Notes", table(("Form", "Column", "Note"), rows))
