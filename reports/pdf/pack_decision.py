"""What the rule recommends, what the committee decided, what was open, and who signed."""

from __future__ import annotations

from django.utils.translation import gettext as _
from reportlab.platypus import Flowable, Paragraph

from dosing.models import DoseDecision
from dosing.selectors.readiness import Point, in_order
from reports.content.facts import SignatureFacts
from reports.content.pack import Pack
from reports.pdf import words
from reports.pdf.document import Heading
from reports.pdf.fonts import markup
from reports.pdf.styles import style
from reports.pdf.tables import Head, Line, Text, listing, note
from trial_edc.audit.models import Signature


def decision_section(title: str, pack: Pack) -> list[Flowable]:
    """Return the advice with its reason, the row of the table that fired, and the choice of the committee."""
    decision, advice = pack.decision, pack.evidence["advice"]
    tally = pack.evidence["tally"]
    facts = [
        (_("DLTs / evaluable"), f"{tally['n_dlt']} / {tally['n_evaluable']}"),
        (_("Not decided yet"), str(tally["n_pending"] + tally["n_review"])),
        (_("Row of the decision table"), f"{advice['row_key']} ({advice['higher']})"),
        (_("Decision of the committee"), _decided(pack)),
    ]
    if decision.choice_reason:
        facts.append((_("Reason"), decision.choice_reason))
    elements: list[Flowable] = [
        Heading(title),
        Paragraph(markup(words.action(decision.advised_action)), style("verdict")),
        Paragraph(markup(decision.advised_because), style("body")),
        listing([Head(_("What"), 1), Head("", 4)], [Line([Text(name, "cell-bold"), text]) for name, text in facts]),
    ]
    if decision.override_reason:
        override = _("Decided on incomplete data because: %(reason)s") % {"reason": decision.override_reason}
        elements.append(Paragraph(markup(override), style("bad")))
    return elements


def _decided(pack: Pack) -> str:
    decision = pack.decision
    if not decision.choice:
        return _("Not decided yet")
    return f"{words.choice(DoseDecision.Choice, decision.choice)}: {words.action(decision.chosen_action)}"


def open_items_section(title: str, pack: Pack) -> list[Flowable]:
    """Return what was not ready at the cut-off, blocking points in red first, and what was in order."""
    points = [Point(each["key"], each["details"]) for each in pack.evidence["not_ready"]]
    lines = [
        Line([Text(_("Blocks") if point.blocking else _("Open"), "cell-bad" if point.blocking else "cell-bold"),
              point.sentence], marked=point.blocking)
        for point in points
    ]  # fmt: skip
    lines += [Line([_("In order"), sentence]) for sentence in in_order(points)]
    return [Heading(title), listing([Head("", 1), Head(_("What"), 8)], lines)]


def signatures_section(title: str, pack: Pack) -> list[Flowable]:
    """Return the meeting, its minutes, and the signatures with printed name, role, time with zone, and meaning."""
    decision = pack.decision
    elements: list[Flowable] = [Heading(title), *_meeting(pack), Heading(_("Signatures"), 1), _signatures(pack)]
    if decision.released_at:
        released = _("Released %(moment)s by %(person)s.")
        elements.append(note(released % {"moment": words.moment(decision.released_at), "person": decision.released_by}))
    if decision.superseded_at:
        superseded = _("Superseded %(moment)s: %(because)s") % {
            "moment": words.moment(decision.superseded_at),
            "because": decision.superseded_because,
        }
        elements.append(Paragraph(markup(superseded), style("bad")))
    if pack.changes:
        elements += [
            Heading(_("Changed in the evidence after the cut-off"), 1),
            listing([Head(_("What"), 1)], [Line([phrase]) for phrase in pack.changes]),
        ]
    return elements


def _meeting(pack: Pack) -> list[Flowable]:
    if pack.decision.meeting_date is None:
        return [Paragraph(markup(_("The meeting is not recorded yet.")), style("body"))]
    lines = [
        Line([Text(_("Date of the meeting"), "cell-bold"), words.day(pack.decision.meeting_date)]),
        Line([Text(_("Attendees"), "cell-bold"), pack.attendees]),
        Line([Text(_("Minutes"), "cell-bold"), pack.minutes]),
    ]
    return [listing([Head(_("Meeting"), 1), Head("", 6)], lines)]


def _signatures(pack: Pack) -> Flowable:
    heads = [Head(_("Printed name"), 2), Head(_("Role"), 2), Head(_("Signed"), 2), Head(_("Meaning"), 3)]
    lines = [_signature(each) for each in pack.decision.signatures]
    return listing(heads, lines, _("Nobody has signed yet."))


def _signature(each: SignatureFacts) -> Line:
    meaning = words.choice(Signature.Meaning, each.meaning)
    return Line([
        Text(each.printed_name, "cell-bold"), each.role_title, words.moment(each.signed_at, seconds=True), meaning,
    ])  # fmt: skip
