"""What must hold for every course, by RECIST 1.1 and by iRECIST."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from efficacy.rules.irecist_sequence import IMMUNE, IrecistConfig, IrecistResult, assess_irecist
from efficacy.rules.observations import Baseline, Findings, LesionObservation, LesionStatus, TimePoint
from efficacy.rules.recist_sequence import SequenceResult, assess_sequence
from efficacy.rules.recist_timepoint import assess_time_point
from efficacy.rules.response import ImmuneResponse, RecistConfig, Response
from tests.rules.response_cases import baseline, day, findings

SIZES = [str(Decimal(tenths) / 10) for tenths in range(0, 400, 7)]
targets = st.lists(st.sampled_from(["20", "33.3", "50.5", "15n", "20n"]), max_size=3)
found_target = st.sampled_from([*SIZES, "gone", "small", "ne", "-", "5+7.5"])
found_non_target = st.sampled_from(["pres", "inc", "dec", "abs", "abs", "une", "une=", "une+inc", "ne", "-"])
found_new = {
    "N": st.sampled_from(["new", "stable", "increased", "pd", "doubt", "absent", "not_evaluable"]),
    "M": st.sampled_from(["6", "12", "17.5", "30", "gone", "ne", "small", "12?"]),
}


@st.composite
def courses(draw: st.DrawFn, certain: bool = False) -> tuple[Baseline, list[TimePoint]]:
    """A baseline and time points; `certain`: without equivocal lesions."""
    lesions, non_targets = draw(targets), draw(st.integers(0, 2))
    points = []
    for at in sorted(draw(st.sets(st.integers(1, 300), max_size=6))):
        seen = draw(st.lists(found_target, min_size=len(lesions), max_size=len(lesions)))
        others = draw(st.lists(found_non_target, min_size=non_targets, max_size=non_targets))
        new = [f"{name}={draw(each)}" for name, each in found_new.items() if draw(st.integers(0, 3)) == 0]
        if certain:
            new = [text for text in new if not text.endswith(("doubt", "?"))]
        done = draw(st.integers(0, 9)) > 0
        found = findings(" ".join(seen), " ".join(others), " ".join(new)) if done else None
        points.append(TimePoint(day(at), found, new_symptom=draw(st.booleans())))
    return baseline(" ".join(lesions), non_targets), points


def overalls(result: SequenceResult) -> list[Response]:
    """The responses of a course."""
    return [point.overall for point in result.points]


def immune(result: IrecistResult) -> list[ImmuneResponse | None]:
    """The responses of a course by iRECIST."""
    return [point.response for point in result.points]


@settings(deadline=None)
@given(courses())
def test_the_order_of_lesions_and_of_visits_is_irrelevant(course: tuple[Baseline, list[TimePoint]]) -> None:
    lesions, points = course
    turned = Baseline(lesions.targets[::-1], lesions.non_targets[::-1])
    reversed_findings = [
        replace(point, findings=_turned(point.findings) if point.findings else None) for point in points[::-1]
    ]
    assert overalls(assess_sequence(turned, reversed_findings)) == overalls(assess_sequence(lesions, points))
    one, other = assess_irecist(turned, reversed_findings), assess_irecist(lesions, points)
    assert immune(one) == immune(other)
    assert (one.progression_date, one.pending_since) == (other.progression_date, other.pending_since)


def _turned(found: Findings) -> Findings:
    return Findings(
        dict(reversed(list(found.targets.items()))),
        dict(reversed(list(found.non_targets.items()))),
        dict(reversed(list(found.new_lesions.items()))),
    )


@settings(deadline=None)
@given(courses())
def test_the_nadir_never_rises_and_is_some_complete_sum(course: tuple[Baseline, list[TimePoint]]) -> None:
    result = assess_sequence(*course)
    nadirs = [point.result.nadir_mm for point in result.points]
    if not course[0].targets:
        assert set(nadirs) <= {None}
        return
    sums = [sum(lesion.mm for lesion in course[0].targets)]
    for point, nadir in zip(result.points, nadirs, strict=True):
        assert nadir == min(sums)
        if point.result.complete:
            sums.append(point.result.sum_mm or Decimal(0))


@settings(deadline=None)
@given(courses())
def test_confirmed_progression_follows_an_unconfirmed_one(course: tuple[Baseline, list[TimePoint]]) -> None:
    result = assess_irecist(*course)
    responses = immune(result)
    assert result.confirmed_progression == (ImmuneResponse.ICPD in responses)
    assert responses.count(ImmuneResponse.ICPD) <= 1
    if not result.confirmed_progression:
        assert None not in responses
        return
    end = responses.index(ImmuneResponse.ICPD)
    opened = [point.date for point in result.points[:end] if point.response is ImmuneResponse.IUPD]
    assert result.progression_date in opened
    since = [
        each.response
        for each in result.points[:end]
        if result.progression_date and each.date >= result.progression_date
    ]
    assert set(since) <= {ImmuneResponse.IUPD, ImmuneResponse.NE}
    symptom = next(each.new_symptom for each in course[1] if each.date == result.points[end].date)
    assert symptom or (result.points[end].date - min(opened)).days >= 28
    assert set(responses[end + 1 :]) <= {None}


@settings(deadline=None)
@given(courses())
def test_deleting_the_last_visit_changes_nothing_before_it(course: tuple[Baseline, list[TimePoint]]) -> None:
    lesions, points = course
    before, after = assess_irecist(lesions, points[:-1]), assess_irecist(lesions, points)
    assert after.points[:-1] == before.points
    shorter, longer = assess_sequence(lesions, points[:-1]), assess_sequence(lesions, points)
    if not any("NEW_LESION_SETTLED_LATER" in point.flags for point in longer.points):
        assert longer.points[: len(shorter.points)] == shorter.points


@settings(deadline=None)
@given(courses(certain=True))
def test_up_to_the_first_progression_both_criteria_agree(course: tuple[Baseline, list[TimePoint]]) -> None:
    recist, irecist = assess_sequence(*course), assess_irecist(*course)
    for one, other in zip(recist.points, irecist.points, strict=True):
        if one.overall is Response.PD:
            assert other.response is ImmuneResponse.IUPD
            return
        assert other.response is IMMUNE[one.overall]


@settings(deadline=None)
@given(courses(), st.sampled_from([Decimal(2), Decimal("0.5"), Decimal("1e-9"), Decimal(1000)]))
def test_scaling_all_millimetres_changes_nothing(course: tuple[Baseline, list[TimePoint]], factor: Decimal) -> None:
    lesions, points = course
    plain = RecistConfig()
    config = replace(
        plain,
        too_small_mm=plain.too_small_mm * factor,
        node_normal_below_mm=plain.node_normal_below_mm * factor,
        pd_increase_mm=plain.pd_increase_mm * factor,
    )
    scaled = Baseline(tuple(replace(lesion, mm=lesion.mm * factor) for lesion in lesions.targets), lesions.non_targets)
    larger = [replace(point, findings=_scaled(point.findings, factor) if point.findings else None) for point in points]
    assert overalls(assess_sequence(scaled, larger, config)) == overalls(assess_sequence(lesions, points))
    one, other = assess_irecist(scaled, larger, IrecistConfig(config)), assess_irecist(lesions, points)
    assert immune(one) == immune(other)


def _scaled(found: Findings, factor: Decimal) -> Findings:
    new = {
        name: replace(lesion, measured=_larger(lesion.measured, factor) if lesion.measured else None)
        for name, lesion in found.new_lesions.items()
    }
    return replace(
        found, targets={name: _larger(each, factor) for name, each in found.targets.items()}, new_lesions=new
    )


def _larger(seen: LesionObservation, factor: Decimal) -> LesionObservation:
    mm = None if seen.mm is None else seen.mm * factor
    return LesionObservation(seen.status, mm, tuple(part * factor for part in seen.fragments_mm))


ORDER = [Response.CR, Response.PR, Response.SD, Response.PD]
sizes = st.integers(0, 600).map(lambda tenths: Decimal(tenths) / 10)


@given(st.lists(sizes, min_size=3, max_size=3), st.lists(sizes, max_size=3), sizes)
def test_growth_of_one_lesion_never_makes_the_response_better(
    now: list[Decimal], prior: list[Decimal], growth: Decimal
) -> None:
    lesions = baseline("20 33.3 18n")
    names = ("T1", "T2", "T3")
    for grown in range(3):
        more = [mm + (growth if number == grown else 0) for number, mm in enumerate(now)]
        before, after = (
            assess_time_point(
                lesions, Findings(dict(zip(names, map(_measured, each), strict=True))), prior_complete_sums=prior
            )
            for each in (now, more)
        )
        assert ORDER.index(before.target) <= ORDER.index(after.target)


def _measured(mm: Decimal) -> LesionObservation:
    return LesionObservation(LesionStatus.MEASURED, mm)


@given(st.lists(sizes.filter(bool), min_size=1, max_size=4), st.lists(sizes, max_size=3), st.data())
def test_the_target_response_is_the_published_definition(
    start: list[Decimal], prior: list[Decimal], data: st.DataObject
) -> None:
    nodal = [data.draw(st.booleans()) for _mm in start]
    now = [data.draw(st.none() | sizes) for _mm in start]
    lesions = baseline(" ".join(f"{mm}{'n' * node}" for mm, node in zip(start, nodal, strict=True)))
    seen = {f"T{number}": _measured(mm) for number, mm in enumerate(now, start=1) if mm is not None}
    result = assess_time_point(lesions, Findings(seen), prior_complete_sums=prior)

    total, first = Fraction(sum(mm for mm in now if mm is not None)), Fraction(sum(start))
    nadir = min(first, *map(Fraction, prior)) if prior else first
    worse = total - nadir >= 5 and (nadir == 0 or (total - nadir) / nadir >= Fraction(1, 5))
    if None in now:
        expected = "PD" if worse else "NE"
    elif all(mm < 10 if node else mm == 0 for mm, node in zip(now, nodal, strict=True) if mm is not None):
        expected = "CR"
    elif worse:
        expected = "PD"
    else:
        expected = "PR" if (first - total) / first >= Fraction(3, 10) else "SD"
    assert result.target == expected


@given(st.lists(st.tuples(st.integers(1, 40), sizes), max_size=7))
def test_one_target_by_irecist_is_the_rule_in_plain_words(steps: list[tuple[int, Decimal]]) -> None:
    at, nadir, complete = 0, Decimal(40), False
    opened: tuple[int, Decimal] | None = None
    points: list[TimePoint] = []
    expected: list[str] = []
    for days, mm in steps:
        at += days
        points.append(TimePoint(day(at), Findings({"T1": _measured(mm)})))
        worse = mm > 0 and (complete or (mm - nadir >= 5 and 5 * (mm - nadir) >= nadir))
        better = "iCR" if mm == 0 else "iPR" if mm <= 28 else "iSD"
        if expected and expected[-1] in ("iCPD", "None"):
            expected.append("None")
        elif opened and at - opened[0] < 28:
            expected.append("iUPD")
        else:
            if opened and mm - opened[1] >= 5:
                expected.append("iCPD")
            elif worse:
                expected.append("iUPD")
                opened = opened or (at, mm)
            else:
                expected.append(better)
                opened, complete = None, complete or mm == 0
            nadir = min(nadir, mm)
    assert [str(response) for response in immune(assess_irecist(baseline("40"), points))] == expected
