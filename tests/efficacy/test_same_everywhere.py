"""For the same lesions the tumour page, the report's tables and the rule bench say the same."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from efficacy.endpoints import Assessor, SurvivalFacts, endpoints_of
from efficacy.filed import Filed
from efficacy.models import (
    NewLesion,
    NewLesions,
    NonTargetFinding,
    NonTargetLesion,
    NonTargetLesions,
    ResponseAssessment,
    TargetLesion,
    TargetLesions,
    TargetMeasurement,
)
from efficacy.responses import course_of
from efficacy.selectors.history import history_of
from reports.course.tumour import TumourCourse, lesion_sheet, response_sheet
from reports.efficacy import tables
from reports.efficacy.content import DASH, rounded
from reports.efficacy.population import Population, SubjectResult
from trial_edc.bench import engine

INFUSED = date(2026, 1, 5)
VISITS = {"D28": 28, "M3": 90, "M6": 180, "M9": 270}
SIZES = [Decimal(tenths) / 10 for tenths in (4, 42, 99, 100, 149, 150, 233, 240, 288, 333, 400, 401, 519)]
FOUND_TARGET = st.sampled_from([*SIZES, *SIZES, "absent", "too_small", "not_evaluable", (Decimal(7), Decimal("5.5"))])
FOUND_OTHER = st.sampled_from(["present", "present", "absent", "unequivocal_pd", "not_evaluable"])


@dataclass(frozen=True)
class Drawn:
    """Lesions at baseline (size, node), how many non-targets, and per visit what was found and whether one is new."""

    targets: tuple[tuple[Decimal, bool], ...]
    others: int
    found: dict[str, tuple[tuple[Any, ...], tuple[str, ...], bool]]


@st.composite
def courses(draw: st.DrawFn) -> Drawn:
    lesion = st.tuples(st.sampled_from([Decimal(20), Decimal("33.3"), Decimal("50.5")]), st.booleans())
    targets = tuple(draw(st.lists(lesion, min_size=1, max_size=3)))
    others, found = draw(st.integers(0, 2)), {}
    for visit in draw(st.lists(st.sampled_from(list(VISITS)), min_size=1, unique=True)):
        seen = draw(st.lists(FOUND_TARGET, min_size=len(targets), max_size=len(targets)))
        rest = draw(st.lists(FOUND_OTHER, min_size=others, max_size=others))
        found[visit] = (tuple(seen), tuple(rest), draw(st.integers(0, 4)) == 0)
    return Drawn(targets, others, found)


def _tables() -> dict[str, dict[UUID, list[Any]]]:
    return defaultdict(lambda: defaultdict(list))


class _Desk:
    """Forms in memory, as they would be filed."""

    def __init__(self) -> None:
        self.forms: dict[str, list[Any]] = defaultdict(list)
        self.rows: dict[str, dict[str, dict[UUID, list[Any]]]] = defaultdict(
            lambda: defaultdict(lambda: defaultdict(list))
        )

    def file(self, form: Any, **tables_: list[Any]) -> None:
        oid = form.crf.oid
        self.forms[oid].append(form)
        for table, rows in tables_.items():
            self.rows[oid][table][form.pk] = rows

    def filed(self) -> dict[str, Filed]:
        return {oid: Filed(tuple(self.forms[oid]), self.rows[oid]) for oid in ("TL", "NTL", "NL", "RESP")}


def _measurement(code: str, seen: Any) -> TargetMeasurement:
    if isinstance(seen, str):
        return TargetMeasurement(code=code, status=seen)
    if isinstance(seen, tuple):
        return TargetMeasurement(code=code, status="split", fragments_mm=", ".join(map(str, seen)))
    return TargetMeasurement(code=code, status="measured", mm=seen)


def filed(drawn: Drawn) -> dict[str, Filed]:
    """Return the course as the forms of the study, each assessment judged."""
    desk, before = _Desk(), INFUSED - timedelta(days=14)
    lesions = [
        TargetLesion(
            code=f"T{n}", organ="LIVER", nodal=node, short_mm=mm if node else Decimal(5), long_mm=mm + 9 if node else mm
        )
        for n, (mm, node) in enumerate(drawn.targets, start=1)
    ]
    desk.file(TargetLesions(visit="SCR", imaging_done=True, scan_date=before), TLB=lesions)
    others = [NonTargetLesion(code=f"NT{n + 1}", organ="BONE", description="lesion") for n in range(drawn.others)]
    desk.file(NonTargetLesions(visit="SCR", imaging_done=True, scan_date=before), NTLB=others)
    for visit, (seen, rest, new) in drawn.found.items():
        on = INFUSED + timedelta(days=VISITS[visit])
        measured = [_measurement(f"T{n}", each) for n, each in enumerate(seen, start=1)]
        desk.file(TargetLesions(visit=visit, imaging_done=True, scan_date=on), TLM=measured)
        states = [NonTargetFinding(code=f"NT{n}", state=each) for n, each in enumerate(rest, start=1)]
        desk.file(NonTargetLesions(visit=visit, imaging_done=True, scan_date=on), NTLS=states)
        first = [NewLesion(code=f"NEW-{visit}", certainty="unequivocal", kind="non-target")] if new else []
        desk.file(NewLesions(visit=visit, imaging_done=True, scan_date=on, any_new=new), NLN=first)
        desk.file(
            ResponseAssessment(
                visit=visit, assessment_done=True, assessment_date=on, overall_response="NE", immune_response="NE"
            )
        )
    return desk.filed()


def on_the_bench(drawn: Drawn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the bench's answers by both criteria."""
    base = {
        "targets": [{"id": f"T{n}", "nodal": node, "mm": str(mm)} for n, (mm, node) in enumerate(drawn.targets, 1)],
        "non_targets": [{"id": f"NT{n + 1}"} for n in range(drawn.others)],
    }
    plain, immune = [], []
    for visit, (seen, rest, new) in drawn.found.items():
        point = {
            "date": (INFUSED + timedelta(days=VISITS[visit])).isoformat(),
            "targets": {f"T{n}": _observation(each) for n, each in enumerate(seen, start=1)},
        }
        names = [f"NT{n}" for n in range(1, len(rest) + 1)]
        states = {name: {"status": state} for name, state in zip(names, rest, strict=True)}
        first = {f"NEW-{visit}": {"kind": "nontarget", "status": "new"}} if new else {}
        plain.append(
            point
            | {"non_targets": dict(zip(names, rest, strict=True)), "new_lesions": dict.fromkeys(first, "unequivocal")}
        )
        immune.append(point | {"non_targets": states, "new_lesions": first})
    answers = []
    for rule, points in (("recist-sequence", plain), ("irecist-sequence", immune)):
        request = {"cases": [{"id": "1", "input": {"baseline": base, "timepoints": points}}]}
        content, status = engine.answer(rule, json.dumps(request))
        assert status == engine.OK, content
        answers.append(content["results"][0]["output"])
    return answers[0], answers[1]


def _observation(seen: Any) -> dict[str, Any]:
    if isinstance(seen, str):
        return {"status": seen}
    if isinstance(seen, tuple):
        return {"status": "split", "fragments_mm": [str(part) for part in seen]}
    return {"status": "measured", "mm": str(seen)}


def _page(forms: dict[str, Filed]) -> TumourCourse:
    page = TumourCourse.__new__(TumourCourse)
    page.subject, page.forms = SimpleNamespace(identifier="01-001"), forms
    page.history = history_of(uuid4(), forms)
    page.course = course_of(page.history)
    return page


def _mm(value: str | None) -> str:
    return DASH if value is None else f"{Decimal(value).normalize():f}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(courses())
def test_page_report_and_bench_say_the_same(drawn: Drawn) -> None:
    page = _page(filed(drawn))
    recist, immune = on_the_bench(drawn)
    assert page.course.problem == ""
    responses = response_sheet(page).rows
    assert [row[3] for row in responses] == recist["overall"]
    assert [row[5] for row in responses] == [each or DASH for each in immune["responses"]]
    sums = next(row for row in lesion_sheet(page).rows if row[0] == "Sum of diameters")
    assert [text.partition(",")[0] for text in sums[2:]] == [_mm(each) for each in recist["sum_mm"]]
    _report_agrees(page, recist, immune)


def _report_agrees(page: TumourCourse, recist: dict[str, Any], immune: dict[str, Any]) -> None:
    """The report derives its endpoints from what the bench says, and lists every difference from the judgement."""
    facts = SurvivalFacts(INFUSED, last_known_alive=INFUSED + timedelta(days=300))
    cutoff = INFUSED + timedelta(days=400)
    found = {each: endpoints_of(facts, page.course, each, cutoff) for each in Assessor}
    at = datetime(2026, 1, 5, tzinfo=UTC)
    subject = SubjectResult(uuid4(), "01-001", 1, at, facts, page.course, found)
    population = Population((subject,), cutoff, None)
    listed = {(row[2], row[1]): row[4] for row in tables.concordance(population).rows}
    plain = [each for each in recist["overall"] if each != "NE"]
    assert sorted(text for (name, _visit), text in listed.items() if name == "RECIST 1.1") == sorted(plain)
    differing = [each for each in immune["responses"] if each not in (None, "NE")]
    assert sorted(text for (name, _visit), text in listed.items() if name == "iRECIST") == sorted(differing)
    derived = found[Assessor.COMPUTED].derived
    assert derived is not None
    progressed = derived.progression_free
    if recist["first_pd_date"] and progressed.event:
        assert progressed.date is not None and progressed.date.isoformat() == recist["first_pd_date"]
    assert tables.subject_listing(population, Assessor.COMPUTED).rows[0][3] == (derived.best.response or DASH)
    changes = [row for row in lesion_sheet(page).rows if row[0] == "Change from baseline"]
    exact = [each.point.result.percent_from_baseline for each in page.course.assessments]
    assert list(changes[0][2:]) == [DASH if each is None else f"{rounded(each)} %" for each in exact]
