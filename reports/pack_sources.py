"""Read what a meeting pack shows: everything as of the decision's cut-off, the record itself as it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from dosing.models import DoseDecision, StoredCharacteristics
from dosing.selectors.changes import changes_since
from efficacy.filed import Filed, filed_by_subject
from efficacy.sample_panels import kinetics_for, peak_of
from efficacy.selectors.samples import Matrix, cytokines_of, kinetics_of
from reports.content.facts import StudyFacts
from reports.content.listings import listings
from reports.content.pack import LabLine, NarrativeLine, Pack, PeakLine, course, treated
from reports.sources import Snapshot, decision_facts
from safety.models import Chemistry, Coagulation, Haematology, SeriousEventReport
from safety.rules import laboratory
from trial_edc.audit.models import Signature
from trial_edc.protocol.parameters import values

#: Laboratory results from this grade on are of concern to the committee.
CONCERN = 3
#: Called with (parts ready, parts in all).
Step = Callable[[int, int], None]
PARTS = 5
#: A subject without a form of the kind.
NOTHING = Filed((), {})


def read_pack(decision: DoseDecision, facts: StudyFacts, step: Step) -> Pack:
    """Return the pack of a decision; `facts` were read at its cut-off, `step` is called after each part."""
    parts: list[Any] = []

    def read(part: Any) -> Any:
        parts.append(part)
        step(len(parts), PARTS)
        return part

    shown = treated(facts)
    snapshot = Snapshot(decision.data_cutoff, None)
    infused = [row for row in snapshot.subjects.values() if row.infused_at is not None]
    infused.sort(key=lambda row: row.identifier)
    ids = [UUID(row["id"]) for row in decision.evidence["subjects"]]
    cytokines, blood = (filed_by_subject(oid, as_of=decision.data_cutoff) for oid in ("CYT", Matrix.BLOOD.value))
    return Pack(
        decision=decision_facts(decision, list(Signature.objects.filter(root=decision.pk))),
        attendees=decision.attendees,
        minutes=decision.minutes,
        evidence=decision.evidence,
        evidence_hash=decision.evidence_hash,
        subjects=shown.subjects,
        listings=listings(shown),
        course=course(shown.assessments, shown.subjects),
        labs=read(tuple(sorted(_labs(snapshot), key=lambda line: (line.subject, line.visit, line.analyte)))),
        cytokines=read(tuple(line for row in infused for line in _peaks(row, cytokines.get(row.pk, NOTHING)))),
        expansion=read(tuple(line for row in infused for line in _expansion(row, blood.get(row.pk, NOTHING)))),
        narratives=read(tuple(_narratives(snapshot))),
        characteristics=tuple(row.content for row in _kept(decision)),
        changes=read(tuple(changes_since(ids, decision.data_cutoff))),
    )


def _kept(decision: DoseDecision) -> list[StoredCharacteristics]:
    return list(StoredCharacteristics.objects.filter(decision=decision, evidence_hash=decision.evidence_hash))


def _labs(snapshot: Snapshot) -> Iterator[LabLine]:
    """Yield the results of grade 3 or more, as the rule had graded them at the cut-off."""
    forms = {row.pk: row for model in (Haematology, Chemistry, Coagulation) for row in snapshot.rows(model)}
    for root, result in snapshot.results(laboratory.RULE).items():
        form = forms.get(root)
        if form is None:
            continue
        for analyte, term, grade, because in result.output["grades"]:
            if grade is not None and grade >= CONCERN:
                yield LabLine(snapshot.code(form), form.visit, analyte, term, grade, because)


def _peaks(subject: Any, forms: Filed) -> Iterator[PeakLine]:
    samples = cytokines_of(forms, subject.infused_at)
    for analyte in (str(each) for each in values("cytokines.analytes")):
        found = peak_of(analyte, samples)
        if found is None or found.peak is None:
            continue
        rise = "" if found.fold_change is None else f"{float(found.fold_change):.1f}"
        baseline = "" if found.baseline is None else f"{found.baseline} {found.unit}"
        yield PeakLine(
            subject.identifier, analyte, baseline, f"{found.peak} {found.unit}", f"{found.peak.day.normalize():f}", rise
        )


def _expansion(subject: Any, forms: Filed) -> Iterator[PeakLine]:
    """Yield the maximum of the CAR-T cells in blood, for each method and unit by itself."""
    samples = kinetics_of(forms, subject.infused_at, Matrix.BLOOD)
    for method, unit in dict.fromkeys((each.method, each.unit) for each in samples):
        try:
            course = kinetics_for([each for each in samples if (each.method, each.unit) == (method, unit)])
        except ValueError:  # samples at one moment, say: the form's own page says so
            continue
        if course is None or course.cmax is None or course.tmax is None:
            continue
        name = f"{method}, {unit}"
        yield PeakLine(subject.identifier, name, "", f"{course.cmax.normalize():f}", f"{course.tmax:.1f}")


def _narratives(snapshot: Snapshot) -> Iterator[NarrativeLine]:
    rows = [row for row in snapshot.rows(SeriousEventReport) if row.narrative]
    for row in sorted(rows, key=lambda row: (snapshot.code(row), row.sequence)):
        yield NarrativeLine(snapshot.code(row), f"SAE {row.sequence}", row.narrative)
