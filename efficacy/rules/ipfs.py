"""Progression-free survival by iRECIST of one subject.

Purpose: the progression date when progression has to be confirmed.

Inputs: time-point responses by iRECIST, why an unconfirmed progression was never confirmed, whether its confirming scan
is still to come, death; calendar dates.

Algorithm
    1. A block opens at the first iUPD and stays open through iUPD and NE.
    2. iSD, iPR, iCR or NON-iCR/NON-iUPD closes it: that progression never counts.
    3. iCPD confirms it: event on the date of its first iUPD; what follows is not looked at.
    4. A block still open at the end counts at its first iUPD when
       a. the subject stopped as clinically not stable, refused or missed further scans, or died, or
       b. every later scan is iUPD again and no scan is awaited, or
       c. it is stated that no scan is awaited.
       While the confirming scan is simply not due yet, and where nothing is stated, `pending_counts` decides.
    5. Otherwise death is the event; otherwise censored at the last evaluable (non-NE) scan, or at infusion.

Source: Seymour L et al., iRECIST: guidelines for response criteria for use in trials testing immunotherapeutics. Lancet
Oncol 2017;18:e143-152, section on time-to-event endpoints.

>>> start, day = date(2025, 1, 1), date.fromisoformat
>>> scans = (ImmuneAssessment(day("2025-03-01"), ImmuneResponse.IUPD),
...          ImmuneAssessment(day("2025-04-01"), ImmuneResponse.ICPD))
>>> result = immune_progression_free(start, scans)
>>> result.event, result.date.isoformat(), result.days
(1, '2025-03-01', 60)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from efficacy.rules.course import Contradiction

RULE = "ipfs"
VERSION = "1.0.0"


class ImmuneResponse(StrEnum):
    """Overall response of one time point (iRECIST)."""

    ICR = "iCR"
    IPR = "iPR"
    ISD = "iSD"
    NON_ICR_NON_IUPD = "NON-iCR/NON-iUPD"
    IUPD = "iUPD"
    ICPD = "iCPD"
    NE = "NE"


class NoConfirmation(StrEnum):
    """Why an unconfirmed progression was never confirmed."""

    NOT_STABLE = "not clinically stable"
    REFUSAL = "refusal"
    NON_COMPLIANCE = "non-compliance"
    DEATH = "death"
    ALL_LATER_UNCONFIRMED = "all later scans iUPD"


#: Responses that take an unconfirmed progression back.
RESETS = frozenset(
    {ImmuneResponse.ICR, ImmuneResponse.IPR, ImmuneResponse.ISD, ImmuneResponse.NON_ICR_NON_IUPD},
)

#: Reasons after which nobody waits for another scan.
FINAL_REASONS = frozenset(
    {NoConfirmation.NOT_STABLE, NoConfirmation.REFUSAL, NoConfirmation.NON_COMPLIANCE, NoConfirmation.DEATH},
)


@dataclass(frozen=True)
class ImmuneAssessment:
    """One tumour assessment."""

    date: date
    response: ImmuneResponse


@dataclass(frozen=True)
class OpenBlock:
    """What is known of a progression that was neither confirmed nor taken back; None = not stated."""

    reason: NoConfirmation | None = None
    awaiting_next_scan: bool | None = None


@dataclass(frozen=True)
class ImmuneProgressionFree:
    """Event 1 or 0 on `date`, `days` after infusion, with the sentence that explains it."""

    event: int
    date: date
    days: int
    because: str


@dataclass(frozen=True)
class _Block:
    """Dates of the iUPD of one block, and whether it was confirmed."""

    dates: tuple[date, ...] = ()
    confirmed: bool = False


def contradictions(
    start: date,
    assessments: Sequence[ImmuneAssessment],
    death: date | None = None,
    block: OpenBlock = OpenBlock(),
) -> Iterator[Contradiction]:
    """Why the facts cannot all be true, first reason first; nothing when they can."""
    if death is not None and death < start:
        yield Contradiction("death_date", f"{death} lies before start_date, {start}")
    if block.awaiting_next_scan and death is not None:
        yield Contradiction("awaiting_next_scan", f"no scan is awaited after death on {death}")
    if block.awaiting_next_scan and block.reason in FINAL_REASONS:
        yield Contradiction("awaiting_next_scan", f"no scan is awaited after {block.reason!s}")
    seen: set[date] = set()
    for number, item in enumerate(assessments):
        key = f"assessments[{number}].date"
        if item.date < start:
            yield Contradiction(key, f"{item.date} lies before start_date, {start}")
        if death is not None and item.date > death:
            yield Contradiction(key, f"{item.date} lies after death_date, {death}")
        if item.date in seen:
            yield Contradiction(key, f"{item.date} is the date of an earlier entry")
        seen.add(item.date)
    found = _last_block(assessments)
    if found.confirmed and not found.dates:
        yield Contradiction("assessments", "iCPD has no iUPD before it that it could confirm")


def immune_progression_free(
    start: date,
    assessments: Sequence[ImmuneAssessment],
    *,
    death: date | None = None,
    block: OpenBlock = OpenBlock(),
    pending_counts: bool = False,
    add_one_day: bool = True,
) -> ImmuneProgressionFree:
    """Derive iPFS by the algorithm above. The facts must be free of `contradictions`."""
    found = _last_block(assessments)
    why = _why_it_counts(found, death, block, pending_counts) if found.dates else None
    evaluable = [item.date for item in assessments if item.response is not ImmuneResponse.NE]
    if why is not None:
        event, day = 1, found.dates[0]
        sentence = f"Event on {day}, the first iUPD of the block: {why}."
    elif death is not None:
        event, day = 1, death
        sentence = f"Event on {day}: death without progression that counts."
    else:
        event, day = 0, max(evaluable, default=start)
        waiting = "; an iUPD awaits its confirming scan" if found.dates else ""
        place = "the last evaluable scan" if evaluable else "infusion, for want of an evaluable scan"
        sentence = f"Censored on {day}, {place}{waiting}."
    return ImmuneProgressionFree(event, day, (day - start).days + int(add_one_day), sentence)


def _last_block(assessments: Sequence[ImmuneAssessment]) -> _Block:
    """The confirmed block, else the block open at the end (no dates when there is none)."""
    dates: tuple[date, ...] = ()
    for item in sorted(assessments, key=lambda item: item.date):
        if item.response is ImmuneResponse.ICPD:
            return _Block(dates, confirmed=True)
        if item.response is ImmuneResponse.IUPD:
            dates = (*dates, item.date)
        elif item.response in RESETS:
            dates = ()
    return _Block(dates)


def _why_it_counts(found: _Block, death: date | None, block: OpenBlock, pending_counts: bool) -> str | None:
    """Why the block is the progression; None when it is not (yet)."""
    if found.confirmed:
        return "confirmed by iCPD"
    if block.reason is not None:
        return f"never confirmed ({block.reason})"
    if death is not None:
        return "never confirmed (death)"
    if not block.awaiting_next_scan and len(found.dates) > 1:
        return "never confirmed (all later scans iUPD)"
    if block.awaiting_next_scan is False:
        return "never confirmed (no further scan)"
    return "its confirming scan is pending, and the analysis counts it" if pending_counts else None
