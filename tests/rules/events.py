"""Adverse events described in text, for the tests of the DLT rule."""

from __future__ import annotations

from safety.rules.dlt import DltConfig, DltVerdict, Grading, adjudicate_dlt
from safety.rules.facts import TRIAL_TIME_ZONE, AdverseEventFacts, GradePeriod, Outcome, Relationship
from safety.rules.moments import Moment, parse_moment

INFUSION = "2025-03-03T10:00"
CRS = "Cytokine release syndrome"
PROTOCOL = DltConfig()


def moment(text: str) -> Moment | None:
    """A moment of the trial, None for a dash or nothing."""
    return parse_moment(text, TRIAL_TIME_ZONE) if text.strip("- ") else None


def history(text: str) -> tuple[GradePeriod, ...]:
    """`3 2025-03-23..2025-04-08, 1 2025-04-08` as grade periods."""
    periods = []
    for part in text.split(","):
        if part.strip():
            grade, span = part.split()
            start, _, end = span.partition("..")
            start_moment = moment(start)
            assert start_moment is not None
            periods.append(GradePeriod(int(grade), start_moment, moment(end)))
    return tuple(periods)


def judge(
    term: str = CRS,
    onset: str = "2025-03-05T10:00",
    end: str = "",
    grades: str = "",
    maximum: int | None = None,
    relation: Relationship | None = Relationship.POSSIBLE,
    cutoff: str = "2025-06-01T12:00",
    infusion: str = INFUSION,
    config: DltConfig = PROTOCOL,
    outcome: Outcome | None = None,
    grading: Grading | None = None,
    part: bool = False,
    specify: str | None = None,
    soc: str | None = None,
) -> DltVerdict:
    """Adjudicate one event described in text."""
    event = AdverseEventFacts(
        term,
        relation,
        moment(onset),
        moment(end),
        maximum,
        history(grades),
        grading=grading,
        outcome=outcome,
        part_of_event=part,
        term_specify=specify,
        soc=soc,
    )
    return adjudicate_dlt(event, infusion_at=moment(infusion), data_cutoff=moment(cutoff), config=config)
