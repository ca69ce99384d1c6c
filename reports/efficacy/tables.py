"""Tables of efficacy: response rates, times to event by dose level, subjects, and where judgements differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from statistics import median

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from efficacy.endpoints import Assessor, Derived
from efficacy.responses import discrepancies
from efficacy.rules.course import Endpoint
from efficacy.rules.kaplan_meier import LANDMARK_MONTHS, KaplanMeier, kaplan_meier
from efficacy.rules.response import ImmuneResponse, Response
from efficacy.rules.response_rate import response_rate
from efficacy.rules.time_to_event import DAYS_PER_MONTH, DESCRIPTIONS, TimeToEvent
from reports.content.facts import level_code
from reports.efficacy.content import DASH, Sheet, interval, percent, rounded, sheet
from reports.efficacy.population import Population, SubjectResult
from reports.pdf import words
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.protocol.dose_levels import DOSE_LEVELS
from trial_edc.protocol.visits.schedule import visit

BEST = (Response.CR, Response.PR, Response.SD, Response.NON_CR_NON_PD, Response.PD, Response.NE)
IMMUNE_BEST = (
    ImmuneResponse.ICR, ImmuneResponse.IPR, ImmuneResponse.ISD, ImmuneResponse.NON_ICR_NON_IUPD, ImmuneResponse.ICPD,
    ImmuneResponse.IUPD, ImmuneResponse.NE,
)  # fmt: skip
CONTROLLED = frozenset({"CR", "PR", "SD", "NON-CR/NON-PD", "iCR", "iPR", "iSD", "NON-iCR/NON-iUPD"})
Group = tuple[str, Sequence[SubjectResult]]


def groups(population: Population) -> list[Group]:
    """Return the columns of every table: each dose level, and all infused subjects."""
    found: list[Group] = [(level.short_label, population.of_level(level.number)) for level in DOSE_LEVELS]
    return [*found, (_("All"), population.subjects)]


def _heads(columns: Sequence[Group]) -> list[str]:
    return ["", *(f"{name} (N={len(subjects)})" for name, subjects in columns)]


def derived(subject: SubjectResult, assessor: Assessor) -> Derived | None:
    """Return what the rules answer for a subject."""
    return subject.endpoints[assessor].derived


def response_rates(population: Population, assessor: Assessor) -> Sheet:
    """Return best responses, objective response and disease control; everybody infused is in the denominator."""
    columns = groups(population)

    def line(label: str, answer: Callable[[Sequence[SubjectResult]], str]) -> list[str]:
        return [label, *(answer(subjects) for _name, subjects in columns)]

    rows = [line(_("Efficacy evaluable"), lambda all_: str(sum(each.endpoints[assessor].evaluable for each in all_)))]
    rows += [line(kind.value, _counter(assessor, kind.value, immune=False)) for kind in BEST]
    rows.append(line(_("No assessment"), _counter(assessor, "", immune=False)))
    rows += _rates(columns, assessor, immune=False)
    rows += [line(kind.value, _counter(assessor, kind.value, immune=True)) for kind in IMMUNE_BEST]
    rows += _rates(columns, assessor, immune=True)
    note = _(
        "Confirmed best responses by RECIST 1.1, then by iRECIST. Rates are of all infused subjects; who cannot be"
        " evaluated counts as no responder. Intervals are exact, 95 %, from quantiles of the beta distribution."
    )
    return sheet(_("Response"), _heads(columns), rows, note=note, numbers=range(1, len(columns) + 1))


def best_of(subject: SubjectResult, assessor: Assessor, *, immune: bool) -> str:
    """Return the best response of a subject, "" without assessment."""
    found = derived(subject, assessor)
    best = None if found is None else (found.immune_best.response if immune else found.best.response)
    return "" if best is None else best.value


def _counter(assessor: Assessor, wanted: str, *, immune: bool) -> Callable[[Sequence[SubjectResult]], str]:
    def answer(subjects: Sequence[SubjectResult]) -> str:
        count = sum(best_of(each, assessor, immune=immune) == wanted for each in subjects)
        return words.share(count, len(subjects)) if count else "0"

    return answer


def _rates(columns: Sequence[Group], assessor: Assessor, *, immune: bool) -> list[list[str]]:
    objective, control = [], []
    for _name, subjects in columns:
        best = [best_of(each, assessor, immune=immune) for each in subjects]
        responders = sum(each in ("CR", "PR", "iCR", "iPR") for each in best)
        objective.append(_rate(responders, len(subjects)))
        control.append(_rate(sum(each in CONTROLLED for each in best), len(subjects)))
    names = (
        (_("Objective response, iRECIST"), _("Disease control, iRECIST"))
        if immune
        else (_("Objective response, RECIST 1.1"), _("Disease control, RECIST 1.1"))
    )
    return [[names[0], *objective], [names[1], *control]]


def _rate(count: int, of: int) -> str:
    if not of:
        return DASH
    found = response_rate(count, of)
    return f"{count}/{of}  {percent(found.rate)} {interval(found.lower, found.upper, as_percent=True)}"


#: What survival curves are made of: key, label, where the subject's answer is.
CURVES: tuple[tuple[str, Callable[[Derived], TimeToEvent | None]], ...] = (
    ("pfs", lambda found: found.progression_free),
    ("os", lambda found: found.overall_survival),
    ("dor", lambda found: found.duration_of_response),
)


def curve_title(key: str) -> str:
    """Return the name of an endpoint."""
    return {
        "pfs": _("Progression-free survival"),
        "ipfs": _("Progression-free survival by iRECIST"),
        "os": _("Overall survival"),
        "dor": _("Duration of response"),
    }[key]


def times_of(
    subjects: Sequence[SubjectResult], assessor: Assessor, key: str
) -> list[tuple[SubjectResult, Decimal, int]]:
    """Return (subject, months, event) of everybody to whom an endpoint applies; months with full precision."""
    found = []
    for subject in subjects:
        answers = derived(subject, assessor)
        if answers is None:
            continue
        if key == "ipfs":
            days, event = answers.immune_progression_free.days, answers.immune_progression_free.event
        else:
            result = dict(CURVES)[key](answers)
            if result is None or result.days is None or result.event is None:
                continue
            days, event = result.days, result.event
        found.append((subject, months_of(days), event))
    return found


def months_of(days: int) -> Decimal:
    """Return days as months of 30.4375 days."""
    return Decimal(days) * DAYS_PER_MONTH.denominator / DAYS_PER_MONTH.numerator


def curve_of(subjects: Sequence[SubjectResult], assessor: Assessor, key: str) -> KaplanMeier:
    """Return the survival curve of some subjects, in months, with the landmarks."""
    times = times_of(subjects, assessor, key)
    return kaplan_meier(
        [months for _subject, months, _event in times],
        [event for _subject, _months, event in times],
        eval_times=[Decimal(months) for months in LANDMARK_MONTHS],
    )


def survival(population: Population, assessor: Assessor) -> Sheet:
    """Return medians and landmarks of every time to event, and the time to response of responders."""
    columns = groups(population)
    rows: list[list[str]] = []
    for key in ("pfs", "ipfs", "os", "dor"):
        curves = [curve_of(subjects, assessor, key) for _name, subjects in columns]
        rows.append(
            [
                _("%(endpoint)s: events / subjects") % {"endpoint": curve_title(key)},
                *(f"{c.events}/{c.n}" for c in curves),
            ]
        )
        rows.append([_("median, months (95 % interval)"), *(_median(curve) for curve in curves)])
        if key != "dor":
            rows += [
                [_("at %(months)s months") % {"months": months}, *(_landmark(curve, index) for curve in curves)]
                for index, months in enumerate(LANDMARK_MONTHS)
            ]
    title = _("Time to response of responders, months: median (range)")
    rows.append([title, *(_to_response(subjects, assessor) for _name, subjects in columns)])
    note = _(
        "Months are days / 30.4375. NR: the curve does not fall to one half; NE: not estimable. Bands are log-log. Time"
        " to response is described, not estimated: everybody in it responded."
    )
    return sheet(_("Time to event"), _heads(columns), rows, note=note, numbers=range(1, len(columns) + 1))


def _median(curve: KaplanMeier) -> str:
    if not curve.n:
        return DASH
    estimate = _("NR") if curve.median.estimate is None else rounded(curve.median.estimate)
    return f"{estimate} {interval(curve.median.lower, curve.median.upper)}"


def _landmark(curve: KaplanMeier, index: int) -> str:
    at = curve.at_times[index]
    if not curve.n or at.survival is None:
        return _("NE") if curve.n else DASH
    return f"{percent(at.survival)} {interval(at.lower, at.upper, as_percent=True)}"


def _to_response(subjects: Sequence[SubjectResult], assessor: Assessor) -> str:
    days = []
    for subject in subjects:
        found = derived(subject, assessor)
        if found is not None and found.time_to_response.days is not None:
            days.append(found.time_to_response.days)
    if not days:
        return DASH
    months = sorted(months_of(each) for each in days)
    return f"{rounded(median(months))} ({rounded(months[0])}–{rounded(months[-1])}), n={len(months)}"


def subject_listing(population: Population, assessor: Assessor) -> Sheet:
    """Return one line per subject: best responses, and each time with its outcome and the reason."""
    rows = []
    for subject in population.subjects:
        found = derived(subject, assessor)
        head = [subject.identifier, words.group(level_code(subject.level)), words.day(subject.facts.infused_on)]
        if found is None:
            rows.append([*head, _("cannot be derived"), DASH, DASH, DASH, subject.endpoints[assessor].problem, DASH])
            continue
        rows.append([
            *head,
            best_of(subject, assessor, immune=False) or DASH,
            best_of(subject, assessor, immune=True) or DASH,
            outcome(found.time_to_response),
            outcome(found.duration_of_response),
            outcome(found.progression_free),
            outcome(found.overall_survival),
        ])  # fmt: skip
    heads = [
        _("Subject"), _("Level"), _("Infused"), _("Best, RECIST 1.1"), _("Best, iRECIST"), _("TTR"), _("DOR"), _("PFS"),
        _("OS"),
    ]  # fmt: skip
    return sheet(_("Subjects"), heads, rows, shares=(1, 0.7, 1, 0.9, 0.9, 1.6, 2.2, 2.4, 2.2))


def outcome(found: TimeToEvent) -> str:
    """Return a time with its outcome and why: “57 days, event 26-Feb-2025: disease progression”."""
    if found.days is None:
        return DASH
    word = _("event") if found.event else _("censored")
    reason = DESCRIPTIONS[found.reason][0].lower() + DESCRIPTIONS[found.reason][1:]
    text = ngettext(
        "%(days)s day, %(word)s %(date)s: %(reason)s", "%(days)s days, %(word)s %(date)s: %(reason)s", found.days
    )
    return text % {"days": found.days, "word": word, "date": words.day(found.date), "reason": reason}


def concordance(population: Population) -> Sheet:
    """Return every assessment whose response the investigator judged otherwise than the rules compute."""
    names = {"overall_response": _("RECIST 1.1"), "immune_response": _("iRECIST")}
    rows = [
        [subject.identifier, visit_label(visit(each.visit)), names[each.item], each.judged, each.computed, each.because]
        for subject in population.subjects
        for each in discrepancies(subject.course)
    ]
    heads = [_("Subject"), _("Visit"), _("Criterion"), _("Investigator"), _("Computed"), _("Why computed so")]
    note = _("Both are kept. The investigator's response leads every table unless the heading says “computed”.")
    return sheet(_("Concordance"), heads, rows, note=note, shares=(1, 1, 1, 1, 1, 5))


def registry_reconciliation(population: Population, assessor: Assessor) -> Sheet:
    """Return where the registry's sentences, read literally, give another answer than the endpoints of these tables."""
    rows = []
    for subject in population.subjects:
        found = derived(subject, assessor)
        if found is None:
            continue
        pairs = (
            (Endpoint.OS, found.overall_survival, found.registered_survival),
            (Endpoint.DOR, found.duration_of_response, found.registered_duration),
        )
        for endpoint, reported, literal in pairs:
            if (reported.days, reported.event) != (literal.days, literal.event):
                rows.append([subject.identifier, endpoint.value, outcome(reported), outcome(literal)])
    heads = [_("Subject"), _("Endpoint"), _("As reported here"), _("As the registry's sentence reads")]
    note = _(
        "The registry describes overall survival as time to progression or death, and duration of response without"
        " death. Overall survival here ends with death from any cause; a response ends with progression or death."
    )
    return sheet(_("Reconciliation with the registry"), heads, rows, note=note, shares=(1, 1, 4, 4))
