"""The safety report as a document: its frame and the order of its sections."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, PageBreak

from reports.content.safety import SafetyReport
from reports.pdf.document import PageFrame, Rendered, Step, render
from reports.pdf.making import Making
from reports.pdf.safety_decisions import decisions_section
from reports.pdf.safety_events import overview_section, terms_section
from reports.pdf.safety_figures import figure_elements, swimmer_parts, syndrome_parts
from reports.pdf.safety_front import Identity, exposure_section, front
from reports.pdf.safety_listings import deaths_section, dlt_section, events_section, serious_section, syndromes_section
from reports.pdf.safety_shifts import shifts_section

#: A section that would begin lower than this begins on the next page.
ROOM_FOR_A_SECTION = 45 * mm


def draft_line(unverified: int, open_queries: int) -> str:
    """Return the sentence in red, "" when every critical item is verified against source."""
    if not unverified:
        return ""
    draft = ngettext(
        "DRAFT – contains unverified data: %(count)s item",
        "DRAFT – contains unverified data: %(count)s items",
        unverified,
    ) % {"count": unverified}
    queries = ngettext("%(count)s open query", "%(count)s open queries", open_queries) % {"count": open_queries}
    return f"{draft} · {queries}"


def safety_pdf(report: SafetyReport, content_hash: str, making: Making, step: Step) -> Rendered:
    """Return the report as PDF."""
    frame = making.frame(
        _("Cumulative safety report"), report.cutoff, draft_line(report.unverified, report.open_queries)
    )
    identity = Identity(content_hash, frame.generated, making.person, making.software)
    return render(frame, _elements(report, frame, identity), step)


def _elements(report: SafetyReport, frame: PageFrame, identity: Identity) -> list[Flowable]:
    exposure, overview, terms = (
        _("1. Exposure by dose level"),
        _("2. Overview of adverse events"),
        _("3. Adverse events by system organ class, term and maximum grade"),
    )
    syndromes, dlts = _("4. CRS and ICANS"), _("5. Dose-limiting toxicities")
    serious, deaths, decisions = _("6. Serious adverse events"), _("7. Deaths"), _("10. Decision log")
    shifts, single = _("8. Shift of laboratory grades"), _("9. Listing of adverse events")
    titles = [exposure, overview, terms, syndromes, dlts, serious, deaths, shifts, single, decisions]
    swimmers = figure_elements(report, swimmer_parts(report.lanes))
    courses = figure_elements(report, syndrome_parts(report))
    return [
        *front(report, frame, identity, titles),
        *exposure_section(exposure, report.exposure),
        PageBreak(),
        *swimmers,
        CondPageBreak(ROOM_FOR_A_SECTION),
        *overview_section(overview, report.events),
        *terms_section(terms, report.events),
        PageBreak(),
        *syndromes_section(syndromes, report.listings),
        *courses,
        CondPageBreak(ROOM_FOR_A_SECTION),
        *dlt_section(dlts, report.listings),
        CondPageBreak(ROOM_FOR_A_SECTION),
        *serious_section(serious, report.listings),
        CondPageBreak(ROOM_FOR_A_SECTION),
        *deaths_section(deaths, report.listings),
        CondPageBreak(ROOM_FOR_A_SECTION),
        *shifts_section(shifts, report.shifts),
        CondPageBreak(ROOM_FOR_A_SECTION),
        *events_section(single, report.listings),
        CondPageBreak(ROOM_FOR_A_SECTION),
        *decisions_section(decisions, report.decisions),
    ]
