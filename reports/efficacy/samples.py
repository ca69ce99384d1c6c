"""CAR-T cells and cytokines of the infused subjects, with the parameters that the rules derive from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from django.utils.translation import gettext as _

from efficacy.endpoints import Assessor
from efficacy.filed import filed_by_subject
from efficacy.models.cytokines import CytokineUnit
from efficacy.models.kinetics import KineticMethod, KineticUnit
from efficacy.rules.cellular_kinetics import CellularKinetics
from efficacy.rules.cytokine_peak import CytokinePeak, level
from efficacy.rules.summaries import geometric_summary
from efficacy.sample_panels import kinetics_for, peak_of
from efficacy.selectors.samples import CytokineOnFile, KineticOnFile, Matrix, cytokines_of, kinetics_of
from reports.content.facts import level_code
from reports.efficacy.content import DASH, Sheet, rounded, sheet
from reports.efficacy.population import NOTHING_FILED, Population, SubjectResult
from reports.efficacy.tables import best_of
from reports.pdf import words
from safety.models import CrsAssessment, Medication
from safety.treatments import kind_of
from trial_edc.audit.selectors import load
from trial_edc.protocol.parameters import values
from trial_edc.protocol.partial_dates import PartialDate
from trial_edc.review.models import RuleResult

#: What is measured: matrix, method, unit. Never pooled.
MEASURED = (
    (Matrix.BLOOD, KineticMethod.QPCR, KineticUnit.COPIES),
    (Matrix.BLOOD, KineticMethod.DDPCR, KineticUnit.COPIES),
    (Matrix.BLOOD, KineticMethod.FLOW, KineticUnit.CELLS),
    (Matrix.BLOOD, KineticMethod.FLOW, KineticUnit.PERCENT),
    (Matrix.TUMOUR, KineticMethod.QPCR, KineticUnit.COPIES),
    (Matrix.TUMOUR, KineticMethod.FLOW, KineticUnit.PERCENT),
)
RESPONDERS = frozenset({"CR", "PR"})


@dataclass(frozen=True)
class Profile:
    """The samples of one subject by one method, and the parameters; `problem` says why there are none."""

    subject: SubjectResult
    samples: tuple[KineticOnFile, ...]
    parameters: CellularKinetics | None
    problem: str = ""


@dataclass(frozen=True)
class Assay:
    """One matrix, method and unit with the profiles of everybody who has a sample."""

    matrix: Matrix
    method: KineticMethod
    unit: KineticUnit
    profiles: tuple[Profile, ...]

    @property
    def title(self) -> str:
        """Return what is measured, in words."""
        where = _("blood") if self.matrix is Matrix.BLOOD else _("tumour")
        return f"{self.method.label}, {where}, {self.unit.label}"


@dataclass(frozen=True)
class CytokineCourse:
    """The cytokines of one subject with the highest CRS grade and the days of tocilizumab and steroids."""

    subject: SubjectResult
    samples: tuple[CytokineOnFile, ...]
    crs_grade: int


def assays(population: Population) -> list[Assay]:
    """Return everything that was measured of the cells, each by itself."""
    filed = {matrix: filed_by_subject(matrix.value, as_of=population.as_of) for matrix in Matrix}
    on_file = {
        (subject.key, matrix): kinetics_of(filed[matrix].get(subject.key, NOTHING_FILED), subject.infused_at, matrix)
        for subject in population.subjects
        for matrix in Matrix
    }
    found = []
    for matrix, method, unit in MEASURED:
        profiles = []
        for subject in population.subjects:
            all_ = on_file[subject.key, matrix]
            samples = tuple(each for each in all_ if (each.method, each.unit) == (method, unit))
            if samples:
                profiles.append(_profile(subject, samples))
        if profiles:
            found.append(Assay(matrix, method, unit, tuple(profiles)))
    return found


def _profile(subject: SubjectResult, samples: tuple[KineticOnFile, ...]) -> Profile:
    try:
        return Profile(subject, samples, kinetics_for(list(samples)))
    except ValueError as problem:
        return Profile(subject, samples, None, str(problem))


def kinetics_sheet(assay: Assay, assessor: Assessor) -> Sheet:
    """Return the parameters of one assay: a line per subject, then geometric means by dose level and by response."""
    heads = [
        _("Subject"), _("Level"), _("Cmax"), _("Tmax, days"), _("AUC to Day 28"), _("Clast"), _("Tlast, days"),
        _("Half-life, days"), _("Lost on day"), _("Remark"),
    ]  # fmt: skip
    rows = [_parameters(each) for each in assay.profiles]
    rows += _summaries(assay, assessor)
    note = _(
        "Times count from the start of the infusion. Area by linear-up/log-down trapezoids, Day 28 interpolated. A"
        " value below the limit of quantification before the first quantifiable one counts as 0, between two it is"
        " missing."
    )
    shares = (1.3, 0.8, 1, 1, 1.2, 1, 1, 1, 0.9, 4)
    return sheet(assay.title, heads, rows, note=note, numbers=range(2, 9), shares=shares)


def _parameters(profile: Profile) -> list[str]:
    head = [profile.subject.identifier, words.group(level_code(profile.subject.level))]
    found = profile.parameters
    if found is None:
        why = profile.problem or _("No sample after the infusion has a date and a time.")
        return [*head, *[DASH] * 7, _("Not estimable: %(why)s") % {"why": why}]
    remarks = [found.because] + ([] if found.half_life.value is not None else [found.half_life.because])
    return [
        *head, _plain(found.cmax), rounded(found.tmax), _significant(found.auc_last), _plain(found.clast),
        rounded(found.tlast), rounded(found.half_life.value), rounded(found.lost_on), " ".join(remarks),
    ]  # fmt: skip


def _plain(value: object) -> str:
    return DASH if value is None else f"{value:f}"


def _significant(value: float | None) -> str:
    """Return an area with four significant digits, never in the notation with an exponent."""
    return DASH if value is None else f"{float(f'{value:.4g}'):,.10g}".replace(",", " ")


def _summaries(assay: Assay, assessor: Assessor) -> list[list[str]]:
    levels = sorted({each.subject.level for each in assay.profiles if each.subject.level is not None})
    chosen = [(f"DL{level}", [each for each in assay.profiles if each.subject.level == level]) for level in levels]
    chosen += responders_and_others(assay, assessor)
    return [_summary(label, profiles) for label, profiles in chosen if profiles]


def responders_and_others(assay: Assay, assessor: Assessor) -> list[tuple[str, list[Profile]]]:
    """Return the profiles of confirmed responders, and those of everybody else."""
    responded = [each for each in assay.profiles if best_of(each.subject, assessor, immune=False) in RESPONDERS]
    return [
        (_("Responders"), responded),
        (_("Non-responders"), [each for each in assay.profiles if each not in responded]),
    ]


def _summary(label: str, profiles: Sequence[Profile]) -> list[str]:
    known = [each.parameters for each in profiles if each.parameters is not None]
    found = geometric_summary([each.cmax for each in known if each.cmax is not None])
    days = sorted(each.tmax for each in known if each.tmax is not None)
    spread = DASH if found.minimum is None else f"{found.median:f} ({found.minimum:f}–{found.maximum:f})"
    text = _("Cmax: geometric mean %(mean)s, CV %(cv)s %%, median (range) %(spread)s; n = %(n)s of %(all)s") % {
        "mean": _significant(found.geometric_mean), "cv": rounded(found.geometric_cv_percent), "spread": spread,
        "n": found.n, "all": len(profiles),
    }  # fmt: skip
    middle = median(days) if days else None
    return [label, "", _significant(found.geometric_mean), rounded(middle), *[DASH] * 5, text]


def cytokine_courses(population: Population) -> list[CytokineCourse]:
    """Return the cytokines of everybody who has any."""
    filed = filed_by_subject("CYT", as_of=population.as_of)
    grades = crs_grades(population)
    courses = []
    for subject in population.subjects:
        samples = cytokines_of(filed.get(subject.key, NOTHING_FILED), subject.infused_at)
        if samples:
            courses.append(CytokineCourse(subject, tuple(samples), grades.get(subject.key, 0)))
    return courses


def crs_grades(population: Population) -> dict[UUID, int]:
    """Return the highest CRS grade of each subject: the investigator's, where none was given the computed one."""
    computed = {row.root: row.output.get("grade") for row in load(RuleResult, as_of=population.as_of, rule="crs-grade")}
    grades: dict[UUID, int] = {}
    for row in load(CrsAssessment, as_of=population.as_of):
        grade = computed.get(row.pk) if row.investigator_grade is None else row.investigator_grade
        grades[row.subject_id] = max(grades.get(row.subject_id, 0), grade or 0)
    return grades


def analytes() -> list[str]:
    """Return the analytes of the protocol."""
    return [str(each) for each in values("cytokines.analytes")]


def peak(course: CytokineCourse, analyte: str) -> CytokinePeak | None:
    """Return the peak of an analyte; None when no sample says anything or one cannot be read."""
    try:
        return peak_of(analyte, list(course.samples))
    except ValueError:
        return None


def cytokine_sheet(courses: Sequence[CytokineCourse]) -> Sheet:
    """Return peak, day and rise over baseline of every analyte and subject."""
    heads = [_("Subject"), _("Level"), _("CRS"), _("Analyte"), _("Baseline"), _("Peak"), _("Day"), _("Fold change")]
    rows = []
    for course in courses:
        head = [course.subject.identifier, words.group(level_code(course.subject.level)), str(course.crs_grade)]
        for analyte in analytes():
            found = peak(course, analyte)
            if found is None or found.peak is None:
                continue
            start = DASH if found.baseline is None else f"{found.baseline} {unit_label(found.unit)}"
            fold = DASH if found.fold_change is None else f"{rounded(found.fold_change)} ×"
            rows.append([*head, analyte, start, f"{found.peak} {unit_label(found.unit)}", str(found.peak.day), fold])
    note = _(
        "Peak: highest value after the infusion to Day 28; of equal ones the first. The baseline is the last value"
        " before the infusion; below the limit, half the limit. CRS: the highest grade."
        " Tocilizumab raises IL-6 by itself."
    )
    return sheet(_("Cytokine peaks"), heads, rows, note=note, numbers=(2, 4, 5, 6, 7))


def readable_levels(course: CytokineCourse, analyte: str) -> list[tuple[float, float, bool]]:
    """Return (study day, value in the reported unit, below the limit) of every sample that can be drawn."""
    found = []
    for sample in course.samples:
        given = sample.for_rule() if sample.analyte == analyte else None
        if given is None:
            continue
        try:
            value = level(analyte, given)
        except ValueError:
            continue
        if value.number > 0:
            found.append((float(value.day), float(value.number), value.below))
    return sorted(found)


def unit_label(unit: str) -> str:
    """Return a unit of the cytokines as people write it."""
    return str(CytokineUnit(unit).label)


def treatment_days(population: Population) -> dict[UUID, list[tuple[int, str]]]:
    """Return (study day, kind) of every anti-cytokine drug and corticosteroid that began after the infusion."""
    infused = {subject.key: subject.facts.infused_on for subject in population.subjects}
    days: dict[UUID, list[tuple[int, str]]] = defaultdict(list)
    for row in load(Medication, as_of=population.as_of):
        kind, start = kind_of(row), infused.get(row.subject_id)
        given = PartialDate.from_iso(row.start_date) if row.start_date else None
        if start is None or kind not in ("tocilizumab", "corticosteroid") or given is None or not given.complete:
            continue
        if given.earliest() >= start:
            days[row.subject_id].append(((given.earliest() - start).days, kind))
    return days
