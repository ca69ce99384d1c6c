"""iRECIST: the responses of a whole course.

Purpose: tell progression that is confirmed from progression that later scans do not bear out.

Inputs: the lesions of the baseline, the time points in any order; new lesions are measured or not.

A *block* is an unconfirmed progression: its date, the categories that progressed (targets T, non-targets NT, new
lesions NL), their sums then. Time points are taken in order of date; not done is NE and changes nothing.

Algorithm
    1. No block: iUPD opens one if the targets meet PD, a non-target progresses unequivocally, a new lesion is
       certain, the measured new lesions have grown by 20 % and 5 mm over their own nadir, another new lesion has grown
       unequivocally, or disease is back after iCR. Else NE when some part is not evaluable, else the RECIST 1.1 answer
       with an "i"; iPR instead of iCR while a new lesion persists.
    2. Block, scan less than 28 days after it: disregarded (no confirmation, no nadir, no reset; iUPD stays), unless it
       was made for a new symptom and shows an additional new lesion: iCPD.
    3. Block, iCPD if any: T was progressing and the sum is at least 5 mm above the sum of the block (so +4 and then +2
       confirms); NT was progressing and increased further, unequivocally or not; the measured new lesions are at least
       5 mm above their sum in the block, another new lesion has increased, or an additional one is there; a category
       that was not progressing meets 1. Also when the targets are in PR.
    4. Block, no criterion of 1 holds, and a part that is needed is not evaluable: NE; the block stays.
    5. Block, no criterion of 1 holds: the block is erased and the answer is iCR, iPR or iSD. When the new lesions that
       opened it persist, only if the baseline disease is better than it was in the block. Not while a non-target that
       had progressed unequivocally is said not to have changed since: no change is iUPD again.
    6. Otherwise iUPD again: no change is never iCPD.
    7. iCPD more than 56 days after the block opened is flagged as late. After iCPD nothing is derived.

An equivocal new lesion opens no block; it does so on the scan that finds it certain. The comparison with the block is
made on the lesions that were evaluable in it. Clinical stability is collected and never alters the response.

Source: iRECIST, Seymour L et al., Lancet Oncol 2017;18:e143-e152; EORTC, RECIST working group, questions and answers.

>>> from decimal import Decimal
>>> mass = Baseline(targets=(TargetLesion("T01", Decimal(100)),))
>>> course = [
...     TimePoint(date(2025, month, 3), Findings({"T01": LesionObservation(LesionStatus.MEASURED, Decimal(mm))}))
...     for month, mm in enumerate((120, 124, 125), start=3)
... ]
>>> result = assess_irecist(mass, course)
>>> [point.response.value for point in result.points], result.progression_date.isoformat()
(['iUPD', 'iUPD', 'iCPD'], '2025-03-03')
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from efficacy.rules.exact import exactly
from efficacy.rules.irecist_block import Block, confirmation, needed_part_unknown, open_block, resolved, still_open
from efficacy.rules.irecist_scan import (
    LesionObservation,
    LesionStatus,
    Memory,
    Scan,
    Sighting,
    TargetLesion,
    first_memory,
    remember,
    scan_of,
)
from efficacy.rules.observations import Baseline, Contradiction, Findings, TimePoint, check
from efficacy.rules.recist_sequence import ResponseCourse
from efficacy.rules.response import ImmuneResponse, RecistConfig, Response
from trial_edc.protocol.parameters import integer

__all__ = [
    "RULE",
    "VERSION",
    "AssessedScan",
    "Baseline",
    "Findings",
    "ImmuneResponse",
    "IrecistConfig",
    "IrecistResult",
    "LesionObservation",
    "LesionStatus",
    "TargetLesion",
    "TimePoint",
    "assess_irecist",
]

RULE = "irecist-sequence"
VERSION = "1.0.0"

#: The RECIST 1.1 answer with an "i"; progression is handled before.
IMMUNE = {
    Response.CR: ImmuneResponse.ICR,
    Response.PR: ImmuneResponse.IPR,
    Response.SD: ImmuneResponse.ISD,
    Response.NON_CR_NON_PD: ImmuneResponse.NON_ICR_NON_IUPD,
    Response.NE: ImmuneResponse.NE,
}
#: The same the other way round; unconfirmed progression interrupts the confirmation of a response as PD does.
PLAIN = {immune: plain for plain, immune in IMMUNE.items()} | {
    ImmuneResponse.IUPD: Response.PD,
    ImmuneResponse.ICPD: Response.PD,
}


@dataclass(frozen=True)
class IrecistConfig:
    """Protocol parameters of iRECIST, days."""

    recist: RecistConfig = field(default_factory=RecistConfig)
    confirm_min_days: int = integer("irecist.confirm_min_days")
    early_tolerance_days: int = integer("irecist.early_tolerance_days")
    late_after_days: int = integer("irecist.late_after_days")


@dataclass(frozen=True)
class AssessedScan:
    """One time point; `response` is None after iCPD, when nothing is derived any more."""

    date: date
    response: ImmuneResponse | None
    flags: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class IrecistResult:
    """All time points in order of date.

    `progression_date`: first iUPD of the confirmed block. `pending_since`: first iUPD of a block still open at the end.
    """

    points: tuple[AssessedScan, ...]
    confirmed_progression: bool
    progression_date: date | None
    late_confirmation: bool
    pending_since: date | None
    because: str


@dataclass(frozen=True)
class _Answer:
    """What one scan adds: its response, the block and the memory after it."""

    response: ImmuneResponse
    sentence: str
    block: Block | None
    memory: Memory
    flags: tuple[str, ...] = ()


@exactly
def assess_irecist(
    baseline: Baseline,
    time_points: Iterable[TimePoint],
    config: IrecistConfig = IrecistConfig(),
) -> IrecistResult:
    """Assess a course by the algorithm above. Raises Contradiction."""
    given = tuple(time_points)
    check(baseline, given)
    _check_kinds(given)
    memory, block, confirmed = first_memory(baseline), None, False
    course = ResponseCourse(config.recist)
    points: list[AssessedScan] = []
    for point in sorted(given, key=lambda each: each.date):
        if confirmed:
            points.append(AssessedScan(point.date, None, (), "After iCPD nothing is derived."))
            continue
        answer = _assess(baseline, point, memory, block, config)
        points.append(_persisting(point.date, answer, course))
        memory, block = answer.memory, answer.block
        confirmed = answer.response is ImmuneResponse.ICPD
    return _result(points, block, confirmed)


def _assess(
    baseline: Baseline, point: TimePoint, memory: Memory, block: Block | None, config: IrecistConfig
) -> _Answer:
    """Assess one time point: steps 1 to 6."""
    if point.findings is None:
        return _Answer(ImmuneResponse.NE, "not done", block, memory)
    scan = scan_of(baseline, point.findings, memory, config.recist)
    if block is None:
        return _without_block(point.date, scan, memory)
    if (point.date - block.since).days < config.confirm_min_days - config.early_tolerance_days:
        return _early(point, scan, memory, block)
    return _with_block(point.date, scan, memory, block, config)


def _without_block(day: date, scan: Scan, memory: Memory) -> _Answer:
    """Step 1."""
    after = remember(memory, scan)
    if scan.criteria:
        return _Answer(ImmuneResponse.IUPD, "; ".join(scan.criteria.values()), open_block(day, scan, memory), after)
    if not scan.evaluable:
        return _Answer(ImmuneResponse.NE, _unknown(scan), None, after)
    return _non_progressive(scan, after, scan.recist.because)


def _early(point: TimePoint, scan: Scan, memory: Memory, block: Block) -> _Answer:
    """Step 2."""
    days = (point.date - block.since).days
    if point.new_symptom and scan.new.being(Sighting.FRESH):
        sentence = f"additional new lesion on a scan for a new symptom, {days} days after iUPD"
        return _Answer(ImmuneResponse.ICPD, sentence, block, remember(memory, scan))
    sentence = f"only {days} days after iUPD: disregarded"
    return _Answer(ImmuneResponse.IUPD, sentence, block, memory, ("EARLY_SCAN_DISREGARDED",))


def _with_block(day: date, scan: Scan, memory: Memory, block: Block, config: IrecistConfig) -> _Answer:
    """Steps 3 to 6."""
    after = remember(memory, scan)
    confirmed = confirmation(block, scan, config.recist)
    if confirmed is not None:
        late = ("LATE_CONFIRMATION",) if (day - block.since).days > config.late_after_days else ()
        return _Answer(ImmuneResponse.ICPD, f"iUPD of {block.since} confirmed: {confirmed}", block, after, late)
    kept = still_open(block, scan)
    if not scan.criteria and (not scan.evaluable or needed_part_unknown(block, scan)):
        return _Answer(ImmuneResponse.NE, f"{_unknown(scan)}; iUPD of {block.since} stays open", kept, after)
    if not scan.criteria and resolved(block, scan):
        return _non_progressive(scan, after, f"{scan.recist.because} iUPD of {block.since} is erased")
    return _Answer(ImmuneResponse.IUPD, f"iUPD of {block.since} neither confirmed nor erased", kept, after)


def _non_progressive(scan: Scan, after: Memory, sentence: str) -> _Answer:
    """The RECIST 1.1 answer with an "i"; complete only when no new lesion is left."""
    response = scan.recist.overall
    if response is not Response.CR:
        return _Answer(IMMUNE[response], sentence, None, after)
    if scan.new.present:
        short_of = Response.NON_CR_NON_PD if scan.recist.target is Response.NA else Response.PR
        return _Answer(IMMUNE[short_of], f"{sentence} A new lesion persists", None, after)
    return _Answer(ImmuneResponse.ICR, sentence, None, replace(after, after_complete=True))


def _unknown(scan: Scan) -> str:
    """What keeps the scan from being judged."""
    unknown = sorted(scan.new.being(Sighting.UNKNOWN))
    words = [f"new lesion {', '.join(unknown)} not evaluable"] if unknown else []
    if not words or scan.recist.overall is Response.NE:
        words.append(scan.recist.because.rstrip("."))
    return "; ".join(words)


def _persisting(day: date, answer: _Answer, course: ResponseCourse) -> AssessedScan:
    """The response as the parameter on partial responses reports it."""
    response, flags = answer.response, answer.flags
    if response is ImmuneResponse.ISD and course.persists(Response.SD):
        response, flags = ImmuneResponse.IPR, (*flags, "PR_PERSISTS")
    if "EARLY_SCAN_DISREGARDED" not in flags:
        course.add(day, PLAIN[response], may_be_erased=True)
    return AssessedScan(day, response, flags, f"{answer.sentence.rstrip('.')}: {response}.")


def _check_kinds(time_points: Sequence[TimePoint]) -> None:
    """Raise Contradiction when a new lesion is measured at one time point and not at another."""
    measured: dict[str, bool] = {}
    for number, point in enumerate(time_points):
        for name, lesion in (point.findings.new_lesions if point.findings else {}).items():
            sized = lesion.measured is not None
            if (sized or lesion.present) and measured.setdefault(name, sized) is not sized:
                raise Contradiction(f"timepoints[{number}].new_lesions.{name}", "is measured at some time points only")


def _result(points: Sequence[AssessedScan], block: Block | None, confirmed: bool) -> IrecistResult:
    since = block.since if block else None
    return IrecistResult(
        points=tuple(points),
        confirmed_progression=confirmed,
        progression_date=since if confirmed else None,
        late_confirmation=any("LATE_CONFIRMATION" in each.flags for each in points),
        pending_since=None if confirmed else since,
        because=" ".join(f"{each.date}: {each.because}" for each in points) or "No time point.",
    )
