"""Serious events as documents: one in the order of the CIOMS I form, and the line listing of all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph

from reports.pdf import words
from reports.pdf.document import Heading, Rendered, Step, render
from reports.pdf.fonts import markup
from reports.pdf.making import Making
from reports.pdf.safety import draft_line
from reports.pdf.styles import style
from reports.pdf.tables import Head, Line, Text, listing, note
from reports.serious.content import SeriousEvent, SeriousListing, Version
from safety.models.adverse_event import Outcome, Relationship, SeriousCriterion
from safety.models.serious_event_report import ReportType
from safety.report_panels import RECIPIENTS, STATES
from safety.rules.reporting_clock import Recipient
from trial_edc.protocol.study import STUDY

ROOM_FOR_A_SECTION = 35 * mm
SUSAR_WORDS = {
    "urgent": gettext_lazy("SUSAR, fatal or life-threatening"),
    "other": gettext_lazy("SUSAR"),
    "no": gettext_lazy("No SUSAR"),
    "open": gettext_lazy("Assessment open"),
}
Pairs = Sequence[tuple[str, str]]


def report_pdf(found: SeriousEvent, digest: str, cutoff: datetime, making: Making) -> Rendered:
    """Return one event with all its reports, in the order of the fields of the CIOMS I form."""
    return render(making.frame(_("Serious adverse event report"), cutoff), _report(found, digest))


def _report(found: SeriousEvent, digest: str) -> list[Flowable]:
    name = _("Subject %(subject)s, event %(number)s") % {"subject": found.person.identifier, "number": found.number}
    sections: list[tuple[str, list[Flowable]]] = [
        (_("I. Reaction information"), [_pairs(_reaction(found)), *_narratives(found.versions)]),
        (_("II. Suspect treatment"), [_pairs(_treatment(found)), *_causality(found.latest)]),
        (_("III. Concomitant drugs and history"), _before_and_beside(found)),
        (_("IV. Reports and receipts"), _receipts(found, digest)),
    ]
    story: list[Flowable] = [
        Paragraph(markup(_("Serious adverse event report")), style("title")),
        Paragraph(markup(f"{name} · {_('fields in the order of the CIOMS I form')}"), style("subtitle")),
    ]
    for title, elements in sections:
        story += [CondPageBreak(ROOM_FOR_A_SECTION), Heading(title), *elements]
    return story


def _pairs(pairs: Pairs) -> Flowable:
    heads = [Head(_("Field"), 1.3), Head(_("Entry"), 4)]
    return listing(heads, [Line([Text(label, "cell-bold"), text or words.DASH]) for label, text in pairs])


def _reaction(found: SeriousEvent) -> Pairs:
    person, event, latest = found.person, found.event, found.latest
    criteria = latest.criteria if latest is not None else event.criteria if event is not None else ()
    return [
        (_("1. Subject"), f"{person.identifier} ({words.group(person.group)})"),
        (_("2a. Age, years"), words.whole(person.age_years)),
        (_("3. Sex"), person.sex),
        (_("4–6. Onset of the reaction"), words.partial(event.onset) if event else ""),
        (_("7. Reaction"), event.name if event else _("The log has no event of this number.")),
        (_("System organ class"), event.soc if event else ""),
        (_("Highest grade"), words.grade(event.grade) if event else ""),
        (_("8–12. Seriousness"), ", ".join(words.choice(SeriousCriterion, each) for each in criteria)),
        (_("Outcome"), words.choice(Outcome, event.outcome) if event else ""),
        (_("End of the reaction"), words.partial(event.end) if event else ""),
        (_("13. Treatment of the reaction"), event.treatment if event else ""),
    ]


def version_name(version: Version) -> str:
    """Return which report of an event this is."""
    kind = words.choice(ReportType, version.report_type)
    return f"{kind} {version.follow_up}" if version.follow_up is not None else kind


def _narratives(versions: Iterable[Version]) -> list[Flowable]:
    elements: list[Flowable] = []
    for version in versions:
        title = _("Narrative, %(report)s, aware %(moment)s")
        said = {"report": version_name(version), "moment": version.aware or words.DASH}
        elements += [Heading(title % said, 1), Paragraph(markup(version.narrative or words.DASH), style("body"))]
    return elements or [note(_("No report of this event is on file yet."))]


def _treatment(found: SeriousEvent) -> Pairs:
    person = found.person
    cells = _("%(cells)s million CAR-positive cells") % {"cells": person.infused_cells} if person.infused_cells else ""
    return [
        (_("14. Study treatment"), STUDY.title),
        (_("15. Dose"), f"{cells} ({words.group(person.group)})" if cells else ""),
        (_("16. Route"), _("Intravenous infusion, once")),
        (_("18. Date of the infusion"), words.day(person.infusion_date)),
        (_("Lymphodepletion from"), words.day(person.lymphodepletion_date)),
        (_("20–21. Dechallenge, rechallenge"), _("Not applicable: single infusion")),
    ]


def _causality(latest: Version | None) -> list[Flowable]:
    if latest is None:
        return []
    pairs = [*latest.relationships, (_("SUSAR"), str(SUSAR_WORDS[latest.susar]))]
    return [Heading(_("Causality and expectedness, last report"), 1), _pairs(pairs)]


def _before_and_beside(found: SeriousEvent) -> list[Flowable]:
    drugs = [
        Head(_("22. Drug"), 2.4), Head(_("Dose"), 0.9, "-right"), Head(_("Unit"), 0.8), Head(_("Route"), 1.2),
        Head(_("From"), 1.2), Head(_("To"), 1.2), Head(_("Indication"), 2.4),
    ]  # fmt: skip
    conditions = [Head(_("23. Condition"), 3), Head(_("Onset"), 1.2), Head(_("Ongoing"), 1), Head(_("End"), 1.2)]
    return [
        listing(drugs, [_texts(line) for line in found.medications], _("No medication is recorded.")),
        Heading(_("Other relevant history"), 1),
        listing(conditions, [_texts(line) for line in found.history], _("No condition is recorded.")),
    ]


def _texts(line: Sequence[str]) -> Line:
    return Line([text or words.DASH for text in line])


def _receipts(found: SeriousEvent, digest: str) -> list[Flowable]:
    heads = [
        Head(_("Report"), 1.1), Head(_("24c. Site aware"), 1.4), Head(_("To"), 1.6), Head(_("Due"), 1.7),
        Head(_("Sent"), 1.4), Head(_("Receipt"), 1.8), Head(_("State"), 1.2), Head(_("Why"), 3),
    ]  # fmt: skip
    lines = [line for version in found.versions for line in _clock_lines(version)]
    sender = [
        (_("24a. Sponsor"), STUDY.sponsor),
        (_("Registration"), STUDY.registry_identifier),
        (_("24b. Control number"), f"{STUDY.protocol_number}-{found.person.identifier}-{found.number}"),
        (_("24d. Source of the report"), _("Clinical study, investigator")),
        (_("25a. Type of the last report"), version_name(found.latest) if found.latest else ""),
        (_("Final medical report received"), found.latest.final_report if found.latest else ""),
        (_("Checksum of the content"), digest),
    ]
    return [
        listing(heads, lines, _("No report of this event is on file yet.")),
        Heading(_("Sender"), 1),
        _pairs(sender),
    ]


def _clock_lines(version: Version) -> Iterable[Line]:
    for clock in version.clocks:
        sent, receipt = version.told[clock.recipient]
        yield Line(
            [
                version_name(version), version.aware or words.DASH, str(RECIPIENTS[clock.recipient]),
                words.moment(clock.due_at), sent or words.DASH, receipt or words.DASH, str(STATES[clock.state]),
                clock.because,
            ]
        )  # fmt: skip


def listing_pdf(found: SeriousListing, digest: str, making: Making, step: Step) -> Rendered:
    """Return all serious events, one line each."""
    title = _("Listing of serious adverse events")
    frame = making.frame(title, found.cutoff, draft_line(found.unverified, found.open_queries))
    heads = [
        Head(_("Subject"), 1.1), Head(_("Level"), 0.8), Head(_("Event"), 0.7, "-center"), Head(_("Term"), 2.3),
        Head(_("Grade"), 0.8, "-center"), Head(_("Onset"), 1.3), Head(_("Why serious"), 2),
        Head(_("CAR-T cells"), 1.2), Head(_("Outcome"), 1.6), Head(_("Site aware"), 1.4), Head(_("Sponsor told"), 1.5),
        Head(_("Ethics committee told"), 1.5), Head(_("Reports"), 1, "-center"), Head(_("SUSAR"), 2.1),
    ]  # fmt: skip
    story: list[Flowable] = [
        Paragraph(markup(title), style("title")),
        Heading(_("Serious adverse events")),
        listing(heads, [_line(event) for event in found.events], _("No serious adverse event.")),
        note(_("One line for each event that is serious or was reported. Awareness and receipts are of the first"
               " report; causality and SUSAR class of the last.")),
        note(_("Content of this report, SHA-256") + f": {digest}"),
    ]  # fmt: skip
    return render(frame, story, step)


def _line(found: SeriousEvent) -> Line:
    event, latest, first = found.event, found.latest, found.versions[0] if found.versions else None
    criteria = latest.criteria if latest is not None else event.criteria if event is not None else ()
    return Line(
        [
            found.person.identifier, words.group(found.person.group), str(found.number),
            event.name if event else _("not in the log"), words.grade(event.grade) if event else words.DASH,
            words.partial(event.onset) if event else words.DASH,
            ", ".join(words.choice(SeriousCriterion, each) for each in criteria) or words.DASH,
            words.choice(Relationship, event.relationship_cells) if event else words.DASH,
            words.choice(Outcome, event.outcome) if event else words.DASH,
            (first.aware if first else "") or words.DASH, _told(first, Recipient.SPONSOR),
            _told(first, Recipient.ETHICS), str(len(found.versions)),
            str(SUSAR_WORDS[latest.susar]) if latest else Text(_("No report"), "cell-bad"),
        ]
    )  # fmt: skip


def _told(version: Version | None, recipient: Recipient) -> str:
    if version is None:
        return words.DASH
    sent, receipt = version.told[recipient]
    state = next(str(STATES[clock.state]) for clock in version.clocks if clock.recipient is recipient)
    return "\n".join(part for part in (sent or words.DASH, receipt, state) if part)
