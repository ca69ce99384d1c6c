"""The DLT and cohort report as a document: its frame and the order of its sections."""

from __future__ import annotations

from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Spacer

from dosing.selectors.verdict import table
from reports.cohorts.content import CohortReport
from reports.content.facts import level_code
from reports.pdf import words
from reports.pdf.cohorts_decisions import choices_section, expansion_section, pauses_section, recommended_section
from reports.pdf.cohorts_subjects import cohorts_section, levels_section
from reports.pdf.document import Heading, Rendered, Step, render
from reports.pdf.fonts import markup
from reports.pdf.making import Making
from reports.pdf.safety import draft_line
from reports.pdf.safety_decisions import decisions_section
from reports.pdf.safety_listings import dlt_table
from reports.pdf.styles import style
from reports.pdf.tables import Head, Line, Text, listing, note
from trial_edc.protocol.study import STUDY

#: A section that would begin lower than this begins on the next page.
ROOM_FOR_A_SECTION = 32 * mm


def cohorts_pdf(report: CohortReport, content_hash: str, making: Making, step: Step) -> Rendered:
    """Return the report as PDF."""
    title = _("DLT and cohort report")
    frame = making.frame(title, report.cutoff, draft_line(report.unverified, report.open_queries))
    sections = [
        levels_section(_("1. Dose levels"), report),
        _table_section(_("2. Decision table"), report),
        cohorts_section(_("3. Subjects by dose level and cohort"), report),
        dlt_table(_("4. Dose-limiting toxicities: adjudication with clause"), report.dlts,
                  report.severe_without_verdict),
        decisions_section(_("5. Decision log"), report.decisions),
        choices_section(_("6. Explicit choices"), report.choices),
        pauses_section(_("7. Pauses"), report.pauses),
        recommended_section(_("8. Recommended phase 2 dose"), report.recommended),
        expansion_section(_("9. Expansion"), report.expansion),
    ]  # fmt: skip
    story = [Paragraph(markup(title), style("title")), *_front(report, content_hash, making)]
    for number, section in enumerate(sections):
        story += [*([CondPageBreak(ROOM_FOR_A_SECTION)] if number else []), *section]
    return render(frame, story, step)


def _front(report: CohortReport, content_hash: str, making: Making) -> list[Flowable]:
    advice = report.advice
    facts = [
        (_("Recommended by the rule"), f"{level_code(advice.level)}: {words.action(advice.action)}"),
        (_("Because"), advice.because),
        (_("MTD by the rule"), level_code(advice.mtd_level) if advice.mtd_level else _("not declared")),
        (_("Data cut-off"), words.moment(report.cutoff, seconds=True)),
        (_("Critical items not source verified"), str(report.unverified)),
        (_("Open queries"), str(report.open_queries)),
        (_("Content of this report, SHA-256"), content_hash),
        (_("Generated"), _("%(moment)s by %(person)s")
         % {"moment": words.moment(making.generated_at), "person": making.person}),
    ]  # fmt: skip
    return [
        Paragraph(markup(f"{STUDY.title} · {STUDY.protocol_number} · {STUDY.sponsor}"), style("subtitle")),
        listing([Head(_("What"), 1), Head("", 4)], [Line([Text(name, "cell-bold"), value]) for name, value in facts]),
        note(_("What a rule advises is advice until the committee has signed. Always of the whole trial: a dose level"
               " may have subjects of any site.")),
        Spacer(1, 6),
    ]  # fmt: skip


def _table_section(title: str, report: CohortReport) -> list[Flowable]:
    advice = report.advice
    heads = [
        Head(_("Evaluable"), 1, "-center"), Head(_("With a DLT"), 1, "-center"), Head(_("Next level untested"), 4),
        Head(_("Next level too toxic, or none"), 4),
    ]  # fmt: skip
    lines = [
        Line(
            [row.n, row.x, _cell(row.untested, row.here == "untested"), _cell(row.closed, row.here == "closed")],
            marked=bool(row.here),
        )
        for row in table(advice.row_key, advice.higher)
    ]
    said = _("Rule set %(set)s, version %(version)s; the row and cell that apply to %(level)s are marked.") % {
        "set": advice.rule_set, "version": advice.rule_version, "level": level_code(advice.level),
    }  # fmt: skip
    return [Heading(title), listing(heads, lines), note(said)]


def _cell(text: str, applies: bool) -> str | Text:
    return Text(f"→ {text}", "cell-bold") if applies else text
