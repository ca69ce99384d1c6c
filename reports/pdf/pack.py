"""The meeting pack of the safety review committee as a document: its frame and the order of its sections."""

from __future__ import annotations

from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Spacer

from dosing.models import DoseDecision
from reports.content.pack import Pack
from reports.pdf import words
from reports.pdf.document import Rendered, Step, render
from reports.pdf.fonts import markup
from reports.pdf.making import Making
from reports.pdf.pack_course import course_section, cytokines_section, expansion_section, labs_section
from reports.pdf.pack_decision import decision_section, open_items_section, signatures_section
from reports.pdf.pack_numbers import characteristics_section
from reports.pdf.pack_subjects import levels_section, narratives_section, subjects_section
from reports.pdf.safety_listings import dlt_section
from reports.pdf.styles import style
from reports.pdf.tables import Head, Line, Text, listing
from trial_edc.protocol.dose_levels import dose_level
from trial_edc.protocol.study import STUDY

#: A section that would begin lower than this begins on the next page.
ROOM_FOR_A_SECTION = 45 * mm


def pack_pdf(pack: Pack, content_hash: str, making: Making, step: Step) -> Rendered:
    """Return the pack as PDF."""
    frame = making.frame(_("Meeting pack of the safety review committee"), pack.decision.data_cutoff, _in_red(pack))
    return render(frame, _elements(pack, content_hash, making), step)


def _in_red(pack: Pack) -> str:
    """Return what stands in red on every page: not decided yet, decided on incomplete data, or superseded."""
    said = []
    if pack.decision.status in DoseDecision.OPEN:
        said.append(_("DRAFT – not signed"))
    if pack.decision.status == DoseDecision.Status.SUPERSEDED:
        said.append(_("SUPERSEDED – review required"))
    if pack.decision.override_reason:
        said.append(_("DECIDED ON INCOMPLETE DATA"))
    return " · ".join(said)


def _elements(pack: Pack, content_hash: str, making: Making) -> list[Flowable]:
    sections = [
        decision_section(_("1. Recommendation and decision"), pack),
        levels_section(_("2. Dose levels"), pack),
        subjects_section(_("3. Subjects at the level: dose, window, evaluability"), pack),
        [
            *dlt_section(_("4. Dose-limiting toxicities: adjudication with clause"), pack.listings),
            *narratives_section(_("Narratives"), pack),
        ],
        course_section(_("5. Course of CRS and ICANS"), pack),
        labs_section(_("6. Laboratory results of grade 3 or more"), pack),
        cytokines_section(_("7. Cytokines: peak to Day 28"), pack),
        expansion_section(_("8. Expansion of the CAR-T cells in blood"), pack),
        characteristics_section(_("9. Operating characteristics"), pack),
        open_items_section(_("10. Open items at the data cut-off"), pack),
        signatures_section(_("11. Minutes and signatures"), pack),
    ]
    story = [*_front(pack, content_hash, making)]
    for number, section in enumerate(sections):
        story += [*([CondPageBreak(ROOM_FOR_A_SECTION)] if number else []), *section]
    return story


def _front(pack: Pack, content_hash: str, making: Making) -> list[Flowable]:
    decision = pack.decision
    level = dose_level(decision.dose_level)
    facts = [
        (_("Decision"), _("Dose level %(n)s, %(dose)s, revision %(r)s")
         % {"n": level.number, "dose": level.label, "r": decision.revision}),
        (_("Status"), words.decision_status(decision.status)),
        (_("Data cut-off"), words.moment(decision.data_cutoff, seconds=True)),
        (_("Rule"), f"{decision.rule_set} {decision.rule_version}"),
        (_("Evidence, SHA-256"), pack.evidence_hash),
        (_("Content of this pack, SHA-256"), content_hash),
        (_("Generated"), _("%(moment)s by %(person)s")
         % {"moment": words.moment(making.generated_at), "person": making.person}),
    ]  # fmt: skip
    return [
        Paragraph(markup(_("Meeting pack of the safety review committee")), style("title")),
        Paragraph(markup(f"{STUDY.title} · {STUDY.protocol_number} · {STUDY.sponsor}"), style("subtitle")),
        listing([Head(_("What"), 1), Head("", 4)], [Line([Text(name, "cell-bold"), value]) for name, value in facts]),
        Spacer(1, 6),
    ]
