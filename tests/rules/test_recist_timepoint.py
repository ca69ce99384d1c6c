"""RECIST 1.1 at one time point: the criteria, their order, and the mistakes that other programs make."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest

from efficacy.rules.observations import (
    Findings,
    LesionObservation,
    LesionStatus,
)
from efficacy.rules.recist_overall import (
    NON_TARGET_RESPONSES,
    TARGET_RESPONSES,
    overall_because,
    overall_response,
)
from efficacy.rules.recist_timepoint import RecistConfig, assess_time_point, baseline_sum
from efficacy.rules.response import NewLesion, Response
from tests.rules.response_cases import baseline, findings
from tests.rules.tables import rows

# `15n` is a node; prior: complete sums before; `5+7` split, `-` not listed; % from baseline and from nadir
TARGETS = rows("""
baseline   | prior | now           | target | sum   | base     | nadir
100        |       | 70            | PR     | 70    | -30.0000 | -30.0000
100        |       | 70.1          | SD     | 70.1  | -29.9000 | -29.9000
67         |       | 47            | SD     | 47    | -29.8507 | -29.8507
14.0       |       | 9.8           | PR     | 9.8   | -30.0000 | -30.0000
33.3       |       | 23.31         | PR     | 23.31 | -30.0000 | -30.0000
33.3       |       | 23.3100000001 | SD     | 23.3100000001 | -30.0000 | -30.0000
40         | 27.0  | 32.4          | PD     | 32.4  | -19.0000 | 20.0000
40         | 27.0  | 32.3999999999 | SD     | 32.3999999999 | -19.0000 | 20.0000
20         | 3.2   | 8.2           | PD     | 8.2   | -59.0000 | 156.2500
20         | 3.2   | 8.1           | PR     | 8.1   | -59.5000 | 153.1250
50         | 30    | 36            | PD     | 36    | -28.0000 | 20.0000
50         | 24    | 28.9          | PR     | 28.9  | -42.2000 | 20.4167
100        | 90    | 107           | SD     | 107   | 7.0000   | 18.8889
60         | 40    | 50            | PD     | 50    | -16.6667 | 25.0000
100        | 40 45 | 50            | PD     | 50    | -50.0000 | 25.0000
100        | 40    | 45            | PR     | 45    | -55.0000 | 12.5000
20         | 0     | gone          | CR     | 0     | -100.0000 | -
20         | 0     | 5             | PD     | 5     | -75.0000 | -
20         | 0     | 4.9           | PR     | 4.9   | -75.5000 | -
20         | 0     | small         | PD     | 5     | -75.0000 | -
20         | 15    | small         | PR     | 5     | -75.0000 | -66.6667
20         |       | 0             | CR     | 0     | -100.0000 | -100.0000
20         |       | 3             | PR     | 3     | -85.0000 | -85.0000
15n        | 4     | 9.5           | CR     | 9.5   | -36.6667 | 137.5000
15n 16n    | 8     | 9.5 9.5       | CR     | 19    | -38.7097 | 137.5000
15n        | 4     | 10            | PD     | 10    | -33.3333 | 150.0000
15n        | 9     | 10            | PR     | 10    | -33.3333 | 11.1111
15n        |       | 9.99          | CR     | 9.99  | -33.4000 | -33.4000
15n        |       | small         | CR     | 5     | -66.6667 | -66.6667
15n        |       | gone          | CR     | 0     | -100.0000 | -100.0000
20 15n     |       | gone 9        | CR     | 9     | -74.2857 | -74.2857
20 15n     |       | gone 10       | PR     | 10    | -71.4286 | -71.4286
20 15n     |       | small 9       | PR     | 14    | -60.0000 | -60.0000
50 50      |       | 20+15.5 30    | PR     | 65.5  | -34.5000 | -34.5000
50 30      |       | 60 merged     | SD     | 60    | -25.0000 | -25.0000
50 30      |       | 56 merged     | PR     | 56    | -30.0000 | -30.0000
15n 15n    |       | 9 merged      | CR     | 9     | -70.0000 | -70.0000
100 20     | 70    | 84 -          | PD     | 84    | -30.0000 | 20.0000
100 20     | 70    | 83.9 -        | NE     | -     | -        | -
100 20     |       | ne gone       | NE     | -     | -        | -
100 20     |       | gone missing  | NE     | -     | -        | -
100        |       | -             | NE     | -     | -        | -
""")


@pytest.mark.parametrize("row", TARGETS, ids=lambda row: f"{row['baseline']} {row['prior']} {row['now']}")
def test_targets(row: dict[str, str]) -> None:
    prior = [Decimal(text) for text in row["prior"].split()]
    result = assess_time_point(baseline(row["baseline"]), findings(row["now"]), prior_complete_sums=prior)
    numbers = (result.sum_mm, result.percent_from_baseline, result.percent_from_nadir)
    expected = [None if row[key] == "-" else Decimal(row[key]) for key in ("sum", "base", "nadir")]
    assert (result.target, result.overall) == (row["target"], row["target"]), result.because
    assert list(numbers) == expected
    assert result.complete == {"-", "ne", "missing"}.isdisjoint(row["now"].split())
    assert result.because.endswith(f": {row['target']}. Overall {row['target']}.")


@pytest.mark.parametrize(
    ("mistake", "lesions", "prior", "now", "wrong", "right"),
    [
        ("complete only when the sum is 0", "15n", "", "8", "PR", "CR"),
        ("a nadir of 0 is 0 % growth", "20", "0", "6", "PR", "PD"),
        ("a node below 10 mm adds 0 mm", "20 15n", "15", "18 9", "SD", "PD"),
        ("30 to 36 mm is stable", "50", "30", "36", "PR", "PD"),
        ("a missing lesion is always not evaluable", "100 20", "70", "95 -", "NE", "PD"),
        ("-29.85 % is rounded before it is compared", "67", "", "47", "PR", "SD"),
        ("each lesion progresses by itself", "50 50", "", "30 60", "PD", "SD"),
        ("progression is asked before completeness", "15n", "4", "9.5", "PD", "CR"),
        ("response is asked before progression", "100", "40", "50", "PR", "PD"),
        ("growth is measured from baseline", "100", "50", "62", "PR", "PD"),
        ("20 % alone progresses", "20", "10", "14", "PD", "PR"),
        ("5 mm alone progresses", "100", "", "106", "PD", "SD"),
    ],
)
def test_mistakes_that_other_programs_make(
    mistake: str, lesions: str, prior: str, now: str, wrong: str, right: str
) -> None:
    sums = [Decimal(text) for text in prior.split()]
    result = assess_time_point(baseline(lesions), findings(now), prior_complete_sums=sums)
    assert result.overall == right != wrong, mistake


@pytest.mark.parametrize("text", ["14.0 9.8 PR", "27.0 32.4 PD", "3.2 8.2 PD", "33.3 23.31 PR"])
def test_binary_floating_point_would_miss_these(text: str) -> None:
    before, now, response = text.split()
    assert assess_time_point(baseline(before), findings(now)).overall == response
    a, b = float(before), float(now)
    written_in_floats = {
        "PR": [(a - b) / a >= 0.3, b <= 0.7 * a, (b - a) / a * 100 <= -30, 100 * (a - b) >= 30 * a],
        "PD": [b - a >= 5 and limb for limb in ((b - a) / a >= 0.2, b >= 1.2 * a, 100 * (b - a) >= 20 * a)],
    }
    assert not all(written_in_floats[response])


# two non-targets; `une` unequivocal progression, `-` not listed
NON_TARGETS = rows("""
now       | marker | response
abs abs   | normal | CR
abs abs   | high   | NON-CR/NON-PD
abs pres  | normal | NON-CR/NON-PD
pres inc  | normal | NON-CR/NON-PD
une ne    | normal | PD
une -     | normal | PD
abs ne    | normal | NE
pres -    | normal | NE
- -       | high   | NE
""")


@pytest.mark.parametrize("row", NON_TARGETS, ids=lambda row: f"{row['now']} {row['marker']}")
def test_non_targets(row: dict[str, str]) -> None:
    seen = findings("", row["now"])
    found = Findings(non_targets=seen.non_targets, marker_elevated=row["marker"] == "high")
    result = assess_time_point(baseline("", 2), found)
    assert (result.target, result.non_target, result.overall) == ("NA", row["response"], row["response"])
    assert result.sum_mm is result.nadir_mm is result.percent_from_baseline is result.percent_from_nadir is None
    assert not result.complete


OVERALL = rows("""
target | non-target                 | new         | overall
CR     | CR NA                      | none        | CR
CR     | NON-CR/NON-PD NE           | none        | PR
PR     | CR NON-CR/NON-PD NE NA     | none        | PR
SD     | CR NON-CR/NON-PD NE NA     | none        | SD
NE     | CR NON-CR/NON-PD NE NA     | none        | NE
PD     | CR NON-CR/NON-PD NE NA PD  | none        | PD
CR     | PD                         | none        | PD
NE     | PD                         | none        | PD
NA     | CR                         | none        | CR
NA     | NON-CR/NON-PD              | none        | NON-CR/NON-PD
NA     | PD                         | none        | PD
NA     | NE NA                      | none        | NE
CR     | CR                         | equivocal   | CR
NA     | NE                         | equivocal   | NE
CR     | CR NA PD                   | unequivocal | PD
NE     | NE                         | unequivocal | PD
NA     | NA                         | unequivocal | PD
""")


@pytest.mark.parametrize("row", OVERALL, ids=lambda row: f"{row['target']} {row['non-target']} {row['new']}")
def test_overall(row: dict[str, str]) -> None:
    for text in row["non-target"].split():
        parts = Response(row["target"]), Response(text), NewLesion(row["new"])
        overall = overall_response(*parts)
        assert overall == row["overall"]
        assert overall_because(*parts, overall).endswith(f"overall {overall}.")


def test_every_combination_of_parts_has_one_answer() -> None:
    for target, non_target, new_lesion in product(TARGET_RESPONSES, NON_TARGET_RESPONSES, NewLesion):
        overall = overall_response(target, non_target, new_lesion)
        progressive = new_lesion is NewLesion.UNEQUIVOCAL or Response.PD in (target, non_target)
        assert (overall is Response.PD) == progressive
        assert overall is not Response.NA
        if target is Response.NA:
            assert overall is not Response.SD


def test_new_lesions() -> None:
    mass = baseline("100")
    for text, finding, overall in (
        ("N1=equivocal", NewLesion.EQUIVOCAL, Response.PR),
        ("N1=equivocal N2=unequivocal", NewLesion.UNEQUIVOCAL, Response.PD),
        ("N1=absent N2=not_evaluable", NewLesion.NONE, Response.PR),
        ("N1=12", NewLesion.UNEQUIVOCAL, Response.PD),
    ):
        result = assess_time_point(mass, findings("60", "", text))
        assert (result.new_lesion, result.overall, result.target) == (finding, overall, Response.PR)


def test_not_done_is_not_evaluable() -> None:
    for lesions in (baseline("100", 1), baseline("", 1), baseline("")):
        result = assess_time_point(lesions, None)
        assert (result.overall, result.because) == (Response.NE, "Not done: overall NE.")


def test_the_sentence_names_the_numbers_that_decided() -> None:
    result = assess_time_point(baseline("60"), findings("50"), prior_complete_sums=[Decimal(40)])
    assert result.because == "Target: sum 50 mm vs nadir 40 mm: +25.0 %, +10 mm: PD. Overall PD."
    result = assess_time_point(baseline("60 10"), findings("60 -"), prior_complete_sums=[Decimal(40)])
    assert "sum 60 mm without T2 vs nadir 40 mm" in result.because
    result = assess_time_point(baseline("60 10 12"), findings("20 ne", "", "N1=equivocal"))
    assert result.because == "Target: not evaluable: T2, T3: NE; new lesion equivocal. Overall NE."
    result = assess_time_point(baseline("20", 1), findings("gone", "pres"), prior_complete_sums=[Decimal(0)])
    assert result.because == (
        "Target: sum 0 mm vs nadir 0 mm: from 0, +0 mm; every target gone: CR; non-target NON-CR/NON-PD. Overall PR."
    )


def test_the_policy_on_a_nadir_of_zero_is_a_parameter() -> None:
    prior = [Decimal(0)]
    other = RecistConfig(zero_nadir_is_pd=False)
    assert assess_time_point(baseline("20"), findings("6"), prior_complete_sums=prior, config=other).target == "PR"
    assert assess_time_point(baseline("20"), findings("6"), prior_complete_sums=prior).target == "PD"


def test_disease_that_is_left() -> None:
    lesions = baseline("20 15n", 1)
    for targets, non_targets, left in (
        ("gone 9", "abs", (False, False)),
        ("gone 10", "abs", (True, False)),
        ("small -", "-", (True, False)),
        ("gone ne", "pres", (False, True)),
        ("gone ne", "une", (False, True)),
    ):
        result = assess_time_point(lesions, findings(targets, non_targets))
        assert (result.target_disease, result.non_target_disease) == left
        assert result.disease == any(left)


def test_digits_beyond_any_context_are_exact() -> None:
    tiny = Decimal("1e-30")
    now = LesionObservation(LesionStatus.MEASURED, Decimal(70) + tiny)
    assert assess_time_point(baseline("100"), Findings({"T1": now})).target == "PR"
    digits = "70." + "0" * 55 + "1"
    just_above = LesionObservation(LesionStatus.MEASURED, Decimal(digits))
    result = assess_time_point(baseline("100"), Findings({"T1": just_above}))
    assert (result.target, str(result.sum_mm)) == ("SD", digits)


def test_the_baseline_sum() -> None:
    assert (baseline_sum(baseline("50.5 15n")), baseline_sum(baseline("", 2))) == (Decimal("65.5"), None)
