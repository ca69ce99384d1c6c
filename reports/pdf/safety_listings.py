"""The listings of the safety report: CRS and ICANS, dose-limiting toxicities, serious events, deaths."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from reportlab.platypus import Flowable

from reports.content.listings import (
    AssessmentLine,
    DeathLine,
    DltLine,
    EventLine,
    Listings,
    SyndromeLine,
)
from reports.pdf import words
from reports.pdf.document import Heading
from reports.pdf.tables import Head, Line, Text, listing, note
from safety.models import Death
from safety.models.adverse_event import Outcome, Relationship, SeriousCriterion


def syndromes_section(title: str, lines: Listings) -> list[Flowable]:
    """Return the CRS and ICANS events, and what the assessments at the bedside found."""
    heads = [
        Head(_("Subject"), 1.2), Head(_("Level"), 0.9), Head(_("Syndrome"), 1), Head(_("Event"), 0.7, "-center"),
        Head(_("Onset"), 1.4), Head(_("Onset day"), 0.8, "-center"), Head(_("Duration, days"), 1.2),
        Head(_("Max. grade"), 0.8, "-center"), Head(_("Treatment"), 4), Head(_("Outcome"), 2),
    ]  # fmt: skip
    assessed = [
        Head(_("Subject"), 1.2), Head(_("Level"), 1), Head(_("Syndrome"), 1), Head(_("Assessments"), 1, "-center"),
        Head(_("Highest computed grade"), 1.5, "-center"), Head(_("Highest grade by the investigator"), 1.5, "-center"),
    ]  # fmt: skip
    return [
        Heading(title),
        listing(heads, [_syndrome(line) for line in lines.syndromes]),
        note(_("Duration counts the first and the last day; of an event that goes on, up to the data cut-off.")),
        Heading(_("Assessments of CRS and ICANS"), 1),
        listing(assessed, [_assessment(line) for line in lines.assessments], _("No assessments.")),
    ]


def _syndrome(line: SyndromeLine) -> Line:
    drugs = [line.treatment]
    named = "tocilizumab" in line.treatment.casefold()
    drugs += [_("tocilizumab (from the assessments)")] if line.tocilizumab and not named else []
    drugs += [_("corticosteroid (from the assessments)")] if line.corticosteroid else []
    return Line(
        [
            line.subject, words.group(line.group), line.syndrome.value, str(line.number), words.partial(line.onset),
            words.whole(line.onset_day), words.lasted(line.duration), words.grade(line.grade),
            "; ".join(drug for drug in drugs if drug) or words.DASH, words.choice(Outcome, line.outcome),
        ]
    )  # fmt: skip


def _assessment(line: AssessmentLine) -> Line:
    return Line(
        [
            line.subject, words.group(line.group), line.syndrome.value, str(line.assessments),
            words.whole(line.highest_computed), words.whole(line.highest_investigator),
        ]
    )  # fmt: skip


def dlt_section(title: str, lines: Listings) -> list[Flowable]:
    """Return the events on which there is a verdict other than an undisputed no, with the reason under each."""
    return dlt_table(title, lines.dlts, lines.severe_without_verdict)


def dlt_table(title: str, dlts: Sequence[DltLine], severe_without_verdict: int) -> list[Flowable]:
    """Return the same of some lines, and how many severe events of infused subjects have no verdict."""
    heads = [
        Head(_("Subject"), 1.1), Head(_("Level"), 0.9), Head(_("Event"), 0.7, "-center"), Head(_("Term"), 3),
        Head(_("Max. grade"), 0.8, "-center"), Head(_("Onset"), 1.3), Head(_("Onset day"), 0.8, "-center"),
        Head(_("Relationship"), 1.3), Head(_("Clause"), 2.4), Head(_("Computed"), 1.1), Head(_("Adjudicated"), 1.4),
    ]  # fmt: skip
    elements: list[Flowable] = [
        Heading(title),
        listing(heads, [_dlt(line) for line in dlts], _("No dose-limiting toxicity, and none to be decided.")),
    ]
    if severe_without_verdict:
        sentence = ngettext(
            "%(count)s event of grade 3 or higher of an infused subject had no verdict yet at the data cut-off.",
            "%(count)s events of grade 3 or higher of infused subjects had no verdict yet at the data cut-off.",
            severe_without_verdict,
        )
        elements.append(note(sentence % {"count": severe_without_verdict}))
    elements.append(note(_("An adjudication by a physician wins; the computed verdict stands beside it.")))
    return elements


def _dlt(line: DltLine) -> Line:
    verdict = words.verdict(line.dlt.computed)
    marked = line.dlt.verdict == "YES"
    return Line(
        [
            line.subject, words.group(line.group), str(line.number), line.name, words.grade(line.grade),
            words.partial(line.onset), words.whole(line.onset_day), words.choice(Relationship, line.relationship),
            words.clause(line.dlt.criterion), Text(verdict, "cell-bad") if line.dlt.computed == "YES" else verdict,
            Text(words.verdict(line.dlt.adjudicated), "cell-bad" if line.dlt.adjudicated == "YES" else "cell"),
        ],
        below=_dlt_reasons(line),
        marked=marked,
    )  # fmt: skip


def _dlt_reasons(line: DltLine) -> str:
    dlt = line.dlt
    reasons = []
    if dlt.because:
        reasons.append(_("Rule %(version)s: %(because)s") % {"version": dlt.rule_version, "because": dlt.because})
    if dlt.adjudicated:
        said = _("Adjudicated by %(person)s, %(moment)s: %(rationale)s")
        reasons.append(
            said
            % {"person": dlt.adjudicated_by, "moment": words.moment(dlt.adjudicated_at), "rationale": dlt.rationale}
        )
    if dlt.facts_changed:
        reasons.append(_("The event changed after the adjudication, which asks for review."))
    return "\n".join(reasons)


def serious_section(title: str, lines: Listings) -> list[Flowable]:
    """Return the serious events."""
    heads = [
        Head(_("Subject"), 1.1), Head(_("Level"), 0.9), Head(_("Event"), 0.7, "-center"), Head(_("Term"), 2.8),
        Head(_("Onset"), 1.3), Head(_("Onset day"), 0.8, "-center"), Head(_("Duration, days"), 1.1),
        Head(_("Max. grade"), 0.8, "-center"), Head(_("Why serious"), 2.2), Head(_("CAR-T cells"), 1.2),
        Head(_("Lymphodepletion"), 1.5), Head(_("Outcome"), 1.7),
    ]  # fmt: skip
    return [Heading(title), listing(heads, [_serious(line) for line in lines.serious])]


def _serious(line: EventLine) -> Line:
    event = line.event
    criteria = ", ".join(words.choice(SeriousCriterion, criterion) for criterion in event.criteria)
    return Line(
        [
            line.subject, words.group(line.group), str(event.number), event.name, words.partial(event.onset),
            words.whole(line.onset_day), words.lasted(line.duration), words.grade(event.grade), criteria or words.DASH,
            words.choice(Relationship, event.relationship_cells),
            words.choice(Relationship, event.relationship_lymphodepletion), words.choice(Outcome, event.outcome),
        ]
    )  # fmt: skip


def events_section(title: str, lines: Listings) -> list[Flowable]:
    """Return every event, in order of class, term and subject."""
    heads = [
        Head(_("System organ class"), 2.6), Head(_("Term"), 2.8), Head(_("Subject"), 1), Head(_("Level"), 1),
        Head(_("Event"), 0.7, "-center"), Head(_("Max. grade"), 1.1, "-center"), Head(_("Serious"), 0.8),
        Head(_("Onset"), 1.3), Head(_("Onset day"), 0.8, "-center"), Head(_("Duration, days"), 1.2),
        Head(_("CAR-T cells"), 1.2), Head(_("Outcome"), 2),
    ]  # fmt: skip
    said = _Said()
    return [Heading(title), listing(heads, [_event(line, said) for line in lines.events])]


class _Said:
    """The words of a long listing, each asked for once: of thousands of lines few differ."""

    def __init__(self) -> None:
        self.choice, self.lasted, self.partial = cache(words.choice), cache(words.lasted), cache(words.partial)
        self.group, self.grade, self.whole = cache(words.group), cache(words.grade), cache(words.whole)
        self.yes_no, self.number = cache(words.yes_no), cache(str)


def _event(line: EventLine, said: _Said) -> Line:
    event = line.event
    return Line([
        event.soc or _("Term not in the dictionary"), event.name.removeprefix(f"{event.soc} - ") or words.DASH,
        line.subject, said.group(line.group), said.number(event.number), said.grade(event.grade),
        said.yes_no(event.serious), said.partial(event.onset), said.whole(line.onset_day),
        said.lasted(line.duration), said.choice(Relationship, event.relationship_cells),
        said.choice(Outcome, event.outcome),
    ])  # fmt: skip


def deaths_section(title: str, lines: Listings) -> list[Flowable]:
    """Return everyone who died."""
    heads = [
        Head(_("Subject"), 1.1), Head(_("Level"), 1), Head(_("Date of death"), 1.3),
        Head(_("Study day"), 0.9, "-center"), Head(_("Primary cause"), 2), Head(_("Cause as documented"), 4),
        Head(_("Related to the cells"), 1.2), Head(_("Fatal event"), 2.6),
    ]  # fmt: skip
    return [Heading(title), listing(heads, [_death(line) for line in lines.deaths], _("No deaths."))]


def _death(line: DeathLine) -> Line:
    return Line(
        [
            line.subject, words.group(line.group), words.day(line.death_date), words.whole(line.study_day),
            words.choice(Death.Cause, line.cause), line.detail or words.DASH, words.yes_no(line.related_to_cells),
            line.fatal_event or words.DASH,
        ]
    )  # fmt: skip
