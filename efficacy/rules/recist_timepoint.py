"""RECIST 1.1: the response at one time point.

Purpose: compute the response of the targets, of the non-targets and overall, with the numbers that decided it. The
investigator's response is recorded beside the computed one; neither overwrites the other.

Inputs: the lesions of the baseline (mm), the complete sums of earlier time points after baseline, the findings now.

Algorithm
    1. Sum of diameters S over the evaluable targets. Nadir: the smallest of the baseline sum and all earlier complete
       sums; a partial sum is never a nadir.
    2. Progression of the targets: S at least 5 mm and at least 20 % above the nadir. Over a nadir of 0 the second
       holds by itself.
    3. Some target missing or not evaluable: PD when the evaluable part alone is already progression, otherwise NE.
    4. Every target gone (0 mm, node below 10 mm): CR, before progression is asked. Nodes may leave a sum above 0: two
       growing from 4 to 9.5 mm are normal nodes, not progression.
    5. Progression: PD, before response is asked.
    6. S at least 30 % below the baseline sum: PR. Otherwise SD.
    7. Non-targets: any unequivocal progression PD, else any missing or not evaluable NE, else all absent with a normal
       tumour marker CR, else NON-CR/NON-PD.
    8. Overall as `recist-overall`.

Comparisons are exact. Percentages are for display and are not compared.

Source: RECIST 1.1, Eisenhauer EA et al., Eur J Cancer 2009;45:228-247, sections 4.3 and 4.4.

>>> mass = Baseline(targets=(TargetLesion("T01", Decimal(67)),))
>>> found = Findings(targets={"T01": LesionObservation(LesionStatus.MEASURED, Decimal(47))})
>>> result = assess_time_point(mass, found)
>>> result.overall.value, result.percent_from_baseline
('SD', Decimal('-29.8507'))
>>> print(result.because)
Target: sum 47 mm vs nadir 67 mm: -29.9 %, -20 mm; vs baseline 67 mm: -29.9 %: SD. Overall SD.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from efficacy.rules.exact import exactly, percent_change, percent_words, plain, signed
from efficacy.rules.observations import (
    Baseline,
    Findings,
    LesionObservation,
    LesionStatus,
    NewLesionStatus,
    NonTargetStatus,
    TargetLesion,
    check_findings,
)
from efficacy.rules.recist_overall import overall_response
from efficacy.rules.response import NewLesion, RecistConfig, Response

__all__ = [
    "RULE",
    "VERSION",
    "Baseline",
    "Findings",
    "LesionObservation",
    "LesionStatus",
    "RecistConfig",
    "TargetLesion",
    "TimePointResult",
    "assess_time_point",
    "baseline_sum",
]

RULE = "recist-timepoint"
VERSION = "1.0.0"

NOTHING = Findings()
#: A non-target lesion with one of these is still there.
THERE = (NonTargetStatus.PRESENT, NonTargetStatus.UNEQUIVOCAL_PD)


@dataclass(frozen=True)
class TargetSum:
    """The targets at one time point, mm: what each evaluable one adds, and whether every target is among them.

    `some_left`: an evaluable target is not gone.
    """

    values: Mapping[str, Decimal]
    complete: bool
    some_left: bool

    @property
    def sum_mm(self) -> Decimal:
        """Sum over the evaluable targets."""
        return sum(self.values.values(), Decimal(0))


@dataclass(frozen=True)
class TimePointResult:
    """The answer for one time point.

    `sum_mm` is None when there is no target, or when some target is not evaluable and the rest is not progression;
    `complete`: every target was evaluable, so that the sum can become the nadir. Percentages have 4 decimals; None
    when the sum is, or when it is compared with 0. `target_values`: what each evaluable target adds to the sum.
    """

    target: Response
    non_target: Response
    new_lesion: NewLesion
    overall: Response
    sum_mm: Decimal | None
    nadir_mm: Decimal | None
    baseline_mm: Decimal | None
    complete: bool
    target_values: Mapping[str, Decimal]
    target_disease: bool
    non_target_disease: bool
    target_because: str
    because: str

    @property
    def percent_from_baseline(self) -> Decimal | None:
        """Change of the sum from the baseline sum, percent."""
        return percent_change(self.sum_mm, self.baseline_mm)

    @property
    def percent_from_nadir(self) -> Decimal | None:
        """Change of the sum from the nadir, percent."""
        return percent_change(self.sum_mm, self.nadir_mm)

    @property
    def disease(self) -> bool:
        """Whether some lesion of the baseline is certainly still there."""
        return self.target_disease or self.non_target_disease


@exactly
def baseline_sum(baseline: Baseline) -> Decimal | None:
    """Sum of the targets at baseline, mm; None without targets."""
    return sum((lesion.mm for lesion in baseline.targets), Decimal(0)) if baseline.targets else None


@exactly
def assess_time_point(
    baseline: Baseline,
    findings: Findings | None,
    *,
    prior_complete_sums: Iterable[Decimal] = (),
    config: RecistConfig = RecistConfig(),  # noqa: B008 - frozen
) -> TimePointResult:
    """Assess one time point by the algorithm above; `findings` None: not done. Raises Contradiction."""
    if findings is not None:
        check_findings(baseline, findings)
    start = baseline_sum(baseline)
    nadir = None if start is None else min((start, *prior_complete_sums))
    return judge(baseline, findings, start, nadir, config)


def judge(
    baseline: Baseline, findings: Findings | None, start: Decimal | None, nadir: Decimal | None, config: RecistConfig
) -> TimePointResult:
    """The same with baseline sum and nadir known; for callers in the exact context that have checked the findings."""
    found = findings or NOTHING
    measured = sum_targets(baseline, found, config)
    target = _target(measured, start, nadir, config)
    non_target = non_target_response(baseline, found)
    new_lesion = new_lesion_finding(found)
    overall = overall_response(target, non_target, new_lesion)
    sum_mm = measured.sum_mm if measured.complete or target is Response.PD else None
    sum_mm = sum_mm if baseline.targets else None
    target_because = _target_sentence(baseline, measured, sum_mm, target, start, nadir)
    parts = [f"Target: {target_because}"]
    parts += [f"non-target {non_target}"] if baseline.non_targets else []
    parts += [f"new lesion {new_lesion}"] if new_lesion is not NewLesion.NONE else []
    sentence = "Not done: overall NE." if findings is None else f"{'; '.join(parts)}. Overall {overall}."
    return TimePointResult(
        target=target,
        non_target=non_target,
        new_lesion=new_lesion,
        overall=overall,
        sum_mm=sum_mm,
        nadir_mm=nadir,
        baseline_mm=start,
        complete=measured.complete and bool(baseline.targets),
        target_values=measured.values,
        target_disease=measured.some_left,
        non_target_disease=any(each.status in THERE for each in found.non_targets.values()),
        target_because=target_because,
        because=sentence,
    )


def sum_targets(baseline: Baseline, findings: Findings, config: RecistConfig) -> TargetSum:
    """Add up the evaluable targets."""
    values: dict[str, Decimal] = {}
    for lesion in baseline.targets:
        observation = findings.targets.get(lesion.lesion_id)
        extent = observation.extent_mm(config.too_small_mm) if observation else None
        if extent is not None:
            values[lesion.lesion_id] = extent
    some_left = any(
        not _gone(lesion, values[lesion.lesion_id], config) for lesion in baseline.targets if lesion.lesion_id in values
    )
    return TargetSum(values, len(values) == len(baseline.targets), some_left)


def _gone(lesion: TargetLesion, value: Decimal, config: RecistConfig) -> bool:
    """Whether a target has disappeared: a node once its short axis is normal."""
    return value < config.node_normal_below_mm if lesion.nodal else value == 0


def _target(measured: TargetSum, start: Decimal | None, nadir: Decimal | None, config: RecistConfig) -> Response:
    """Steps 3 to 6."""
    if start is None or nadir is None:
        return Response.NA
    total = measured.sum_mm
    progression = config.grown(total, nadir)
    if not measured.complete:
        return Response.PD if progression else Response.NE
    if not measured.some_left:
        return Response.CR
    if progression:
        return Response.PD
    return Response.PR if 100 * (start - total) >= config.pr_decrease_percent * start else Response.SD


def non_target_response(baseline: Baseline, findings: Findings) -> Response:
    """Step 7."""
    if not baseline.non_targets:
        return Response.NA
    statuses = {
        findings.non_targets[name].status if name in findings.non_targets else NonTargetStatus.NOT_EVALUABLE
        for name in baseline.non_targets
    }
    if NonTargetStatus.UNEQUIVOCAL_PD in statuses:
        return Response.PD
    if NonTargetStatus.NOT_EVALUABLE in statuses:
        return Response.NE
    if statuses == {NonTargetStatus.ABSENT} and not findings.marker_elevated:
        return Response.CR
    return Response.NON_CR_NON_PD


def new_lesion_finding(findings: Findings) -> NewLesion:
    """The strongest finding among the new lesions."""
    if any(lesion.present for lesion in findings.new_lesions.values()):
        return NewLesion.UNEQUIVOCAL
    if any(lesion.status is NewLesionStatus.EQUIVOCAL for lesion in findings.new_lesions.values()):
        return NewLesion.EQUIVOCAL
    return NewLesion.NONE


def _target_sentence(
    baseline: Baseline,
    measured: TargetSum,
    sum_mm: Decimal | None,
    target: Response,
    start: Decimal | None,
    nadir: Decimal | None,
) -> str:
    """The sums that decided: "sum 50 mm vs nadir 40 mm: +25.0 %, +10 mm: PD"."""
    if start is None or nadir is None:
        return "none at baseline"
    missing = [lesion.lesion_id for lesion in baseline.targets if lesion.lesion_id not in measured.values]
    if sum_mm is None:
        return f"not evaluable: {', '.join(missing)}: NE"
    partial = f" without {', '.join(missing)}" if missing else ""
    words = f"sum {plain(sum_mm)} mm{partial} vs nadir {plain(nadir)} mm: {percent_words(sum_mm, nadir)}"
    words += f", {signed(sum_mm - nadir)} mm"
    if target is Response.CR:
        words += "; every target gone"
    elif target is not Response.PD:
        words += f"; vs baseline {plain(start)} mm: {percent_words(sum_mm, start)}"
    return f"{words}: {target}"
