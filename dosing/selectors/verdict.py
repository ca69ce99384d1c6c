"""The recommendation in words: headline, reason, steps, and the decision table with the cell that fired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dosing.rules.decision_table import Cell, Higher, decision_table
from dosing.rules.evaluability import Status
from dosing.rules.three_plus_three import TOO_TOXIC_ACTIONS, Action
from dosing.rules.trial_state import TrialAdvice
from dosing.selectors.levels import rule_set
from dosing.selectors.standing import Counted
from dosing.selectors.trial import Recruitment
from trial_edc.casebook.rendering.dates import study_moment

HEADLINES: dict[Action, Promise] = {
    Action.ENROLL_TO_3: gettext_lazy("Enrol at level %(level)s until three subjects are evaluable."),
    Action.WAIT: gettext_lazy("Hold at level %(level)s until everyone is decided."),
    Action.ESCALATE: gettext_lazy("Escalate from level %(level)s to level %(higher)s."),
    Action.EXPAND_TO_6: gettext_lazy("Treat %(more)s more at level %(level)s."),
    Action.ENROLL_TO_6: gettext_lazy("Enrol at level %(level)s until six subjects are evaluable."),
    Action.ENROLL_TO_6_AFTER_SRC_REVIEW: gettext_lazy("Review by the committee before more at level %(level)s."),
    Action.DECLARE_MTD: gettext_lazy("Level %(level)s is the MTD."),
    Action.DECLARE_MTD_NO_ESCALATION: gettext_lazy("Level %(level)s is the MTD. Do not escalate."),
    Action.STOP_NO_TOLERATED_DOSE: gettext_lazy("Stop dosing at level %(level)s. No dose is tolerated."),
    Action.TOO_TOXIC_MTD_IS_LOWER: gettext_lazy("Stop dosing at level %(level)s. The level below is the MTD."),
    Action.TOO_TOXIC_EXPAND_LOWER_TO_6: gettext_lazy("Stop dosing at level %(level)s. Fill the level below to six."),
    Action.SRC_DECISION: gettext_lazy("Level %(level)s is outside 3+3: the committee decides."),
}
CELL_WORDS: dict[Cell, Promise] = {
    Cell.ENROLL_TO_3: gettext_lazy("Enrol to 3"),
    Cell.ESCALATE: gettext_lazy("Escalate"),
    Cell.EXPAND_TO_6: gettext_lazy("Expand to 6"),
    Cell.ENROLL_TO_6: gettext_lazy("Enrol to 6"),
    Cell.ENROLL_TO_6_AFTER_SRC_REVIEW: gettext_lazy("Enrol to 6 after committee review"),
    Cell.DECLARE_MTD: gettext_lazy("Declare MTD"),
    Cell.DECLARE_MTD_NO_ESCALATION: gettext_lazy("Declare MTD, do not escalate"),
    Cell.TOO_TOXIC: gettext_lazy("Too toxic"),
    Cell.SRC_DECISION: gettext_lazy("Committee decides"),
}
GO = frozenset({Action.ESCALATE, Action.DECLARE_MTD, Action.DECLARE_MTD_NO_ESCALATION})


@dataclass(frozen=True)
class TableRow:
    """A row of the decision table; `here` says which cell applies now: "", "untested" or "closed"."""

    n: str
    x: str
    untested: str
    closed: str
    here: str


@dataclass(frozen=True)
class Verdict:
    """The recommendation of the protocol rule; `look` is "go", "wait" or "" for a stop."""

    level: int
    action: str
    look: str
    headline: str
    because: str
    steps: tuple[str, ...]
    table: tuple[TableRow, ...]


def verdict(
    advice: TrialAdvice, counted: list[Counted], recruiting: Recruitment, next_change: datetime | None
) -> Verdict:
    """Put the trial's advice into words."""
    stops = advice.closing is not None or advice.action in TOO_TOXIC_ACTIONS
    return Verdict(
        level=advice.level,
        action=advice.action.value,
        look="" if stops else ("go" if advice.action in GO else "wait"),
        headline=headline(advice),
        because=advice.because,
        steps=tuple(_steps(advice, counted, recruiting, next_change)),
        table=table(advice.decision.row_key, advice.decision.higher),
    )


def headline(advice: TrialAdvice) -> str:
    """Return the recommendation as one sentence."""
    words = str(HEADLINES[advice.action]) % {
        "level": advice.level,
        "higher": advice.level + 1,
        "more": rule_set().most_subjects - advice.current.tally.infused,
    }
    closing = advice.closing
    if closing is None or closing.level == advice.level:
        return words
    return _("Stop dosing at level %(level)s. %(words)s") % {"level": closing.level, "words": words}


def _steps(
    advice: TrialAdvice, counted: list[Counted], recruiting: Recruitment, next_change: datetime | None
) -> list[str]:
    steps = []
    levels = [advice.closing.level] if advice.closing and advice.closing.level != advice.level else []
    for level in [*levels, advice.level]:
        here = [one for one in counted if one.level == level]
        tally = advice.levels[level - 1].tally
        steps.append(
            _("Level %(level)s: %(x)s DLT in %(n)s evaluable subjects%(who)s.")
            % {"level": level, "x": tally.n_dlt, "n": tally.n_evaluable, "who": _names(here, Status.EVALUABLE_DLT)}
        )
    open_here = [one for one in counted if one.level == advice.level and one.status is Status.PENDING]
    if open_here:
        steps.append(_("Not decided yet%(who)s.") % {"who": _names(open_here, Status.PENDING)})
        if next_change is not None:
            steps.append(_("Next change by time alone: %(moment)s.") % {"moment": study_moment(next_change)})
    if recruiting.level is None:
        steps.append(_("Nobody is enrolled now. %(because)s") % {"because": recruiting.because})
    else:
        steps.append(_("Level %(level)s recruits up to %(n)s.") % {"level": recruiting.level, "n": recruiting.capacity})
    return steps


def _names(subjects: list[Counted], status: Status) -> str:
    found = [one.identifier for one in subjects if one.status is status]
    return f" ({', '.join(found)})" if found else ""


def table(row_key: str, higher: Higher | str) -> tuple[TableRow, ...]:
    """Return the whole decision table, the applying cell marked."""
    column = "untested" if higher == Higher.UNTESTED else "closed"
    return tuple(
        TableRow(
            row.n_text,
            row.x_text,
            str(CELL_WORDS[row.next_untested]),
            str(CELL_WORDS[row.next_closed]),
            column if row.key == row_key else "",
        )
        for row in decision_table(rule_set())
    )
