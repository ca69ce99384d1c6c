"""The efficacy report and the report of cells and cytokines: their frame and the order of their sections."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Spacer

from reports.efficacy.content import Sheet
from reports.efficacy.page import Part
from reports.pdf import words
from reports.pdf.document import Heading, Rendered, Step, render
from reports.pdf.fonts import markup
from reports.pdf.making import Making
from reports.pdf.parts import part_elements
from reports.pdf.styles import style
from reports.pdf.tables import Head, Line, Text, listing, note
from trial_edc.protocol.study import STUDY

ROOM_FOR_A_SECTION = 60 * mm


@dataclass(frozen=True)
class Section:
    """One section of the report with its parts."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class EfficacyReport:
    """What the report says: the content is its checksum's, the rest stands on the first page."""

    title: str
    cutoff: str
    infused: int
    unjudged: int
    sections: tuple[Section, ...]

    @property
    def sheets(self) -> list[Sheet]:
        """Return every table of the report, those behind its figures included."""
        return [part.sheet for section in self.sections for part in section.parts]


def efficacy_pdf(report: EfficacyReport, content_hash: str, making: Making, draft: str, step: Step) -> Rendered:
    """Return the report as PDF."""
    frame = making.frame(report.title, report.cutoff, draft)
    return render(frame, _elements(report, content_hash, making), step)


def _elements(report: EfficacyReport, content_hash: str, making: Making) -> list[Flowable]:
    story = _front(report, content_hash, making)
    for number, section in enumerate(report.sections, start=1):
        title = Heading(f"{number}. {section.title}")
        story.append(CondPageBreak(ROOM_FOR_A_SECTION))
        if not section.parts:
            story += [title, note(_("No infused subject has data of this kind."))]
        for place, part in enumerate(section.parts):
            story += part_elements(part, _said(part), [title] if place == 0 else [])
    return story


def _front(report: EfficacyReport, content_hash: str, making: Making) -> list[Flowable]:
    facts = [
        (_("Data cut-off"), report.cutoff),
        (_("Population"), _("All infused subjects, N = %(count)s") % {"count": report.infused}),
        (_("Assessments without the investigator's response"), str(report.unjudged)),
        (_("Content of this report, SHA-256"), content_hash),
        (_("Generated"), _("%(moment)s by %(person)s")
         % {"moment": words.moment(making.generated_at), "person": making.person}),
    ]  # fmt: skip
    registry = _(
        "The registry's record describes overall survival as the time to progression or death. In this report it ends"
        " with death from any cause; subjects for whom the two differ are listed."
    )
    return [
        Paragraph(markup(report.title), style("title")),
        Paragraph(markup(f"{STUDY.title} · {STUDY.protocol_number} · {STUDY.sponsor}"), style("subtitle")),
        listing([Head(_("What"), 1.4), Head("", 4)], [Line([Text(name, "cell-bold"), value]) for name, value in facts]),
        note(registry),
        Spacer(1, 6),
    ]


def _said(part: Part) -> str:
    found = (part.picture.description if part.picture else "", part.criterion)
    return " · ".join(text for text in (*found, _("data %(hash)s") % {"hash": part.data_hash}) if text)
