"""The decision log: what was advised on which data, what was decided, and who signed it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from reportlab.platypus import Flowable

from dosing.models import DoseDecision
from reports.content.facts import DecisionFacts, SignatureFacts, level_code
from reports.pdf import words
from reports.pdf.document import Heading
from reports.pdf.tables import Head, Line, Text, listing, note
from trial_edc.audit.models import Signature


def decisions_section(title: str, decisions: Sequence[DecisionFacts]) -> list[Flowable]:
    """Return every decision record that left the draft, the superseded ones marked."""
    heads = [
        Head(_("Level"), 0.7), Head(_("Revision"), 0.8, "-center"), Head(_("Status"), 1.6), Head(_("Data cut-off"), 2),
        Head(_("DLT / evaluable"), 1.1, "-center"), Head(_("Pending"), 0.8, "-center"),
        Head(_("Advised by the rule"), 2.6), Head(_("Decided"), 2.6), Head(_("Meeting"), 1.3), Head(_("Released"), 2.2),
    ]  # fmt: skip
    return [
        Heading(title),
        listing(heads, [_decision(decision) for decision in decisions], _("No decisions.")),
        note(_("Decisions concern the whole trial. What a rule advises is advice until it is signed.")),
    ]


def _decision(decision: DecisionFacts) -> Line:
    superseded = decision.status == DoseDecision.Status.SUPERSEDED
    status = Text(words.decision_status(decision.status), "cell-bad" if superseded else "cell")
    decided = words.action(decision.chosen_action)
    if decision.choice:
        decided = f"{decided} ({words.choice(DoseDecision.Choice, decision.choice)})"
    released = words.moment(decision.released_at)
    if decision.released_by:
        released = _("%(moment)s by %(person)s") % {"moment": released, "person": decision.released_by}
    return Line(
        [
            level_code(decision.dose_level), str(decision.revision), status, words.moment(decision.data_cutoff),
            f"{decision.n_dlt} / {decision.n_evaluable}", str(decision.n_pending),
            words.action(decision.advised_action), decided, words.day(decision.meeting_date), released,
        ],
        below="\n".join(_remarks(decision)),
        marked=superseded,
    )  # fmt: skip


def _remarks(decision: DecisionFacts) -> list[str]:
    remarks = [
        _("Rule set %(set)s, version %(version)s: %(because)s")
        % {"set": decision.rule_set, "version": decision.rule_version, "because": decision.advised_because}
    ]
    if decision.choice_reason:
        remarks.append(_("Reason of the committee: %(reason)s") % {"reason": decision.choice_reason})
    if decision.override_reason:
        remarks.append(_("Decided on incomplete data because: %(reason)s") % {"reason": decision.override_reason})
    remarks += signed_words(decision.signatures)
    if decision.superseded_at:
        remarks.append(
            _("Superseded %(moment)s: %(because)s")
            % {"moment": words.moment(decision.superseded_at), "because": decision.superseded_because}
        )
    return remarks


def signed_words(signatures: Sequence[SignatureFacts]) -> list[str]:
    """Return one sentence for each signature: printed name, role, moment with zone, meaning."""
    return [
        _("Signed by %(person)s, %(role)s, %(moment)s: “%(meaning)s”")
        % {
            "person": each.printed_name,
            "role": each.role_title,
            "moment": words.moment(each.signed_at, seconds=True),
            "meaning": words.choice(Signature.Meaning, each.meaning),
        }
        for each in signatures
    ]
