"""The decision tables of the rules, printed from the constants and functions that decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from dosing.rules import boin, expansion_boundary, mtpi2
from efficacy.rules import confirmation, ipfs, irecist_best_response, lesion_baseline, recist_overall, time_to_event
from efficacy.rules.response import NewLesion
from reports.docs.markdown import code, codes, table
from safety.rules import crs, icans, ice, laboratory, severity, terms
from safety.rules.laboratory import criteria

#: The target and the longest column of the tables of the other designs.
TARGET, MOST = Fraction(3, 10), 12


def tables_of(rule_name: str) -> str:
    """Return the decision tables of a rule of the bench, '' for one that decides by arithmetic alone."""
    write = WRITERS.get(rule_name)
    return write() if write else ""


def _pairs(headers: tuple[str, str], pairs: Mapping[Any, object]) -> str:
    return table(headers, [(str(key).replace("_", " "), value) for key, value in pairs.items()])


def _crs() -> str:
    fever = f"Fever from {crs.FEVER_C} °C; a nasal cannula above {crs.LOW_FLOW_L_MIN} L/min is grade 3."
    return f"{fever}\n\n" + _pairs(("Oxygen support", "Grade"), crs.HYPOXIA_GRADE)


def _icans() -> str:
    signs = {words: 4 for words in icans.GRADE_4_SIGNS.values()}
    domains: tuple[tuple[str, Mapping[Any, int]], ...] = (
        ("ICE score", icans.ICE_GRADE), ("Consciousness", icans.CONSCIOUSNESS_GRADE),
        ("Seizure", icans.SEIZURE_GRADE), ("Cerebral oedema", icans.EDEMA_GRADE), ("Sign", signs),
    )  # fmt: skip
    return "\n\n".join(_pairs((name, "Grade"), grades) for name, grades in domains)


def _ice() -> str:
    return _pairs(("Task", "Most points"), ice.MOST_POINTS)


def _laboratory() -> str:
    headers = ("Term", "Analyte", "Scale", "Grade 1", "Grade 2", "Grade 3", "Grade 4", "Symptoms")
    return table(headers, [row for each in criteria.CRITERIA for row in _criterion(each)])


def _criterion(found: criteria.Criterion) -> Iterable[tuple[str, ...]]:
    sign = "<" if found.side is criteria.Side.LOW else ">"
    limit = "LLN" if found.side is criteria.Side.LOW else "ULN"
    name = laboratory.ANALYTES[found.analyte].name
    if isinstance(found, criteria.Thresholds):
        raised = ", ".join(f"{before} becomes {after}" for before, after in found.symptomatic.items())
        floor = {found.limit_grade: f"{sign} {limit}"} if found.limit_grade else {}
        scale = f"above {limit}" if found.above_limit else ""
        for column in found.columns or (None,):
            steps = _steps(column.steps if column else (), sign)
            unit = f"{column.unit} {scale}".strip() if column else f"× {limit}"
            yield (found.term, name, unit, *_grades(floor | steps), raised)
        return
    scales = {f"× {limit}": found.steps} if isinstance(found, criteria.Multiples) else {"ratio": found.steps}
    if isinstance(found, criteria.Anticoagulated):
        scales["× baseline, on anticoagulation"] = found.on_anticoagulant
    else:
        scales |= {"× baseline, abnormal before": found.abnormal, "× baseline, beside": found.either}
        scales |= {f"× {limit}, with symptoms": found.symptomatic}
        scales |= {found.fixed.unit: found.fixed.steps} if found.fixed else {}
    for scale, given in scales.items():
        if given:
            yield (found.term, name, scale, *_grades(_steps(given, sign)), "")


def _steps(steps: criteria.Steps, sign: str) -> dict[int, str]:
    return {step.grade: f"{_reached(sign) if step.reached else sign} {step.at:f}" for step in steps}


def _reached(sign: str) -> str:
    return {"<": "≤", ">": "≥"}[sign]


def _grades(found: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(found.get(grade, "–") for grade in (1, 2, 3, 4))


def _dlt() -> str:
    lists = (("Hematologic: never a DLT at grade 4", terms.HEMATOLOGIC_TERMS), ("For review", terms.REVIEW_TERMS))
    listed = table(("At grade 4", "Terms"), [(name, "; ".join(found)) for name, found in lists])
    runs = [(length.value, verdict.value, codes(flags)) for length, (verdict, flags, _) in severity.RUN_FINDING.items()]
    return f"{listed}\n\n{table(('CRS run at grade 3 against the limit', 'Verdict', 'Flags'), runs)}"


def _boin() -> str:
    found = boin.boundaries(TARGET, 18)
    rows = [(row.n, row.escalate_at_most, row.deescalate_from, row.eliminate_from or "–") for row in found.rows]
    words = f"Target {float(TARGET):g}: λe = {found.lambda_e:.7f}, λd = {found.lambda_d:.7f}."
    return f"{words}\n\n{table(('Subjects', 'Escalate at most', 'De-escalate from', 'Eliminate from'), rows)}"


def _mtpi2() -> str:
    rows = [
        (y, *(mtpi2.decide(n, y).decision.value if y <= n else "" for n in range(1, MOST + 1))) for y in range(MOST + 1)
    ]
    return table(("DLT / subjects", *map(str, range(1, MOST + 1))), rows)


def _expansion() -> str:
    return _pairs(("Treated", "Pause from so many events"), expansion_boundary.pause_boundary(21))


def _overall() -> str:
    non_targets = recist_overall.NON_TARGET_RESPONSES
    rows = [
        (code(target), *(code(recist_overall.overall_response(target, each)) for each in non_targets))
        for target in recist_overall.TARGET_RESPONSES
    ]
    words = f"Without a new lesion; with an {NewLesion.UNEQUIVOCAL} one every answer is {code('PD')}."
    return f"{words}\n\n{table(('Targets / non-targets', *map(code, non_targets)), rows)}"


def _confirmation() -> str:
    rows = [(code(response), codes(sorted(by))) for response, by in confirmation.CONFIRMS.items()]
    return table(("Response", "Confirmed by"), rows)


def _lesion() -> str:
    rows = [
        (code(method), code(kind), method in lesion_baseline.MEASURING and kind in lesion_baseline.MEASURABLE_KINDS)
        for method, kind in product(lesion_baseline.Method, lesion_baseline.LesionKind)
    ]
    return table(("Method", "Kind", "Can be measurable"), rows)


def _best_immune() -> str:
    return "Best first: " + codes(irecist_best_response.ORDER) + "."


def _reasons() -> str:
    return table(("Reason", "Means"), [(code(key), words) for key, words in time_to_event.DESCRIPTIONS.items()])


def _ipfs() -> str:
    rows = [
        ("takes an iUPD back", codes(sorted(ipfs.RESETS))),
        ("nobody waits after", codes(sorted(ipfs.FINAL_REASONS))),
    ]
    return table(("Answer", "Values"), rows)


WRITERS: Mapping[str, Callable[[], str]] = {
    "crs-grade": _crs,
    "icans-grade": _icans,
    "ice-score": _ice,
    "ctcae-lab-grade": _laboratory,
    "dlt": _dlt,
    "boin-boundaries": _boin,
    "mtpi2": _mtpi2,
    "expansion-boundary": _expansion,
    "recist-overall": _overall,
    "best-overall-response": _confirmation,
    "lesion-baseline": _lesion,
    "irecist-best-response": _best_immune,
    "time-to-event": _reasons,
    "ipfs": _ipfs,
}
