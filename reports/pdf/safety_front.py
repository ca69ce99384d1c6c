"""First page of the safety report: what it is, of which data, how to compare it; and exposure by dose level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from reportlab.platypus import Flowable, Paragraph, Spacer, Table

from reports.content.exposure import ExposureColumn
from reports.content.safety import SafetyReport
from reports.pdf import words
from reports.pdf.document import Heading, PageFrame, anchor
from reports.pdf.fonts import markup
from reports.pdf.styles import LINE, REGULAR_FONT, WIDTH, style
from reports.pdf.tables import Head, Line, Text, listing, note, paragraph
from trial_edc.protocol.study import STUDY


@dataclass(frozen=True)
class Identity:
    """What identifies this copy: the content's checksum, and when, by whom and with what it was made."""

    content_hash: str
    generated: str
    person: str
    software: str


def front(report: SafetyReport, frame: PageFrame, identity: Identity, sections: Sequence[str]) -> list[Flowable]:
    """Return the head of the first page and the contents."""
    return [
        Paragraph(markup(frame.title), style("title")),
        Paragraph(markup(STUDY.title), style("subtitle")),
        _facts(report, frame, identity),
        Spacer(1, 8),
        _contents(sections),
    ]


def _facts(report: SafetyReport, frame: PageFrame, identity: Identity) -> Flowable:
    site = frame.site
    left = [
        (_("Protocol"), STUDY.protocol_number),
        (_("Registration"), f"{STUDY.registry_identifier}, {STUDY.phase}"),
        (_("Sponsor"), STUDY.sponsor),
        (_("Site"), site),
        (_("Data cut-off"), words.moment(report.cutoff, seconds=True)),
        (_("Grading"), _("CRS and ICANS: ASTCT 2019. Every other event: CTCAE v5.0.")),
    ]
    right = [
        (_("Subjects in the study"), str(report.screened)),
        (_("Critical items not source verified"), str(report.unverified)),
        (_("Open queries"), str(report.open_queries)),
        (_("Generated"), _("%(moment)s by %(person)s") % {"moment": identity.generated, "person": identity.person}),
        (_("Software"), identity.software),
        (_("Checksum of the content"), identity.content_hash),
    ]
    cells = [
        [paragraph(Text(a, "head")), paragraph(b), "", paragraph(Text(c, "head")), paragraph(d)]
        for (a, b), (c, d) in zip(left, right, strict=True)
    ]
    commands = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("FONTNAME", (0, 0), (-1, -1), REGULAR_FONT),
        ("LINEBELOW", (0, 0), (1, -1), 0.4, LINE),
        ("LINEBELOW", (3, 0), (4, -1), 0.4, LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    return Table(cells, colWidths=[WIDTH * part for part in (0.1, 0.3, 0.03, 0.17, 0.4)], style=commands, hAlign="LEFT")


def _contents(sections: Sequence[str]) -> Flowable:
    lines = [f'<a href="#{anchor(section)}" color="#1a56b0">{markup(section)}</a>' for section in sections]
    explained = _(
        "Two reports of one cut-off have the same checksum of the content, whoever made them and whenever. Study days"
        " count from the infusion, which is Day 0. Subjects are named by their code only."
    )
    return Table(
        [[Paragraph("<br/>".join(lines), style("body")), "", Paragraph(markup(explained), style("note"))]],
        colWidths=[WIDTH * 0.46, WIDTH * 0.04, WIDTH * 0.5],
        style=[
            ("FONTNAME", (0, 0), (-1, -1), REGULAR_FONT),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ],
        hAlign="LEFT",
    )


def exposure_section(title: str, columns: Sequence[ExposureColumn]) -> list[Flowable]:
    """Return exposure, one column per dose level and the sum."""
    heads = [Head("", 3.2)]
    heads += [Head(_two_lines(column.code), 2.2, "-right") for column in columns]
    return [
        Heading(title),
        listing(heads, [Line([label, *cells]) for label, cells in _exposure_rows(columns)]),
        note(
            _(
                "Infused cells are CAR-positive cells as a share of the assigned dose times the body weight. Follow-up"
                " ends at death, end of study or the data cut-off, whichever is first. Median (minimum–maximum)."
            )
        ),
    ]


def _two_lines(code: str) -> str:
    return "\n".join(part for part in (words.group(code), words.dose(code)) if part)


def _exposure_rows(columns: Sequence[ExposureColumn]) -> list[tuple[str, list[str]]]:
    return [
        (_("Subjects enrolled"), [str(c.enrolled) for c in columns]),
        (_("Subjects infused"), [str(c.infused) for c in columns]),
        (_("Infused cells, % of plan: subjects with both known"), [str(c.percent_of_plan.n) for c in columns]),
        (_("Infused cells, % of plan: median (range)"), [words.median_range(c.percent_of_plan) for c in columns]),
        (_("Follow-up, days: median (range)"), [words.median_range(c.follow_up_days) for c in columns]),
        (_("Infused subjects who died"), [str(c.died) for c in columns]),
        (_("Infused subjects who left the study"), [str(c.off_study) for c in columns]),
    ]
